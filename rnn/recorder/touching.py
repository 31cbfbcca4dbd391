"""Compares what values hold: arrays, and what containers and objects have inside."""

from __future__ import annotations

import ast
from typing import Any

from .format import ARRAY, AUDIT, OWNER
from .live import SeenValues
from .looking import MISSING, is_array, is_recordable, plain_array
from .plans import Called, Plan
from .slots import Owner, Slots
from .storages import Storages, Track

MOST_TOUCHED = 64
"""Arrays that are compared because a call might have changed them; others are in doubt from then on."""

MOST_DEPTH = 3
GROWING = frozenset({"append", "extend"})
RESHAPING = frozenset({"resize", "setflags", "__setstate__"})


class Touch:
    """Compares for one run.

    Attributes:
        forms: how often an array was seen to be given another shape in its place.
    """

    def __init__(self, slots: Slots, storages: Storages) -> None:
        """Args: of the run."""
        self._slots, self._storages = slots, storages
        self.forms = 0

    def settle(self, value: Any, step: int, depth: int = 0) -> None:
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
                self.settle(self._slots.by_number[payload].value, step, depth + 1)

    def given(self, one: Called, seen: SeenValues, local: Owner) -> None:
        """Compare what a call was given.

        Args:
            one: the call. seen: values by the names of the function that made it. local: the owner of those names.
        """
        left, verb = [MOST_TOUCHED], getattr(one.function, "attr", "")
        for node in one.given:
            value = seen.behind(node)
            self._old(self._slot_of(node, local, seen), value, left)
            own = isinstance(one.function, ast.Attribute) and node is one.function.value
            plain = own and (type(value) is list or type(value) is dict)
            owner = self._slots.known_owner(value) if plain else None
            if owner is None:
                self.touch(value, left)
            elif verb in GROWING and list.__len__(owner.value) > owner.length:
                self._slots.grown(owner)
            else:
                self._slots.rescan(owner)
            if verb in RESHAPING and value is not MISSING and is_array(value):
                self.changed_form()
        if left[0] <= 0:
            self._storages.unsure(self._slots.step)

    def loosen(self, plan: Plan, seen: SeenValues) -> list[tuple[Track, ast.expr]]:
        """Before a statement that resizes arrays in their place: let go of them; gives what `fasten` needs."""
        loose = []
        for one in plan.called:
            if isinstance(one.function, ast.Attribute) and one.function.attr == "resize":
                value = seen.find(one.function.value)
                track = self._storages.known(value) if value is not MISSING and is_array(value) else None
                if track is not None and track.ref() is value:
                    self._storages.loosen(track)
                    loose.append((track, one.function.value))
        return loose

    def fasten(self, loose: list[tuple[Track, ast.expr]], seen: SeenValues) -> None:
        """After the statement."""
        for track, node in loose:
            value = seen.find(node)
            if value is not MISSING and is_array(value) and not self._storages.known(value):
                self._storages.fasten(track, value)

    def _slot_of(self, node: ast.expr, local: Owner, seen: SeenValues) -> tuple[int, int] | None:
        """What a path was last known to stand for: the statement may have put something else there since."""
        if isinstance(node, ast.Name):
            return local.known.get(node.id)
        if not isinstance(node, (ast.Attribute, ast.Subscript)):
            return None
        held = self._slot_of(node.value, local, seen)
        owner = self._slots.by_number.get(held[1]) if held is not None and held[0] == OWNER else None
        if owner is None:
            return held  # a part of an array
        if isinstance(node, ast.Attribute):
            return owner.known.get(f".{node.attr}")
        key = seen.key(node.slice)
        return None if key is MISSING or type(key) is slice else owner.known.get(self._slots.key_of(owner, key))

    def _old(self, found: tuple[int, int] | None, value: Any, left: list[int]) -> None:
        """Compare what a path stood for, where that is no longer what it stands for."""
        if found is not None and found[0] == ARRAY:
            track = self._storages.known(value) if value is not MISSING and is_array(value) else None
            if track is None or track.number != found[1] & 0xFFFFFFFF:
                left[0] -= 1
                self._check_number(found[1] & 0xFFFFFFFF)
        elif found is not None and found[0] == OWNER and found[1] in self._slots.by_number:
            held = self._slots.by_number[found[1]].value
            if held is not value:
                self.touch(held, left)

    def changed_form(self) -> None:
        """An array was given another shape in its place: what all names stand for is looked at again."""
        self.forms += 1
        for owner in list(self._slots.by_number.values()):
            self._slots.scan(owner)

    def touch(self, value: Any, left: list[int], depth: int = 0) -> None:
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
                self.touch(self._slots.by_number[payload].value, left, depth + 1)

    def _check_number(self, number: int) -> None:
        track = self._storages.by_number.get(number)
        base = None if track is None else self._storages.live(track)
        if track is not None and base is not None:
            self._storages.check(track, base, self._slots.step)
