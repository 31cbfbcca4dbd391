"""An independent witness: full copies of every array that a call can reach, after every step, and the comparison with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rnn.recorder import Recording, record
from rnn.recorder import capture as capture_module
from rnn.recorder.expressions import Unreadable
from rnn.recorder.format import AUDIT, GONE, OWNER

Path_ = tuple[str, ...]
Copy = tuple[tuple[int, ...], str, bytes]
PLAIN = (str, int, bool, float)


@dataclass
class Witness:
    """Copies by step: the call's number, and what its paths held."""

    copies: dict[int, tuple[int, dict[Path_, Copy]]] = field(default_factory=dict)
    _last: dict[tuple[int, ...], Copy] = field(default_factory=dict)

    def look(self, step: int, call: int, names: dict[str, Any]) -> None:
        """Copy all that a call's names reach."""
        found: dict[Path_, Copy] = {}
        for name, value in names.items():
            self._walk(value, (name,), found, 4, ())
        self.copies[step] = (call, found)

    def _copy(self, array: Any) -> Copy:
        """A copy; the one made before where nothing differs, to save memory."""
        fresh = (array.shape, array.dtype.str, array.tobytes())
        key = (id(array), *array.shape)
        known = self._last.get(key)
        if known != fresh:
            self._last[key] = known = fresh
        return known

    def _walk(self, value: Any, path: Path_, found: dict[Path_, Copy], depth: int, above: tuple[int, ...]) -> None:
        if isinstance(value, np.ndarray):
            if not value.dtype.hasobject and value.dtype.names is None:
                found[path] = self._copy(np.ndarray.view(value, np.ndarray))
            return
        if depth == 0 or id(value) in above:
            return
        for key, item in self._inside(value):
            self._walk(item, (*path, key), found, depth - 1, (*above, id(value)))

    @staticmethod
    def _inside(value: Any) -> list[tuple[str, Any]]:
        pairs: list[tuple[str, Any]] = []
        if isinstance(value, dict):
            plain = [(k, v) for k, v in dict.items(value) if type(k) in PLAIN or isinstance(k, tuple)]
            pairs = [(f"[{key!r}]", item) for key, item in plain]
        elif isinstance(value, (list, tuple)):
            pairs = [(f"[{i}]", item) for i, item in enumerate(value)]
        if isinstance(value, (type, type(np), type(Witness.look))) or (callable(value) and not hasattr(value, "x")):
            return pairs
        if type(value) not in (dict, list, tuple):
            pairs += [(f".{name}", item) for name, item in getattr(value, "__dict__", {}).items()]
            for one in type(value).__mro__:
                slots = one.__dict__.get("__slots__", ())
                names = (slots,) if isinstance(slots, str) else slots
                pairs += [(f".{name}", getattr(value, name)) for name in names if hasattr(value, name)]
        return pairs


@contextmanager
def witnessed(witness: Witness) -> Iterator[None]:
    """While this lasts, every step that any recording writes is witnessed."""
    call_class = capture_module.Call
    finish = call_class._finish

    def watched(self: Any, frame: Any, line: int, flags: int = 0) -> None:
        finish(self, frame, line, flags)
        witness.look(self.scribe.steps - 1, self.number, dict(frame.f_locals))

    call_class._finish = watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        call_class._finish = finish  # type: ignore[method-assign]


@dataclass
class Outcome:
    """How many arrays were compared; which were wrong, refused with a reason, or within a range that is flagged."""

    compared: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    flagged: int = 0


def _owner(recording: Recording, frame: int, path: Path_, step: int) -> tuple[int, str]:
    owner = recording.frame_owner(frame)
    for key in path[:-1]:
        row = recording.binding(owner, key, step)
        if row is None or row["kind"] != OWNER:
            raise Unreadable(f"{key} is no container")
        owner = int(row["payload"])
    return owner, path[-1]


def _flagged(recording: Recording, step: int) -> bool:
    """Whether the recording itself says that something may have changed unseen around this step."""
    rows = recording.replay.rows
    audits = rows[rows["flags"] & AUDIT != 0]
    if ((audits["since"] < step + 1) & (audits["step"] > step)).any():
        return True
    return any("unseen" in words for _, words in recording.tables.weaker)


def compare(recording: Recording, witness: Witness) -> Outcome:
    """Compare every array of every path at every step, bit for bit."""
    outcome = Outcome()
    read: dict[tuple[int, int, int, int], Copy] = {}
    for step, (frame, copies) in witness.copies.items():
        for path, expected in copies.items():
            outcome.compared += 1
            where = f"{''.join(path)} at step {step} ({recording.step(step).statement.text})"
            try:
                owner, key = _owner(recording, frame, path, step)
                row = recording.binding(owner, key, step)
                if row is None or row["kind"] == GONE:
                    raise Unreadable("not there")
                payload = int(row["payload"])
                place = recording.replay.place(payload & 0xFFFFFFFF, step)
                number = (payload, place, int(row["kind"]), 0)
                if number not in read:
                    value = recording.slot(owner, key, step)
                    read[number] = (value.shape, value.dtype.str, value.tobytes())
                value = read[number]
            except (Unreadable, AttributeError) as error:
                outcome.refused.append(f"{where}: {error}")
                continue
            if value != expected:
                if _flagged(recording, step):
                    outcome.flagged += 1
                else:
                    outcome.wrong.append(where)
    return outcome


def run(function: Callable[..., Any], path: Path, *arguments: Any, files: Any = None) -> tuple[Recording, Outcome]:
    """Record a call and compare."""
    witness = Witness()
    with witnessed(witness):
        recorded = record(function, *arguments, path=path, files=files)
    recording = recorded.recording
    return recording, compare(recording, witness)
