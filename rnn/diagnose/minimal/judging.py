"""Whether a smaller problem still shows the finding: the code against the built-in BPTT, without compiling anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from ... import oracle
from ...arrays import AnyArray, FloatArray
from ...cases.layout import Layout
from ...errors import InputError
from ...handwritten import forward, run_by_hand
from ...problem import Problem
from ..subject import Subject

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
"""Largest difference, relative to the largest entry or 1, that the written files take for rounding."""

CLEAR = 100.0
"""Times the tolerance from which on a difference is a mistake; in between nothing is said, and the problem not taken."""

KINK = 1e-6
"""Pre-activations of a ReLU nearer to 0 than this: there the slope is a matter of taste."""


def comparable(problem: Problem) -> tuple[str, ...]:
    """Gradients that the written files compare: of parameters, of initial states, and of x where it is no token ids."""
    names = [*problem.parameters, *problem.starts]
    tokens = problem.settings.ids or problem.network.embedding
    return tuple(f"d{name}" for name in (names if tokens else [*names, "x"]))


def difference(hand: AnyArray, wanted: FloatArray) -> float:
    """Largest |hand - wanted|, relative to the largest |wanted| or 1; infinite for another shape or what is not finite."""
    if hand.shape != wanted.shape or not np.isfinite(hand).all():
        return float("inf")
    rest = np.abs(np.asarray(hand, "float64") - wanted)
    return float(rest.max(initial=0.0)) / max(1.0, float(np.abs(wanted).max(initial=0.0)))


@dataclass(frozen=True, eq=False)
class Judge:
    """Tells whether a problem shows the finding.

    Attributes:
        subject: whose code it is. names: the gradients that are wrong. quantity: the one that must be; empty for all of them.
        clear: the difference from which on one is wrong.
    """

    subject: Subject
    names: frozenset[str]
    quantity: str
    clear: float

    @staticmethod
    def of(subject: Subject, quantity: str | None = None) -> Judge:
        """For what is wrong on the subject's own problem.

        Raises:
            InputError: nothing of what the files could compare is wrong there, or not the quantity that is asked for.
        """
        problem = subject.problem
        if problem.cell == "own":
            raise InputError("a minimal case needs a cell that the program knows; this one is your own")
        if not subject.can_run:
            raise InputError(
                "a minimal case needs the code, to run it on smaller problems; there are only its gradients"
            )
        found = _differences(subject, problem, _by_hand(problem))
        clear = CLEAR * TOLERANCE[problem.dtype]
        wrong = {name for name, size in found.items() if size > clear}
        if not wrong:
            raise InputError(
                f"nothing is wrong in {', '.join(found) or 'what the code returns'}, so there is nothing to shrink"
            )
        if quantity and quantity not in wrong:
            quantity = _ours(subject, quantity, wrong)
        smallest = min(found[name] for name in ([quantity] if quantity else wrong))
        return Judge(subject, frozenset(wrong), quantity or "", max(clear, min(1e-3, smallest / 10)))

    def wrong(self, problem: Problem, truth: Mapping[str, FloatArray] | None = None) -> frozenset[str] | None:
        """The gradients that are wrong on a problem; None where the code fails or it can't be told.

        Args: problem: any of the kind. truth: the right gradients; those of the built-in BPTT by default.
        """
        try:
            found = _differences(self.subject, problem, _by_hand(problem) if truth is None else truth)
        except InputError:
            return None
        rounding = TOLERANCE[problem.dtype] / 10
        if any(rounding < size <= self.clear for size in found.values()) or _at_a_kink(problem):
            return None
        return frozenset(name for name, size in found.items() if size > self.clear)

    def __call__(self, problem: Problem) -> bool:
        """Whether the finding is there: the quantity asked for is wrong, or the same ones are and no others."""
        wrong = self.wrong(problem)
        if wrong is None:
            return False
        return self.quantity in wrong if self.quantity else wrong == self.names

    def users_names(self, problem: Problem) -> tuple[str, ...]:
        """The gradients that are wrong on a problem, as the code calls its arrays."""
        assert self.subject.case is not None
        layout = Layout.of(self.subject.case.declaration, problem.cell)
        names = comparable(problem)
        hand, truth = (
            layout.returned_as({name: value for name, value in found.items() if name in names})
            for found in (self.subject.run(problem), _by_hand(problem))
        )
        return tuple(name for name in hand if difference(np.asarray(hand[name]), truth[name]) > self.clear)

    def confirmed(self, problem: Problem) -> bool:
        """Whether JAX says the same of a problem."""
        wrong = self.wrong(problem, oracle.reference(problem)[1].named())
        return wrong is not None and (self.quantity in wrong if self.quantity else wrong == self.names)


def _ours(subject: Subject, quantity: str, wrong: Collection[str]) -> str:
    """Our name of a wrong gradient that is asked for by the code's name of one of its parts, such as one gate's."""
    assert subject.case is not None
    layout = Layout.of(subject.case.declaration, subject.problem.cell)
    for part in layout.parts(subject.problem.parameters):
        for row in part.rows:
            if f"d{part.name}" == quantity and f"d{row}" in wrong:
                return f"d{row}"
    raise InputError(f"{quantity} is not wrong; what is: {', '.join(sorted(wrong))}")


def _by_hand(problem: Problem) -> Mapping[str, FloatArray]:
    return run_by_hand(problem.cast("float64"))[1].named()


def _differences(subject: Subject, problem: Problem, truth: Mapping[str, FloatArray]) -> dict[str, float]:
    """Of all that can be compared; raises `InputError` where the code fails or the truth is not finite."""
    if not all(np.isfinite(value).all() for value in truth.values()):
        raise InputError("the gradient is not finite")
    values = subject.run(problem)
    names = [name for name in comparable(problem) if name in values]
    return {name: difference(values[name], np.asarray(truth[name], "float64")) for name in names}


def _at_a_kink(problem: Problem) -> bool:
    if problem.activation != "relu":
        return False
    steps = forward(problem.cast("float64")).steps
    seen = [value for name, value in steps.items() if name.split(".")[0] in ("a", "a_g", "a_n", "c")]
    return any(bool((np.abs(value) < KINK).any()) for value in seen)
