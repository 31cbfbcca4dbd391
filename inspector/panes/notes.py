"""Notes: everything the user wrote, on elements, lines and moments; any row goes there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QTreeWidgetItem, QVBoxLayout, QWidget

from inspector.panes.debug.array_words import element_text
from inspector.panes.debug.source_words import file_name
from inspector.panes.rows import fit_columns, row_table
from inspector.pictures import Pictures
from inspector.state import State
from rnn.sessions.document import CELL, Note

HEADINGS = ("about", "note", "where", "made")
WHAT = Qt.ItemDataRole.UserRole
NOTHING = "Ctrl+M writes a note on the picked entry, or beside the code on the line of the cursor. Notes are saved with the session."
HINT = "Enter or a double click goes there; F2 changes a note, Delete takes it away."


class NotesPane(QWidget):
    """A line and the table.

    Signals:
        note_wanted: go to what a `Note` is about. moment_wanted: likewise to a step. edit_wanted: another text for a `Note`.
    """

    note_wanted = Signal(object)
    moment_wanted = Signal(int)
    edit_wanted = Signal(object)

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows notes and visited moments by itself."""
        super().__init__(parent)
        self._state = state
        self._shown: object = None
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("role", "faint")
        self._words.setAccessibleName("About the notes")
        self._table = row_table(self, "Notes", HEADINGS, HINT)
        self._table.itemActivated.connect(self._on_table_activated)
        self.setFocusProxy(self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 6)
        layout.addWidget(self._words)
        layout.addWidget(self._table, 1)
        for signal in (state.notes.changed, state.debugger.visits_changed, state.debugger.opened_changed):
            signal.connect(self.synchronize)
        self.synchronize()

    def _rows(self) -> list[tuple[tuple[str, ...], object]]:
        rows: list[tuple[tuple[str, ...], object]] = []
        for note in self._state.notes.all:
            about = (
                f"{note.quantity}{element_text(note.index)}"
                if note.kind == CELL
                else f"{file_name(note.file)}:{note.line}"
            )
            made = note.made.replace("T", " ")
            rows.append(((about, " ".join(note.text.split()), note.code, made), note))
        for step, text in sorted(self._state.debugger.visits.notes.items()):
            rows.append(((f"step {step}", " ".join(text.split()), "a moment of the recording", ""), step))
        return rows

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        rows = self._rows()
        if rows == self._shown:
            return
        self._shown, chosen = rows, max(self._table.currentIndex().row(), 0)
        self._table.clear()
        for texts, what in rows:
            item = QTreeWidgetItem(texts)
            item.setData(0, WHAT, what)
            full = what.text if isinstance(what, Note) else texts[1]
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{texts[0]}: {full}")
            self._table.addTopLevelItem(item)
        if rows:
            self._table.setCurrentIndex(self._table.model().index(min(chosen, len(rows) - 1), 0))
            fit_columns(self._table, 520)
        self._words.setText(HINT if rows else NOTHING)

    @Slot(QTreeWidgetItem, int)
    def _on_table_activated(self, item: QTreeWidgetItem, column: int) -> None:
        what = item.data(0, WHAT)
        if isinstance(what, Note):
            self.note_wanted.emit(what)
        else:
            self.moment_wanted.emit(int(what))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 changes a note, Delete takes it away."""
        item = self._table.currentItem()
        what = None if item is None else item.data(0, WHAT)
        if isinstance(what, Note) and event.key() == Qt.Key.Key_Delete:
            self._state.notes.remove(what)
        elif isinstance(what, Note) and event.key() == Qt.Key.Key_F2:
            self.edit_wanted.emit(what)
        else:
            super().keyPressEvent(event)
