"""Which arrays of a file may be weights at all: found by shape and type, before a number is read."""

from __future__ import annotations

from collections.abc import Collection

from .base import Listing
from .names import ALIASES, plain_name


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


def named(names: Collection[str], expected: Collection[str]) -> tuple[str, ...]:
    """Those whose names are known for a parameter of a plain RNN; none where a parameter has no such name.

    Args: names: of the file's arrays. expected: our parameters.
    """
    owners = {name: ALIASES[plain_name(name)] for name in names if plain_name(name) in ALIASES}
    return tuple(owners) if set(expected) <= set(owners.values()) else ()
