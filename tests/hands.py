"""Hand-written code for tests that runs in this process: the built-in BPTT with something changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnn.arrays import AnyArray
from rnn.cases import Case, CaseResult
from rnn.errors import InputError
from rnn.handwritten import run_by_hand
from rnn.problem import Problem

Values = dict[str, AnyArray]


def case(**declaration: Any) -> Case:
    """A case with a declaration and no file."""
    return Case(Path("mine.py"), "mine", declaration, "")


@dataclass
class Hand:
    """A runner whose code is the built-in BPTT, its problem and what it returns changed.

    Attributes:
        change: what it does to the values it returns. before: what it does to the problem it is given.
        asked: the problems it was given.
    """

    change: Callable[[Values], Values] = dict
    before: Callable[[Problem], Problem] = lambda problem: problem
    asked: list[Problem] = field(default_factory=list)

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run it."""
        self.asked.append(problem)
        trace, gradients = run_by_hand(self.before(problem))
        return CaseResult(self.change({**gradients.named(), "y": trace.y, **trace.steps}), trace.loss)

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> Values:
        """There are no files."""
        raise InputError(f"{path} is not there")

    list_weights = read_data = read_weights

    def read_text(self, path: Path) -> str:
        """There are no files."""
        raise InputError(f"{path} is not there")
