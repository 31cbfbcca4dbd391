"""The reader or the writer? Follows names, entries and arguments to the place where a right value got the wrong name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, ENTER, RETURN_KEY
from ..recorder.recording import Held
from .flow import Read, rearranged, same_place
from .judge import species
from .library import DERIVED, GRADIENT, PART, SUM, Item

if TYPE_CHECKING:
    from .search import Guilty, Search


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
        inside = self._return_read(step, read)
        if inside is not None and judge.is_right_forward(step, read):
            return search.guilty(step, "computes", read=read, needed=label)
        if inside is not None and inside[1].node is not None:
            found = self.elsewhere(*inside, rearranged(wanted, read.items, inside[1].items))
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
        if starting is not None and np.any(wanted) and not self.elsewhere(step, read, wanted):
            return search.guilty(starting, "missing" if starting != step else "unwritten", read=read, needed=label)
        if judge.unwritten(read, step) and self._written_later(read, step):
            return search.guilty(step, "unwritten", read=read, needed=label, found=self.elsewhere(step, read, wanted))
        found = "" if turned else self.elsewhere(step, read, wanted)
        if found:
            named = self._simply_named(step, read) and not judge.used_rightly(read, step, by_name=True)
            bound = self.bound_wrongly(step, read, wanted, item) if named and judge.names(read.value) else None
            return bound or search.guilty(step, "elsewhere", read=read, needed=label, found=found)
        if not np.any(read.value) and self.is_alias(step, read):
            bound = self.bound_wrongly(step, read, wanted, item)
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
        if other and (natural or self._only_names(step, read)):
            return search.guilty(step, "computes", read=read, needed=label)
        bound = self.bound_wrongly(step, read, wanted, item)
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
                if np.array_equal(np.ravel(source.value), np.ravel(read.value)):
                    return False
        return True

    def _simply_named(self, step: int, read: Read) -> bool:
        """Whether a name was given by an assignment of its own, as in `h_now = h[t]`."""
        row = self._slot(read.node, step) if isinstance(read.node, ast.Name) else None
        if row is None:
            return False
        nodes = self.search.flow.statement(int(row["step"])).nodes
        return len(nodes) == 1 and isinstance(nodes[0], ast.Assign) and isinstance(nodes[0].targets[0], ast.Name)

    def _only_names(self, step: int, read: Read) -> bool:
        """Whether a statement does nothing but give what it reads to another place: `dz = dh`, `da[t] = dh[t]`."""
        for node in self.search.flow.statement(step).nodes:
            if isinstance(node, ast.Assign) and node.value is read.node and not isinstance(node.targets[0], ast.Tuple):
                return True
        return False

    def _passed_turned(self, step: int, read: Read) -> int | None:
        """The call that passed an argument transposed."""
        row = self._slot(read.node, step) if isinstance(read.node, ast.Name) else None
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
        row = self._slot(read.node, step) if isinstance(read.node, ast.Name) else None
        loops = self.search.flow.statement(step).loops
        if row is None or not loops or int(self.search.flow.recording.steps[step]["iteration"]) > 0:
            return False
        header = self.search.header_step(step, loops[-1])
        rows = self.search.flow.recording.binding_rows(
            self.search.flow.recording.frame_owner(self.search.flow.frame(step)),
            read.node.id if isinstance(read.node, ast.Name) else "",
        )
        return header is not None and int(row["step"]) < header and len({int(one["step"]) for one in rows}) > 1

    def _is_own_target(self, step: int, read: Read) -> bool:
        """Whether what is read is what the statement adds to."""
        nodes = self.search.flow.statement(step).nodes
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
        row = None if read.node is None else self._slot(read.node, step)
        return None if header is None or row is None or int(row["step"]) > header else header

    def elsewhere(self, step: int, read: Read, wanted: Any) -> str:
        """Where else, within reach, the right value stands: another index of the same thing, or another name."""
        judge = self.search.judge
        if not np.any(wanted):
            return ""
        for text, value in self._neighbours(step, read):
            if np.size(value) == np.size(wanted) and judge.same_numbers(value, wanted):
                if not np.array_equal(np.ravel(value), np.ravel(read.value)):
                    return text
        return ""

    def _neighbours(self, step: int, read: Read) -> Iterator[tuple[str, Any]]:
        flow = self.search.flow
        recording, frame, at = flow.recording, flow.frame(step), max(step - 1, 0)
        if isinstance(read.node, ast.Subscript):
            yield from self._siblings(read.node, step)
        if read.node is None or isinstance(read.node, ast.Call):
            return
        own = {name for node in flow.statement(step).nodes for name in _written_names(node)}
        for key in recording.keys(recording.frame_owner(frame), at):
            if key == RETURN_KEY or key in own:
                continue  # what the statement itself writes is stale
            try:
                value = recording.slot(recording.frame_owner(frame), key, at)
            except Unreadable:
                continue
            if isinstance(value, np.ndarray):
                yield key, value
                if isinstance(read.node, ast.Subscript) and value.ndim and 1 < len(value) <= 64:
                    yield from ((f"{key}[{i}]", value[i]) for i in range(len(value)))

    def _siblings(self, node: ast.Subscript, step: int) -> Iterator[tuple[str, Any]]:
        """Other entries of what an index is taken of."""
        flow, text = self.search.flow, ast.unparse(node.value)
        try:
            base, key = flow.evaluate(node.value, step), flow.evaluate(node.slice, step)
        except Unreadable:
            return
        if isinstance(base, Held):
            for name in base.keys():
                try:
                    value = base.get(name)
                except Unreadable:
                    continue
                if isinstance(value, np.ndarray):
                    yield text + name, value
        elif isinstance(base, np.ndarray):
            yield from _other_indices(base, key if isinstance(key, tuple) else (key,), text)

    def is_alias(self, step: int, read: Read) -> bool:
        """Whether a name, or the name of what is read a part of, was given to numbers that were written before, elsewhere."""
        row = None if read.node is None else self._slot(read.node, step)
        if row is None or row["kind"] != ARRAY:
            return False
        return all(write.step < int(row["step"]) for write in self.search.flow.writes(int(row["payload"]) & 0xFFFFFFFF))

    def bound_wrongly(self, step: int, read: Read, wanted: Any, item: Item | None) -> Guilty | None:
        """A right array under the wrong name: follow the name, not the numbers; None where the numbers are its own."""
        search, flow = self.search, self.search.flow
        inside = self._return_read(step, read)
        if inside is not None:
            return self.bound_wrongly(*inside, rearranged(wanted, read.items, inside[1].items), item)
        if read.node is None or not self.is_alias(step, read):
            return None
        row = self._slot(read.node, step)
        at = int(row["step"])
        label = item.label if item is not None else ""
        if int(flow.recording.steps[at]["flags"]) & ENTER:
            return self._passed(at, read, wanted, item)
        for source in flow.reads(at):
            if not same_place(source, read.storage, read.items):
                continue
            wanted = rearranged(wanted, read.items, source.items)
            inner = self._return_read(at, source)
            if inner is not None:
                return self.bound_wrongly(*inner, rearranged(wanted, source.items, inner[1].items), item)
            if source.node is None:
                return self._from_container(at, source, wanted, item)
            if (
                self._other_kind(source, item)
                and self._only_names(at, source)
                and not isinstance(source.node, ast.Subscript)
            ):
                return search.guilty(at, "computes", read=source, needed=label)
            if isinstance(source.node, ast.Subscript):
                found = self.elsewhere(at, source, wanted)
                if found:
                    return search.guilty(at, "elsewhere", read=source, needed=label, found=found)
            if self.is_alias(at, source) and not flow.statement(at).is_loop:
                deeper = self.bound_wrongly(at, source, wanted, item)
                if deeper is not None:
                    return deeper
            if isinstance(flow.statement(at).nodes[0], ast.Return):
                return None  # it only hands on
            found = self.elsewhere(at, source, wanted)
            if found or self._alias_is_wrong(at, source, wanted, item):
                return search.guilty(at, "elsewhere", read=source, needed=label, found=found)
            return None
        if not flow.statement(at).is_loop:
            return None  # a part of what was handed on there
        return search.guilty(at, "elsewhere", read=read, needed=label)

    def _other_kind(self, source: Read, item: Item | None) -> bool:
        return item is not None and species(item) not in {
            species(name) for name in self.search.judge.names(source.value)
        }

    def _alias_is_wrong(self, at: int, source: Read, wanted: Any, item: Item | None) -> bool:
        """Whether giving the name is the mistake, and not what was computed for it."""
        judge = self.search.judge
        if isinstance(source.node, ast.Subscript) or judge.used_rightly(source, at):
            return True
        part = any(name.kind == PART for name in judge.names(source.value))
        whole = item is not None and item.kind == SUM
        return part and whole and bool(self.search.flow.statement(at).loops)

    def _from_container(self, at: int, source: Read, wanted: Any, item: Item | None) -> Guilty | None:
        """An entry of a container that was taken apart: its siblings, or the place where it was put in."""
        search, label = self.search, item.label if item is not None else ""
        for other in search.flow.reads(at):
            if (
                other.node is None
                and np.size(other.value) == np.size(wanted)
                and search.judge.same_numbers(other.value, wanted)
            ):
                return search.guilty(at, "elsewhere", read=source, needed=label, found=other.text)
        passed = self._container_passed(at, source, wanted, label)
        return passed if passed is not None else search.guilty(at, "elsewhere", read=source, needed=label)

    def _container_passed(self, at: int, source: Read, wanted: Any, label: str) -> Guilty | None:
        """A whole container passed as the wrong argument, as in `step_backward(dh, cache[t - 1])`."""
        search, flow = self.search, self.search.flow
        name = source.text.partition("[")[0].partition(".")[0]
        rows = flow.recording.binding_rows(flow.recording.frame_owner(flow.frame(at)), name)
        entered = [int(row["step"]) for row in rows if int(flow.recording.steps[int(row["step"])]["flags"]) & ENTER]
        found = search.outputs.caller(entered[-1]) if entered else None
        if found is None:
            return None
        parent, call = found
        suffix = source.text[len(name) :]
        for node in call.args:
            if not isinstance(node, ast.Subscript):
                continue
            try:
                base = flow.evaluate(node.value, parent)
            except Unreadable:
                continue
            for key in base.keys() if isinstance(base, Held) else ():
                try:
                    value = base.get(key)
                    value = value.get(suffix) if isinstance(value, Held) else None
                except Unreadable:
                    continue
                if value is not None and np.size(value) == np.size(wanted) and search.judge.same_numbers(value, wanted):
                    text = f"{ast.unparse(node.value)}{key}"
                    return search.guilty(
                        parent, "elsewhere", needed=label, found=text, read=Read(node, ast.unparse(node), source.value)
                    )
        return None

    def _return_read(self, step: int, read: Read) -> tuple[int, Read] | None:
        """Where an array came out of a recorded call that a step made: the call's last step and what it read there."""
        if read.call < 0:
            return None
        rows = self.search.flow.recording.returns
        for end in rows["step"][rows["frame"] == read.call]:
            for source in self.search.flow.reads(int(end)):
                if same_place(source, read.storage, read.items):
                    return int(end), source
        return None

    def _slot(self, node: ast.expr, step: int) -> Any:
        """The row of the slot that an access expression reads."""
        flow = self.search.flow
        try:
            if isinstance(node, ast.Name):
                return flow.scope(step - 1, flow.frame(step)).row(node.id)
            if isinstance(node, ast.Attribute):
                held, key = flow.evaluate(node.value, step), f".{node.attr}"
            elif isinstance(node, ast.Subscript):
                held = flow.evaluate(node.value, step)
                if isinstance(held, np.ndarray):
                    return self._slot(node.value, step)
                key = f"[{flow.evaluate(node.slice, step)!r}]"
            else:
                return None
        except Unreadable:
            return None
        return flow.recording.binding(held.owner, key, step - 1) if isinstance(held, Held) else None

    def _passed(self, at: int, read: Read, wanted: Any, item: Item | None) -> Guilty | None:
        """A right array passed as the wrong argument: the caller's statement, or what it read."""
        search, flow = self.search, self.search.flow
        found = search.outputs.caller(at)
        if found is None:
            return None
        parent, call = found
        for node in [*call.args, *(word.value for word in call.keywords)]:
            for source in flow.reads(parent, node):
                if same_place(source, read.storage, read.items):
                    return self._argument(parent, source, rearranged(wanted, read.items, source.items), item)
        return None

    def _argument(self, parent: int, source: Read, wanted: Any, item: Item | None) -> Guilty | None:
        search, label = self.search, item.label if item is not None else ""
        found = self.elsewhere(parent, source, wanted)
        if found:
            return search.guilty(parent, "elsewhere", read=source, needed=label, found=found)
        if source.node is None:
            return None
        deeper = self.bound_wrongly(parent, source, wanted, item)
        if deeper is not None:
            return deeper
        if self._other_kind(source, item) and search.judge.names(source.value) and not self._made_here(parent, source):
            return search.guilty(parent, "elsewhere", read=source, needed=label)
        if not (search.judge.used_rightly(source, parent) or search.judge.is_right_forward(parent, source)):
            deeper = search.follow(source.storage, source.items, wanted, parent - 1, label or source.text)
            if deeper is not None:
                return deeper
        return search.guilty(parent, "elsewhere", read=source, needed=label)

    def _made_here(self, step: int, read: Read) -> bool:
        """Whether an array was last written by the call that reads it, and not in a helper of its own."""
        flow = self.search.flow
        writes = [w.step for w in flow.writes(read.storage) if w.step < step] if read.storage >= 0 else []
        return bool(writes) and flow.frame(writes[-1]) == flow.frame(step)

    def gathered(self, step: int, reads: list[Read], actual: Any, goal: Any, name: str) -> Guilty | None:
        """Where an expression only gathers arrays of a container: the wrong piece's own writer, or who put it there."""
        search = self.search
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

    def _piece(self, step: int, read: Read, wanted: Any, name: str) -> Guilty | None:
        search, flow = self.search, self.search.flow
        if not search.judge.misplaced(read.value, wanted):
            return search.follow(read.storage, read.items, np.reshape(wanted, np.shape(read.items)), step - 1, name)
        rows = [
            int(row["step"])
            for row in flow.slots_of(read.storage)
            if flow.recording.tables.texts[int(row["key"])].startswith("[") and int(row["step"]) <= step
        ]
        return search.guilty(rows[-1] if rows else step, "placed", needed=search.judge.label(wanted), output=name)


def _written_names(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def _other_indices(base: Any, keys: tuple[Any, ...], text: str) -> Iterator[tuple[str, Any]]:
    """Other values of each index, and other ends of a slice over the first axis."""
    for axis, part in enumerate(keys):
        if isinstance(part, (int, np.integer)) and axis < base.ndim:
            for i in range(base.shape[axis]):
                other = (*keys[:axis], i, *keys[axis + 1 :])
                try:
                    yield (
                        f"{text}[{', '.join(':' if k == slice(None) else str(k) for k in other)}]",
                        np.asarray(base[other]),
                    )
                except IndexError:
                    continue
        elif (
            isinstance(part, slice)
            and part.step is None
            and axis < base.ndim
            and isinstance(part.stop, (int, np.integer))
        ):
            start, stop, _ = part.indices(base.shape[axis])
            for i in range(base.shape[axis] - (stop - start) + 1):
                moved = (*keys[:axis], slice(i, i + stop - start), *keys[axis + 1 :])
                yield f"{text}[..., {i}:{i + stop - start}]", np.asarray(base[moved])
        if isinstance(part, slice) and part != slice(None) and axis == 0:
            for name, one in (("[:-1]", base[:-1]), ("[1:]", base[1:]), ("[::-1]", base[::-1]), ("", base)):
                yield text + name, one
