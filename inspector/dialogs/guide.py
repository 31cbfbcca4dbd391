"""The guide: pages to read beside the program, with a list, links between them and a search through all."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from inspector.dialogs.base import SMALLEST_TARGET, plain_label
from inspector.dialogs.pages import PAGES, PICTURES, page_of, page_text, title_of
from inspector.dialogs.reader import Reader, plain_of

__all__ = ["PAGES", "PICTURES", "Guide", "show_guide"]

NAME = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 28
SMALLEST_ZOOM, LARGEST_ZOOM = -4, 12


@lru_cache(maxsize=len(PAGES))
def _words(name: str) -> str:
    return plain_of(page_text(name)).casefold()


class Guide(QDialog):
    """The guide's window."""

    def __init__(self, parent: QWidget | None) -> None:
        """Shows nothing before `show_page`."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Guide")
        self.setAccessibleName("Guide")
        self._past: list[tuple[str, int]] = []
        self._future: list[tuple[str, int]] = []
        self._zoom = 0
        self.page = ""
        self.search, self.list, self.reader = QLineEdit(self), QListWidget(self), Reader(self)
        self.found = plain_label("", self)
        self.found.setProperty("role", "faint")
        self.back = self._button("&Back", "Alt+Left", "The page before", lambda: self._travel(self._past, self._future))
        self.forward = self._button(
            "&Forward", "Alt+Right", "The page from which you went back", lambda: self._travel(self._future, self._past)
        )
        self.smaller = self._button("A-", "Ctrl+-", "Smaller letters", lambda: self._zoom_by(-1))
        self.larger = self._button("A+", "Ctrl++", "Larger letters", lambda: self._zoom_by(1))
        self._name_controls()
        self._lay_out()
        self._connect()
        self._fill()

    def _button(self, text: str, key: str, tip: str, pressed: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{tip} ({native})")
        button.setAccessibleName(tip)
        button.setMinimumHeight(SMALLEST_TARGET)
        button.clicked.connect(pressed)
        QShortcut(QKeySequence(key), self).activated.connect(button.click)
        return button

    def _name_controls(self) -> None:
        self.search.setPlaceholderText("Search all pages")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search all pages")
        self.search.setAccessibleDescription("Pages that hold these words are listed; Enter goes to the next place")
        self.search.setToolTip("Search all pages (Ctrl+F); Enter or F3 goes to the next place")
        self.search.setMinimumHeight(SMALLEST_TARGET)
        self.list.setAccessibleName("Pages")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.setAccessibleName("How much was found")

    def _lay_out(self) -> None:
        side, split = QWidget(self), QSplitter(Qt.Orientation.Horizontal, self)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        for widget in (self.search, self.found, self.list):
            left.addWidget(widget)
        split.addWidget(side)
        split.addWidget(self.reader)
        split.setSizes([280, 720])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        row = QHBoxLayout()
        for button in (self.back, self.forward):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.smaller, self.larger):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(split, 1)
        order = (self.search, self.list, self.reader, self.back, self.forward, self.smaller, self.larger)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)
        self.resize(1000, 720)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search_changed)
        self.search.returnPressed.connect(self.find_next)
        self.list.currentItemChanged.connect(self._on_list_changed)
        self.reader.anchorClicked.connect(self.follow)
        for key, slot in (
            ("Ctrl+F", self.search.setFocus),
            ("F3", self.find_next),
            ("Ctrl+=", self.larger.click),
            ("Ctrl+0", lambda: self._zoom_by(-self._zoom)),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    # Pages

    def show_page(self, name: str) -> None:
        """Show a page from its beginning; a name that there is none of shows the first page."""
        name = name if name in PAGES else PAGES[0]
        if name != self.page:
            if self.page:
                self._past.append((self.page, self.reader.verticalScrollBar().value()))
                self._future.clear()
            self._open(name, 0)

    def _open(self, name: str, place: int) -> None:
        self.page = name
        self.reader.show_markdown(page_text(name))
        self.reader.verticalScrollBar().setValue(place)
        self.setWindowTitle(f"{title_of(page_text(name))} - Guide")
        self.back.setEnabled(bool(self._past))
        self.forward.setEnabled(bool(self._future))
        self._mark_in_list()

    def _travel(self, taken: list[tuple[str, int]], given: list[tuple[str, int]]) -> None:
        if taken:
            given.append((self.page, self.reader.verticalScrollBar().value()))
            self._open(*taken.pop())

    @Slot(QUrl)
    def follow(self, url: QUrl) -> None:
        """Go where a link leads: to a page here, or to the web in a browser."""
        name = page_of(url.toString())
        if name:
            self.show_page(name)
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)

    def _zoom_by(self, steps: int) -> None:
        wanted = max(SMALLEST_ZOOM, min(LARGEST_ZOOM, self._zoom + steps))
        self.reader.zoomIn(wanted - self._zoom)
        self._zoom = wanted

    # The list and the search

    def _fill(self) -> None:
        """List the pages that hold what is searched for, with how often."""
        query = self.search.text().strip().casefold()
        counts = {name: _words(name).count(query) if query else 0 for name in PAGES}
        self.list.blockSignals(True)
        self.list.clear()
        for name in PAGES:
            if counts[name] or not query:
                text = title_of(page_text(name))
                item = QListWidgetItem(f"{text} ({counts[name]})" if query else text)
                item.setData(NAME, name)
                item.setSizeHint(QSize(0, max(ROW_HEIGHT, self.fontMetrics().height() + 8)))
                self.list.addItem(item)
        self.list.blockSignals(False)
        pages, places = sum(map(bool, counts.values())), sum(counts.values())
        self.found.setText(f"{places} found in {pages} page{'s' * (pages != 1)}" if query else "")
        self.found.setVisible(bool(query))
        self._mark_in_list()

    def _names(self) -> list[str]:
        return [str(self.list.item(row).data(NAME)) for row in range(self.list.count())]

    def _mark_in_list(self) -> None:
        self.list.blockSignals(True)
        names = self._names()
        self.list.setCurrentRow(names.index(self.page) if self.page in names else -1)
        self.list.blockSignals(False)

    def _on_search_changed(self, text: str) -> None:
        self._fill()
        self.reader.mark(text.strip())

    def _on_list_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_page(str(item.data(NAME)))

    def find_next(self) -> None:
        """Go to the next place found, on this page or a later one; past the last page the first comes again."""
        query, names = self.search.text().strip(), self._names()
        if not query or not names or (self.page in names and self.reader.find(query)):
            return
        later = [name for name in names if PAGES.index(name) > PAGES.index(self.page)] if self.page else []
        following = (later or names)[0]
        if following == self.page:
            self.reader.moveCursor(self.reader.textCursor().MoveOperation.Start)
        self.show_page(following)
        self.reader.find(query)


def show_guide(parent: QWidget | None, page: str = "") -> Guide:
    """Show the guide, at a page of `PAGES` or at its beginning; an open one is brought to the front."""
    window = None if parent is None else parent.window()
    open_one = None if window is None else window.findChild(Guide)
    guide = Guide(window) if open_one is None else open_one
    if page or not guide.page:
        guide.show_page(page)
    guide.show()
    guide.raise_()
    guide.activateWindow()
    if open_one is None:
        guide.list.setFocus()
    return guide
