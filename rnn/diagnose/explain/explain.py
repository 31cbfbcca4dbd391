"""explain: which mistakes give the user's numbers, and what was tried to be sure.

whole     single mistakes on a problem of usual sizes                       most code has one or two that show apart
short     sets of up to three where T = 1, then T = 2                        a loop with several mistakes, step by step
whole     again, with what was found, in pairs
verified  on four more problems, of these and of other sizes, which the search never saw
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import InputError
from ...problem import Problem
from ..equations import EQUATIONS
from ..mistakes import Mistake
from ..reference import Edits
from ..subject import LATER_SIZES, Say, Subject
from .fitted import fitted
from .search import TRUNCATION, OutOfTime, Search, State
from .spread import Spread
from .view import Part, View

SEEDS = (71, 72, 73, 74)
EXPLAINED, PARTLY, UNEXPLAINED, RIGHT = "explained", "partly", "unexplained", "right"
NEARER = 0.8
"""A mistake that does not explain a part comes near it where it leaves no more than this share of what no mistake leaves."""
SHORT = 6
"""So many explanations are carried from few steps to more."""

MOST_ENTRIES = 4_000_000
"""T B H H up to which the gradients of a given problem are searched."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """What explaining found.

    Attributes:
        status: `explained`, `partly`, `unexplained`, or `right` where nothing is wrong.
        mistakes: that give the user's numbers. open: what they leave unexplained.
        residual: the largest relative residual of what they explain. alike: sets of other mistakes that give the same numbers.
        problems: sizes of those on which it held. nearest: a single mistake that comes closest, and its residual.
        note: what limits this, in words. tried: how many sets of mistakes were run. view: the search was made on.
    """

    status: str
    mistakes: tuple[Mistake, ...]
    open: tuple[Part, ...]
    residual: float
    alike: tuple[tuple[Mistake, ...], ...]
    problems: tuple[dict[str, int], ...]
    nearest: tuple[Mistake, Part, float] | None
    note: str
    tried: int
    view: View | None

    @property
    def edits(self) -> dict[str, str]:
        """Slots of the reference with which it gives the user's numbers."""
        return {slot: text for one in self.mistakes for slot, text in one.edits}


def nothing(status: str, note: str) -> Explanation:
    """An explanation that was not searched for."""
    return Explanation(status, (), (), 0.0, (), (), None, note, 0, None)


class _Stages:
    """One search over all views."""

    def __init__(self, subject: Subject, say: Say, until: float, spread: Spread | None) -> None:
        self.subject, self.say, self.until, self.spread = subject, say, until, spread
        self.tried, self.note = 0, ""
        self.states: list[State] = []

    def view(self, seed: int, **sizes: int) -> View | None:
        """A view on a random problem with these sizes; None where the case allows none or fails there."""
        if not self.subject.can_run:
            return None
        try:
            problem = self.subject.other(seed, **sizes)
            if any(problem.sizes[{"steps": "T"}[name]] != size for name, size in sizes.items() if name == "steps"):
                return None
            return View(problem, self.subject.run(problem))
        except InputError as error:
            self.note = self.note or str(error)
            return None

    def main_view(self) -> View:
        """The one that must be explained: of usual sizes, or the user's own where that alone shows what is wrong."""
        found = self.view(SEEDS[0])
        if found is not None and found.failing({}):
            return found
        return View(self.subject.problem, self.subject.values)

    def keep(self, states: Sequence[State]) -> list[State]:
        """The best states that explain the whole view, or most of it, so far."""
        self.states = _kept([*states, *self.states])
        return self.states

    def solve(self, view: View, states: Sequence[State], size: int, words: str, short: bool = False) -> list[State]:
        """Extend states on a view; as far as the time allows."""
        known = fitted(view)
        grown: list[State] = []

        def tick() -> None:
            self.say(words, None)

        for state in states:
            search = Search(view, size, tick, self.until, known, short, self.spread)
            try:
                grown += search.solve(state)
            finally:
                self.tried += search.tried
        return sorted(grown, key=lambda one: one.cost)[:12]

    def found(
        self, status: str, views: Sequence[View], state: State, alike: tuple[tuple[Mistake, ...], ...]
    ) -> Explanation:
        """What a state explains, on all views."""
        edits, view = state.edits, views[0]
        residual = max(each.residual(part, edits) for each in views for part in each.parts if each.fits(part, edits))
        alone = "these gradients alone, on one problem: there is no code to run on another"
        note = self.note if len(views) > 1 else alone
        sizes = tuple(dict(each.problem.sizes) for each in views)
        return Explanation(status, state.mistakes, state.open, residual, alike, sizes, None, note, self.tried, view)


def _affordable(problem: Problem) -> bool:
    sizes = problem.sizes
    return sizes["T"] * sizes["B"] * sizes["H"] * sizes["H"] <= MOST_ENTRIES


def explain(subject: Subject, say: Say, seconds: float = 10.0, spread: Spread | None = None) -> Explanation:
    """Find the mistakes that give the user's numbers.

    Args:
        subject: the wrong backward pass. say: is told what is being done; what it raises ends the search.
        seconds: after which the best so far is given. spread: evaluates many sets at once; None evaluates all here.
    """
    network = subject.problem.network
    if network.cell not in EQUATIONS:
        return nothing(UNEXPLAINED, "mistakes are named for the program's own cells only")
    if not subject.can_run and not _affordable(subject.problem):
        return nothing(UNEXPLAINED, "the problem is too large to be searched; give a smaller one")
    stages = _Stages(subject, say, time.monotonic() + seconds, spread)
    say("Looking for mistakes that give these numbers", None)
    with np.errstate(all="ignore"):
        view = stages.main_view()
        if not view.failing({}):
            return nothing(RIGHT, "")
        states = _searched(stages, view)
        return _told(stages, view, states)


def _searched(stages: _Stages, view: View) -> list[State]:
    """Explanations of a view, the best first."""
    states = [State()]
    try:
        for states in _staged(stages, view):
            if not states[0].open:
                break
    except OutOfTime:
        stages.note = stages.note or "the time for the search was over"
    return [_measured(view, state) for state in stages.states or states]


def _staged(stages: _Stages, view: View) -> Iterator[list[State]]:
    """The states after every stage, measured on the whole view, the best first."""
    yield stages.keep(stages.solve(view, [State()], 1, "Trying single mistakes"))
    short: list[State] = [State(), *stages.states]
    for steps in (1, 2, 3):
        few = stages.view(SEEDS[0] + steps, steps=steps)
        if few is None:
            continue
        words = f"Trying sets of mistakes at T = {steps}"
        short = stages.solve(few, [State(one.mistakes) for one in short[:SHORT]], 2, words, short=True)
        yield stages.keep(stages.solve(view, [State(one.mistakes) for one in short], 1, "Trying them with more steps"))
    best = [State(one.mistakes) for one in stages.states[:3]]
    yield stages.keep(stages.solve(view, best, 2, "Trying pairs of mistakes"))
    few = stages.view(SEEDS[0] + 1, steps=1)
    if few is not None:
        three = stages.solve(few, best, 3, "Trying three mistakes at once at T = 1", short=True)
        yield stages.keep(stages.solve(view, [State(one.mistakes) for one in three], 2, "Trying them with more steps"))
    cut = [State((one,)) for one in view.mistakes if one.id.startswith(TRUNCATION)]
    yield stages.keep(stages.solve(view, cut, 1, "Trying truncations with other mistakes"))


def _measured(view: View, state: State) -> State:
    """A state with the parts that it really leaves open on a view."""
    return State(state.mistakes, view.failing(state.edits))


def _kept(states: list[State]) -> list[State]:
    unique: dict[frozenset[str], State] = {}
    for state in states:
        key = frozenset(one.key for one in state.mistakes)
        if key not in unique or state.cost < unique[key].cost:
            unique[key] = state
    return sorted(unique.values(), key=lambda one: one.cost)[:12]


def _told(stages: _Stages, view: View, states: list[State]) -> Explanation:
    """The best state that holds on another problem, with what is as good."""
    states = sorted(states, key=lambda one: one.cost)
    # Several, since a sign that happens to be the same on two problems would let one mistake pass for another.
    later = (stages.view(SEEDS[3] + number, **sizes) for number, sizes in enumerate((LATER_SIZES, {}, LATER_SIZES, {})))
    views = [view, *(one for one in later if one is not None)]
    for state in states:
        if not any(each.failing(state.edits) for each in views):
            alike = _alike(views, state, states)
            return stages.found(EXPLAINED, views, _measured(view, state), alike)
    for state in states:
        partial = _measured(view, State(_needed(views, state)))
        if partial.mistakes and _sound(views, partial):
            return stages.found(PARTLY, views, partial, ())
    return Explanation(UNEXPLAINED, (), view.failing({}), 0.0, (), (), _nearest(view), stages.note, stages.tried, view)


def _needed(views: Sequence[View], state: State) -> tuple[Mistake, ...]:
    """The mistakes of a state that every view on which they show confirms: some part fits with them and not without."""
    kept = []
    for one in state.mistakes:
        rest = State(tuple(other for other in state.mistakes if other is not one)).edits
        if all(_confirms(view, one, state.edits, rest) for view in views):
            kept.append(one)
    return tuple(kept)


def _confirms(view: View, one: Mistake, edits: Edits, rest: Edits) -> bool:
    touched = [
        part for part in view.parts if any(part.name in view.reach.get(slot, frozenset()) for slot, _ in one.edits)
    ]
    return not touched or any(view.fits(part, edits) and not view.fits(part, rest) for part in touched)


def _sound(views: Sequence[View], state: State) -> bool:
    """Whether every mistake of a partial explanation explains some part on every view on which it shows, and most of its own."""
    for one in state.mistakes:
        rest = State(tuple(other for other in state.mistakes if other is not one)).edits
        if not any(view.fits(part, state.edits) and not view.fits(part, rest) for view in views for part in view.parts):
            return False
        touched = [part for part in views[0].parts if views[0].residual(part, state.edits) != views[0].residual(part, rest)]
        if sum(views[0].fits(part, state.edits) for part in touched) * 2 < len(touched):
            return False  # what it makes is mostly something else
    return True


def _alike(views: Sequence[View], best: State, states: Sequence[State]) -> tuple[tuple[Mistake, ...], ...]:
    """Other sets that give the same numbers on all views: from the search, and with one mistake exchanged for another."""
    found: dict[frozenset[str], tuple[Mistake, ...]] = {}
    own = frozenset(one.key for one in best.mistakes)

    def consider(mistakes: tuple[Mistake, ...]) -> None:
        key = frozenset(one.key for one in mistakes)
        edits = State(mistakes).edits
        if key != own and key not in found and all(view.fits(part, edits) for view in views for part in view.parts):
            found[key] = mistakes

    for state in states:
        if not state.open:
            consider(state.mistakes)
    for one in best.mistakes:
        rest = tuple(other for other in best.mistakes if other is not one)
        taken = {slot for other in rest for slot, _ in other.edits}
        first = next(part for part in views[0].parts if not views[0].fits(part, State(rest).edits))
        for other in views[0].mistakes:
            if other.key == one.key or taken & {slot for slot, _ in other.edits}:
                continue
            if views[0].fits(first, State((*rest, other)).edits):
                consider((*rest, other))
    return tuple(found.values())[:8]


def _nearest(view: View) -> tuple[Mistake, Part, float] | None:
    """The single mistake that comes closest to the first part that is wrong."""
    part = view.failing({})[0]
    right = view.residual(part, {})
    scored = [(view.residual(part, dict(one.edits)), one) for one in view.mistakes
              if any(part.name in view.reach.get(slot, frozenset()) for slot, _ in one.edits)]  # fmt: skip
    scored = [pair for pair in scored if pair[0] < NEARER * right]  # what changes nothing is no nearer
    if not scored:
        return None
    residual, mistake = min(scored, key=lambda pair: pair[0])
    return mistake, part, residual
