"""A job from its parent's side: one child process, asked one thing after another, killed without ceremony."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ..arrays import AnyArray
from ..errors import InputError
from .frames import Frame, ProtocolError, read_frame, write_frame
from .limits import MEMORY, TIME, Limits
from .platform import describe_exit, kill_group, ran_out_of_time, start_child
from .watch import Watch, Watched

BOOT = Path(__file__).with_name("boot.py")
JOIN_S = 1.0
"""How long the last output of a killed job is waited for, seconds."""


class JobFailure(InputError):
    """The user's code ran and failed, or could not be run to its end.

    Attributes:
        details: the traceback's lines from the user's own files, or the end of the job's output.
        file, line: where it failed, as far as that is known.
        output: the end of what the code printed. limit: `time` or `memory` where that ran out, else empty.
        moment: values of the variables there, a line each.
    """

    def __init__(
        self,
        sentence: str,
        details: str = "",
        file: str = "",
        line: int = 0,
        output: str = "",
        limit: str = "",
        moment: Sequence[str] = (),
    ) -> None:
        """Args: as the attributes."""
        super().__init__(sentence)
        self.details, self.file, self.line = details, file, line
        self.output, self.limit, self.moment = output, limit, tuple(moment)


class Cancelled(Exception):
    """The job was cancelled; nobody is at fault."""


def _failure_said(found: Mapping[str, Any], output: str) -> JobFailure:
    """A failure that the child itself tells of."""
    details, file, line = str(found.get("details", "")), str(found.get("file", "")), int(found.get("line", 0))
    limit = MEMORY if found.get("no_memory") else ""
    moment = tuple(map(str, found.get("moment", ())))
    return JobFailure(str(found["failed"]), details or output, file, line, output, limit, moment)


class _Tail:
    """Keeps the end of a stream, read by a thread of its own, so that a flood never blocks the child.

    The thread closes the stream itself: a process that escaped the job's group may hold the other end open, and
    closing a stream that another thread reads would wait for it.
    """

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream, self._limit = stream, limit
        self._kept, self._seen, self._changed = bytearray(), 0, threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream:
            while data := os.read(self._stream.fileno(), 1 << 16):
                with self._changed:
                    self._seen += len(data)
                    self._kept += data
                    del self._kept[: -self._limit]
                    self._changed.notify()

    def take(self, mark: bytes, wait_s: float = 0.0) -> str:
        """What was kept since the last time, as text, up to a mark that the child writes; says how much was dropped."""
        with self._changed:
            marked = self._changed.wait_for(lambda: mark in self._kept, timeout=wait_s)
            kept, seen = bytes(self._kept).replace(mark, b""), self._seen - len(mark) * marked
            self._kept.clear()
            self._seen = 0
        text = kept.decode("utf-8", "replace")
        return f"[{seen - len(kept)} bytes dropped]\n{text}" if seen > len(kept) else text

    def join(self) -> None:
        """Wait for the end of the stream, but not for a process that escaped."""
        self._thread.join(timeout=JOIN_S)


class Job:
    """One child process with limits.

    Use as a context; `request` may be called again and again until it fails.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Args: limits: of the child; the defaults when None."""
        self.limits = limits or Limits()
        self._cancelled, self._late = False, ""
        self._mark = b""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Job:
        """Start the child."""
        command = [sys.executable, "-P", "-X", "utf8", str(BOOT), json.dumps(asdict(self.limits))]
        self._process = start_child(command)
        assert self._process.stderr is not None
        self._tail = _Tail(self._process.stderr, self.limits.output_bytes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child and everything it started."""
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the child can still be asked."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """End the child; harmless when it has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        kill_group(process)
        process.wait()
        self._tail.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass  # a pipe to a dead child may refuse its last flush

    def cancel(self) -> None:
        """Kill the child from another thread; the waiting request raises `Cancelled`."""
        self._cancelled = True
        process = self._process
        if process is not None:
            kill_group(process)

    def _too_late(self, why: str) -> None:
        self._late = why
        if self._process is not None:
            kill_group(self._process)

    def request(
        self,
        header: Mapping[str, Any],
        arrays: Mapping[str, AnyArray] | None = None,
        what: str = "the job",
        advice: str = "look for an endless loop, or use a smaller problem",
        heard: Callable[[Frame], None] | None = None,
    ) -> tuple[Frame, str]:
        """Ask one thing and wait for the answer.

        Args:
            header: `operation` and its arguments.
            arrays: by name.
            what: whose work it is, for sentences.
            advice: what to do when it takes too long.
            heard: given what the child says before it answers; then it is also ended for being silent for too long.

        Returns:
            The answer and the output since the last request.

        Raises:
            JobFailure: the code failed, took too long, or the child died.
            Cancelled: by `cancel`.
        """
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        silence_s = self.limits.silence_s if heard else None
        watch = Watch(self.limits.wall_s, silence_s, self._too_late)
        mark = self._mark = secrets.token_bytes(16)
        try:
            write_frame(process.stdin, {**header, "mark": mark.hex()}, arrays)
            source = Watched(process.stdout, watch) if heard else process.stdout
            while True:
                frame = read_frame(source)
                if frame.header.get("mark") != mark.hex():
                    raise ProtocolError("an answer to nothing that was asked")
                if heard is None or not frame.header.get("more"):
                    break
                heard(frame)
                del frame  # what was heard may be large, and whoever heard it decides whether it is kept
        except (EOFError, OSError, ProtocolError) as error:
            raise self._failure(process, what, error, advice) from None
        finally:
            watch.stop()
        if self._cancelled:
            raise Cancelled
        output = self._tail.take(mark, JOIN_S)
        if "failed" in frame.header:
            raise _failure_said(frame.header, output)
        return frame, output

    def _failure(self, process: subprocess.Popen[bytes], what: str, error: Exception, advice: str) -> Exception:
        if isinstance(error, ProtocolError):
            kill_group(process)
        code = process.wait()
        if self._cancelled:
            return Cancelled()
        self._tail.join()
        output = self._tail.take(self._mark)
        if self._late:
            return JobFailure(
                f"{what} {self._late} and was stopped; {advice}",
                output,
                output=output,
                limit=TIME,
            )
        if isinstance(error, ProtocolError):
            return JobFailure(
                f"{what} wrote into the channel that carries its results ({error}); it was stopped",
                output,
                output=output,
            )
        limit = TIME if ran_out_of_time(code) else ""
        return JobFailure(f"{what} did not return: {describe_exit(code)}", output, output=output, limit=limit)
