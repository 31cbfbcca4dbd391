"""Recording: any moment of a recorded run, at once.

    recording = Recording(path)
    recording.value("dh", step)           the array as it was when that step was done
    recording.value("cache[t - 1]", step)
    recording.step(step)                  statement, line, iteration, loop variable
    recording.refresh()                   read what a run that goes on has added

The state of a step is the state after its statement. Values are read-only arrays, numbers, texts, None, or `Held` for
containers and objects; `Unreadable` says why something can't be had. Nothing in a recording is ever run or unpickled.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .expressions import Evaluator, Unreadable, parse_expression
from .format import ARRAY, CALL, GONE, LOOP_END, NO_LOOP_VALUE, NOWHERE, OBJECTS, OTHER, OWNER, RETURN_KEY, TEXT
from .journal import BINDINGS, FRAMES, RETURNS, STEPS
from .journal import VERSIONS as VERSIONS_TABLE
from .live import plain_value
from .looking import MISSING
from .moments import Held, Scope, Step
from .replay import Replay
from .rows import RowsByKey
from .statements import Statement
from .tables import File, TableReader

MAKE_ONE = "; make one with 'record CASE -o FILE'"

MOST_SOURCE_BYTES = 16 << 20


class Recording:
    """A recording, finished or not."""

    def __init__(self, path: Path | str) -> None:
        """Open and read what there is.

        Raises:
            InputError: not a recording, of another version, or altered so that nothing can be read.
        """
        self._reader = TableReader(Path(path))
        self.path = Path(path)
        self.tables = self._reader.tables
        self._bindings: RowsByKey | None = None
        self._keys: dict[int, list[int]] = {}
        self._begun: dict[int, Any] = {}
        self._texts: dict[str, int] = {}
        self.replay = Replay(self)
        self.refresh()
        if not self.tables.run[0]:
            lost = self._reader.journal.has_begun
            self._reader.journal.close()
            why = ": it is altered or cut short before its first step; record it again" if lost else MAKE_ONE
            raise InputError(f"{path} holds no recording{why}")

    def refresh(self) -> bool:
        """Read what has been added since; whether anything was."""
        found = self._reader.refresh()
        if found or self._bindings is None:
            self.steps = self._reader.column(STEPS)
            self.frames = self._reader.column(FRAMES)
            self.returns = self._reader.column(RETURNS)
            self._index_bindings(self._reader.column(BINDINGS))
            self.replay.index(self._reader.column(VERSIONS_TABLE), self._reader.journal)
        return found

    def _index_bindings(self, rows: Any) -> None:
        self._texts = {text: number for number, text in enumerate(self.tables.texts)}
        if self._bindings is not None and len(rows) == len(self._bindings.rows):
            return
        self._bindings = RowsByKey(rows["owner"].astype("i8") << 32 | rows["key"], rows)
        self._keys.clear()
        self._begun.clear()
        for key in self._bindings.keys():
            self._keys.setdefault(key >> 32, []).append(key & 0xFFFFFFFF)

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    def close(self) -> None:
        """Close the file."""
        self._reader.journal.close()

    def table(self, kind: int) -> Any:
        """All rows of a table (see `format`), by its kind in `journal`."""
        return self._reader.column(kind)

    def read_bytes(self, offset: int, length: int) -> bytes:
        """Bytes of an array."""
        return self._reader.journal.array_bytes(offset, length)

    @property
    def size(self) -> int:
        """Bytes of the recording."""
        return self._reader.journal.size

    @property
    def ended(self) -> str:
        """How the run ended, in words; empty where the function returned."""
        damaged = self._reader.journal.damaged
        if damaged:
            return f"the file is {damaged}; what stands before can be seen"
        how, words = self.tables.ended or ("", "")
        if not how or (how == "returned" and not self._reader.journal.finished):
            return "the recording has no end: it is still being made, or was cut short"
        if how == "raised":
            return f"the code raised {words}"
        return words if how == "limit" else ""

    def file_of(self, statement: int) -> File:
        """The file that a statement's number belongs to."""
        for file in reversed(self.tables.files):
            if file.first <= statement < file.first + len(file.table.statements):
                return file
        raise InputError(f"{self.path} is altered: statement {statement} is in no file; record it again")

    def statement(self, number: int) -> Statement:
        """A statement by its number in the recording."""
        file = self.file_of(number)
        return file.table.statements[number - file.first]

    def step(self, number: int) -> Step:
        """What was executed in a step; raises `InputError` where there is no such step."""
        if not 0 <= number < len(self.steps):
            raise InputError(f"there is no step {number}; the recording has steps 0 to {len(self.steps) - 1}")
        row = self.steps[number]
        file = self.file_of(int(row["statement"]))
        value = int(row["loop_value"])
        return Step(
            number,
            file.table.statements[int(row["statement"]) - file.first],
            file,
            int(row["frame"]),
            int(row["iteration"]),
            None if value == NO_LOOP_VALUE else value,
            int(row["depth"]),
            int(row["flags"]),
        )

    def changed_since(self) -> list[str]:
        """Files whose text on disk is not what was recorded, or that are gone."""
        changed = []
        for file in self.tables.files:
            if not file.digest:
                continue
            try:
                if not os.path.isfile(file.path) or os.path.getsize(file.path) > MOST_SOURCE_BYTES:
                    raise OSError("no file of source")  # a stranger's recording may name a pipe or a device
                data = Path(file.path).read_bytes()
                same = hashlib.sha256(data).hexdigest() == file.digest
                same = same or hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest() == file.digest
            except OSError:
                same = False
            if not same:
                changed.append(file.path)
        return changed

    def frame_owner(self, frame: int) -> int:
        """The owner of a call's local names."""
        if not 0 <= frame < len(self.frames):
            raise InputError(f"{self.path} is altered: there is no call {frame}; record it again")
        return int(self.frames[frame]["owner"])

    def keys(self, owner: int, step: int) -> list[str]:
        """The slots that an owner has at a step."""
        found = []
        for key in self._keys.get(owner, ()):
            row = self._row(owner, key, step)
            if row is not None and row["kind"] != GONE:
                found.append(self.tables.texts[key])
        return found

    def count_keys(self, owner: int, step: int) -> int:
        """How many slots an owner has at a step, without looking at each of them; those that have gone since count."""
        if owner not in self._begun:
            rows = [self._bindings.of(owner << 32 | key)[:1] for key in self._keys.get(owner, ())]  # type: ignore[union-attr]
            self._begun[owner] = np.sort(np.concatenate(rows)["step"]) if rows else np.zeros(0, "u4")
        return int(np.searchsorted(self._begun[owner], step, "right"))

    def all_keys(self, owner: int) -> list[str]:
        """The slots that an owner ever had."""
        return [self.tables.texts[key] for key in self._keys.get(owner, ())]

    def _row(self, owner: int, key: int, step: int) -> Any:
        assert self._bindings is not None
        return self._bindings.at(owner << 32 | key, step)

    def binding(self, owner: int, key: str, step: int) -> Any:
        """The row that says what a slot stands for at a step, or None."""
        number = self._texts.get(key)
        row = None if number is None else self._row(owner, number, step)
        return None if row is None or row["kind"] == GONE else row

    def binding_rows(self, owner: int, key: str) -> Any:
        """All rows of a slot, in time."""
        number = self._texts.get(key)
        assert self._bindings is not None
        return self._bindings.of(-1 if number is None else owner << 32 | number)

    def slot(self, owner: int, key: str, step: int) -> Any:
        """What a slot stands for at a step; raises `Unreadable`."""
        row = self.binding(owner, key, step)
        if row is None:
            raise Unreadable(f"{key} is not there at step {step}")
        return self.decode(int(row["kind"]), int(row["payload"]), step, key)

    def decode(self, kind: int, payload: int, step: int, key: str) -> Any:
        """The value of a slot's kind and payload."""
        if kind == ARRAY:
            return self.replay.view(payload & 0xFFFFFFFF, payload >> 32, step)
        if kind == OWNER:
            return Held(self, payload, step)
        if kind == TEXT:
            return self.tables.texts[payload]
        if kind in (OTHER, OBJECTS):
            raise Unreadable(f"{key} is {self.tables.texts[payload]}; only its type is recorded")
        value = plain_value(kind, payload)
        if value is MISSING:
            raise Unreadable(f"{key} is of an unknown kind")
        return value

    def scope(self, step: int, frame: int | None = None) -> Scope:
        """Names as a call sees them at a step; the call that executes the step by default."""
        if frame is None:
            frame = int(self.steps[step]["frame"]) if 0 <= step < len(self.steps) else 0
        return Scope(self, step, frame)

    def value(self, path: str, step: int, frame: int | None = None) -> Any:
        """The value of a path or a simple expression at a step.

        Args:
            path: `dWhh`, `self.W`, `cache[t - 1]['h'].T`, `np.abs(dh).max()`, ...
            step: after which.
            frame: number of the call whose names are meant; the one that executes the step by default.

        Raises:
            Unreadable: says why.
        """
        return Evaluator(self.scope(step, frame)).evaluate(parse_expression(path))

    def returned(self, frame: int) -> Any:
        """What a call returned; raises `Unreadable` where it did not."""
        return self.slot(self.frame_owner(frame), RETURN_KEY, len(self.steps))

    def paths(self, step: int, frame: int | None = None, depth: int = 3) -> list[str]:
        """Paths of all arrays that a call can see by its own names at a step, containers opened so deep."""
        return [path for path, _ in self.arrays(step, frame, depth)]

    def arrays(self, step: int, frame: int | None = None, depth: int = 3) -> Iterator[tuple[str, int]]:
        """As `paths`, each with its row's payload: numbers of storage and layout."""
        yield from self._arrays(self.frame_owner(self.scope(step, frame).frame), "", step, depth, frozenset())

    def _arrays(
        self, owner: int, prefix: str, step: int, depth: int, above: frozenset[int]
    ) -> Iterator[tuple[str, int]]:
        for key in self.keys(owner, step):
            row = self.binding(owner, key, step)
            payload = int(row["payload"])
            if row["kind"] == ARRAY:
                yield prefix + key, payload
            elif row["kind"] == OWNER and depth > 0 and payload not in above:
                yield from self._arrays(payload, prefix + key, step, depth - 1, above | {payload})

    def statement_steps(self, line: int, file: str = "") -> Any:
        """Numbers of all steps that executed a line: "all executions of a line"."""
        numbers = [
            one.first + found
            for one in self.tables.files
            if (not file or one.path.endswith(file)) and (found := one.table.by_line.get(line)) is not None
        ]
        rows = np.isin(self.steps["statement"], numbers)
        return np.flatnonzero(rows & (self.steps["flags"] & LOOP_END == 0))


__all__ = ["CALL", "NOWHERE", "Held", "Recording", "Scope", "Step"]
