"""The problems on which repairs are tried, and those on which they are verified, each with its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...arrays import AnyArray, Gradients, Trace
from ...cases.own import DIFFERENCES, truth_of
from ...cases.trying.parts import part_names, with_parts
from ...errors import InputError
from ...forward import forward_values
from ...handwritten import run_by_hand
from ...noise import Noise
from ...problem import Problem
from ...truths import Truth, jax_truth
from ..subject import LATER_SIZES, SIZES, Subject

TRIED = (
    {"steps": 1, "batch": 3, "inputs": 4, "hidden": 5, "outputs": 7},
    {"steps": 2, "batch": 5, "inputs": 3, "hidden": 4, "outputs": 3},
    {"steps": 6, "batch": 3, "inputs": 7, "hidden": 5, "outputs": 4},
)
"""On one step only local mistakes show, on two also one carry: with several mistakes an edit is seen to make something right.

No size is the same everywhere, as a wrong factor may happen to be one of them.
"""

TRIED_SEED, VERIFIED_SEED = 7001, 9001

VERIFIED = (SIZES, LATER_SIZES, {"steps": 5, "batch": 4, "inputs": 3, "hidden": 6, "outputs": 4})
"""Sizes on which a repair is verified; always the same, so that JAX's programs for them are kept."""


@dataclass(frozen=True, eq=False)
class Known:
    """A problem and what is right on it.

    Attributes:
        problem: it. truth: gradients and forward pass. right: all of it by name.
    """

    problem: Problem
    trace: Trace
    gradients: Gradients

    @property
    def right(self) -> Mapping[str, AnyArray]:
        """Everything by name, and what of it belongs to one gate alone, so that one gate is seen to become right."""
        every = {**forward_values(self.trace), **self.gradients.named(), "loss": np.asarray(self.trace.loss)}
        gates, hidden = len(self.problem.network.cell_object.gates), self.problem.sizes["H"]
        packed = [name for name, value in self.gradients.parameters.items() if value.shape[-1] == gates * hidden]
        names = [part for name in packed if gates > 1 for part in part_names(name, gates)]
        return with_parts(every, names)


def not_searchable(subject: Subject) -> str:
    """Why repairs can't be sought, in words; empty where they can."""
    if subject.case is None or subject.runner is None:
        return "there is no code to repair"
    if subject.case.built_in:
        return "the program's own BPTT is not repaired"
    if truth_of(subject.case.declaration) == DIFFERENCES:
        return "the truth is by differences of the code's own loss, which an edit could change with it"
    return ""


def tried(subject: Subject) -> list[Known]:
    """Small problems on which edits are tried: those of the sizes above that the case allows and its code runs on."""
    found: list[Known] = []
    for number, sizes in enumerate(TRIED):
        try:
            problem = subject.other(TRIED_SEED + number, **sizes)
            if any(known.problem.sizes == problem.sizes for known in found):
                continue
            subject.run(problem)
        except InputError:
            continue
        found.append(Known(problem, *_truth_by_hand(subject, problem)))
    return found


def _truth_by_hand(subject: Subject, problem: Problem) -> tuple[Trace, Gradients]:
    """The truth in plain NumPy, which needs nothing to be compiled; of an own cell by JAX."""
    if problem.cell != "own":
        return run_by_hand(problem)
    truth = jax_truth(problem, subject.case, subject.runner, lambda text: None)
    return truth.trace, truth.gradients


@dataclass(frozen=True, eq=False)
class Fresh:
    """A problem that the search never saw, with JAX's truth and the noise floor."""

    problem: Problem
    truth: Truth
    noise: Noise


def fresh(subject: Subject, number: int) -> Fresh:
    """One of the problems on which repairs are verified.

    Raises:
        InputError: the case allows none.
    """
    problem = subject.other(VERIFIED_SEED + number, **VERIFIED[number % len(VERIFIED)])
    truth = jax_truth(problem, subject.case, subject.runner, lambda text: None)
    return Fresh(problem, truth, truth.floor(problem))
