"""Wrong twins of the right programs: one textual change each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """One change that makes a right program wrong.

    Attributes:
        id: kind of mistake.
        case, program: the case file, and the file that is changed (often the same), without `.py`.
        old, new: text that stands there once, and what it becomes.
        wrong: the gradients of parameters that are wrong by it, by our names.
    """

    id: str
    case: str
    program: str
    old: str
    new: str
    wrong: tuple[str, ...]

    def plant(self, source: Path, folder: Path) -> Path:
        """Write the changed program and its case into a folder; returns the case's path."""
        for name in {self.case, self.program}:
            text = (source / f"{name}.py").read_text(encoding="utf-8")
            if name == self.program:
                assert text.count(self.old) == 1, f"{self.id}: {text.count(self.old)} times {self.old!r}"
                text = text.replace(self.old, self.new)
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return folder / f"{self.case}.py"


MUTATED: tuple[Mutation, ...] = ()
