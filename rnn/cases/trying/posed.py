"""A problem on which candidates are tried: what the code is given, and the truth about what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import AnyArray
from ..call import brought_home, home_of
from ..layout import Layout
from ..loading import open_script
from ..returned import Home
from ..user_problem import UserProblem
from .parts import with_parts

LEAST_S = 0.25
"""A run may take as long as this, however quick the code is."""

Residuals = dict[str, float]


@dataclass(frozen=True, eq=False)
class Part:
    """A request to run the case on one problem, as `rnn.cases.call` takes it."""

    header: Mapping[str, Any]
    arrays: Mapping[str, AnyArray]


class Posed:
    """One of the problems, ready to be run again and again.

    Attributes:
        allowed_s: what a run may take. values: what the code as it is gives. before: the residuals of that.
        steps: T.
    """

    def __init__(self, part: Part, truth: Mapping[str, AnyArray], tolerance: Mapping[str, float]) -> None:
        """Args: part: the request. truth: by name. tolerance: relative residual up to which a quantity is right, by name."""
        self._part, self.steps = part, int(part.header["sizes"]["T"])
        self._layout = Layout.of(part.header["declaration"], part.header["cell"])
        self._home: Home = home_of(part, self._layout)
        self._truth = {name: np.asarray(value, "float64") for name, value in truth.items()}
        sizes = {name: float(np.linalg.norm(value)) for name, value in self._truth.items()}
        largest = max(sizes.values(), default=1.0) or 1.0
        # A truth of exactly 0 is compared with the largest of the others: rounding may leave something there.
        self._sizes = {name: size or largest for name, size in sizes.items()}
        self.tolerance, self.allowed_s = tolerance, LEAST_S
        self.values: dict[str, AnyArray] = {}
        self.before: Residuals = {}

    def given(self) -> UserProblem:
        """What the code is given, fresh."""
        return UserProblem(self._part.header, self._part.arrays, self._layout, open_script)

    def brought(self, returned: Any) -> dict[str, AnyArray]:
        """What came back, with the loss where there is one."""
        arrays, loss = brought_home(returned, self._home)
        return arrays if loss is None else {**arrays, "loss": np.asarray(loss)}

    def residuals(self, values: Mapping[str, AnyArray]) -> Residuals:
        """||hand - truth|| / ||truth|| by name; infinite for another shape, what is not finite and what is missing now."""
        values, found = with_parts(values, self._truth), {}
        for name, truth in self._truth.items():
            if name in values:
                hand = values[name]
                error = float(np.linalg.norm(hand - truth)) if hand.shape == truth.shape else np.inf
                found[name] = error / self._sizes[name] if np.isfinite(error) else np.inf
            elif name in self.before:
                found[name] = np.inf
        return found

    def right(self, residuals: Residuals) -> set[str]:
        """Names of what is right."""
        return {name for name, residual in residuals.items() if residual <= self.tolerance[name]}

    def goes_on(self, residuals: Residuals) -> bool:
        """Whether it is worth looking at the next problem: nothing is wrong that was right, and less is wrong, if anything was."""
        was, now = self.right(self.before), self.right(residuals)
        return was <= now and (len(now) > len(was) or len(was) == len(self.before))
