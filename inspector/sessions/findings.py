"""Findings out of a session: each value is what the panels expect of it, or the finding is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rnn.sessions.typed import WrongValue, plain, typed

Finding = dict[str, Any]


@dataclass(frozen=True)
class _Mistake:
    sentence: str = ""
    formula: str = ""
    line: int | None = None


@dataclass(frozen=True)
class _Evidence:
    residual: float = 0.0
    problems: tuple[Mapping[str, Any], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class _Edit:
    file: str
    start: int
    end: int
    was: str = ""
    now: str = ""
    line: int | None = None


@dataclass(frozen=True)
class _Repair:
    sentence: str = ""
    diff: str = ""
    edits: tuple[_Edit, ...] = ()


TYPES: Mapping[str, Any] = {
    **dict.fromkeys(
        ("kind", "sentence", "file", "quantity", "status", "fix", "formula", "text", "function", "reads", "needed", "found",
         "output", "fact", "diff", "problem", "law"), str
    ),
    **dict.fromkeys(("line", "t", "step", "iteration", "count"), int | None),
    **dict.fromkeys(("alike", "quantities", "points_to", "ruled_out"), tuple[str, ...]),
    "certain": bool,
    "error": float,
    "index": tuple[int, ...],
    "inputs": tuple[tuple[str, str], ...],
    "mistakes": tuple[_Mistake, ...],
    "evidence": _Evidence,
    "problems": tuple[Mapping[str, Any], ...],
    "settings": Mapping[str, Any],
    "change": Mapping[str, Any],
    "curves": Mapping[str, tuple[float, ...]],
    "others": tuple[_Repair, ...],
    "edits": tuple[_Edit, ...],
    "digests": Mapping[str, str],
}  # fmt: skip
"""What the panels read of a finding."""

NAMES_ONLY = ("blind_spot", "mistakes")
"""Of these findings the mistakes are sentences; of others they are records."""

FILES = ("edits", "digests")
"""What a repair would write, and into which files."""


def checked(finding: Mapping[str, Any]) -> Finding:
    """A finding whose known values are of the types that are expected; raises `WrongValue`."""
    for name in ("kind", "sentence"):
        typed(finding.get(name), str)
    for name, value in finding.items():
        if name in TYPES:
            try:
                typed(value, tuple[str, ...] if (finding["kind"], name) == NAMES_ONLY else TYPES[name])
            except WrongValue as error:
                raise WrongValue(f"{name}: {error}") from None
    made: Finding = plain(finding)
    return made


def without_edits(finding: Finding) -> Finding:
    """What it says, without what it would write: nobody's file is changed by what a session brings along."""
    others = [{key: value for key, value in one.items() if key != "edits"} for one in finding.get("others", ())]
    kept = {name: value for name, value in finding.items() if name not in FILES}
    return {**kept, "others": others} if others else kept


def read_findings(findings: Iterable[Mapping[str, Any]], own: bool, problems: list[str]) -> list[Finding]:
    """The findings that can be shown.

    Args:
        findings: of a session. own: whether this program kept it for itself: then repairs can still be written.
        problems: gets a sentence about each that can't be read.
    """
    found = []
    for place, one in enumerate(findings):
        try:
            good = checked(one)
        except WrongValue as error:
            problems.append(f"Of the findings, entry {place}: {error}")
        else:
            found.append(good if own else without_edits(good))
    return found
