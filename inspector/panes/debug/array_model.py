"""ArrayModel: the rows of the table of arrays, changed in their places from step to step."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase

from inspector.debugger.records import ArrayRow
from inspector.panes.debug.array_words import ROLES, cells_of, jax_sign, row_words
from inspector.theme import current

Index = QModelIndex | QPersistentModelIndex

NAME, SHAPE, DTYPE, NORM, CHANGED, LARGEST, JAX, OVER_TIME = range(8)
HEADINGS = ("name", "shape", "dtype", "norm", "changed", "max|\u0394|", "JAX", "over t")
HINTS = (
    "Name, as the call has it; Enter or a click on the triangle opens a dict, list or object",
    "Shape",
    "Type of the items",
    "2-norm, or the number itself",
    "Items that the step changed; bold rows were written by it",
    "Largest change of an item",
    "\u2713 as JAX says, \u2717 and the relative error where it is not, \u2026 between two lines; then what the array stands for",
    "Norm over the iterations of this call in the order in which they ran; the line marks the present one",
)
TO_THE_RIGHT = frozenset({NORM, CHANGED, LARGEST})

_plain = attrgetter(
    "kind", "depth", "label", "shape", "dtype", "norm", "text", "entries", "changed", "expanded", "judged", "match"
)


def _differs(old: ArrayRow, new: ArrayRow) -> bool:
    """Whether two rows of one path look different."""
    if old is new:
        return False
    if _plain(old) == _plain(new) and (new.changed is None or old.largest == new.largest):
        return False
    return (cells_of(old), row_words(old), old.depth, old.expanded) != (
        cells_of(new), row_words(new), new.depth, new.expanded,
    )  # fmt: skip


class ArrayModel(QAbstractTableModel):
    """Rows by path.

    Attributes:
        rows: as they are shown. paths: of them, in their order.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        """Empty until `show`."""
        super().__init__(parent)
        self.rows: list[ArrayRow] = []
        self.paths: list[str] = []
        self._places: dict[str, int] = {}
        self._texts: dict[int, tuple[str, ...]] = {}
        self._fonts = [QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) for _ in range(2)]
        self._fonts[1].setBold(True)

    def place(self, path: str) -> int:
        """Number of a path's row, -1 for none."""
        return self._places.get(path, -1)

    def show(self, rows: Sequence[ArrayRow]) -> None:
        """Hold other rows; views hear only of what is another."""
        paths = [row.path for row in rows]
        if paths != self.paths:
            self._move(rows, paths)
        old, self.rows = self.rows, list(rows)
        changed = [number for number, (one, other) in enumerate(zip(old, rows, strict=True)) if _differs(one, other)]
        for number in changed:
            self._texts.pop(number, None)
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, OVER_TIME))

    def _move(self, rows: Sequence[ArrayRow], paths: list[str]) -> None:
        """Let the list of paths become another, keeping the rows that stay."""
        wanted, had = set(paths), set(self.paths)
        stay = [path for path in self.paths if path in wanted]
        self._texts.clear()
        if stay != [path for path in paths if path in had] or len(wanted) != len(paths):
            self.beginResetModel()
            self.rows, self.paths = list(rows), paths
            self._count()
            self.endResetModel()
            return
        for first, last in reversed(_runs([n for n, path in enumerate(self.paths) if path not in wanted])):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self.rows[first : last + 1], self.paths[first : last + 1]
            self._count()
            self.endRemoveRows()
        for first, last in _runs([n for n, path in enumerate(paths) if path not in had]):
            self.beginInsertRows(QModelIndex(), first, last)
            self.rows[first:first] = rows[first : last + 1]
            self.paths[first:first] = paths[first : last + 1]
            self._count()
            self.endInsertRows()

    def _count(self) -> None:
        self._places = {path: number for number, path in enumerate(self.paths)}

    def forget_colours(self) -> None:
        """The theme is another one."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, OVER_TIME))

    def texts(self, row: int) -> tuple[str, ...]:
        """Texts of a row's columns."""
        found = self._texts.get(row)
        if found is None:
            found = self._texts[row] = cells_of(self.rows[row])
        return found

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        """Names that stand for arrays, or for what holds them."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """See `HEADINGS`."""
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, font, colour and description of a cell."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        answer = DATA.get(role)
        return None if answer is None else answer(self, index.row(), index.column())

    def _text(self, row: int, column: int) -> str:
        return self.texts(row)[column] if column < OVER_TIME else ""

    def _font(self, row: int, column: int) -> QFont:
        return self._fonts[self.rows[row].changed is not None]

    def _colour(self, row: int, column: int) -> QColor | None:
        found = self.rows[row]
        if column == JAX and found.judged is not None:
            return QColor(getattr(current(), ROLES[jax_sign(found)]))
        if column == NORM and not found.finite:
            return QColor(current().bad)
        faint = column in (SHAPE, DTYPE, JAX) or found.kind == "unreadable"
        return QColor(current().faint) if faint else None

    def _alignment(self, row: int, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if column in TO_THE_RIGHT else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def _words(self, row: int, column: int) -> str:
        return row_words(self.rows[row])

    def _said(self, row: int, column: int) -> str:
        text = self._text(row, column)
        return row_words(self.rows[row]) if column == NAME else f"{HEADINGS[column]}: {text or 'nothing'}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings, what they mean, and on which side they stand."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(0, section)
        texts = {Qt.ItemDataRole.DisplayRole: HEADINGS, Qt.ItemDataRole.ToolTipRole: HINTS}.get(Qt.ItemDataRole(role))
        return None if texts is None else texts[section]


DATA = {
    int(Qt.ItemDataRole.DisplayRole): ArrayModel._text,
    int(Qt.ItemDataRole.FontRole): ArrayModel._font,
    int(Qt.ItemDataRole.ForegroundRole): ArrayModel._colour,
    int(Qt.ItemDataRole.TextAlignmentRole): ArrayModel._alignment,
    int(Qt.ItemDataRole.ToolTipRole): ArrayModel._words,
    int(Qt.ItemDataRole.AccessibleTextRole): ArrayModel._said,
}
"""How a cell answers, by role."""


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of what follows one another."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
