"""Shown: which result the window shows, what it belongs to, and how another takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.facts import Facts
from inspector.records import UNREAD, Failure, Selection
from inspector.situation import Moment, Situation, asked_for, failure_of, start_of
from rnn.errors import InputError
from rnn.results import Inspection
from rnn.settings import ProblemSettings

if TYPE_CHECKING:
    from inspector.asking import Asking
    from inspector.debugger.debugger import Debugger
    from inspector.notes import Notes
    from rnn.sessions import KeptResult


class Shown(Facts):
    """The result side of `State`."""

    asking: Asking
    debugger: Debugger
    notes: Notes
    _live_waits: bool

    def _problem_moved(self, moved: bool) -> None:
        if moved:
            self._questions = ()
            self._trust.refuse()
            if not self.case:
                self._memory.set_problem(self.settings)
            self.settings_changed.emit()
            self.result_changed.emit()

    def outdate(self) -> None:
        """The code is another than the one that gave the shown result; a run that succeeds shows it as it is now."""
        self._outdated = True
        self.result_changed.emit()

    def show_result(self, path: str, situation: Situation | None = None) -> None:
        """Show a result file, with the settings it was made with; or as the result of a situation of this session."""
        self._take_result(path, situation)

    def _take_result(self, path: str, asked: Situation | None) -> None:
        from rnn.inspection import load_inspection

        try:
            result = load_inspection(Path(path))
            asked = asked_for(self._history, result, asked)
        except InputError as error:
            self._notices.report(failure_of(error, path))
            return
        if self._live and self.failure is not None:
            self._notices.clear()
        self._show(result, path, asked, outdated=False)

    def _show(
        self, result: Inspection, path: str, belongs_to: Situation, outdated: bool, kept: Selection | None = None
    ) -> None:
        self._result, self.belongs_to, self._outdated = result, belongs_to, outdated
        self.asking.take_result(path, result.has_problem)
        self.look.take_result(result, kept)
        self.settings_changed.emit()
        self.result_changed.emit()

    def adopt(self, path: str) -> bool:
        """Take a file as the case's, wherever it was before: its code, with the present settings; whether it can be used."""
        before = self.situation
        try:
            situation = start_of(path, self.settings)
        except InputError as error:
            self._notices.report(failure_of(error, path))
            return False
        self._notices.clear()
        if self.belongs_to is not None and self.belongs_to.case == before.case:
            self.belongs_to = replace(self.belongs_to, case=situation.case, info=situation.info)
        self._history.amend(situation=situation)
        digests = {one.info.digest.removeprefix(UNREAD) for one in (before, situation) if one.info is not None}
        same = len(digests) == 1
        self._outdated = self._outdated or not same
        self._problem_moved(True)
        return True

    def restore(self, moment: Moment, kept: KeptResult | None, selection: Selection | None, window: Mapping[str, Any]) -> None:
        """Take over a session: situation, view, notes and result, in place of what there was; undo begins anew.

        Args:
            moment: the situation, the view and the notes. kept: the result. selection: in it. window: what quantities kept.
        """
        from rnn.inspection import load_inspection

        before, result, belongs_to = self.look.view, None, moment.situation
        self._runs.cancel()
        self._notices.clear()
        if kept is not None:
            try:
                result = load_inspection(Path(kept.file))
                belongs_to = replace(belongs_to, settings=ProblemSettings.from_json(dict(result.settings)))
            except (InputError, TypeError, ValueError) as error:
                self._notices.report(Failure(str(error), file=kept.file))
                result = None
        self._live = self._live_waits = self._outdated = False
        self._result, self.belongs_to, self._questions = None, None, ()
        self._trust.refuse()
        self._history.restart(moment)
        self.debugger.close_recording()
        self.look.restart(window.get("cells"), window.get("views"))
        if result is not None and kept is not None:
            self._show(result, kept.file, belongs_to, kept.stale, selection)
        else:
            self.asking.take_result("")
            for signal in (self.selection_changed, self.settings_changed, self.result_changed):
                signal.emit()
        self.notes.changed.emit()
        if self.look.view != before:
            self.look.view_changed.emit()
