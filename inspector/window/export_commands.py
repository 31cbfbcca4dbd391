"""ExportCommands: what the actions about figures call: the export dialog, its folder and file, and the clipboard."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from inspector import dialogs
from inspector.action import CODE
from inspector.engine.client import Engine, figures_command
from inspector.window.figure_menus import add_figure_menus, wanted_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from inspector.exporting import Exporting
    from inspector.state import State
    from inspector.window.main import MainWindow

PATIENCE_MS = 10_000
"""How long a drawing that nobody wants any more may go on, since to kill the process and to start it takes longer than most."""

IDLE_MS = 3000
"""After the first painting: by then everything that the window needs itself is there."""

MIME = {".png": "image/png", ".svg": "image/svg+xml", ".pdf": "application/pdf"}


def _import_late() -> None:
    """Import what the dialog needs, on a thread, so that opening it the first time takes no longer than later."""
    importlib.import_module("inspector.dialogs.export")


class ExportCommands(QObject):
    """The handlers of the actions about figures.

    Attributes:
        make_engine: makes the process that draws, when it is wanted first. dialog: the export dialog, None while it is closed.
    """

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: parent of the dialog."""
        super().__init__(window)
        self._window, self._state = window, state
        self.dialog: QDialog | None = None
        self._thread = threading.Thread(target=_import_late, daemon=True)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._thread.start)
        window.first_painted.connect(self._idle.start)
        self.make_engine = partial(Engine, figures_command(), silence_ms=PATIENCE_MS)
        add_figure_menus(window, state)
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

    def _shown(self) -> tuple[str, Mapping[str, Any]]:
        """The kind of figure that is nearest to what is shown and has the focus, and fields of its request."""
        from inspector.screen import kind_of_screen, reasons

        wanted = wanted_of(self._window.focusWidget()) if self._window.page != CODE else None
        if wanted is not None:
            kind, more = wanted()
            if kind not in reasons(self._state):
                return kind, more
        return kind_of_screen(self._state, self._window.page), {}

    def show(self) -> None:
        """Show the export dialog with what the screen shows."""
        kind, more = self._shown()
        self.exporting.open(kind, **more)

    def show_all(self) -> None:
        """Show the export dialog, and ask for the folder that every quantity goes into."""
        from inspector.records import TRIPTYCH

        self.exporting.open(TRIPTYCH)
        dialogs.choose_folder(self.dialog or self._window, "Export all into", self.exporting.export_all)

    def copy_figure(self) -> None:
        """Put the figure of what is shown on the clipboard."""
        from inspector.exporting import PICTURE

        self._state.say("Drawing the figure for the clipboard")
        self._copy_shown(PICTURE)

    def copy_numbers(self) -> None:
        """Put all numbers of what is shown on the clipboard."""
        from inspector.exporting import NUMBERS

        self._copy_shown(NUMBERS)

    def _copy_shown(self, what: str) -> None:
        kind, more = self._shown()
        self.exporting.copy_shown(kind, what, **more)

    def copy_command(self) -> None:
        """Put the command line on the clipboard that makes the figure of what is shown."""
        kind, more = self._shown()
        text = self.exporting.command(self.exporting.choice.shown(kind, **more))
        QGuiApplication.clipboard().setText(text)
        self._state.say(f"Copied: {text}")

    def _copy_chosen_command(self) -> None:
        text = self.exporting.command()
        QGuiApplication.clipboard().setText(text)
        self.exporting.say(f"Copied: {text}")

    @Slot(str, object)
    def _on_figure_wanted(self, kind: str, more: Mapping[str, Any]) -> None:
        self.exporting.open(kind, **more)

    @Slot()
    def _on_exporting_wanted(self) -> None:
        if self.dialog is None:
            self.dialog = dialogs.show_export(self._window, self.exporting, self._copy_chosen_command)
            self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self.dialog = None

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
        self._idle.stop()
        if self._thread.ident is not None:
            self._thread.join()
        if "exporting" in self.__dict__:
            self.exporting.close()
            self._engine.close()
