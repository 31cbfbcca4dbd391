"""Arrays of a result that is too large to be held twice: in a file of their own that is gone with the result."""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from .arrays import AnyArray
from .container import ContainerReader, MemoryArrays
from .container_writer import ContainerWriter
from .errors import InputError
from .folders import cache_folder
from .results import ArraySource

BUDGET_BYTES = 512 << 20
"""What a result may hold in memory. The run itself needs several times this much at that size and gives it back; a copy
of every array for as long as the result lives would stay."""


class SpilledArrays(ContainerReader):
    """An `ArraySource` on a file that nobody else knows; it is removed with the last one who reads it."""

    def __init__(self, path: Path) -> None:
        """Args: path: a result file, which is taken over."""
        super().__init__(path)
        with suppress(OSError):
            path.unlink()  # an open file can be read without a name, and goes even when this process is killed
        self._gone = weakref.finalize(self, _remove, path, self._slice.close)

    def close(self) -> None:
        """Close the handle and remove the file."""
        self._gone()


def _remove(path: Path, close: Callable[[], None]) -> None:
    close()
    with suppress(OSError):
        path.unlink(missing_ok=True)  # where an open file can't lose its name


def kept(arrays: Mapping[str, AnyArray], budget_bytes: int | None = None) -> ArraySource:
    """The arrays of a result: in memory, or on the disk where they are larger than the budget.

    Args:
        arrays: by name; copied. budget_bytes: what may be held in memory, None for `BUDGET_BYTES`.
    """
    if sum(array.nbytes for array in arrays.values()) <= (BUDGET_BYTES if budget_bytes is None else budget_bytes):
        return MemoryArrays(arrays)
    path = cache_folder() / "spilled" / f"{secrets.token_hex(8)}.bptt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with ContainerWriter(path, lasting=False) as writer:
            for name, array in arrays.items():
                writer.add(name, array)
            writer.finish({"kind": "arrays"})
        return SpilledArrays(path)
    except (OSError, InputError):
        return MemoryArrays(arrays)  # no room on the disk: memory has to do
