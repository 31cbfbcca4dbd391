"""Gradients of a file by a problem's own names and in its own layout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from ..problem import Problem
from ..weights import AmbiguousWeights, Question
from ..weights.base import shown
from ..weights.names import CONVENTION, IN_OUT, OUT_IN, plain_name
from .framework import gradients_of_framework
from .pairing import parameter_of, without_gradient

TORCH = re.compile(r"(weight|bias)_(ih|hh)_l(\d+)(_reverse)?$", re.ASCII)
TORCH_PARAMETERS = {("weight", "ih"): "W_xh", ("weight", "hh"): "W_hh", ("bias", "ih"): "b_h", ("bias", "hh"): "b_h"}

MOST_NAMES = 8


@dataclass
class Found:
    """What a file holds of a problem's gradients, by the problem's names; what was decided; and what was passed over."""

    values: dict[str, AnyArray] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def _place(key: str, problem: Problem) -> tuple[str, bool]:
    """The problem's name of a file's gradient, and whether it is a second bias; an empty name where there is none."""
    torch = TORCH.search(without_gradient(key))
    if torch is None:
        name = parameter_of(key)
        return (f"d{name}", False) if name in problem.parameters else ("", False)
    kind, source, layer, reverse = torch.groups()
    units = [one for one in problem.network.units if one.layer == int(layer) and one.reverse == bool(reverse)]
    if not units:
        return "", False
    base, suffix, second = TORCH_PARAMETERS[kind, source], units[0].suffix, (kind, source) == ("bias", "hh")
    if kind == "bias" and f"b_xh{suffix}" in problem.parameters:
        return f"d{'b_hh' if second else 'b_xh'}{suffix}", False
    return f"d{base}{suffix}", second


def _candidates(arrays: Mapping[str, AnyArray], problem: Problem, found: Found) -> dict[str, list[str]]:
    """Keys of the file by the problem's names; second biases, which mostly have the gradient of the first, are left out."""
    result: dict[str, list[str]] = {}
    for key, value in arrays.items():
        name, second = _place(key, problem)
        if not name or name in found.values or value.dtype.kind not in "fiu":
            found.unused.append(key)
        elif second:
            found.notes.append(f"{shown(key)} is not compared: the two biases of a cell are one parameter here")
        else:
            result.setdefault(name, []).append(key)
    return result


def _turned(found: tuple[int, ...], shape: tuple[int, ...]) -> bool | None:
    """Whether a matrix lies the other way round; None where its shape does not tell."""
    if len(found) != 2 or len(shape) != 2:
        return False
    return None if found == shape == shape[::-1] else found[::-1] == shape


def _follow(
    ways: dict[str, bool | None], keys: Mapping[str, str], known: set[bool], orientation: str, found: Found
) -> dict[str, bool]:
    """Square matrices lie as the others do, where those lie all one way; else as their names or the user say."""
    if len(known) != 1:
        for name in [name for name, way in ways.items() if way is None]:
            order = CONVENTION.get(plain_name(without_gradient(keys[name])), "") or orientation
            ways[name] = order == OUT_IN if order else None
    open_ones = [name for name, way in ways.items() if way is None]
    if open_ones and len(known) != 1:
        name = open_ones[0]
        question = Question(name[1:], f"Does the file hold {name} as (in, out) or as (out, in)?", (IN_OUT, OUT_IN))
        raise AmbiguousWeights(
            f"{name} is square, so its shape does not tell whether the file holds (in, out) or (out, in); answer with "
            "--orientation in,out or --orientation out,in",
            [question],
        )
    if open_ones:
        order = OUT_IN if known == {True} else IN_OUT
        found.notes.append(f"square matrices are read as ({order}), like the others in the file")
    return {name: next(iter(known)) if way is None else way for name, way in ways.items()}


def named_gradients(arrays: Mapping[str, AnyArray], problem: Problem, orientation: str = "") -> Found:
    """Gradients of a file by the problem's names, each in its layout; what the file lacks or has besides is no fault.

    Args:
        arrays: of the file; `dW_hh`, `dh`, ... are taken as they are, other names are those of parameters, with or without a
            `d` or `grad` before or behind: `dWhh`, `grad_W_hh`, `rnn.weight_hh_l0.grad`. problem: that they belong to.
        orientation: of matrices, `in,out` or `out,in`, where nothing tells.

    Raises:
        InputError: nothing in the file is a gradient of the problem, or a matrix can be read in two ways.
    """
    ours = {f"d{name}" for name in (*problem.parameters, *problem.starts)} | set(problem.network.quantities())
    found = Found({name: value for name, value in arrays.items() if name in ours})
    made, notes, used = gradients_of_framework(
        {key: value for key, value in arrays.items() if key not in ours}, problem, orientation
    )
    found.values, found.notes = {**made, **found.values}, notes
    rest = {key: value for key, value in arrays.items() if key not in ours and key not in used}
    ways: dict[str, bool | None] = {}
    keys, known = {}, set()
    for name, candidates in _candidates(rest, problem, found).items():
        if len(candidates) > 1:
            found.unused += candidates
            found.notes.append(f"{name} may be {' or '.join(map(shown, candidates[:4]))}: it was not compared")
            continue
        [keys[name]] = candidates
        found_shape, shape = rest[keys[name]].shape, problem.parameters[name[1:]].shape
        ways[name] = _turned(found_shape, shape)
        if len(found_shape) == 2 and found_shape != found_shape[::-1] and found_shape in (shape, shape[::-1]):
            known.add(bool(ways[name]))
    for name, way in _follow(ways, keys, known, orientation, found).items():
        value = rest[keys[name]]
        shape = problem.parameters[name[1:]].shape
        flat = len(shape) == 1 and value.size == shape[0]
        found.values[name] = value.reshape(-1) if flat else np.ascontiguousarray(value.T) if way else value
        found.notes.append(f"{name} is {shown(keys[name])}{', transposed' if way else ''}")
    if not found.values:
        names = ", ".join(f"d{name}" for name in problem.parameters)
        raise InputError(
            f"no array of the file is a gradient of this problem; found {', '.join(map(shown, list(arrays)[:12])) or 'none'}, "
            f"expected names like {names}"
        )
    return found
