"""The port to code with edits: what is changed in a file, and what tries it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ...arrays import AnyArray
from ...problem import Problem


@dataclass(frozen=True)
class SourceEdit:
    """One change of a file: file, from and to which character, and what stands there then."""

    file: str
    start: int
    end: int
    now: str


Candidate = tuple[SourceEdit, ...]


class Trial(Protocol):
    """What a candidate gave on some problems.

    Attributes:
        candidate: it. right: by problem, whether each quantity is right. residuals: by problem, how far each is off.
        failed: why it gave nothing, empty where it gave something.
    """

    candidate: Candidate
    right: tuple[Mapping[str, bool], ...]
    residuals: tuple[Mapping[str, float], ...]
    failed: str


class Trier(Protocol):
    """Runs a case with edits on problems whose truth it knows."""

    def sources(self) -> Mapping[str, str]:
        """The texts of the user's files that the case runs, by path."""

    def try_all(self, candidates: Iterable[Candidate]) -> Iterator[Trial]:
        """Run the case with each candidate's edits, in any order."""

    def values(self, candidate: Candidate, problem: Problem) -> Mapping[str, AnyArray]:
        """What the case returns on a problem with a candidate's edits; raises `InputError`."""
