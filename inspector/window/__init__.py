"""The main window: its layout, its commands, its status bar."""

from inspector.window.main import MainWindow

__all__ = ["MainWindow"]
