"""PyTorch: `nn.RNN`, `nn.LSTM`, `nn.GRU` and their cells, `nn.Linear`, `nn.Embedding`.

Matrices are (out, in); gates lie in the order i f g o and r z n, as ours. Two biases: the RNN and the LSTM add up both, the
GRU multiplies the second one's last block by r, h_t = (1 - z) n + z h_{t-1} with n = tanh(x W_in + b_in + r (h W_hn + b_hn)).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from ..base import shown
from .base import DENSE, EMBEDDING, RECURRENT, Framework, Module, Recipe, Shapes, cell_of, grouped, plain

LEAF = re.compile(r"(?P<path>.*?)[./]?(?P<leaf>(?:weight|bias)_(?:ih|hh|hr))(?:_l(?P<layer>\d+)(?P<back>_reverse)?)?")
OTHER = re.compile(r"(?:(?P<path>.*)[./])?(?P<leaf>weight|bias)")

EMBEDDINGS = re.compile(r"emb|wte|lookup|lut", re.IGNORECASE)
"""In the name of an `nn.Embedding`, whose matrix could also be that of a linear layer without bias."""


def _recurrent(path: str, layer: str | None, back: bool, keys: Mapping[str, str], shapes: Shapes) -> Module | None:
    where = f"{path}.l{layer}".lstrip(".") if layer is not None else path
    if "weight_hr" in keys:
        raise InputError(
            f"{shown(keys['weight_hr'])} belongs to an LSTM with projections (proj_size), which is no cell here; "
            "use weights of one without"
        )
    if not {"weight_ih", "weight_hh"} <= set(keys):
        return None
    own, recurrent = shapes[keys["weight_ih"]], shapes[keys["weight_hh"]]
    cell = cell_of(recurrent[::-1])
    biases = [shapes[keys[name]] for name in ("bias_ih", "bias_hh") if name in keys]
    if not cell or len(own) != 2 or own[0] != recurrent[0] or any(shape != recurrent[:1] for shape in biases):
        return None
    recipes: dict[str, Recipe] = {"W_xh": plain(keys["weight_ih"], True), "W_hh": plain(keys["weight_hh"], True)}
    options: dict[str, Any] = {"reset": "after", "update": "keep"} if cell == "gru" else {}
    if {"bias_ih", "bias_hh"} <= set(keys):
        recipes |= {"b_xh": plain(keys["bias_ih"]), "b_hh": plain(keys["bias_hh"])}
        if cell == "gru":
            options["two_biases"] = True
        else:
            recipes["b_h"] = recipes["b_xh"] + recipes["b_hh"]
    return Module(RECURRENT, where, recipes, own[1], recurrent[1], cell, options, reverse=back)


def _others(shapes: Shapes) -> list[Module]:
    """Linear layers and embeddings; a matrix without bias may be either where its name does not tell."""
    matched = [(match, key) for key in shapes if (match := OTHER.fullmatch(key))]
    found = []
    for path, keys in grouped((match["path"] or "", match["leaf"], key) for match, key in matched).items():
        shape = shapes[keys["weight"]] if "weight" in keys else ()
        if len(shape) != 2:
            continue
        if "bias" not in keys:
            found.append(Module(EMBEDDING, path, {"W_e": plain(keys["weight"])}, shape[0], shape[1]))
            if EMBEDDINGS.search(path):
                continue
        recipes = {"W_hy": plain(keys["weight"], True)}
        if "bias" in keys and shapes[keys["bias"]] == shape[:1]:
            recipes["b_y"] = plain(keys["bias"])
        found.append(Module(DENSE, path, recipes, shape[1], shape[0]))
    return found


def modules(shapes: Shapes, origin: Mapping[str, str]) -> list[Module]:
    """Modules of a state dict, in its order."""
    units: dict[tuple[str, str | None, bool], dict[str, str]] = {}
    for key in shapes:
        match = LEAF.fullmatch(key)
        if match:
            units.setdefault((match["path"], match["layer"], bool(match["back"])), {})[match["leaf"]] = key
    made = [
        _recurrent(*unit, keys, shapes)
        for unit, keys in units.items()
        if not any(f"{unit[0]}{dot}bias" in shapes for dot in "./")  # the one bias of another library's cell
    ]
    return [one for one in made if one is not None] + _others(shapes)


PYTORCH = Framework("PyTorch", "out,in", modules)
