"""FigureLane: the way to the process that draws figures. Of previews the newest wins; of exports one runs at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from inspector.runs import Answer, failure_in

if TYPE_CHECKING:
    from inspector.engine.client import Engine
    from inspector.engine.messages import Done, Failed, Progress
    from inspector.records import Failure

DEBOUNCE_MS = 120
"""A preview is asked for when nothing was changed for so long: of typed letters only the last one is drawn."""

PREVIEW = "figure_preview"


class FigureLane(QObject):
    """Asks for previews and files of figures, apart from everything else that the engine does.

    Attributes:
        waits: whether a preview was asked for that is not there yet. working: kind of the export that runs, empty for none.

    Signals:
        waits_changed: read `waits`.
        previewed: the `Answer` to the newest preview; one that was overtaken is never heard of.
        told: text and fraction (None where nobody knows) of the export that runs.
        answered: the `Answer` to an export. cancelled: the export was dropped.
    """

    waits_changed = Signal()
    previewed = Signal(object)
    told = Signal(str, object)
    answered = Signal(object)
    cancelled = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        """Args: engine: the process that draws; started when something is asked for."""
        super().__init__(parent)
        self._engine = engine
        self._preview = self._export = 0
        self._wanted: Mapping[str, Any] | None = None
        self.waits, self.working = False, ""
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self._ask_preview)
        engine.progressed.connect(self._on_engine_progressed)
        engine.done.connect(self._on_engine_done)
        engine.failed.connect(self._on_engine_failed)

    def warm_up(self) -> None:
        """Start the process, so that it is there when it is needed."""
        self._engine.start()

    def preview(self, extra: Mapping[str, Any], at_once: bool = False) -> None:
        """Ask for a preview in place of any that was asked for before.

        Args:
            extra: what is drawn, as the handler `figure_preview` wants it. at_once: without waiting for more changes.
        """
        self._wanted = extra
        self._set_waits(True)
        if at_once:
            self._pause.stop()
            self._ask_preview()
        else:
            self._pause.start()

    def drop_preview(self) -> None:
        """Nothing is to be previewed any more."""
        self._pause.stop()
        self._wanted = None
        if self._preview:
            self._engine.cancel(self._preview)
            self._preview = 0
        self._set_waits(False)

    @Slot()
    def _ask_preview(self) -> None:
        if self._wanted is None:
            return
        if self._preview:
            self._engine.cancel(self._preview)
        self._preview = self._engine.submit(PREVIEW, "", {}, self._wanted)
        self._wanted = None

    def export(self, kind: str, extra: Mapping[str, Any]) -> None:
        """Make files; `working` says whether others are still being made."""
        self.working = kind
        self._export = self._engine.submit(kind, "", {}, extra)

    def cancel(self) -> None:
        """Drop the export that runs; files that it has finished stay."""
        if self._export:
            self._engine.cancel(self._export)
            self._end_export()
            self.cancelled.emit()

    def _end_export(self) -> str:
        kind, self.working, self._export = self.working, "", 0
        return kind

    def _set_waits(self, waits: bool) -> None:
        if waits != self.waits:
            self.waits = waits
            self.waits_changed.emit()

    @Slot(object)
    def _on_engine_progressed(self, message: Progress) -> None:
        if message.number and message.number == self._export:
            self.told.emit(message.text, message.fraction)

    @Slot(object)
    def _on_engine_done(self, message: Done) -> None:
        self._take(message.number, message.path, message.extra, None)

    @Slot(object)
    def _on_engine_failed(self, message: Failed) -> None:
        self._take(message.number, "", message.extra, failure_in(message))

    def _take(self, number: int, path: str, extra: Mapping[str, Any], failure: Failure | None) -> None:
        if number and number == self._preview:
            self._preview = 0
            self._set_waits(self._wanted is not None)
            self.previewed.emit(Answer(PREVIEW, path, failure, extra=extra))
        elif number and number == self._export:
            self.answered.emit(Answer(self._end_export(), path, failure, extra=extra))
