"""FIGURES: what can be drawn, each with what it needs and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from inspector.figures.drawing import Drawing, Source, as_source
from inspector.figures.quantity import single, triptych
from inspector.figures.request import FigureRequest
from rnn.results import Inspection

RESULT, ITEMISED, RECORDING = "result", "itemised", "recording"
"""What a kind needs of a `Source`; the latter two are made where they are not there (see `inspector.figure_making`)."""


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
            return "" if getattr(as_source(source), self.needs) is not None else f"This needs a {self.needs}."
        return self.missing(result)


def _pictured(result: Inspection) -> str:
    """Why no quantity of a result has two sides to draw."""
    if any(report.verdict != "shape" for report in result.pictured()):
        return ""
    return "No gradient has the reference's shape, so there is nothing to draw side by side."


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
}  # fmt: skip
"""By name."""
