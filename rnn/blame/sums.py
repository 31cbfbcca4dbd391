"""Sums over many steps: the first addend that is wrong, the one that is missing, or the loop that never came to it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable, parse_expression
from ..recorder.format import ARRAY
from .company import company_of
from .library import DATA, GRADIENT, PART, SUM, Item

if TYPE_CHECKING:
    from .guilty import Guilty
    from .search import Search


@dataclass(frozen=True, eq=False)
class Addend:
    """One addition to a sum.

    Attributes:
        step: of the statement. storage, items: what holds the sum after it. before, after: the sum.
    """

    step: int
    storage: int
    items: Any
    before: Any
    after: Any

    @property
    def added(self) -> Any:
        """What was added."""
        return self.after - self.before


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
        shape = np.shape(items)
        items = np.ravel(items)
        addends = self._in_place(storage, items, writes) or self._anew(storage, items, writes)
        if len(addends) < 2:
            return None
        parts = self._parts(storage, items, wanted, shape, addends)
        if not parts:
            return None
        used: dict[int, Item] = {}
        for number, addend in enumerate(addends):
            part = self._which(addend.added, parts)
            if part is not None:
                used[number] = part
        bad = [n for n, addend in enumerate(addends) if n not in used and (addend.added.any() or not used)]
        return self._bad(addends, bad, parts, used) if bad else self._missing(addends, used, parts, name)

    def _in_place(self, storage: int, items: Any, writes: list[Any]) -> list[Addend]:
        """Addends of `X += ...`: the last run of writes by one statement; what came before is no addend."""
        flow = self.search.flow
        events = [w for w in writes if np.isin(w.items, items).any()]
        if len(events) < 2 or not self._accumulates(events[-1].step, storage):
            return []
        adds, first = flow.statement(events[-1].step).number, len(events)
        while first and flow.statement(events[first - 1].step).number == adds:
            first -= 1
        found = []
        for event in events[first:]:
            try:
                after = flow.data(storage, event.step)[items].astype("float64")
                # 0 + the first addend makes a new array.
                before = (
                    np.zeros(len(items)) if event.born else flow.data(storage, event.step - 1)[items].astype("float64")
                )
            except (Unreadable, IndexError):
                return []
            found.append(Addend(event.step, storage, items, before, after))
        return found

    def _anew(self, storage: int, items: Any, writes: list[Any]) -> list[Addend]:
        """Addends of `X = X + ...`, which makes a new array for every sum: by the name that all of them had."""
        flow = self.search.flow
        if not writes or not writes[0].born or not _sums_up(flow.statement(writes[0].step).nodes):
            return []
        birth = writes[0].step
        row = next((one for one in flow.memory.slots_of(storage) if int(one["step"]) == birth), None)
        own = flow.place(row)
        if row is None or own is None:
            return []
        key, shaped = flow.recording.tables.texts[int(row["key"])], own[1]
        chosen = np.isin(shaped, items)
        order = np.argsort(np.argsort(items, kind="stable"), kind="stable")
        found = []
        for one in flow.memory.rows_named(key):  # an outer function's name is seen by every call of an inner one
            step, place = int(one["step"]), flow.place(one)
            if step > birth or place is None or place[1].shape != shaped.shape:
                continue
            if flow.statement(step).number != flow.statement(birth).number:
                continue
            after = flow.data(place[0], step)[place[1]].astype("float64")
            before = self._value_before(one, key, step, after)
            places = np.argsort(shaped[chosen], kind="stable")
            pick = places[order]
            found.append(Addend(step, place[0], place[1][chosen][pick], before[chosen][pick], after[chosen][pick]))
        return found

    def _value_before(self, row: Any, key: str, step: int, like: Any) -> Any:
        flow = self.search.flow
        if key.startswith(("[", ".")):  # an entry or an attribute: what its slot held
            rows = flow.recording.binding_rows(int(row["owner"]), key)
            earlier = [one for one in rows if int(one["step"]) < step]
            if earlier and earlier[-1]["kind"] == ARRAY:
                return np.broadcast_to(flow.value(earlier[-1], step - 1).astype("float64"), np.shape(like))
            return np.zeros(np.shape(like))
        try:
            value = flow.evaluate(parse_expression(key), step)
            return np.broadcast_to(np.asarray(value, "float64"), np.shape(like))
        except (Unreadable, ValueError, TypeError):
            return np.zeros(np.shape(like))

    def _parts(
        self, storage: int, items: Any, wanted: Any, own: tuple[int, ...], addends: list[Addend]
    ) -> list[tuple[Item, Any]]:
        """Shares of the parameter whose gradient is wanted, laid out as it is; empty where it is no parameter's."""
        library = self.search.library
        shapes = [own, *(one for one in self._shapes(storage, items) if one != own)]
        laid = [[(item, value.ravel()) for item, value in library.fitting(shape) if item.is_share] for shape in shapes]
        found: list[list[tuple[Item, Any]]] = []
        for name in library.share_names:
            for fits in laid:
                mine = [pair for pair in fits if name in pair[0].names]
                found += [scaled for group in _layouts(mine) if (scaled := self._scaled(group, wanted))]
        return max(found, key=lambda group: self._known(group, addends), default=[])

    def _known(self, group: list[tuple[Item, Any]], addends: list[Addend]) -> int:
        return sum(self._which(addend.added, group) is not None for addend in addends)

    def stopped_short(self, step: int, actual: Any, goal: Any, doubtful: list[Any]) -> int | None:
        """The header of a loop that made a right sum of some steps, and went no further; None where that is not so."""
        search = self.search
        partial = any(item.kind in (PART, SUM) and item.t is not None for item in search.judge.names(actual))
        if doubtful or not partial or search.judge.same_numbers(actual, goal):
            return None
        if not _sums_up(search.flow.statement(step).nodes) and not search.outputs.adds(step):
            return None
        return search.enclosing_header(step)

    def _scaled(self, group: list[tuple[Item, Any]], wanted: Any) -> list[tuple[Item, Any]]:
        """Shares times the one factor that makes their sum the wanted one; empty where none does."""
        total = sum(value for _, value in group)
        if not len(group) or not np.any(total):
            return []
        if self.search.judge.same(total, wanted):
            return group
        factor = float(np.dot(total, wanted) / np.dot(total, total))
        if not factor or not self.search.judge.same(factor * total, wanted):
            return []
        self.search.judge.factors.add(factor)
        return [(item, factor * value) for item, value in group]

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

    def _missing(
        self, addends: list[Addend], used: dict[int, Item], parts: list[tuple[Item, Any]], name: str
    ) -> Guilty | None:
        """Every addend is right, but not all are there."""
        search, last = self.search, addends[-1].step
        if addends[0].before.any():
            return None
        seen = {item.t for item in used.values()}
        left = [item for item, value in parts if item.t not in seen and np.any(value)]
        if not left:
            return None
        skipped = search.outputs.skipped(last)
        header = search.enclosing_header(last) if skipped is None else skipped
        return None if header is None else search.guilty(header, "missing", needed=left[0].label, output=name)

    def _bad(
        self, addends: list[Addend], bad: list[int], parts: list[tuple[Item, Any]], used: dict[int, Item]
    ) -> Guilty | None:
        """The first addend that is no share of the gradient: which one it should be, and who spoiled it."""
        search = self.search
        first = min(bad, key=lambda number: self._spoiled_at(addends[number].step))
        one, taken = addends[first], {item.t for item in used.values()}
        t = self._step_meant(one.step, [(addends[number].step, item) for number, item in used.items()])
        order = [pair for pair in parts if pair[0].t not in taken] or parts
        known = [pair for pair in order if pair[0].t == t]
        if known:
            return search.examine(one.step, one.storage, one.items, one.before + known[0][1], known[0][0].label)
        turn = len(parts) - 1 - first  # where the loop's variable does not tell: the last step comes first
        order.sort(key=lambda pair: (pair[0].t != turn, -(pair[0].t or 0)))
        for item, share in order:
            found = search.examine(one.step, one.storage, one.items, one.before + share, item.label, only_replaced=True)
            if found is not None:
                return found
        item, share = order[0]
        return search.examine(one.step, one.storage, one.items, one.before + share, item.label)

    def _spoiled_at(self, step: int) -> int:
        """When the first of the wrong arrays was written that an addend is made of: the earliest has inherited least."""
        search = self.search
        steps = [step]
        for read in search.flow.reads(step):
            if read.storage >= 0 and read.node is not None and search.judge.doubt(read, step) >= 3:
                if any(write.step == step for write in search.flow.writes(read.storage)) or _is_left(
                    search, step, read.node
                ):
                    continue  # the sum itself
                before = search.flow.writes_before(read.storage, step)
                steps.append(before[-1].step if before else step)
        return min(steps)

    def _step_meant(self, step: int, used: list[tuple[int, Item]]) -> int | None:
        """Which step an addend belongs to: by what it is made of, by its neighbours, its company, or the loop's variable."""
        search = self.search
        t, company = search.flow.recording.step(step).t, company_of(search, step)
        if company is not None and t is not None and company[2][t]:
            company = None  # the loop's variable may well be the step
        names = [
            item for read in search.flow.reads(step) for item in search.judge.names(read.value) if item.t is not None
        ]
        for kind in (GRADIENT, DATA):
            found = [item.t for item in names if item.kind == kind and not item.name.startswith("h")]
            if found:
                outvoted = company is not None and company[1] > 2 * company[2][found[0] or 0]
                return company[0] if outvoted and company is not None else found[0]
        turned = {(search.flow.recording.step(at).t, item.t) for at, item in used}
        if t is not None and turned and not any(loop == own for loop, own in turned):
            sums = {loop + own for loop, own in turned if loop is not None and own is not None}
            return sums.pop() - t if len(sums) == 1 else t
        return t if turned or company is None else company[0]


def _is_left(search: Search, step: int, node: ast.expr) -> bool:
    """Whether an expression is what a sum is added to."""
    return any(
        isinstance(one, ast.Assign) and isinstance(one.value, ast.BinOp) and one.value.left is node
        for one in search.flow.statement(step).nodes
    )


def _sums_up(nodes: tuple[ast.stmt, ...]) -> bool:
    """`X = X + ...`: a new array for every sum."""
    node = nodes[0] if nodes else None
    if (
        not isinstance(node, ast.Assign)
        or not isinstance(node.value, ast.BinOp)
        or not isinstance(node.value.op, ast.Add)
    ):
        return False
    return ast.unparse(node.value.left) == ast.unparse(node.targets[0])


def _layouts(laid: list[tuple[Item, Any]]) -> list[list[tuple[Item, Any]]]:
    """Every share once, all in their first arrangement; then all in their second, and so on."""
    by_item: dict[int, list[tuple[Item, Any]]] = {}
    for item, value in laid:
        by_item.setdefault(id(item), []).append((item, value))
    most = max((len(values) for values in by_item.values()), default=0)
    return [[values[min(number, len(values) - 1)] for values in by_item.values()] for number in range(most)]
