"""What a mutated program may not do: write, delete, start programs, reach the network. Files that it writes stay in memory.

Python reports such acts to a hook before they are done; the hook refuses. Code in C that opens files by itself reports
nothing; there the job's limits are what holds.
"""

from __future__ import annotations

import builtins
import errno
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

REFUSED = (
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.truncate", "os.link", "os.symlink",
    "os.utime", "os.setxattr", "os.removexattr", "os.chflags", "os.lchflags", "os.system", "os.exec", "os.posix_spawn",
    "os.spawn", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.startfile", "os.chroot", "pty.spawn", "shutil.",
    "subprocess.", "socket.", "signal.pthread_kill", "ctypes.", "sqlite3.connect", "urllib.", "ftplib.", "smtplib.",
    "imaplib.", "poplib.", "nntplib.", "telnetlib.", "webbrowser.", "syslog.", "resource.", "winreg.", "_winapi.",
    "tempfile.",
)  # fmt: skip
"""Beginnings of the names of events that are refused; those of Python's table of audit events."""

ACTS = {
    "open": "opens {} for writing", "os.remove": "deletes {}", "os.rename": "renames {}", "os.mkdir": "makes the folder {}",
    "subprocess.Popen": "starts the program {}", "os.system": "runs the command {}",
}  # fmt: skip


class Refused(PermissionError):
    """What the code wanted to do is not done while edits are tried."""


class _Memory(io.BytesIO):
    """A file in memory whose content is kept when it is closed."""

    def __init__(self, kept: dict[str, bytes], path: str, content: bytes) -> None:
        super().__init__(content)
        self._kept, self.name = kept, path
        kept[path] = content

    def flush(self) -> None:
        """Keep what is there."""
        if not self.closed:
            self._kept[self.name] = self.getvalue()

    def close(self) -> None:
        """Keep what is there, for whoever opens it again in the same run."""
        self.flush()
        super().close()


class Guard:
    """Stands between the user's code and the machine while `watching`.

    Attributes:
        writes: the first write of each file, `{"file", "by", "line"}`: which, by which file of the user's, where.
        refused: what was refused last, in words. opened: Python files of the user's that were read, and whether while loading.
        loading: whether the user's modules are being loaded.
    """

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        """Args: is_users: whether a file is the user's. The hook can't be taken out again, only be told to look away."""
        self._is_users, self._on = is_users, False
        self._memory: dict[str, bytes] = {}
        self.writes: dict[str, dict[str, Any]] = {}
        self.opened: dict[str, bool] = {}
        self.refused, self.loading = "", False
        real = builtins.open
        for holder in gc.get_referrers(real):  # several modules keep a name of their own for it
            if isinstance(holder, dict):
                holder.update({name: self._opened for name, value in holder.items() if value is real})
        self._open = real
        # NumPy's savetxt, for one, looks whether a file is there that it has just written.
        for name in ("exists", "isfile"):
            setattr(os.path, name, self._also(getattr(os.path, name)))
        sys.addaudithook(self._on_event)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Refuse while the block lasts, and forget the files in memory before it."""
        self._memory.clear()
        self.refused, self._on = "", True
        try:
            yield
        finally:
            self._on = False

    def _also(self, asks: Callable[[Any], bool]) -> Callable[[Any], bool]:
        """A question whether a file is there, which also knows those in memory."""

        def there(path: Any) -> bool:
            return asks(path) or (self._on and bool(self._memory) and self._path(path) in self._memory)

        return there

    @staticmethod
    def _path(path: Any) -> str:
        return os.path.abspath(os.fsdecode(os.fspath(path))) if isinstance(path, (str, bytes, os.PathLike)) else ""

    def _place(self) -> tuple[str, int]:
        """The file and line of the user's that is running."""
        frame = sys._getframe(1)
        while frame is not None:
            if self._is_users(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return "", 0

    def _on_event(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & WRITING and not (isinstance(path, int) or path == os.devnull):
                self._refuse(event, args)
            elif isinstance(path, str) and path.endswith(".py"):
                self._note(path)
        elif event.startswith(REFUSED):
            self._refuse(event, args)

    def _note(self, path: str) -> None:
        name = os.path.abspath(path)
        if self._is_users(name):
            self.opened[name] = self.opened.get(name, False) or self.loading

    def _refuse(self, event: str, args: tuple[Any, ...]) -> None:
        what = args[0] if args else ""
        said = ACTS.get(event, f"calls {event} with {{}}").format(what)
        file, line = self._place()
        self.refused = f"{os.path.basename(file)}, line {line}, {said}" if file else f"it {said}"
        raise Refused(errno.EPERM, f"not done while edits are tried: {said}")

    def _opened(self, file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        """As the built-in `open`; what is opened for writing is a file in memory."""
        plain = isinstance(file, (str, bytes, os.PathLike)) and not named.get("opener")
        if not self._on or not plain or not isinstance(mode, str):
            return self._open(file, mode, *rest, **named)
        path = self._path(file)
        writing = bool(set(mode) & set("wxa+")) and path != os.devnull
        if not writing and path not in self._memory:
            return self._open(file, mode, *rest, **named)
        return self._in_memory(path, mode, writing, *rest, **named)

    def _in_memory(
        self, path: str, mode: str, writing: bool, buffering: int = -1, encoding: str | None = None,
        errors: str | None = None, newline: str | None = None, *rest: Any, **named: Any,
    ) -> Any:  # fmt: skip
        if not os.path.isdir(os.path.dirname(path)) or os.path.isdir(path):
            return self._open(path, "r")  # says what is wrong
        there = path in self._memory or os.path.exists(path)
        if "x" in mode and there:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        if "r" in mode and not there:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        content = b""
        if there and set(mode) & set("ra"):
            content = self._memory[path] if path in self._memory else self._read(path)
        if writing and path not in self.writes:
            by, line = self._place()
            self.writes[path] = {"file": path, "by": by, "line": line}
        raw = _Memory(self._memory, path, content) if writing else io.BytesIO(content)
        if "a" in mode:
            raw.seek(0, os.SEEK_END)
        if "b" in mode:
            return raw
        return io.TextIOWrapper(raw, encoding, errors, newline, line_buffering=buffering == 1)

    def _read(self, path: str) -> bytes:
        with self._open(path, "rb") as file:
            content: bytes = file.read()
        return content
