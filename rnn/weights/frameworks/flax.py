"""Flax: the cells of `flax.linen` and of `flax.nnx`, Dense, Linear and Embed.

Matrices are (in, out). Linen keeps every gate by itself (`ii if ig io`, `hi hf hg ho`; `ir iz in`, `hr hz hn`), nnx all in one
(`dense_i`, `dense_h`, gates in the order i f g o and r z n) but for its LSTMCell. A GRU resets after the product,
h_t = (1 - z) n + z h_{t-1}; in linen only the candidate has a second bias, in nnx none has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from ..base import shown
from .base import (
    DENSE,
    EMBEDDING,
    RECURRENT,
    Framework,
    Module,
    Piece,
    Recipe,
    Shapes,
    cell_of,
    keys_of,
    plain,
    split_name,
    zeros,
)

GATES: dict[str, tuple[str, ...]] = {"lstm": tuple("ifgo"), "gru": tuple("rzn"), "rnn": ("",)}
"""Letters of the gates that a cell's parts are named by, in our order."""

DIMENSIONS = {"kernel": 2, "embedding": 2, "bias": 1}
"""Of the arrays that a module here can have."""

WRAPPERS = ("value", "raw_value")
"""What nnx puts behind the name of a variable."""


def _tree(shapes: Shapes) -> dict[str, dict[str, str]]:
    """Keys by the path of what holds them and the rest of their name (`ii/kernel`, `kernel`)."""
    found: dict[str, dict[str, str]] = {}
    for key, shape in shapes.items():
        parts = [part.rstrip("_") if part == "if_" else part for part in split_name(key)]
        if len(parts) > 1 and parts[-1] in WRAPPERS:
            parts = parts[:-1]
        if len(shape) != DIMENSIONS.get(parts[-1]):
            continue
        for count in (1, 2):
            if len(parts) >= count:
                found.setdefault("/".join(parts[:-count]), {})["/".join(parts[-count:])] = key
    return found


def _side(keys: Mapping[str, str], side: str, gates: tuple[str, ...], leaf: str, shapes: Shapes) -> tuple[Piece, ...]:
    """The gates' arrays side by side, zeros for one that is not there; empty where none is."""
    names = [keys.get(f"{side}{gate}/{leaf}", "") for gate in gates]
    widths = [shapes[name][-1] for name in names if name]
    return tuple(Piece(name) if name else zeros(widths[0]) for name in names) if widths else ()


def _apart(path: str, keys: Mapping[str, str], shapes: Shapes) -> Module | None:
    """A cell whose gates are apart."""
    for cell, gates in GATES.items():
        if not {f"{side}{gate}/kernel" for side in "ih" for gate in gates} <= set(keys):
            continue
        own, recurrent = (_side(keys, side, gates, "kernel", shapes) for side in "ih")
        inputs, hidden = shapes[own[0].key][0], shapes[recurrent[0].key][-1]
        wanted = [((inputs, hidden), own), ((hidden, hidden), recurrent)]
        if any(shapes[piece.key] != shape for shape, pieces in wanted for piece in pieces):
            return None
        first, second = (_side(keys, side, gates, "bias", shapes) for side in "ih")
        return _with_biases(path, cell, {"W_xh": (own,), "W_hh": (recurrent,)}, first, second, inputs, hidden)
    return None


def _with_biases(
    path: str,
    cell: str,
    kernels: Mapping[str, Recipe],
    own: tuple[Piece, ...],
    recurrent: tuple[Piece, ...],
    inputs: int,
    hidden: int,
) -> Module:
    """A module from its kernels and the biases at the input and at the state, either of which may be missing."""
    recipes: dict[str, Recipe] = dict(kernels)
    options: dict[str, Any] = {"reset": "after", "update": "keep"} if cell == "gru" else {}
    gradients: dict[str, Recipe] = {}
    if own and recurrent:
        recipes |= {"b_xh": (own,), "b_hh": (recurrent,)}
        if cell == "gru":
            options["two_biases"] = True
            filled = tuple(mine if not piece.key else piece for mine, piece in zip(own, recurrent, strict=False))
            gradients["b_hh"] = (filled,)  # before the sigmoid both biases are added, so their gradients are the same
        else:
            recipes["b_h"] = (own, recurrent)
    elif own or recurrent:
        recipes["b_h"] = (own or recurrent,)
    return Module(RECURRENT, path, recipes, inputs, hidden, cell, options, gradients=gradients)


def _together(path: str, keys: Mapping[str, str], shapes: Shapes) -> Module | None:
    """A cell of nnx whose gates lie in one matrix."""
    if not {"dense_i/kernel", "dense_h/kernel"} <= set(keys):
        return None
    own, recurrent = shapes[keys["dense_i/kernel"]], shapes[keys["dense_h/kernel"]]
    cell = cell_of(recurrent)
    if not cell or len(own) != 2 or own[1] != recurrent[1]:
        return None
    kernels = {"W_xh": plain(keys["dense_i/kernel"]), "W_hh": plain(keys["dense_h/kernel"])}
    first, second = (
        (Piece(keys[f"{name}/bias"]),) if f"{name}/bias" in keys else () for name in ("dense_i", "dense_h")
    )
    return _with_biases(path, cell, kernels, first, second, own[0], recurrent[0])


def _other(path: str, keys: Mapping[str, str], shapes: Shapes) -> Module | None:
    """Embed, or Dense (nnx: Linear)."""
    if "embedding" in keys:
        rows, width = shapes[keys["embedding"]]
        return Module(EMBEDDING, path, {"W_e": plain(keys["embedding"])}, rows, width)
    if "kernel" not in keys:
        return None
    recipes = {"W_hy": plain(keys["kernel"])}
    if "bias" in keys:
        recipes["b_y"] = plain(keys["bias"])
    inputs, outputs = shapes[keys["kernel"]]
    return Module(DENSE, path, recipes, inputs, outputs)


def modules(shapes: Shapes, origin: Mapping[str, str]) -> list[Module]:
    """Modules of a parameter tree; the parts of a cell are no modules of their own."""
    tree = _tree(shapes)
    cells = {path: _together(path, keys, shapes) or _apart(path, keys, shapes) for path, keys in tree.items()}
    found = [cell for cell in cells.values() if cell is not None]
    minimal = [path for path, keys in tree.items() if {"if/kernel", "in/kernel", "hf/kernel", "hn/kernel"} <= set(keys)]
    if not found and minimal:
        raise InputError(
            f"{shown(minimal[0])} is a minimal gated unit (MGUCell), which is no cell here; use a GRU's weights"
        )
    if not found:
        return []
    used = set(keys_of([recipe for cell in found for recipe in cell.recipes.values()]))
    others = [_other(path, keys, shapes) for path, keys in tree.items() if not used & set(keys.values())]
    return found + [one for one in others if one is not None]


FLAX = Framework("Flax", "in,out", modules)
