"""Linking: the step of the debugger and the t of the pictures follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from inspector.debugger.times import step_at_time, time_of

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger
    from inspector.debugger.requests import Requests
    from inspector.look import Look


class Linking(QObject):
    """Moves the pictures' t with the debugger's step, and the step with the t that was chosen in pictures or traces.

    Only where the open recording is of the problem that the pictures show.
    """

    def __init__(self, debugger: Debugger, look: Look, requests: Requests) -> None:
        """Follows by itself."""
        super().__init__(debugger)
        self._debugger, self._look, self._requests = debugger, look, requests
        self._busy = False
        self._t = look.selection.t
        debugger.here_changed.connect(self._on_here_changed)
        debugger.choice_changed.connect(self._on_choice_changed)
        look.selection_changed.connect(self._on_selection_changed)

    def _quietly(self, verb: Any, *arguments: Any) -> None:
        """Call a verb without hearing of what it changes."""
        if not self._busy:
            self._busy = True
            try:
                verb(*arguments)
            finally:
                self._busy = False
                self._t = self._look.selection.t

    @Slot()
    def _on_here_changed(self) -> None:
        here = self._debugger.here
        if here is not None and self._requests.is_present:
            t = time_of(self._debugger.beside, here.step)
            if t is not None and t != self._look.selection.t:
                self._quietly(self._look.select_t, t)

    @Slot()
    def _on_choice_changed(self) -> None:
        """The quantity that the selected array stands for is shown in the pictures."""
        debugger = self._debugger
        if not debugger.path or debugger.here is None or debugger.beside is None or not self._requests.is_present:
            return
        match = debugger.beside.match(debugger.here.function, debugger.path)
        if match is not None and match.quantity != self._look.selection.quantity:
            self._quietly(self._look.select_quantity, match.quantity)

    @Slot()
    def _on_selection_changed(self) -> None:
        """Another t was chosen: the same line, as it was executed then."""
        t, before = self._look.selection.t, self._t
        self._t = t
        here = self._debugger.here
        if self._busy or t == before or here is None or not self._requests.is_present:
            return
        step = step_at_time(self._debugger, t)
        if step is not None and step != here.step:
            self._quietly(self._debugger.go_to, step)
