"""Docks: the panels at the sides and below, the layouts they form, and how to walk through them by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from inspector.action import CODE, PICTURES

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
FIRST_WIDTHS = {"left": 290, "right": 324}
BOTTOM_HEIGHT, CODE_BOTTOM_HEIGHT = 280, 220
BOTTOM_SHARE = 5
"""In a high window the panels below get one part of so many."""


@dataclass(frozen=True)
class Layout:
    """Which panels a layout shows.

    Attributes:
        shown: ids of panes in docks. raised: those on top of their tabs. toolbar: whether it is shown.
        page: what stands in the middle. right: width of the panels on the right, 0 leaves it.
        centre: heights of the pictures and the trace, as shares.
    """

    shown: frozenset[str]
    raised: tuple[str, ...]
    toolbar: bool = True
    page: str = PICTURES
    right: int = 0
    centre: tuple[int, int] = (300, 100)


LAYOUTS = {
    "first": Layout(frozenset({"checks", "problem", "cell", "levels"}), ("problem",)),
    "compare": Layout(frozenset({"checks", "problem", "cell", "levels"}), ("cell",)),
    "debug": Layout(
        frozenset({"arrays", "problem", "findings", "breakpoints", "calls", "origin", "output"}),
        ("arrays", "findings"),
        page=CODE,
        right=430,
        centre=(300, 110),
    ),
    "present": Layout(frozenset(), (), toolbar=False, centre=(400, 100)),
}


class Docks(QObject):
    """The docks of the main window, by the id of their pane."""

    def __init__(self, window: QMainWindow) -> None:
        """Args: window: they belong to."""
        super().__init__(window)
        self._window = window
        self.by_name: dict[str, QDockWidget] = {}
        self._areas: dict[str, str] = {}
        window.setCorner(Qt.Corner.BottomLeftCorner, AREAS["left"])
        window.setCorner(Qt.Corner.BottomRightCorner, AREAS["right"])

    def add(self, name: str, title: str, pane: QWidget, area: str) -> None:
        """Put a pane into a dock; docks of one area become tabs."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(pane)
        beside = next((self.by_name[other] for other, where in self._areas.items() if where == area), None)
        self._window.addDockWidget(AREAS[area], dock)
        self._window.setTabPosition(AREAS[area], QTabWidget.TabPosition.North)
        if beside is not None:
            self._window.tabifyDockWidget(beside, dock)
            beside.raise_()
            for each in (beside, dock):
                each.setTitleBarWidget(QWidget(each))  # the tab says the title already
        if area == "bottom":
            dock.hide()
        self.by_name[name], self._areas[name] = dock, area

    def size(self) -> None:
        """Give all docks their first sizes."""
        for area, width in FIRST_WIDTHS.items():
            docks = [dock for name, dock in self.by_name.items() if self._areas[name] == area]
            self._window.resizeDocks(docks, [width] * len(docks), Qt.Orientation.Horizontal)

    def lay_out(self, layout: Layout) -> None:
        """Show the docks of a layout and hide the others."""
        for name, dock in self.by_name.items():
            dock.setVisible(name in layout.shown)
        for name in layout.raised:
            if name in self.by_name:
                self.by_name[name].raise_()
        self._size_bottom(CODE_BOTTOM_HEIGHT if layout.page == CODE else BOTTOM_HEIGHT)
        if layout.right:
            self._size_right(max(layout.right, self._window.width() // 4))

    def _size_right(self, width: int) -> None:
        docks = [dock for name, dock in self.by_name.items() if self._areas[name] == "right" and not dock.isHidden()]
        self._window.resizeDocks(docks, [width] * len(docks), Qt.Orientation.Horizontal)

    def raise_pane(self, name: str) -> None:
        """Bring a pane to the front, showing its dock where it is hidden."""
        dock = self.by_name.get(name)
        if dock is None:
            return
        was_hidden = not dock.isVisible() and self._areas[name] == "bottom"
        dock.show()
        dock.raise_()
        if was_hidden:
            self._size_bottom()

    def _size_bottom(self, height: int = BOTTOM_HEIGHT) -> None:
        docks = [dock for name, dock in self.by_name.items() if self._areas[name] == "bottom" and not dock.isHidden()]
        height = max(height, self._window.height() // BOTTOM_SHARE)
        self._window.resizeDocks(docks, [height] * len(docks), Qt.Orientation.Vertical)

    def toggle_bottom(self) -> None:
        """Hide the panels below; or show the first of them again."""
        bottom = [name for name, area in self._areas.items() if area == "bottom"]
        shown = [name for name in bottom if not self.by_name[name].isHidden()]
        for name in shown:
            self.by_name[name].hide()
        if not shown:
            for name in bottom[:1]:
                self.raise_pane(name)

    def raise_quietly(self, name: str) -> None:
        """Bring a pane to the front of its tabs, unless its dock is hidden or the user is at work beside it."""
        dock = self.by_name.get(name)
        if dock is None or dock.isHidden():
            return
        area = [other for other, where in self._areas.items() if where == self._areas[name]]
        if not any(holds_focus(self.by_name[other]) for other in area):
            dock.raise_()


def holds_focus(widget: QWidget) -> bool:
    """Whether the focus is on it or inside it."""
    focus = widget.window().focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus)) and focus.isVisible()


def focus_next(panes: Mapping[str, QWidget], direction: int) -> None:
    """Move the focus to the next (+1) or previous (-1) pane that can be seen and has something to focus."""
    shown = [pane for pane in panes.values() if pane.isVisible() and not pane.visibleRegion().isEmpty()]
    here = next((number for number, pane in enumerate(shown) if holds_focus(pane)), -1 if direction > 0 else 0)
    for step in range(1, len(shown) + 1):
        pane = shown[(here + direction * step) % len(shown)]
        target = first_focus(pane)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def first_focus(pane: QWidget) -> QWidget | None:
    """What takes the focus when a pane is entered: its proxy, else its first widget that can be reached by Tab."""
    proxy = pane.focusProxy()
    if proxy is not None and proxy.isVisible():
        return proxy
    for child in pane.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return child
    return None
