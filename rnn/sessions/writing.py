"""Write a session: the files it refers to piece by piece, then the index; the old file stays whole until the new one is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..container import open_slice
from ..container_writer import ContainerWriter
from ..errors import InputError
from .document import FORMAT, KIND, LABEL, NOT_SAVED, KeptCase, Session

Tell = Callable[[float], object]


def _as_seen(path: str, folder: Path) -> str:
    """A path as seen from a folder, with slashes; empty where there is no such way, as between drives."""
    if not os.path.isabs(path):
        return ""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return ""


def _case_from(case: KeptCase, folder: Path) -> KeptCase:
    sources = tuple(replace(one, relative=_as_seen(one.path, folder)) for one in case.sources)
    return replace(case, relative=_as_seen(case.path, folder), sources=sources)


def files_of(session: Session) -> list[str]:
    """The files that a session refers to, each once."""
    found = [] if session.result is None else [session.result.file]
    found += [path for one in session.recordings for path in (one.file, one.beside)]
    found += [one.result for one in session.runs]
    return list(dict.fromkeys(filter(None, found)))


def renamed(session: Session, names: Mapping[str, str]) -> Session:
    """A session that refers to its files by other names; what has no other name is left out."""

    def name(path: str) -> str:
        return names.get(path, "")

    result = session.result
    kept = None if result is None or not name(result.file) else replace(result, file=name(result.file))
    recordings = [replace(one, file=name(one.file), beside=name(one.beside)) for one in session.recordings]
    return replace(
        session,
        result=kept,
        recordings=tuple(one for one in recordings if one.file),
        runs=tuple(replace(one, result=name(one.result)) for one in session.runs),
    )


def document_of(session: Session, folder: Path) -> dict[str, Any]:
    """A session as JSON.

    Args:
        session: whose files have the names they get in the file. folder: in which it will stand.
    """
    case = None if session.case is None else _case_from(session.case, folder)
    fields = {name: value for name, value in asdict(replace(session, case=case)).items() if name not in NOT_SAVED}
    return {"kind": KIND, "session": {**session.unknown, **fields, "format": list(FORMAT)}}


def save_session(session: Session, path: Path, tell: Tell = lambda fraction: None) -> Session:
    """Write a session into one file; the file that stood there is replaced when the new one is whole.

    Args:
        session: refers to files and parts of files, which are copied. path: of the file.
        tell: called with the fraction that is done, 0 to 1; what it raises ends the saving, and nothing is changed.

    Returns:
        The session with the paths of its files as they are in the saved one.

    Raises:
        InputError: a file could not be read or written.
    """
    if session.read_only:
        raise InputError(session.read_only)
    target = Path(os.path.realpath(path))
    with ExitStack() as opened, ContainerWriter(target, LABEL) as writer:
        slices = {one: open_slice(Path(one), "a file of this session") for one in files_of(session)}
        for one in slices.values():
            opened.callback(one.close)
        total, done = sum(one.size for one in slices.values()) or 1, 0

        def tell_bytes(count: int) -> None:
            nonlocal done
            done += count
            tell(done / total)

        names = {one: writer.add_part(each, tell_bytes) for one, each in slices.items()}
        tell(1.0)
        opened.close()  # one of them may be a part of the file that is replaced, which Windows minds
        writer.finish(document_of(renamed(session, names), target.parent))
    return renamed(session, {one: str(Path(path) / name) for one, name in names.items()})
