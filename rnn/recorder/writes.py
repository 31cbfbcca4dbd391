"""What a statement wrote: looks at the places its text names, and at whatever it was given to calls."""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Any

from .audits import Audits
from .callees import RECORDED, UNSEEN, Callees
from .live import SeenValues
from .looking import MISSING, attribute, entry, is_array
from .plans import Plan, Target
from .slots import Slots
from .sources import Sources
from .storages import Storages
from .targets import Doing, Targets
from .touching import Touch

if TYPE_CHECKING:
    from .capture import Call

RESIZE = (
    "an array was resized in its place, which Python before 3.13 allows no code that is traced; if that failed, use "
    "resize(..., refcheck=False), or np.resize"
)


class Writes:
    """Finds the writes of one run."""

    def __init__(self, slots: Slots, storages: Storages, sources: Sources, audits: Audits, exact: bool) -> None:
        """Args: of the run; exact: nothing is to be carried out again."""
        self._slots, self._storages, self._sources, self._audits = slots, storages, sources, audits
        self._callees = Callees(sources)
        self._touch = Touch(slots, storages)
        self._targets = Targets(slots, storages, self._touch, exact)

    def before(self, call: Call, plan: Plan, frame: FrameType, step: int) -> None:
        """Just before a statement: arrays in doubt that it writes, or is carried out again on, are compared first."""
        seen, touch = SeenValues(frame.f_locals, frame.f_globals), self._touch
        for target in (*plan.targets, *plan.deleted):
            if target.kind == "name":
                touch.settle(seen.find(target.root), step)
                continue
            root = seen.behind(target.root)
            if target.augmented and plan.called:
                call.early = (root, seen.key(target.key) if target.key is not None else MISSING)
            touch.settle(root if is_array(root) else self._standing(target, root, seen), step)
        for node in (*plan.touched, *plan.reads):
            touch.settle(seen.behind(node), step)
        call.loose = touch.loosen(plan, seen)

    @staticmethod
    def _standing(target: Target, root: Any, seen: SeenValues) -> Any:
        """What stands where a target will be written; all around it where that can't be told."""
        if root is MISSING:
            return root
        if target.kind == "attribute":
            value = attribute(root, target.name)
        else:
            value = entry(root, seen.key(target.key) if target.key is not None else MISSING)
        return root if value is MISSING else value

    def leave(self, names: Any, step: int) -> None:
        """A call ends: arrays in doubt are compared while its names still hold them."""
        for value in list(names.values()):
            if is_array(value):
                self._touch.settle(value, step + 1)

    def finish(self, call: Call, plan: Plan, number: int, frame: FrameType, raised: bool) -> None:
        """A statement is done: look at all that it can have written.

        Args:
            call, frame: that executes it. plan, number: of the statement. raised: whether it was cut short.
        """
        slots, step = self._slots, self._slots.step
        names = frame.f_locals
        seen = SeenValues(names, frame.f_globals)
        if plan.everything:
            self._storages.unsure(step)
        if call.loose:
            self._touch.fasten(call.loose, seen)
            call.loose = []
            if raised:
                slots.remark(RESIZE)
        unrecorded = bool(plan.called) and self._calls(plan, seen, call)
        doing = Doing(call, plan, seen, call.entry.file.first + number, unrecorded, raised)
        for target in plan.targets:
            self._targets.written(doing, target)
        for target in plan.deleted:
            self._targets.deleted(doing, target)
        call.early = None
        for owner in slots.lazy:
            if owner.value is not None and dict.__len__(owner.value) != len(owner.known):
                slots.rescan(owner)
        self._others(call, plan, names)
        if self._storages.epoch_step == step:
            self._bind(call, names, tuple(names))
            self._sources.bind_globals(call.entry, frame)
            self._audits.near(call.owner, step)
        if self._audits.watched:
            self._audits.watch(step)

    def _calls(self, plan: Plan, seen: SeenValues, call: Call) -> bool:
        """Look at what calls were given, but for those that recorded themselves; whether there were others."""
        others = False
        for one in plan.called:
            judged = self._callees.judge(one.function, seen)
            if judged == RECORDED:
                continue
            others = True
            if judged == UNSEEN:
                self._storages.unsure(self._slots.step)
            self._touch.given(one, seen, call.owner)
        return others

    def _others(self, call: Call, plan: Plan, names: Any) -> None:
        """Names that another function may have written, and all names where an array may look different now."""
        if call.forms != self._touch.forms:
            call.forms = self._touch.forms
            self._bind(call, names, tuple(names))
        elif call.entry.cells and (call.recorded or plan.called):
            self._bind(call, names, call.entry.cells)

    def _bind(self, call: Call, names: Any, chosen: tuple[str, ...]) -> None:
        for name in chosen:
            value = names.get(name, MISSING)
            if value is MISSING:
                self._slots.unbind(call.owner, name)
            else:
                self._slots.bind(call.owner, name, value)
