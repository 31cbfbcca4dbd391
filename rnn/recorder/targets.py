"""The places that a statement's text says it writes: names, attributes, entries, parts of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .format import SEQUENCE
from .keeping import AGAIN_BYTES
from .live import LiveResolver, SeenValues, gives_the_same, is_basic, part_of
from .looking import MISSING, attribute, entry, is_array, is_plain_key, is_recordable, kind_of, plain_array
from .plans import Plan, Target
from .slots import Owner, Slots
from .storages import Storages, Track
from .touching import MOST_TOUCHED, Touch

if TYPE_CHECKING:
    from .capture import Call


@dataclass(
    eq=False, slots=True
)  # not frozen: one is made for every statement, and a frozen one takes three times as long
class Doing:
    """A statement that has just been executed.

    Attributes:
        call: that executed it. plan: what it can write. seen: values by the names of the call.
        statement: its number in the recording. unrecorded: whether it called something that did not record itself.
        raised: whether it was cut short by an exception.
    """

    call: Call
    plan: Plan
    seen: SeenValues
    statement: int
    unrecorded: bool
    raised: bool


class Targets:
    """Looks at the places for one run."""

    def __init__(self, slots: Slots, storages: Storages, touch: Touch, exact: bool) -> None:
        """Args: of the run; exact: nothing is to be carried out again."""
        self._slots, self._storages, self._touch, self._exact = slots, storages, touch, exact
        self._proved: set[int] = set()
        self._refused: set[int] = set()

    def written(self, doing: Doing, target: Target) -> None:
        """One place was written."""
        if target.mixed:
            self._storages.unsure(self._slots.step)
        if target.kind == "name":
            self._name(doing, target)
            return
        seen = doing.seen
        root, key = seen.find(target.root), MISSING
        exact = root is not MISSING
        if target.augmented and doing.call.early is not None:
            root, key = doing.call.early
        elif not exact:
            root = seen.behind(target.root)
        elif target.key is not None and not target.mixed:
            key = seen.key(target.key)
        if root is MISSING:
            self._storages.unsure(self._slots.step)
        elif is_array(root):
            self._part(plain_array(root), key if exact and target.kind == "item" else MISSING)
            if target.kind == "attribute":
                self._touch.changed_form()
        elif not exact:
            self._touch.touch(root, [MOST_TOUCHED])
            self._storages.unsure(self._slots.step)
        elif target.kind == "attribute":
            self._slot(doing, target, root, f".{target.name}", attribute(root, target.name))
        else:
            self._entry(doing, target, root, key)

    def _entry(self, doing: Doing, target: Target, root: Any, key: Any) -> None:
        # In a dict, True is 1 and 2.0 is 2: the entry has the name of whichever came first.
        unclear = type(key) in (bool, float, tuple) and kind_of(root).mapping
        value = MISSING if unclear else entry(root, key)
        owner = None if value is MISSING else self._slots.owner_of(root)
        if owner is not None and owner.kind == SEQUENCE and key < 0:
            key += kind_of(root).plain.__len__(root)
        self._slot(doing, target, root, "" if owner is None else self._slots.key_of(owner, key), value)

    def _slot(self, doing: Doing, target: Target, root: Any, key: str, value: Any) -> None:
        """An attribute or entry was written; all of the object is looked at where it is not plainly there."""
        owner = self._slots.owner_of(root)
        if owner is None or value is MISSING:
            self._touch.touch(root, [MOST_TOUCHED])
            if owner is None:
                self._storages.unsure(self._slots.step)
            return
        if target.augmented or doing.unrecorded or doing.raised:
            self._in_place(doing, value)
        self._slots.bind(owner, key, value)

    def _name(self, doing: Doing, target: Target) -> None:
        call, owner = doing.call, doing.call.owner
        value = doing.seen.local(target.name)
        if value is MISSING:
            value = doing.seen.find(target.root)
            if value is not MISSING:
                owner = call.entry.file.owner
        if value is MISSING:
            self._slots.unbind(call.owner, target.name)
            return
        if target.augmented or doing.unrecorded or doing.raised:
            self._in_place(doing, value)
        elif target.given and is_array(value):
            self._part(plain_array(value), Ellipsis)
        self._slots.bind(owner, target.name, value)
        if target.name in call.entry.free:
            outer = call.defining(target.name)
            if outer is not None:
                self._slots.bind(outer.owner, target.name, value)

    def _in_place(self, doing: Doing, value: Any) -> None:
        """Where a value may have changed in its place, compare it."""
        array = value if is_array(value) else self._slots.foreign(value)
        if array is None:
            owner = self._slots.known_owner(value)
            if owner is not None:
                self._slots.rescan(owner)
            return
        storages, step, plain = self._storages, self._slots.step, plain_array(array)
        track = storages.known(plain)
        base = None if track is None else storages.live(track)
        if track is None or base is None:
            return  # new, and kept whole when it is bound
        if base is value and doing.plan.again is not None and self._can_be_done_again(doing, track, base):
            storages.again(track, base, step, doing.statement)
        elif base is plain or not storages.check_region(track, base, plain, step):
            storages.check(track, base, step)

    def _can_be_done_again(self, doing: Doing, track: Track, base: Any) -> bool:
        """Whether nothing needs to be kept, since carrying the statement out again is known to give the same bits."""
        if track.nbytes < AGAIN_BYTES or doing.raised or self._exact or track.large or track.order is not None:
            return False
        if track.shared is not None or not self._storages.is_fresh(track, self._slots.step):
            return False
        if track.has_changed_form(base) or not set(doing.call.entry.cells).isdisjoint(doing.plan.names):
            return False
        if doing.statement not in self._proved and doing.statement not in self._refused:
            self._prove(doing, track, base)
            return False
        return doing.statement in self._proved

    def _prove(self, doing: Doing, track: Track, base: Any) -> None:
        """Try, once, whether carrying the statement out again from what is recorded gives the same bits."""
        call = doing.call
        if track.last is None or not track.kept or doing.plan.again is None:
            return
        resolver = LiveResolver(self._slots, (call.owner, call.entry.file.owner), call.entry.file.aliases)
        before = track.last.view(base.dtype).reshape(base.shape).copy()
        same = gives_the_same(doing.plan.again, before, base, resolver)
        (self._proved if same else self._refused).add(doing.statement)

    def _part(self, array: Any, key: Any) -> None:
        """A part of an array was written."""
        if not is_recordable(array) and self._storages.known(array) is None:
            return
        track, base = self._storages.track(array, self._slots.step)
        region = MISSING
        if key is not MISSING and is_basic(key):
            parts = key if type(key) is tuple else (key,)
            region = part_of(array, parts if any(one is Ellipsis for one in parts) else (*parts, Ellipsis))
        if region is MISSING or not self._storages.check_region(track, base, region, self._slots.step):
            self._storages.check(track, base, self._slots.step)

    def deleted(self, doing: Doing, target: Target) -> None:
        """One place was deleted."""
        if target.kind == "name":
            self._slots.unbind(doing.call.owner, target.name)
            return
        root = doing.seen.find(target.root)
        owner: Owner | None = None if root is MISSING or is_array(root) else self._slots.known_owner(root)
        key = doing.seen.key(target.key) if target.key is not None else MISSING
        if owner is not None and type(owner.value) is dict and is_plain_key(key) and entry(owner.value, key) is MISSING:
            self._slots.unbind(owner, self._slots.key_of(owner, key))
        elif owner is not None:
            self._slots.rescan(owner)
        elif root is MISSING:
            self._storages.unsure(self._slots.step)
