"""Laws without a reference: what every correct backward pass keeps to, tried on the user's code alone.

They need no JAX and no equations of the program's: only runs of the code on problems that belong together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import AnyArray
from ...cases.layout import is_parameter
from ...errors import InputError
from ..finding import LAW, Finding, evidence, finding
from ..subject import Say, Subject
from .ground import Ground, NotTestable, Sum, is_per_step
from .table import LAWS, Law

HOLDS, FAILS, NOT_TESTABLE = "holds", "fails", "not testable"

FLOOR = 1e3
"""Times the unit roundoff of a weight: below that an update of weights says nothing of their gradient."""

MOST_NAMED = 4


@dataclass(frozen=True)
class Outcome:
    """How a law fared.

    Attributes:
        law: its name. title: what it says. state: `holds`, `fails`, `not testable`.
        why: why it can't be tried. names: of the quantities that break it, or that it was tried on.
        taken: what it takes from the declared forward pass, as the code returns nothing that would tell; mostly nothing.
    """

    law: str
    title: str
    state: str
    why: str = ""
    names: tuple[str, ...] = ()
    taken: str = ""


@dataclass(frozen=True)
class Tried:
    """What came of all laws: `findings`, one for each that fails, and the `outcomes` of all."""

    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, eq=False)
class _Broken:
    name: str
    residual: float
    rest: AnyArray
    first: int


def _broken(ground: Ground, one: Sum) -> _Broken | None:
    """What is left of a sum that should be 0, where that is more than rounding."""
    rest = np.asarray(sum(one.terms[1:], one.terms[0]), "float64")
    size = float(np.linalg.norm(rest))
    scale = one.scale if one.scale is not None else float(sum(np.linalg.norm(term) for term in one.terms))
    weight = ground.problem.parameters.get(one.name[1:]) if is_parameter(one.name) else None
    floor = 0.0 if weight is None else FLOOR * float(np.finfo(ground.problem.dtype).eps) * float(np.linalg.norm(weight))
    if size <= max(ground.limit * scale, floor):
        return None
    return _Broken(one.name, min(1.0, size / scale) if scale else 1.0, rest, one.first)


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED]) + ([f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _place(ground: Ground, broken: Sequence[_Broken]) -> tuple[_Broken, int | None, tuple[int, ...] | None]:
    """The quantity that says most, its step and entry: of those per step the one that breaks first on the way back."""
    order = ground.problem.network.quantities()
    latest: tuple[int, _Broken] | None = None
    for one in sorted(broken, key=lambda one: order.index(one.name) if one.name in order else len(order)):
        if is_per_step(one.name) and one.rest.ndim == 3:
            sizes = np.abs(one.rest).max(axis=(1, 2))
            row = int(np.flatnonzero(sizes > 1e-3 * sizes.max())[-1])
            if latest is None or row + one.first > latest[0] + latest[1].first:
                latest = row, one
    if latest is not None:
        row, one = latest
        inner = np.unravel_index(int(np.argmax(np.abs(one.rest[row]))), one.rest.shape[1:])
        return one, row + one.first, (row + one.first, *(int(i) for i in inner))
    worst = max(broken, key=lambda one: one.residual)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(worst.rest))), worst.rest.shape))
    whole = ground.values(ground.problem).get(worst.name)
    return worst, None, index if whole is not None and worst.rest.shape == whole.shape else None


def _finding(ground: Ground, law: Law, broken: Sequence[_Broken], taken: str, ruled: Sequence[str]) -> Finding:
    one, t, index = _place(ground, broken)
    verb = "is" if len(broken) == 1 else "are"
    sentence = f"{_listed([each.name for each in broken])} {verb} {law.broken}; look for {_or(law.points_to)}"
    note = "; ".join(f"{each.name} by {each.residual:.2g}" for each in broken)
    note += f"; {taken} is taken from the declared forward pass" if taken else ""
    worst = max(each.residual for each in broken)
    return finding(
        LAW, sentence, law=law.name, quantity=one.name, t=t, index=None if index is None else list(index), certain=not taken,
        points_to=list(law.points_to), ruled_out=list(ruled), evidence=evidence(worst, [ground.problem.sizes], note),
    )  # fmt: skip


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{'; '.join(words[:-1])}; or {words[-1]}"


def _try(ground: Ground, law: Law, failed: Sequence[str]) -> tuple[Outcome, list[_Broken]]:
    """One law; a run that fails makes it not testable."""
    needed = [name for name in law.rests_on if name in failed]
    if needed:
        return Outcome(law.name, law.title, NOT_TESTABLE, f"it rests on the law {needed[0]!r}, which fails"), []
    ground.taken.clear()
    try:
        sums = list(law.check(ground))
    except NotTestable as error:
        return Outcome(law.name, law.title, NOT_TESTABLE, str(error)), []
    except InputError as error:
        return Outcome(law.name, law.title, NOT_TESTABLE, f"the code fails on the problem that it needs: {error}"), []
    if not sums:
        why = "nothing that came back can be tried by it"
        return Outcome(law.name, law.title, NOT_TESTABLE, why), []
    worst: dict[str, _Broken] = {}
    for broken in (_broken(ground, one) for one in sums):
        if broken is not None and broken.residual > (worst[broken.name].residual if broken.name in worst else 0.0):
            worst[broken.name] = broken
    names = tuple(worst) or tuple(dict.fromkeys(one.name for one in sums))
    return Outcome(law.name, law.title, FAILS if worst else HOLDS, "", names, "".join(ground.taken[:1])), list(
        worst.values()
    )


def _all_untestable(why: str) -> Tried:
    return Tried((), tuple(Outcome(law.name, law.title, NOT_TESTABLE, why) for law in LAWS))


def _repeats(ground: Ground) -> bool:
    """Whether the code still returns what it returned first."""
    first = ground.result(ground.problem).values
    again = ground.subject.run(ground.problem)
    return set(first) == set(again) and all(np.array_equal(first[n], again[n], equal_nan=True) for n in first)


def _outcomes(ground: Ground, say: Say) -> Iterator[tuple[Law, Outcome, list[_Broken]]]:
    failed: list[str] = []
    for number, law in enumerate(LAWS):
        say(f"law: {law.title}", number / len(LAWS))
        outcome, broken = _try(ground, law, failed)
        failed += [law.name] if broken else []
        yield law, outcome, broken


def try_laws(subject: Subject, say: Say) -> Tried:
    """Try all laws on a subject whose code can be run.

    Args: subject: whose code it is. say: told of each law, with the share that is done.

    Returns:
        A finding of kind `law` for each law that fails, with `law`, `points_to` (what breaks it) and `ruled_out` (laws
        that hold of the same quantities), and how every law fared.
    """
    if not subject.can_run:
        return _all_untestable("there is no code to be run")
    try:
        ground = Ground.of(subject)
        ground.result(ground.problem)
        if not _repeats(ground):
            return _all_untestable("the code does not return the same twice")
        tried = list(_outcomes(ground, say))
        if not _repeats(ground):
            return _all_untestable("the code keeps something between calls")
    except InputError as error:
        return _all_untestable(f"the code does not run on another problem: {error}")
    held = [outcome.title for _, outcome, _ in tried if outcome.state == HOLDS]
    findings = tuple(_finding(ground, law, broken, outcome.taken, held) for law, outcome, broken in tried if broken)
    return Tried(findings, tuple(outcome for _, outcome, _ in tried))


def laws(subject: Subject, say: Say) -> tuple[Finding, ...]:
    """A finding for each law that fails; see `try_laws`."""
    return try_laws(subject, say).findings


__all__ = ["FAILS", "HOLDS", "LAWS", "NOT_TESTABLE", "Outcome", "Tried", "laws", "try_laws"]
