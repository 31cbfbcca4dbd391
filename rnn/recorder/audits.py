"""Looks, for a fifth of the time at most, for what no statement is known to have changed."""

from __future__ import annotations

from typing import Any

from .format import ARRAY, AUDIT, FOUND, OWNER
from .slots import Owner, Slots
from .storages import Storages, Track

STEP_CREDIT, ARRAY_COST, BYTE_COST, ENTRY_COST = 2.0, 3.0, 1.25e-4, 1.0
"""Microseconds that a step earns, and what looking at an array costs (each, and per byte), and at an entry of a container."""

MOST_CREDIT = 200.0
RESERVE, RESERVE_SHARE = 30_000.0, 1.0
"""Microseconds kept for what unseen code may have changed: at the beginning, and what every step adds."""

GLANCE_COST = 0.1
"""Microseconds that it takes to see whether an array is in doubt."""

MOST_WATCHED = 8
MOST_OWNERS = 4
"""Containers looked at in one audit, so that arrays get their turn."""


class Audits:
    """Audits of one run.

    Attributes:
        credit: microseconds that may be spent.
        watched: storages in which hidden changes were found; they are compared after every statement.
    """

    def __init__(self, slots: Slots, storages: Storages) -> None:
        """Args: of the run."""
        self._slots, self._storages = slots, storages
        self.credit = MOST_CREDIT
        self._reserve = RESERVE
        self._tracks: list[Track] = []
        self._round = -1
        self._owners: list[Owner] = []
        self.watched: list[Track] = []

    def earn(self) -> None:
        """A step was made."""
        if self.credit < MOST_CREDIT:
            self.credit += STEP_CREDIT
        self._reserve += RESERVE_SHARE

    def _look(self, track: Track, step: int) -> int:
        base = self._storages.live(track)
        if base is None or track.large:
            return 0
        self.credit -= ARRAY_COST + BYTE_COST * track.nbytes
        known = self._storages.is_fresh(track, step)
        if not self._storages.check(track, base, step, AUDIT):
            return 0
        if known and not track.hidden and self._storages.epoch_step != step:  # nobody was seen who could have done it
            track.hidden = True
            if len(self.watched) < MOST_WATCHED:
                self.watched.append(track)
        return FOUND

    def _look_into(self, owner: Owner) -> int:
        if owner.value is None or self._slots.drop_if_ours(owner) or owner.epoch == self._storages.epoch:
            return 0
        if ENTRY_COST * len(owner.known) > MOST_CREDIT:
            return 0  # too large to be searched now and then; the end of the run tells
        self.credit -= ARRAY_COST + ENTRY_COST * len(owner.known)
        return FOUND if self._slots.rescan(owner) else 0

    def some(self, step: int) -> int:
        """Look at what is next in turn, as far as the credit goes; the flag `FOUND` where anything was found."""
        flags = 0
        for _ in range(MOST_OWNERS):
            if not self._owners:
                self._owners = [owner for owner in self._slots.by_number.values() if owner.value is not None]
                break
            flags |= self._look_into(self._owners.pop())
        while self.credit > 0:
            if not self._tracks:
                if self._round == self._storages.epoch:
                    self._storages.settled = self._round  # every one was looked at since unseen code last ran
                self._tracks, self._round = list(self._storages.by_number.values()), self._storages.epoch
                break
            flags |= self._look(self._tracks.pop(), step)
        return flags

    def near(self, owner: Owner, step: int) -> None:
        """Unseen code ran in this step: look at what a call can see by its names, then at all else that is in doubt."""
        credit, self.credit = self.credit, self._reserve
        storages, waiting, seen = self._storages, [owner], {owner.number}
        while waiting and self.credit > 0:
            known = list(waiting.pop(0).known.values())
            self.credit -= GLANCE_COST * len(known)
            for kind, payload in known:
                track = storages.by_number.get(payload & 0xFFFFFFFF) if kind == ARRAY else None
                if track is not None and track.epoch != storages.epoch and self.credit > 0:
                    self._look(track, step)
                inner = self._slots.by_number.get(payload) if kind == OWNER else None
                if inner is not None and inner.number not in seen:
                    seen.add(inner.number)
                    self._look_into(inner)
                    waiting.append(inner)
        if self.credit > 0:
            self._look_at_doubted(step)
        self._reserve, self.credit = self.credit, credit

    def _look_at_doubted(self, step: int) -> None:
        storages = self._storages
        self.credit -= GLANCE_COST * len(storages.by_number)
        doubted = [track for track in storages.by_number.values() if track.epoch != storages.epoch and not track.large]
        while doubted and self.credit > 0:
            self._look(doubted.pop(), step)
        if not doubted:
            storages.settled = storages.epoch

    def watch(self, step: int) -> None:
        """Compare the storages in which hidden changes were found before."""
        for track in self.watched:
            base = self._storages.live(track)
            if base is not None:
                self._storages.check(track, base, step)

    def all(self, step: int) -> None:
        """At the end: look at everything."""
        for track in list(self._storages.by_number.values()):
            base: Any = self._storages.live(track)
            if base is not None and not track.large:
                self._storages.check(track, base, step, AUDIT)
        for owner in list(self._slots.by_number.values()):
            if owner.value is not None and owner.epoch != self._storages.epoch:
                self._slots.rescan(owner)
