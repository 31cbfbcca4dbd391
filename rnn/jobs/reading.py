"""Other people's weight files, from both sides: what a job says while it reads one, and what its parent makes of that."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..arrays import AnyArray
from ..weights.base import Entry, Listing
from .frames import Frame, ProtocolError
from .limits import READING
from .platform import memory_from_here

Say = Callable[[Mapping[str, Any], Mapping[str, AnyArray]], None]
"""Sends a part of an answer: a header, and arrays by name."""

BEAT_S = 0.2
"""Signs of life are given at most so often, seconds."""


SPARE_BYTES = 128 << 20
"""Memory that reading may take beside the arrays: a damaged HDF5 file can ask its library for any amount."""


def spare_memory(path: Path, budget: int, times: int) -> None:
    """In the job: from here on no more memory than a file of that size, and so many times what it may be read to, can need."""
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        size = 0  # whoever opens it says what is wrong
    memory_from_here(SPARE_BYTES + min(2 * size, budget) + times * budget, READING.memory_bytes)


class _Pulse:
    """Says that the job is alive, now and then."""

    def __init__(self, say: Say) -> None:
        self._say, self._last = say, 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._last >= BEAT_S:
            self._last = now
            self._say({"beat": True}, {})


def list_weights(frame: Frame, say: Say) -> tuple[dict[str, Any], Mapping[str, AnyArray]]:
    """In the job: what a file holds."""
    from ..weights.files import list_file

    pulse = _Pulse(say)
    pulse()
    spare_memory(Path(frame.header["path"]), int(frame.header["budget"]), 0)
    listing = list_file(Path(frame.header["path"]), int(frame.header["budget"]), pulse)
    entries = [[one.name, list(one.shape), one.dtype, one.nbytes] for one in listing.entries.values()]
    return {
        "title": listing.title,
        "entries": entries,
        "origin": dict(listing.origin),
        "notes": list(listing.notes),
    }, {}


def read_weights(frame: Frame, say: Say) -> tuple[dict[str, Any], Mapping[str, AnyArray]]:
    """In the job: arrays of a file, said one by one."""
    from ..weights.files import stream_arrays

    path, names, pulse = Path(frame.header["path"]), frame.header["names"], _Pulse(say)
    pulse()
    spare_memory(path, int(frame.header["budget"]), 1)
    arrays = stream_arrays(path, int(frame.header["budget"]), None if names is None else frozenset(names), pulse)
    for name, array in arrays:
        say({"array": name}, {name: array})
        del array  # before the next one is made
    return {}, {}


def read_data(frame: Frame, say: Say) -> tuple[dict[str, Any], Mapping[str, AnyArray]]:
    """In the job: arrays of a data file."""
    from ..data import read_data_file

    pulse = _Pulse(say)
    pulse()
    spare_memory(Path(frame.header["path"]), int(frame.header["budget"]), 2)
    return {}, read_data_file(Path(frame.header["path"]), int(frame.header["budget"]), pulse)


def listing_of(frame: Frame) -> Listing:
    """In the parent: the answer to `list_weights`."""
    found = frame.header
    try:
        entries = {
            str(name): Entry(str(name), tuple(map(int, shape)), str(dtype), int(nbytes))
            for name, shape, dtype, nbytes in found["entries"]
        }
        origin = {str(key): str(value) for key, value in found["origin"].items()}
        return Listing(str(found["title"]), entries, origin, tuple(map(str, found["notes"])))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProtocolError(f"a listing contradicts itself: {error}") from error
