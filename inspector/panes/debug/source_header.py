"""SourceHeader: which file is shown, where in the run the user stands, and what is to be known about both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.debugger.records import Source
from inspector.panes.debug.source_words import file_name, tip
from inspector.theme import current

HERE = "\u25b6 "
WIDEST_NAME = 32
"""Letters of a file's name that the list of files makes room for."""


class Elided(QWidget):
    """One line of words that is cut where there is no room; another text costs no layout, as every step has one."""

    def __init__(self, name: str, role: str, parent: QWidget) -> None:
        """Args: name: for screen readers. role: the theme's colour of the words."""
        super().__init__(parent)
        self._name, self._role, self._text, self.bold = name, role, "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)
        self.setAccessibleName(name)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, help_text: str = "") -> None:
        """Show another text; the tooltip is the text itself where it says nothing else."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(f"{self._name}: {text}")
            self.update()
        self.setToolTip(tip(help_text or text))

    def sizeHint(self) -> QSize:
        """As high as its letters, as wide as its words."""
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 2, self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words."""
        painter = QPainter(self)
        font = self.font()
        font.setBold(self.bold)
        painter.setFont(font)
        painter.setPen(getattr(current(), self._role))
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)


class SourceHeader(QWidget):
    """Two lines: file and place; notes, where there are any.

    Signals:
        file_chosen: the user wants to see another file (its number).
    """

    file_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._name = QLabel(self)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setProperty("role", "heading")
        self._name.setAccessibleName("Shown file")
        self._files = QComboBox(self)
        self._files.setAccessibleName("Recorded files")
        self._files.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._files.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._files.activated.connect(lambda row: self.file_chosen.emit(int(self._files.itemData(row))))
        self.place = Elided("Where you are", "faint", self)
        self.busy = Elided("What is being done", "accent", self)
        self.busy.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._notes = QLabel(self)
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setWordWrap(True)
        self._notes.setIndent(0)
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._notes.setAccessibleName("Notes on the source")
        self._build()

    def _build(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(10, 2, 10, 2)
        line.setSpacing(10)
        line.addWidget(self._name)
        line.addWidget(self._files)
        line.addWidget(self.place, 1)
        line.addWidget(self.busy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._notes)
        self.setMinimumHeight(28)
        self.show_files((), None, None)
        self.show_notes(())
        self.show_busy("")

    def show_files(self, sources: Sequence[Source], shown: int | None, here: int | None) -> None:
        """Name the shown file, or offer all of them where there are several.

        Args:
            sources: the recorded files. shown, here: numbers of the shown file and of the one where the user stands.
        """
        key = (tuple(one.path for one in sources), shown, here)
        if key == self._shown:
            return
        self._shown = key
        several = len(sources) > 1
        self._files.setVisible(several)
        one = next((source for source in sources if source.number == shown), None)
        self._name.setVisible(not several and one is not None)
        self._name.setText("" if one is None else shortened(file_name(one.path)))
        self._name.setToolTip("" if one is None else tip(one.path))
        self._files.clear()
        for source in sources if several else ():
            mark = HERE if source.number == here else ""
            self._files.addItem(mark + shortened(file_name(source.path)), source.number)
            self._files.setItemData(self._files.count() - 1, tip(source.path), Qt.ItemDataRole.ToolTipRole)
        self._files.setCurrentIndex(self._files.findData(shown))
        self._files.setToolTip("" if one is None else tip(f"{one.path}\nYou stand in the file marked with {HERE}"))

    def show_notes(self, notes: Sequence[str]) -> None:
        """Say what is to be known, each in a sentence."""
        text = "  ".join(notes)
        if text != self._notes.text() or not text:
            self._notes.setText(text)
            self._notes.setVisible(bool(text))

    def show_busy(self, text: str) -> None:
        """Say what is being done."""
        self.busy.set_text(text)
        self.busy.setVisible(bool(text))
        self.busy.updateGeometry()

    def take_theme(self) -> None:
        """Another theme is on."""
        theme = current()
        self._notes.setStyleSheet(f"background: {theme.note_back}; color: {theme.note_text}; padding: 3px 10px;")
        self.update()


def shortened(name: str) -> str:
    """A name with its middle left out where it is very long."""
    half = WIDEST_NAME // 2
    return name if len(name) <= WIDEST_NAME else f"{name[: half - 1]}\u2026{name[-half:]}"
