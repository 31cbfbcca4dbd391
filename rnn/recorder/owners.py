"""Whatever has named slots, and arrays of other libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .looking import DICT_OF, MODULE_OF, MRO_OF

FOREIGN: dict[str, Callable[[Any], Any]] = {
    "jaxlib": np.asarray,
    "torch": lambda value: value.detach().cpu().numpy(),
}
"""Arrays of other libraries, by the first word of their type's module, as arrays of NumPy (sharing memory where they can)."""


class Owner:
    """Something with named slots.

    Attributes:
        number: in the recording. kind: of `format`. value: the container or object (kept, so that its id stays its own);
            None for a call. known: by key, what stands there. length: of a sequence when it was last looked at.
        depth: how many owners lie above it. epoch, seen: as a `Track`'s. strange: numbers of keys that are no plain ones.
    """

    __slots__ = ("depth", "epoch", "kind", "known", "length", "number", "seen", "strange", "value")

    def __init__(self, number: int, kind: int, value: Any, depth: int) -> None:
        """Args: as the attributes."""
        self.number, self.kind, self.value, self.depth = number, kind, value, depth
        self.known: dict[str, tuple[int, int]] = {}
        self.length = self.epoch = self.seen = 0
        self.strange: dict[int, tuple[Any, int]] = {}


class ForeignArrays:
    """Arrays of other libraries as NumPy's; each is kept, since nobody else would."""

    def __init__(self) -> None:
        """None are known."""
        self._held: dict[int, tuple[Any, Any]] = {}

    def find(self, value: Any) -> Any:
        """An array of another library as one of NumPy's, or None."""
        kind = type(value)
        library = str(MODULE_OF(kind)).partition(".")[0]
        if library not in FOREIGN or not any("__array__" in DICT_OF(one) for one in MRO_OF(kind)):
            return None
        held = self._held.get(id(value))
        if held is None or held[0] is not value:
            try:
                held = self._held[id(value)] = (value, FOREIGN[library](value))
            except Exception:
                return None
        return held[1]
