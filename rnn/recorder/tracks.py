"""The memory of one array: who owns it, how it is looked at as plain numbers, and what proves that it is the same."""

from __future__ import annotations

import weakref
import zlib
from typing import Any

import numpy as np

from .looking import BASE_OF, MODULE_OF, NAME_OF, is_array

BITS: dict[int, np.dtype[Any]] = {1: np.dtype("u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}
BYTE = BITS[1]
count_nonzero = getattr(getattr(getattr(np, "_core", None), "multiarray", None), "count_nonzero", np.count_nonzero)
"""Without the wrapper in Python, which takes longer than the counting."""

SMALL = 8 << 10
"""Bytes up to which a CRC is fast enough."""

ROW = 509
"""Larger arrays are added up in columns of so many words; a prime, so that rows and halves can't change places unseen."""

SHIFT = 4
"""The words begin here, so that signs and exponents of floats stand in the middle of a word: what is added to the highest
bits is lost sooner."""


PIECE = 8192


@np.errstate(all="ignore")
def sum_of_squares(items: Any) -> float:
    """Of flat floats; infinite where it overflows, whatever the user's `np.seterr`.

    In pieces, for which BLAS starts no threads: on a busy machine waiting for them takes milliseconds.
    """
    if len(items) <= PIECE:
        return float(items.dot(items))
    end = len(items) // PIECE * PIECE
    pieces, rest = items[:end].reshape(-1, PIECE), items[end:]
    return float(np.add.reduce(np.vecdot(pieces, pieces))) + float(rest.dot(rest))


def checksum(data: Any) -> int:
    """A sum over an array's bytes and their places; part of the file format.

    Args:
        data: plain numbers of any size, flat.
    """
    data = data.view(BYTE)
    if len(data) <= SMALL:
        return zlib.crc32(data)
    end = SHIFT + (len(data) - SHIFT) // (8 * ROW) * (8 * ROW)
    columns = np.add.reduce(data[SHIFT:end].view("<u8").reshape(-1, ROW), axis=0)
    return zlib.crc32(columns) << 32 | zlib.crc32(data[end:], zlib.crc32(data[:SHIFT]))


def owner_of(array: Any) -> Any:
    """The array that owns an array's memory, through views, buffers and NumPy's tricks with strides."""
    base, below = array, BASE_OF(array)
    while below is not None:
        kind = type(below)
        if is_array(below):
            base = below
        elif kind is memoryview and is_array(below.obj):
            base = below.obj
        elif NAME_OF(kind) == "DummyArray" and str(MODULE_OF(kind)).startswith("numpy.") and is_array(below.base):
            base = below.base
        else:
            break
        below = BASE_OF(base)
    return base


def address_of(array: Any) -> int:
    """Where a plain array's first item stands in memory."""
    address: int = array.__array_interface__["data"][0]
    return address


class Reference(weakref.ref[Any]):
    """A weak reference that remembers the id of what it was made for."""

    __slots__ = ("key",)

    key: int


class Track:
    """One storage that is being watched.

    Attributes:
        number: of the storage. ref: weak, to the array that owns the memory. nbytes, dtype: of that array.
        order: axes from the slowest to the fastest, or None where that is the array's own order. strides: then, the array's.
        bits: whole numbers of the items' size; bytes where items have another size.
        last: the memory as it was when it was last looked at, flat; None where only its sum is known.
        sum: of the memory, where `last` is None. total: sum of squares. floating: whether there is such a thing.
        repeats: writes since the last whole copy. sparse_bytes: bytes of changes since then.
        kept: whether the recording holds the values of this moment. large: whether it never does.
        seen: step at which the memory was last known to be as recorded. epoch: then.
        waiting: whether a change is still to be kept at the next head of a loop. hidden: whether an audit has found a change.
        address: where it stands, where that was asked. shared: other storages with the same memory, where a library hands it around.
    """

    __slots__ = (
        "address", "bits", "dtype", "epoch", "floating", "hidden", "kept", "large", "last", "nbytes", "number", "order", "ref", "repeats",
        "seen", "shared", "sparse_bytes", "strides", "sum", "total", "waiting",
    )  # fmt: skip

    def __init__(self, number: int, base: Any, ref: Reference) -> None:
        """Args: number: of the storage; base: the plain array that owns the memory; ref: a weak reference to it."""
        self.number, self.ref = number, ref
        self.last: Any = None
        self.sum = self.repeats = self.sparse_bytes = self.seen = self.epoch = 0
        self.total = 0.0
        self.kept, self.large, self.waiting, self.hidden = True, False, False, False
        self.shared: list[Track] | None = None
        self.learn(base)

    def learn(self, base: Any) -> None:
        """Take in the shape and type of the memory."""
        self.nbytes, self.dtype, self.strides, self.address = base.nbytes, base.dtype, base.strides, -1
        self.order: tuple[int, ...] | None = None
        if not base.flags.c_contiguous:
            self.order = tuple(int(i) for i in np.argsort([-abs(s) for s in base.strides], kind="stable"))
        self.bits: np.dtype[Any] = BITS.get(base.itemsize, BYTE)
        self.floating = base.dtype.kind == "f" and base.itemsize in (4, 8)

    def has_changed_form(self, base: Any) -> bool:
        """Whether the array was given another size or type in its place."""
        if base.dtype is not self.dtype or base.nbytes != self.nbytes:
            return True
        return self.order is not None and base.strides != self.strides

    def memory(self, base: Any) -> Any:
        """The array with its axes in the order of the memory."""
        return base if self.order is None else base.transpose(self.order)

    def numbers(self, base: Any) -> Any:
        """The memory as whole numbers, flat."""
        return (base if self.order is None else base.transpose(self.order)).reshape(-1).view(self.bits)

    def items(self, base: Any) -> Any:
        """The memory as the array's own items, flat."""
        return (base if self.order is None else base.transpose(self.order)).reshape(-1)

    def measure(self, base: Any) -> None:
        """Find the sum of squares anew."""
        if self.floating:
            self.total = sum_of_squares(self.items(base))

    def region(self, region: Any, base: Any) -> tuple[Any, int] | None:
        """The last known numbers of a view of the memory, and the view's first byte; None where that can't be told."""
        if region.itemsize != self.bits.itemsize or any(stride % region.itemsize for stride in region.strides):
            return None
        start = address_of(region) - address_of(base)
        if start < 0 or start % region.itemsize or start >= self.nbytes:
            return None
        try:
            return np.ndarray(region.shape, self.bits, self.last, start, region.strides), start
        except ValueError:
            return None  # the view leaves the memory that was seen last
