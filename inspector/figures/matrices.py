"""The itemised matrix: how much of dh at step t the loss at step s brings, by hand, by JAX, and how far they are apart."""

from __future__ import annotations

import numpy as np

from inspector.figures.drawing import Drawing, Source
from inspector.figures.pair import pair_of
from inspector.figures.panels import Sheet, draw_sheet
from inspector.figures.quantity import digest
from inspector.figures.request import PANES, FigureRequest
from rnn.errors import InputError
from rnn.itemised import Itemised
from rnn.itemised_words import itemised_words
from rnn.units import rms

ROUNDING = 1e-15
"""Share of the largest entry that counts as rounding where it was not measured."""


def _noise(source: Source, found: Itemised) -> float:
    """Rounding noise of an entry: that of dh where it was measured, in proportion."""
    share, result = ROUNDING, source.result
    reports = {} if result is None else {report.name: report for report in result.reports()}
    if result is not None and "dh" in reports and reports["dh"].floor > 0:
        size = float(rms(result.arrays.read("steps/dh/reference")))
        share = reports["dh"].floor / size if size > 0 else share
    finite = found.reference[np.isfinite(found.reference)]
    return share * float(finite.max(initial=0.0))


def itemised(source: Source, request: FigureRequest) -> Drawing:
    """Row s, column t: the norm of d(loss at step s) / dh_t.

    Raises:
        InputError: there is no itemised matrix, or a pane that it lacks.
    """
    found = source.itemised
    if found is None:
        raise InputError("there is no itemised matrix; make one with 'itemise CASE -o FILE', or give a case")
    there = PANES if found.hand is not None and found.difference is not None else ("reference",)
    names = tuple(name for name in there if name in (request.panes or PANES))
    if not names:
        raise InputError(f"hand has no itemised matrix, only JAX has: {found.note or 'the code was not run'}")
    hand = found.reference if found.hand is None else found.hand
    difference = np.zeros_like(found.reference) if found.difference is None else found.difference
    pair = pair_of(hand, found.reference, _noise(source, found), request, difference)
    titles = {"hand": "hand", "reference": "JAX", "difference": "norm of the difference"}
    case = f" of {source.result.case}" if source.result is not None else ""
    title = f"Which loss dh{case} comes from, sample {found.sample}" if request.title is None else request.title
    notes = [itemised_words(found)] if request.statistics else [found.note]
    sheet = Sheet(
        pair.panels(names, titles), "loss at step s", "dh at step t", (found.first, found.first), title,
        (*notes, *pair.notes(names, largest=False)),
    )  # fmt: skip
    numbers = {"hand": found.hand, "reference": found.reference, "difference": found.difference}
    return Drawing(
        lambda: draw_sheet(sheet, request),
        {name: values for name, values in numbers.items() if values is not None},
        lambda: {
            "quantity": "d loss_s / dh_t", "sample": found.sample, "first": found.first,
            "levels": {name: vars(one) for name, one in zip(("values", "difference"), pair.levels, strict=True)},
            "noise_floor": pair.floor,
            **{f"sha256_{name}": digest(values) for name, values in numbers.items() if values is not None},
        },
        "itemised",
    )  # fmt: skip
