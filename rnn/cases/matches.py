"""What the user says of their arrays: which quantity each stands for; in CASE, or in a file beside the case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from .declaration import Case
from .quantities import declared_names

ENDING = ".matches.json"
MOST_BYTES = 1 << 20


def matches_path(case: Case) -> Path:
    """The file that holds corrections, beside the case."""
    return case.path.with_suffix(ENDING)


def said_matches(case: Case) -> dict[str, str]:
    """Quantities by path: `matches` in CASE, and over it what was corrected since.

    Raises:
        InputError: the file of corrections can't be used.
    """
    found = {**case.declaration.get("matches", {}), **_kept(matches_path(case))}
    known = declared_names(case.declaration)
    return {name: check_quantity(name, quantity, known) for name, quantity in found.items() if quantity}


def _kept(path: Path) -> Mapping[str, str]:
    """What a file of corrections says, unchecked but for its form; nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is too large")
        kept: Any = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(kept, dict) or not all(isinstance(part, str) for pair in kept.items() for part in pair):
            raise ValueError("it is no list of names")
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} can't be read ({error}); delete it, and say again which array is which") from error
    return kept


def kept_beside(path: Path) -> Mapping[str, str]:
    """Corrections that lie beside a case's file; raises `InputError` where they can't be read."""
    return _kept(path.with_suffix(ENDING))


def check_quantity(path: str, quantity: str, known: Sequence[str]) -> str:
    """The quantity; raises `InputError` where it is none of the known ones, see `rnn.cases.quantities`."""
    if quantity not in known:
        raise InputError(f"{path} can't stand for {quantity!r}; known quantities are {', '.join(known)}")
    return quantity


def keep_match(case: Case, path: str, quantity: str) -> Path:
    """Keep a correction with the case; an empty quantity takes it back. Returns the file."""
    if quantity:
        check_quantity(path, quantity, declared_names(case.declaration))
    file = matches_path(case)
    kept = {name: value for name, value in {**_kept(file), path: quantity}.items() if value}
    try:
        if not kept:
            file.unlink(missing_ok=True)
            return file
        file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{file} could not be written: {error.strerror or error}; put it into CASE as matches"
        ) from error
    return file
