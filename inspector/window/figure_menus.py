"""Menus over what is shown, by which a figure of it is exported: right click, or the menu key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pyqtgraph import PlotWidget
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from inspector.panes.history_view import HistoryView
from inspector.panes.itemised import ItemisedPane
from inspector.panes.trace import TracePane
from inspector.panes.triptych_pane import TriptychPane

if TYPE_CHECKING:
    from inspector.state import State

Wanted = Callable[[], tuple[str, Mapping[str, Any]]]
"""The kind of figure, and fields of its request beside what the screen says."""

SIDES = ("hand", "reference", "difference")


def _only(kind: str) -> Wanted:
    return lambda: (kind, {})


def add_entry(widget: QWidget, text: str, state: State, wanted: Wanted) -> None:
    """An entry in a widget's own menu."""

    def want() -> None:
        kind, more = wanted()
        state.asking.want_figure(kind, **more)

    entry = QAction(text, widget)
    entry.setObjectName("export_figure_of_this")
    entry.triggered.connect(want)
    widget.addAction(entry)
    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)


def add_figure_menus(window: QWidget, state: State) -> None:
    """Menus over pictures, curves, the itemised matrix and the history of a cell."""
    for pictures in window.findChildren(TriptychPane):
        for view, side in zip(pictures.canvas.views, SIDES, strict=True):
            add_entry(view, "Export this picture...", state, _only(side))
            add_entry(view, "Export all three...", state, _only("triptych"))
    for matrix in window.findChildren(ItemisedPane):
        for view in matrix.canvas.views:
            add_entry(view, "Export figure...", state, _only("itemised"))
    for history in window.findChildren(HistoryView):
        add_entry(history, "Export figure...", state, _only("history"))
    for trace in window.findChildren(TracePane):
        for plot in trace.findChildren(PlotWidget):
            add_entry(plot, "Export figure...", state, trace.figure)


def wanted_of(focus: QWidget | None) -> Wanted | None:
    """What is wanted of a figure while something has the focus; None where that says nothing."""
    while focus is not None:
        if isinstance(focus, TracePane):
            return focus.figure
        if isinstance(focus, ItemisedPane):
            return _only("itemised")
        focus = focus.parentWidget()
    return None
