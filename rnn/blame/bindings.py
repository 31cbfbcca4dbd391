"""How a name came to stand for an array: assignments, arguments, returns, containers, loops."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays import base_of
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, view_of
from ..recorder.recording import Held
from .judge import species
from .library import GRADIENT, PART, SUM, Item
from .memory import rearranged
from .reading import Read, same_place
from .said import meanings

if TYPE_CHECKING:
    from .guilty import Guilty
    from .search import Search


class Bindings:
    """Follows names to the place where a right value got the wrong one."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def is_alias(self, step: int, read: Read) -> bool:
        """Whether a name, or the name of what is read a part of, was given to numbers that were written before, elsewhere."""
        row = None if read.node is None else self.slot(read.node, step)
        if row is None or row["kind"] != ARRAY:
            return False
        return all(write.step < int(row["step"]) for write in self.search.flow.writes(view_of(row["payload"])[0]))

    def bound_wrongly(self, step: int, read: Read, wanted: Any, item: Item | None) -> Guilty | None:
        """A right array under the wrong name: follow the name, not the numbers; None where the numbers are its own."""
        search, flow = self.search, self.search.flow
        inside = self.return_read(read)
        if inside is not None:
            return self.bound_wrongly(*inside, rearranged(wanted, read.items, inside[1].items), item)
        if read.node is None or not self.is_alias(step, read):
            return None
        row = self.slot(read.node, step)
        at = int(row["step"])
        label = item.label if item is not None else ""
        if flow.enters(at):
            return self._passed(at, read, wanted, item)
        for source in flow.reads(at):
            if not same_place(source, read.storage, read.items):
                continue
            wanted = rearranged(wanted, read.items, source.items)
            inner = self.return_read(source)
            if inner is not None:
                return self.bound_wrongly(*inner, rearranged(wanted, source.items, inner[1].items), item)
            if source.node is None:
                return self._from_container(at, source, wanted, item)
            if (
                self._other_kind(source, item)
                and self.only_names(at, source)
                and not isinstance(source.node, ast.Subscript)
            ):
                return search.guilty(at, "computes", read=source, needed=label)
            if isinstance(source.node, ast.Subscript):
                found = self.search.nearby.elsewhere(at, source, wanted)
                if found:
                    return search.guilty(at, "elsewhere", read=source, needed=label, found=found)
            if self.is_alias(at, source) and not flow.statement(at).is_loop:
                deeper = self.bound_wrongly(at, source, wanted, item)
                if deeper is not None:
                    return deeper
            if isinstance(flow.statement(at).nodes[0], ast.Return):
                return None  # it only hands on
            found = self.search.nearby.elsewhere(at, source, wanted)
            if found or self._alias_is_wrong(at, source, item):
                return search.guilty(at, "elsewhere", read=source, needed=label, found=found)
            return None
        if not flow.statement(at).is_loop:
            return None  # a part of what was handed on there
        return search.guilty(at, "elsewhere", read=read, needed=label)

    def _other_kind(self, source: Read, item: Item | None) -> bool:
        return item is not None and species(item) not in {
            species(name) for name in self.search.judge.names(source.value)
        }

    def _alias_is_wrong(self, at: int, source: Read, item: Item | None) -> bool:
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
        entered = [int(row["step"]) for row in rows if flow.enters(int(row["step"]))]
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

    def return_read(self, read: Read) -> tuple[int, Read] | None:
        """Where an array came out of a recorded call: the call's last step and what it read there."""
        if read.call < 0:
            return None
        rows = self.search.flow.recording.returns
        for end in rows["step"][rows["frame"] == read.call]:
            for source in self.search.flow.reads(int(end)):
                if same_place(source, read.storage, read.items):
                    return int(end), source
        return None

    def slot(self, node: ast.expr, step: int) -> Any:
        """The row of the slot that an access expression reads."""
        flow = self.search.flow
        try:
            if isinstance(node, ast.Name):
                return flow.scope(step - 1, flow.frame(step)).row(node.id)
            if not isinstance(node, (ast.Attribute, ast.Subscript)):
                return None
            held = flow.evaluate(node.value, step)
            if isinstance(node, ast.Subscript) and isinstance(held, np.ndarray):
                return self.slot(node.value, step)
            if not isinstance(held, Held):
                return None
            # Not `key_of`: an index that counts from the end is the reader's doing, not of the line that put the entry there.
            key = f".{node.attr}" if isinstance(node, ast.Attribute) else f"[{flow.evaluate(node.slice, step)!r}]"
        except Unreadable:
            return None
        return flow.recording.binding(held.owner, key, step - 1)

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
        found = self.search.nearby.elsewhere(parent, source, wanted)
        if found:
            return search.guilty(parent, "elsewhere", read=source, needed=label, found=found)
        if source.node is None:
            return None
        deeper = self.bound_wrongly(parent, source, wanted, item)
        if deeper is not None:
            return deeper
        other = self._other_kind(source, item) and search.judge.names(source.value)
        named = item is not None and self._named_so(source, item)
        if other and not named and (self._named_as_it_is(source) or not self._made_here(parent, source)):
            return search.guilty(parent, "elsewhere", read=source, needed=label)
        used = search.judge.used_rightly(source, parent) or search.judge.is_right_forward(parent, source)
        if named or not used:
            deeper = search.follow(source.storage, source.items, wanted, parent - 1, label or source.text)
            if deeper is not None:
                return deeper
        return search.guilty(parent, "elsewhere", read=source, needed=label)

    def _named_so(self, source: Read, item: Item) -> bool:
        """Whether the name of what is passed says that it is meant to be what is needed, and not what it is."""
        if item.kind != GRADIENT:
            return False
        said = meanings(source.text, self.search.library.cell)
        own = {base_of(species(name))[0] for name in self.search.judge.names(source.value)}
        return base_of(species(item))[0] in said and not own & set(said)

    def _named_as_it_is(self, source: Read) -> bool:
        """Whether what is passed is a gradient, and bears the name of what it is."""
        own = {base_of(species(name))[0] for name in self.search.judge.names(source.value) if name.kind == GRADIENT}
        return bool(own & set(meanings(source.text, self.search.library.cell)))

    def cut_wrongly(self, step: int, read: Read, wanted: Any, label: str) -> Guilty | None:
        """A name that was given to a part of an array, of which another part is what is needed."""
        row = None if read.node is None else self.slot(read.node, step)
        if row is None or row["kind"] != ARRAY or self.search.flow.enters(int(row["step"])):
            return None
        at = int(row["step"])
        for source in self.search.flow.reads(at):
            if not same_place(source, read.storage, read.items) or at >= step:
                continue
            if isinstance(source.node, (ast.Name, ast.Attribute)):
                return self.cut_wrongly(at, source, wanted, label)
            if isinstance(source.node, ast.Subscript):
                found = self.search.nearby.elsewhere(at, source, wanted)
                if found:
                    return self.search.guilty(at, "elsewhere", read=source, needed=label, found=found)
        return None

    def renamed(self, storage: int, born: int, at: int, wanted: Any) -> int | None:
        """The step at which an array that is right as what it was made got the name of a sum, as in `db = da`."""
        flow, judge = self.search.flow, self.search.judge
        if not any(item.kind == SUM for item in judge.names(wanted)):
            return None
        names = judge.names(flow.data(storage, born)) if flow.enters(born) is False else []
        if not any(item.kind == GRADIENT for item in names):
            return None
        for row in flow.memory.slots_of(storage):
            step = int(row["step"])
            nodes = flow.statement(step).nodes
            plain = len(nodes) == 1 and isinstance(nodes[0], ast.Assign) and isinstance(nodes[0].value, ast.Name)
            if born < step <= at and plain and not flow.enters(step):
                return step
        return None

    def is_argument(self, step: int, read: Read) -> bool:
        """Whether a name is a function's argument, as it was passed."""
        row = self.slot(read.node, step) if isinstance(read.node, ast.Name) else None
        return row is not None and self.search.flow.enters(int(row["step"]))

    def _made_here(self, step: int, read: Read) -> bool:
        """Whether an array was last written by the call that reads it, and not in a helper of its own."""
        flow = self.search.flow
        writes = flow.writes_before(read.storage, step)
        return bool(writes) and flow.frame(writes[-1].step) == flow.frame(step)

    def only_names(self, step: int, read: Read) -> bool:
        """Whether a statement does nothing but give what it reads to another place: `dz = dh`, `da[t] = dh[t]`."""
        for node in self.search.flow.statement(step).nodes:
            if isinstance(node, ast.Assign) and node.value is read.node and not isinstance(node.targets[0], ast.Tuple):
                return True
        return False
