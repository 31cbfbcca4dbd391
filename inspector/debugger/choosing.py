"""Choosing: which array and element is looked at, how, and where the source's cursor stands."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inspector.debugger.records import DETAIL_METRICS, DETAIL_MODES, VALUE, Line


class Choosing(QObject):
    """What of a moment is looked at.

    Attributes:
        path: of the selected array, may be empty. element: index of the picked element of it, or None.
        mode, metric: how the array is shown. cursor: the line in the source that has the text cursor.
        expanded: containers that are shown the other way than they come: large ones opened, small ones closed.

    Signals:
        choice_changed: one of these is another.
    """

    choice_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Nothing is chosen."""
        super().__init__(parent)
        self.mode, self.metric = VALUE, "difference"
        self.path = ""
        self.element: tuple[int, ...] | None = None
        self.cursor: Line | None = None
        self.expanded: frozenset[str] = frozenset()

    def forget_choice(self) -> None:
        """Another recording is open: nothing of it is chosen."""
        self.path, self.element, self.cursor, self.expanded = "", None, None, frozenset()
        self.choice_changed.emit()

    def select_array(self, path: str, element: tuple[int, ...] | None = None) -> None:
        """Show an array in detail, perhaps with one of its elements picked."""
        if (path, element) != (self.path, self.element):
            other = path != self.path
            self.path, self.element = path, element
            self.choice_changed.emit()
            if other:
                self.ask_detail()

    def ask_detail(self) -> None:
        """Another array is selected: its values are wanted."""

    def pick(self, element: tuple[int, ...] | None) -> None:
        """Pick an element of the selected array."""
        self.select_array(self.path, element)

    def set_mode(self, mode: str) -> None:
        """Show the array's value, its change, what JAX says, or the difference."""
        if mode in DETAIL_MODES and mode != self.mode:
            self.mode = mode
            self.choice_changed.emit()

    def set_metric(self, metric: str) -> None:
        """Measure the difference as one of `DETAIL_METRICS`."""
        if metric in DETAIL_METRICS and metric != self.metric:
            self.metric = metric
            self.choice_changed.emit()

    def set_cursor(self, line: Line | None) -> None:
        """The source's text cursor stands on a line."""
        if line != self.cursor:
            self.cursor = line
            self.choice_changed.emit()
