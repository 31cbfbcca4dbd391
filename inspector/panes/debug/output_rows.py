"""What the code printed as rows: a line of text from one step each; later ones are faint, they have not happened yet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QWidget

from inspector.debugger.records import Printed
from inspector.panes.debug.rows_view import RIGHT, STRETCH, Index, tip
from inspector.theme import current

COLUMNS = (("step", 82), ("", 64), ("printed", STRETCH))
STEP, STREAM, TEXT = range(len(COLUMNS))

ERROR = "stderr"
GOES_ON = "\u22ef "
"""Before a text that goes on in a line which an earlier step began."""

MOST_TEXT = 400


@dataclass(frozen=True)
class OutputLine:
    """A line, or what one step printed of it.

    Attributes:
        step, stream, text: of it. goes_on: whether the line was begun by an earlier step.
    """

    step: int
    stream: str
    text: str
    goes_on: bool = False


def lines_of(printed: Sequence[Printed]) -> list[OutputLine]:
    """Pieces of output as lines; pieces of one step and stream are joined, as `print` writes every argument by itself."""
    found: list[OutputLine] = []
    begun: dict[str, bool] = {}
    place = 0
    while place < len(printed):
        step, stream = printed[place].step, printed[place].stream
        end = place
        while end < len(printed) and (printed[end].step, printed[end].stream) == (step, stream):
            end += 1
        text = "".join(one.text for one in printed[place:end])
        parts = text.split("\n")
        for part in parts if parts[-1] else parts[:-1]:
            found.append(OutputLine(step, stream, part, begun.get(stream, False)))
            begun[stream] = False
        begun[stream] = bool(parts[-1])
        place = end
    return found


class OutputRows(QAbstractTableModel):
    """The lines.

    Attributes:
        lines: all of them, in time.
    """

    def __init__(self, parent: QWidget) -> None:
        """Without lines."""
        super().__init__(parent)
        self.lines: list[OutputLine] = []
        self._steps: list[int] = []
        self._happened = 0

    def show_lines(self, lines: Sequence[OutputLine]) -> None:
        """Show other lines; of a run that goes on, more of them."""
        old = len(self.lines)
        if 0 < old <= len(lines) and list(lines[: old - 1]) == self.lines[:-1]:
            self.lines[-1] = lines[old - 1]  # a line may have gone on
            self.dataChanged.emit(self.index(old - 1, 0), self.index(old - 1, TEXT))
            if len(lines) > old:
                self.beginInsertRows(QModelIndex(), old, len(lines) - 1)
                self.lines.extend(lines[old:])
                self.endInsertRows()
        elif self.lines or lines:
            self.beginResetModel()
            self.lines = list(lines)
            self.endResetModel()
        # A line's step may be behind the one before where streams are mixed; what comes next in time decides.
        self._steps, latest = [], -1
        for one in self.lines:
            latest = max(latest, one.step)
            self._steps.append(latest)

    def show_step(self, step: int) -> int | None:
        """Another step is the present one; returns the last line that was printed by then, None where that is the same one."""
        happened = bisect_right(self._steps, step)
        first, last = sorted((happened, self._happened))
        self._happened = happened
        if first == last or not self.lines:
            return None
        self.dataChanged.emit(self.index(first, 0), self.index(min(last, len(self.lines)) - 1, TEXT))
        return max(happened - 1, 0)

    def rowCount(self, parent: Index | None = None) -> int:
        """Lines."""
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == STEP:
            return RIGHT
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def words(self, row: int) -> str:
        """A line in words."""
        one = self.lines[row]
        later = "" if row < self._happened else " (not printed yet at the present step)"
        return f"step {one.step:,}, {one.stream}{later}: {one.text}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, side, font and colour of a cell."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        one, column = self.lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            error = f"\u2002{ERROR}" if one.stream == ERROR else ""
            return (f"{one.step:,}", error, (GOES_ON if one.goes_on else "") + one.text[:MOST_TEXT])[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column == STEP:
            return RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            theme = current()
            if index.row() >= self._happened:
                return QColor(theme.faint)
            return QColor(theme.faint if column == STEP else theme.bad if one.stream == ERROR else theme.text)
        if role == Qt.ItemDataRole.FontRole and column == TEXT:
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setItalic(index.row() >= self._happened)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.words(index.row()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(index.row()) if column == STEP else None
        return None
