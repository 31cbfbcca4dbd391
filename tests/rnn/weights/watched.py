"""A process that reads files and tells of each what came of it: the error, the memory, and what it should not have done.

Started as a program: takes lines of JSON, gives lines of JSON. It notices what the reader does through an audit hook, so
that code which is run, a program that is started, or a file that is opened beside the one, is not missed.
"""

from __future__ import annotations

import encodings.utf_8_sig
import json
import os
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

FORBIDDEN = (
    "exec", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile", "subprocess.Popen", "socket.",
    "pickle.", "marshal.", "ctypes.", "import", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink",
    "shutil.", "code.", "pty.", "webbrowser.", "urllib.", "http.", "ftplib.", "smtplib.", "tempfile.", "mmap.",
)  # fmt: skip
"""Events of Python's audit hooks that reading a file never needs, once everything is loaded."""

LOADED = (encodings.utf_8_sig, unicodedata)
"""What readers of headers and tables load late."""


class _Watch:
    """Notes events while a file is read."""

    def __init__(self) -> None:
        self.allowed: Path | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.allowed is None:
            return
        if event == "open" and not self._is_allowed(arguments[0]):
            self.seen.append(f"open {arguments[0]}")
        if event.startswith(FORBIDDEN):
            self.seen.append(f"{event} {str(arguments)[:80]}")

    def _is_allowed(self, opened: object) -> bool:
        if isinstance(opened, int):
            return False
        path = Path(os.fsdecode(opened))  # type: ignore[arg-type]
        return self.allowed in (path, path.parent)


def peak_bytes() -> int:
    """The most memory that this process held since the last time it was asked; Linux only, elsewhere 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(line.split()[1]) * 1024


def answer(watch: _Watch, path: Path, budget: int, allowed: Path | None = None) -> dict[str, Any]:
    """Read a file and tell; another one may be allowed in its place, to see that this is noticed."""
    from rnn.errors import InputError
    from rnn.jobs.reading import spare_memory
    from rnn.weights import list_file, read_arrays

    spare_memory(path, budget, 0)  # as the program's own reader
    peak_bytes()
    before, start = peak_bytes(), time.perf_counter()
    watch.allowed, watch.seen[:] = allowed or path, []
    said: list[str] = []
    kind = "arrays"
    try:
        for work in (list_file, read_arrays):
            try:
                work(path, budget)
            except InputError as error:
                kind = "InputError"
                said.append(str(error))
    except BaseException as error:
        kind = type(error).__name__
        said.append(str(error)[:200])
    watch.allowed = None
    return {
        "kind": kind,
        "said": said,
        "grown": peak_bytes() - before,
        "seen": watch.seen,
        "seconds": time.perf_counter() - start,
    }


def main() -> None:
    """Serve."""
    from tests.rnn.weights.mutants import Mutants

    watch = _Watch()
    for path in map(Path, json.loads(sys.stdin.readline())):
        answer(watch, path, 1 << 28)  # so that everything is loaded
    mutants: Mutants | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if "mutate" in order:
            mutants = mutants if mutants and mutants.name == order["mutate"] else Mutants(order["mutate"])
            mutants.write(order["number"], Path(order["path"]))
        allowed = Path(order["allowed"]) if "allowed" in order else None
        print(json.dumps(answer(watch, Path(order["path"]), order["budget"], allowed)), flush=True)


if __name__ == "__main__":
    main()
