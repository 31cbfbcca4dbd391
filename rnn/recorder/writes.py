"""What a finished statement wrote: looks at the places its text names, and at whatever it was given to calls."""

from __future__ import annotations

import ast
from types import FrameType
from typing import TYPE_CHECKING, Any

from .audits import Audits
from .callees import RECORDED, UNSEEN, Callees
from .format import ARRAY, AUDIT, OWNER, SEQUENCE
from .keeping import AGAIN_BYTES
from .live import LiveResolver, SeenValues, gives_the_same, is_basic, part_of
from .looking import MISSING, attribute, entry, is_array, is_plain_key, is_recordable, kind_of, plain_array
from .plans import Called, Plan, Target
from .slots import Owner, Slots
from .sources import Sources
from .storages import Storages, Track

if TYPE_CHECKING:
    from .capture import Call

MOST_TOUCHED = 64
"""Arrays that are compared because a call might have changed them; others are in doubt from then on."""

MOST_DEPTH = 3
GROWING = frozenset({"append", "extend"})
RESHAPING = frozenset({"resize", "setflags", "__setstate__"})


class Writes:
    """Finds the writes of one run."""

    def __init__(self, slots: Slots, storages: Storages, sources: Sources, audits: Audits) -> None:
        """Args: of the run."""
        self._slots, self._storages, self._sources, self._audits = slots, storages, sources, audits
        self._callees = Callees(sources)
        self._proved: set[int] = set()
        self._refused: set[int] = set()
        self._forms = 0
        self.exact = False

    def before(self, call: Call, plan: Plan, frame: FrameType, step: int) -> None:
        """Just before a statement: arrays in doubt that it writes, or is carried out again on, are compared first."""
        seen = SeenValues(frame.f_locals, frame.f_globals)
        for target in plan.targets:
            if target.kind == "name":
                if target.augmented or target.given:
                    self._settle(seen.find(target.root), step)
                continue
            root = seen.behind(target.root)
            if target.augmented and plan.calls:
                call.early = (root, seen.key(target.key) if target.key is not None else MISSING)
            if is_array(root):
                self._settle(root, step)
            elif target.augmented:
                self._settle(self._standing(target, root, seen), step)
        if self._storages.epoch:
            for node in (*plan.touched, *plan.reads):
                self._settle(seen.behind(node), step)

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

    def _settle(self, value: Any, step: int, depth: int = 0) -> None:
        """Compare what is in doubt in a value, as of the step before."""
        if value is MISSING or depth > MOST_DEPTH:
            return
        if is_array(value):
            track = self._storages.known(value)
            if track is not None and track.epoch != self._storages.epoch and not track.large:
                self._storages.check(track, self._storages.live(track), max(step - 1, 0), AUDIT)
            return
        owner = self._slots.known_owner(value)
        if owner is not None and owner.epoch != self._storages.epoch:
            self._slots.rescan(owner)
        for kind, payload in () if owner is None else list(owner.known.values()):
            if kind == ARRAY:
                track = self._storages.by_number.get(payload & 0xFFFFFFFF)
                base = None if track is None else self._storages.live(track)
                if track is not None and base is not None and track.epoch != self._storages.epoch and not track.large:
                    self._storages.check(track, base, max(step - 1, 0), AUDIT)
            elif kind == OWNER and payload in self._slots.by_number:
                self._settle(self._slots.by_number[payload].value, step, depth + 1)

    def finish(self, call: Call, plan: Plan, number: int, frame: FrameType, names: Any, raised: bool) -> None:
        """A statement is done: look at all that it can have written."""
        slots, storages = self._slots, self._storages
        step = slots.step
        seen = SeenValues(names, frame.f_globals)
        if plan.everything:
            self._everything(call, names)
        unrecorded = bool(plan.called) and self._calls(plan, seen, names, call)
        for target in plan.targets:
            self._target(call, plan, target, seen, number, unrecorded, raised)
        call.early = None
        for owner in slots.lazy:
            if owner.value is not None and dict.__len__(owner.value) != len(owner.known):
                slots.rescan(owner)
        for target in plan.deleted:
            self._deleted(call, target, seen)
        if call.entry.cells and (call.recorded or plan.called):
            self._bind(call, names, call.entry.cells)
        if call.forms != self._forms:
            call.forms = self._forms
            self._bind(call, names, tuple(names))
        if storages.epoch_step == step:
            self._bind(call, names, tuple(names))
            self._sources.bind_globals(call.entry, frame)
            self._audits.near(call.owner, step)
        if self._audits.watched:
            self._audits.watch(step)

    def _bind(self, call: Call, names: Any, chosen: tuple[str, ...]) -> None:
        for name in chosen:
            value = names.get(name, MISSING)
            if value is MISSING:
                self._slots.unbind(call.owner, name)
            else:
                self._slots.bind(call.owner, name, value)

    def _everything(self, call: Call, names: Any) -> None:
        self._storages.unsure(self._slots.step)
        left = [MOST_TOUCHED]
        for value in list(names.values()):
            self._touch(value, left)

    def _calls(self, plan: Plan, seen: SeenValues, names: Any, call: Call) -> bool:
        """Look at what calls were given, but for those that recorded themselves; whether there were others."""
        others = False
        for one in plan.called:
            judged = self._callees.judge(one.function, seen)
            if judged == RECORDED:
                continue
            others = True
            if judged == UNSEEN:
                self._storages.unsure(self._slots.step)
            self._given(one, seen, call, names)
        return others

    def _given(self, one: Called, seen: SeenValues, call: Call, names: Any) -> None:
        left, verb = [MOST_TOUCHED], getattr(one.function, "attr", "")
        for node in one.given:
            value = seen.behind(node)
            own = isinstance(one.function, ast.Attribute) and node is one.function.value
            owner = self._slots.known_owner(value) if own and type(value) in (list, dict) else None
            if owner is None:
                self._touch(value, left)
            elif verb in GROWING and list.__len__(owner.value) > owner.length:
                self._slots.grown(owner)
            else:
                self._slots.rescan(owner)
            if verb in RESHAPING and value is not MISSING and is_array(value):
                self._changed_form()
        if left[0] <= 0:
            self._storages.unsure(self._slots.step)

    def _changed_form(self) -> None:
        """An array was given another shape in its place: what all names stand for is looked at again."""
        self._forms += 1
        for owner in list(self._slots.by_number.values()):
            self._slots.scan(owner)

    def _touch(self, value: Any, left: list[int], depth: int = 0) -> None:
        """Compare what lies in a value; `left` counts down how many arrays may be looked at."""
        if value is MISSING or left[0] <= 0 or depth > MOST_DEPTH:
            return
        array = value if is_array(value) else self._slots.foreign(value)
        if array is not None:
            plain = plain_array(array)
            if is_recordable(plain) or self._storages.known(plain) is not None:
                left[0] -= 1
                track, base = self._storages.track(plain, self._slots.step)
                self._storages.check(track, base, self._slots.step)
            return
        owner = self._slots.known_owner(value)
        if owner is None:
            return
        self._slots.rescan(owner)
        for kind, payload in list(owner.known.values()):
            if left[0] <= 0:
                return
            if kind == ARRAY:
                left[0] -= 1
                self._check_number(payload & 0xFFFFFFFF)
            elif kind == OWNER and payload in self._slots.by_number:
                self._touch(self._slots.by_number[payload].value, left, depth + 1)

    def _check_number(self, number: int) -> None:
        track = self._storages.by_number.get(number)
        base = None if track is None else self._storages.live(track)
        if track is not None and base is not None:
            self._storages.check(track, base, self._slots.step)

    def _target(
        self, call: Call, plan: Plan, target: Target, seen: SeenValues, number: int, unrecorded: bool, raised: bool
    ) -> None:
        """One place that the statement writes."""
        in_place = target.augmented or unrecorded or raised
        if target.kind == "name":
            self._name(call, plan, target, seen, number, in_place, raised)
            return
        root, key = seen.behind(target.root), MISSING
        exact = seen.find(target.root) is not MISSING
        if target.augmented and call.early is not None:
            root, key = call.early
        elif target.mixed:
            self._storages.unsure(self._slots.step)
        elif target.key is not None and exact:
            key = seen.key(target.key)
        if root is MISSING:
            self._storages.unsure(self._slots.step)
        elif is_array(root):
            self._part(plain_array(root), key if exact and target.kind == "item" else MISSING)
            if target.kind == "attribute":
                self._changed_form()
        elif not exact:
            self._touch(root, [MOST_TOUCHED])
            self._storages.unsure(self._slots.step)
        elif target.kind == "attribute":
            value = attribute(root, target.name)
            self._slot(call, plan, root, f".{target.name}", value, number, in_place, raised)
        else:
            # In a dict, True is 1 and 2.0 is 2: the entry has the name of whichever came first.
            value = MISSING if type(key) in (bool, float, tuple) and kind_of(root).mapping else entry(root, key)
            owner = None if value is MISSING else self._slots.owner_of(root)
            if owner is not None and owner.kind == SEQUENCE and key < 0:
                key += kind_of(root).plain.__len__(root)
            text = "" if owner is None else self._slots.key_of(owner, key)
            self._slot(call, plan, root, text, value, number, in_place, raised)

    def _name(
        self, call: Call, plan: Plan, target: Target, seen: SeenValues, number: int, in_place: bool, raised: bool
    ) -> None:
        value, owner = seen.local(target.name), call.owner
        if value is MISSING:
            value = seen.find(target.root)
            if value is not MISSING:
                owner = call.entry.file.owner
        if value is MISSING:
            self._slots.unbind(call.owner, target.name)
            return
        if in_place:
            self._written(call, plan, value, number, raised)
        elif target.given and is_array(value):
            self._part(plain_array(value), Ellipsis)
        self._slots.bind(owner, target.name, value)
        if target.name in call.entry.free:
            outer = call.defining(target.name)
            if outer is not None:
                self._slots.bind(outer.owner, target.name, value)

    def _slot(
        self, call: Call, plan: Plan, root: Any, key: str, value: Any, number: int, in_place: bool, raised: bool
    ) -> None:
        """An attribute or entry was written; all of the object is looked at where it is not plainly there."""
        owner = self._slots.owner_of(root)
        if owner is None or value is MISSING:
            self._touch(root, [MOST_TOUCHED])
            if owner is None:
                self._storages.unsure(self._slots.step)
            return
        if in_place:
            self._written(call, plan, value, number, raised)
        self._slots.bind(owner, key, value)

    def _written(self, call: Call, plan: Plan, value: Any, number: int, raised: bool) -> None:
        """A slot was written: where its array may have changed in its place, compare it."""
        array = value if is_array(value) else self._slots.foreign(value)
        if array is None:
            owner = self._slots.known_owner(value)
            if owner is not None:
                self._slots.rescan(owner)
            return
        if not is_recordable(plain := plain_array(array)):
            return
        storages, step = self._storages, self._slots.step
        track = storages.known(plain)
        base = None if track is None else storages.live(track)
        if track is None or base is None:
            return  # new, and kept whole when it is bound
        if plan.again is not None and base is value and value.nbytes >= AGAIN_BYTES and not raised and not self.exact:
            statement = call.entry.file.first + number
            if statement not in self._refused and track.shared is None and storages.is_fresh(track, step):
                if statement in self._proved and not track.large and track.order is None:
                    storages.again(track, base, step, statement)
                    return
                self._prove(call, plan, track, base, statement)
        if base is plain or not storages.check_region(track, base, plain, step):
            storages.check(track, base, step)

    def _prove(self, call: Call, plan: Plan, track: Track, base: Any, statement: int) -> None:
        """Try, once, whether carrying the statement out again from what is recorded gives the same bits."""
        if track.last is None or track.order is not None or not track.kept or plan.again is None:
            return
        resolver = LiveResolver(self._slots, (call.owner, call.entry.file.owner), call.entry.file.aliases)
        before = track.last.view(base.dtype).reshape(base.shape).copy()
        same = gives_the_same(plan.again, before, base, resolver)
        (self._proved if same else self._refused).add(statement)

    def _part(self, array: Any, key: Any) -> None:
        """A part of an array was written."""
        if not is_recordable(array) and self._storages.known(array) is None:
            return
        track, base = self._storages.track(array, self._slots.step)
        region = MISSING
        if key is not MISSING and is_basic(key):
            region = part_of(
                array, (*(key if type(key) is tuple else (key,)), *(() if _has_dots(key) else (Ellipsis,)))
            )
        if region is MISSING or not self._storages.check_region(track, base, region, self._slots.step):
            self._storages.check(track, base, self._slots.step)

    def _deleted(self, call: Call, target: Target, seen: SeenValues) -> None:
        if target.kind == "name":
            self._slots.unbind(call.owner, target.name)
            return
        root = seen.find(target.root)
        owner: Owner | None = None if root is MISSING or is_array(root) else self._slots.known_owner(root)
        key = seen.key(target.key) if target.key is not None else MISSING
        if owner is not None and type(owner.value) is dict and is_plain_key(key) and entry(owner.value, key) is MISSING:
            self._slots.unbind(owner, self._slots.key_of(owner, key))
        elif owner is not None:
            self._slots.rescan(owner)
        elif root is MISSING:
            self._storages.unsure(self._slots.step)


def _has_dots(key: Any) -> bool:
    return key is Ellipsis or (type(key) is tuple and any(part is Ellipsis for part in key))
