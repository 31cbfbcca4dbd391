"""Diagnosis: why the shown result is wrong: the search for it, and what was found so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from inspector.records import CODE, IDLE, PICTURES
from inspector.repairing import Repairing
from inspector.runs import INSPECT, Answer, Runs
from rnn.diagnose.finding import EXPLAIN, KINDS, LAW, MADE, PURITY, REPAIR, RIGHT, SCALE
from rnn.settings import ProblemSettings

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.state import State
    from rnn.results import Inspection

Finding = Mapping[str, Any]

DIAGNOSE, MINIMAL = "diagnose", "minimal"

NOTHING, WAITING, SEARCHING, DONE, STOPPED, FAILED = "nothing", "waiting", "searching", "done", "stopped", "failed"
"""Phases: nobody asked; another request is answered first; it goes on; it came to its end; the user stopped it; it failed."""
FORWARD, BLAME = "forward", "blame"
"""Kinds of findings that are made without a search."""

SEARCHES = "Looking for the cause"
AUTO_MS = 300
"""A search begins by itself so long after a run: the pictures come first, and who drags a weight is not slowed down."""

CAUSES = (PURITY, FORWARD, EXPLAIN, SCALE, REPAIR, BLAME, LAW)
"""Kinds that say what is wrong."""

PLACES = (MADE, RIGHT)
"""Kinds that tell of steps and cells rather than of a line."""


@dataclass(frozen=True)
class Search:
    """How a search stands: one of the phases, what is being done, and how far it is, as in `RunStatus`."""

    phase: str = NOTHING
    text: str = ""
    fraction: float | None = None


def merged(*groups: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order in which a person wants to read them; what several groups hold is taken from the first."""
    found: dict[tuple[Any, ...], Finding] = {}
    for one in (one for group in groups for one in group):
        found.setdefault(tuple(one.get(name) for name in ("kind", "file", "line", "sentence")), one)
    ranks = {kind: rank for rank, kind in enumerate(KINDS)}
    return tuple(sorted(found.values(), key=lambda one: ranks.get(str(one.get("kind")), len(KINDS))))


def is_cause(finding: Finding) -> bool:
    """Whether it says what is wrong, and not only where or that nothing explains it."""
    explained = finding.get("status", "explained") != "unexplained"
    return finding.get("kind") in CAUSES and explained


def best(findings: Iterable[Finding]) -> Finding | None:
    """The one to tell first: a repair that was verified, else the first that names a cause, else the first."""
    known = list(findings)
    repairs = [one for one in known if one.get("kind") == REPAIR]
    return next(iter((*repairs, *filter(is_cause, known), *known)), None)


class Diagnosis(QObject):
    """Searches for the cause of the shown result, and keeps what was found.

    A search that another request interrupts goes on when that is answered; a new result ends it.

    Attributes:
        search: how the search stands. repairing: repairs that are shown or written.
        result_path: file of the user's own result, also while the repaired run is shown.

    Signals:
        changed: findings, the search, or what is repaired.
        found: a search that began by itself has ended and found a cause.
        minimal_written: a minimal case was written (folder, its files, what is said about it).
    """

    changed = Signal()
    found = Signal()
    minimal_written = Signal(str, list, list)

    def __init__(self, state: State, runs: Runs, notices: Notices) -> None:
        """Joined by `State`, which hears of answers first."""
        super().__init__(state)
        self._state, self._runs, self._notices = state, runs, notices
        self.search = Search()
        self.repairing = Repairing(state, runs, notices, self.changed.emit)
        self.result_path = ""
        self._known: tuple[Finding, ...] = ()
        self._found: tuple[Finding, ...] = ()
        self._by_itself = False
        self._soon = QTimer(self, singleShot=True, interval=AUTO_MS)
        self._soon.timeout.connect(self._on_soon)
        runs.told.connect(self._on_runs_told)
        runs.answered.connect(self._on_runs_answered)
        runs.status_changed.connect(self._on_runs_status_changed)
        runs.cancelled.connect(self._on_runs_cancelled)
        state.result_changed.connect(self._on_result_changed)

    def restore(self, findings: Iterable[Finding], searched: bool) -> None:
        """What a session knows of the shown result."""
        self._found = tuple(findings)
        self._set(DONE if searched and self._state.result is not None else NOTHING)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is known about the shown result; its steps are those of no open recording."""
        known = merged(self._found, self._known)
        return tuple({name: value for name, value in one.items() if name != "step"} for one in known)

    @property
    def best(self) -> Finding | None:
        """The finding to tell first, None as long as there is none."""
        return best(self.findings)

    def made_of(self, quantity: str) -> Finding | None:
        """Where the error of a quantity of the shown run is made; the same object as long as nothing else is known."""
        known = (*self._found, *self._known) if self.repairing.shown is None else ()
        return next((one for one in known if one.get("kind") == MADE and one.get("quantity") == quantity), None)

    @property
    def is_running(self) -> bool:
        """Whether a search goes on, or waits for its turn."""
        return self.search.phase in (SEARCHING, WAITING)

    def _set(self, phase: str, text: str = "", fraction: float | None = None) -> None:
        self.search = Search(phase, text, fraction)
        self.changed.emit()

    def start(self) -> None:
        """Search for the cause of the shown result."""
        if self.is_running:
            return
        self._by_itself = False
        refusal = self._refusal()
        if refusal:
            self._notices.note(refusal)
        else:
            self._begin()

    def _refusal(self) -> str:
        """Why no search can begin, in a sentence; empty where one can."""
        if self._state.result is None:
            return "There is no result yet; run a check first (F5)"
        if self.repairing.shown is not None:
            return "Shown is the repaired run; go back to your own run to look for a cause"
        if not self._state.result.has_problem:
            return "Two files of gradients tell no cause; compare one with JAX on its weights and data, then press F7"
        if self._state.stale:
            return "The shown result is not of the problem and the code as they are now; run it first (F5)"
        return ""

    def _begin(self) -> None:
        result: Inspection = self._state.result
        self._set(SEARCHING, SEARCHES)
        self._runs.submit(DIAGNOSE, SEARCHES, self._case_path(), dict(result.settings), self._of_result())

    def _case_path(self) -> str:
        """The case whose code gave the shown result, as far as it is at hand and may be run; else only numbers are used."""
        state = self._state
        info = state.case_info
        is_its = info is not None and not info.built_in and state.result.case == Path(info.path).stem
        return str(state.case_path) if is_its and state.may_run else ""

    def _of_result(self) -> dict[str, Any]:
        return {"result": self._state.asking.result_path}

    def stop(self) -> None:
        """End the search; what was found stays."""
        self._soon.stop()
        if self.search.phase == SEARCHING:
            self._state.cancel()
        elif self.search.phase == WAITING:
            self._set(STOPPED)

    def go_to(self, finding: Finding) -> str:
        """Select its cell and go to its line; returns the page on which it is seen, empty for nowhere."""
        at = self._select(finding)
        tells_of_steps = at and finding.get("kind") in PLACES
        if finding.get("line") and not tells_of_steps and self.show_line(finding):
            return CODE
        return PICTURES if at else ""

    def show_line(self, finding: Finding) -> bool:
        """Go to its line, after recording the case where that is needed; False where there is no code to record."""
        if self._state.debugger.recording is None and not self._case_path():
            self._state.say("Open the case of this result and run it; then its line can be shown")
            return False
        self._state.requests.show_finding(finding)
        return True

    def _select(self, finding: Finding) -> bool:
        """Select its quantity, its step and its entry, whatever of it there is; whether there is anything."""
        state, result, name, t = self._state, self._state.result, str(finding.get("quantity", "")), finding.get("t")
        if result is None or name not in {report.name for report in result.pictured()}:
            return False
        state.select_quantity(name)
        if isinstance(t, int) and not finding.get("problem"):
            state.select_t(t)
        index = tuple(finding.get("index") or ())
        if len(index) == len(result.report(name).shape) - 1 and isinstance(t, int):
            index = (t, *index)
        if index:
            state.look.go_to(name, index)
        return True

    def try_settings(self, finding: Finding) -> None:
        """Run a problem that shows what the present one could not."""
        wanted = dict(finding["settings"])
        typed = ProblemSettings.from_json({**self._state.settings.to_json(), **wanted})
        self._state.change_settings(**{name: getattr(typed, name) for name in wanted})
        self._state.run()

    def write_minimal(self, folder: str) -> None:
        """Write a minimal case of what is wrong into a folder."""
        refusal = self._refusal()
        if refusal:
            self._notices.note(refusal)
            return
        self._notices.clear()
        settings, extra = dict(self._state.result.settings), {**self._of_result(), "folder": folder}
        self._runs.submit(MINIMAL, "Making the case smaller", self._case_path(), settings, extra)

    @Slot()
    def _on_result_changed(self) -> None:
        """Another result is shown: what is known of the one before is gone, unless it is only shown repaired."""
        path = self._state.asking.result_path
        if path in (self.result_path, self.repairing.shown_path):
            return
        if self.search.phase == SEARCHING and self._runs.kind == DIAGNOSE:
            self._runs.cancel()
        self._soon.stop()
        self.result_path, self._found, self._by_itself = path, (), False
        self._known = tuple(self._state.result.findings)
        self.repairing.forget()
        self._set(NOTHING)

    @Slot(object)
    def _on_runs_told(self, extra: Mapping[str, Any]) -> None:
        if self._runs.kind == DIAGNOSE and "findings" in extra:
            self._found = tuple(extra["findings"])
            self.changed.emit()

    @Slot()
    def _on_runs_status_changed(self) -> None:
        status, ours = self._runs.status, self._runs.kind == DIAGNOSE
        if self.search.phase == SEARCHING and status.phase != IDLE:
            self._set(*((SEARCHING, status.text, status.fraction) if ours else (WAITING, SEARCHES)))
        elif self.search.phase == WAITING and status.phase == IDLE:
            self._soon.start()

    @Slot()
    def _on_runs_cancelled(self) -> None:
        if self.search.phase in (SEARCHING, WAITING) or self._soon.isActive():
            self._soon.stop()
            self._set(STOPPED)

    @Slot()
    def _on_soon(self) -> None:
        """Begin by itself, or go on after an interruption."""
        if self._refusal():
            self._set(STOPPED)
        elif self._state.status.phase == IDLE and self._state.engine_ready:
            self._begin()

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        if answer.kind == DIAGNOSE:
            self._take(answer)
        elif answer.kind == MINIMAL and answer.failure is None:
            files, notes = (list(answer.extra.get(name, ())) for name in ("files", "notes"))
            self.minimal_written.emit(answer.path, files, notes)
        elif answer.kind == INSPECT and answer.failure is None and self._is_wrong():
            self._by_itself = True
            self._soon.start()

    def _is_wrong(self) -> bool:
        """Whether a run of code that is not the program's own has just shown a wrong gradient."""
        state = self._state
        return bool(self._case_path()) and not state.stale and state.result.verdict == "differ"

    def _take(self, answer: Answer) -> None:
        if answer.failure is not None:
            self._set(FAILED, answer.failure.sentence)
            return
        self._found = tuple(answer.extra.get("findings", ()))
        self._set(DONE)
        if self._by_itself and any(map(is_cause, self._found)):
            self.found.emit()
