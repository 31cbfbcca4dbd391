"""Arrays whose memory belongs to something that is no array: a buffer, another library. Several may share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .looking import BASE_OF
from .tracks import Track, address_of


class Borrowed:
    """Finds which storages share their memory."""

    def __init__(self) -> None:
        """None are known."""
        self._tracks: list[Track] = []

    def look(
        self, track: Track, base: Any, plain: Any, known: Mapping[int, Track], live: Callable[[Track], Any]
    ) -> None:
        """A storage is new: which others have the same memory is noted in all of them.

        Args:
            track, base, plain: of the new one. known: all storages whose arrays are there. live: gives a storage's array.
        """
        borrowed = BASE_OF(base) is not None
        if not borrowed and not self._tracks:
            return
        others = list(known.values()) if borrowed else self._tracks
        start = track.address = address_of(plain)
        for other in others:
            array = None if other is track or other.large else live(other)
            if array is None:
                continue
            if other.address < 0:
                other.address = address_of(array)
            if other.address < start + plain.nbytes and start < other.address + array.nbytes:
                track.shared = other.shared = [*(track.shared or [track]), *(other.shared or [other])]
                for one in track.shared:
                    one.shared = track.shared
        if borrowed:
            self._tracks.append(track)

    def forget(self, track: Track) -> None:
        """A storage is gone."""
        if track in self._tracks:
            self._tracks.remove(track)
        if track.shared is not None:
            track.shared.remove(track)


@contextmanager
def apart(track: Track) -> Iterator[list[Track]]:
    """The other storages with the same memory, which for this long don't know each other."""
    shared = track.shared or []
    for one in shared:
        one.shared = None
    try:
        yield [one for one in shared if one is not track]
    finally:
        for one in shared:
            one.shared = shared
