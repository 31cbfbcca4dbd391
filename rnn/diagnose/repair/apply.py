"""Writing a repair into the user's file, and taking it back.

done = apply(finding)
undo(done)
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import tokenize
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError
from .code import NEWLINE


@dataclass(frozen=True)
class Written:
    """A file that was changed.

    Attributes:
        path: of it. before, after: what it held, and what it holds.
    """

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True)
class Applied:
    """A repair that stands in the user's files."""

    files: tuple[Written, ...]


def digest(path: Path | str) -> str:
    """SHA-256 of a file; raises `InputError` where it can't be read."""
    return hashlib.sha256(_read(Path(path))).hexdigest()


def apply(finding: Mapping[str, Any], which: int = 0) -> Applied:
    """Write a repair into the user's file, with its encoding, line ends and permissions.

    Args:
        finding: of kind `repair`. which: 0 for the repair shown, from 1 on the others that do the same.

    Raises:
        InputError: a file is not what the repair was made for, or can't be written.
    """
    edits = finding["edits"] if which == 0 else finding["others"][which - 1]["edits"]
    made = []
    for file in dict.fromkeys(str(edit["file"]) for edit in edits):
        path = Path(file).resolve()  # a link stays a link
        before = _read(path)
        if hashlib.sha256(before).hexdigest() != finding["digests"].get(file):
            raise InputError(f"{path} was changed since the repair was found; check it again")
        made.append(Written(path, before, _changed(path, before, [edit for edit in edits if edit["file"] == file])))
    return Applied(_written(made))


def undo(applied: Applied) -> None:
    """Put back what stood in the files before a repair.

    Raises:
        InputError: a file is not any more what the repair made of it, or can't be written.
    """
    for file in applied.files:
        if _read(file.path) != file.after:
            raise InputError(f"{file.path} was changed after the repair; what stood there before is not put over that")
    _written([Written(file.path, file.after, file.before) for file in applied.files])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error


def _changed(path: Path, data: bytes, edits: Sequence[Mapping[str, Any]]) -> bytes:
    """A file's bytes after edits."""
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    text = data.decode(encoding)
    breaks = [found[0] for found in NEWLINE.finditer(text)]
    own = max(set(breaks), key=breaks.count) if breaks else "\n"
    starts = [0, *(found.end() for found in NEWLINE.finditer(text))]
    parts, place = [], 0
    for edit in sorted(edits, key=lambda edit: (edit["line"], edit["column"])):
        start = starts[edit["line"] - 1] + edit["column"] if edit["line"] <= len(starts) else len(text) + 1
        was = f"(?:{NEWLINE.pattern})".join(re.escape(line) for line in NEWLINE.split(edit["was"]))
        found = re.compile(was).match(text, start) if start <= len(text) else None
        if found is None or start < place:
            raise InputError(f"{path}, line {edit['line']} does not say {edit['was']!r} any more; check it again")
        parts += [text[place:start], NEWLINE.sub(lambda _: own, edit["now"])]
        place = found.end()
    return "".join([*parts, text[place:]]).encode(encoding)


def _written(files: Sequence[Written]) -> tuple[Written, ...]:
    """Write files, each whole or not at all; those that were written are put back where a later one can't be."""
    done: list[Written] = []
    for file in files:
        try:
            _replace(file.path, file.after)
        except OSError as error:
            for other in done:
                with suppress(OSError):
                    _replace(other.path, other.before)
            raise InputError(f"{file.path} can't be written: {error.strerror or error}") from error
        done.append(file)
    return tuple(done)


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "it is write-protected")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode & 0o7777)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
