"""Autosaves: what a window works on, kept in the program's own folder; what a crash has left there is offered again."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.sessions.locks import owner_in, this_process, write_owner
from rnn.container_writer import ContainerWriter
from rnn.errors import InputError
from rnn.sessions import Session, load_session
from rnn.sessions.document import LABEL
from rnn.sessions.writing import document_of, files_of, renamed

LOCK, SESSION, ABOUT = "lock", "session.bptt", "about.json"
FRESH_S = 60
"""A folder without a lock belongs to a window that has just begun, if it is so young."""

MOST_COPIED_BYTES = 16 << 20
"""Where a file can't be kept by a second name, it is copied up to this size; a larger one is pointed to."""

MOST_ABOUT_BYTES = 1 << 16


@dataclass(frozen=True)
class Left:
    """What a window left that did not end by itself.

    Attributes:
        folder: where it lies. title: what it was about. path: the session file it was, or empty. notes: how many of the user's.
        at: when it was kept last, seconds since 1970.
    """

    folder: Path
    title: str = ""
    path: str = ""
    notes: int = 0
    at: float = 0.0


def _about(folder: Path) -> Left:
    """What a folder says of itself; it is ours, and yet every value is checked."""
    said: Any = {}
    with suppress(OSError, ValueError, RecursionError), (folder / ABOUT).open("rb") as file:
        said = json.loads(file.read(MOST_ABOUT_BYTES))
    known = said if isinstance(said, dict) else {}
    title, path, notes = (known.get(name) for name in ("title", "path", "notes"))
    at = 0.0
    with suppress(OSError):
        at = (folder / SESSION).stat().st_mtime
    return Left(
        folder,
        title if isinstance(title, str) else "",
        path if isinstance(path, str) else "",
        notes if type(notes) is int else 0,
        at,
    )


@dataclass
class Autosaves:
    """The folder of all windows' autosaves, and this window's in it.

    Attributes:
        root: the folder. own: this window's, None as long as nothing was kept.
    """

    root: Path
    own: Path | None = field(default=None)

    def _folder(self) -> Path:
        if self.own is None:
            folder = self.root / f"{os.getpid()}-{secrets.token_hex(4)}"
            folder.mkdir(parents=True)
            write_owner(folder / LOCK, this_process())
            self.own = folder
        return self.own

    def _kept(self, path: Path, kept: set[str]) -> str:
        """A second name of a file in our folder: its owner may remove it, or end."""
        if path.parent.is_file():  # a part of a session
            return f"{self._kept(path.parent, kept)}/{path.name}"
        folder = self._folder()
        status = path.stat()
        name = f"{status.st_dev:x}-{status.st_ino:x}.bptt"
        if not (folder / name).exists():
            try:
                os.link(path, folder / name)
            except OSError:
                name = f"{status.st_dev:x}-{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}.bptt"
                if status.st_size > MOST_COPIED_BYTES:
                    return str(path.absolute())
                if not (folder / name).exists():
                    part = folder / f"{name}.part"
                    shutil.copyfile(path, part)
                    os.replace(part, folder / name)
        kept.add(name)
        return name

    def write(self, session: Session, about: Mapping[str, Any]) -> None:
        """Keep a session; of its files only names are kept. Raises `InputError` where that can't be done."""
        kept: set[str] = {LOCK, SESSION, ABOUT}
        try:
            folder, names = self._folder(), {}
            for file in files_of(session):
                with suppress(OSError):  # it has just been replaced by a newer one
                    names[file] = self._kept(Path(file), kept)
            with ContainerWriter(folder / SESSION, LABEL) as writer:
                writer.finish(document_of(renamed(session, names), folder))
            part = folder / f"{ABOUT}.part"
            part.write_text(json.dumps(dict(about)), encoding="utf-8")
            os.replace(part, folder / ABOUT)
            for one in folder.iterdir():
                if one.name not in kept and one.is_file():
                    one.unlink()
        except OSError as error:
            raise InputError(f"What you do can't be kept in {self.root}: {error.strerror or error}") from error

    def left(self) -> list[Left]:
        """What windows left that are gone, newest first; folders with nothing to offer are removed."""
        found = []
        with suppress(OSError):
            for folder in list(self.root.iterdir()):
                if folder == self.own or not folder.is_dir() or folder.name == "locks":
                    continue
                owner = owner_in(folder / LOCK)
                if owner.is_alive if owner is not None else time.time() - folder.stat().st_mtime < FRESH_S:
                    continue
                if (folder / SESSION).is_file():
                    found.append(_about(folder))
                else:
                    shutil.rmtree(folder, ignore_errors=True)
        return sorted(found, key=lambda one: -one.at)

    def take(self, left: Left) -> Session:
        """Take over what was left; it moves into this window's folder, so that no other window offers it.

        Raises:
            InputError: another window has it, or it can't be read.
        """
        target = self._folder() / f"taken-{secrets.token_hex(4)}"
        try:
            os.rename(left.folder, target)
        except OSError as error:
            raise InputError(f"{left.title or 'It'} has been taken over by another window, or removed") from error
        return load_session(target / SESSION, beside=True)

    def discard(self, left: Left) -> None:
        """Remove what was left."""
        shutil.rmtree(left.folder, ignore_errors=True)

    def close(self, keep: bool) -> None:
        """The window ends. Args: keep: whether what it had is offered at the next start."""
        if self.own is not None and not keep:
            shutil.rmtree(self.own, ignore_errors=True)
