"""The window's side of the engine: start it, ask it, stop it, and go on when it dies."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Qt, QTimer, Signal, Slot

from inspector.engine.messages import (
    Cancel,
    Done,
    Failed,
    Message,
    Progress,
    Ready,
    Submit,
    from_header,
    to_header,
)
from inspector.launch import python_command
from rnn.jobs.frames import FrameDecoder, ProtocolError, encode_frame

SILENCE_MS = 1000
"""An engine that has not stopped this long after a cancel is killed and started again."""

CLOSING_MS = 500
ERROR_TAIL_BYTES = 16_384
PREFIX = "bptt-inspector-"
"""Of the folders in which engines keep their results."""

MAKES_FILES = {
    "figure_preview": 2,
    "inspect": 2,
    "compare": 2,
    "repaired": 2,
    "itemised": 1,
    "descent": 1,
    "record": 2,
    "beside": 2,
    "what_if": 2,
}
"""Kinds of request whose answer is a file of ours, and how many are kept: the shown result's, and of checks the one
before it, that a picture may still be read from."""


def engine_command() -> list[str]:
    """The command line of the engine."""
    return python_command("from inspector.engine.main import main; main()")


def figures_command() -> list[str]:
    """The command line of the process that draws figures: an engine without JAX."""
    return python_command("from inspector.engine.figures_main import main; main()")


def is_passing(path: str) -> bool:
    """Whether a file stands among an engine's results, which go when the program ends."""
    return Path(path).parent.name.startswith(PREFIX)


class Engine(QObject):
    """One engine process, asked by numbered requests.

    Signals:
        ready: everything is loaded, the next request is answered at once.
        progressed, done, failed: a `Progress`, `Done` or `Failed` message; never about a cancelled request.
        died: the process ended by itself; a `failed` for the open request came first.
    """

    ready = Signal()
    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    died = Signal()

    def __init__(
        self, command: Sequence[str] | None = None, parent: QObject | None = None, silence_ms: int = SILENCE_MS
    ) -> None:
        """Args: command: command line of the engine; ours by default. silence_ms: as `SILENCE_MS`."""
        super().__init__(parent)
        self._command = list(command or engine_command())
        self._directory = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self._number = 0
        self._open: dict[int, Submit] = {}
        self._results: dict[str, list[Path]] = {}
        self._stopping: set[int] = set()
        self._process: QProcess | None = None
        self._decoder = FrameDecoder()
        self._errors = b""
        self._closed = False
        self.is_ready = False
        self._silence = QTimer(self, singleShot=True, interval=silence_ms)
        self._silence.timeout.connect(self._on_silence_timeout)

    @property
    def process_id(self) -> int:
        """Of the running process, 0 without one."""
        return int(self._process.processId()) if self._process is not None else 0

    def start(self) -> None:
        """Start the process in the background, unless there is one."""
        if self._process is not None or self._closed:
            return
        self._decoder, self._errors, self.is_ready = FrameDecoder(), b"", False
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._on_process_output)
        process.readyReadStandardError.connect(self._on_process_errors)
        process.finished.connect(self._on_process_finished)
        # Queued: Windows reports a failed start from inside `start`, before the request has a number.
        process.errorOccurred.connect(self._on_process_error, Qt.ConnectionType.QueuedConnection)
        process.start(self._command[0], self._command[1:])

    def submit(self, kind: str, case_path: str, settings: Mapping[str, Any], extra: Mapping[str, Any]) -> int:
        """Ask for something; returns the number that its answers carry."""
        self._number += 1
        made = {"path": str(Path(self._directory.name) / f"{self._number}.bptt")} if kind in MAKES_FILES else {}
        request = Submit(self._number, kind, case_path, dict(settings), {**made, **extra})
        self._open[request.number] = request
        self.start()
        self._send(request)
        return request.number

    def cancel(self, number: int) -> None:
        """Stop working on a request; nothing is heard of it any more."""
        if self._open.pop(number, None) is None or self._process is None:
            return
        self._stopping.add(number)
        self._send(Cancel(number))
        if self.is_ready:
            self._silence.start()

    def close(self) -> None:
        """End the process for good and remove the result files."""
        self._closed = True
        self._open.clear()
        process = self._forget_process()
        if process is not None:
            process.closeWriteChannel()
            process.waitForFinished(CLOSING_MS)
        for each in self.findChildren(QProcess):  # also one that was killed a moment ago
            each.kill()
            each.waitForFinished(CLOSING_MS)
        self._directory.cleanup()

    def _send(self, message: Message) -> None:
        assert self._process is not None
        for piece in encode_frame(to_header(message)):
            self._process.write(piece)

    def _forget_process(self) -> QProcess | None:
        """Stop listening to the process; from here on it can say and do what it likes."""
        process, self._process = self._process, None
        self.is_ready = False
        self._stopping.clear()
        self._silence.stop()
        if process is not None:
            for signal in (
                process.readyReadStandardOutput,
                process.readyReadStandardError,
                process.finished,
                process.errorOccurred,
            ):
                signal.disconnect()
        return process

    def _restart(self) -> None:
        """Kill the process; a new one gets the requests that are still open."""
        process = self._forget_process()
        if process is not None:
            process.finished.connect(process.deleteLater)
            process.kill()
        self.start()
        for request in self._open.values():
            self._send(request)

    @Slot()
    def _on_silence_timeout(self) -> None:
        if self._stopping:
            self._restart()

    @Slot()
    def _on_process_output(self) -> None:
        process = self._process
        if process is None:
            return
        try:
            for frame in self._decoder.feed(bytes(process.readAllStandardOutput().data())):
                self._take(from_header(frame.header))
        except (ProtocolError, ValueError) as error:
            self._errors += f"\n{error}".encode()
            process.kill()

    @Slot()
    def _on_process_errors(self) -> None:
        if self._process is not None:
            self._errors = (self._errors + bytes(self._process.readAllStandardError().data()))[-ERROR_TAIL_BYTES:]

    def _take(self, message: Message) -> None:
        """One message of the engine; what belongs to a cancelled request only counts as a sign of life."""
        if isinstance(message, Ready):
            self.is_ready = True
            self.ready.emit()
            return
        if not isinstance(message, Progress):
            self._stopping.discard(message.number)
            if not self._stopping:
                self._silence.stop()
        if message.number not in self._open:
            if isinstance(message, Done):
                self._remove(Path(message.path))
            return
        if isinstance(message, Progress):
            self.progressed.emit(message)
            return
        request = self._open.pop(message.number)
        if isinstance(message, Done):
            self._keep(request, Path(message.path))
            self.done.emit(message)
        elif isinstance(message, Failed):
            self.failed.emit(message)

    def _keep(self, request: Submit, path: Path) -> None:
        """Remove results that nobody looks at any more."""
        if request.kind not in MAKES_FILES:
            return
        kept = self._results.setdefault(request.kind, [])
        kept.append(path)
        while len(kept) > MAKES_FILES[request.kind]:
            self._remove(kept.pop(0))

    def _remove(self, path: Path) -> None:
        """Remove a file, if it is one of our results."""
        if path.parent == Path(self._directory.name):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                pass  # still open somewhere, as Windows minds; the folder goes at the end

    @Slot(int, QProcess.ExitStatus)
    def _on_process_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        crashed = status == QProcess.ExitStatus.CrashExit
        self._lost(f"signal {code}" if crashed and sys.platform != "win32" else f"exit code {code}")

    @Slot(QProcess.ProcessError)
    def _on_process_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._lost(f"{self._command[0]} could not be started: {self._process.errorString()}")

    def _lost(self, how: str) -> None:
        """The process ended by itself: the open requests fail; one that had come up is started again."""
        self._on_process_errors()
        was_ready = self.is_ready
        process = self._forget_process()
        if process is not None:
            process.deleteLater()
        details = self._errors.decode("utf-8", "replace")
        sentence = f"The engine stopped ({how}); run again to start it anew"
        lost, self._open = list(self._open), {}
        for number in lost:
            self.failed.emit(Failed(number, sentence, details, is_bug=True))
        self.died.emit()
        if was_ready:
            self.start()
