"""Tries right values in place of what a statement reads, to see whether it gives what it should then."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from ..arrays import base_of
from ..recorder.expressions import Unreadable
from .flow import Flow
from .judge import Judge, close, species
from .library import DATA, DERIVED, FORWARD, GRADIENT, STAGE, Item, Library
from .linear import images
from .made_from import on_the_way
from .reading import Read
from .said import meanings
from .together import Together

MOST_PAIRS = 15_000
"""Pairs of right values that are tried for one statement."""

FEWER_PAIRS, MOST_SOLVED = 4_000, 2_000
"""The same where there are many right values, and how many of them are put in to see what another would have to be."""

TOO_MANY = 60_000
"""Pairs from which none is sought in a cell with one pre-activation."""

MOST_DOUBTFUL = 2
"""Arrays of unknown numbers up to which two of them are sought that are wrong at once."""

FEW = 6
"""Values after which an expression counts as one that can't be solved."""

Given = dict[int, Any]
"""Values by the `id` of a syntax node."""

Choice = tuple[list[Read], list[tuple[Item, Any]]]
"""What is read, and what it may have to be."""

Pair = list[tuple[Read, Any, Item]]
"""What is read, what it should be, and which right value that is; for two, or empty."""

ZERO = Item("0", None, None, np.zeros(0), 0.0, DATA)


class Trials:
    """Puts values in place of others."""

    def __init__(self, flow: Flow, judge: Judge, library: Library) -> None:
        """Args: flow, judge, library: of the search."""
        self.flow, self.judge, self.library = flow, judge, library
        self._left = 0
        self.together = Together(flow, judge, library)

    def gives(self, step: int, node: ast.expr, given: dict[int, Any], goal: Any) -> bool:
        """Whether an expression gives the goal when some nodes have other values."""
        try:
            result = self.flow.evaluate(node, step, given)
        except Unreadable:
            return False
        if not isinstance(result, (np.ndarray, np.generic)):
            return False
        if np.shape(result) != np.shape(goal):
            try:
                result = np.broadcast_to(result, np.shape(goal))
            except ValueError:
                return False
        if np.ma.is_masked(goal):
            asked = ~np.ma.getmaskarray(goal)
            return self.judge.same(np.asarray(result)[asked], np.asarray(goal.data)[asked])
        return self.judge.same(result, np.ma.getdata(goal))

    def replaced(self, step: int, node: ast.expr, group: list[Read], goal: Any) -> tuple[Item, Any] | None:
        """A right value that, put in place of what is read, makes the expression give the goal."""
        if group[0].node is None or (self._is_own_start(node, group[0])):
            return None
        shape, own = np.shape(group[0].value), {species(item) for item in self.judge.names(group[0].value)}
        fits: list[tuple[Item, Any]] = []
        target = isinstance(node, ast.BinOp) and group[0].node is node.left
        target = target and not self.library.recognise(group[0].value)
        for item, value in self._passing(step, node, group, goal, target):
            fits.append((item, value))
            if species(item) in own or not own:
                return item, value
        zeros = np.zeros(shape)
        if (
            not fits
            and np.any(group[0].value)
            and self.gives(step, node, {id(read.node): zeros for read in group}, goal)
        ):
            return ZERO, zeros
        return next((fit for fit in fits if fit[0].kind != DERIVED), fits[0] if fits else None)

    def _passing(
        self, step: int, node: ast.expr, group: list[Read], goal: Any, stages: bool
    ) -> Iterator[tuple[Item, Any]]:
        """Right values that make the expression give the goal: all at once where it is linear, else one by one."""
        shape, nodes = np.shape(group[0].value), [id(read.node) for read in group]
        fits = self.candidates(shape, samples=True, stages=stages)

        def evaluate(value: Any) -> Any:
            return self.flow.evaluate(node, step, dict.fromkeys(nodes, value))

        try:
            given = images(evaluate, shape, np.array([value for _, value in fits])) if len(fits) > FEW else None
        except (Unreadable, ValueError, TypeError, FloatingPointError):
            given = None
        if given is None:
            yield from (fit for fit in fits if self.gives(step, node, dict.fromkeys(nodes, fit[1]), goal))
            return
        asked, wanted = ~np.ma.getmaskarray(goal), np.asarray(np.ma.getdata(goal), "float64")
        if given.shape[1:] != wanted.shape:
            try:
                given = np.broadcast_to(given.reshape(len(given), *(1,) * (wanted.ndim - given.ndim + 1), *given.shape[1:]),
                                        (len(given), *wanted.shape))  # fmt: skip
            except ValueError:
                return
        right = close(wanted[asked], given[:, asked], self.judge.limit).all(axis=1)
        yield from (fits[int(n)] for n in np.flatnonzero(right))

    def agrees(self, read: Read, item: Item | None) -> bool:
        """Whether a gradient may well stand under the name of what is read, or the name says nothing."""
        if item is None or item.kind != GRADIENT or self.library.cell == "rnn":
            return True
        said = meanings(read.text, self.library.cell)
        base = base_of(species(item))[0]
        return not said or base in said or any(base in on_the_way(name) for name in said)

    def _is_own_start(self, node: ast.expr, read: Read) -> bool:
        """Whether a sum's own value before its first addend is read: that is 0 by right."""
        return isinstance(node, ast.BinOp) and read.node is node.left and not np.any(read.value)

    def solved(self, step: int, node: ast.expr, group: list[Read], goal: Any, known: Given | None = None) -> Any:
        """The value that what is read needs, where the expression is linear in it entry by entry; None where it is not.

        `known`: values that other nodes have instead of their own.
        """
        shape = np.shape(group[0].value)
        if group[0].node is None or shape != np.shape(goal):
            return None
        if known is None and self._is_own_start(node, group[0]):
            return None
        mixed = np.random.default_rng(0).standard_normal(shape)
        try:
            zero, one, probe = (
                self.flow.evaluate(node, step, {**(known or {}), **{id(read.node): value for read in group}})
                for value in (np.zeros(shape), np.ones(shape), mixed)
            )
        except Unreadable:
            return None
        if not all(np.shape(value) == shape for value in (zero, one, probe)):
            return None
        slope = one - zero
        if not np.all(np.abs(slope) > 1e-12) or not self.judge.same(zero + slope * mixed, probe):
            return None
        return (np.ma.getdata(goal) - zero) / slope

    def candidates(
        self, shape: tuple[int, ...], samples: bool = False, stages: bool = False
    ) -> list[tuple[Item, Any]]:
        """Right values in a shape, with or without those of single samples, and those that are none by themselves."""
        fits = self.library.fitting(shape, self.judge.factors)
        return [fit for fit in fits if (stages or fit[0].kind != STAGE) and (samples or fit[0].sample is None)]

    def several(
        self, step: int, node: ast.expr, groups: list[list[Read]], doubtful: list[list[Read]], goal: Any
    ) -> Pair:
        """Arrays that are wrong at once, with what they should be: all that are doubtful, or two."""
        found: Pair = []
        if len(doubtful) > 1:
            found = self.together.right(step, node, doubtful, lambda given: self.gives(step, node, given, goal))
        return found or (self.pair(step, node, groups, doubtful, goal) if len(doubtful) <= MOST_DOUBTFUL else [])

    def pair(
        self, step: int, node: ast.expr, groups: list[list[Read]], doubtful: list[list[Read]], goal: Any
    ) -> list[tuple[Read, Any, Item]]:
        """Two arrays that are wrong at once, with what they should be; right values of one step, or of neighbours, are tried."""
        left, self._left = MOST_PAIRS if self.library.cell == "rnn" else FEWER_PAIRS, MOST_SOLVED
        for one, other in combinations([group for group in groups if group[0].node is not None], 2):
            if (one not in doubtful and other not in doubtful) or any(
                self._is_own_start(node, group[0]) for group in (one, other)
            ):
                continue
            first, second = (self.candidates(np.shape(group[0].value)) for group in (one, other))
            if len(first) * len(second) > TOO_MANY and self.library.cell == "rnn":
                continue  # sums over pairs of steps, where nearly anything fits
            if len(first) * len(second) > MOST_PAIRS:
                first, second = (self._plain(fits, groups) for fits in (first, second))
            found = self._pair_by_solving(step, node, (one, first), (other, second), goal)
            if found is None and len(first) * len(second) <= left:
                left -= len(first) * len(second)
                found = self._pair_by_trying(step, node, (one, first), (other, second), goal)
            if found:
                return found
        return []

    def _pair_by_solving(self, step: int, node: ast.expr, one: Choice, other: Choice, goal: Any) -> Pair | None:
        """One of the two is tried, and what the other one has to be then is looked up; None where that can't be solved."""
        if np.ma.is_masked(goal):
            return None
        for (group, fits), (partner, _) in ((one, other), (other, one)):
            solvable = False
            for number, (item, value) in enumerate(fit for fit in fits if np.any(fit[1])):
                self._left -= 1
                if self._left < 0:
                    return []
                needed = self.solved(step, node, partner, goal, {id(read.node): value for read in group})
                solvable |= needed is not None
                if not solvable and number >= FEW:
                    break
                for match in [] if needed is None else self.judge.names(needed):
                    if item.t is None or match.t is None or abs(item.t - match.t) < 2:
                        return [(group[0], value, item), (partner[0], needed, match)]
            if solvable:
                return []
        return None

    def _pair_by_trying(self, step: int, node: ast.expr, one: Choice, other: Choice, goal: Any) -> Pair:
        for item, value in one[1]:
            for partner, more in other[1]:
                if item.t is not None and partner.t is not None and abs(item.t - partner.t) > 1:
                    continue
                given = {id(read.node): value for read in one[0]} | {id(read.node): more for read in other[0]}
                if self.gives(step, node, given, goal):
                    return [(one[0][0], value, item), (other[0][0], more, partner)]
        return []

    def _plain(self, fits: list[tuple[Item, Any]], groups: list[list[Read]]) -> list[tuple[Item, Any]]:
        """Of many right values those that have a name of their own, of steps near those that a statement reads."""
        read = {item.t for group in groups for item in self.judge.names(group[0].value) if item.t is not None}
        return [
            (item, value)
            for item, value in fits
            if item.kind in (GRADIENT, FORWARD)
            and " " not in item.name.removeprefix("the previous ")
            and (not read or item.t is None or min(abs(item.t - t) for t in read) < 2)
        ]
