"""State: the window's only mutable model. Panes call its verbs and redraw in `synchronize()` on its signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from inspector.asking import Asking
from inspector.debugger.debugger import Debugger
from inspector.debugger.requests import KINDS, Requests
from inspector.diagnosis import Diagnosis
from inspector.look import Look
from inspector.notes import Notes
from inspector.notices import Notices
from inspector.opening import kept_weights, open_files
from inspector.own_code import OwnCode
from inspector.records import IDLE, Failure, Question
from inspector.runs import INSPECT, Answer, Runs
from inspector.sessions.keeper import SessionKeeper
from inspector.shown import Shown
from inspector.situation import History, Moment, Situation, failure_of, start_of
from inspector.trust import Trust
from rnn.errors import InputError
from rnn.results import Inspection

if TYPE_CHECKING:
    from inspector.engine.client import Engine
    from inspector.pictures import Pictures
    from inspector.settings import Memory


class State(Shown):
    """The only mutable model: one result, one selection, one problem.

    Attributes:
        look: selection and view with their verbs. asking: requests about the result and their answers.
        debugger: the open recording. requests: what it asks the engine for. own: about the user's code.
        diagnosis: why the shown result is wrong. notes: the user's. session: its file, and what is kept of it.
        belongs_to: the situation of the shown result.

    Signals (none carries anything; read the properties):
        result_changed: another result, or the shown one became stale or fresh.
        settings_changed: settings, case, open questions or the case waiting for trust.
        selection_changed: quantity, t, sample, picked cell or marked region.
        status_changed: what the engine is doing. notice_changed: failure, notice or remark.
        view_changed: metric, scale, ranges, colour map, mode, theme. recent_changed: the list of recent files.
    """

    def __init__(self, engine: Engine, pictures: Pictures, memory: Memory, parent: QObject | None = None) -> None:
        """Join the model to the engine, to the thread that reads pictures and to what was remembered."""
        super().__init__(parent)
        self._memory = memory
        self._runs = Runs(engine, self)
        self._notices = notices = Notices(self)
        self._history = history = History(Moment(Situation(settings=memory.problem()), memory.view()))
        self.look = look = Look(pictures, memory, history, self)
        self.notes = Notes(history, notices, self)
        self.asking = Asking(self._runs, look, notices, self)
        self.open_files = partial(open_files, self)
        self.asking.open_weights = lambda path: self.drag_settings("", **kept_weights(path))
        self._result: Inspection | None = None
        self.belongs_to: Situation | None = None
        self._asked: Situation | None = None
        self._outdated = self._live = self._live_waits = False
        self._questions: tuple[Question, ...] = ()
        self._trust = Trust(memory)
        self.debugger = Debugger(self._notices, memory, self)
        self.requests = Requests(self._runs, self.debugger, self._notices, self)
        self._runs.status_changed.connect(self.status_changed)
        self._runs.answered.connect(self._on_runs_answered)
        self._notices.changed.connect(self.notice_changed)
        look.selection_changed.connect(self.selection_changed)
        look.view_changed.connect(self.view_changed)
        look.said.connect(self._notices.say)
        self.select_quantity, self.select_t = look.select_quantity, look.select_t
        self.select_sample, self.pick, self.clear_pick = look.select_sample, look.pick, look.clear_pick
        self.step_difference, self.step_non_finite = look.step_difference, look.step_non_finite
        self.set_view, self.end_drag = look.set_view, history.end_merge
        self.say, self.note, self.report, self.dismiss_notice = notices.say, notices.note, notices.report, notices.clear
        self.diagnosis = Diagnosis(self, self._runs, notices)
        self.own = OwnCode(self, self._runs, memory, notices)
        self.session = SessionKeeper(self, memory, notices)

    def choose_case(self, name_or_path: str) -> None:
        """Take a case (empty: the built-in BPTT) and its own settings; on bad input everything stays as it was."""
        try:
            situation = start_of(name_or_path, None if name_or_path else self._memory.problem())
        except InputError as error:
            self.report(failure_of(error, name_or_path))
            return
        self.dismiss_notice()
        self._live = False
        self._problem_moved(self._history.take(situation=situation))
        if situation.info is not None and not situation.info.shipped:
            self.remember_file(situation.path)
            self._ask_for_trust()

    def change_settings(self, **changes: Any) -> None:
        """Change fields of the settings; fields that the case fixes stay as they are."""
        self._live = False
        self._problem_moved(self._history.take(situation=self.situation.changed(**changes)))

    def drag_settings(self, merge: str, **changes: Any) -> None:
        """Change fields of the settings and run at once; changes in a row with the same `merge` are one undo."""
        self._live = True
        self._problem_moved(self._history.take(merge, situation=self.situation.changed(**changes)))
        self._run_live()

    def edit_weight(self, name: str, index: tuple[int, ...], value: float, merge: str = "") -> None:
        """Put a value into one weight and run."""
        kept = tuple(edit for edit in self.settings.edits if edit[:2] != (name, index))
        self.drag_settings(merge, edits=(*kept, (name, index, float(value))))

    def check_many(self, count: int, vary: bool = True) -> None:
        """Check `count` random problems, the present one first; `vary` draws sizes that are set, too."""
        if self._reread_case() and not self._ask_for_trust():
            self.asking.check_many(self.situation, count, vary)

    def undo(self) -> None:
        """Take back the last change of the problem or the view."""
        self._travel(self._history.undo)

    def redo(self) -> None:
        """Make an undone change again."""
        self._travel(self._history.redo)

    def _travel(self, move: Any) -> None:
        before = self._history.present
        if not move():
            return
        now = self._history.present
        if now.notes != before.notes:
            self.notes.changed.emit()
        if now.view != before.view:
            if now.quantity is not None:
                self.select_quantity(now.quantity)  # so that the user sees what is taken back
            self._history.amend(view=now.view)
            self.look.show_view()
        self._problem_moved(now.situation != before.situation)
        if self._live and now.situation != before.situation:
            self._run_live()

    def remember_file(self, path: str) -> None:
        """Put a file at the head of the recent ones."""
        self._memory.remember_file(path)
        self.recent_changed.emit()

    def run(self) -> None:
        """Check the present problem; a user's file that was never run, or was changed, asks for trust first."""
        if not self._reread_case():
            return
        self._questions = ()
        if not self._ask_for_trust():
            self.dismiss_notice()
            self._submit()

    def _submit(self) -> None:
        self._asked, self._live_waits = self.situation, False
        self._runs.submit(INSPECT, "Checking", self.case_path, self.settings.to_json(), {})

    def _run_live(self) -> None:
        """Run as soon as the run before is through: the picture follows, and the newest problem is never left out."""
        if not self.may_run:
            if self._reread_case():  # what a session says of a file may be another file's
                self._ask_for_trust()
        elif self.status.phase != IDLE and self._runs.kind == INSPECT:
            self._live_waits = True
        else:
            self._submit()

    def _ask_for_trust(self, then: Callable[[], None] | None = None) -> bool:
        """Ask for trust where it is needed, to run or to do something else; whether it is."""
        asks = self._trust.ask(self.situation, then or self.run)
        self.settings_changed.emit()
        return asks

    def record(self) -> None:
        """Record the present problem; asks for trust as `run` does."""
        if self._reread_case() and not self._ask_for_trust(self.record):
            self.requests.record()

    def _reread_case(self) -> bool:
        """Read the case's file again, as it may have been edited; its code now dictates what it dictates now."""
        try:
            self._history.amend(situation=start_of(self.case, self.settings))
        except InputError as error:
            if self.session.missing:
                self._notices.report(Failure(self.session.missing), self.session.offer)
            else:
                self.outdate()
                self.report(failure_of(error, self.case_path))
            return False
        return True

    def trust_and_run(self) -> None:
        """The user agrees that the waiting file's code runs."""
        self._trust.give(self.situation)

    def refuse_trust(self) -> None:
        """Don't run the waiting file."""
        self._trust.refuse()
        self.settings_changed.emit()

    def cancel(self) -> None:
        """Drop the running request; its answer is ignored from now on."""
        self._live_waits = False
        if self._runs.cancel():
            self.say("Cancelled")

    def answer_questions(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Say which array of the weight file each parameter is (`W_hh`, `key` or `key.T`), and run again."""
        self.change_settings(weights_map=tuple({**dict(self.settings.weights_map), **dict(pairs)}.items()))
        self.run()

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        asked = self._asked
        if self._live_waits and answer.kind == INSPECT:
            self._submit()  # first of all: the engine works while the window draws
        if answer.kind in KINDS:
            self.requests.take(answer)
        elif answer.failure is not None:
            self._outdated = self._outdated or answer.kind == INSPECT
            self._questions = answer.questions
            self.report(answer.failure)
            self.settings_changed.emit()
            self.result_changed.emit()
        elif answer.kind == INSPECT:
            self._take_result(answer.path, asked)
        else:
            self.asking.take(answer)
