"""Source lines around the one that was executed, as a part of a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.figures.layout import Layout
from inspector.figures.style import FAINT, LEADING, POINTS_PER_INCH, elided, plain_text, width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rnn.recorder.recording import Step

CURRENT_BACK = "#fff3d1"


@dataclass(frozen=True, eq=False)
class SourceLines:
    """Lines of source with their numbers, and which of them were executed."""

    first: int
    lines: tuple[str, ...]
    current: tuple[int, int]


def lines_around(one: Step, around: int) -> SourceLines:
    """The lines of a step and so many above and below, with their common indent left out."""
    text = one.file.table.text.splitlines()
    start, end = one.statement.line, max(one.statement.line, min(one.statement.end_line, one.statement.line + 5))
    first, last = max(1, start - around), min(len(text), end + around)
    cut = [line.expandtabs(4) for line in text[first - 1 : last]]
    indents = [len(line) - len(line.lstrip()) for line in cut if line.strip()]
    common = min(indents, default=0)
    return SourceLines(first, tuple(plain_text(line[common:].rstrip()) for line in cut), (start, end))


def draw_source(figure: Figure, source: SourceLines, top: float, of: Layout, points: float) -> None:
    """The lines below an edge, the executed ones on a ground of their own."""
    from matplotlib.patches import Rectangle

    line, gutter = LEADING * points / POINTS_PER_INCH, width_of("0" * 5, points, True)
    room = of.width - of.left - of.notes - gutter
    for number, text in enumerate(source.lines):
        bottom, at = top - (number + 1) * line, source.first + number
        if source.current[0] <= at <= source.current[1]:
            place = of.left / of.width, bottom / of.height
            figure.add_artist(
                Rectangle(
                    place,
                    1 - 2 * of.left / of.width,
                    line / of.height,
                    transform=figure.transFigure,
                    fc=CURRENT_BACK,
                    ec="none",
                )
            )
        height = (bottom + 0.28 * line) / of.height
        words: dict[str, Any] = {"fontsize": points, "family": "DejaVu Sans Mono", "va": "baseline"}
        figure.text((of.left + gutter * 0.8) / of.width, height, str(at), color=FAINT, ha="right", **words)
        figure.text((of.left + gutter) / of.width, height, elided(text, room, points, True), **words)
