"""Locks: which window has a session file open; they lie in the program's own folder, as opening a file writes nothing beside it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rnn.jobs.alive import GONE, UNKNOWN, process_mark

MOST_BYTES = 4096


@dataclass(frozen=True)
class Owner:
    """A process: its number, when it began (`rnn.jobs.alive.process_mark`), and the machine it runs on."""

    pid: int
    mark: str
    host: str

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; of another machine's nobody knows, so it does."""
        if self.host != socket.gethostname():
            return True
        now = process_mark(self.pid)
        return now != GONE and (now == self.mark or UNKNOWN in (now, self.mark))


def this_process() -> Owner:
    """The process that asks."""
    return Owner(os.getpid(), process_mark(os.getpid()), socket.gethostname())


def owner_in(path: Path) -> Owner | None:
    """Who is written in a lock file; None where it is missing or says nothing that can be read."""
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(MOST_BYTES))
        return Owner(int(said["pid"]), str(said["mark"]), str(said["host"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def write_owner(path: Path, owner: Owner) -> None:
    """Write a lock file that must not be there yet; raises `OSError`."""
    with path.open("x", encoding="utf-8") as file:
        json.dump(vars(owner), file)


class FileLock:
    """The lock of one session file.

    Attributes:
        holder: who else has it, None where it is ours.
    """

    def __init__(self, folder: Path, path: Path) -> None:
        """Take it, unless a living process has it.

        Args:
            folder: of the locks. path: of the session file.
        """
        name = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._lock, self.holder = folder / f"{name}.lock", self._take(folder, folder / f"{name}.lock")

    @staticmethod
    def _take(folder: Path, lock: Path) -> Owner | None:
        me = this_process()
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            try:
                write_owner(lock, me)
                return None
            except FileExistsError:
                found = owner_in(lock)
            except OSError:
                return None  # no lock can be kept here: nobody is kept from their work
            if found is not None and found.is_alive:
                return found
            # Moved away first: of two that find it stale, one moves it, and the other does not delete the first one's.
            aside = lock.with_name(f"{lock.name}.{secrets.token_hex(4)}")
            with suppress(OSError):
                os.rename(lock, aside)
                moved = owner_in(aside)
                if moved != found and moved is not None and moved.is_alive:
                    with suppress(OSError):
                        os.link(aside, lock)
                aside.unlink()
        return owner_in(lock)

    def release(self) -> None:
        """Give it back."""
        if self.holder is None and owner_in(self._lock) == this_process():
            with suppress(OSError):
                self._lock.unlink()
