"""Rank: in which order a program's edits are tried, blamed lines and common mistakes first."""

from __future__ import annotations

import ast
import heapq
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from ...cases.recorded import BACKWARD, FORWARD
from .code import Code
from .edits import Proposal, Sense, proposals
from .families import EDITS
from .probe import UNKNOWN, Suspicions
from .scope import FUNCTIONS, own_nodes

ORDER = {family.name: number for number, family in enumerate(EDITS)}

BLAMED, NEAR, BACK, CALLED, OTHER, CALLING, AHEAD = range(7)
"""How likely a place is to be wrong: a blamed line, its function, a backward pass, what that calls, the rest, what calls all,
a forward pass (which gives what it must, but may keep something else)."""

NEVER = ("__init__", "__repr__", "__str__", "main", "test_*", "check_grad*", "gradient_check*", "*numerical*")

CALLER = "run"
"""The function of a case file that calls the user's code, which comes last."""

Edits = Callable[[Code, ast.AST], Iterable[Proposal]]
"""Gives all edits of a function."""

ADDING = ("append", "insert", "extend", "appendleft", "update")
"""Methods that keep what they are given."""

FAR = 40
"""Lines behind which distance counts no more."""


@dataclass(frozen=True)
class Site:
    """A function whose edits are tried.

    Attributes:
        code: it stands in. function: the node, or the module itself. place: how likely it is to be wrong.
        blamed: lines of it that were found guilty. lines: whose edits are tried; None for all.
    """

    code: Code
    function: ast.AST
    place: int
    blamed: tuple[int, ...]
    lines: tuple[int, ...] | None = None


def _called(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower().strip("_"), pattern.strip("_")) for pattern in patterns)


def _calls(function: ast.AST) -> set[str]:
    """Names of what a function calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {
        func.id if isinstance(func, ast.Name) else func.attr
        for func in calls
        if isinstance(func, (ast.Name, ast.Attribute))
    }


def _reached(codes: Sequence[Code], starts: Sequence[ast.AST]) -> set[ast.AST]:
    """Functions that some functions call, and so on."""
    known: dict[str, list[ast.AST]] = {}
    for code in codes:
        for function in code.functions:
            known.setdefault(function.name, []).append(function)
    found, waiting = set(starts), list(starts)
    while waiting:
        for name in _calls(waiting.pop()):
            new = [function for function in known.get(name, ()) if function not in found]
            found.update(new)
            waiting += new
    return found


def blamed_lines(file: str, findings: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """Lines of a file that were found guilty, the likeliest first."""
    lines = [
        int(one["line"])
        for one in findings
        if one.get("kind") == "blame"
        and one.get("line")
        and not str(one.get("text", "")).startswith("with ")  # what is wrong stands in the block, or in what it calls
        and os.path.realpath(str(one.get("file", ""))) == os.path.realpath(file)
    ]
    return tuple(dict.fromkeys(lines))


def _lines(function: ast.AST) -> range:
    return range(getattr(function, "lineno", 1), getattr(function, "end_lineno", 1 << 30) + 1)


def sites(codes: Sequence[Code], findings: Sequence[Mapping[str, Any]], case_file: str) -> list[Site]:
    """The functions of a program that can matter, the likeliest first.

    Args:
        codes: its files. findings: what is known already. case_file: whose own statements only declare the case.
    """
    named = [function for code in codes for function in code.functions if _called(function.name, BACKWARD)]
    reached = _reached(codes, named)
    found, kept = list[Site](), list[Site]()
    for code in codes:
        blamed = blamed_lines(code.file, findings)
        functions: list[ast.AST] = [*code.functions]
        alone = os.path.realpath(code.file) == os.path.realpath(case_file) and len(codes) > 1
        if not alone:  # a case in a file of its own only declares
            functions.append(code.tree)
        for function in functions:
            own = {node.lineno for node in own_nodes(function) if isinstance(node, ast.stmt)}
            guilty = tuple(line for line in blamed if _holds(function, own, line))
            place = NEAR if guilty else _place(function, named, reached)
            if place is not None:
                found.append(Site(code, function, place, guilty))
            if place in (OTHER, AHEAD) and function is not code.tree and (lines := _keeping(function)):
                kept.append(Site(code, function, NEAR, (), lines))
    likeliest = min((site.place for site in found), default=OTHER)
    return sorted([*found, *(replace(site, place=max(NEAR, likeliest)) for site in kept)], key=lambda site: site.place)


def _keeping(function: ast.AST) -> tuple[int, ...]:
    """Lines of a forward pass that only keep values: what is wrong there is right in all that the forward pass gives."""
    return tuple(
        dict.fromkeys(node.lineno for node in own_nodes(function) if isinstance(node, ast.stmt) and _keeps(node))
    )


def _keeps(node: ast.stmt) -> bool:
    """Whether a statement appends, packs several values, or puts one of them on an object or into an array as it is."""
    if isinstance(node, ast.Expr):
        call = node.value
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ADDING
    if isinstance(node, ast.Return):
        return isinstance(node.value, ast.Tuple)
    if not isinstance(node, ast.Assign):
        return False
    packed = isinstance(node.value, (ast.Tuple, ast.List, ast.Dict)) and not isinstance(
        node.targets[0], (ast.Tuple, ast.List)
    )
    plain = isinstance(node.value, (ast.Name, ast.Attribute, ast.Subscript))
    return packed or (plain and isinstance(node.targets[0], (ast.Attribute, ast.Subscript)))


def _holds(function: ast.AST, own: set[int], line: int) -> bool:
    """Whether a line belongs to a function itself: to none inside it."""
    if line in own:
        return True
    inner = [node for node in ast.walk(function) if isinstance(node, FUNCTIONS) and node is not function]
    return (
        line in _lines(function)
        and not any(line in _lines(node) for node in inner)
        and not isinstance(function, ast.Module)
    )


def _place(function: ast.AST, named: Sequence[ast.AST], reached: set[ast.AST]) -> int | None:
    name = getattr(function, "name", "")
    if function in named:
        return BACK
    if any(fnmatchcase(name, pattern) for pattern in NEVER):
        return None
    if name == CALLER:
        return CALLING
    if function in reached:
        return CALLED
    return AHEAD if _called(name, FORWARD) and named else OTHER


Score = tuple[int, int, int, int]


def _score(site: Site, proposal: Proposal, suspected: Suspicions | None) -> Score:
    """In which order edits are tried, the smallest first; a blamed line needs no other reason."""
    distance = min((abs(proposal.line - line) for line in site.blamed), default=FAR)
    common = ORDER[proposal.family], proposal.line
    if suspected is None or distance == 0:
        return 2 * BLAMED + proposal.tier, distance, *common
    if site.lines is not None:  # few, and no value of a forward pass is in doubt
        return 2 * site.place + proposal.tier, FAR, *common
    first = proposal.candidate[0]
    doubt = suspected.of(first.file, first.start, first.end)
    if doubt == UNKNOWN:
        doubt = suspected.near(site.code, first.start)
    return 2 * site.place + proposal.tier + doubt, min(distance, FAR), *common


class _Queue:
    """Edits that wait for their turn."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Score, int, Proposal, Code]] = []
        self._senses: dict[int, Sense] = {}
        self._count = 0

    def put(self, score: Score, proposal: Proposal, code: Code) -> None:
        """Let one wait."""
        self._count += 1
        heapq.heappush(self._waiting, (score, self._count, proposal, code))

    def until(self, ahead: int) -> Iterator[Proposal]:
        """Those that come before some score and say something new."""
        while self._waiting and self._waiting[0][0][0] < ahead:
            _, _, proposal, code = heapq.heappop(self._waiting)
            if self._senses.setdefault(id(code), Sense(code)).new(proposal):
                yield proposal


def ranked(places: Sequence[Site], suspect: Callable[[], Suspicions], edits: Edits = proposals) -> Iterator[Proposal]:
    """All edits of some functions in the order in which they are tried; those that say nothing new are left out.

    Args:
        places: the functions, the likeliest first.
        suspect: finds out about their values, once the common edits of blamed lines are tried. edits: gives those of one.
    """
    queue = _Queue()
    for site in places:
        for proposal in proposals(site.code, site.function, site.blamed) if site.blamed else ():
            queue.put(_score(site, proposal, None), proposal, site.code)
    yield from queue.until(2 * NEAR)
    suspected = suspect()
    for number, site in enumerate(places):
        made = (
            edits(site.code, site.function) if site.lines is None else proposals(site.code, site.function, site.lines)
        )
        for proposal in made:
            queue.put(_score(site, proposal, suspected), proposal, site.code)
        yield from queue.until(2 * places[number + 1].place if number + 1 < len(places) else 1 << 30)
