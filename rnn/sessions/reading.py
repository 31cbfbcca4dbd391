"""Read a session: its index is checked field by field; what it refers to is left where it is and read when it is shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

from ..container import PARTS, ContainerReader, is_there
from ..container_writer import DIGEST_DIGITS
from ..errors import InputError
from .document import FORMAT, KIND, NOT_SAVED, Session
from .typed import WrongValue, hints, listed, plain, typed
from .writing import files_of, renamed

MOST_INDEX_BYTES = 64 << 20
MOST_PROBLEMS = 20

PART = re.compile(rf"[0-9a-f]{{{DIGEST_DIGITS}}}")

IN_WORDS = {"window": "the view", "runs": "the earlier runs", "program": "the versions"}
LISTS = ("recordings", "runs", "findings", "notes", "breakpoints")
"""Of these, entries that can be read are, whatever the others are."""


def _version(values: Mapping[str, Any]) -> tuple[int, int]:
    found: tuple[int, int] = typed(values.get("format"), tuple[int, int])
    return found


def _fields(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Fields that can be read, and sentences about the others."""
    declared, made, problems = hints(Session), {}, []
    for one in fields(Session):
        if one.name in NOT_SAVED or one.name not in values:
            continue
        words = IN_WORDS.get(one.name, f"the {one.name}")
        try:
            if one.name in LISTS:
                made[one.name], wrong = listed(values[one.name], get_args(declared[one.name])[0])
                problems += [f"Of {words}, {each}" for each in wrong]
            else:
                made[one.name] = typed(values[one.name], declared[one.name])
        except WrongValue as error:
            problems.append(f"{words[0].upper()}{words[1:]} can't be read: {error}")
    return made, problems


def _unknown(values: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    known = {one.name for one in fields(Session)} | {"format"}
    kept = {}
    for name, value in values.items():
        if name not in known:
            try:
                kept[str(name)] = plain(value)
            except WrongValue as error:
                problems.append(f"A field of a newer version can't be read: {error}")
    return kept


def _located(session: Session, base: Path, reader: ContainerReader, beside: bool) -> tuple[Session, list[str]]:
    """The session with paths that can be opened, and what it refers to that is not there."""
    there, known, problems = {}, set(reader.names()), []
    for name in files_of(session):
        if beside:
            path = Path(os.path.join(base.parent, name))
            if is_there(path):
                there[name] = str(path)
        elif PART.fullmatch(name) and PARTS + name in known:
            there[name] = str(base / name)
        if name not in there:
            problems.append(f"It refers to {name[:60]!r}, which is not in it")
    return renamed(session, there), problems


def load_session(path: Path, beside: bool = False) -> Session:
    """Read a session; nothing of it is run, and no other file is read.

    Args:
        path: of the file. beside: whether what it refers to lies in its folder instead of in it, as the program itself keeps
            a session while it is worked on.

    Raises:
        InputError: not a session, damaged, or in a container of a newer version.
    """
    path = Path(path)
    with ContainerReader(path, MOST_INDEX_BYTES) as reader:
        values = reader.index.get("session")
        if reader.index.get("kind") != KIND or not isinstance(values, Mapping):
            kind = str(reader.index.get("kind", "something unknown"))[:60]
            raise InputError(f"{path} holds {kind!r}, expected a session; open it as what it is")
        try:
            major, minor = _version(values)
        except WrongValue as error:
            raise InputError(f"{path} says of no version that it is of ({error}); save it again") from error
        made, problems = _fields(values)
        unknown = _unknown(values, problems)
        session, missing = _located(Session(**made), path, reader, beside)
    read_only = ""
    if major > FORMAT[0]:
        read_only = (
            f"{path.name} was saved by a newer version (format {major}.{minor}, this program writes "
            f"{FORMAT[0]}.{FORMAT[1]}); it is opened to be read, save it elsewhere under another name"
        )
    problems = (problems + missing)[:MOST_PROBLEMS]
    return replace(session, unknown=unknown, problems=tuple(problems), read_only=read_only)
