"""Tries right values in place of what a statement reads, to see whether it gives what it should then."""

from __future__ import annotations

import ast
from itertools import combinations
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable
from .flow import Flow
from .judge import Judge, species
from .library import DATA, DERIVED, FORWARD, GRADIENT, STAGE, Item, Library
from .reading import Read

MOST_PAIRS = 60_000
"""Pairs of right values that are tried."""

ZERO = Item("0", None, None, np.zeros(0), 0.0, DATA)


class Trials:
    """Puts values in place of others."""

    def __init__(self, flow: Flow, judge: Judge, library: Library) -> None:
        """Args: flow, judge, library: of the search."""
        self.flow, self.judge, self.library = flow, judge, library

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
        for item, value in self.candidates(shape, samples=True):
            if self.gives(step, node, {id(read.node): value for read in group}, goal):
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

    def _is_own_start(self, node: ast.expr, read: Read) -> bool:
        """Whether a sum's own value before its first addend is read: that is 0 by right."""
        return isinstance(node, ast.BinOp) and read.node is node.left and not np.any(read.value)

    def solved(self, step: int, node: ast.expr, group: list[Read], goal: Any) -> Any:
        """The value that what is read needs, where the expression is linear in it entry by entry."""
        shape = np.shape(group[0].value)
        if group[0].node is None or shape != np.shape(goal):
            return None
        mixed = np.random.default_rng(0).standard_normal(shape)
        try:
            zero, one, probe = (
                self.flow.evaluate(node, step, {id(read.node): value for read in group})
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

    def candidates(self, shape: tuple[int, ...], samples: bool = False) -> list[tuple[Item, Any]]:
        """Right values in a shape, with or without those of single samples."""
        fits = self.library.fitting(shape, self.judge.factors)
        return [fit for fit in fits if fit[0].kind != STAGE and (samples or fit[0].sample is None)]

    def pair(
        self, step: int, node: ast.expr, groups: list[list[Read]], doubtful: list[list[Read]], goal: Any
    ) -> list[tuple[Read, Any, Item]]:
        """Two arrays that are wrong at once, with what they should be; right values of one step, or of neighbours, are tried."""
        for one, other in combinations([group for group in groups if group[0].node is not None], 2):
            if one not in doubtful and other not in doubtful:
                continue
            first, second = (self.candidates(np.shape(group[0].value)) for group in (one, other))
            if len(first) * len(second) > MOST_PAIRS:
                first, second = (self._plain(fits, groups) for fits in (first, second))
            if len(first) * len(second) > MOST_PAIRS:
                continue
            for item, value in first:
                for partner, more in second:
                    if item.t is not None and partner.t is not None and abs(item.t - partner.t) > 1:
                        continue
                    given = {id(read.node): value for read in one} | {id(read.node): more for read in other}
                    if self.gives(step, node, given, goal):
                        return [(one[0], value, item), (other[0], more, partner)]
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
