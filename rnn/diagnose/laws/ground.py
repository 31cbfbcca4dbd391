"""Ground: the problems and runs that all laws share, and the sums of runs that a law says are 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...arrays import AnyArray, FloatArray, freeze
from ...cases import CaseResult
from ...cases.layout import Layout, is_parameter, is_state
from ...clipping import NORM, VALUE
from ...handwritten import forward
from ...losses import LOSSES, ROWS
from ...problem import Problem
from ...settings_for import fixed_settings
from ..subject import RESIDUAL, Subject, Values

SEEDS = (11, 12)
"""Of the problem on which the laws are tried, and of the other one whose inputs and targets are put into it."""

SHARE = -0.7
"""How much of the second target stands in the third: no whole number, so that what is cut off or squared shows."""


class NotTestable(Exception):
    """A law that this code gives no way to try; the text says why."""


@dataclass(frozen=True, eq=False)
class Sum:
    """Arrays that a law says add up to 0.

    Attributes:
        name: of the quantity. terms: the arrays, with their signs. scale: what the sum is measured by; their norms by default.
        first: the step that the first row is, where only some steps are looked at.
    """

    name: str
    terms: tuple[AnyArray, ...]
    scale: float | None = None
    first: int = 0


def is_gradient(name: str) -> bool:
    """Whether a returned array is a gradient, not a value of the forward pass."""
    return name.startswith("d")


def is_per_step(name: str) -> bool:
    """Whether its first axis is time."""
    return not is_parameter(name) and not is_state(name)


def _without_clipped(values: Values, clip: tuple[str, float] | None) -> Values:
    """Without gradients that the declared clip may have touched: laws are of what was there before it."""
    if clip is None:
        return values
    kind, limit = clip
    mine = {name: np.asarray(value, "float64") for name, value in values.items() if is_parameter(name)}
    if kind == VALUE:
        sizes = {name: float(np.abs(value).max(initial=0.0)) for name, value in mine.items()}
    else:
        sizes = {name: float(np.linalg.norm(value)) for name, value in mine.items()}
    if kind == NORM:
        sizes = dict.fromkeys(mine, float(np.linalg.norm(list(sizes.values()))))
    return {name: value for name, value in values.items() if name not in mine or sizes[name] < (1 - 1e-6) * limit}


@dataclass(frozen=True, eq=False)
class Ground:
    """What the laws of one subject are tried on.

    Attributes:
        subject: whose code it is. problem: random, of the same kind. other: another one of the same sizes.
        fixed: fields of the settings that the case dictates. runs: what was run, so that laws share runs.
        taken: names of values that the law at hand takes from the declared forward pass, as the code returns none of it.
    """

    subject: Subject
    problem: Problem
    other: Problem
    fixed: Mapping[str, Any]
    runs: dict[int, tuple[Problem, CaseResult]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    @staticmethod
    def of(subject: Subject) -> Ground:
        """The ground for a subject whose code can be run.

        Raises:
            InputError: no other problem can be made of its kind.
        """
        assert subject.case is not None
        first, second = (subject.other(seed) for seed in SEEDS)
        return Ground(subject, first, second, fixed_settings(subject.case))

    def result(self, problem: Problem) -> CaseResult:
        """What the case gives on a problem; asked once.

        Raises:
            InputError: the code fails there.
        """
        if id(problem) not in self.runs:
            self.runs[id(problem)] = problem, self.subject.result(problem)
        return self.runs[id(problem)][1]

    def values(self, problem: Problem) -> Values:
        """What it returns, without what is no finite number or what a declared clip may have touched."""
        found = {name: value for name, value in self.result(problem).values.items() if np.isfinite(value).all()}
        return _without_clipped(found, problem.settings.clip)

    def gradients(self, *problems: Problem) -> Iterator[tuple[str, list[FloatArray]]]:
        """Each gradient that came back from all of several problems, with its values there."""
        every = [self.values(problem) for problem in problems]
        for name in every[0]:
            if is_gradient(name) and all(name in values for values in every):
                yield name, [np.asarray(values[name], "float64") for values in every]

    @property
    def steps(self) -> int:
        """T."""
        return self.problem.sizes["T"]

    @property
    def early(self) -> int:
        """How many steps are early ones: those that a changed target or the end of a shorter problem may touch."""
        return self.steps // 2

    @property
    def squared(self) -> bool:
        """Whether dL/dy is the target itself, or its distance to y: so that targets may be added."""
        loss = self.problem.loss
        return LOSSES[loss].targets == ROWS and not loss.startswith("logistic")

    @property
    def last_only(self) -> bool:
        """Whether the loss looks at the last step alone."""
        return self.steps > 1 and not np.any(self.problem.loss_weights[:-1])

    @property
    def one_sequence(self) -> bool:
        """Whether the case's layout has no axis for samples."""
        assert self.subject.case is not None
        return Layout.of(self.subject.case.declaration, self.problem.cell).single or self.problem.sizes["B"] == 1

    def is_free(self, size: str) -> bool:
        """Whether the case leaves a size (`steps`, `batch`) open."""
        return size not in self.fixed and all(size not in pair for pair in self.fixed.get("tied", ()))

    def total(self, problem: Problem) -> float:
        """What a mean is divided by; 1 under a loss that is a sum."""
        return float(problem.loss_weights.sum()) if LOSSES[problem.loss].mean else 1.0

    def with_target(self, target: AnyArray) -> Problem:
        """The problem with another target."""
        return replace(self.problem, target=freeze(target, self.problem.target.dtype))

    @cached_property
    def second(self) -> Problem:
        """With the other problem's target."""
        return self.with_target(self.other.target)

    @cached_property
    def exchanged(self) -> tuple[Problem, Problem]:
        """Two more targets: of every step and sample they add up to what the first two add up to.

        The first of them has the second's late steps, so that these two differ in early steps alone.
        """
        a, b = np.array(self.problem.target), np.array(self.other.target)
        late = np.arange(self.steps)[:, None] >= self.early
        if self.last_only:
            # Where one step counts, whole samples are exchanged instead of steps; squared losses need no exchange.
            testable(self.squared or a.shape[1] > 1, "the loss looks at one step of one sample: there are no two parts")
            late = (np.arange(a.shape[1])[None] % 2 == 0) & (not self.squared)
        late = np.broadcast_to(late, a.shape[:2]).reshape(*a.shape[:2], *[1] * (a.ndim - 2))
        third = np.where(late, b, a + SHARE * (b - a) if self.squared else a)
        fourth = a + b - third if self.squared else np.where(late, a, b)
        return self.with_target(third), self.with_target(fourth)

    @cached_property
    def output(self) -> FloatArray:
        """The code's own y (T, B, K), for targets that are to equal it.

        Raises:
            NotTestable: it is not returned, and not known either.
        """
        network, values = self.problem.network, self.values(self.problem)
        shape = (self.steps, self.problem.sizes["B"], self.problem.sizes["K"])
        for name, value in values.items():
            if name == "y" and value.shape == shape:
                return np.asarray(value, "float64")
            if name == "h" and network.layers * network.directions == 1 and value.shape[:2] == shape[:2]:
                return np.asarray(network.output(self.problem.parameters, value), "float64")
        return self.trace_of(self.problem, "y")

    def trace_of(self, problem: Problem, name: str) -> FloatArray:
        """A value of the declared forward pass, where nothing of what the code returns shows that the code has another.

        Raises:
            NotTestable: its forward pass is another, or nothing is declared.
        """
        if problem.cell == "own":
            raise NotTestable(f"the code does not return {name}")
        trace, found = forward(problem), self.result(problem)
        known = {**trace.steps, "y": trace.y}
        limit = self.limit * 1e3
        for own, value in found.values.items():
            if own in known and value.shape == known[own].shape:
                if not np.allclose(value, known[own], rtol=limit, atol=limit):
                    raise NotTestable("the code's forward pass is another than the declared one")
                return known[name]
        if found.loss is None:
            self.taken.append(name)
        elif not np.isclose(found.loss, trace.loss, rtol=limit, atol=limit):
            raise NotTestable("the code's forward pass is another than the declared one")
        return known[name]

    @property
    def limit(self) -> float:
        """Relative residual up to which a sum counts as 0."""
        return RESIDUAL[self.problem.dtype]


Check = Callable[[Ground], Iterator[Sum]]


def testable(condition: bool, why: str) -> None:
    """Raise `NotTestable` unless a condition holds."""
    if not condition:
        raise NotTestable(why)
