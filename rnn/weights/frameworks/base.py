"""What a framework's file says of itself: modules with their parameters, and how each of ours is made from its arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Shapes = Mapping[str, tuple[int, ...]]
"""Shapes of a file's arrays, by name."""

GATE_COUNTS = {1: "rnn", 3: "gru", 4: "lstm"}
"""The cell by how many blocks of H columns its recurrent matrix has."""

RECURRENT, DENSE, EMBEDDING = "recurrent", "dense", "embedding"


@dataclass(frozen=True)
class Piece:
    """Part of an array of the file, as (in, out) or as a vector.

    Attributes:
        key: the array; empty for zeros. turned: whether the file has the matrix as (out, in).
        row: of a two-row array the one that is meant. columns: first and one past the last, along the last axis of what
            is then there; None for all of them. For zeros their number is the difference.
    """

    key: str
    turned: bool = False
    row: int | None = None
    columns: tuple[int, int] | None = None


Recipe = tuple[tuple[Piece, ...], ...]
"""Terms that are added up; each is made of pieces side by side along the last axis."""


def plain(key: str, turned: bool = False) -> Recipe:
    """One whole array."""
    return ((Piece(key, turned),),)


def zeros(count: int) -> Piece:
    """A vector of zeros."""
    return Piece("", columns=(0, count))


def blocks(key: str, order: Sequence[int], size: int, row: int | None = None) -> tuple[Piece, ...]:
    """Blocks of `size` columns in another order: block k of ours is block order[k] of the file's."""
    return tuple(Piece(key, row=row, columns=(k * size, (k + 1) * size)) for k in order)


def keys_of(recipes: Collection[Recipe]) -> list[str]:
    """All arrays that recipes use, in their order."""
    return list(dict.fromkeys(piece.key for recipe in recipes for term in recipe for piece in term if piece.key))


@dataclass(frozen=True, eq=False)
class Module:
    """One module of the file's network.

    Attributes:
        kind: `RECURRENT`, `DENSE` or `EMBEDDING`. path: what the user knows it by; of a recurrent one with its layer.
        recipes: by our name without a layer's suffix. Two biases of which the framework adds up both are there as `b_h` and
            as `b_xh`, `b_hh`. gradients: recipes that differ where the file holds gradients.
        inputs, outputs: D and H, of an embedding V and D, of a dense layer its input and output size.
        cell: name in `rnn.cells.CELLS`. options: of the cell, that the framework's equations have. activation: if told.
        reverse: whether it walks from the last step to the first. order: place in the model; None where nothing tells it.
        notes: sentences for the user.
    """

    kind: str
    path: str
    recipes: Mapping[str, Recipe]
    inputs: int
    outputs: int
    cell: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    activation: str = ""
    reverse: bool = False
    order: int | None = None
    gradients: Mapping[str, Recipe] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framework:
    """One framework.

    Attributes:
        title: as shown. orientation: of its matrices.
        modules: `(shapes, origin) -> modules` that the names of a file tell; none where they are not the framework's.
    """

    title: str
    orientation: str
    modules: Callable[[Shapes, Mapping[str, str]], list[Module]]


def cell_of(recurrent: tuple[int, ...]) -> str:
    """The cell whose recurrent matrix is (H, n H); empty where there is none."""
    if len(recurrent) != 2 or recurrent[0] < 1 or recurrent[1] % recurrent[0]:
        return ""
    return GATE_COUNTS.get(recurrent[1] // recurrent[0], "")


def natural(text: str) -> list[Any]:
    """A key to sort by that puts `lstm_10` after `lstm_2`."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"(\d+)", text) if part]


def grouped(keys: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """(path, leaf, key) -> keys by path and leaf, in the file's order."""
    found: dict[str, dict[str, str]] = {}
    for path, leaf, key in keys:
        found.setdefault(path, {})[leaf] = key
    return found


def split_name(key: str) -> list[str]:
    """The parts of a file's name; Keras's `:0` at the end is no part of it."""
    return re.split(r"[./]", re.sub(r":\d+$", "", key))
