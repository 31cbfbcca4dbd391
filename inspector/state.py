"""State: the window's only mutable model. Panes call its verbs and redraw in `synchronize()` on its signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.look import Look
from inspector.opening import CASE, DATA, RESULT, WEIGHTS, kind_of
from inspector.records import CaseInfo, Failure, Question, RunStatus, Selection, ViewState
from inspector.runs import Answer, Runs
from inspector.situation import History, Situation, situation_of, start_of
from rnn.errors import InputError
from rnn.results import Inspection

if TYPE_CHECKING:
    from inspector.engine.client import Engine
    from inspector.pictures import Pictures
    from inspector.settings import Memory

__all__ = ["CaseInfo", "Failure", "Question", "RunStatus", "Selection", "State", "ViewState"]


class State(QObject):
    """The only mutable model: one result, one selection, one problem.

    Signals (none carries anything; read the properties):
        result_changed: another result, or the shown one became stale or fresh.
        settings_changed: settings, case, open questions or the case waiting for trust.
        selection_changed: quantity, t, sample or picked cell.
        status_changed: what the engine is doing.
        notice_changed: failure, notice or remark.
        view_changed: metric, scale, lock, colour map, theme.
        recent_changed: the list of recent files.
    """

    result_changed = Signal()
    settings_changed = Signal()
    selection_changed = Signal()
    status_changed = Signal()
    notice_changed = Signal()
    view_changed = Signal()
    recent_changed = Signal()

    def __init__(self, engine: Engine, pictures: Pictures, memory: Memory, parent: QObject | None = None) -> None:
        """Join the model to the engine, to the thread that reads pictures and to what was remembered."""
        super().__init__(parent)
        self._memory = memory
        self._runs = Runs(engine, self)
        self._look = look = Look(pictures, memory, self)
        self._history = History(Situation(settings=memory.problem()))
        self._result: Inspection | None = None
        self._result_path = ""
        self._belongs_to: Situation | None = None
        self._asked: Situation | None = None
        self._run_failed = False
        self._failure: Failure | None = None
        self._notice = self._remark = ""
        self._questions: tuple[Question, ...] = ()
        self._pending_trust: str | None = None
        self._runs.status_changed.connect(self.status_changed)
        self._runs.answered.connect(self._on_runs_answered)
        look.selection_changed.connect(self.selection_changed)
        look.view_changed.connect(self.view_changed)
        look.said.connect(self.say)
        # Verbs of the selection and the view; `Look` documents them.
        self.select_quantity, self.select_t = look.select_quantity, look.select_t
        self.select_sample, self.pick, self.clear_pick = look.select_sample, look.pick, look.clear_pick
        self.step_difference, self.step_non_finite = look.step_difference, look.step_non_finite
        self.set_metric, self.set_scale, self.set_locked = look.set_metric, look.set_scale, look.set_locked
        self.set_colour_map, self.set_theme = look.set_colour_map, look.set_theme

    @property
    def settings(self) -> Any:
        """The present `ProblemSettings`."""
        return self._history.present.settings

    case = property(lambda self: self._history.present.case, doc="Empty (built-in BPTT), an example's name or a path.")
    case_info = property(lambda self: self._history.present.info, doc="`CaseInfo`, None for the built-in BPTT.")
    result = property(lambda self: self._result, doc="The shown `Inspection`, or None.")
    status = property(lambda self: self._runs.status, doc="`RunStatus`.")
    engine_ready = property(lambda self: self._runs.engine_ready, doc="Whether the engine has loaded everything.")
    failure = property(lambda self: self._failure, doc="`Failure` to show, or None.")
    notice = property(lambda self: self._notice, doc="A sentence to show in a bar, may be empty.")
    remark = property(lambda self: self._remark, doc="A passing sentence for the status bar, may be empty.")
    questions = property(lambda self: self._questions, doc="Open `Question`s about a weight file.")
    pending_trust = property(lambda self: self._pending_trust, doc="Path of the case that waits for trust, or None.")
    selection = property(lambda self: self._look.selection, doc="`Selection`.")
    view = property(lambda self: self._look.view, doc="`ViewState`.")
    recent = property(lambda self: self._memory.recent(), doc="Paths of recent files, newest first.")
    can_undo = property(lambda self: bool(self._history.past), doc="Whether a change of the problem can be undone.")
    can_redo = property(lambda self: bool(self._history.future), doc="Whether an undone change can be made again.")
    stale = property(
        lambda self: self._result is not None and (self._run_failed or self._belongs_to != self._history.present),
        doc="Whether the shown result doesn't belong to the present problem, or the last run failed.",
    )

    # The problem

    def choose_case(self, name_or_path: str) -> None:
        """Take a case (empty: the built-in BPTT) and its own settings; on bad input everything stays as it was."""
        try:
            situation = start_of(name_or_path, None if name_or_path else self._memory.problem())
        except InputError as error:
            self.report(Failure(str(error), file=name_or_path))
            return
        self._clear_messages()
        self._problem_moved(self._history.take(situation))
        if situation.info is not None and not situation.info.shipped:
            self._remember(situation.path)
            self._ask_for_trust()

    def change_settings(self, **changes: Any) -> None:
        """Change fields of the settings; fields that the case fixes stay as they are."""
        self._problem_moved(self._history.take(self._history.present.changed(**changes)))

    def undo(self) -> None:
        """Take back the last change of the problem."""
        self._problem_moved(self._history.undo())

    def redo(self) -> None:
        """Make an undone change again."""
        self._problem_moved(self._history.redo())

    def _problem_moved(self, moved: bool) -> None:
        if moved:
            self._questions, self._pending_trust = (), None
            if not self.case:
                self._memory.set_problem(self.settings)
            self.settings_changed.emit()
            self.result_changed.emit()

    def open_files(self, paths: Iterable[str]) -> None:
        """Open files by what they hold: a case, weights, data, a text, or a saved result."""
        for path in map(str, paths):
            try:
                kind = kind_of(path)
                self._open(kind, path)
            except InputError as error:
                self.report(Failure(str(error), file=path))

    def _open(self, kind: str, path: str) -> None:
        if kind == CASE:
            self.choose_case(path)
            return
        if kind == RESULT:
            self.show_result(path)
        elif kind == WEIGHTS:
            self.change_settings(weights="file", weights_file=path)
        else:
            self.change_settings(data="file" if kind == DATA else "text", data_file=path)
        if kind != RESULT:
            self.note(f"{Path(path).name} is used from the next run on (Ctrl+R)")
        self._remember(path)

    def _remember(self, path: str) -> None:
        self._memory.remember_file(path)
        self.recent_changed.emit()

    # Running

    def run(self) -> None:
        """Check the present problem; a user's file that was never run, or was changed, asks for trust first."""
        if not self._reread_case():
            return
        self._questions = ()
        if not self._ask_for_trust():
            self._asked = present = self._history.present
            self._clear_messages()
            self._runs.submit("inspect", "Checking", present.path, present.settings.to_json(), {})

    def _ask_for_trust(self) -> bool:
        """Whether the case holds code that the user has not agreed to run; then that is asked."""
        info = self._history.present.info
        asks = info is not None and info.needs_trust and not self._memory.trusts(info.digest)
        self._pending_trust = info.path if info is not None and asks else None
        self.settings_changed.emit()
        return asks

    def _reread_case(self) -> bool:
        """Read the case's file again, as it may have been edited; its code now dictates what it dictates now."""
        present = self._history.present
        try:
            self._history.present = start_of(present.case, present.settings)
        except InputError as error:
            self.report(Failure(str(error), file=present.path))
            return False
        return True

    def trust_and_run(self) -> None:
        """The user agrees that the waiting file's code runs."""
        info = self._history.present.info
        if self._pending_trust is not None and info is not None:
            self._memory.trust(info.digest)
            self.run()

    def refuse_trust(self) -> None:
        """Don't run the waiting file."""
        self._pending_trust = None
        self.settings_changed.emit()

    def cancel(self) -> None:
        """Drop the running request; its answer is ignored from now on."""
        if self._runs.cancel():
            self.say("Cancelled")

    def answer_questions(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Say which array of the weight file each parameter is (`W_hh`, `key` or `key.T`), and run again."""
        self.change_settings(weights_map=tuple({**dict(self.settings.weights_map), **dict(pairs)}.items()))
        self.run()

    def save_weights(self, path: str) -> None:
        """Write the shown result's weights to a file, format by suffix."""
        self._ask_about_result("save_weights", "Saving the weights", path, {})

    def export_figure(self, path: str) -> None:
        """Draw the shown picture to a file (PNG, PDF, SVG, or .npz for the numbers), as the screen shows it."""
        view, selection = self._look.view, self._look.selection
        shown = {"metric": view.metric, "scale": view.scale, "locked": view.locked, "colour_map": view.colour_map}
        shown |= {"quantity": selection.quantity, "sample": selection.sample}
        self._ask_about_result("figure", "Drawing the figure", path, shown)

    def ask_element(self) -> None:
        """Ask central differences about the picked cell; the answer is a note."""
        element = self._look.element()
        if element is None:
            self.note("Pick a cell first; central differences are asked about one entry")
        else:
            self._ask_about_result("element", "Asking central differences", "", {"element": element})

    def _ask_about_result(self, kind: str, text: str, path: str, extra: dict[str, Any]) -> None:
        if self._result is None:
            self.report(Failure("There is no result yet; run a check first"))
            return
        self._clear_messages()
        self._runs.submit(kind, text, "", {}, {"result": self._result_path, "path": path, **extra})

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        if answer.failure is not None:
            self._run_failed = self._run_failed or answer.kind == "inspect"
            self._questions = answer.questions
            self.report(answer.failure)
            self.settings_changed.emit()
            self.result_changed.emit()
        elif answer.kind == "inspect":
            self._take_result(answer.path, self._asked)
        else:
            self.note(answer.path if answer.kind == "element" else f"Saved {answer.path}")

    def show_result(self, path: str) -> None:
        """Show a result file, with the settings it was made with."""
        self._take_result(path, None)

    def _take_result(self, path: str, asked: Situation | None) -> None:
        from rnn.inspection import load_inspection

        try:
            result = load_inspection(Path(path))
            if asked is None:
                asked = situation_of(result, self._history.present)
                self._history.take(asked)
        except InputError as error:
            self.report(Failure(str(error), file=path))
            return
        self._result, self._result_path, self._belongs_to, self._run_failed = result, path, asked, False
        self._look.take_result(result)
        self.settings_changed.emit()
        self.result_changed.emit()

    # Messages

    @Slot(str)
    def say(self, remark: str) -> None:
        """Show a passing sentence."""
        self._remark = remark
        self.notice_changed.emit()

    def note(self, notice: str) -> None:
        """Show a sentence that stays until it is dismissed."""
        self._notice = notice
        self.notice_changed.emit()

    def report(self, failure: Failure) -> None:
        """Show what went wrong; everything else stays as it is."""
        self._failure = failure
        self.notice_changed.emit()

    def dismiss_notice(self) -> None:
        """Take failure and notice away."""
        self._clear_messages()

    def _clear_messages(self) -> None:
        if self._failure is not None or self._notice or self._remark:
            self._failure, self._notice, self._remark = None, "", ""
            self.notice_changed.emit()
