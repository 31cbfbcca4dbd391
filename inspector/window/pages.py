"""Pages: what stands in the middle of the window: the welcome, the pictures, or the code."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from inspector.action import CODE, PICTURES

TITLES = {PICTURES: "Pictures", CODE: "Code"}
SHARES = {PICTURES: (3, 1), CODE: (3, 1)}


class Pages(QWidget):
    """A page for the pictures, one for the code, and the welcome where there are neither.

    Signals:
        changed: the user chose the other page, or `show_page` did.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Empty until `add`."""
        super().__init__(parent)
        self.page = PICTURES
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._tabs = QTabBar(self)
        self._tabs.setAccessibleName("Pictures or code")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._stack = QStackedWidget()
        self.splitters = {name: QSplitter(Qt.Orientation.Vertical) for name in TITLES}
        for name, title in TITLES.items():
            self._tabs.setTabToolTip(self._tabs.addTab(title), f"Show the {title.lower()} (F4 changes)")
            self._tabs.setTabData(self._tabs.count() - 1, name)
        self._tabs.currentChanged.connect(self._on_tab_changed)

    def add(self, pane: QWidget, area: str) -> None:
        """Put a pane where it belongs: `bar`, `welcome`, `centre` or `code`."""
        if area == "bar":
            self._layout.addWidget(pane)
        elif area == "welcome":
            self._stack.addWidget(pane)
        else:
            self.splitters[CODE if area == "code" else PICTURES].addWidget(pane)

    def finish(self) -> None:
        """All panes are there."""
        self._layout.addWidget(self._tabs)
        self._layout.addWidget(self._stack, 1)
        for name, splitter in self.splitters.items():
            splitter.setChildrenCollapsible(False)
            for place, share in enumerate(SHARES[name]):
                splitter.setStretchFactor(place, share)
            self._stack.addWidget(splitter)

    @Slot(int)
    def _on_tab_changed(self, place: int) -> None:
        self.show_page(str(self._tabs.tabData(place)))

    def show_page(self, page: str) -> None:
        """Show the pictures or the code."""
        if page != self.page:
            self.page = page
            self._tabs.setCurrentIndex(list(TITLES).index(page))
            self.changed.emit()

    def follow(self, has_result: bool, has_recording: bool) -> None:
        """Show what there is: the welcome where there are no pictures."""
        self._tabs.setVisible(has_recording)
        if self.page == CODE:
            self._stack.setCurrentWidget(self.splitters[CODE])
        else:
            self._stack.setCurrentIndex(self._stack.indexOf(self.splitters[PICTURES]) if has_result else 0)

    def sizes(self) -> dict[str, QByteArray]:
        """How the room is shared, by page, to be remembered."""
        return {name: splitter.saveState() for name, splitter in self.splitters.items()}

    def restore_sizes(self, sizes: dict[str, QByteArray]) -> None:
        """Share the room as it was."""
        for name, state in sizes.items():
            if name in self.splitters:
                self.splitters[name].restoreState(state)
