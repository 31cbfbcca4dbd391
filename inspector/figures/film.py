"""Film: the moments of an animation, drawn with the same colours throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.figures.drawing import Drawing
from inspector.figures.pair import Pair, pair_of
from inspector.figures.panels import Sheet, draw_sheet
from inspector.figures.request import PANES, FigureRequest
from inspector.picture.difference import TITLES
from inspector.picture.side_words import short_label, sided
from rnn.arrays import AnyArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


MOST_KEPT = 1 << 23
"""Entries of a side in all pictures together, up to which all of them are among the numbers."""


@dataclass(frozen=True, eq=False)
class Film:
    """All moments of an animation; they are made again whenever they are needed, since together they may be large.

    Attributes:
        make: the moments, one after another. count: how many there are.
        floor: noise of the quantity. axes: names of rows and columns. file: a name without suffix. note: words below.
        sides: names of both.
    """

    make: Callable[[], Iterator[Moment]]
    count: int
    floor: float
    axes: tuple[str, str]
    title: str
    file: str
    note: str = ""
    sides: tuple[str, str] = ("hand", "JAX")


def _pairs(film: Film, request: FigureRequest) -> Iterator[tuple[Moment, Pair]]:
    """Every moment with its two sides; those of one array are gone through once."""
    before: Moment | None = None
    pair: Pair | None = None
    for one in film.make():
        if pair is None or before is None or one.hand is not before.hand or one.reference is not before.reference:
            pair = pair_of(one.hand, one.reference, film.floor, request)
        before = one
        yield one, pair


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is known after all moments were gone through: a request with fixed colours, the last one, and the numbers."""

    request: FigureRequest
    last: Moment
    numbers: dict[str, AnyArray]


def _look_through(film: Film, request: FigureRequest) -> _Seen:
    """Colours that are the same in all pictures, unless they are given; and the numbers."""
    shared = apart = 0.0
    last: Moment | None = None
    shown: list[int] = []
    kept: dict[str, list[AnyArray]] = {"hand": [], "reference": []}
    for one, pair in _pairs(film, request):
        shared = max(shared, pair.hand.peak, pair.reference.peak)
        apart = max(apart, pair.difference.peak)
        last = one
        if one.known is not None:
            shown.append(int(np.count_nonzero(one.known)))
        elif film.count * one.hand.size <= MOST_KEPT:
            kept["hand"].append(one.hand)
            kept["reference"].append(one.reference)
    assert last is not None
    # What is shown more and more of is the same in all pictures, and large sums are there as they end.
    numbers: dict[str, AnyArray] = {
        side: np.stack(arrays) if arrays else getattr(last, side) for side, arrays in kept.items()
    }
    numbers |= {"rows_shown": np.array(shown)} if shown else {}
    fixed = replace(
        request,
        value_bound=request.value_bound or (shared if shared > 0 else None),
        difference_bound=request.difference_bound or (apart if apart > 0 else None),
    )
    return _Seen(fixed, last, numbers)


def _sheet(film: Film, one: Moment, pair: Pair, request: FigureRequest) -> Sheet:
    names = tuple(name for name in PANES if name in (request.panes or PANES))
    first, second = film.sides
    titles = {
        "hand": short_label(first), "reference": short_label(second), "difference": sided(TITLES[request.metric], film.sides),
    }  # fmt: skip
    panels = tuple(replace(panel, known=one.known, badge="") for panel in pair.panels(names, titles))
    notes = ["grey: not reached yet"] if one.known is not None else []
    notes += [film.note] if film.note else []
    if film.count == MOST_FRAMES:
        notes.append(f"{MOST_FRAMES} of the loop's steps")
    if request.scale_note:
        notes += [part for part in pair.notes(names, largest=False) if part.startswith("colours")]
    return Sheet(panels, *film.axes, title=_title(film, one), notes=tuple(sided(note, film.sides) for note in notes))


def _title(film: Film, one: Moment) -> str:
    return f"{film.title}: {one.words}" if film.title else one.words


def _sheets(film: Film, request: FigureRequest) -> Iterator[Sheet]:
    """A sheet for every moment; of one array only what is known of it and the title are others."""
    before: tuple[Pair, Sheet] | None = None
    for one, pair in _pairs(film, request):
        if before is not None and pair is before[0]:
            panels = tuple(replace(panel, known=one.known) for panel in before[1].panels)
            sheet = replace(before[1], panels=panels, title=_title(film, one))
        else:
            sheet = _sheet(film, one, pair, request)
        before = pair, sheet
        yield sheet


def drawing_of_film(film: Film, request: FigureRequest, about: Callable[[Moment], dict[str, Any]]) -> Drawing:
    """The drawing of an animation; about: what is said of its last moment inside the file."""
    seen = _look_through(film, request)

    def final() -> Figure:
        pair = pair_of(seen.last.hand, seen.last.reference, film.floor, seen.request)
        return draw_sheet(_sheet(film, seen.last, pair, seen.request), seen.request)

    return Drawing(
        final,
        seen.numbers,
        lambda: {**about(seen.last), "pictures": film.count, "rate": request.rate},
        film.file,
        lambda: _sheets(film, seen.request),
        film.count,
    )
