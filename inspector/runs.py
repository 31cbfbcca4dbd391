"""Runs: one request to the engine at a time, its status, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.records import IDLE, RUNNING, STARTING, Failure, Question, RunStatus

if TYPE_CHECKING:
    from inspector.engine.client import Engine
    from inspector.engine.messages import Done, Failed, Progress

Json = Mapping[str, Any]

INSPECT = "inspect"


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    Attributes:
        kind: of the request, as in `inspector.engine.work`. path: the file that was made. extra: what else came back.
        failure: why there is none, or None. questions: to be answered before another try. case_path: what was asked about.
    """

    kind: str
    path: str = ""
    failure: Failure | None = None
    questions: tuple[Question, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    case_path: str = ""


def failure_in(message: Failed) -> Failure:
    """What went wrong, as the engine tells it."""
    return Failure(message.sentence, message.details, message.file, message.line, message.is_bug, message.limit)


class Runs(QObject):
    """Submits requests, keeps `status`, drops what belongs to an older request.

    Attributes:
        kind: of the last request. limits: what every request says of the limits of user code.

    Signals:
        status_changed: `status` is another.
        told: numbers that came with a progress message.
        answered: an `Answer`.
        cancelled: the user dropped the request that ran; there will be no answer.
    """

    status_changed = Signal()
    told = Signal(object)
    answered = Signal(object)
    cancelled = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        """Listens to the engine."""
        super().__init__(parent)
        self._engine = engine
        self.kind = self._case_path = ""
        self.limits: Callable[[], Json] = dict
        self.status = RunStatus()
        engine.ready.connect(self.status_changed)
        engine.died.connect(self.status_changed)
        engine.progressed.connect(self._on_engine_progressed)
        engine.done.connect(self._on_engine_done)
        engine.failed.connect(self._on_engine_failed)

    @property
    def engine_ready(self) -> bool:
        """Whether the engine has loaded everything."""
        return bool(self._engine.is_ready)

    def submit(self, kind: str, text: str, case_path: str, settings: Json, extra: Json) -> None:
        """Ask for something, saying `text` meanwhile; a request that still runs is dropped."""
        if self.status.number:
            self._engine.cancel(self.status.number)
        self.kind, self._case_path = kind, case_path
        number = self._engine.submit(kind, case_path, settings, {**extra, "job_limits": dict(self.limits())})
        ready = self._engine.is_ready
        self._set(RunStatus(RUNNING if ready else STARTING, text if ready else "Starting the engine", None, number))

    def cancel(self) -> bool:
        """Drop the running request; False where none runs."""
        if not self.status.number:
            return False
        self._engine.cancel(self.status.number)
        self._set(RunStatus())
        self.cancelled.emit()
        return True

    def _set(self, status: RunStatus) -> None:
        if status != self.status:
            self.status = status
            self.status_changed.emit()

    @Slot(object)
    def _on_engine_progressed(self, message: Progress) -> None:
        if message.number == self.status.number:
            self._set(RunStatus(RUNNING, message.text, message.fraction, message.number))
            if message.extra:
                self.told.emit(message.extra)

    @Slot(object)
    def _on_engine_done(self, message: Done) -> None:
        if self.status.phase != IDLE and message.number == self.status.number:
            self._set(RunStatus())
            self.answered.emit(Answer(self.kind, message.path, extra=message.extra, case_path=self._case_path))

    @Slot(object)
    def _on_engine_failed(self, message: Failed) -> None:
        if self.status.phase != IDLE and message.number == self.status.number:
            self._set(RunStatus())
            questions = tuple(Question(q.parameter, q.text, tuple(q.options)) for q in message.questions)
            self.answered.emit(Answer(self.kind, "", failure_in(message), questions, message.extra, self._case_path))
