"""Sums over many steps: the first addend that is wrong, the one that is missing, or the loop that never came to it."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable
from .library import DATA, GRADIENT, PART, Item

if TYPE_CHECKING:
    from .guilty import Guilty
    from .search import Search


class Sums:
    """Looks at accumulators."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def _accumulates(self, step: int, storage: int) -> bool:
        statement = self.search.flow.statement(step)
        if any(isinstance(node, ast.AugAssign) for node in statement.nodes):
            return True
        return any(read.storage == storage for read in self.search.flow.reads(step))

    def first_wrong(self, storage: int, items: Any, wanted: Any, writes: list[Any], name: str) -> Guilty | None:
        """Who is to blame for a sum; None where this is no sum over steps of a loop."""
        search, shape = self.search, np.shape(items)
        items = np.ravel(items)
        events = [w for w in writes if np.isin(w.items, items).any()]
        if len(events) < 2 or not self._accumulates(events[-1].step, storage):
            return None
        adds = search.flow.statement(events[-1].step).number
        if events[0].born and search.flow.statement(events[0].step).number != adds:
            events = events[1:]
        if len(events) < 2:
            return None
        statements = {search.flow.statement(event.step).number for event in events}
        if len(statements) == len(events):
            return None  # a few lines that add to one thing, each once
        try:
            values = [np.zeros(len(items))]  # 0 + the first addend makes a new array
            if not events[0].born:
                values = [search.flow.data(storage, events[0].step - 1)[items].astype("float64")]
            values += [search.flow.data(storage, event.step)[items].astype("float64") for event in events]
        except (Unreadable, IndexError):
            return None
        addends = [after - before for before, after in pairwise(values)]
        _, parts = self._parts(storage, items, wanted, shape)
        if not parts:
            return None
        used: dict[int, Item] = {}
        for number, addend in enumerate(addends):
            part = self._which(addend, parts)
            if part is not None:
                used[number] = part
        bad = [n for n, addend in enumerate(addends) if n not in used and (addend.any() or not used)]
        if bad:
            return self._bad(events, values, addends, bad, parts, used, storage, items, wanted, name)
        return self._missing(events, used, parts, values, name)

    def _parts(
        self, storage: int, items: Any, wanted: Any, own: tuple[int, ...]
    ) -> tuple[float, list[tuple[Item, Any]]]:
        """Shares of the parameter whose gradient is wanted, laid out as it is; empty where it is no parameter's."""
        search = self.search
        best: tuple[float, list[tuple[Item, Any]]] = (1.0, [])
        shares = [item for item in search.library.items if item.kind == PART and item.factor == 1.0]
        for name in sorted({item.name for item in shares}, key=lambda text: ("one loss" not in text, text)):
            for shape in [own, *(one for one in self._shapes(storage, items) if one != own)]:
                laid = [
                    (item, value.ravel())
                    for item, value in search.library.fitting(shape)
                    if item.kind == PART and item.name == name
                ]
                for group in _layouts(laid):
                    if group and search.judge.same(sum(value for _, value in group), wanted):
                        return 1.0, group
                    if group and search.judge.same(-sum(value for _, value in group), wanted):
                        return -1.0, [(item, -value) for item, value in group]
                    scaled = self._scaled(group, wanted)
                    if scaled:
                        return 1.0, scaled
        return best

    def _scaled(self, group: list[tuple[Item, Any]], wanted: Any) -> list[tuple[Item, Any]]:
        """Shares times the one factor that makes their sum the wanted one."""
        total = sum(value for _, value in group)
        if not len(group) or not np.any(total):
            return []
        factor = float(np.dot(total, wanted) / np.dot(total, total))
        if factor and self.search.judge.same(factor * total, wanted):
            self.search.judge.factors.add(factor)
            return [(item, factor * value) for item, value in group]
        return []

    def _shapes(self, storage: int, items: Any) -> list[tuple[int, ...]]:
        shapes = {
            numbers.shape
            for (known, _), numbers in self.search.flow.memory.views(storage)
            if numbers.size == len(items)
        }
        return sorted(shapes, key=len)

    def _which(self, addend: Any, parts: list[tuple[Item, Any]]) -> Item | None:
        for item, value in parts:
            if np.any(value) and self.search.judge.same(addend, value):
                return item
        return None

    def _spoiled_at(self, step: int) -> int:
        """When the first of the wrong arrays was written that an addend is made of: the earliest has inherited least."""
        search = self.search
        steps = [step]
        for read in search.flow.reads(step):
            if read.storage >= 0 and read.node is not None and search.judge.doubt(read, step) >= 3:
                if any(write.step == step for write in search.flow.writes(read.storage)):
                    continue  # the sum itself
                before = [w.step for w in search.flow.writes(read.storage) if w.step < step]
                steps.append(before[-1] if before else step)
        return min(steps)

    def _step_meant(self, step: int, t: int | None, used: list[tuple[int, Item]]) -> int | None:
        """Which step an addend belongs to: by what it is made of, by its neighbours, or by the loop's variable."""
        search = self.search
        names = [
            item for read in search.flow.reads(step) for item in search.judge.names(read.value) if item.t is not None
        ]
        for kind in (GRADIENT, DATA):
            found = [item.t for item in names if item.kind == kind and not item.name.startswith("h")]
            if found:
                return found[0]
        turned = {(search.flow.recording.step(at).t, item.t) for at, item in used}
        if t is not None and turned and not any(loop == own for loop, own in turned):
            sums = {loop + own for loop, own in turned if loop is not None and own is not None}
            return sums.pop() - t if len(sums) == 1 else t
        return t

    def _missing(
        self, events: list[Any], used: dict[int, Item], parts: list[tuple[Item, Any]], values: list[Any], name: str
    ) -> Guilty | None:
        """Every addend is right, but not all are there."""
        search = self.search
        if values[0].any():
            return None
        seen = {item.t for item in used.values()}
        left = [item for item, value in parts if item.t not in seen and np.any(value)]
        loops = search.flow.statement(events[-1].step).loops
        if not left or not loops:
            return None
        skipped = search.outputs.skipped(events[-1].step)
        header = search.header_step(events[-1].step, loops[-1]) if skipped is None else skipped
        return None if header is None else search.guilty(header, "missing", needed=left[0].label, output=name)

    def _bad(
        self,
        events: list[Any],
        values: list[Any],
        addends: list[Any],
        bad: list[int],
        parts: list[tuple[Item, Any]],
        used: dict[int, Item],
        storage: int,
        items: Any,
        wanted: Any,
        name: str,
    ) -> Guilty | None:
        """The first addend that is no share of the gradient: which one it should be, and who spoiled it."""
        search = self.search
        first = min(bad, key=lambda number: self._spoiled_at(events[number].step))
        step, before = events[first].step, values[first]
        t, taken = search.flow.recording.step(step).t, {item.t for item in used.values()}
        order = [pair for pair in parts if pair[0].t not in taken] or parts
        t = self._step_meant(step, t, [(events[number].step, item) for number, item in used.items()])
        known = [pair for pair in order if pair[0].t == t]
        if known:
            return search.examine(step, storage, items, before + known[0][1], known[0][0].label)
        turn = len(parts) - 1 - first  # where the loop's variable does not tell: the last step comes first
        order.sort(key=lambda pair: (pair[0].t != t, pair[0].t != turn, -(pair[0].t or 0)))
        for item, share in order:
            found = search.examine(step, storage, items, before + share, item.label, only_replaced=True)
            if found is not None:
                return found
        item, share = order[0]
        return search.examine(step, storage, items, before + share, item.label)


def _layouts(laid: list[tuple[Item, Any]]) -> list[list[tuple[Item, Any]]]:
    """Every share once, all in their first arrangement; then all in their second, and so on."""
    by_item: dict[int, list[tuple[Item, Any]]] = {}
    for item, value in laid:
        by_item.setdefault(id(item), []).append((item, value))
    most = max((len(values) for values in by_item.values()), default=0)
    return [[values[min(number, len(values) - 1)] for values in by_item.values()] for number in range(most)]
