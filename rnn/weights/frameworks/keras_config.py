"""What the configuration that Keras keeps beside the weights says of a model's layers; it is read, nothing is built from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import InputError
from ..base import shown

ACTIVATIONS = {"tanh": "tanh", "relu": "relu", "sigmoid": "sigmoid", "linear": "identity"}
WRAPPERS = ("Bidirectional", "TimeDistributed")
RECURRENT = ("SimpleRNN", "LSTM", "GRU", "SimpleRNNCell", "LSTMCell", "GRUCell")
OLD_CONTAINER = re.compile(r"_layer_checkpoint_dependencies[\\\\/]")
"""What Keras 2 calls `layers/` in a `.keras` file."""

DEEPEST = 8
"""Models within models that are looked into."""


@dataclass(frozen=True)
class Layer:
    """One layer of a configuration.

    Attributes:
        paths: it may have in a file: by the numbered name of its class, and by its own name.
        kind: its class, of a wrapper that of what it wraps. order: in the model, counted over all layers.
        activation: ours, empty where the layer has none. reset_after: of a GRU. notes: for the user.
    """

    paths: tuple[str, ...]
    kind: str
    order: int
    activation: str = ""
    reset_after: bool = True
    notes: tuple[str, ...] = ()


def _snake(name: str) -> str:
    """The name of a class as Keras writes it in a file: `SimpleRNN` -> `simple_rnn`."""
    apart = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _inner(kind: str, config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any], str]:
    """Class and configuration of what a wrapper wraps, and how two directions are merged."""
    merge = str(config.get("merge_mode", "concat")) if kind == "Bidirectional" else "concat"
    while kind in (*WRAPPERS, "RNN"):
        wrapped = _dict(config.get("cell" if kind == "RNN" else "layer"))
        if not wrapped:
            break
        kind, config = str(wrapped.get("class_name", "")), _dict(wrapped.get("config"))
    return kind, config, merge


def _told(path: str, kind: str, config: Mapping[str, Any], merge: str) -> tuple[str, tuple[str, ...]]:
    """Activation and notes of a layer; raises `InputError` for what no network here computes."""
    name = config.get("activation", "linear")
    if kind == "Dense":
        quiet = name in ("linear", None)
        return "", () if quiet else (f"{path} ends in {name!s:.40}, which is left to the loss: y is what goes into it",)
    if kind not in RECURRENT:
        return "", ()
    gates = config.get("recurrent_activation", "sigmoid")
    if gates != "sigmoid":
        raise InputError(
            f"{shown(path)} has gates with {gates!s:.40}, and the gates here have sigmoid; use other weights"
        )
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise InputError(
            f"{shown(path)} has the activation {name!s:.40}, and known are {', '.join(ACTIVATIONS)}; use other weights"
        )
    if merge != "concat":
        raise InputError(
            f"{shown(path)} merges its directions by {merge!s:.40}, and here they lie side by side (concat); use other weights"
        )
    notes = (
        [f"{path} walks from the last step to the first; hand it reversed data"] if config.get("go_backwards") else []
    )
    return ACTIVATIONS[name], tuple(notes)


def _walk(layers: Any, prefix: str, depth: int) -> Iterator[tuple[tuple[str, str], str, Mapping[str, Any]]]:
    """Both paths, class and configuration of every layer, models within models opened."""
    counts: dict[str, int] = {}
    for layer in layers if isinstance(layers, list) else ():
        kind, config = str(_dict(layer).get("class_name", "")), _dict(_dict(layer).get("config"))
        snake = _snake(kind)
        number = counts.get(snake, -1) + 1
        counts[snake] = number
        path = f"{prefix}layers/{snake}{f'_{number}' if number else ''}"
        if "layers" in config and depth < DEEPEST:
            yield from _walk(config["layers"], f"{path}/", depth + 1)
        else:
            yield (path, str(config.get("name", ""))), kind, config


def layers_of(text: str) -> list[Layer]:
    """The layers of a configuration in the model's order; none where there is no configuration that can be read.

    Raises:
        InputError: a recurrent layer computes something that no network here does.
    """
    try:
        config = _dict(_dict(json.loads(text)).get("config")) if text else {}
    except (ValueError, RecursionError):
        return []
    found = []
    for order, (paths, outer, settings) in enumerate(_walk(config.get("layers"), "", 0)):
        kind, inner, merge = _inner(outer, settings)
        activation, notes = _told(paths[1], kind, inner, merge)
        reset_after = bool(inner.get("reset_after", True))
        found.append(Layer(tuple(path for path in paths if path), kind, order, activation, reset_after, notes))
    return found


def layer_of(path: str, layers: list[Layer]) -> Layer | None:
    """The layer that a path of the file belongs to: Keras 3 names a layer by its class and number, older files by its name."""
    parts = f"{OLD_CONTAINER.sub('layers/', path)}/"
    if parts.startswith("layers/"):
        return next((layer for layer in layers if parts.startswith(f"{layer.paths[0]}/")), None)
    return next((layer for layer in layers if any(f"/{name}/" in f"/{parts}" for name in layer.paths[1:])), None)
