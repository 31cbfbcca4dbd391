"""CheckOrder: the checks of a run in their order, each as soon as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.runs import INSPECT, Answer, Runs
from rnn.checks import NAMES

if TYPE_CHECKING:
    from inspector.state import State

COMING = "coming"
"""State of a check that is not known yet, beside those of `rnn.checks`."""


@dataclass(frozen=True)
class CheckRow:
    """One check: its name, state, sentence, and lines of details."""

    name: str
    state: str
    sentence: str
    details: tuple[str, ...] = ()


def _row(check: Mapping[str, Any]) -> CheckRow:
    lines = tuple(str(line) for line in check.get("details", ()))
    return CheckRow(str(check["name"]), str(check["state"]), str(check["sentence"]), lines)


class CheckOrder(QObject):
    """Follows the runs of the present case.

    Attributes:
        rows: one for every check, in order; empty where there is none of the user's.

    Signals:
        changed: `rows` are others.
    """

    changed = Signal()

    def __init__(self, state: State, runs: Runs) -> None:
        """Listens to what is told on the way, to answers, and to results that are shown."""
        super().__init__(state)
        self._state, self._runs = state, runs
        self.rows: tuple[CheckRow, ...] = ()
        runs.told.connect(self._on_runs_told)
        runs.answered.connect(self._on_runs_answered)
        state.result_changed.connect(self._on_result_changed)

    def _set(self, known: list[CheckRow]) -> None:
        names = {row.name: row for row in known}
        rows = tuple(names.get(name, CheckRow(name, COMING, "")) for name in NAMES) if known else ()
        if rows != self.rows:
            self.rows = rows
            self.changed.emit()

    @Slot(object)
    def _on_runs_told(self, extra: Mapping[str, Any]) -> None:
        if self._runs.kind == INSPECT and "check" in extra:
            row = _row(extra["check"])
            before = [] if row.name == NAMES[0] else [one for one in self.rows if one.state != COMING]
            self._set([*(one for one in before if one.name != row.name), row])

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        if answer.kind == INSPECT and answer.extra.get("checks"):
            self._set([_row(check) for check in answer.extra["checks"]])

    @Slot()
    def _on_result_changed(self) -> None:
        result = self._state.result
        own = result is not None and any(
            check["name"] == "pure" and check["state"] != "skipped" for check in result.checks
        )
        self._set([_row(check) for check in result.checks] if result is not None and own else [])
