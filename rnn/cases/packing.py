"""How a case keeps its parameters: gates packed in an order or apart, x and h stacked, the bias as a row of the matrix."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyArray, base_of

SEPARATE = "separate"
STEMS = {
    "W_xh": ("W_xh", "W_x"),
    "W_hh": ("W_hh", "W_h"),
    "W": ("W", "W_"),
    "b_h": ("b_h", "b_"),
    "b_xh": ("b_xh", "b_x"),
    "b_hh": ("b_hh", "b_h"),
}
"""Names of what holds all gates, and, before the gate's letter, of what holds one."""

BIASES = ("b_h", "b_xh", "b_hh")
PACKED = ("W_xh", "W_hh", *BIASES)
"""Parameters that have a block for every gate."""


@dataclass(frozen=True)
class Part:
    """One array of the user's.

    Attributes:
        name: the user's name of it.
        rows: our parameters that it holds, one below the other, in (in, out) orientation.
        blocks: the gates' blocks of columns that it holds, in order; empty for all as they are.
    """

    name: str
    rows: tuple[str, ...]
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Packing:
    """What the declaration says of it.

    Attributes:
        gates: letters of the cell's gates in our order.
        order: the user's order of them, `separate`, or empty for ours.
        stacked: empty, `xh` or `hx`. bias: `vector`, `column`, `row`, `first` or `last`.
    """

    gates: tuple[str, ...] = ()
    order: str = ""
    stacked: str = ""
    bias: str = "vector"

    @property
    def separate(self) -> bool:
        """Whether every gate has arrays of its own."""
        return self.order == SEPARATE and bool(self.gates)

    @property
    def blocks(self) -> tuple[int, ...]:
        """Our numbers of the gates in the user's order; empty where the order is ours."""
        if not self.gates or sorted(self.order) != sorted(self.gates) or tuple(self.order) == self.gates:
            return ()
        return tuple(self.gates.index(letter) for letter in self.order)

    def parts(self, names: Collection[str]) -> tuple[Part, ...]:
        """The user's arrays, from the names of our parameters that there are; W_xh and W_hh are taken to be there."""
        found: list[Part] = []
        units: set[str] = set()
        for name in names:
            base, suffix = base_of(name)
            if base not in PACKED:
                found.append(Part(name, (name,)))
            elif suffix not in units:
                units.add(suffix)
                found += self._unit(suffix, [bias for bias in BIASES if bias + suffix in names])
        return tuple(found)

    def _unit(self, suffix: str, biases: list[str]) -> list[Part]:
        """The user's arrays of one layer and direction."""
        order = {"xh": ("W_xh", "W_hh"), "hx": ("W_hh", "W_xh")}.get(self.stacked)
        groups: list[tuple[str, ...]] = [("W_xh",), ("W_hh",)] if order is None else [order]
        if order is not None and self.bias in ("first", "last") and "b_h" in biases:
            groups, biases = [("b_h", *order) if self.bias == "first" else (*order, "b_h")], []
        groups += [(bias,) for bias in biases]
        found = []
        for rows in groups:
            whole, stem = STEMS["W" if len(rows) > 1 else rows[0]]
            ours = tuple(row + suffix for row in rows)
            if self.separate:
                found += [Part(stem + gate + suffix, ours, (k,)) for k, gate in enumerate(self.gates)]
            else:
                found.append(Part(whole + suffix, ours, self.blocks))
        return found

    def pack(self, part: Part, arrays: Mapping[str, AnyArray]) -> AnyArray:
        """The user's array, (in, out) or a vector, from our parameters; what can't be cut into gates stays whole."""
        rows = [arrays[name] for name in part.rows]
        if part.blocks and all(row.ndim and row.shape[-1] % len(self.gates) == 0 for row in rows):
            rows = [self.reordered(row, part.blocks) for row in rows]
        if len(rows) == 1:
            return rows[0]
        return np.concatenate([np.atleast_2d(row) for row in rows], axis=0)

    def reordered(self, array: AnyArray, blocks: Sequence[int]) -> AnyArray:
        """Some of the gates' blocks (..., H) of an array, in an order, along the last axis."""
        every = np.split(array, len(self.gates), axis=-1)
        return np.concatenate([every[k] for k in blocks], axis=-1)

    def back(self, array: AnyArray) -> AnyArray:
        """An array with all gates in the user's order, (..., GH), in ours."""
        blocks = self.blocks
        return self.reordered(array, np.argsort(blocks).tolist()) if blocks else array
