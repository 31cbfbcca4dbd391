"""Gradients under the names that a framework gives to its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..arrays import AnyArray
from ..errors import InputError
from ..problem import Problem
from ..problem_files import LETTERS, wish_of
from ..settings import NETWORK
from ..weights import Entry, Listing, Plan, plan_for, translated_gradients

MARK = re.compile(r"^grads?[_./]|[_./]grads?$", re.IGNORECASE)
"""What makes a parameter's name that of its gradient: `rnn.weight_hh_l0.grad`, `grads/LSTMCell_0/hi/kernel`."""


def _plan(arrays: Mapping[str, AnyArray], problem: Problem, orientation: str) -> Plan | None:
    """How the arrays would be the problem's parameters; None where they are no framework's, or those of another network."""
    entries = {key: Entry(key, value.shape, str(value.dtype), value.nbytes) for key, value in arrays.items()}
    network = problem.network
    fields = {name: getattr(network, name) for name in NETWORK if name not in ("cell_options", "biases")}
    biases = any(name.startswith("b_") for name in problem.parameters)
    known = replace(problem.settings, **fields, cell_options=network.options, biases=biases, dictated=NETWORK)
    sizes: dict[str, Any] = {field: problem.sizes.get(letter) for field, letter in LETTERS.items()}
    try:
        return plan_for(Listing("", entries), wish_of(replace(known, **sizes)), orientation)
    except InputError:
        return None


def gradients_of_framework(
    arrays: Mapping[str, AnyArray], problem: Problem, orientation: str
) -> tuple[dict[str, AnyArray], list[str], set[str]]:
    """Gradients by the problem's names, notes, and the arrays of the file that they are made of.

    Gates are put into our order, and of two biases that a framework adds up each has the gradient of the sum.

    Args: arrays: of the file. problem: that they belong to. orientation: as set; empty where nothing is.
    """
    plain = {MARK.sub("", key): key for key in arrays}
    bare = {name: arrays[key] for name, key in plain.items()}
    plan = _plan(bare, problem, orientation)
    if plan is None:
        return {}, [], set()
    made, notes = translated_gradients(plan, bare)
    values = {f"d{name}": value for name, value in made.items() if name in problem.parameters}
    return values, [f"read as {plan.framework}'s gradients", *notes], {plain[key] for key in plan.keys}
