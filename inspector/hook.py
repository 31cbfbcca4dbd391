"""The last hook: a mistake of ours that nobody caught becomes a note in the window, with details to copy."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot

from inspector.records import Failure
from inspector.state import State


class LastHook(QObject):
    """Stands in for `sys.excepthook` while the window lives; works from every thread."""

    _raised = Signal(str, str)

    def __init__(self, state: State) -> None:
        """Args: state: where the note goes."""
        super().__init__(state)
        self._state = state
        self._before = sys.excepthook
        self._raised.connect(self._on_raised)

    def install(self) -> None:
        """Take over."""
        self._before = sys.excepthook
        sys.excepthook = self._hook

    def remove(self) -> None:
        """Give back."""
        sys.excepthook = self._before

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._before(kind, error, trace)
        if issubclass(kind, Exception):
            self._raised.emit(kind.__name__, "".join(traceback.format_exception(kind, error, trace)))

    @Slot(str, str)
    def _on_raised(self, name: str, details: str) -> None:
        sentence = f"A mistake of the program itself ({name}); please report it with the details"
        self._state.report(Failure(sentence, details, is_bug=True))
