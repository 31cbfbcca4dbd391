"""FIELDS: every setting of a problem once, with its label, its kind of control and its group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from inspector.panes.field import CELL, CHOICE, DATA, FLAG, LOSS, NETWORK, PATH, REAL, SIZES, WEIGHTS, WHOLE, Field
from inspector.panes.network_fields import OPTION_FIELDS, PAIR_FIELDS, TITLES, with_cell
from rnn.cells import ACTIVATIONS, CELLS
from rnn.data import SOURCES
from rnn.losses import LOSSES
from rnn.settings import COUNTED
from rnn.weights import SCHEMES


def _titles(table: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(getattr(entry, "title", name)) for name, entry in table.items()}


def _same(*names: str) -> Callable[[], dict[str, str]]:
    return lambda: {name: name.replace("_", " ") for name in names}


def _size(name: str, letter: str, what: str) -> Field:
    return Field(
        name,
        f"{letter}  {what}",
        WHOLE,
        SIZES,
        f"{letter}: {what}; automatic takes it from weights, data or case",
        least=0,
        automatic="automatic",
        slider=(1, 200) if letter == "T" else None,
        geometric=True,
    )


FIELDS: tuple[Field, ...] = (
    Field(
        "cell",
        "Cell",
        CHOICE,
        CELL,
        "The recurrent cell",
        lambda: {name: TITLES.get(name, name) for name in CELLS},
        write=with_cell,
    ),
    *OPTION_FIELDS,
    Field("activation", "Activation", CHOICE, CELL, "Nonlinearity of the cell", lambda: _titles(ACTIVATIONS)),
    Field("loss", "Loss", CHOICE, LOSS, "What is differentiated", lambda: _titles(LOSSES)),
    Field("counted", "Steps counted", CHOICE, LOSS, "Which steps count in the loss", _same(*COUNTED)),
    Field("h0", "Initial state", CHOICE, CELL, "h0: zero hides mistakes in the step from it", _same("random", "zero")),
    Field(
        "c0",
        "Initial cell",
        CHOICE,
        CELL,
        "c0 of an LSTM; with h0 = zero it is 0, too",
        _same("random", "zero"),
        shown=lambda s: s.cell == "lstm" and s.h0 != "zero",
    ),
    Field("layers", "Layers", WHOLE, NETWORK, "How many cells stand one above the other", least=1, most=16),
    Field(
        "bidirectional",
        "Both directions",
        FLAG,
        NETWORK,
        "Whether every layer also runs from the last step to the first",
    ),
    Field("biases", "Biases", FLAG, NETWORK, "Whether b_h and b_y exist"),
    Field("output_layer", "Output layer", FLAG, NETWORK, "Whether y = h W_hy + b_y; without it y is h"),
    Field("ids", "Token ids", FLAG, NETWORK, "Whether x are token ids, given to the network as one-hot rows"),
    Field("embedding", "Embedding", FLAG, NETWORK, "Whether token ids look up rows of a matrix W_e"),
    *PAIR_FIELDS,
    _size("steps", "T", "steps"),
    _size("batch", "B", "samples"),
    _size("inputs", "D", "inputs"),
    _size("hidden", "H", "hidden units"),
    _size("outputs", "K", "outputs"),
    replace(_size("vocabulary", "V", "different tokens"), shown=lambda s: s.embedding),
    Field("dtype", "Precision", CHOICE, SIZES, "In which the hand-written code runs", _same("float64", "float32")),
    Field("seed", "Seed", WHOLE, SIZES, "Of every random number", most=2**31 - 1),
    Field(
        "weights",
        "Weights",
        CHOICE,
        WEIGHTS,
        "How weights are drawn, or from a file",
        lambda: {**_titles(SCHEMES), "file": "from a file"},
    ),
    Field(
        "weight_scale",
        "Scale",
        REAL,
        WEIGHTS,
        "Of random weights; automatic takes the scheme's own",
        most=1e6,
        automatic="automatic",
        shown=lambda s: s.weights != "file",
        slider=(0.01, 10.0),
        geometric=True,
    ),
    Field(
        "spectral_radius",
        "Radius of W_hh",
        REAL,
        WEIGHTS,
        "Spectral radius that W_hh is scaled to",
        most=1e6,
        automatic="as drawn",
        shown=lambda s: s.weights != "file",
        slider=(0.05, 3.0),
    ),
    Field(
        "weights_file",
        "File",
        PATH,
        WEIGHTS,
        "Weights: .npz, .safetensors, .pt, .h5, .keras, .msgpack, .mat, or a folder of .csv",
        shown=lambda s: s.weights == "file",
    ),
    Field(
        "orientation",
        "Orientation",
        CHOICE,
        WEIGHTS,
        "Of matrices in the file",
        lambda: {"": "recognise", "in,out": "rows are inputs (in, out)", "out,in": "rows are outputs (out, in)"},
        shown=lambda s: s.weights == "file",
    ),
    Field(
        "data",
        "Data",
        CHOICE,
        DATA,
        "Where inputs come from",
        lambda: {
            name: {"one_hot": "one-hot probe", "text": "text file", "file": "array file"}.get(name, name)
            for name in SOURCES
        },
    ),
    Field(
        "data_file",
        "File",
        PATH,
        DATA,
        "Data: .npy, .npz, .mat, .csv, or a text",
        shown=lambda s: s.data in ("text", "file"),
    ),
    Field(
        "text_start",
        "First character",
        WHOLE,
        DATA,
        "Where in the text the first sample begins",
        most=2**31 - 1,
        shown=lambda s: s.data == "text",
    ),
    Field(
        "target_file",
        "Target file",
        PATH,
        DATA,
        "Targets: .npy, .npz, .mat or .csv; empty for none",
        shown=lambda s: s.data in ("random", "file"),
    ),
)
