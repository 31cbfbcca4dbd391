"""Verify: a repair is right when every gradient is, by the program's own comparison, on problems the search never saw."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...cases import CaseResult
from ...errors import InputError
from ...forward import compare_forward
from ...judging import judged
from ..subject import relative_residual
from .ahead import Later
from .port import Candidate, Trier
from .problems import Fresh


@dataclass
class Verifier:
    """Tries repairs on problems that the search never saw.

    Attributes:
        later: gives the problems. trier: runs the code with edits.
    """

    later: Later
    trier: Trier
    _residuals: dict[Candidate, float] = field(default_factory=dict)

    @property
    def sizes(self) -> list[dict[str, int]]:
        """Sizes of the problems."""
        return [dict(one.problem.sizes) for one in self.later.all()]

    @property
    def same_sizes(self) -> bool:
        """Whether the case allows no other sizes, so that only the values differ."""
        return len({tuple(sizes.items()) for sizes in self.sizes}) == 1

    def residual(self, candidate: Candidate) -> float | None:
        """The largest relative residual of a gradient with a candidate's edits; None where anything is wrong."""
        largest = 0.0
        for one in self.later.all():
            try:
                found = self.trier.result(candidate, one.problem)
            except InputError:
                return None
            if not _right(one, found):
                return None
            wanted = one.truth.gradients.named()
            shared = (name for name in found.values if name in wanted)
            largest = max(largest, *(relative_residual(found.values[name], wanted[name]) for name in shared))
        return largest


def _right(one: Fresh, result: CaseResult) -> bool:
    """Whether everything that was returned is right, but for what code that only updates its weights has lost by rounding."""
    values = result.values
    found = judged(
        one.problem, values, one.truth.gradients, None, _silent, result.rounding, lambda problem: one.noise, third=False
    )
    if any(report.wrong for report in found.parameters + found.intermediates):
        return False
    ahead = compare_forward(values, None, one.truth.trace, one.problem, one.truth.ahead)
    return bool(found.parameters + found.intermediates) and ahead.first is None


def _silent(text: str, fraction: float | None) -> None:
    """Progress that nobody is told of."""
