"""What the picked entry is made of, as rows: step, sample, hand, JAX and difference, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.panes.debug.rows_view import RIGHT, ROW_PX, STRETCH, Index, RowsView, here_back, tip
from inspector.picture.ticks import short
from inspector.theme import current

if TYPE_CHECKING:
    from rnn.diagnose.provenance import Contribution, Provenance

COLUMNS = (("t, sample", 68), ("hand", 68), ("JAX", 68), ("difference", STRETCH))
PLACE, HAND, REFERENCE, DIFFERENCE = range(len(COLUMNS))
MOST_SEEN = 6
"""Rows that are seen at once."""


ROUNDING = 1e-12
"""Relative difference up to which a row is faint."""


def _is_rounding(one: Contribution) -> bool:
    """Whether hand agrees, or is not known."""
    return one.hand is None or abs(one.hand - one.reference) <= ROUNDING * max(abs(one.hand), abs(one.reference))


class ContributionRows(QAbstractTableModel):
    """Rows of a `Provenance`."""

    def __init__(self, parent: QObject) -> None:
        """Empty."""
        super().__init__(parent)
        self.rows: tuple[Contribution, ...] = ()
        self._here = (-1, -1)
        self._batch = 1

    def show_rows(self, rows: tuple[Contribution, ...], batch: int = 1) -> None:
        """Hold others; of one sample it is not named."""
        if rows is not self.rows:
            self.beginResetModel()
            self.rows, self._batch = rows, batch
            self.endResetModel()

    def show_here(self, t: int, sample: int) -> None:
        """Mark the row of the selected step and sample."""
        if (t, sample) != self._here and self.rows:
            self._here = t, sample
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(COLUMNS) - 1))
        self._here = t, sample

    def rowCount(self, parent: Index | None = None) -> int:
        """Contributions."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return "t" if section == PLACE and self._batch == 1 else COLUMNS[section][0]

    def words(self, row: int) -> str:
        """A contribution in words, with all digits."""
        one = self.rows[row]
        hand = "hand not known" if one.hand is None else f"hand {one.hand!r}"
        apart = "" if one.difference is None else f", difference {one.difference!r}"
        return f"t = {one.t}, sample {one.sample}: {hand}, JAX {one.reference!r}{apart}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and marks of a cell."""
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self.rows):
            return None
        one = self.rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            if column == PLACE:
                return str(one.t) if self._batch == 1 else f"{one.t}, {one.sample}"
            value = {HAND: one.hand, REFERENCE: one.reference, DIFFERENCE: one.difference}[column]
            return "-" if value is None else short(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and (one.t, one.sample) == self._here:
            return here_back()
        if role == Qt.ItemDataRole.ForegroundRole and _is_rounding(one):
            return QColor(current().faint)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tip(self.words(row)) if role == Qt.ItemDataRole.ToolTipRole else self.words(row)
        return None


class _Rows(RowsView):
    """As high as its rows, up to `MOST_SEEN`."""

    def sizeHint(self) -> QSize:
        """Header and rows."""
        seen = min(MOST_SEEN, max(1, self.model().rowCount()))
        return QSize(240, self.horizontalHeader().sizeHint().height() + seen * ROW_PX + 4)

    def minimumSizeHint(self) -> QSize:
        """All of it: the pane around it scrolls."""
        return QSize(120, self.sizeHint().height())


class ContributionsView(QWidget):
    """A title, the rows, and what they can't tell.

    Signals:
        chosen: (t, sample) of a row that was clicked, or on which Enter was pressed.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        """Hidden until there is something to show."""
        super().__init__(parent)
        self._title, self._note = QLabel("Worst contributions", self), QLabel(self)
        self._title.setProperty("role", "heading")
        self._note.setProperty("role", "faint")
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._rows = ContributionRows(self)
        self._view = _Rows(self, self._rows, "Contributions to the cell, worst first", [width for _, width in COLUMNS])
        self._view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._view.setToolTip(
            "Click a row, or press Enter on it: its step and sample are shown, in an open recording too"
        )
        self._view.chosen.connect(self._on_view_chosen)
        self.setFocusProxy(self._view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._title, self._view, self._note):
            layout.addWidget(widget)
        self.hide()

    def show_provenance(self, found: Provenance | None, t: int, sample: int, batch: int) -> None:
        """Show what an entry is made of; None shows nothing.

        Args:
            found: see above. t, sample: that are selected. batch: B; of one sample there is no column.
        """
        self.setVisible(found is not None and bool(found.rows))
        if found is None or not found.rows:
            self._rows.show_rows(())
            return
        known = found.rows[0].difference is not None
        self._title.setText("Worst contributions" if known else "Largest contributions")
        words = found.words()
        self._note.setText("\n".join(filter(None, (words[0].upper() + words[1:] + ".", found.note))))
        self._rows.show_rows(found.rows, batch)
        self._rows.show_here(t, sample)
        self._view.updateGeometry()

    @Slot(int)
    def _on_view_chosen(self, row: int) -> None:
        if 0 <= row < len(self._rows.rows):
            one = self._rows.rows[row]
            self.chosen.emit(one.t, one.sample)
