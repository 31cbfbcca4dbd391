"""An animation as the bytes of a file: GIF, and PNG with several pictures (APNG). Words stay, pictures change."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.figures.cells import hidden, picture_image
from inspector.figures.drawing import Drawing, Say
from inspector.figures.panels import Sheet, paint, placed
from inspector.figures.pooled import Matrix
from inspector.figures.printing import metadata_text
from inspector.figures.request import PRESETS, FigureRequest
from inspector.figures.style import elided, plain_text, styled
from rnn.arrays import AnyArray
from rnn.errors import InputError

if TYPE_CHECKING:
    from PIL import Image

MOST_WIDE = 1600
"""Pixels; more of them make a file that no page wants."""

LAST_STAYS = 4
"""The last picture stays so many times as long as the others."""


def _pictures(drawing: Drawing, request: FigureRequest, say: Say) -> Iterator[Image.Image]:
    """All pictures, in their order: one figure, whose images and title are changed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    assert drawing.frames is not None
    sheets: Iterator[Sheet] = drawing.frames()
    with styled(request.points):
        first = next(sheets)
        one = placed(first, request)
        figure = Figure(figsize=(one.of.width, one.of.height), dpi=request.dpi, layout=None)
        canvas = FigureCanvasAgg(figure)
        images = paint(figure, one, request)
        words = figure.texts[-(len(one.title) + len(one.notes)) :][: len(one.title)]
        made: dict[int, tuple[Matrix, AnyArray, tuple[int, int]]] = {}
        room = one.of.width - 2 * one.of.left
        for number, sheet in enumerate(chain([first], sheets)):
            say(f"Picture {number + 1} of {drawing.pictures}", number / drawing.pictures)
            for place, panel in enumerate(sheet.panels):
                before = made.get(place)
                if before is None or before[0] is not panel.matrix:
                    made[place] = before = (panel.matrix, *picture_image(panel, one.of.pictures[place], request.dpi))
                images[place].set_data(hidden(before[1], panel.known, before[2]))
            if len(words) == 1:
                words[0].set_text(elided(plain_text(sheet.title), room, 1.05 * request.points))
            canvas.draw()
            yield Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def _checked(drawing: Drawing, request: FigureRequest) -> FigureRequest:
    """The request with no more pixels than an animation may have."""
    if drawing.frames is None:
        raise InputError(
            f"a figure of the kind {request.kind!r} does not move; choose .png, .pdf or .svg, or --kind loop"
        )
    most = int(MOST_WIDE / PRESETS[request.preset][0])
    return replace(request, dpi=min(request.dpi, most))


def _durations(count: int, request: FigureRequest) -> list[int]:
    each = round(1000 / request.rate)
    return [each] * (count - 1) + [each * LAST_STAYS]


def gif(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any], say: Say) -> bytes:
    """A GIF that goes round and round, with the metadata as its comment."""
    from PIL import Image

    small = _checked(drawing, request)
    made = [
        one.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE) for one in _pictures(drawing, small, say)
    ]
    target = io.BytesIO()
    made[0].save(
        target, "GIF", save_all=True, append_images=made[1:], duration=_durations(len(made), request), loop=0,
        comment=metadata_text(about).encode(), optimize=False,
    )  # fmt: skip
    return target.getvalue()


def apng(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any], say: Say) -> bytes:
    """A PNG of several pictures, with the metadata as the text `Description`; what can't play it shows the first one."""
    from PIL.PngImagePlugin import PngInfo

    small = _checked(drawing, request)
    made = list(_pictures(drawing, small, say))
    said = PngInfo()
    said.add_text("Software", "bptt-inspector")
    said.add_text("Description", metadata_text(about))
    target = io.BytesIO()
    made[0].save(
        target, "PNG", save_all=True, append_images=made[1:], duration=_durations(len(made), request), loop=0, pnginfo=said,
    )  # fmt: skip
    return target.getvalue()


MOVING = {".gif": gif, ".apng": apng}
"""By suffix."""
