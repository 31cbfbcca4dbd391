"""Several arrays that are wrong at once: each is put right by what stood under its name in other runs of the statement."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from ..arrays import base_of
from .flow import Flow
from .judge import Judge, species
from .library import GRADIENT, Item, Library
from .reading import Read
from .said import meanings

MOST_RUNS, MOST_TRIED = 40, 1500

Kind = tuple[str, int]
"""A right value's name, and its step."""

Gives = Callable[[dict[int, Any]], bool]
"""Whether the expression gives the goal when some nodes have other values."""


class Together:
    """Looks at all that is doubtful in a statement."""

    def __init__(self, flow: Flow, judge: Judge, library: Library) -> None:
        """Args: flow, judge, library: of the search."""
        self.flow, self.judge, self.library = flow, judge, library
        self._named: dict[Kind, Item] = {}

    def right(self, step: int, node: ast.expr, groups: list[list[Read]], gives: Gives) -> list[tuple[Read, Any, Item]]:
        """What each of several arrays has to be, with its item, so that the expression gives the goal; empty for none.

        Args:
            step, node: of the expression. groups: reads that are doubtful, by array. gives: tries values.
        """
        if any(group[0].node is None for group in groups):
            return []
        tried = 0
        for kinds in self._guesses(step, node, [group[0] for group in groups]):
            items = [self._item(kind) for kind in kinds]
            if any(item is None for item in items):
                continue
            ways = [
                list(item.laid(np.shape(group[0].value))) for item, group in zip(items, groups, strict=True) if item
            ]
            for values in product(*ways):
                tried += 1
                if tried > MOST_TRIED:
                    return []
                given = {id(read.node): value for group, value in zip(groups, values, strict=True) for read in group}
                if gives(given):
                    return [
                        (g[0], v, item) for g, v, item in zip(groups, values, items, strict=True) if item is not None
                    ]
        return []

    def _item(self, kind: Kind) -> Item | None:
        if not self._named:
            for item in self.library.items:
                if item.t is not None and item.sample is None:
                    self._named.setdefault((item.name, item.t), item)
        return self._named.get(kind)

    def _guesses(self, step: int, node: ast.expr, reads: list[Read]) -> Iterator[list[Kind]]:
        """What all of them may have to be: as in other runs of the statement, moved in time; or as their names say."""
        steps = len(self.library.steps)
        seen: set[tuple[Kind, ...]] = set()
        for kinds in self._seen(step, node, reads):
            for move in sorted(range(-steps, steps + 1), key=abs):
                moved = tuple((name, t + move) for name, t in kinds)
                if moved not in seen:
                    seen.add(moved)
                    yield list(moved)
        said = [meanings(read.text, self.library.cell) for read in reads]
        if all(said) and not self.library.layered:
            for names in product(*(one[:3] for one in said)):
                for t in self.library.steps:
                    yield [(name, t - (name.endswith("_next"))) for name in names]

    def _seen(self, step: int, node: ast.expr, reads: list[Read]) -> Iterator[list[Kind]]:
        """What they were in runs of the statement in which all were right."""
        rows = self.flow.recording.steps
        runs = np.flatnonzero(rows["statement"] == rows["statement"][step])
        for run in runs[:MOST_RUNS]:
            if int(run) == step or self.flow.enters(int(run)):
                continue
            values = {read.text: read.value for read in self.flow.reads(int(run))}
            kinds = [self._kind(values.get(read.text), read) for read in reads]
            if all(kinds):
                yield [kind for kind in kinds if kind is not None]

    def _kind(self, value: Any, read: Read) -> Kind | None:
        if value is None or np.shape(value) != np.shape(read.value):
            return None
        names = [item for item in self.judge.names(value) if item.t is not None and item.sample is None]
        said = meanings(read.text, self.library.cell)
        names.sort(key=lambda item: (base_of(species(item))[0] not in said, item.kind != GRADIENT))
        return (names[0].name, names[0].t or 0) if names else None
