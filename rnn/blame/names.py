"""The reader or the writer? Follows names, entries and arguments to the place where a right value got the wrong name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays import base_of
from .guilty import Guilty
from .judge import species
from .library import DATA, DERIVED, FORWARD, GRADIENT, PART, SUM, Item
from .made_from import natural as made_from
from .memory import rearranged
from .reading import Read, same_place
from .writing import adds_to

if TYPE_CHECKING:
    from .search import Search


@dataclass(frozen=True, eq=False)
class Question:
    """A statement reads one thing and needs another: whose fault that is.

    Attributes:
        step, read, wanted, item, goal: see `Names.who`. label: of what is wanted. turned: whether only the order is wrong.
    """

    step: int
    read: Read
    wanted: Any
    item: Item | None
    goal: Any
    label: str
    turned: bool


class Names:
    """Decides who is at fault for an array that should be another one."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def who(self, step: int, read: Read, wanted: Any, item: Item | None, goal: Any) -> Guilty | None:
        """Whose fault it is that a statement reads this and not what it needs; None where that is what it needs.

        Args:
            step: of the statement. read: what it reads. wanted: what it needs there. item: the right value that is, where it
            has a name. goal: what the statement should give.
        """
        search, judge = self.search, self.search.judge
        wanted = np.reshape(wanted, np.shape(read.value))
        label = item.label if item is not None else judge.label(wanted)
        if judge.same(read.value, wanted):
            return None
        if self._is_own_target(step, read):
            if not np.any(wanted):
                return search.guilty(step, "computes", read=read, needed="0")  # += where = is meant
            return search.follow(read.storage, read.items, wanted, max(step - 1, 0), label or read.text)
        turned = bool(np.any(wanted)) and judge.same_numbers(read.value, wanted)
        question = Question(step, read, wanted, item, goal, label, turned)
        for ask in QUESTIONS:
            found = ask(self, question)
            if found is not None:
                return found
        if read.storage >= 0 and read.items is not None:
            deeper = search.follow(read.storage, read.items, wanted, max(step - 1, 0), label or read.text)
            if deeper is not None:
                return deeper
        return search.guilty(step, "computes", read=read, needed=label, output=label)

    def _from_call(self, q: Question) -> Guilty | None:
        """What a call returned: the right thing of another step, or another name in the function."""
        search = self.search
        inside = search.bindings.return_read(q.read)
        if inside is None:
            return None
        if search.judge.is_right_forward(q.step, q.read):
            return search.guilty(q.step, "computes", read=q.read, needed=q.label)
        if inside[1].node is None:
            return None
        found = search.nearby.elsewhere(*inside, rearranged(q.wanted, q.read.items, inside[1].items))
        return search.guilty(inside[0], "elsewhere", read=inside[1], needed=q.label, found=found) if found else None

    def _needs_zero(self, q: Question) -> Guilty | None:
        """A right value that should not be there at all, unless it is what a loop starts with."""
        search = self.search
        if np.any(q.wanted) or not search.judge.names(q.read.value) or search.starts.starts_loop(q.step, q.read):
            return None
        return search.guilty(q.step, "computes", read=q.read, needed="0")

    def _turned(self, q: Question) -> Guilty | None:
        """The right numbers in the wrong orientation: where others make right use of them, the reader's fault, or the caller's."""
        search, judge = self.search, self.search.judge
        if q.turned and _other_order(q.read.value, q.wanted):
            return None  # of gates: who packed them so
        derived = any(name.kind == DERIVED for name in judge.names(q.read.value))
        if not q.turned or not (
            derived or judge.is_right_forward(q.step, q.read) or judge.used_rightly(q.read, q.step)
        ):
            return None
        passed = self._passed_turned(q.step, q.read)
        return search.guilty(q.step if passed is None else passed, "orientation", read=q.read, needed=q.label)

    def _late_start(self, q: Question) -> Guilty | None:
        """A loop that came too late, or nobody who wrote what a later iteration reads."""
        search = self.search
        starting = search.starts.starting_value(q.step, q.read)
        if starting is not None and np.any(q.wanted) and not search.nearby.elsewhere(q.step, q.read, q.wanted):
            return search.guilty(
                starting, "missing" if starting != q.step else "unwritten", read=q.read, needed=q.label
            )
        late = search.starts.loop_came_late(q.step, q.read, q.wanted)
        return None if late is None else search.guilty(late, "missing", read=q.read, needed=q.label)

    def _spoiled(self, q: Question) -> Guilty | None:
        """The right value stood there, and was written over."""
        kinds = {name.kind for name in self.search.judge.names(q.read.value)}
        if not kinds or GRADIENT in kinds or q.read.storage < 0:
            return None
        return self.search.spoiled(max(q.step - 1, 0), q.read.storage, np.ravel(q.read.items), np.ravel(q.wanted))

    def _unwritten(self, q: Question) -> Guilty | None:
        """An entry that no line has written yet."""
        search = self.search
        if not search.judge.unwritten(q.read, q.step) or not self._written_later(q.read, q.step):
            return None
        found = search.nearby.elsewhere(q.step, q.read, q.wanted)
        return search.guilty(q.step, "unwritten", read=q.read, needed=q.label, found=found)

    def _stands_elsewhere(self, q: Question) -> Guilty | None:
        """Another index or name holds the right value; the name's own assignment is at fault where every use is wrong."""
        search, judge = self.search, self.search.judge
        found = "" if q.turned else search.nearby.elsewhere(q.step, q.read, q.wanted)
        if not found:
            return None
        named = self._simply_named(q.step, q.read) and not judge.used_rightly(q.read, q.step, by_name=True)
        bound = None
        if named and judge.names(q.read.value):
            bound = search.bindings.bound_wrongly(q.step, q.read, q.wanted, q.item)
        return bound or search.guilty(q.step, "elsewhere", read=q.read, needed=q.label, found=found)

    def _cut_wrongly(self, q: Question) -> Guilty | None:
        """Another part of the array that the name was cut from."""
        if self.search.judge.names(q.read.value) or q.read.storage < 0:
            return None
        return self.search.bindings.cut_wrongly(q.step, q.read, q.wanted, q.label)

    def _zero_alias(self, q: Question) -> Guilty | None:
        """Zeros under a name that was given to them."""
        if np.any(q.read.value) or not self.search.bindings.is_alias(q.step, q.read):
            return None
        if not self.search.judge.blank(q.read.storage):
            return None  # zeros that came out of something
        return self.search.bindings.bound_wrongly(q.step, q.read, q.wanted, q.item)

    def _right_value(self, q: Question) -> Guilty | None:
        """A right value, but not this one."""
        if q.turned or not self.search.judge.names(q.read.value):
            return None
        return self._right_but_wrong(q.step, q.read, q.wanted, q.item, q.label, q.goal)

    def _right_but_wrong(
        self, step: int, read: Read, wanted: Any, item: Item | None, label: str, goal: Any
    ) -> Guilty | None:
        """A right value, but not the one that is needed: a wrong name somewhere, or the wrong thing computed."""
        search, judge = self.search, self.search.judge
        own = {species(name) for name in judge.names(read.value)}
        # At the last step dh is dh_out, and dc what comes from dh.
        own = {name for name in own if base_of(name)[0] in ("dh", "dc")} or own
        other = item is not None and species(item) not in own
        if item is not None and item.kind in (GRADIENT, PART, SUM) and self._is_forward_itself(step, read):
            return search.guilty(step, "computes", read=read, needed=label)
        if item is not None and item.kind == DERIVED and other and self._is_of(step, read, item):
            return search.guilty(step, "computes", read=read, needed=label)
        cell = search.library.cell
        natural = {made for made in map(species, judge.names(np.ma.getdata(goal))) if own & made_from(cell, made)}
        if other and item is not None and item.kind in (FORWARD, DATA) and self.search.bindings.is_argument(step, read):
            caller = search.outputs.caller(step)
            if caller is not None:
                return search.guilty(caller[0], "elsewhere", read=read, needed=label)
        if item is not None and item.kind == GRADIENT and any(item.name.startswith(f"{name} ") for name in own):
            return search.guilty(step, "computes", read=read, needed=label)  # a factor is left out
        if other and self._is_forward_itself(step, read) and item is not None and item.kind != SUM:
            return search.guilty(step, "computes", read=read, needed=label)
        if other and (natural or self.search.bindings.only_names(step, read)):
            return search.guilty(step, "computes", read=read, needed=label)
        bound = self.search.bindings.bound_wrongly(step, read, wanted, item)
        if bound is not None:
            return bound
        if self._is_forward_itself(step, read) or judge.used_rightly(read, step):
            return search.guilty(step, "computes", read=read, needed=label)
        return None

    def _is_of(self, step: int, read: Read, item: Item) -> bool:
        """Whether a value of the forward pass is read of which something is needed, such as 1 - z of z at the same step."""
        if self.search.judge.is_right_forward(step, read):
            return True
        names = self.search.judge.names(read.value)
        return any(name.kind == FORWARD and name.t == item.t and " " not in name.name for name in names)

    def _is_forward_itself(self, step: int, read: Read) -> bool:
        """Whether a value of the forward pass is read where it was made, and not a copy in some buffer."""
        if not self.search.judge.is_right_forward(step, read):
            return False
        writes = self.search.flow.writes_before(read.storage, step)
        for source in self.search.flow.reads(writes[-1].step) if writes else []:
            if source.storage != read.storage and np.size(source.value) == np.size(read.value):
                if self.search.judge.same_numbers(source.value, read.value):
                    return False
        return True

    def _simply_named(self, step: int, read: Read) -> bool:
        """Whether a name was given by an assignment of its own, as in `h_now = h[t]`."""
        row = self.search.bindings.slot(read.node, step) if isinstance(read.node, ast.Name) else None
        if row is None:
            return False
        nodes = self.search.flow.statement(int(row["step"])).nodes
        return len(nodes) == 1 and isinstance(nodes[0], ast.Assign) and isinstance(nodes[0].targets[0], ast.Name)

    def _passed_turned(self, step: int, read: Read) -> int | None:
        """The call that passed an argument transposed."""
        row = self.search.bindings.slot(read.node, step) if isinstance(read.node, ast.Name) else None
        if row is None or not self.search.flow.enters(int(row["step"])):
            return None
        found = self.search.outputs.caller(int(row["step"]))
        if found is None:
            return None
        parent, call = found
        for node in [*call.args, *(word.value for word in call.keywords)]:
            if isinstance(node, (ast.Attribute, ast.Call)) and any(
                same_place(source, read.storage, read.items) for source in self.search.flow.reads(parent, node)
            ):
                turned = isinstance(node, ast.Attribute) and node.attr == "T"
                if turned or (isinstance(node, ast.Call) and "transpose" in ast.unparse(node.func)):
                    return parent
        return None

    def _is_own_target(self, step: int, read: Read) -> bool:
        """Whether what is read is what the statement adds to, or writes its result over."""
        if read.storage >= 0 and read.node is not None and self.search.outputs.puts_out(step, read.storage, read.items):
            return True
        return adds_to(self.search.flow.statement(step), read.node)

    def _written_later(self, read: Read, step: int) -> bool:
        writes = self.search.flow.writes(read.storage)
        return any(write.step >= step and np.isin(write.items, np.ravel(read.items)).any() for write in writes)


def _other_order(value: Any, wanted: Any) -> bool:
    """Whether the last axis holds the same blocks as it should, of several gates, in another order."""
    for count in (2, 3, 4):
        if value.ndim and value.shape[-1] % count == 0 and value.shape[-1] > count:
            blocks, right = (np.split(one, count, axis=-1) for one in (value, wanted))
            if all(any(np.allclose(one, other, rtol=1e-7, atol=0) for other in right) for one in blocks):
                return True
    return False


QUESTIONS: tuple[Callable[[Names, Question], Guilty | None], ...] = (
    Names._from_call,
    Names._needs_zero,
    Names._turned,
    Names._late_start,
    Names._spoiled,
    Names._unwritten,
    Names._stands_elsewhere,
    Names._cut_wrongly,
    Names._zero_alias,
    Names._right_value,
)
"""Asked in this order; the first answer counts, and where none has one the array's own writer is looked at."""
