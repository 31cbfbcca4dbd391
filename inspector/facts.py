"""Facts: what can be read of the window's model, and the signals that tell that it is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from inspector.records import IDLE, Question
from inspector.runs import INSPECT
from inspector.situation import Situation

if TYPE_CHECKING:
    from inspector.look import Look
    from inspector.notices import Notices
    from inspector.runs import Runs
    from inspector.settings import Memory
    from inspector.situation import History
    from inspector.trust import Trust
    from rnn.results import Inspection


class Facts(QObject):
    """The read-only side of `State`.

    Signals: see `State`.
    """

    result_changed = Signal()
    settings_changed = Signal()
    selection_changed = Signal()
    status_changed = Signal()
    notice_changed = Signal()
    view_changed = Signal()
    recent_changed = Signal()

    look: Look
    belongs_to: Situation | None
    _memory: Memory
    _runs: Runs
    _notices: Notices
    _history: History
    _trust: Trust
    _result: Inspection | None
    _questions: tuple[Question, ...]
    _outdated: bool
    _live: bool

    @property
    def situation(self) -> Situation:
        """What a run would check now."""
        return self._history.present.situation

    settings = property(lambda self: self.situation.settings, doc="The present `ProblemSettings`.")
    case = property(lambda self: self.situation.case, doc="Empty (built-in BPTT), an example's name or a path.")
    case_info = property(lambda self: self.situation.info, doc="`CaseInfo`, None for the built-in BPTT.")
    case_path = property(lambda self: self.situation.path, doc="The case's file, empty for the built-in BPTT.")
    result = property(lambda self: self._result, doc="The shown `Inspection`, or None.")
    status = property(lambda self: self._runs.status, doc="`RunStatus`.")
    engine_ready = property(lambda self: self._runs.engine_ready, doc="Whether the engine has loaded everything.")
    failure = property(lambda self: self._notices.failure, doc="`Failure` to show, or None.")
    notice = property(lambda self: self._notices.notice, doc="A sentence to show in a bar, may be empty.")
    notice_details = property(lambda self: self._notices.details, doc="Lines behind the notice, may be empty.")
    remark = property(lambda self: self._notices.remark, doc="A passing sentence for the status bar, may be empty.")
    questions = property(lambda self: self._questions, doc="Open `Question`s about a weight file.")
    pending_trust = property(lambda self: self._trust.pending, doc="Path of the case that waits for trust, or None.")
    selection = property(lambda self: self.look.selection, doc="`Selection`.")
    view = property(lambda self: self.look.view, doc="`ViewState`.")
    may_run = property(lambda self: not self._trust.needed(self.situation), doc="Whether the code needs no agreement.")
    recent = property(lambda self: self._memory.recent(), doc="Paths of recent files, newest first.")
    can_undo = property(lambda self: bool(self._history.past), doc="Whether a change can be undone.")
    can_redo = property(lambda self: bool(self._history.future), doc="Whether an undone change can be made again.")

    outdated = property(lambda self: self._outdated, doc="Whether the code is known to be another than the result's.")

    @property
    def stale(self) -> bool:
        """Whether the shown result doesn't belong to the present problem or code, or the last run failed."""
        follows = self._live and self.status.phase != IDLE and self._runs.kind == INSPECT
        moved = self.belongs_to != self.situation and not follows
        return self._result is not None and (self._outdated or moved)
