"""WeightLook: a weight file that is looked into before it is used; the engine reads it, in a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.records import Question

if TYPE_CHECKING:
    from inspector.runs import Answer, Runs
    from rnn.looking import Look
    from rnn.settings import ProblemSettings

LOOK = "look"


class WeightLook(QObject):
    """What is known of one file at a time.

    Attributes:
        path: of the file. found: what was seen, or None. failure: why it can't be read, or empty.
        waiting: whether the engine is asked. answers: to questions about the file, by parameter.

    Signals:
        changed: any of these is another.
    """

    changed = Signal()

    def __init__(self, runs: Runs, parent: QObject) -> None:
        """Args: runs: submits the requests."""
        super().__init__(parent)
        self._runs = runs
        self.path = self.failure = ""
        self.found: Look | None = None
        self.waiting = False
        self.answers: Mapping[str, str] = {}
        runs.answered.connect(self._on_runs_answered)
        runs.cancelled.connect(self._on_runs_cancelled)

    def ask(self, path: str, settings: ProblemSettings, case_path: str, values: bool = False) -> None:
        """Look into a file as it would be used with settings, whose `weights_map` are answers; a request before is dropped."""
        if path != self.path:
            self.found = None
        self.path, self.failure, self.waiting = path, "", True
        self.answers = dict(settings.weights_map)
        self._runs.submit(
            LOOK, "Looking into the file", case_path, settings.to_json(), {"path": path, "values": values}
        )
        self.changed.emit()

    @Slot()
    def _on_runs_cancelled(self) -> None:
        if self.waiting:
            self.waiting = False
            self.failure = "" if self.found is not None else "Cancelled"
            self.changed.emit()

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        if answer.kind != LOOK or not self.waiting:
            return
        self.waiting = False
        if answer.failure is not None:
            self.failure = answer.failure.sentence
        else:
            self.found = look_of(answer.extra["look"])
        self.changed.emit()


def look_of(values: Mapping[str, Any]) -> Look:
    """A `Look` from the engine's answer."""
    from rnn.looking import Look, Row

    rows = tuple(Row(**{**row, "shape": tuple(row["shape"])}) for row in values["rows"])
    questions = tuple(Question(one["parameter"], one["text"], tuple(one["options"])) for one in values["questions"])
    return Look(**{**values, "rows": rows, "notes": tuple(values["notes"]), "questions": questions})
