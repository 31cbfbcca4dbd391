"""ExportCommands: what the actions about figures call: the export dialog, its folder and file, and the clipboard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from inspector import dialogs
from inspector.action import CODE
from inspector.engine.client import Engine, figures_command

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from inspector.exporting import Exporting
    from inspector.state import State
    from inspector.window.main import MainWindow

KINDS_OF_PANES = {"trace": "traces", "itemised": "itemised"}
"""What a figure is of while such a pane has the focus."""

MIME = {".png": "image/png", ".svg": "image/svg+xml", ".pdf": "application/pdf"}


class ExportCommands(QObject):
    """The handlers of the actions about figures.

    Attributes:
        make_engine: makes the process that draws, when it is wanted first.
    """

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: parent of the dialog."""
        super().__init__(window)
        self._window, self._state = window, state
        self._dialog: QDialog | None = None
        self.make_engine = partial(Engine, figures_command())
        state.asking.figure_wanted.connect(self._on_figure_wanted)
        window.closed.connect(self.close)

    @cached_property
    def exporting(self) -> Exporting:
        """The model of the dialog; with it comes the process that draws."""
        from inspector.exporting import Exporting

        self._engine = self.make_engine()
        made = Exporting(self._state, self._engine, self._window.memory)
        made.wanted.connect(self._on_exporting_wanted)
        made.copied.connect(self._on_exporting_copied)
        made.folder_wanted.connect(self._on_exporting_folder_wanted)
        return made

    @property
    def kind(self) -> str:
        """The kind of figure that is nearest to what is shown, and has the focus."""
        from inspector.figures.kinds import FIGURES
        from inspector.screen import kind_of_screen, reasons

        kind = KINDS_OF_PANES.get(self._window.focused_pane(), "") if self._window.page != CODE else ""
        if kind in FIGURES and kind not in reasons(self._state):
            return kind
        return kind_of_screen(self._state, self._window.page)

    def show(self) -> None:
        """Show the export dialog with what the screen shows."""
        self.exporting.open(self.kind)

    def show_all(self) -> None:
        """Show the export dialog, and ask for the folder that every quantity goes into."""
        from inspector.records import TRIPTYCH

        self.exporting.open(TRIPTYCH)
        dialogs.choose_folder(self._dialog or self._window, "Export all into", self.exporting.export_all)

    def copy_figure(self) -> None:
        """Put the figure of what is shown on the clipboard."""
        from inspector.exporting import PICTURE

        self._state.say("Drawing the figure for the clipboard")
        self.exporting.copy_shown(self.kind, PICTURE)

    def copy_numbers(self) -> None:
        """Put all numbers of what is shown on the clipboard."""
        from inspector.exporting import NUMBERS

        self.exporting.copy_shown(self.kind, NUMBERS)

    def copy_command(self) -> None:
        """Put the command line on the clipboard that makes the figure of what is shown."""
        choice = self.exporting.choice
        if not choice.is_open:
            choice.take_screen(self.kind)
        self._copy_command()

    def _copy_command(self) -> None:
        text = self.exporting.command()
        QGuiApplication.clipboard().setText(text)
        self.exporting.say(f"Copied: {text}")

    @Slot(str, object)
    def _on_figure_wanted(self, kind: str, more: Mapping[str, Any]) -> None:
        self.exporting.open(kind, **more)

    @Slot()
    def _on_exporting_wanted(self) -> None:
        if self._dialog is None:
            self._dialog = dialogs.show_export(self._window, self.exporting, self._copy_command)
            self._dialog.finished.connect(self._on_dialog_finished)
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialog = None

    @Slot(str, object)
    def _on_exporting_copied(self, what: str, files: Mapping[str, str]) -> None:
        data = QMimeData()
        for suffix, path in files.items():
            content = Path(path).read_bytes()
            if suffix in MIME:
                data.setData(MIME[suffix], content)
            else:
                data.setText(content.decode())
            if suffix == ".png":
                data.setImageData(QImage.fromData(content))
        QGuiApplication.clipboard().setMimeData(data)

    @Slot(str)
    def _on_exporting_folder_wanted(self, folder: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self._state.say(f"No program could be found to show {folder}")

    @Slot()
    def close(self) -> None:
        """End the process that draws."""
        if "exporting" in self.__dict__:
            self.exporting.close()
            self._engine.close()
