"""The reader or the writer? Follows names, entries and arguments to the place where a right value got the wrong name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.format import ENTER
from .judge import species
from .library import DERIVED, GRADIENT, PART, SUM, Item
from .memory import rearranged
from .reading import Read, same_place

if TYPE_CHECKING:
    from .guilty import Guilty
    from .search import Search


NATURAL = {
    "dh_out": frozenset({"dy"}),
    "dh": frozenset({"dh_out", "dh_next"}),
    "da": frozenset({"dh"}),
    "dh_next": frozenset({"da"}),
    "dh0": frozenset({"da"}),
    "dx": frozenset({"da"}),
}
"""What each gradient is made from: where that is what a statement reads, it reads the right thing and computes wrongly."""


class Names:
    """Decides who is at fault for an array that should be another one."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def who(self, step: int, read: Read, wanted: Any, item: Item | None, goal: Any) -> Guilty | None:
        """Whose fault it is that a statement reads this and not what it needs; None where that is what it needs."""
        search, judge = self.search, self.search.judge
        label = item.label if item is not None else judge.label(wanted)
        wanted = np.reshape(wanted, np.shape(read.value))
        if judge.same(read.value, wanted):
            return None
        if self._is_own_target(step, read):
            return search.follow(read.storage, read.items, wanted, max(step - 1, 0), label or read.text)
        inside = self.search.bindings.return_read(step, read)
        if inside is not None and judge.is_right_forward(step, read):
            return search.guilty(step, "computes", read=read, needed=label)
        if inside is not None and inside[1].node is not None:
            found = self.search.nearby.elsewhere(*inside, rearranged(wanted, read.items, inside[1].items))
            if found:
                return search.guilty(inside[0], "elsewhere", read=inside[1], needed=label, found=found)
        if not np.any(wanted) and judge.names(read.value) and not self._starts_loop(step, read):
            return search.guilty(step, "computes", read=read, needed="0")
        turned = np.any(wanted) and judge.same_numbers(read.value, wanted)
        derived = any(name.kind == DERIVED for name in judge.names(read.value))
        if turned and (derived or judge.is_right_forward(step, read) or judge.used_rightly(read, step)):
            passed = self._passed_turned(step, read)
            if passed is not None:
                return search.guilty(passed, "orientation", read=read, needed=label)
            return search.guilty(step, "orientation", read=read, needed=label)
        starting = self._starting_value(step, read)
        if starting is not None and np.any(wanted) and not self.search.nearby.elsewhere(step, read, wanted):
            return search.guilty(starting, "missing" if starting != step else "unwritten", read=read, needed=label)
        late = self._loop_came_late(step, read, wanted)
        if late is not None:
            return search.guilty(late, "missing", read=read, needed=label)
        if judge.names(read.value) and read.storage >= 0:
            spoiled = search.spoiled(max(step - 1, 0), read.storage, np.ravel(read.items), np.ravel(wanted))
            if spoiled is not None:
                return spoiled
        if judge.unwritten(read, step) and self._written_later(read, step):
            return search.guilty(
                step, "unwritten", read=read, needed=label, found=self.search.nearby.elsewhere(step, read, wanted)
            )
        found = "" if turned else self.search.nearby.elsewhere(step, read, wanted)
        if found:
            named = self._simply_named(step, read) and not judge.used_rightly(read, step, by_name=True)
            bound = (
                self.search.bindings.bound_wrongly(step, read, wanted, item)
                if named and judge.names(read.value)
                else None
            )
            return bound or search.guilty(step, "elsewhere", read=read, needed=label, found=found)
        if not np.any(read.value) and self.search.bindings.is_alias(step, read):
            bound = self.search.bindings.bound_wrongly(step, read, wanted, item)
            if bound is not None:
                return bound
        if not turned and judge.names(read.value):
            blamed = self._right_but_wrong(step, read, wanted, item, label, goal)
            if blamed is not None:
                return blamed
        if read.storage >= 0 and read.items is not None:
            deeper = search.follow(read.storage, read.items, wanted, max(step - 1, 0), label or read.text)
            if deeper is not None:
                return deeper
        return search.guilty(step, "computes", read=read, needed=label, output=label)

    def _right_but_wrong(
        self, step: int, read: Read, wanted: Any, item: Item | None, label: str, goal: Any
    ) -> Guilty | None:
        """A right value, but not the one that is needed: a wrong name somewhere, or the wrong thing computed."""
        search, judge = self.search, self.search.judge
        own = {species(name) for name in judge.names(read.value)}
        own = {"dh"} if "dh" in own else own  # at the last step dh is dh_out
        other = item is not None and species(item) not in own
        if item is not None and item.kind in (GRADIENT, PART, SUM) and self._is_forward_itself(step, read):
            return search.guilty(step, "computes", read=read, needed=label)
        if item is not None and item.kind == DERIVED and other and judge.is_right_forward(step, read):
            return search.guilty(step, "computes", read=read, needed=label)
        natural = {
            made for made in map(species, judge.names(np.ma.getdata(goal))) if own & NATURAL.get(made, frozenset())
        }
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

    def _is_forward_itself(self, step: int, read: Read) -> bool:
        """Whether a value of the forward pass is read where it was made, and not a copy in some buffer."""
        if not self.search.judge.is_right_forward(step, read):
            return False
        writes = [w.step for w in self.search.flow.writes(read.storage) if w.step < step] if read.storage >= 0 else []
        for source in self.search.flow.reads(writes[-1]) if writes else []:
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
        if row is None or not int(self.search.flow.recording.steps[int(row["step"])]["flags"]) & ENTER:
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

    def _starts_loop(self, step: int, read: Read) -> bool:
        """Whether a name is read in the first iteration of a loop that was given its value before the loop."""
        row = self.search.bindings.slot(read.node, step) if isinstance(read.node, ast.Name) else None
        loops = self.search.flow.statement(step).loops
        if row is None or not loops or int(self.search.flow.recording.steps[step]["iteration"]) > 0:
            return False
        header = self.search.header_step(step, loops[-1])
        rows = self.search.flow.recording.binding_rows(
            self.search.flow.recording.frame_owner(self.search.flow.frame(step)),
            read.node.id if isinstance(read.node, ast.Name) else "",
        )
        return header is not None and int(row["step"]) < header and len({int(one["step"]) for one in rows}) > 1

    def _loop_came_late(self, step: int, read: Read, wanted: Any) -> int | None:
        """The header of a loop whose first iteration finds the right thing of another step in a name from before it."""
        loops = self.search.flow.statement(step).loops
        if not loops or not self.search.judge.misplaced(read.value, wanted) or not self._starts_loop(step, read):
            return None
        return self.search.header_step(step, loops[-1])

    def _is_own_target(self, step: int, read: Read) -> bool:
        """Whether what is read is what the statement adds to, or writes its result over."""
        nodes = self.search.flow.statement(step).nodes
        if read.storage >= 0 and read.node is not None and self.search.outputs.puts_out(step, read.storage, read.items):
            return True
        return any(isinstance(node, ast.AugAssign) and node.target is read.node for node in nodes)

    def _written_later(self, read: Read, step: int) -> bool:
        writes = self.search.flow.writes(read.storage)
        return any(write.step >= step and np.isin(write.items, np.ravel(read.items)).any() for write in writes)

    def _starting_value(self, step: int, read: Read) -> int | None:
        """For a whole blank array: the header of the loop that came too late, or the step that reads what nobody wrote."""
        search = self.search
        if read.storage < 0 or np.any(read.value) or not search.judge.blank(read.storage):
            return None
        writes = [write for write in search.flow.writes(read.storage) if write.step < step]
        if len(writes) != 1 or len(np.ravel(read.items)) != writes[0].items.size:
            return None
        loops = search.flow.statement(step).loops
        if not loops:
            return None
        if int(search.flow.recording.steps[step]["iteration"]) > 0:
            return step
        header = search.header_step(step, loops[-1])
        row = None if read.node is None else self.search.bindings.slot(read.node, step)
        return None if header is None or row is None or int(row["step"]) > header else header
