"""Film: the moments of an animation, drawn with the same colours throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from inspector.figures.drawing import Drawing
from inspector.figures.pair import Pair, pair_of
from inspector.figures.panels import Sheet, draw_sheet
from inspector.figures.pooled import matrix_of
from inspector.figures.request import PANES, FigureRequest
from inspector.picture.difference import TITLES
from inspector.picture.side_words import short_label, sided
from rnn.arrays import AnyArray

MOST_FRAMES = 200
"""Of a longer loop every k-th step is shown, the first and the last among them."""


@dataclass(frozen=True, eq=False)
class Moment:
    """One picture of an animation: what is said of it, both sides, and which entries are known by then (None: all)."""

    words: str
    hand: AnyArray
    reference: AnyArray
    known: AnyArray | None = None


def chosen(count: int) -> list[int]:
    """Which of so many pictures are shown, in their order."""
    if count <= MOST_FRAMES:
        return list(range(count))
    return sorted(set(np.linspace(0, count - 1, MOST_FRAMES).round().astype(int).tolist()))


@dataclass(frozen=True, eq=False)
class Film:
    """All moments of an animation.

    Attributes:
        floor: noise of the quantity. axes: names of rows and columns. file: a name without suffix. note: words below.
        sides: names of both.
    """

    moments: Sequence[Moment]
    floor: float
    axes: tuple[str, str]
    title: str
    file: str
    note: str = ""
    sides: tuple[str, str] = ("hand", "JAX")


def _bounds(film: Film, request: FigureRequest) -> FigureRequest:
    """The request with colours that are the same in all pictures, unless they are given."""
    shared = apart = 0.0
    for one in film.moments:
        values = matrix_of(one.hand).peak, matrix_of(one.reference).peak
        shared = max(shared, *values)
        apart = max(apart, pair_of(one.hand, one.reference, film.floor, request).difference.peak)
    return replace(
        request,
        value_bound=request.value_bound or (shared if shared > 0 else None),
        difference_bound=request.difference_bound or (apart if apart > 0 else None),
    )


def _sheet(film: Film, one: Moment, request: FigureRequest) -> tuple[Sheet, Pair]:
    names = tuple(name for name in PANES if name in (request.panes or PANES))
    pair = pair_of(one.hand, one.reference, film.floor, request)
    first, second = film.sides
    titles = {
        "hand": short_label(first), "reference": short_label(second), "difference": sided(TITLES[request.metric], film.sides),
    }  # fmt: skip
    panels = tuple(replace(panel, known=one.known, badge="") for panel in pair.panels(names, titles))
    notes = ["grey: not reached yet"] if one.known is not None else []
    notes += [film.note] if film.note else []
    if len(film.moments) == MOST_FRAMES:
        notes.append(f"{MOST_FRAMES} of the loop's steps")
    if request.scale_note:
        notes += [part for part in pair.notes(names, largest=False) if part.startswith("colours")]
    title = f"{film.title}: {one.words}" if film.title else one.words
    return Sheet(panels, *film.axes, title=title, notes=tuple(sided(note, film.sides) for note in notes)), pair


def drawing_of_film(film: Film, request: FigureRequest, about: Callable[[], dict[str, Any]]) -> Drawing:
    """The drawing of an animation; about: what is said of it inside the file."""
    fixed = _bounds(film, request)

    def frames() -> Iterator[Sheet]:
        return (_sheet(film, one, fixed)[0] for one in film.moments)

    def hidden(array: AnyArray, known: AnyArray | None) -> AnyArray:
        values = np.array(array, "float64")
        if known is not None:
            values[~known] = np.nan
        return values

    numbers: dict[str, AnyArray] = {
        "hand": np.stack([hidden(one.hand, one.known) for one in film.moments]),
        "reference": np.stack([hidden(one.reference, one.known) for one in film.moments]),
    }
    return Drawing(
        lambda: draw_sheet(_sheet(film, film.moments[-1], fixed)[0], fixed),
        numbers,
        lambda: {**about(), "pictures": len(film.moments), "rate": request.rate},
        film.file,
        frames,
    )
