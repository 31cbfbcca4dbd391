"""Arrangement: panels and toolbars, which every page of the window has in an order of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSignalBlocker, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar

from inspector import menus
from inspector.action import CODE, PICTURES
from inspector.actions import DEBUG_TOOLBAR, TOOLBAR
from inspector.window.docks import LAYOUTS, Docks
from inspector.window.pages import Pages

FIRST = {PICTURES: "first", CODE: "debug"}
"""The layout that a page comes with."""

LARGEST_SIDE = 1 << 15


TOOLBARS = {PICTURES: ("Commands", "commands", TOOLBAR), CODE: ("Stepping", "stepping", DEBUG_TOOLBAR)}
"""Title, name and actions of the toolbar, by page."""


def _names(values: Any) -> list[str]:
    """Names out of a session."""
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


class Arrangement(QObject):
    """Changes pages; each comes back with its panels as they were left.

    Attributes:
        toolbars: by page.

    Signals:
        page_changed: the other page is shown.
    """

    page_changed = Signal()

    def __init__(self, window: QMainWindow, docks: Docks, pages: Pages) -> None:
        """Makes the toolbars, empty."""
        super().__init__(window)
        self._window, self._docks, self._pages = window, docks, pages
        self.toolbars = {page: QToolBar(title, window) for page, (title, _, _) in TOOLBARS.items()}
        self._left: dict[str, QByteArray] = {}
        self._shown = pages.page
        pages.changed.connect(self._on_pages_changed)

    def fill_toolbars(self, made: dict[str, QAction]) -> None:
        """Put the actions (by id) into the toolbars."""
        for page, toolbar in self.toolbars.items():
            _, name, wanted = TOOLBARS[page]
            self._window.addToolBar(toolbar)
            toolbar.setObjectName(name)
            toolbar.setMovable(False)
            toolbar.setVisible(page == self._pages.page)
            menus.fill_toolbar(toolbar, made, wanted)

    @Slot()
    def _on_pages_changed(self) -> None:
        """The user chose the other page by its tab."""
        self._take_page(arranged=True)

    def show_page(self, page: str, arranged: bool = True) -> None:
        """Show a page.

        Args:
            page: which. arranged: whether its panels are put where they were; otherwise they stay.
        """
        if page != self._pages.page:
            with QSignalBlocker(self._pages):
                self._pages.show_page(page)
            self._take_page(arranged)

    def _take_page(self, arranged: bool) -> None:
        page, before = self._pages.page, self._shown
        self._left[before], self._shown = self._window.saveState(), page
        known = self._left.get(page)
        self.page_changed.emit()
        if arranged and known is not None:
            self._window.restoreState(known)
        elif arranged:
            self.lay_out(FIRST[page])

    def kept(self) -> dict[str, Any]:
        """Page, panels and how the room is shared, as plain values for a session."""
        shown = [name for name, dock in self._docks.by_name.items() if not dock.isHidden()]
        raised = [name for name in shown if not self._docks.by_name[name].visibleRegion().isEmpty()]
        sizes = {page: splitter.sizes() for page, splitter in self._pages.splitters.items()}
        return {"page": self._pages.page, "shown": shown, "raised": raised, "sizes": sizes}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Arrange everything as a session says; what makes no sense is left as it is."""
        page, docks = values.get("page"), self._docks.by_name
        if isinstance(page, str) and page in FIRST:
            self.show_page(page)
        shown, raised = ([one for one in _names(values.get(name)) if one in docks] for name in ("shown", "raised"))
        if shown:
            for name, dock in docks.items():
                dock.setVisible(name in shown)
        for name in raised:
            docks[name].raise_()
        sizes = values.get("sizes")
        for name, splitter in self._pages.splitters.items():
            wanted = sizes.get(name) if isinstance(sizes, dict) else None
            if isinstance(wanted, list) and len(wanted) == splitter.count():
                fits = all(type(size) is int and 0 <= size <= LARGEST_SIDE for size in wanted)
                if fits and sum(wanted):
                    splitter.setSizes(wanted)

    def lay_out(self, name: str) -> None:
        """Arrange everything as one of `LAYOUTS`."""
        layout = LAYOUTS[name]
        self.show_page(layout.page, arranged=False)
        self._docks.lay_out(layout)
        for page, toolbar in self.toolbars.items():
            toolbar.setVisible(layout.toolbar and page == layout.page)
        self._pages.splitters[layout.page].setSizes(list(layout.centre))
