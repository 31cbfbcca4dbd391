"""Probe: which statements only wrong results depend on, found by making each a thousandth larger and looking what moves."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from .code import Code
from .port import Candidate, SourceEdit, Trial
from .scope import FUNCTIONS

LARGER = "1.001"

ONLY_WRONG, UNKNOWN, ALSO_RIGHT = 0, 2, 3
"""What depends on a place: only wrong results; none, or that is not known; right ones too. The first is looked at first.

Where nothing moves, something may be read that is still 0: no less likely to be wrong than another place."""

MOVED = 1e-6
"""Relative change of a residual from which a result has moved."""

MOST_PROBES = 150


@dataclass(frozen=True)
class Probe:
    """A value that is made larger.

    Attributes:
        file: it stands in. start, end: where. candidate: the edit.
    """

    file: str
    start: int
    end: int
    candidate: Candidate


def _values(statement: ast.stmt) -> list[ast.expr]:
    """The expressions of a statement whose values go on."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)) else None
    if isinstance(value, (ast.Tuple, ast.List)):
        return list(value.elts)
    if isinstance(value, ast.Dict):
        return [one for one in value.values if one is not None]
    if isinstance(value, ast.Call) and (isinstance(statement, ast.Expr) or getattr(value.func, "id", "") == "dict"):
        found: list[ast.expr] = []
        for arg in [*value.args, *(word.value for word in value.keywords)]:
            found += arg.elts if isinstance(arg, (ast.Tuple, ast.List)) else [arg]
        return found
    return [] if value is None or isinstance(value, (ast.Constant, ast.DictComp, ast.ListComp)) else [value]


def probes(code: Code, function: ast.AST) -> Iterator[Probe]:
    """The probes of a function."""
    body = function.body if isinstance(function, (*FUNCTIONS, ast.Module)) else []
    for node in code.scope(body[0] if body and function is not code.tree else function).nodes:
        if isinstance(node, ast.stmt):
            for value in _values(node):
                start, end = code.whole(value)
                now = f"({code.text[start:end]}) * {LARGER}"
                yield Probe(code.file, start, end, (SourceEdit(code.file, start, end, now),))


def suspicion(before: Trial, after: Trial) -> int:
    """How likely a place is to be wrong, from what moves when its value does; 0 is the likeliest."""
    moved, broken = False, []
    for right, was, now in zip(before.right, before.residuals, after.residuals):
        if after.failed or right is None or was is None or now is None:
            return UNKNOWN
        changed = {name for name in was if abs(was[name] - now.get(name, 0.0)) > MOVED * max(was[name], MOVED)}
        broken.append(any(right[name] for name in changed))
        moved |= any(not right[name] for name in changed)
    if not moved:
        return ALSO_RIGHT if any(broken) else UNKNOWN
    if not any(broken):
        return ONLY_WRONG
    return ALSO_RIGHT if broken[-1] else UNKNOWN  # the last problem is the largest


@dataclass
class Suspicions:
    """How likely places of files are to be wrong."""

    _known: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)

    def add(self, probe: Probe, found: int) -> None:
        """What a probe found."""
        places = self._known.setdefault(probe.file, [])
        places.append((probe.start, probe.end, found))
        places.sort()

    def of(self, file: str, start: int, end: int) -> int:
        """Of some characters of a file: as of the value they stand in, or of the values of their line."""
        places = self._known.get(file, ())
        number = bisect_right(places, (start, 1 << 60, 0)) - 1
        inside = [
            found for first, last, found in places[max(0, number - 3) : number + 1] if first <= start and end <= last
        ]
        return min(inside) if inside else UNKNOWN

    def near(self, code: Code, place: int) -> int:
        """Of a place outside of all values: the likeliest of those on its line."""
        first, last = code.line_start(place), code.line_end(place)
        found = [known for start, _, known in self._known.get(code.file, ()) if first <= start < last]
        return min(found) if found else UNKNOWN
