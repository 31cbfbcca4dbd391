"""Keras 2 and 3: SimpleRNN, LSTM, GRU and their cells, Bidirectional, Dense, Embedding.

Matrices are (in, out); gates lie in the order i f c o, as ours, and z r h where ours are r z n. A GRU has
h_t = z h_{t-1} + (1 - z) n, and one with `reset_after` a bias (2, 3H): the first row at the input, the second at the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import (
    DENSE,
    EMBEDDING,
    RECURRENT,
    Framework,
    Module,
    Piece,
    Recipe,
    Shapes,
    blocks,
    cell_of,
    grouped,
    plain,
    split_name,
)
from .keras_config import Layer, layer_of, layers_of

GRU_ORDER = (1, 0, 2)
"""Where in z r h each of r z n lies."""

NUMBERED = ("kernel", "recurrent_kernel", "bias")
"""What `vars/0`, `vars/1`, `vars/2` of a recurrent layer are."""

OPTIMISERS = ("optimizer", "optimizer_weights")


def _leaves(shapes: Shapes) -> dict[str, dict[str, str]]:
    """Keys by the path of their layer and the weight's name; a numbered one by its number."""
    triples = []
    for key in shapes:
        parts = split_name(key)
        if parts[0] in OPTIMISERS:
            continue
        path = parts[:-2] if len(parts) > 1 and parts[-2] == "vars" else parts[:-1]
        triples.append(("/".join(path), parts[-1], key))
    return grouped(triples)


def _named(keys: Mapping[str, str], shapes: Shapes) -> dict[str, str]:
    """Keys by the weight's name, numbers told by shapes: a second matrix is the recurrent one."""
    if not set(keys) <= {"0", "1", "2"}:
        return dict(keys)
    if "1" in keys and len(shapes[keys["1"]]) == 2:
        return {name: keys[str(k)] for k, name in enumerate(NUMBERED) if str(k) in keys}
    return {name: keys[str(k)] for k, name in enumerate(("kernel", "bias")) if str(k) in keys}


def _weights(
    cell: str, keys: Mapping[str, str], hidden: int, shapes: Shapes
) -> tuple[dict[str, Recipe], dict[str, Any]]:
    """Recipes and what they tell of the cell."""

    def arranged(key: str, row: int | None = None) -> Recipe:
        gru = cell == "gru"
        return (blocks(key, GRU_ORDER, hidden, row),) if gru else ((Piece(key, row=row),),)

    recipes = {"W_xh": arranged(keys["kernel"]), "W_hh": arranged(keys["recurrent_kernel"])}
    options: dict[str, Any] = {"update": "keep"} if cell == "gru" else {}
    if "bias" not in keys:
        return recipes, options
    if len(shapes[keys["bias"]]) == 2:
        options |= {"reset": "after", "two_biases": True}
        return recipes | {"b_xh": arranged(keys["bias"], 0), "b_hh": arranged(keys["bias"], 1)}, options
    options |= {"reset": "before"} if cell == "gru" else {}
    return recipes | {"b_h": arranged(keys["bias"])}, options


def _recurrent(path: str, keys: Mapping[str, str], shapes: Shapes, layer: Layer | None) -> Module | None:
    own, recurrent = shapes[keys["kernel"]], shapes[keys["recurrent_kernel"]]
    cell = cell_of(recurrent)
    fits = "bias" not in keys or shapes[keys["bias"]] in (recurrent[1:], (2, *recurrent[1:]))
    if not cell or len(own) != 2 or own[1] != recurrent[1] or not fits:
        return None
    recipes, options = _weights(cell, keys, recurrent[0], shapes)
    if layer is None:
        unknown = cell == "gru" and "reset" not in options
        said = f"{path} has no bias, so the file does not tell whether its GRU resets before or after the product"
        notes: tuple[str, ...] = (said,) if unknown else ()
        return Module(RECURRENT, path, recipes, own[0], recurrent[0], cell, options, notes=notes)
    if cell == "gru" and "reset" not in options:
        options["reset"] = "after" if layer.reset_after else "before"
    return Module(
        RECURRENT,
        path,
        recipes,
        own[0],
        recurrent[0],
        cell,
        options,
        layer.activation,
        order=layer.order,
        notes=layer.notes,
    )


def _other(path: str, keys: Mapping[str, str], shapes: Shapes, layer: Layer | None) -> list[Module]:
    """An Embedding, a Dense layer, or either where neither name nor bias tells."""
    key = keys.get("kernel", keys.get("embeddings", ""))
    if not key or len(shapes[key]) != 2:
        return []
    first, second = shapes[key]
    kind = "" if layer is None else layer.kind
    told = "embedding" in path.lower() or "embeddings" in keys or kind == "Embedding"
    order = None if layer is None else layer.order
    embedding = Module(EMBEDDING, path, {"W_e": plain(key)}, first, second, order=order)
    recipes = {"W_hy": plain(key)} | ({"b_y": plain(keys["bias"])} if "bias" in keys else {})
    dense = Module(DENSE, path, recipes, first, second, order=order, notes=() if layer is None else layer.notes)
    if told:
        return [embedding]
    named = "bias" in keys or split_name(key)[-1] == "kernel" or "dense" in path or kind == "Dense"
    return [dense] if named else [embedding, dense]


def modules(shapes: Shapes, origin: Mapping[str, str]) -> list[Module]:
    """Layers of a model, of those in the file's configuration also what it says of them."""
    configured = layers_of(origin.get("config", ""))
    found: list[Module] = []
    others: list[Module] = []
    for path, numbered in _leaves(shapes).items():
        keys = _named(numbered, shapes)
        layer = layer_of(path, configured)
        if {"kernel", "recurrent_kernel"} <= set(keys):
            made = _recurrent(path, keys, shapes, layer)
            found += [made] if made is not None else []
        else:
            others += _other(path, keys, shapes, layer)
    return found + others if found else []


KERAS = Framework("Keras", "in,out", modules)
