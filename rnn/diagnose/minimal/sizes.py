"""Smaller problems: fewer steps, samples, inputs, hidden units, outputs or tokens of the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...arrays import AnyArray, FloatArray, base_of, freeze
from ...cases import Case
from ...problem import Problem
from ...settings import ProblemSettings
from ...settings_for import FIXED_SIZES, fixed_settings

ORDER = "TBHDKV"
"""The order in which sizes are shrunk: what a reader has to follow step by step comes first."""

FEW = 8
"""Up to so many, each single sample is tried as the only one."""


def open_sizes(case: Case, problem: Problem) -> list[str]:
    """Letters of the sizes that the case leaves open; of two that are always the same, one."""
    fixed = fixed_settings(case)
    followers = [FIXED_FIELDS[first] for first, _ in fixed.get("tied", ())]
    letters = [letter for letter in ORDER if letter in problem.sizes and FIXED_SIZES[letter] not in fixed]
    if not problem.network.output_layer:
        letters = [letter for letter in letters if letter != "K"]
    return [letter for letter in letters if letter not in followers]


FIXED_FIELDS = {field: letter for letter, field in FIXED_SIZES.items()}


def _side_by_side(keep: Sequence[int], size: int, count: int) -> list[int]:
    """The same places in each of several blocks."""
    return [k * size + i for k in range(count) for i in keep]


def _settings(problem: Problem, sizes: Mapping[str, int]) -> ProblemSettings:
    """Settings that say the sizes, and no file any more."""
    known: dict[str, Any] = {FIXED_SIZES[letter]: size for letter, size in sizes.items()}
    return replace(
        problem.settings, **known, weights="normal", weights_file="", weights_map=(), data="random", data_file="",
        target_file="", text_start=0, edits=(), spectral_radius=None,
    )  # fmt: skip


def settled(problem: Problem) -> Problem:
    """The problem with settings that say its sizes."""
    return replace(problem, settings=_settings(problem, problem.sizes), vocabulary=None)


def _steps(problem: Problem, keep: Sequence[int]) -> Problem:
    weights = problem.loss_weights[keep]
    if problem.settings.counted == "last":
        weights = np.zeros_like(weights)
        weights[-1] = problem.loss_weights[-1]
    return replace(
        problem, x=freeze(problem.x[keep]), target=freeze(problem.target[keep]), loss_weights=freeze(weights)
    )


def _samples(problem: Problem, keep: Sequence[int]) -> Problem:
    starts = {name: freeze(value[keep]) for name, value in problem.starts.items()}
    x, target, weights = (freeze(a[:, keep]) for a in (problem.x, problem.target, problem.loss_weights))
    return replace(problem, x=x, target=target, loss_weights=weights, starts=starts)


def _units(problem: Problem, keep: Sequence[int]) -> Problem:
    network, size = problem.network, problem.sizes["H"]
    blocks = _side_by_side(keep, size, max(1, len(network.cell_object.gates)))
    both = _side_by_side(keep, size, network.directions)

    def cut(name: str, value: FloatArray) -> FloatArray:
        base, suffix = base_of(name)
        if base in ("W_e", "b_y"):
            return value
        if base == "W_hy":
            return freeze(value[both])
        if base.startswith("p_"):
            return freeze(value[keep])
        if base == "W_hh":
            value = value[keep]
        elif base == "W_xh" and next(unit for unit in network.units if unit.suffix == suffix).layer:
            value = value[both]
        return freeze(value[..., blocks])

    starts = {name: freeze(value[:, keep]) for name, value in problem.starts.items()}
    parameters = {name: cut(name, value) for name, value in problem.parameters.items()}
    rows = problem.target.ndim == 3 and not network.output_layer
    target = freeze(problem.target[..., both]) if rows else problem.target
    if not network.output_layer and not rows:
        target = freeze(problem.target % len(both))
    return replace(problem, parameters=parameters, starts=starts, target=target)


def _fewer_tokens(problem: Problem, count: int) -> FloatArray:
    """One-hot rows of fewer tokens; those that are no more become others."""
    return freeze(np.eye(count)[problem.x.argmax(-1) % count], problem.x.dtype)


def _inputs(problem: Problem, keep: Sequence[int]) -> Problem:
    network, parameters = problem.network, dict(problem.parameters)
    for unit in network.units:
        if unit.layer == 0:
            parameters[f"W_xh{unit.suffix}"] = freeze(parameters[f"W_xh{unit.suffix}"][keep])
    if network.embedding:
        parameters["W_e"] = freeze(parameters["W_e"][:, keep])
        return replace(problem, parameters=parameters)
    x = _fewer_tokens(problem, len(keep)) if problem.settings.ids else freeze(problem.x[..., keep])
    return replace(problem, parameters=parameters, x=x)


def _tokens(problem: Problem, keep: Sequence[int]) -> Problem:
    parameters = {**problem.parameters, "W_e": freeze(problem.parameters["W_e"][keep])}
    return replace(problem, parameters=parameters, x=_fewer_tokens(problem, len(keep)))


def _outputs(problem: Problem, keep: Sequence[int]) -> Problem:
    parameters = dict(problem.parameters)
    for name in ("W_hy", "b_y"):
        if name in parameters:
            parameters[name] = freeze(parameters[name][..., keep])
    rows: AnyArray = problem.target[..., keep] if problem.target.ndim == 3 else problem.target % len(keep)
    return replace(problem, parameters=parameters, target=freeze(rows))


CUTS = {"T": _steps, "B": _samples, "H": _units, "D": _inputs, "K": _outputs, "V": _tokens}
"""By the letter of a size: the problem with some of what it counts."""


def with_some(problem: Problem, letter: str, keep: Sequence[int], tied: Sequence[tuple[str, str]] = ()) -> Problem:
    """A problem with some of its steps, samples, ...

    Args:
        problem: any. letter: of the size. keep: which of them.
        tied: pairs of fields of sizes that are always the same, of which the first follows the second.
    """
    found = CUTS[letter](problem, list(keep))
    for first, second in tied:
        if FIXED_FIELDS[second] == letter:
            found = CUTS[FIXED_FIELDS[first]](found, list(keep))
    return settled(found)


def numbers_below(size: int) -> list[int]:
    """Sizes to be tried, smallest first: all small ones, of the large ones a few."""
    found, n = [], 1
    while n < size:
        found.append(n)
        n += 1 if n < FEW else n // 4
    return found


def choices(letter: str, size: int, n: int) -> Iterator[list[int]]:
    """Which `n` of them are tried: the first, the last; of few samples each by itself."""
    yield list(range(n))
    if letter not in "V":
        yield list(range(size - n, size))
    if n == 1 and size <= FEW:
        yield from ([k] for k in range(1, size - 1))
