"""What the debugger's panes share: signs, the sentence of a closed pane, the look of a table, a pane in two halves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLayout, QSplitter, QTableView, QVBoxLayout, QWidget

RIGHT, WRONG, BETWEEN = "\u2713", "\u2717", "\u2026"
"""As JAX says, not as JAX says, between two lines and not judged."""

NO_RECORDING = "No recording is open. Record the case with Ctrl+F5, or open a recording."

SMALLEST_COLUMN = 24


def look_like_rows(table: QTableView, row_px: int) -> None:
    """Make a table a list of whole rows of one height, without grid, row numbers or editing."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(row_px)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setMinimumSectionSize(SMALLEST_COLUMN)


def lay_out_halves(pane: QWidget, head: QLayout, left: QWidget, right: QWidget, shares: tuple[int, int]) -> None:
    """Fill a pane with a head and, below, two widgets side by side."""
    split = QSplitter(Qt.Orientation.Horizontal, pane)
    split.addWidget(left)
    split.addWidget(right)
    split.setSizes(list(shares))
    split.setChildrenCollapsible(False)
    layout = QVBoxLayout(pane)
    layout.setContentsMargins(10, 4, 8, 6)
    layout.setSpacing(4)
    layout.addLayout(head)
    layout.addWidget(split, 1)
