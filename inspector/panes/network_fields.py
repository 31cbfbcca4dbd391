"""Fields of a problem that are no plain settings: options of the cell, truncation and clip, which are pairs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from inspector.panes.field import CELL, CHOICE, FLAG, LOSS, REAL, WHOLE, Field
from rnn.cells.options import OPTIONS, CellOption, option_names
from rnn.clipping import NORM, NORM_EACH, VALUE
from rnn.truncation import KINDS as TRUNCATIONS

TITLES = {"rnn": "vanilla RNN", "lstm": "LSTM", "gru": "GRU", "leaky": "leaky integrator", "own": "own, by a case"}
"""What the cells are called."""

FIRST_LENGTH, FIRST_LIMIT = 5, 1.0
"""K and c that a truncation and a clip begin with."""


def _default(option: CellOption) -> Any:
    return option.values[0] if option.values else option.default


def with_option(settings: Any, name: str, value: Any) -> dict[str, Any]:
    """The change of settings that gives an option of the cell a value; the default is not kept."""
    kept = {**dict(settings.cell_options), name: value}
    if value == _default(OPTIONS[name]):
        del kept[name]
    return {"cell_options": tuple(sorted(kept.items()))}


def with_cell(settings: Any, cell: str) -> dict[str, Any]:
    """The change of settings that takes another cell; options that it does not have are dropped."""
    has = option_names(cell)
    return {"cell": cell, "cell_options": tuple(pair for pair in settings.cell_options if pair[0] in has)}


def _option_field(name: str, option: CellOption) -> Field:
    kind = REAL if not option.values else FLAG if isinstance(option.values[0], bool) else CHOICE
    return Field(
        name,
        option.label,
        kind,
        CELL,
        f"{option.title[0].upper()}{option.title[1:]}",
        lambda: {value: str(value) for value in option.values},
        least=max(option.least, -1e6),
        most=min(option.most, 1e6),
        shown=lambda settings: settings.cell in option.cells,
        setting="cell_options",
        read=lambda settings: dict(settings.cell_options).get(name, _default(option)),
        write=lambda settings, value: with_option(settings, name, value),
    )


def _part(setting: str, place: int) -> Callable[[Any], Any]:
    """One half of a pair, None where there is no pair."""

    def read(settings: Any) -> Any:
        pair = getattr(settings, setting)
        return ("" if place == 0 else None) if pair is None else pair[place]

    return read


def _write_kind(setting: str, first: float, settings: Any, kind: str) -> dict[str, Any]:
    pair = getattr(settings, setting)
    return {setting: (kind, first if pair is None else pair[1]) if kind else None}


def _write_number(setting: str, settings: Any, number: Any) -> dict[str, Any]:
    pair = getattr(settings, setting)
    return {} if pair is None or not number else {setting: (pair[0], number)}


OPTION_FIELDS = tuple(_option_field(name, option) for name, option in OPTIONS.items() if not option.text)

PAIR_FIELDS = (
    Field(
        "truncation",
        "Truncation",
        CHOICE,
        LOSS,
        "Sliding: each loss reaches back K steps; chunked: nothing is carried over every K-th step",
        lambda: {"": "none", **{kind: kind for kind in TRUNCATIONS}},
        read=_part("truncation", 0),
        write=partial(_write_kind, "truncation", FIRST_LENGTH),
    ),
    Field(
        "truncation_length",
        "K  steps back",
        WHOLE,
        LOSS,
        "K: how many steps a gradient is carried, its own counted",
        least=1,
        shown=lambda settings: settings.truncation is not None,
        setting="truncation",
        read=_part("truncation", 1),
        write=partial(_write_number, "truncation"),
    ),
    Field(
        "clip",
        "Clip",
        CHOICE,
        LOSS,
        "What is done to the gradients of the parameters at the end; the reference does the same",
        lambda: {"": "none", VALUE: "every entry", NORM: "norm of all", NORM_EACH: "norm of each"},
        read=_part("clip", 0),
        write=partial(_write_kind, "clip", FIRST_LIMIT),
    ),
    Field(
        "clip_limit",
        "c  limit",
        REAL,
        LOSS,
        "c: the largest entry, or the largest norm",
        least=1e-4,
        most=1e6,
        shown=lambda settings: settings.clip is not None,
        setting="clip",
        read=_part("clip", 1),
        write=partial(_write_number, "clip"),
    ),
)
