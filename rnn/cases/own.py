"""What a case says of a cell of its own: its parameters, states and taps, and where the truth about it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..cells.own import size_of
from ..errors import InputError

JAX, DIFFERENCES = "jax", "differences"
OWN_KEYS = ("parameters", "states", "taps", "step")
NAME = re.compile(r"[Wbp]_\w+")


def own_description(case: Mapping[str, Any]) -> str:
    """The declaration of an own cell as text, empty for another cell."""
    if case.get("cell") != "own":
        return ""
    kept = {
        "parameters": {name: list(shape) for name, shape in case["parameters"].items()},
        "states": list(case.get("states", ("h",))),
        "taps": list(case.get("taps", ())),
        "step": bool(case.get("step")),
    }
    return json.dumps(kept, sort_keys=True)


def truth_of(case: Mapping[str, Any]) -> str:
    """`jax`, or `differences`: of the code's own loss."""
    without = case.get("cell") == "own" and not case.get("step")
    return str(case.get("truth", DIFFERENCES if without else JAX))


def wrong_own(case: Mapping[str, Any]) -> str:
    """What is wrong with the keys of an own cell, in words; empty where nothing is."""
    both = next((key for key in ("truncation", "clip") if key in case), "")
    if both and truth_of(case) == DIFFERENCES:
        return f"{both} and a truth by differences of the loss, which know nothing of it; leave {both} out, also in your code"
    if case.get("cell") != "own":
        found = next((key for key in OWN_KEYS if key in case), None)
        return f"{found}, which describes a cell of your own; add cell = 'own', or leave it out" if found else ""
    shapes = case.get("parameters")
    if not shapes:
        return "cell = 'own' and no parameters; expected such as parameters = dict(W_z=('D', 'H'), U_z=('H', 'H'))".replace(
            "U_z", "W_hz"
        )
    for name, shape in shapes.items():
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in ("W_hy", "b_y", "W_e"):
            return (
                f"a parameter {name!r}; those of an own cell are called W_..., b_... or p_..., and not W_hy, b_y or W_e"
            )
        if not isinstance(shape, (list, tuple)) or not 1 <= len(shape) <= 2:
            return f"{name} = {shape!r} in parameters; expected its shape, such as ('D', 'H') or ('H',)"
        try:
            for size in shape:
                size_of(size, 1, 1)
        except InputError as error:
            return f"{name} = {shape!r} in parameters: {error}"
    states = case.get("states", ("h",))
    if "h" not in states or not set(states) <= {"h", "c"}:
        return (
            f"states = {tuple(states)!r}; expected ('h',) or ('h', 'c'): h goes to the output, c is carried beside it"
        )
    if case.get("taps") and not case.get("step"):
        return "taps and no step; taps are the intermediates of a JAX step"
    if case.get("truth") == JAX and not case.get("step"):
        return "truth = 'jax' and cell = 'own' without a step; name the function of the file that is its JAX step"
    for key in ("layers", "bidirectional"):
        if case.get(key, 1) not in (1, False):
            return f"{key} = {case[key]!r} with an own cell; an own cell has one layer and one direction"
    return ""
