"""The command palette: type a few letters of a command, Enter runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMenuBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector import theme
from inspector.actions import ACTIONS
from inspector.dialogs.fuzzy import rank
from inspector.menus import key_text

WIDTH, HEIGHT, FROM_TOP, ROW_HEIGHT, PADDING, GAP = 640, 400, 48, 28, 8, 14
MOST_RECENT = 12
ENTRY = Qt.ItemDataRole.UserRole
UNAVAILABLE = "not available now"

_recent: list[str] = []


@dataclass(frozen=True)
class Entry:
    """One line of the palette.

    Attributes:
        text: what is matched and shown. hint: one sentence, shown fainter. keys: as this platform writes them.
        run: called after the palette has closed. enabled: whether it can be run now.
    """

    text: str
    hint: str
    keys: str
    run: Callable[[], object]
    enabled: bool = True


def without_marks(text: str) -> str:
    """A menu's text without its mnemonic and dots; a doubled & is a letter."""
    return "&".join(part.replace("&", "") for part in text.split("&&")).removesuffix("...")


def _hint(action: QAction) -> str:
    chosen = "chosen now" if action.isCheckable() and action.isChecked() else ""
    return ", ".join(part for part in (action.statusTip(), chosen) if part)


def _keys(action: QAction) -> str:
    for each in ACTIONS:
        if each.id == action.objectName():
            return key_text(each)
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(key.toString(native) for key in action.shortcuts())


def _entry(action: QAction, path: tuple[str, ...]) -> Entry:
    text = ": ".join((*path, without_marks(action.text())))
    return Entry(text, _hint(action), _keys(action), action.trigger, action.isEnabled())


def _walk(actions: Sequence[QAction], path: tuple[str, ...]) -> Iterator[tuple[QAction, tuple[str, ...]]]:
    """Every action below, with the titles of the menus above it."""
    for action in actions:
        menu: Any = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()  # menus that are filled when they open, and ticks that are set then
            yield from _walk(menu.actions(), (*path, without_marks(menu.title())))
        elif action.text() and not action.isSeparator():
            yield action, path


def entries_of(bar: QMenuBar, actions: Mapping[str, QAction] | None = None) -> list[Entry]:
    """An entry for everything the menus offer, submenus too, as `View: Colour map: red-blue`.

    Args:
        bar: the menu bar.
        actions: commands by id; those that stand in no menu are added at the end.
    """
    walked = list(_walk(bar.actions(), ()))
    seen = {id(action) for action, _ in walked}
    others = [(action, ()) for action in (actions or {}).values() if id(action) not in seen]
    return [_entry(action, path) for action, path in (*walked, *others)]


def in_order(query: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that fit, best first; for an empty query all of them, those run last first."""
    if not query.strip():
        places = {text: place for place, text in enumerate(_recent)}
        return sorted(entries, key=lambda entry: places.get(entry.text, len(places)))
    ranked = [(rank(query, entry.text), entry) for entry in entries]
    fitting = [(value, entry) for value, entry in ranked if value is not None]
    return [entry for _, entry in sorted(fitting, key=lambda pair: -pair[0])]


def remember(text: str) -> None:
    """Put a command at the head of those run last, for as long as the program runs."""
    _recent[:] = [text, *(each for each in _recent if each != text)][:MOST_RECENT]


class Line(QStyledItemDelegate):
    """Draws an entry: its text, its hint fainter, its keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """High enough to be clicked and to hold the font."""
        return QSize(0, max(ROW_HEIGHT, option.fontMetrics.height() + PADDING))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw background, text, hint and keys."""
        shown: Any = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        entry: Entry = index.data(ENTRY)
        shown.text = ""
        shown.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        colours = theme.current()
        marked = bool(shown.state & QStyle.StateFlag.State_Selected)
        strong = colours.on_accent if marked else colours.text if entry.enabled else colours.faint
        faint = colours.on_accent if marked else colours.faint
        area = shown.rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.save()
        used = self._write(painter, shown, area, entry.keys, faint, Qt.AlignmentFlag.AlignRight)
        area.setRight(area.right() - used)
        used = self._write(painter, shown, area, entry.text, strong, Qt.AlignmentFlag.AlignLeft)
        area.setLeft(area.left() + used)
        hint = entry.hint if entry.enabled else UNAVAILABLE
        self._write(painter, shown, area, hint, faint, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, option: Any, area: QRect, text: str, colour: str, side: Qt.AlignmentFlag) -> int:
        """Write as much of a text as there is room for; returns how wide it is with the gap after it."""
        if not text or area.width() < GAP:
            return 0
        cut = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(QColor(colour))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)
        return int(option.fontMetrics.horizontalAdvance(cut)) + GAP


class Palette(QDialog):
    """The palette's window: a line to type in, and below it what fits."""

    def __init__(self, parent: QWidget, entries: Sequence[Entry]) -> None:
        """Args: parent: the window above whose upper middle it appears. entries: in the order of the menus."""
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Commands")
        self.setAccessibleName("Command palette")
        self._entries = list(entries)
        self.line, self.list = QLineEdit(self), QListWidget(self)
        self.line.setPlaceholderText("Type a command; Up and Down choose, Enter runs, Esc closes")
        self.line.setAccessibleName("Command")
        self.line.setAccessibleDescription("Type some letters of a command; Up and Down choose, Enter runs it")
        self.line.setMinimumHeight(ROW_HEIGHT)
        self.line.installEventFilter(self)
        self.list.setAccessibleName("Commands that fit")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(Line(self.list))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(self._on_item_clicked)
        self._fill("")

    def _fill(self, query: str) -> None:
        self.list.clear()
        for entry in in_order(query, self._entries):
            item = QListWidgetItem(entry.text)
            item.setData(ENTRY, entry)
            spoken = (entry.text, entry.keys, entry.hint if entry.enabled else UNAVAILABLE)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(part for part in spoken if part))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _move(self, by: int) -> None:
        """Go that many lines on, at most to an end.

        A command that can't be run now can be gone to: were it passed over, Enter would run another than was meant.
        """
        self.list.setCurrentRow(min(max(self.list.currentRow() + by, 0), self.list.count() - 1))
        self.list.scrollToItem(self.list.currentItem())

    def _run(self, item: QListWidgetItem | None) -> None:
        entry: Entry | None = None if item is None else item.data(ENTRY)
        if entry is not None and entry.enabled:
            remember(entry.text)
            self.close()
            entry.run()

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._run(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The line keeps the focus; the keys that choose go to the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            page = max(1, self.list.viewport().height() // max(1, self.list.sizeHintForRow(0)) - 1)
            moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
            if event.key() in moves:
                self._move(moves[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """It closes when the user turns to another window: it has no frame to close it by."""
        if event.type() == QEvent.Type.WindowDeactivate and self.isVisible():
            self.close()
        return super().event(event)


def show_palette(parent: QWidget, entries: Sequence[Entry]) -> Palette:
    """Show the palette over the upper middle of a window."""
    palette = Palette(parent, entries)
    window = parent.window()
    width, height = min(WIDTH, window.width() - 2 * GAP), min(HEIGHT, window.height() - 2 * FROM_TOP)
    corner = window.mapToGlobal(window.rect().topLeft())
    palette.setGeometry(corner.x() + (window.width() - width) // 2, corner.y() + FROM_TOP, width, height)
    palette.show()
    palette.activateWindow()
    palette.line.setFocus()
    return palette
