"""The keys of CASE: which there are, what each may be, and which of them contradict each other."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from ..arrays import base_of
from ..cells import ACTIVATIONS, CELLS, OPTIONS, check_options
from ..clipping import check_clip
from ..errors import InputError
from ..losses import LOSSES, ROWS
from ..truncation import check_truncation
from .axes import wrong_axes
from .layout import PER_SAMPLE, PER_STEP, axes_of_x, is_parameter, is_state
from .own import own_description, wrong_own
from .packing import SEPARATE

ORIENTATIONS = ("in,out", "out,in")

CHOICES: dict[str, tuple[Any, ...]] = {
    "cell": tuple(CELLS),
    "activation": tuple(ACTIVATIONS),
    "loss": tuple(LOSSES),
    "weights": ORIENTATIONS,
    "stacked": ("", "xh", "hx"),
    "bias": ("vector", "column", "row", "first", "last"),
    "h0": ("given", "zero"),
    "c0": ("given", "zero"),
    "biases": (True, False, "two"),
    "output_layer": (True, False),
    "ids": (False, True),
    "embedding": (False, True),
    "target": ("ids", "rows", "last"),
    "truth": ("jax", "differences"),
    "counted": ("given", "all", "last", "padding"),
    "bidirectional": (False, True),
    "dtype": ("float64", "float32"),
    "built_in": (True, False),
}
"""Keys with a fixed set of values; of most the first is what is taken where the key is left out."""

FREE: dict[str, tuple[type, ...]] = {
    "title": (str,),
    "x": (str,),
    "gates": (str,),
    "layouts": (dict,),
    "layers": (int,),
    "step": (str,),
    "parameters": (dict,),
    "states": (tuple, list),
    "taps": (tuple, list),
    "truncation": (tuple, list),
    "clip": (tuple, list),
    "sizes": (dict,),
    "settings": (dict,),
    "matches": (dict,),
    "declared": (list, tuple),
}
"""Keys with a value of a type."""

TYPES = {str: "a text", int: "a whole number", dict: "a dict", tuple: "a tuple", list: "a list"}

KNOWN = (*CHOICES, *FREE, *(name for name, option in OPTIONS.items() if not option.text))

Declared = Mapping[str, Any]


def check_entry(key: Any, value: Any) -> None:
    """Raise `InputError` for a key that there is not, or a value that it can't have."""
    if key not in KNOWN:
        near = difflib.get_close_matches(str(key), KNOWN, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"CASE has the unknown key {key!r}; {hint}known keys are {', '.join(KNOWN)}")
    if key in CHOICES and not any(value == choice and type(value) is type(choice) for choice in CHOICES[key]):
        shown = ", ".join(repr(choice) for choice in CHOICES[key])
        raise InputError(f"CASE has {key} = {value!r}; expected one of {shown}")
    if key in FREE and (not isinstance(value, FREE[key]) or isinstance(value, bool)):
        kinds = " or ".join(TYPES[kind] for kind in FREE[key])
        raise InputError(f"CASE has {key} = {value!r}; expected {kinds}")


def check_together(case: Declared) -> None:
    """Raise `InputError` for a value that can't be, and for keys that contradict each other."""
    for check in CHECKS:
        said = check(case)
        if said:
            raise InputError(f"CASE has {said}")


def cell_options(case: Declared) -> dict[str, Any]:
    """Options of the cell, by name, as far as they are declared; `biases="two"` is one."""
    found = {name: case[name] for name in OPTIONS if name in case}
    if case.get("cell") == "own":
        found["own"] = own_description(case)
    return found | ({"two_biases": True} if case.get("biases") == "two" else {})


def _options(case: Declared) -> str:
    cell = case.get("cell", "rnn")
    options = cell_options(case)
    for name in options:
        if cell not in OPTIONS[name].cells:
            cells = " or ".join(repr(one) for one in OPTIONS[name].cells)
            return f"{name} = {options[name]!r}, an option of {cells}, with the cell {cell!r}; leave it out or declare the other cell"
    try:
        check_options(cell, options)
    except InputError as error:
        return f"an option that can't be: {error}"
    return ""


def _axes(case: Declared) -> str:
    text = case.get("x", "TBD")
    said = wrong_axes(axes_of_x(case))
    return f"x = {text!r}: {said}" if said else ""


def _layout_names(case: Declared) -> set[str]:
    """Names, without suffix, of what may have a layout of its own, parameters left out."""
    cell = case.get("cell", "rnn")
    gates = CELLS[cell].gates
    quantities = CELLS[cell](**dict(check_options(cell, cell_options(case)))).quantities
    plain = (*quantities, *(name[1:] for name in quantities), *gates, *(f"a_{gate}" for gate in gates))
    return {*PER_STEP, *PER_SAMPLE, *plain}


def _layouts(case: Declared) -> str:
    names = _layout_names(case)
    for name, text in case.get("layouts", {}).items():
        base = base_of(str(name))[0]
        if not isinstance(name, str) or not (base in names or is_parameter(name)):
            near = difflib.get_close_matches(base, sorted(names), 1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            return f"the unknown name {name!r} in layouts; {hint}expected such as 'target', 'h0', 'dh' or 'W_hy'"
        if is_parameter(name):
            if text not in ORIENTATIONS:
                return f"layouts of {name} = {text!r}; expected 'in,out' or 'out,in', for a matrix"
            continue
        needed = {"target": "", "loss_weights": "T", "x": "T"}.get(name, "TD")
        said = wrong_axes(text, "" if is_state(name) else needed)
        said = "a state has no axis T" if is_state(name) and not said and "T" in text else said
        if said:
            return f"layouts of {name} = {text!r}: {said}"
    return ""


def _one_sequence(case: Declared) -> str:
    size = case.get("sizes", {}).get("B", 1)
    size = 1 if isinstance(size, str) else size
    texts = {"x": axes_of_x(case), **case.get("layouts", {})}
    for name, text in texts.items():
        if not is_parameter(name) and "B" not in text and size != 1:
            return f"{name} = {text!r}, one sequence, and fixes B at {size}; expected B = 1, or a layout with B"
    return ""


def _gates(case: Declared) -> str:
    if "gates" not in case:
        return ""
    cell, order = case.get("cell", "rnn"), case["gates"]
    letters = CELLS[cell].gates
    if not letters:
        return f"gates = {order!r}, and the cell {cell!r} has no gates; leave gates out, or declare the cell"
    if order != SEPARATE and sorted(order) != sorted(letters):
        own = "".join(letters)
        return f"gates = {order!r}; expected the letters {own!r} in the order of your blocks, or 'separate'"
    return ""


def _bias_rows(case: Declared) -> str:
    bias = case.get("bias", "vector")
    if bias not in ("first", "last"):
        return ""
    if not case.get("stacked"):
        return f"bias = {bias!r}, a row of the stacked matrix, and nothing is stacked; add stacked = 'xh' or 'hx'"
    if case.get("biases") is False:
        return f"bias = {bias!r} and biases = False; leave one of the two out"
    if cell_options(case).get("two_biases"):
        return f"bias = {bias!r}, one row, and two biases; declare bias = 'vector', 'column' or 'row'"
    return ""


def _biases(case: Declared) -> str:
    if case.get("two_biases") is True and case.get("biases") is False:
        return "two_biases = True and biases = False; leave one of the two out"
    if case.get("two_biases") is False and case.get("biases") == "two":
        return "two_biases = False and biases = 'two'; leave one of the two out"
    return ""


def _ids(case: Declared) -> str:
    if case.get("embedding") and case.get("ids") is False:
        return "embedding = True and ids = False; an embedding looks up rows by token ids, so leave ids out or set it to True"
    return ""


def _target(case: Declared) -> str:
    target, loss, counted = case.get("target"), case.get("loss", "half_squared_error"), case.get("counted", "last")
    if target == "ids" and LOSSES[loss].targets == ROWS:
        return f"target = 'ids', and the loss {loss!r} takes rows; declare target = 'rows', or a softmax loss"
    if target == "last" and counted not in ("last", "given"):
        return f"target = 'last', the last step alone, and counted = {counted!r}; expected counted = 'last'"
    return ""


def _layers(case: Declared) -> str:
    layers = case.get("layers", 1)
    return f"layers = {layers}; expected a number from 1" if layers < 1 else ""


def _pair(case: Declared, key: str, check: Callable[[Any, Any], None], form: str) -> str:
    value = case.get(key)
    if value is None:
        return ""
    if len(value) != 2:
        return f"{key} = {value!r}; expected {form}"
    try:
        check(*value)
    except InputError as error:
        return f"{key} = {value!r}: {error}"
    return ""


def _truncation(case: Declared) -> str:
    if case.get("truncation") is not None and case.get("bidirectional"):
        return "truncation and bidirectional = True; truncation cuts what is carried in one direction, leave one out"
    return _pair(case, "truncation", check_truncation, "('sliding', K) or ('chunked', K) with K from 1")


def _clip(case: Declared) -> str:
    return _pair(case, "clip", check_clip, "('value', c), ('norm', c) or ('norm_each', c) with c above 0")


CHECKS: tuple[Callable[[Declared], str], ...] = (
    wrong_own,
    *(_options, _axes, _layouts, _one_sequence, _gates, _bias_rows, _biases, _ids, _target, _layers),
    *(_truncation, _clip),
)
"""What can be wrong with the keys together, each in words; the first that says something is told."""
