"""What the mouse is over in the grid of steps, in words."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from inspector.panes.debug.grid_cells import NOT_FINITE, RIGHT, WRONG, Cells, Span
from inspector.panes.debug.grid_frame import Frame
from rnn.recorder.format import NO_LOOP_VALUE

MOST_TEXT = 110


def _time(cells: Cells, column: int) -> str:
    folded = cells.overview.folded
    loop, value = int(folded.loops[column]), int(folded.values[column])
    if loop < 0:
        return "outside of loops"
    name = folded.names.get(loop, "")
    return (f"{name}, " if name else "") + ("in a loop" if value == NO_LOOP_VALUE else f"t = {value}")


def _judged(cells: Cells, row: int, column: int) -> str:
    code = int(cells.codes[row, column])
    found = ["a NaN or an infinity appeared"] if code & NOT_FINITE else []
    code &= NOT_FINITE - 1
    if code >= WRONG:
        found.append(f"wrong: relative error up to {float(cells.overview.worst[row, column]):.2g}")
    elif code == RIGHT:
        found.append("right")
    else:
        found.append("not judged")
    return "; ".join(found)


def _cell_words(cells: Cells, rows: Span, columns: Span) -> str:
    found = cells.to_show(rows, columns)
    if found is None:
        return ""
    row, column = found
    one = cells.overview.folded.rows[row]
    lines = [f"line {one.line}  {shortened(one.text)}", _time(cells, column)]
    times = int(cells.overview.counts[row, column])
    executed = "executed once" if times == 1 else f"executed {times:,} times"
    lines.append(f"{executed}; {_judged(cells, row, column)}")
    joined = (rows[1] - rows[0]) * (columns[1] - columns[0])
    if not rows[0] <= row < rows[1]:
        other = cells.overview.folded.rows[rows[0]]
        lines.insert(0, f"line {other.line} was not executed here; the nearest that was:")
    elif joined > 1:
        lines.append(f"(the one of {joined:,} cells here that stands out most)")
    lines.append("Click goes there, drag runs through time, wheel zooms")
    return "\n".join(lines)


def shortened(text: str) -> str:
    """The beginning of a long line."""
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "\u2026"


def words_of(cells: Cells | None, frame: Frame, at: QPointF) -> str:
    """What is under a pixel; empty where nothing is."""
    if cells is None or not cells.columns:
        return ""
    rows = frame.rows.span(at.y() - frame.top)
    if rows is None:
        return ""
    columns = frame.columns.span(at.x() - frame.left)
    if columns is not None:
        return _cell_words(cells, rows, columns)
    if at.x() >= frame.left:
        return ""
    one = cells.overview.folded.rows[rows[0]]
    return f"line {one.line}, {one.function or 'module'}\n{shortened(one.text)}"
