"""FIGURES: what can be drawn, each with what it needs and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from inspector.figures.drawing import Drawing, Source, as_source
from inspector.figures.loop import loop
from inspector.figures.matrices import itemised
from inspector.figures.over_time import history, made, traces
from inspector.figures.quantity import single, triptych
from inspector.figures.request import FigureRequest
from inspector.figures.steps import step
from inspector.picture.curves import curve_names
from rnn.results import Inspection

RESULT, MADE, ITEMISED, RECORDING = "result", "made", "itemised", "recording"
"""What a kind needs of a `Source`; what is not there is made (see `inspector.exports`)."""


STEP = "step"
"""The kind that is drawn of a recording where none is chosen; of an itemised matrix it is `ITEMISED`."""


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of figure.

    Attributes:
        title: for a list. help: what it shows, a sentence. needs: which part of a `Source`.
        draw: from a source and a request; raises `InputError` where there is nothing of the kind.
        missing: why a result has none, a sentence; empty where it may have one.
        options: fields of `FigureRequest` that mean something to it, besides size, words and resolution.
    """

    title: str
    help: str
    needs: str
    draw: Callable[[Source, FigureRequest], Drawing]
    missing: Callable[[Inspection], str]
    options: frozenset[str] = frozenset()

    def available(self, source: Source | Inspection) -> str:
        """Why it can't be drawn from a source, a sentence; empty where it can."""
        result = as_source(source).result
        if result is None:
            return "" if getattr(as_source(source), self.needs, None) is not None else f"This needs a {self.needs}."
        return self.missing(result)


def _pictured(result: Inspection) -> str:
    """Why no quantity of a result has two sides to draw."""
    if any(report.verdict != "shape" for report in result.pictured()):
        return ""
    return "No gradient has the reference's shape, so there is nothing to draw side by side."


def _problem(result: Inspection) -> str:
    """Why nothing can be run or asked of a result again; what else it lacks is made."""
    return "Two files of gradients were compared, without the problem they belong to." if not result.has_problem else ""


def _curves(result: Inspection) -> str:
    """Why a result has no curves over the steps."""
    return "" if curve_names(result) else "The result has no quantity with a value at every step."


def _made(result: Inspection) -> str:
    """Why no error of a result is made anywhere."""
    if result.verdict != "differ":
        return "The gradients agree, so no step makes an error."
    return _problem(result) or _curves(result)


COLOURED = frozenset({"scale", "colour_map", "colour_bar", "scale_note", "value_bound"})
COMPARED = COLOURED | {"metric", "locked", "difference_bound", "tolerance", "tolerance_note", "statistics"}
OF_A_QUANTITY = frozenset({"quantity", "sample"})

FIGURES: dict[str, Kind] = {
    "triptych": Kind(
        "Hand, JAX, difference", "Both sides of a quantity and their difference, side by side.",
        RESULT, triptych, _pictured, COMPARED | OF_A_QUANTITY | {"panes"},
    ),
    "hand": Kind(
        "Hand alone", "What the hand-written code says.",
        RESULT, partial(single, "hand"), _pictured, COLOURED | OF_A_QUANTITY,
    ),
    "reference": Kind(
        "JAX alone", "What JAX says.",
        RESULT, partial(single, "reference"), _pictured, COLOURED | OF_A_QUANTITY,
    ),
    "difference": Kind(
        "Difference alone", "How far the two are apart, in any metric.",
        RESULT, partial(single, "difference"), _pictured, (COMPARED | OF_A_QUANTITY) - {"value_bound"},
    ),
    "traces": Kind(
        "Over time", "The size of both sides at every step, and their relative difference.",
        RESULT, traces, _curves, frozenset({"quantity", "curve", "statistics"}),
    ),
    "made": Kind(
        "Made and inherited", "How much of the error every step makes itself, and how much it inherits from later steps.",
        MADE, made, _made, frozenset({"quantity", "statistics"}),
    ),
    "history": Kind(
        "One entry over time", "An entry at every step, or what every step contributes to it.",
        RESULT, history, _pictured, frozenset({"element", "statistics"}),
    ),
    "itemised": Kind(
        "Which loss it comes from", "How much of dh at step t the loss at step s brings.",
        ITEMISED, itemised, _problem, COMPARED | {"sample", "at", "panes"},
    ),
    "step": Kind(
        "A step of the code", "Source lines with the arrays of that moment, beside what JAX says they should be.",
        RECORDING, step, _problem, COMPARED | {"step", "arrays", "panes"},
    ),
    "loop": Kind(
        "The backward loop (animation)", "From the last step to the first: what both sides know by then.",
        RESULT, loop, _pictured, COMPARED | OF_A_QUANTITY | {"panes", "rate", "arrays"},
    ),
}  # fmt: skip
"""By name."""
