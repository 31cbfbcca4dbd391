"""Compare gradient files: two files, or one and JAX on the problem of the panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from inspector.dialogs.base import SMALLEST_TARGET, button_row, make_dialog, plain_label
from inspector.dialogs.files import choose_gradients

if TYPE_CHECKING:
    from inspector.state import State

WIDTH = 560
WORDS = "Gradients that other code made, of any format that weights are read from. Arrays are paired by their names; no code is run."


class FileField(QWidget):
    """The path of a file, typed, chosen or dropped."""

    def __init__(self, name: str, changed: Callable[[], None], parent: QWidget) -> None:
        """Args: name: for screen readers and the file dialog. changed: called when there is another path."""
        super().__init__(parent)
        self._name = name
        self.line = QLineEdit(self)
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText("Choose a file, or drop it here")
        self.line.setAcceptDrops(False)  # the whole field takes the file, not its address as a text
        self.line.textChanged.connect(changed)
        self.choose = QPushButton("Choose...", self)
        self.choose.setAccessibleName(f"Choose: {name}")
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._on_choose_clicked)
        for widget in (self.line, self.choose):
            widget.setMinimumHeight(SMALLEST_TARGET)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.line)
        self.setAcceptDrops(True)

    @property
    def path(self) -> str:
        """What is typed, without spaces around it."""
        return self.line.text().strip()

    @Slot()
    def _on_choose_clicked(self) -> None:
        choose_gradients(self, self._name, self.path, self.line.setText)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Its path is that of the field."""
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        self.line.setText(local[0])
        event.acceptProposedAction()


class GradientsForm(QWidget):
    """The fields and their words.

    Attributes:
        first, second: files. other: what the first is compared with.
    """

    def __init__(self, state: State, parent: QDialog) -> None:
        """Fills itself; `ready` says whether it can be used."""
        super().__init__(parent)
        self._state = state
        self.ready: Callable[[bool], None] = lambda ready: None
        self.first = FileField("File of gradients", self.synchronize, self)
        self.second = FileField("Other file of gradients", self.synchronize, self)
        self.other = QComboBox(self)
        self.other.addItems(("another file", "JAX, on the problem of the panel"))
        self.other.setAccessibleName("What they are compared with")
        self.other.setMinimumHeight(SMALLEST_TARGET)
        self.note = plain_label("", self)
        self.note.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(plain_label("Compare", self), 0, 0)
        grid.addWidget(self.first, 0, 1)
        grid.addWidget(plain_label("with", self), 1, 0)
        grid.addWidget(self.other, 1, 1)
        grid.addWidget(self.second, 2, 1)
        grid.addWidget(self.note, 3, 0, 1, 2)
        self.other.currentIndexChanged.connect(self.synchronize)

    @property
    def with_jax(self) -> bool:
        """Whether there is no second file."""
        return self.other.currentIndex() == 1

    @Slot()
    def synchronize(self) -> None:
        """Show what belongs to what is chosen."""
        jax = self.with_jax
        self.second.setEnabled(not jax)
        self.note.setText(problem_words(self._state) if jax else WITHOUT_PROBLEM)
        self.ready(bool(self.first.path) and (jax or bool(self.second.path)))

    def compare(self) -> None:
        """Ask for the comparison."""
        second = "" if self.with_jax else self.second.path
        self._state.asking.compare_gradients(self.first.path, second, self._state.settings.to_json())


WITHOUT_PROBLEM = "Without the problem the rounding noise can't be measured: small differences may stay undecided. Neither counts as right."


def problem_words(state: State) -> str:
    """What the gradients are taken to belong to."""
    settings = state.settings
    weights = Path(settings.weights_file).name if settings.weights == "file" else f"random weights ({settings.weights})"
    data = Path(settings.data_file).name if settings.data in ("file", "text") else f"{settings.data} data"
    return (
        f"The gradients must belong to what the panel Problem says: {settings.activation} {settings.cell}, {settings.loss}, "
        f"{weights}, {data}, h0 {settings.h0}. Open weights and data there first."
    )


def show_gradients(parent: QWidget, state: State, first: str = "", second: str = "") -> QDialog:
    """Show the dialog.

    Args:
        parent: a window. state: is asked to compare. first, second: paths that stand there already.
    """
    dialog, layout = make_dialog(parent, "Compare gradient files")
    dialog.setMinimumWidth(WIDTH)
    words = plain_label(WORDS, dialog)
    words.setWordWrap(True)
    form = GradientsForm(state, dialog)
    buttons = button_row(dialog, QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    compare = buttons.button(QDialogButtonBox.StandardButton.Ok)
    compare.setText("Compare")
    compare.setEnabled(False)
    form.ready = compare.setEnabled
    buttons.accepted.connect(form.compare)
    buttons.accepted.connect(dialog.accept)
    for widget in (words, form, buttons):
        layout.addWidget(widget)
    form.first.line.setText(first)
    form.second.line.setText(second)
    form.synchronize()
    form.first.setFocus()
    dialog.resize(WIDTH, layout.heightForWidth(WIDTH))
    dialog.show()
    return dialog
