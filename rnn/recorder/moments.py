"""A moment of a recorded run: the step that was executed, names as its call sees them, containers as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .expressions import Unreadable, numpy_name
from .format import RAISED, SEQUENCE
from .statements import Statement
from .tables import File

if TYPE_CHECKING:
    from .recording import Recording


@dataclass(frozen=True, eq=False)
class Step:
    """One executed statement.

    Attributes:
        number: of the step. statement: what was executed. file: where it stands. frame: number of the call.
        iteration: of the innermost loop, from 0; -1 outside of loops. t: the loop's variable where it is a whole number.
        depth: calls around it. flags: see `format`.
    """

    number: int
    statement: Statement
    file: File
    frame: int
    iteration: int
    t: int | None
    depth: int
    flags: int

    @property
    def line(self) -> int:
        """Of the statement."""
        return self.statement.line

    @property
    def raised(self) -> bool:
        """Whether the statement raised."""
        return bool(self.flags & RAISED)


@dataclass(frozen=True, eq=False)
class Held:
    """A container or object at a step: its kind (see `format`), its type's name, and the keys in it."""

    recording: Recording
    owner: int
    step: int

    @property
    def type(self) -> str:
        """Name of its type."""
        return self.recording.tables.owners[self.owner][1]

    def keys(self) -> list[str]:
        """Keys as they are written in a path: `['W']`, `[3]`, `.W`."""
        return self.recording.keys(self.owner, self.step)

    def key_of(self, key: Any) -> str:
        """An entry's key as it is written in a path; a negative one of a sequence counts from the end."""
        if isinstance(key, np.integer):
            key = int(key)
        if type(key) is int and key < 0 and self.recording.tables.owners[self.owner][0] == SEQUENCE:
            key += sum(one.startswith("[") for one in self.keys())  # a named tuple has its names as well
        return f"[{key!r}]"

    def get(self, key: str) -> Any:
        """What stands at a key."""
        return self.recording.slot(self.owner, key, self.step)


class Scope:
    """Names as one call sees them at one step; an `expressions.Resolver`."""

    def __init__(self, recording: Recording, step: int, frame: int) -> None:
        """Args: as `Recording.scope`."""
        self.recording, self.at, self.frame = recording, step, frame
        self._owner = recording.frame_owner(frame)
        file = int(recording.frames[frame]["file"])
        if file >= len(recording.tables.files):
            raise InputError(f"{recording.path} is altered: there is no file {file}; record it again")
        self._file = recording.tables.files[file]

    def row(self, name: str) -> Any:
        """The row that says what a name stands for, or None."""
        row = self.recording.binding(self._owner, name, self.at)
        if row is None and not len(
            self.recording.binding_rows(self._owner, name)
        ):  # else it is a local without a value
            row = self.recording.binding(self._file.globals, name, self.at)
        return row

    def name(self, name: str) -> Any:
        """The value of a name."""
        row = self.row(name)
        if row is None:
            raise Unreadable(f"{name} has no value at step {self.at}")
        return self.recording.decode(int(row["kind"]), int(row["payload"]), self.at, name)

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of an object."""
        if not isinstance(value, Held):
            raise Unreadable(f".{name}: no object of the user's")
        return value.get(f".{name}")

    def item(self, value: Any, key: Any) -> Any:
        """An entry of a container."""
        if not isinstance(value, Held):
            raise Unreadable("[...]: no container")
        return value.get(value.key_of(key))

    def function(self, dotted: str) -> str:
        """What a dotted name means in NumPy."""
        return numpy_name(dotted, self._file.aliases or {"np": "numpy", "numpy": "numpy"})
