"""Debugger: where the user stands in the open recording, what is seen there, and the verbs that move."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from inspector.debugger.opened import Opened
from inspector.debugger.questions import Questions
from inspector.debugger.records import Detail, Here, Moment, Overview, WhatIf
from inspector.debugger.stops import Stops
from inspector.debugger.threads import Key
from inspector.debugger.viewing import here_of
from inspector.debugger.visits import Visits

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.settings import Memory


class Debugger(Opened):
    """One open recording, one step of it, one selected array.

    `State` owns it. Panes read the attributes, call the verbs, and redraw on the signals; see also `Opened` and `Choosing`.

    Attributes:
        here: where the user stands, None while no recording is open.
        moment: what can be seen at the step; for an instant that of the step before. detail: the selected array likewise.
        what_if: what came of other values, or None.
        stops: breakpoints. visits: moments that were visited. questions: who wrote an element, norms over time, completions.
        memory: remembers breakpoints. returning: visits of the recording that is opened next, as a session has them.

    Signals:
        here_changed: read `here`. moment_changed: read `moment`. detail_changed: read `detail`.
        stops_changed: breakpoints or their hits are others. what_if_changed, visits_changed: read these.
    """

    here_changed = Signal()
    moment_changed = Signal()
    detail_changed = Signal()
    stops_changed = Signal()
    what_if_changed = Signal()
    visits_changed = Signal()

    def __init__(self, notices: Notices, memory: Memory, parent: QObject | None = None) -> None:
        """Nothing is open. Args: notices: take sentences for the user. memory: remembers breakpoints."""
        super().__init__(notices, parent)
        self.memory = memory
        self.here: Here | None = None
        self.moment: Moment | None = None
        self.detail: Detail | None = None
        self.what_if: WhatIf | None = None
        self._selects_written = False
        self._began = -1
        self.returning: Visits | None = None
        self.stops, self.visits = Stops(self), Visits()
        self.questions = Questions(self, self._slow)

    def begin(self, step: int) -> None:
        """A recording is open: go to its first moment."""
        self._began = step
        if self.returning is not None:
            self.visits.become(self.returning)
            self.returning, self._began = None, -1
        self.go_to(step, visit=False)

    def forget(self) -> None:
        """No recording is open any more."""
        self.here = self.moment = self.detail = self.what_if = None
        self.questions.forget()
        self.visits.clear()
        self.here_changed.emit()

    # Moving

    def go_to(self, step: int, visit: bool = True) -> bool:
        """Go to a step; False where there is none.

        Args:
            step: number of the step. visit: whether it is a jump that `back` comes back from.
        """
        viewer = self._viewer
        if viewer is None or not 0 <= step < len(viewer.recording):
            return False
        if visit:
            self.visits.jump(None if self.here is None else self.here.step, step)
            self.visits_changed.emit()
        self.here = here_of(viewer, step)
        self.here_changed.emit()
        self._ask_moment()
        return True

    def _ask_moment(self) -> None:
        viewer, here = self._viewer, self.here
        if viewer is not None and here is not None:
            expanded, path = self.expanded, self.path
            self._fast.ask(("moment",), lambda: (viewer.moment(here, expanded), viewer.detail(here, path)))

    def walk(self, name: str, direction: int) -> bool:
        """Move one of the ways of `walking.WALKS`, +1 forward or -1 backward; says why where that can't be done."""
        from inspector.debugger.walking import walk

        said = walk(self, name, direction)
        if said:
            self.say(said)
        return not said

    def back(self) -> bool:
        """Go to the moment that was visited before."""
        return self._travel(self.visits.back)

    def forward(self) -> bool:
        """Go to the moment that was visited after this one."""
        return self._travel(self.visits.forward)

    def _travel(self, move: Callable[[int], int | None]) -> bool:
        step = None if self.here is None else move(self.here.step)
        moved = step is not None and self.go_to(step, visit=False)
        self.visits_changed.emit()
        return moved

    # Choosing

    def ask_detail(self) -> None:
        """Another array is selected: read its values."""
        viewer, here, path = self._viewer, self.here, self.path
        if viewer is not None and here is not None:
            self._fast.ask(("detail",), lambda: viewer.detail(here, path))

    def select_written(self) -> None:
        """Select the array that the present step writes, as soon as that is known."""
        self._selects_written = True

    def toggle_expanded(self, path: str) -> None:
        """Show or hide the entries of a container in the table of arrays."""
        self.expanded = self.expanded ^ {path}
        self._ask_moment()

    # Answers

    def take(self, key: Key, value: Any) -> None:
        """An answer about the whole run."""
        self.questions.take(key, value)

    def _take_refresh(self, key: Key, grown: bool) -> None:
        if grown:
            self.questions.forget_norms()
        ended = not self._growing.isActive()
        if ended and self._viewer is not None and self.here is not None and self.here.step == self._began:
            self.begin(self._viewer.first_step())  # nobody has moved: now it is known where to begin
        super()._take_refresh(key, grown)

    def _take_survey(self, _: Key, overview: Overview) -> None:
        self.overview = self.noted(overview)
        self.opened_changed.emit()
        self.stops.take_overview(overview)

    def _take_moment(self, _: Key, pair: tuple[Moment, Detail | None]) -> None:
        self.moment, self.detail = pair
        if self._selects_written and self.here is not None and self.moment.here.step == self.here.step:
            self._selects_written = False
            written = self.moment.written
            if written and self.path not in written:
                self.select_array(written[0])
        self.moment_changed.emit()
        self.detail_changed.emit()

    def _take_detail(self, _: Key, detail: Detail | None) -> None:
        self.detail = detail
        self.detail_changed.emit()

    def take_what_if(self, found: WhatIf) -> None:
        """What came of other values."""
        self.what_if = found
        self.what_if_changed.emit()

    def _take_beside(self, _: Key, __: object) -> None:
        self._survey()
        self._ask_moment()
