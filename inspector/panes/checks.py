"""The checks of the code in their order; below them every gradient, worst first, and the forward pass."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QFont, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inspector.check_order import WHY, CheckRow
from inspector.panes.check_detail import CheckDetail
from inspector.panes.check_rows import CheckRows
from inspector.pictures import Pictures
from inspector.severity import grouped
from inspector.state import State
from inspector.theme import current, verdict_colour
from rnn.results import QuantityReport

HEADINGS = ("name", "verdict", "max rel", "from t")
SIGNS = {"identical": "\u2713", "agrees": "\u2713", "undecided": "?"}
WORDS = {"nonfinite": "NaN/Inf"}
NAME = Qt.ItemDataRole.UserRole
ROOM_FOR_NUMBERS = 260
"""Width from which all columns have room."""

OLDER = "The last run came to no result; what is listed here is of a run before."

Cells = tuple[str, str, str, str]
Row = tuple[QuantityReport | None, Cells]
"""A report, or None for the heading of a group."""


def verdict_words(report: QuantityReport) -> str:
    """Sign and word: never colour alone."""
    word = WORDS.get(report.verdict, report.verdict)
    if report.verdict == "factor" and report.factor is not None:
        word = f"factor {report.factor:.4g}"
    return f"{SIGNS.get(report.verdict, chr(0x2717))} {word}"


def row_of(report: QuantityReport) -> Cells:
    """The four cells of a row."""
    relative = "-" if report.verdict == "shape" else "0" if report.max_rel == 0 else f"{report.max_rel:.1e}"
    return (
        report.name,
        verdict_words(report),
        relative,
        "" if report.first_wrong_t is None else str(report.first_wrong_t),
    )


class ChecksPane(QWidget):
    """Headline, checks, filter, list, notes. Choosing a row selects its quantity.

    Signals:
        line_wanted: the first wrong line shall be looked for, or shown. why_wanted: the cause likewise.
    """

    line_wanted = Signal()
    why_wanted = Signal()

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self._shown: tuple[object, ...] = ()
        self._headline = self._text("Result in words")
        self._notes = self._text("Notes on the result")
        self._notes.setProperty("role", "faint")
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter")
        self._filter.setClearButtonEnabled(True)
        self._filter.setAccessibleName("Filter the list of gradients")
        self._filter.setToolTip("Show only gradients whose name or verdict contains this")
        self._list = self._tree()
        self._checks, self._detail = CheckRows(state, self), CheckDetail(state, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 8)
        for widget in (self._headline, self._checks):
            layout.addWidget(widget)
        layout.addWidget(self._detail, 3)
        layout.addWidget(self._filter)
        layout.addWidget(self._list, 4)
        layout.addWidget(self._notes)
        self._filter.textChanged.connect(self.synchronize)
        self._list.currentItemChanged.connect(self._on_list_chosen)
        copy = QShortcut(QKeySequence("Ctrl+Alt+C"), self._list, context=Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_table)
        self._checks.chosen.connect(self._on_check_chosen)
        self._detail.line_wanted.connect(self.line_wanted)
        state.own.order.changed.connect(self.synchronize)
        state.result_changed.connect(self.synchronize)
        state.selection_changed.connect(self._show_selection)
        state.view_changed.connect(self.synchronize)

    def _text(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAccessibleName(name)
        return label

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setColumnCount(len(HEADINGS))
        tree.setHeaderLabels(HEADINGS)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.header().setStretchLastSection(False)
        tree.header().setMinimumSectionSize(30)
        for column in range(len(HEADINGS)):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        tree.setAccessibleName("Gradients, worst first, and the forward pass")
        tree.setAccessibleDescription(
            "Arrow keys choose the quantity that all panes show; Ctrl+Alt+C copies the table"
        )
        return tree

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        result = self.state.result
        stopped = result is not None and self.state.own.order.stopped
        self._headline.setText(OLDER if stopped else "" if result is None else result.headline)
        self._headline.setVisible(bool(self._headline.text()))
        self._notes.setText("" if result is None else "\n".join(result.notes))
        self._notes.setVisible(bool(self._notes.text()))
        wanted = self._filter.text().strip().lower()
        key = (result, wanted, current().name)
        if key == self._shown:
            return
        self._shown = key
        blocked = self._list.blockSignals(True)
        self._show_rows(self._rows(wanted))
        self._list.blockSignals(blocked)
        self._show_selection()

    def _rows(self, wanted: str = "") -> list[Row]:
        """Rows whose name or verdict contains a text, group by group, each under its heading."""
        found: list[Row] = []
        for title, reports in ({} if self.state.result is None else grouped(self.state.result)).items():
            rows = [(report, row_of(report)) for report in reports]
            rows = [row for row in rows if wanted in f"{row[1][0]} {row[1][1]}".lower()]
            found += [(None, (title, "", "", ""))] if title and rows else []
            found += rows
        return found

    def _show_rows(self, rows: list[Row]) -> None:
        """Fill the list; the same quantities in the same order are only written anew, as while a weight is dragged."""
        names = [self._list.topLevelItem(i).text(0) for i in range(self._list.topLevelItemCount())]  # type: ignore[union-attr]
        if names != [cells[0] for _, cells in rows]:
            self._list.clear()
            self._list.addTopLevelItems([QTreeWidgetItem() for _ in rows])
        for number, (report, cells) in enumerate(rows):
            item = self._list.topLevelItem(number)
            assert item is not None
            if report is None:
                self._fill_heading(item, cells[0])
            else:
                self._fill(item, report, cells)

    def _fill_heading(self, item: QTreeWidgetItem, title: str) -> None:
        """Names a group; can't be chosen."""
        item.setText(0, title)
        item.setFirstColumnSpanned(True)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(0, QBrush(QColor(current().faint)))
        item.setBackground(0, QBrush(QColor(current().window)))

    def _fill(self, item: QTreeWidgetItem, report: QuantityReport, cells: Cells) -> None:
        for column, text in enumerate(cells):
            item.setText(column, text)
        item.setData(0, NAME, report.name)
        item.setForeground(1, QBrush(QColor(verdict_colour(current(), report.verdict))))
        bold = QFont(self.font())
        bold.setBold(report.kind == "parameter")
        item.setFont(0, bold)
        for column in (2, 3):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tip = f"{report.name} ({' x '.join(map(str, report.shape))}): {report.verdict}. {report.note} {report.rows_right}".strip()
        for column in range(len(HEADINGS)):
            item.setToolTip(column, tip)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow dock the verdict counts more than the number."""
        super().resizeEvent(event)
        self._list.setColumnHidden(2, event.size().width() < ROOM_FOR_NUMBERS)

    @Slot()
    def _show_selection(self) -> None:
        """Mark the row of the selected quantity."""
        blocked = self._list.blockSignals(True)
        for index in range(self._list.topLevelItemCount()):
            item = self._list.topLevelItem(index)
            if item is not None and item.data(0, NAME) == self.state.selection.quantity:
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                self._list.setCurrentItem(item, 0, flags)
        self._list.blockSignals(blocked)

    @Slot()
    def _on_list_chosen(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.state.select_quantity(item.data(0, NAME))

    @Slot(object)
    def _on_check_chosen(self, row: CheckRow) -> None:
        """Show it in full, and what it failed on; what is not known yet is looked for. A cause has a panel of its own."""
        if row.name == WHY and self.state.result is not None and self.state.result.verdict != "agree":
            self.why_wanted.emit()
            return
        self._detail.show_row(row)
        if not self.state.own.order.stopped:
            self.state.look.go_to_check(row.name)
        if row.looks and not row.line:
            self.line_wanted.emit()

    @Slot()
    def copy_table(self) -> None:
        """Put the table on the clipboard, tab-separated."""
        if self.state.result is not None:
            rows = [HEADINGS, *(cells for report, cells in self._rows() if report is not None)]
            QApplication.clipboard().setText("\n".join("\t".join(row) for row in rows) + "\n")
