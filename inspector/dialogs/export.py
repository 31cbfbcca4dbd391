"""Export: every choice about a figure on the left, the figure itself on the right, and what can be done with it below."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.dialogs.base import SMALLEST_TARGET, make_dialog, plain_label
from inspector.dialogs.export_choices import Choices
from inspector.dialogs.export_preview_page import PreviewPage
from inspector.dialogs.files import FIGURE_FILTERS, choose_folder, choose_target
from inspector.exporting import NUMBERS, PICTURE
from inspector.figure_choice import name_of
from inspector.panes.bars import Bar

if TYPE_CHECKING:
    from inspector.exporting import Exporting, Said

FIRST_SIZE = (1140, 740)
CHOICES_PX = 336

KEYS = {"Ctrl+E": "export", "Ctrl+Shift+E": "all", "Ctrl+Shift+C": "picture"}
"""What the main window's keys do here."""


class SaidBar(Bar):
    """What was done, or what went wrong, and what can be done about it."""

    def __init__(self, parent: QWidget) -> None:
        """Hidden until something is said."""
        super().__init__("What was done", parent)
        self._buttons: list[QPushButton] = []
        self._said: Said | None = None

    def show_said(self, said: Said) -> None:
        """Show a sentence with its buttons."""
        if said != self._said:
            self._said = said
            for button in self._buttons:
                self._row.removeWidget(button)
                button.hide()
                button.deleteLater()
            self._buttons = [self.add_button(offer.text, offer.tip, offer.do) for offer in said.offers]
            for button in self._buttons:
                button.setAutoDefault(False)
        self.say(said.sentence, said.is_error)


class ExportPage(QWidget):
    """All of the dialog but its frame."""

    def __init__(self, exporting: Exporting, copy_command: Callable[[], object], dialog: QDialog) -> None:
        """Args: exporting: the model. copy_command: puts the command line on the clipboard. dialog: closes on *Close*."""
        super().__init__(dialog)
        self.buttons: dict[str, QPushButton] = {}
        self._exporting, self._dialog = exporting, dialog
        self.choices, self.preview = Choices(exporting.choice, self), PreviewPage(exporting, self)
        self.bar = SaidBar(self)
        self._doing, self._progress = plain_label("", self), QProgressBar(self)
        self._build(copy_command)
        exporting.changed.connect(self.synchronize)
        exporting.choice.changed.connect(self.synchronize)
        exporting.choice.preview_changed.connect(self.synchronize)
        for keys, name in KEYS.items():  # as in the main window
            QShortcut(QKeySequence(keys), self, self.buttons[name].click)
        self.synchronize()

    def _build(self, copy_command: Callable[[], object]) -> None:
        scroll = QScrollArea(self)
        scroll.setWidget(self.choices)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(CHOICES_PX)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(scroll)
        middle.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(middle, 1)
        column.addWidget(self.bar)
        column.addLayout(self._working_row())
        column.addLayout(self._button_row(copy_command))

    def _working_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._doing.setAccessibleName("What is being done")
        self._progress.setAccessibleName("How far it is")
        self._progress.setTextVisible(False)
        self._progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self._doing)
        row.addWidget(self._progress, 1)
        row.addWidget(self._button("cancel", "Cancel", "Stop; files that are finished stay", self._exporting.cancel))
        return row

    def _button_row(self, copy_command: Callable[[], object]) -> QHBoxLayout:
        exporting, row = self._exporting, QHBoxLayout()
        for name, text, tip, do in (
            ("picture", "Copy fig&ure", "Put the picture on the clipboard (Ctrl+Shift+C)", lambda: exporting.copy(PICTURE)),
            ("numbers", "Copy &numbers", "Put the numbers on the clipboard, tab-separated", lambda: exporting.copy(NUMBERS)),
            ("command", "Copy as comman&d", "Put the command line on the clipboard that makes this file", copy_command),
        ):  # fmt: skip
            row.addWidget(self._button(name, text, tip, do))
        row.addStretch(1)
        row.addWidget(
            self._button(
                "all", "Export &all...", "Write every quantity into a folder (Ctrl+Shift+E)", self._choose_folder
            )
        )
        row.addWidget(
            self._button("export", "&Export...", "Choose where the figure is written (Ctrl+E)", self._choose_target)
        )
        row.addWidget(self._button("close", "Close", "Close; what is chosen is remembered", self._dialog.close))
        self.buttons["export"].setProperty("primary", "true")
        return row

    def _button(self, name: str, text: str, tip: str, do: Callable[[], object]) -> QPushButton:
        button = self.buttons[name] = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setMinimumHeight(SMALLEST_TARGET)
        button.clicked.connect(lambda *_: do())
        return button

    @Slot()
    def synchronize(self) -> None:
        """Show what is being done, what was said, and what can be done."""
        exporting, working = self._exporting, bool(self._exporting.lane.working)
        text, fraction = exporting.progress or ("", None)
        self._doing.setText(text)
        self._progress.setRange(0, 0 if fraction is None else 1000)
        self._progress.setValue(round(1000 * (fraction or 0.0)))
        for widget in (self._doing, self._progress, self.buttons["cancel"]):
            widget.setVisible(working)
        self.bar.show_said(exporting.said)
        can = not working and not exporting.choice.problem
        for name in ("picture", "numbers", "command", "export"):
            self.buttons[name].setEnabled(can)
        self.buttons["all"].setEnabled(not working and len(exporting.choice.quantities()) > 0)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme has other colours for what is said."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.buttons:
            self.synchronize()
            self.preview.view.paper.update()

    def _choose_target(self) -> None:
        choice = self._exporting.choice
        first = FIGURE_FILTERS[choice.suffix]
        filters = ";;".join([first, *(one for one in FIGURE_FILTERS.values() if one != first)])
        choose_target(
            self._dialog, "Export figure as", name_of(choice.request), filters, self._exporting.export, asks=False
        )

    def _choose_folder(self) -> None:
        choose_folder(self._dialog, "Export all into", self._exporting.export_all)


def show_export(parent: QWidget, exporting: Exporting, copy_command: Callable[[], object]) -> QDialog:
    """Show the dialog.

    Args:
        parent: the main window. exporting: the model, with its choice open.
        copy_command: puts the command line on the clipboard.
    """
    dialog, layout = make_dialog(parent, "Export figure")
    page = ExportPage(exporting, copy_command, dialog)
    layout.addWidget(page)
    dialog.finished.connect(exporting.choice.close)
    dialog.resize(*FIRST_SIZE)
    dialog.show()
    page.choices.fields["kind"].setFocus()
    return dialog
