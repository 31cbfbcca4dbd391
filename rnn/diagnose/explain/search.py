"""The search for the mistakes that give the user's numbers, one part after another, shortest explanation first.

What depends on little is explained first (the output weights, then a bias, which sees only deltas); what was found is kept,
and what a part shares with an earlier one is known by then. Mistakes that can't be told apart yet are kept side by side.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from ..mistakes import Mistake
from ..reference import SUMS, Edits
from .spread import Spread
from .view import Part, View

MOST_HITS = 8
"""So many explanations of one part are followed."""

MOST_STATES = 12
"""So many explanations of all parts so far are kept."""

SLIPS = 4
"""Mistakes of this rank on are tried alone only: there are many, and few are made."""

WORSE = 3
"""A set is dropped where parts left and mistakes made are so many more than another's."""

FEW = 70
"""Up to so many different effects are tried three at a time."""

TRUNCATION = "truncation-"
"""Mistakes that begin so are tried alone or after all others: each makes one loop into T."""

TICK_S = 0.05
"""So often it is asked whether the search is still wanted."""

Classes = tuple[list[Mistake], ...]
"""Mistakes to be made together, each with those that make the part at hand alike."""

Tick = Callable[[], None]
"""Called often; raises where the search was cancelled."""


class OutOfTime(Exception):
    """The time that a search may take is over."""


@dataclass(frozen=True)
class State:
    """An explanation so far.

    Attributes:
        mistakes: what was found, in the order of finding. open: shown names of parts that nothing explains.
    """

    mistakes: tuple[Mistake, ...] = ()
    open: tuple[Part, ...] = ()

    @property
    def edits(self) -> dict[str, str]:
        """All slots that are edited."""
        return {slot: text for one in self.mistakes for slot, text in one.edits}

    def with_(self, more: Sequence[Mistake]) -> State:
        """The same with more mistakes."""
        return State((*self.mistakes, *more), self.open)

    @property
    def cost(self) -> tuple[int, int, int]:
        """The better, the smaller: parts left open, kinds of mistakes, ranks."""
        return len(self.open), len({one.id for one in self.mistakes}), sum(1 + one.rank for one in self.mistakes)


@dataclass(eq=False)
class Search:
    """One search over one view.

    Attributes:
        view: it. size: how many mistakes at once are tried for one part. tick: see `Tick`. until: monotonic time of its end.
        extra: mistakes besides those of the table. short: whether the view has too few steps to tell all apart.
        spread: evaluates many sets at once; without it all are evaluated here.
        tried: evaluations so far.
    """

    view: View
    size: int
    tick: Tick
    until: float
    extra: tuple[Mistake, ...] = ()
    short: bool = False
    spread: Spread | None = None
    tried: int = 0
    _ticked: float = 0.0
    _wrong: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    _classes: dict[tuple[object, ...], list[list[Mistake]]] = field(default_factory=dict)

    def solve(self, state: State) -> list[State]:
        """All ways in which a state can be made to explain the view, the best first."""
        states = [state]
        for part in self.view.parts:
            if self.short and not np.any(part.of(self.view.hand[part.name])):
                continue  # in few steps many mistakes leave nothing, and which it is shows with more
            grown: list[State] = []
            for one in states:
                grown += self._grown(one, part)
            states = self._best(grown)
        return states

    def _best(self, states: list[State]) -> list[State]:
        unique = {frozenset((one.key) for one in state.mistakes): state for state in reversed(states)}
        kept = sorted(unique.values(), key=lambda state: (self._left(state) + len(state.mistakes), state.cost))
        least = self._left(kept[0]) + len(kept[0].mistakes)
        return [state for state in kept if self._left(state) + len(state.mistakes) <= least + WORSE][:MOST_STATES]

    def _grown(self, state: State, part: Part) -> list[State]:
        if self.view.fits(part, state.edits):
            return [State(state.mistakes, tuple(one for one in state.open if one != part))]
        hits = self._hits(state, part)
        if not hits:
            return [State(state.mistakes, (*(one for one in state.open if one != part), part))]
        return [State((*state.mistakes, *hit), tuple(one for one in state.open if one != part)) for hit in hits]

    def _hits(self, state: State, part: Part) -> list[tuple[Mistake, ...]]:
        """Sets of further mistakes that explain a part and break none that is explained, of the least size that has any."""
        matched = self._matched(state, part)
        classes = self._candidates(state, part, matched)
        for size, kept in self._rounds(classes, part):
            sets = [chosen for chosen in combinations(kept, size) if size == 1 or _fit_together(_firsts(chosen))]
            found: list[tuple[Mistake, ...]] = []
            for chosen in self._explaining(state, part, sets):
                found += self._members(state, chosen, part, matched)
            if found:
                return self._sorted(state, found)
        return []

    def _rounds(self, classes: list[list[Mistake]], part: Part) -> Iterator[tuple[int, list[list[Mistake]]]]:
        """How many at once of which: all alone, pairs in the part's own sum, then sets of all, as far as these are few."""
        yield 1, classes
        own = [each for each in classes if _is_own(each[0], part)]
        yield 2, own
        rest = [each for each in classes if not each[0].id.startswith(TRUNCATION) and each[0].rank < SLIPS]
        for size in range(2, self.size + 1):
            yield size, rest if size == 2 or len(rest) < FEW else []

    def _matched(self, state: State, part: Part) -> tuple[Part, ...]:
        before = self.view.parts[: self.view.parts.index(part)]
        return tuple(one for one in before if one not in state.open)

    def _candidates(self, state: State, part: Part, matched: Sequence[Part]) -> list[list[Mistake]]:
        """Mistakes that change a part and no matched one, those together that change it alike; the commonest first."""
        edits, view = state.edits, self.view
        key = (part, *sorted(edits.items()))
        if key in self._classes:
            return self._classes[key]
        base = view.made(part.name, edits)
        groups: dict[bytes, list[Mistake]] = {}
        for mistake in (*self.extra, *view.mistakes):
            if any(slot in edits for slot, _ in mistake.edits):
                continue
            if not any(part.name in view.reach.get(slot, frozenset()) for slot, _ in mistake.edits):
                continue
            self._count()
            made = view.made(part.name, {**edits, **dict(mistake.edits)})
            if made is None or (base is not None and _same(part, made, base)):
                continue
            if not all(
                view.fits(one, {**edits, **dict(mistake.edits)}) for one in matched if self._reaches(mistake, one)
            ):
                continue
            groups.setdefault(_digest(part, made), []).append(mistake)
        found = self._classes[key] = list(groups.values())
        return found

    def _reaches(self, mistake: Mistake, part: Part) -> bool:
        return any(part.name in self.view.reach.get(slot, frozenset()) for slot, _ in mistake.edits)

    def _explaining(self, state: State, part: Part, sets: Sequence[Classes]) -> list[Classes]:
        """Those of some sets whose first mistakes explain a part; where there are many, other processes evaluate them too."""
        begun, took, fit = time.monotonic(), 0.0, list[Classes]()
        for done, chosen in enumerate(sets):
            took = time.monotonic() - begun
            if self.spread is not None and self.spread.is_worth(len(sets) - done, done, took):
                edits = [State(_firsts(one)).edits for one in sets[done:]]
                rest = self.spread.fitting(self.view, part, state.edits, edits, took / done, self._count)
                fit += [sets[done + number] for number in rest]
                break
            if self._explains(state, _firsts(chosen), part):
                fit.append(chosen)
        if self.spread is not None:
            self.spread.spent(took)
        return fit

    def _explains(self, state: State, more: Sequence[Mistake], part: Part) -> bool:
        self._count()
        return self.view.fits(part, state.with_(more).edits)

    def _members(
        self, state: State, chosen: Sequence[list[Mistake]], part: Part, matched: Sequence[Part]
    ) -> Iterator[tuple[Mistake, ...]]:
        """All sets of the same effect that break nothing."""
        for number, members in enumerate(product(*chosen)):
            if number > 60:
                return
            if not _fit_together(members) or not self._explains(state, members, part):
                continue
            edits = state.with_(members).edits
            if all(self.view.fits(one, edits) for one in matched):
                yield tuple(members)

    def _sorted(self, state: State, found: list[tuple[Mistake, ...]]) -> list[tuple[Mistake, ...]]:
        """The best first: those that explain most of all that is wrong, then the commonest."""

        def cost(hit: tuple[Mistake, ...]) -> tuple[int, int]:
            return self._left(state.with_(hit)), sum(one.rank for one in hit)

        best = sorted(found if self.short else self._different(state, found), key=cost)
        complete = [hit for hit in best if not cost(hit)[0]]
        return (complete or best)[:MOST_HITS]

    def _different(self, state: State, found: list[tuple[Mistake, ...]]) -> list[tuple[Mistake, ...]]:
        """One set, the commonest, of those that make all parts alike; where few steps can't tell them apart, all are needed."""
        groups: dict[tuple[bytes, ...], tuple[Mistake, ...]] = {}
        for hit in sorted(found, key=lambda hit: sum(one.rank for one in hit)):
            edits = state.with_(hit).edits
            made = (self.view.made(part.name, edits) for part in self.view.parts)
            key = tuple(
                b"" if value is None else _digest(part, value)
                for part, value in zip(self.view.parts, made, strict=True)
            )
            groups.setdefault(key, hit)
        return list(groups.values())

    def _left(self, state: State) -> int:
        """How many parts are wrong with a state, kept by its edits."""
        key = tuple(sorted(state.edits.items()))
        if key not in self._wrong:
            self._wrong[key] = len(self.view.failing(state.edits))
        return self._wrong[key]

    def _count(self, more: int = 1) -> None:
        self.tried += more
        now = time.monotonic()
        if now - self._ticked > TICK_S:
            self._ticked = now
            self.tick()
            if now > self.until:
                raise OutOfTime


def _firsts(chosen: Classes) -> tuple[Mistake, ...]:
    """The commonest of each class."""
    return tuple(each[0] for each in chosen)


def _is_own(mistake: Mistake, part: Part) -> bool:
    """Whether a mistake is made in the sum of a part's own gradient alone."""
    return all(
        slot.startswith(SUMS) and slot.partition(".")[2].partition("[")[0] == part.name[1:] for slot, _ in mistake.edits
    )


def _fit_together(chosen: Sequence[Mistake]) -> bool:
    slots = [slot for one in chosen for slot, _ in one.edits]
    return len(slots) == len(set(slots))


def _same(part: Part, made: np.ndarray, base: np.ndarray) -> bool:
    if made.shape != base.shape:
        return False
    a, b = part.of(made), part.of(base)
    return bool(np.linalg.norm(a - b) <= 1e-12 * np.linalg.norm(b))


def _digest(part: Part, made: np.ndarray) -> bytes:
    """The same for arrays that differ by rounding only, nearly always."""
    value = part.of(made)
    size = float(np.abs(value).max()) or 1.0
    return np.round(value / size, 9).tobytes() + repr((value.shape, f"{size:.9g}")).encode()


def all_fit(views: Sequence[View], edits: Edits) -> bool:
    """Whether some edits give everything that the code returned, on all views."""
    return all(view.fits(part, edits) for view in views for part in view.parts)
