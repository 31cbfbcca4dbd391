"""Inspection: the one immutable result of a run, and where its arrays are read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .arrays import AnyArray

PARAMETER, INTERMEDIATE, FORWARD = "parameter", "intermediate", "forward"

VERDICTS = ("identical", "agrees", "undecided", "factor", "differs", "shape", "nonfinite")
"""Verdicts of one quantity, mildest first."""

WRONG = frozenset({"factor", "differs", "shape", "nonfinite"})

FILES = "files"
"""The truth where two files of gradients are compared: there is none, and no problem either."""


class ArraySource(Protocol):
    """Where the arrays of an inspection live: in memory, or in a result file that is read in slices."""

    def names(self) -> Iterable[str]:
        """Every array's name."""

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of one array; `KeyError` where there is none of that name."""

    def read(self, name: str, start: int = 0, stop: int | None = None) -> AnyArray:
        """The array, or only its entries `start:stop` along the first axis."""


@dataclass(frozen=True)
class QuantityReport:
    """Hand against reference for one quantity.

    Attributes:
        name: `dW_hh`, `dh`, ...
        kind: `parameter`, `intermediate` (per-step gradients, and `dh0`), or `forward` (what the forward pass makes, and `loss`).
        shape: of the reference; `hand_shape`: of what the hand-written code returned.
        verdict: one of `VERDICTS`; `note` says the rest in words, may be empty.
        floor: measured rounding noise, root mean square, in the quantity's own unit.
        ratio: rms difference over floor (at most 10 is rounding).
        max_abs, sum_abs, sum_signed: of hand - reference; `cancels` marks a signed sum that hides the absolute one.
        max_rel: largest |difference| / max(|hand|, |reference|), 0 to 2; `max_ulp`: in units in the last place.
        worst_index: of the largest |difference|.
        factor: best k in hand = k * reference; `factor_residual`: ||hand - k reference|| / ||hand||.
        first_wrong_t: first step that differs, walking back from the last, of a forward quantity walking forward; None where
            none does or there is no time axis.
        sides_with: `reference`, `hand`, `neither`, `both` (central differences can't tell them apart), or empty when not asked.
        rows_right: what part of a wrong matrix is right, in words ("row 4 of 5"), or empty.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    hand_shape: tuple[int, ...]
    verdict: str
    note: str = ""
    floor: float = 0.0
    ratio: float = 0.0
    max_abs: float = 0.0
    sum_abs: float = 0.0
    sum_signed: float = 0.0
    cancels: bool = False
    max_rel: float = 0.0
    max_ulp: float = 0.0
    worst_index: tuple[int, ...] | None = None
    factor: float | None = None
    factor_residual: float | None = None
    first_wrong_t: int | None = None
    sides_with: str = ""
    rows_right: str = ""

    @property
    def wrong(self) -> bool:
        """Whether the verdict counts as a disagreement."""
        return self.verdict in WRONG


@dataclass(frozen=True)
class FirstDivergence:
    """The first entry, walking back from the last step, at which hand and reference part."""

    quantity: str
    t: int
    index: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Inspection:
    """Everything one run found; arrays stay behind `arrays` until somebody asks for them.

    Attributes:
        verdict: `agree`, `differ`, `undecided` or `error`.
        headline: the result in one or two sentences.
        case: what was checked: an example's name, a file's path, or `built-in BPTT`.
        problem: {cell, activation, loss, T, B, D, H, K, seed, dtype, output_layer} and, for a text, `vocabulary`.
        settings: the `ProblemSettings` as JSON, so that the run can be made again.
        parameters, intermediates: one report a quantity, in the cell's order.
        forward: reports of what the code returned of its forward pass, in the order of the pass; not among `reports()`.
        checks: what was checked one after another: mappings {name: runs, pure, forward, gradients, where or why, state: ok,
            failed, unknown or skipped, sentence, details: a list of lines}; empty in older files.
        first_divergence: None where nothing per step differs.
        truth: `jax`; `differences`: central differences of the code's own loss; `files`: two files of gradients, neither of
            which is known to be right, and of `problem` only the sizes that the files tell.
        labels: what both sides are called where that is not hand and JAX: two files' names.
        findings: causes: of kind `forward` (another function is computed), `blame` (a line), `dynamic` (a fact of the run), and
            the kinds of `rnn.diagnose.finding`.
        notes: remarks for the user: declared conventions, casts, overflow.
        loss_hand, loss_reference: scalar losses; hand's is None where the case returns none.
        versions: of Python and the libraries that took part.
        arrays: `hand/<name>`, `reference/<name>` (float64, same name and shape; the reference also has what hand did not
            return), per-step curves `steps/<name>/hand`, `.../reference`, `.../difference`, `.../floor` (T,): rms over
            batch and units; `weights/<name>`, `data/<x, h0, target, loss_weights>`, `trace/<a, h, y>`; what the code returned
            of its forward pass: `handtrace/<name>`, and curves `forward/<name>/hand`, `.../reference`, ... (T,).
    """

    verdict: str
    headline: str
    case: str
    problem: Mapping[str, Any]
    settings: Mapping[str, Any]
    parameters: tuple[QuantityReport, ...]
    intermediates: tuple[QuantityReport, ...]
    first_divergence: FirstDivergence | None
    arrays: ArraySource
    forward: tuple[QuantityReport, ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    truth: str = "jax"
    findings: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    loss_hand: float | None = None
    loss_reference: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()

    @property
    def side_names(self) -> tuple[str, str]:
        """What both sides are called, the compared one first."""
        return (self.labels[0], self.labels[1]) if len(self.labels) == 2 else ("hand", "JAX")

    @property
    def has_problem(self) -> bool:
        """Whether there is a network behind the gradients, that can be asked."""
        return self.truth != FILES

    def reports(self) -> tuple[QuantityReport, ...]:
        """Parameters, then intermediates."""
        return self.parameters + self.intermediates

    def pictured(self) -> tuple[QuantityReport, ...]:
        """Everything of which both sides are kept: gradients, then what the code returned of its forward pass."""
        stored = set(self.arrays.names())
        return (*self.reports(), *(one for one in self.forward if stored.issuperset(self.sides(one.name))))

    def sides(self, name: str) -> tuple[str, str]:
        """Where the arrays of both sides are kept, the code's first."""
        return (f"handtrace/{name}", f"trace/{name}") if self.is_forward(name) else (f"hand/{name}", f"reference/{name}")

    def curve(self, name: str, kind: str) -> str:
        """Where a curve over the steps is kept; kind is `hand`, `reference`, `difference` or `floor`."""
        return f"{'forward' if self.is_forward(name) else 'steps'}/{name}/{kind}"

    def is_forward(self, name: str) -> bool:
        """Whether a quantity was compared as a part of the forward pass."""
        return any(report.name == name for report in self.forward)

    def report(self, name: str) -> QuantityReport:
        """The report of one quantity; `KeyError` where it was not compared."""
        for report in (*self.reports(), *self.forward):
            if report.name == name:
                return report
        raise KeyError(name)
