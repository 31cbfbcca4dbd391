"""New case: the case file that was proposed for a file of code, to be read, changed and saved."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFontDatabase, QTextLayout
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from inspector.dialogs.base import SMALLEST_TARGET, button_row, make_dialog, plain_label
from inspector.dialogs.files import choose_target
from inspector.panes.debug.source_colours import Colours

if TYPE_CHECKING:
    from inspector.own_code import Sketched
    from inspector.state import State

CASE_FILTER = "Case (*.py)"
RECOLOUR_MS = 120
MOST_TRIES = 1000


def free_name(code: Path) -> Path:
    """A name beside a file of code that no file bears."""
    for number in range(1, MOST_TRIES):
        path = code.with_name(f"{code.stem}_case{'' if number == 1 else number}.py")
        if not path.exists():
            return path
    return code.with_name(f"{code.stem}_case.py")


class CaseText(QPlainTextEdit):
    """Python to be edited, in the colours of the source view."""

    def __init__(self, text: str, parent: QWidget) -> None:
        """Shows a text."""
        super().__init__(parent)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Proposed case file")
        self.setAccessibleDescription("Change it as you like before it is saved")
        self._colours = Colours(self.document(), self)
        self._colours.ready.connect(self._on_ready)
        self._coloured: str | None = None
        self._timer = QTimer(self, singleShot=True, interval=RECOLOUR_MS)
        self._timer.timeout.connect(self.recolour)
        self.setPlainText(text)
        self.textChanged.connect(self._timer.start)
        self.recolour()

    @Slot()
    def recolour(self) -> None:
        """Read the text for its colours, if it is another than when that was done last."""
        text = self.toPlainText()
        if text != self._coloured:
            self._coloured = text
            self._colours.read(text)

    @Slot()
    def _on_ready(self) -> None:
        block, blocks = self.document().begin(), []
        while block.isValid():
            block.layout().setFormats(list[QTextLayout.FormatRange]())
            blocks.append(block)
            block = block.next()
        self._colours.dress(blocks)
        self.viewport().update()


def _lines(title: str, lines: tuple[str, ...], none: str, parent: QWidget) -> list[QLabel]:
    """A heading and sentences."""
    heading = plain_label(title, parent)
    heading.setProperty("role", "heading")
    made = [heading, *(plain_label(f"\u2022 {line}", parent) for line in lines or (none,))]
    for label in made[1:]:
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


class NewCasePage(QWidget):
    """The text, what it was made from, and where it goes."""

    def __init__(self, state: State, made: Sketched, dialog: QDialog) -> None:
        """Args: state: takes the saved case. made: what was proposed. dialog: closes when that is done."""
        super().__init__(dialog)
        self._state, self._made, self._dialog = state, made, dialog
        self.text = CaseText(made.text, self)
        self.target = free_name(Path(made.file))
        self.wrong = plain_label("", self)
        self.wrong.setWordWrap(True)
        self.wrong.setProperty("role", "wrong")
        self.wrong.setAccessibleName("What is wrong")
        self.wrong.hide()
        head = plain_label(
            f"Proposed for {os.path.basename(made.file)}, which was read and not run. Look it over, and change what is not so.",
            self,
        )
        head.setWordWrap(True)
        middle = QHBoxLayout()
        middle.addWidget(self.text, 3)
        middle.addWidget(self._remarks(), 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(head)
        column.addLayout(middle, 1)
        column.addWidget(self.wrong)

    def _remarks(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 0, 4, 0)
        unsure = _lines("Please check", self._made.unsure, "nothing is open", inside)
        for label in (*unsure, *_lines("Found", self._made.found, "nothing", inside)):
            column.addWidget(label)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName("What was found and what could not be told")
        scroll.setAccessibleDescription("; ".join((*self._made.unsure, *self._made.found)))
        scroll.setWidget(inside)
        return scroll

    def button(self, text: str, tip: str, pressed: object, primary: bool = False) -> QPushButton:
        """A button for the row below."""
        made = QPushButton(text, self)
        made.setToolTip(tip)
        made.setAccessibleDescription(tip)
        made.setMinimumHeight(SMALLEST_TARGET)
        made.setAutoDefault(False)
        made.setProperty("primary", "true" if primary else "false")
        made.clicked.connect(pressed)
        return made

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    @Slot()
    def save_beside(self) -> None:
        """Save beside the code, over nothing."""
        self._save(self.target, "x")

    @Slot()
    def save_as(self) -> None:
        """Ask where to; the file dialog asks before a file is written over."""
        choose_target(self, "Save the case", str(self.target), CASE_FILTER, lambda path: self._save(Path(path), "w"))

    def _save(self, path: Path, mode: str) -> None:
        if path.resolve() == Path(self._made.file).resolve():
            self._say(f"{path.name} is the code itself; choose another name")
            return
        try:
            with open(path, mode, encoding="utf-8") as stream:
                stream.write(self.text.toPlainText())
        except FileExistsError:
            self._say(f"{path.name} is there by now; save it under another name (Save as)")
            return
        except OSError as error:
            self._say(f"{path} could not be written: {error.strerror or error}; choose another place (Save as)")
            return
        self._dialog.close()
        self._state.open_files([str(path)])


def show_new_case(parent: QWidget, state: State, made: Sketched) -> QDialog:
    """Show a proposed case file."""
    dialog, layout = make_dialog(parent, "New case")
    page = NewCasePage(state, made, dialog)
    layout.addWidget(page, 1)
    buttons = button_row(dialog, QDialogButtonBox.StandardButton.Cancel)
    save = page.button(f"&Save as {page.target.name}", f"Save it as {page.target}, and open it", page.save_beside, True)
    other = page.button("Save &elsewhere...", "Choose where to save it, and open it", page.save_as)
    buttons.addButton(save, QDialogButtonBox.ButtonRole.AcceptRole)
    buttons.addButton(other, QDialogButtonBox.ButtonRole.ActionRole)
    layout.addWidget(buttons)
    dialog.resize(1040, 640)
    dialog.show()
    page.text.setFocus()
    return dialog
