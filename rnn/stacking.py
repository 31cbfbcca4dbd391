"""Units: the cells of a network's layers and directions, and what they see of its arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from .arrays import base_of

REVERSE = ".reverse"


@dataclass(frozen=True)
class Unit:
    """One cell of a network.

    Attributes:
        layer: counted from 0. reverse: whether it walks from the last step to the first.
        suffix: of the names of all that is its own: empty, `.1`, `.0.reverse`.
    """

    layer: int
    reverse: bool
    suffix: str

    def own(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays that are the unit's own, by their names without the suffix."""
        if not self.suffix:
            return dict(arrays)
        return {base_of(name)[0]: value for name, value in arrays.items() if base_of(name)[1] == self.suffix}


def state_of(start: str) -> str:
    """The record that an initial state begins: `h0.1` -> `h.1`."""
    base, suffix = base_of(start)
    return base[:-1] + suffix


def units_of(layers: int, bidirectional: bool) -> tuple[Unit, ...]:
    """All units, from the input up, the forward direction first. A network of one unit has no suffixes."""
    if layers == 1 and not bidirectional:
        return (Unit(0, False, ""),)
    ways = (False, True) if bidirectional else (False,)
    return tuple(Unit(layer, way, f".{layer}{REVERSE if way else ''}") for layer in range(layers) for way in ways)


def flipped(value: Any, turned: bool) -> Any:
    """An array, or everything in a tuple or dictionary, with its steps in the other order where `turned`."""
    if not turned:
        return value
    if isinstance(value, tuple):
        return tuple(flipped(part, True) for part in value)
    if isinstance(value, dict):
        return {name: flipped(part, True) for name, part in value.items()}
    return value[::-1]


def concatenated(parts: Sequence[Any], xp: ModuleType) -> Any:
    """Arrays side by side along the last axis."""
    return parts[0] if len(parts) == 1 else xp.concatenate(parts, axis=-1)


def scan_rows(body: Callable[[Any, Any], tuple[Any, Any]], state: Any, rows: Any) -> tuple[Any, dict[str, Any]]:
    """`lax.scan` in NumPy, for a body that keeps a dictionary of arrays; `rows` as `flipped` takes them."""
    steps = _length(rows)
    state, record = body(state, _row(rows, 0))
    kept: dict[str, Any] = {name: np.empty((steps, *value.shape), value.dtype) for name, value in record.items()}
    for t in range(steps):
        if t > 0:
            state, record = body(state, _row(rows, t))
        for name, out in kept.items():
            out[t] = record[name]
    return state, kept


def _length(rows: Any) -> int:
    return len(rows[0] if isinstance(rows, tuple) else rows)


def _row(rows: Any, t: int) -> Any:
    if isinstance(rows, tuple):
        return rows[0][t], {name: value[t] for name, value in rows[1].items()}
    return rows[t]
