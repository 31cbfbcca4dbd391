"""Finder: the find bar at work on the source."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from inspector.panes.debug.source_colours import units
from inspector.panes.debug.source_editor import SourceEditor
from inspector.panes.debug.source_find import FindBar, find_all, neighbour, number_of


class Finder(QObject):
    """Finds in an editor's text.

    Attributes:
        bar: where the wanted text is typed.
    """

    def __init__(self, editor: SourceEditor, parent: QWidget) -> None:
        """Args: editor: whose text is searched. parent: of the bar."""
        super().__init__(parent)
        self._editor = editor
        self._starts: list[int] = []
        self._from = 0
        self.bar = FindBar(parent)
        self.bar.changed.connect(self._on_bar_changed)
        self.bar.stepped.connect(self.step)
        self.bar.closed.connect(self.close)
        editor.selectionChanged.connect(self._show_count)

    def open(self) -> None:
        """Ask what is wanted; what is selected in one line is it at first."""
        selected = self._editor.textCursor().selectedText()
        self._from = self._editor.textCursor().selectionStart()
        self.bar.ask("" if "\u2029" in selected else selected)
        self._editor.keeps_escape = True
        self.look_again()

    @Slot()
    def close(self) -> None:
        """Close the bar; what was found last stays selected."""
        if self.bar.isVisible():
            self.bar.hide()
            self._editor.keeps_escape = False
            self._editor.show_matches([], 0)
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_again(self) -> None:
        """Another text is shown, or another one is wanted."""
        if not self.bar.isVisible():
            self._starts = []
            return
        sheet, wanted = self._editor.look.sheet, self.bar.wanted
        self._starts = find_all("" if sheet is None else sheet.text, wanted, self.bar.case)
        self._editor.show_matches(self._starts, units(wanted))
        self._show_count()

    @Slot()
    def _on_bar_changed(self) -> None:
        """The first find from where the search began, as long as is typed."""
        self.look_again()
        number = neighbour(self._starts, self._from, self._from, 1)
        if number is not None:
            self._select(number)

    @Slot(int)
    def step(self, direction: int) -> None:
        """Go to the next (+1) or the previous (-1) find; asks what is wanted where nothing is yet."""
        if not self.bar.isVisible():
            if not self.bar.wanted:
                self.open()
                return
            self.bar.show()
            self._editor.keeps_escape = True
            self.look_again()
        cursor = self._editor.textCursor()
        number = neighbour(self._starts, cursor.selectionStart(), cursor.selectionEnd(), direction)
        if number is not None:
            self._select(number)
            self._from = self._starts[number]

    def _select(self, number: int) -> None:
        self._editor.select(self._starts[number], units(self.bar.wanted))

    @Slot()
    def _show_count(self) -> None:
        if self.bar.isVisible():
            self.bar.show_count(number_of(self._starts, self._editor.textCursor().selectionStart()), len(self._starts))
