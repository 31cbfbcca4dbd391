"""Subject: what every search for a cause starts from, and the problems on which it looks again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..build import build
from ..cases import Case, CaseResult
from ..errors import InputError
from ..forward import LOSS, compare_forward
from ..handwritten import forward
from ..problem import Problem
from ..settings import ProblemSettings
from ..settings_for import FIXED_SIZES, fixed_settings

Say = Callable[[str, float | None], None]
Values = Mapping[str, AnyArray]

RESIDUAL = {"float64": 1e-9, "float32": 3e-5}
"""Relative residual up to which a set of mistakes gives the user's numbers: true matches lie below 4e-12, false ones above 6e-4."""

SIZES = {"steps": 8, "batch": 3, "inputs": 4, "hidden": 5, "outputs": 11}
"""T at least 6 and B at least 3, and so that no two of 2, 1/2, T, B, K, D, H, their products, T - 1, T + 1, 2 T and 2 B are the
same number: no mistake can hide behind another. Always the same, so that JAX's programs for them are kept."""

ALONE = {"inputs": "D", "outputs": "K"}
"""Sizes for which code may be written that needs them to be 1."""

KIND_SEED = 70

LATER_SIZES = {"steps": 6, "batch": 5, "inputs": 3, "hidden": 4, "outputs": 7}
"""Other sizes, on which what was found is tried again."""


class Runner(Protocol):
    """The port to user code; in the program a `rnn.jobs.JobRunner`."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem."""


def relative_residual(hand: AnyArray, wanted: AnyArray) -> float:
    """||hand - wanted|| / ||hand||, against ||wanted|| where hand is 0; infinite for other shapes or what is not finite."""
    hand, wanted = np.asarray(hand, "float64"), np.asarray(wanted, "float64")
    if hand.shape != wanted.shape or not (np.isfinite(hand).all() and np.isfinite(wanted).all()):
        return float("inf")
    with np.errstate(all="ignore"):
        size = float(np.linalg.norm(hand)) or float(np.linalg.norm(wanted))
        return float(np.linalg.norm(hand - wanted)) / size if size else 0.0


def _settings(base: ProblemSettings, fixed: Mapping[str, Any], sizes: Mapping[str, int], seed: int) -> ProblemSettings:
    """Random settings of the same kind with everything that the case dictates."""
    wanted: dict[str, Any] = {**sizes, **{name: value for name, value in fixed.items() if name in FIXED_SIZES.values()}}
    if not base.output_layer:
        wanted["outputs"] = None
    wanted |= {first: None for first, _ in base.tied}
    counted = "all" if base.counted == "padding" and wanted.get("batch") == 1 else base.counted
    return replace(
        base, **wanted, counted=counted, seed=seed, dtype="float64" if fixed.get("dtype") != "float32" else "float32",
        data="random", data_file="", target_file="", text_start=0, weights="normal", weights_file="", weights_map=(),
        orientation="", weight_scale=None, spectral_radius=None, edits=(),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Subject:
    """A wrong backward pass and all that is known of it.

    Attributes:
        problem: it was seen on. values: what the hand-written code returned there, by name in the program's layout.
        reference: the truth there, by name (all gradients, also those that hand did not return).
        case: the user's code; None where there are only its gradients. runner: runs it; None with it.
        findings: what is known already, kinds `blame`, `dynamic`, `forward`.
        still: called before the code is run; raises where the search was ended.
    """

    problem: Problem
    values: Values
    reference: Mapping[str, FloatArray]
    case: Case | None = None
    runner: Runner | None = None
    findings: Sequence[Mapping[str, Any]] = ()
    notes: list[str] = field(default_factory=list)
    still: Callable[[], None] = lambda: None

    @property
    def can_run(self) -> bool:
        """Whether the code can be run on other problems."""
        return self.case is not None and self.runner is not None

    def settings(self, seed: int, **sizes: int) -> ProblemSettings:
        """Settings of a random problem of the same kind; sizes that the case fixes stay what they are."""
        wanted, kept = {**SIZES, **sizes}, self._kept
        if "data" in kept:  # of the probe T and D are one number
            wanted |= {"inputs": wanted["steps"]}
        return replace(self._plain(seed, wanted), **kept)

    def _plain(self, seed: int, sizes: Mapping[str, int]) -> ProblemSettings:
        fixed = fixed_settings(self.case) if self.case is not None else {}
        return _settings(self.problem.settings, fixed, sizes, seed)

    @cached_property
    def _kept(self) -> Mapping[str, Any]:
        """What all problems have to share with this one: sizes of 1 and one-hot inputs, where the code needs them.

        Code that is written for one output or for one-hot rows computes something else on others, and what is wrong there is
        no mistake of its own. Its forward pass tells, of the number of outputs its loss; where that is not returned, it is kept.
        """
        problem = self.problem
        special: dict[str, Any] = {name: 1 for name, letter in ALONE.items() if problem.sizes[letter] == 1}
        if problem.settings.data == "one_hot":
            special["data"] = "one_hot"
        if not special or self.case is None or self.runner is None:
            return {}
        try:
            other = build(self._plain(KIND_SEED, SIZES))
            found = self.runner.run(self.case, other)
        except InputError:
            return special
        compared = compare_forward(found.values, found.loss, forward(other), other)
        if compared.first is not None or not compared.reports:
            return special
        has_loss = any(report.name == LOSS for report in compared.reports)
        return {} if has_loss else {name: value for name, value in special.items() if name == "outputs"}

    def other(self, seed: int, **sizes: int) -> Problem:
        """A random problem of the same kind.

        Raises:
            InputError: the case allows none.
        """
        return build(self.settings(seed, **sizes))

    def others(self, seeds: Sequence[int], **sizes: int) -> Iterator[Problem]:
        """Several random problems, as `other`; none where the case allows none."""
        for seed in seeds:
            try:
                yield self.other(seed, **sizes)
            except InputError:
                return

    def run(self, problem: Problem) -> Values:
        """What the code returns on another problem.

        Raises:
            InputError: the code fails there.
        """
        return self.result(problem).values

    def result(self, problem: Problem) -> CaseResult:
        """All that comes of running the code on another problem; raises as `run`."""
        assert self.case is not None and self.runner is not None
        self.still()
        return self.runner.run(self.case, problem)
