"""A table of a pane whose rows are chosen as a whole: no branches, all rows of one height."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QWidget

GAP_PX = 10
"""Between a column's longest text and the next column."""


def row_table(parent: QWidget, name: str, headings: Sequence[str], hint: str) -> QTreeWidget:
    """An empty table. Args: name: for assistive technology. hint: likewise: what can be done with a row."""
    table = QTreeWidget(parent)
    table.setHeaderLabels(headings)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAllColumnsShowFocus(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setAccessibleName(name)
    table.setAccessibleDescription(hint)
    return table


def fit_columns(table: QTreeWidget, widest_px: int) -> None:
    """Make all columns but the last as wide as their texts, up to a limit."""
    for column in range(table.columnCount() - 1):
        table.resizeColumnToContents(column)
        table.setColumnWidth(column, min(table.columnWidth(column) + GAP_PX, widest_px))
