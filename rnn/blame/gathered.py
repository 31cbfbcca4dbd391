"""Arrays that are gathered from a container: the wrong piece's own writer, or who put it in the wrong place."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable
from .judge import close
from .library import SUM
from .reading import Read

if TYPE_CHECKING:
    from .guilty import Guilty
    from .search import Search


class Gathered:
    """Looks at expressions that gather arrays."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def piece(
        self, step: int, node: ast.expr, groups: list[list[Read]], actual: Any, goal: Any, name: str
    ) -> Guilty | None:
        """Where an expression only gathers arrays: the wrong piece's own writer, or who put it there."""
        search, reads = self.search, [group[0] for group in groups]
        spread = self._spread(step, node, groups, actual, goal, name)
        if spread is not None:
            return spread
        entries = [read for read in reads if read.node is None and read.storage >= 0]
        if not entries or not actual.ndim:
            return None
        found = []
        for axis in range(actual.ndim):
            for i in range(actual.shape[axis]):
                piece, wanted = np.take(actual, i, axis), np.take(goal, i, axis)
                if search.judge.same(piece, wanted):
                    continue
                for read in entries:
                    if np.size(read.value) == piece.size and np.array_equal(np.ravel(read.value), np.ravel(piece)):
                        found.append(self._piece(step, read, wanted, name))
                        break
            if found:
                break
        real = [one for one in found if one is not None]
        return min(real, key=lambda one: one.step) if real else None

    def _spread(
        self, step: int, node: ast.expr, groups: list[list[Read]], actual: Any, goal: Any, name: str
    ) -> Guilty | None:
        """Where every wrong number of the result stands just so in one of several arrays: who made those wrong first."""
        if len(groups) < 2:
            return None
        wrong = ~close(goal, actual, self.search.judge.limit)
        wanted, reads = np.asarray(goal, "float64")[wrong], [group[0] for group in groups]
        probed = self._probed(step, node, groups, np.shape(actual))
        if probed is not None:
            pieces = _pieces([replace(r, value=v) for r, v in zip(reads, probed[1], strict=True)], probed[0][wrong], wanted)
            pieces = [(next(r for r in reads if r.node is read.node), places, value) for read, places, value in pieces]
        else:
            pieces = _pieces(reads, np.asarray(actual, "float64")[wrong], wanted, sure=True)
        if not pieces:
            return None
        whole = self._cut_from_one(step, pieces)
        if whole is not None:
            return whole
        found = [self._wrong_piece(step, read, places, wanted, name) for read, places, wanted in pieces]
        real = [one for one in found if one is not None]
        return min(real, key=lambda one: (not one.certain, self.search.began(one.step))) if real else None

    def _probed(
        self, step: int, node: ast.expr, groups: list[list[Read]], shape: tuple[int, ...]
    ) -> tuple[Any, list[Any]] | None:
        """What the expression gives when every number that it reads has a number of its own, and those; None for no result."""
        if any(read.node is None for group in groups for read in group):
            return None
        random = np.random.default_rng(0)
        probes = [random.standard_normal(np.shape(group[0].value)) for group in groups]
        given = {id(read.node): probe for probe, group in zip(probes, groups, strict=True) for read in group}
        try:
            found = self.search.flow.evaluate(node, step, given)
        except Unreadable:
            return None
        return (found, probes) if isinstance(found, np.ndarray) and found.shape == shape else None

    def _wrong_piece(self, step: int, read: Read, places: Any, wanted: Any, name: str) -> Guilty | None:
        search = self.search
        block = _block(np.shape(read.value), places)
        if block is not None and read.storage >= 0:
            order = np.argsort(places, kind="stable")
            values = np.asarray(wanted)[order].reshape(block.shape)
            return search.follow(read.storage, np.ravel(read.items)[block], values, max(step - 1, 0), name)
        whole = np.array(read.value, "float64")
        whole.ravel()[places] = wanted
        if read.node is not None:
            return self._whose(step, read, whole)
        if read.storage < 0:
            return None
        own = np.ravel(read.items)
        if np.size(whole) == len(places):
            return self._piece(step, read, whole, name)
        return search.follow(read.storage, own[places], wanted, step - 1, name)

    def _whose(self, step: int, read: Read, wanted: Any) -> Guilty | None:
        """A named piece: the statement, where the right one has another name; else who gave it its name, or wrote it."""
        search = self.search
        items = search.judge.names(wanted)
        item = items[0] if items else None
        if search.nearby.elsewhere(step, read, wanted):
            return search.names.who(step, read, wanted, item, np.zeros(0))
        bound = search.bindings.bound_wrongly(step, read, wanted, item)
        if bound is not None or read.storage < 0 or read.items is None:
            return bound
        label = item.label if item is not None else read.text
        return search.follow(read.storage, read.items, wanted, max(step - 1, 0), label)

    def _cut_from_one(self, step: int, pieces: list[tuple[Read, Any, Any]]) -> Guilty | None:
        """Pieces that one earlier statement cut from one array: that array is what is wrong."""
        search, storage = self.search, pieces[0][0].storage
        if len(pieces) < 2 or storage < 0 or any(read.storage != storage or read.node is None for read, _, _ in pieces):
            return None
        node = pieces[0][0].node
        row = None if node is None else search.bindings.slot(node, step)
        if row is None:
            return None
        at = int(row["step"])
        right: dict[int, float] = {}
        for read, places, wanted in pieces:
            right.update(zip(np.ravel(read.items)[places].tolist(), wanted.tolist(), strict=True))
        for source in search.flow.reads(at):
            if source.storage == storage and source.items is not None and set(right) <= set(np.ravel(source.items).tolist()):
                value = [right.get(int(n), v) for n, v in zip(np.ravel(source.items), np.ravel(source.value), strict=True)]
                return self._whose(at, source, np.reshape(value, np.shape(source.value)))
        return None

    def _piece(self, step: int, read: Read, wanted: Any, name: str) -> Guilty | None:
        search, flow = self.search, self.search.flow
        summed = any(item.kind == SUM for item in search.judge.names(wanted))
        if summed or not search.judge.misplaced(read.value, wanted):
            return search.follow(read.storage, read.items, np.reshape(wanted, np.shape(read.items)), step - 1, name)
        rows = [
            int(row["step"])
            for row in flow.memory.slots_of(read.storage)
            if flow.recording.tables.texts[int(row["key"])].startswith("[") and int(row["step"]) <= step
        ]
        return search.guilty(rows[-1] if rows else step, "placed", needed=search.judge.label(wanted), output=name)


def _block(shape: tuple[int, ...], places: Any) -> Any:
    """Places (rows, columns) of a rectangle in a matrix that is not all of it; None for anything else."""
    if len(shape) != 2 or len(places) == np.prod(shape):
        return None
    rows, columns = np.unique(places // shape[1]), np.unique(places % shape[1])
    if len(rows) * len(columns) != len(places):
        return None
    return rows[:, None] * shape[1] + columns


def _pieces(reads: list[Read], actual: Any, goal: Any, sure: bool = False) -> list[tuple[Read, Any, Any]]:
    """Arrays that hold wrong numbers of a result, with their places in them and what should stand there.

    Empty where some number stands in none of them; numbers that stand in several are left out, or `sure` makes it empty.
    """
    known = [read for read in reads if np.size(read.value) and np.asarray(read.value).dtype.kind == "f"]
    if not known or not actual.size:
        return []
    numbers = np.concatenate([np.ravel(read.value).astype("float64") for read in known])
    owner = np.repeat(np.arange(len(known)), [np.size(read.value) for read in known])
    starts = np.cumsum([0, *(np.size(read.value) for read in known)])
    order = np.argsort(numbers, kind="stable")
    place = np.searchsorted(numbers[order], actual)
    here = order[np.minimum(place, len(order) - 1)]
    twice = np.concatenate([np.diff(numbers[order]) == 0, [False]])
    unsure = (twice[np.minimum(place, len(order) - 1)]) | (actual == 0)
    if not (numbers[here] == actual).all() or unsure.all() or (sure and unsure.any()):
        return []
    here, goal = here[~unsure], goal[~unsure]
    found = []
    for k in np.unique(owner[here]):
        mine = owner[here] == k
        found.append((known[k], here[mine] - starts[k], goal[mine]))
    return found
