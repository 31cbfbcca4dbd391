"""CheckOrder: the checks of a run in their order, each as soon as it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.diagnosis import DONE, STOPPED, is_cause
from inspector.records import IDLE
from inspector.runs import INSPECT, Answer, Runs
from rnn.checks import NAMES

if TYPE_CHECKING:
    from inspector.state import State
    from rnn.results import Inspection

COMING = "coming"
"""State of a check that is not known yet, beside those of `rnn.checks`."""

NOT_YET = "not looked for yet; a click or Enter looks for it (Ctrl+F8)"

WHY = "why"
"""The check of the cause, which a search of its own makes."""

WHY_NOT_YET = "not looked for yet; a click or Enter looks for it (F7)"
WHY_NOT_FOUND = "no mistake that was tried explains the numbers"


@dataclass(frozen=True)
class CheckRow:
    """One check: its name, state, sentence, and lines of details.

    Attributes:
        file, line: where it stopped, or which line is to blame; empty and 0 where neither is known.
        looks: whether the first wrong line can be looked for.
    """

    name: str
    state: str
    sentence: str
    details: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    looks: bool = False


@dataclass(frozen=True)
class _Stopped:
    """A run that came to no result: of which case, beside which result, and how far it came."""

    case: str
    result: Inspection | None
    rows: tuple[CheckRow, ...]


def _row(check: Mapping[str, Any]) -> CheckRow:
    lines = tuple(str(line) for line in check.get("details", ()))
    return CheckRow(str(check["name"]), str(check["state"]), str(check["sentence"]), lines)


def _filled(known: Sequence[CheckRow]) -> tuple[CheckRow, ...]:
    """All checks in order, those to come included."""
    names = {row.name: row for row in known}
    return tuple(names.get(name, CheckRow(name, COMING, "")) for name in NAMES)


class CheckOrder(QObject):
    """Follows the runs of the present case.

    Attributes:
        rows: one for every check, in order; empty where there is no code to check.

    Signals:
        changed: `rows` are others.
    """

    changed = Signal()

    def __init__(self, state: State, runs: Runs) -> None:
        """Listens to what is told on the way, to answers, to results that are shown, and to recordings."""
        super().__init__(state)
        self._state, self._runs = state, runs
        self.rows: tuple[CheckRow, ...] = ()
        self._told: list[CheckRow] = []
        self._stopped: _Stopped | None = None
        runs.told.connect(self._on_runs_told)
        runs.answered.connect(self._on_runs_answered)
        for signal in (
            runs.status_changed,
            state.result_changed,
            state.settings_changed,
            state.debugger.opened_changed,
            state.diagnosis.changed,
        ):
            signal.connect(self._follow)

    @property
    def stopped(self) -> bool:
        """Whether the last run came to no result, so that what else is shown is of a run before."""
        last = self._stopped
        return last is not None and (last.case, last.result) == (self._state.case_path, self._state.result)

    @Slot()
    def _follow(self) -> None:
        """Show the run that goes on, else where the last one stopped, else the shown result."""
        info, running = self._state.case_info, self._runs.status.phase != IDLE and self._runs.kind == INSPECT
        if not running:
            self._told = []
        rows = self._of_result()
        if self.stopped and self._stopped is not None:
            rows = self._stopped.rows
        if running and info is not None and not info.built_in and (self._told or not rows):
            rows = _filled(self._told)
        if rows != self.rows:
            self.rows = rows
            self.changed.emit()

    def _of_result(self) -> tuple[CheckRow, ...]:
        """The checks of the shown result; none where it is one of the program's own BPTT."""
        result = self._state.result
        if result is None or not any(one["name"] == "pure" and one["state"] != "skipped" for one in result.checks):
            return ()
        made = {"where": self._where, WHY: self._why}
        return _filled([made.get(str(one["name"]), lambda _, row: row)(result, _row(one)) for one in result.checks])

    def _why(self, result: Inspection, row: CheckRow) -> CheckRow:
        """The check of the cause: what the search has found, or how it stands."""
        diagnosis = self._state.diagnosis
        best, causes = diagnosis.best, [str(one["sentence"]) for one in diagnosis.findings if is_cause(one)]
        if diagnosis.is_running:
            return CheckRow(WHY, COMING, str(best["sentence"]) if best is not None else diagnosis.search.text)
        if best is not None and diagnosis.search.phase in (DONE, STOPPED):
            place = (str(best["file"]), int(best["line"])) if best.get("file") and best.get("line") else ("", 0)
            state = "ok" if causes else "unknown"
            return CheckRow(WHY, state, str(best["sentence"]), tuple(one for one in causes if one != best["sentence"]), *place)
        if result.verdict != "differ" or row.state != "skipped":
            return row
        sought = diagnosis.search.phase == DONE
        return CheckRow(WHY, "unknown", WHY_NOT_FOUND) if sought else replace(row, sentence=WHY_NOT_YET)

    def _where(self, result: Inspection, row: CheckRow) -> CheckRow:
        """The check of the first wrong line, which a search for the cause makes, or the debugger when it is asked to."""
        from rnn.headline import is_another_function, is_unknown_cell, where_sentence

        if result.verdict != "differ" or is_another_function(result) or is_unknown_cell(result):
            return row
        known = (*result.findings, *self._state.diagnosis.findings)
        found = [finding for finding in known if finding["kind"] == "blame"]
        overview, recorded = self._state.debugger.overview, self._state.requests.recorded
        if overview is not None and overview.matches is not None and recorded == self._state.belongs_to is not None:
            found = [finding for finding in overview.findings if finding["kind"] == "blame"]
        elif row.state == "skipped" and not found:
            return replace(row, sentence=NOT_YET, looks=True)
        state, sentence = where_sentence(replace(result, findings=tuple(found)), True)
        lines = tuple(str(finding["sentence"]) for finding in found[1:])
        file, line = (str(found[0]["file"]), int(found[0]["line"])) if found else ("", 0)
        return CheckRow("where", state, sentence, lines, file, line, True)

    @Slot(object)
    def _on_runs_told(self, extra: Mapping[str, Any]) -> None:
        if self._runs.kind == INSPECT and "check" in extra:
            row = _row(extra["check"])
            self._told = [*(one for one in self._told if one.name != row.name and row.name != NAMES[0]), row]
            self._follow()

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        if answer.kind != INSPECT:
            return
        self._told = []
        failure, checks = answer.failure, answer.extra.get("checks")
        if failure is None:
            self._stopped = None
        elif checks:
            known, line = [_row(check) for check in checks], failure.line or 0
            rows = [replace(row, file=failure.file, line=line) if row.state == "failed" else row for row in known]
            self._stopped = _Stopped(answer.case_path, self._state.result, _filled(rows))
        self._follow()
