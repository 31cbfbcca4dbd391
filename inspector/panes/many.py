"""Many random problems at once: a table, worst first; any row opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inspector.panes.rows import row_table
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current, verdict_colour
from rnn.results import VERDICTS
from rnn.settings import ProblemSettings

HEADINGS = ("problem", "seed", "T", "B", "D", "H", "K", "verdict", "x noise", "wrong", "in words")
ROW = Qt.ItemDataRole.UserRole
OVERALL = {"error": "differs", "differ": "differs", "undecided": "undecided", "agree": "agrees"}
"""Overall verdict -> the verdict of a quantity that has its colour."""

ORDER = ("error", "differ", "undecided", "agree")


def severity(row: Mapping[str, Any]) -> tuple[int, int, float, int]:
    """Sort key: errors and differences first, of those the worst verdict and the largest ratio first."""
    worst = max((VERDICTS.index(verdict) for verdict in row["verdicts"].values()), default=len(VERDICTS))
    return ORDER.index(row["verdict"]), -worst, -float(row["ratio"] or 0), int(row["number"])


def wrong_words(row: Mapping[str, Any]) -> str:
    """`dW_hh differs, db_h factor`."""
    bad = ("factor", "differs", "shape", "nonfinite", "undecided")
    return ", ".join(f"{name} {verdict}" for name, verdict in row["verdicts"].items() if verdict in bad)


class ManyPane(QWidget):
    """How many, go, and the table."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self._shown: object = None
        self._count = QSpinBox(self)
        self._count.setRange(2, 10_000)
        self._count.setValue(20)
        self._count.setPrefix("N = ")
        self._count.setAccessibleName("How many random problems")
        self._count.setToolTip(
            "The present problem first, then others of random sizes and seeds"
        )
        self._check = QPushButton("Check (Ctrl+Shift+R)", self)
        self._check.setToolTip("Check them all; rows come in as they are done, Esc stops")
        self._check.clicked.connect(self.start)
        self._vary = QCheckBox("vary sizes", self)
        self._vary.setChecked(True)
        self._vary.setToolTip("Draw sizes that are set, too; what the case's code or a file dictates stays")
        self._vary.setAccessibleDescription(self._vary.toolTip())
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAccessibleName("Many problems in words")
        self._words.setProperty("role", "faint")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._table = row_table(self, "Random problems, worst first", HEADINGS, "Enter or double-click opens a problem")
        self._table.itemActivated.connect(self._on_table_activated)
        self.setFocusProxy(self._table)
        head = QHBoxLayout()
        head.addWidget(self._count)
        head.addWidget(self._vary)
        head.addWidget(self._check)
        head.addWidget(self._words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 6)
        layout.addLayout(head)
        layout.addWidget(self._table, 1)
        for signal in (state.asking.changed, state.view_changed):
            signal.connect(self.synchronize)

    @Slot()
    def start(self) -> None:
        """Check them."""
        self.state.check_many(self._count.value(), self._vary.isChecked())

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        problems = self.state.asking.problems
        key = (problems, current().name)
        if key == self._shown:
            return
        self._shown = key
        chosen = self._table.currentItem()
        number = None if chosen is None else chosen.data(0, ROW)["number"]
        self._table.clear()
        for row in sorted(problems.rows, key=severity):
            item = self._item(row)
            self._table.addTopLevelItem(item)
            if row["number"] == number:
                self._table.setCurrentItem(item)
        if problems.rows:
            for column in range(len(HEADINGS) - 1):
                self._table.resizeColumnToContents(column)
        agree = sum(row["verdict"] == "agree" for row in problems.rows)
        done = f"{agree} of {len(problems.rows)} agree"
        more = f"; {problems.wanted - len(problems.rows)} to go" if len(problems.rows) < problems.wanted else ""
        self._words.setText(
            f"{done}{more}. Enter opens a row."
            if problems.wanted
            else "One problem can hide a mistake; many of different sizes and seeds rarely do."
        )

    def _item(self, row: Mapping[str, Any]) -> QTreeWidgetItem:
        sizes, ratio = row["sizes"], row["ratio"]
        texts = [
            str(row["number"] + 1),
            str(row["settings"]["seed"]),
            *(str(sizes.get(letter, "-")) for letter in "TBDHK"),
            row["verdict"],
            "-" if ratio is None else f"{ratio:.3g}",
            wrong_words(row),
            row["headline"],
        ]
        item = QTreeWidgetItem(texts)
        item.setData(0, ROW, row)
        item.setForeground(7, QBrush(QColor(verdict_colour(current(), OVERALL[row["verdict"]]))))
        item.setToolTip(10, row["headline"])
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"problem {texts[0]}: {texts[7]}. {row['headline']}")
        return item

    @Slot(QTreeWidgetItem, int)
    def _on_table_activated(self, item: QTreeWidgetItem, column: int) -> None:
        self.state.drag_settings("", **vars(ProblemSettings.from_json(item.data(0, ROW)["settings"])))
