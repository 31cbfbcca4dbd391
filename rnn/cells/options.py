"""OPTIONS: what can be chosen about a cell besides its activation; each is a field of the cells that have it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError

CellOptions = tuple[tuple[str, Any], ...]
"""Pairs of an option's name and its value, sorted by name: hashable, and the same for the same cell."""


@dataclass(frozen=True)
class CellOption:
    """One choice.

    Attributes:
        label, title: as shown to a person, short and long. cells: names of those that have it.
        text: whether its value is a text, which a case's declaration makes.
        values: what can be chosen, the default first; empty for a number, which is then `default`, from `least` to `most`.
    """

    label: str
    title: str
    cells: tuple[str, ...]
    values: tuple[Any, ...] = ()
    default: float = 0.0
    least: float = -math.inf
    most: float = math.inf
    text: bool = False


OPTIONS: dict[str, CellOption] = {
    "two_biases": CellOption("Two biases", "two biases, b_xh and b_hh", ("rnn", "lstm", "gru", "leaky"), (False, True)),
    "cell_tanh": CellOption("Activation on c", "activation on the cell", ("lstm",), (True, False)),
    "peepholes": CellOption("Peepholes", "peepholes", ("lstm",), (False, True)),
    "forget_bias": CellOption("Forget bias", "forget bias in the forward pass", ("lstm",)),
    "reset": CellOption("Reset gate", "reset gate before or after the product", ("gru",), ("before", "after")),
    "update": CellOption(
        "Update gate", "z is the share of the old state (keep) or of the candidate (new)", ("gru",), ("keep", "new")
    ),
    "leak": CellOption("Leak", "share of the new value", ("leaky",), default=0.3, least=0.0, most=1.0),
    "own": CellOption("Own cell", "what a case declares of its own cell", ("own",), text=True),
}


def check_options(cell: str, options: Mapping[str, Any]) -> CellOptions:
    """The options that differ from their defaults, as `Network.options` wants them.

    Raises:
        InputError: an option that is not there or of another cell, or a value that it can't have.
    """
    return tuple(
        sorted((name, _checked(cell, name, value)) for name, value in options.items() if _differs(name, value))
    )


def _differs(name: str, value: Any) -> bool:
    known = OPTIONS.get(name)
    return known is None or value != (known.values[0] if known.values else known.default)


def option_names(cell: str) -> Collection[str]:
    """Names of the options that a cell has."""
    return [name for name, option in OPTIONS.items() if cell in option.cells]


def _checked(cell: str, name: str, value: Any) -> Any:
    if name not in option_names(cell):
        has = ", ".join(option_names(cell)) or "none"
        raise InputError(f"the cell {cell!r} has no option {name!r}; its options are {has}")
    option = OPTIONS[name]
    if option.text:
        if not isinstance(value, str):
            raise InputError(f"{name} is {value!r}; it is what a case declares of its own cell")
        return value
    if option.values:
        if not any(value == choice and type(value) is type(choice) for choice in option.values):
            shown = ", ".join(repr(choice) for choice in option.values)
            raise InputError(f"{name} is {value!r}; expected one of {shown}")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not option.least <= value <= option.most:
        between = "" if math.isinf(option.most) else f" from {option.least:g} to {option.most:g}"
        raise InputError(f"{name} is {value!r}; expected a number{between}")
    return float(value)
