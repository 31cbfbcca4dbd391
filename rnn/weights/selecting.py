"""Which arrays of a file may be weights at all: found by shape and type, before a number is read."""

from __future__ import annotations

from .base import Listing


def wanted(listing: Listing) -> tuple[str, ...] | None:
    """Names of the vectors and matrices of real numbers; None, which is all, where there are none.

    Args: listing: of the file.
    """
    found = tuple(
        name
        for name, entry in listing.entries.items()
        if len(entry.shape) in (1, 2) and entry.nbytes and not entry.dtype.startswith(("bool", "complex"))
    )
    return found or None
