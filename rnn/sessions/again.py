"""Run a session's case again: where its code is here, and with which settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..settings import STRUCTURED, ProblemSettings
from .document import LABEL, KeptCase, Session
from .reading import load_session
from .typed import WrongValue, hints, typed


def settings_of(values: Mapping[str, Any]) -> ProblemSettings:
    """Settings from a stranger's file; raises `InputError` where one of them is of another type."""
    declared = hints(ProblemSettings)
    try:
        for name, value in values.items():
            if name in declared and name not in STRUCTURED:
                typed(value, declared[name])
        made = ProblemSettings.from_json(dict(values))
        for name in STRUCTURED:
            typed(getattr(made, name), declared[name])
        return made
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError) as error:
        raise InputError(f"the settings of the problem can't be read ({error}); they are the usual ones now") from error


def place_of(case: KeptCase, folder: Path) -> Path:
    """Where the case's file is here: as seen from the session, or where it was; the latter if it is nowhere."""
    seen = folder / case.relative if case.relative else Path(case.path)
    return next((path for path in (seen, Path(case.path)) if path.is_file()), Path(case.path))


def session_in(path: Path) -> Session | None:
    """The session that a file holds; None where it is no session.

    Raises:
        InputError: it is one that can't be read.
    """
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        start = stream.read(8 + len(LABEL))
    return load_session(path) if start[8:] == LABEL else None


def code_of(session: Session, path: Path) -> Path | None:
    """The file of a session's code on this machine; None for the program's own BPTT.

    Raises:
        InputError: it is not here.
    """
    if session.case is None:
        return None
    found = place_of(session.case, path.resolve().parent)
    if not found.is_file():
        raise InputError(
            f"{path} was made with {found.name}, which is neither beside it nor at {session.case.path}; "
            f"'bptt-inspector open' shows what is recorded, running needs the file"
        )
    return found
