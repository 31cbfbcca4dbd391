"""No test needs a display, and none leaves a window or a remembered setting behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"


@pytest.fixture(autouse=True)
def no_window_left() -> Iterator[None]:
    """Close and destroy every top-level window of the test: one that stays open crashes the interpreter's exit."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThread
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return
    for widget in QApplication.topLevelWidgets():
        # What was never shown, such as the menus of pyqtgraph's items, is left to its owner: deleting it twice crashes.
        if widget.parent() is None and widget.windowHandle() is not None:
            widget.close()
            for thread in widget.findChildren(QThread):
                thread.quit()
                thread.wait()
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """A file of remembered settings that nobody has written to."""
    return tmp_path / "remembered.ini"
