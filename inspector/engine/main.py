"""The engine process: requests come in on one thread and are worked on, one after another, by the main one."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from inspector.engine.messages import (
    Cancel,
    Done,
    Failed,
    Message,
    Progress,
    Ready,
    Stopped,
    Submit,
    WeightQuestion,
    from_header,
    to_header,
)
from inspector.engine.own_code import about_run, limits_asked
from inspector.engine.work import HANDLERS, Handler
from rnn.errors import InputError
from rnn.jobs import Cancelled, JobFailure, JobRunner
from rnn.jobs.frames import ProtocolError, read_frame, write_frame

QUIET_S = 0.06
"""Least time between two words of progress: what is over sooner needs none, and would only keep the window busy."""


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep file descriptors 0 and 1 for messages; whatever prints or reads finds the error stream and nothing."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def failed(number: int, error: Exception, extra: Mapping[str, Any] | None = None) -> Failed:
    """What the window is told about an exception; `extra` is what else is known of the run."""
    made = [dict(check) for check in getattr(error, "checks", ())]
    found = {**(extra or {}), **({"checks": made} if made else {})}
    questions = tuple(
        WeightQuestion(str(q.parameter), str(q.text), tuple(str(option) for option in q.options))
        for q in getattr(error, "questions", ())
    )
    if isinstance(error, JobFailure):
        line = error.line or None
        return Failed(number, str(error), error.details, error.file, line, limit=error.limit, extra=found)
    if isinstance(error, InputError):
        return Failed(number, str(error), questions=questions, extra=found)
    details = "".join(traceback.format_exception(error))
    if isinstance(error, MemoryError):
        return Failed(number, "This problem doesn't fit into memory; choose smaller sizes", details)
    name = type(error).__name__
    sentence = f"A mistake of the program itself ({name}); please report it with the details"
    return Failed(number, sentence, details, is_bug=True)


class Server:
    """Works on requests; `cancel` and `submit` may be called from the reading thread."""

    def __init__(self, handlers: Mapping[str, Handler], answers: BinaryIO, quiet_s: float) -> None:
        """Args: handlers: by kind of request. answers: stream to the window. quiet_s: as `QUIET_S`."""
        self._quiet_s = quiet_s
        self._handlers, self._answers = handlers, answers
        self._requests: queue.SimpleQueue[Submit] = queue.SimpleQueue()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._waiting: set[int] = set()
        self._current = 0
        self._cancelled = False
        self._runner = JobRunner()

    def send(self, message: Message) -> None:
        """Send one message to the window."""
        with self._writing:
            write_frame(self._answers, to_header(message))

    def submit(self, request: Submit) -> None:
        """Put a request into the queue."""
        with self._lock:
            self._waiting.add(request.number)
        self._requests.put(request)

    def cancel(self, number: int) -> None:
        """Drop a waiting request, or stop the running one at its next word or by killing its job."""
        with self._lock:
            waiting = number in self._waiting
            self._waiting.discard(number)
            if running := number == self._current:
                self._cancelled = True
        if waiting:
            self.send(Stopped(number))
        elif running:
            self._runner.cancel()

    def end(self) -> None:
        """The window is gone: end the jobs and this process, whatever it is doing."""
        self._runner.cancel()
        os._exit(0)

    def serve(self) -> None:
        """Work on requests, for ever."""
        while True:
            request = self._requests.get()
            with self._lock:
                if request.number not in self._waiting:
                    continue
                self._waiting.discard(request.number)
                self._current, self._cancelled = request.number, False
            answer = self._answer(request)
            with self._lock:
                self._current = 0
            self.send(answer)

    def _answer(self, request: Submit) -> Message:
        spoken = time.monotonic()

        def say(text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
            nonlocal spoken
            if self._cancelled:
                raise Cancelled
            now = time.monotonic()
            if extra or now - spoken >= self._quiet_s:
                spoken = now
                self.send(Progress(request.number, text, fraction, extra or {}))

        try:
            self._runner.limits, self._runner.printed = limits_asked(request), ""
            extra = {name: value for name, value in request.extra.items() if name != "job_limits"}
            path, found = self._handlers[request.kind](replace(request, extra=extra), self._runner, say)
        except Cancelled:
            return Stopped(request.number)
        except Exception as error:  # whatever it is, the window hears of it and the engine lives on
            return failed(request.number, error, about_run(request, self._runner))
        return Stopped(request.number) if self._cancelled else Done(request.number, path, found)


def _read_requests(server: Server, requests: BinaryIO) -> None:
    """Hand over messages until the window is gone or talks nonsense."""
    try:
        while True:
            message = from_header(read_frame(requests).header)
            if isinstance(message, Submit):
                server.submit(message)
            elif isinstance(message, Cancel):
                server.cancel(message.number)
    except (EOFError, OSError, ProtocolError, ValueError):
        server.end()


def load_everything() -> None:
    """Import what the first run needs, JAX above all."""
    from rnn import inspection, oracle

    assert inspection
    oracle.versions()


def run(handlers: Mapping[str, Handler], warm_up: Callable[[], None], quiet_s: float = QUIET_S) -> None:
    """Be the engine: read from descriptor 0, answer on descriptor 1, until 0 is closed."""
    requests, answers = take_streams()
    server = Server(handlers, answers, quiet_s)
    threading.Thread(target=_read_requests, args=(server, requests), daemon=True).start()
    warm_up()
    server.send(Ready())
    server.serve()


def main() -> None:
    """The engine with the real pipeline."""
    try:
        run(HANDLERS, load_everything)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)


if __name__ == "__main__":
    main()
