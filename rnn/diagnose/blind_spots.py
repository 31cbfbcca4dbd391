"""Blind spots: mistakes of the table that the user's own problem could not have shown, and the one change that shows them.

With h0 = 0 a forgotten first term of dW_hh adds nothing, with B = 1 a mean over the samples is a sum. Every mistake is made on
the user's problem; those that change nothing there are made again on problems that differ from it in one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..cases import Case
from ..problem import Problem
from ..problem_files import FileReader
from ..settings_for import fixed_settings
from .changes import TELLING, Change, built, changes, everything, is_no_matter, own_of
from .equations import EQUATIONS
from .finding import BLIND_SPOT, evidence, finding
from .mistakes import Mistake, mistakes_of
from .reference import Reference
from .subject import RESIDUAL, relative_residual

Tick = Callable[[], None]

RAREST = 2
"""Mistakes of a larger rank are too rare to be missed."""

MOST_SAID = 2
"""Mistakes that a sentence names; the finding lists all."""


def blind_spots(
    problem: Problem,
    returned: Collection[str],
    case: Case | None = None,
    reader: FileReader | None = None,
    tick: Tick = lambda: None,
) -> list[dict[str, Any]]:
    """The findings, one for every reason for which mistakes can't be seen.

    Args:
        problem: the user's own. returned: names of the gradients that the code returns.
        case: what it declares can't be changed. reader: reads the files that the problem's settings name.
        tick: called often; what it raises ends it.
    """
    if problem.network.cell not in EQUATIONS:
        return []
    own = own_of(problem, reader)
    fixed = fixed_settings(case) if case is not None else {}
    changed = [
        (change, other)
        for change in (*changes(problem), everything(problem.settings, fixed))
        if not is_no_matter(change, fixed)
        for other in built(own.settings, change, reader)
    ]
    names = [name for name in Reference(own).names if name in set(returned)]
    # Some mistakes can only be made where there are several samples, or a mask.
    known = _all_mistakes([own, *(other for change, other in changed if {"batch", "counted"} & set(change.settings))])
    left = _unseen(own, known, names, tick)
    groups: list[tuple[Change, list[Mistake]]] = []
    for change, other in changed:
        rest = _unseen(other, left, names, tick)
        shown = [one for one in left if one not in rest]
        left = rest
        groups.append((change, shown))
    found = [_finding(problem, change, shown, fixed) for change, shown in groups if shown]
    return found + _of_activation(problem, own, left, names) + _not_returned(problem, own, left, names)


# Mistakes


def _all_mistakes(problems: Sequence[Problem]) -> list[Mistake]:
    """All mistakes that can be made on one of the problems; of several layers or directions those of the first one."""
    every = (one for problem in reversed(problems) for one in mistakes_of(problem))
    found = {one.key: one for one in every if one.rank <= RAREST and not _is_long(one)}
    others = {unit.suffix for unit in problems[0].network.units[1:]}
    # There are thousands in a stack; a gate alone hides what it hides with the others.
    kept = [
        one
        for one in found.values()
        if not others or ("[" not in one.place and not any(_is_of(slot, others) for slot, _ in one.edits))
    ]
    return sorted(kept, key=lambda one: one.rank)


def _is_of(slot: str, suffixes: Collection[str]) -> bool:
    return any(slot.partition("[")[0].endswith(suffix) for suffix in suffixes)


def _is_long(mistake: Mistake) -> bool:
    kind, _, length = mistake.id.rpartition("-")
    return kind.startswith("truncation") and length.isdigit() and int(length) >= TELLING["steps"]


def _unseen(
    problem: Problem, mistakes: Sequence[Mistake], names: Sequence[str], tick: Tick = lambda: None
) -> list[Mistake]:
    """The mistakes that change none of some gradients by more than rounding."""
    reference = Reference(problem)
    right = {name: reference.gradient(name, {}) for name in names}
    limit = RESIDUAL[problem.dtype]
    found = []
    for one in mistakes:
        tick()
        if not _shows(reference, one, right, limit):
            found.append(one)
    return found


def _shows(reference: Reference, mistake: Mistake, right: Mapping[str, Any], limit: float) -> str:
    """A gradient in which a mistake shows, empty where it does in none; where it can't be computed at all, it shows."""
    edits = {slot: text for slot, text in mistake.edits if slot in reference.slots}
    if not edits:
        return ""
    first = [mistake.quantity] if mistake.quantity in right else list(right)
    for name in first if reference.slots["clip"] == "" else right:
        try:
            if relative_residual(reference.gradient(name, edits), right[name]) > limit:
                return name
        except (ValueError, IndexError, ZeroDivisionError):
            return name
    return ""


def _said(mistakes: Sequence[Mistake]) -> list[str]:
    """Their sentences, each once; of one gate alone only where it is not said of all gates."""
    whole = {(one.id, one.quantity) for one in mistakes if "[" not in one.place}
    kept = [one for one in mistakes if "[" not in one.place or (one.id, one.quantity) not in whole]
    return list(dict.fromkeys(one.sentence for one in kept))


def _listed(sentences: Sequence[str]) -> str:
    head = "; ".join(sentences[:MOST_SAID])
    more = len(sentences) - MOST_SAID
    return head if more <= 0 else f"{head}; and {more} more"


def _count(number: int) -> str:
    return "1 mistake" if number == 1 else f"{number} mistakes"


# Findings


def _finding(problem: Problem, change: Change, shown: Sequence[Mistake], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Mistakes that one change shows; without settings where the case does not allow it."""
    said = _said(shown)
    settings = {name: value for name, value in change.settings.items() if getattr(problem.settings, name) != value}
    against = {name: fixed[name] for name in settings if name in fixed and fixed[name] != settings[name]}
    note = f"declared: {', '.join(f'{name} = {value}' for name, value in against.items())}" if against else ""
    asked = ", ".join(f"{name} = {value}" for name, value in settings.items() if value not in (None, "", ()))
    return finding(
        BLIND_SPOT,
        f"{change.reason} could not have shown {_count(len(said))}: {_listed(said)}",
        certain=True,
        mistakes=said,
        settings=None if against else settings,
        evidence=evidence(0.0, [problem.sizes], note),
        fix=f"{note}, so no other problem can show it" if note else f"check it with {asked or 'random weights'}",
    )


def _of_activation(problem: Problem, own: Problem, left: list[Mistake], names: Sequence[str]) -> list[dict[str, Any]]:
    """Mistakes in slopes that only another activation shows: said, since the activation is what the code computes."""
    activation = problem.network.activation
    if activation in ("tanh", "sigmoid"):
        return []
    other = replace(own, network=replace(own.network, activation="tanh"))
    known = _all_mistakes([other]) if activation == "identity" else left
    slopes = [one for one in known if one.id.startswith(("slope", "carry-slope"))]
    hidden = [one for one in slopes if one in left or not _made(own, one)]
    rest = _unseen(other, hidden, names)
    said = _said([one for one in hidden if one not in rest])
    if not said:
        return []
    left[:] = [one for one in left if one not in hidden]
    words = f"the activation {activation}, whose slope is {'1' if activation == 'identity' else '0 or 1'},"
    return [
        finding(
            BLIND_SPOT, f"{words} could not have shown {_count(len(said))}: {_listed(said)}", certain=True, mistakes=said,
            evidence=evidence(0.0, [problem.sizes]), fix="look at them when the activation is another one",
        )
    ]  # fmt: skip


def _made(problem: Problem, mistake: Mistake) -> bool:
    """Whether a mistake changes anything at all on a problem."""
    reference = Reference(problem)
    return bool(_shows(reference, mistake, reference.gradients(), RESIDUAL[problem.dtype]))


def _not_returned(
    problem: Problem, own: Problem, left: Sequence[Mistake], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Mistakes that only gradients show that the code does not return."""
    reference = Reference(own)
    others = [name for name in reference.names if name not in names and not name.endswith(tuple("."))]
    ends = [
        name for name in others if name[1:] in problem.starts or name in ("dx", "de") or name[1:] in problem.parameters
    ]
    right = {name: reference.gradient(name, {}) for name in ends}
    shown: dict[str, list[Mistake]] = {}
    for one in left:
        name = _shows(reference, one, right, RESIDUAL[own.dtype])
        if name:
            shown.setdefault(name, []).append(one)
    if not shown:
        return []
    said, where = _said([one for some in shown.values() for one in some]), ", ".join(shown)
    return [
        finding(
            BLIND_SPOT, f"{_count(len(said))} would show only in {where}, which run() does not return: {_listed(said)}",
            certain=True, mistakes=said, quantities=list(shown), evidence=evidence(0.0, [problem.sizes]),
            fix=f"return {where} as well",
        )
    ]  # fmt: skip
