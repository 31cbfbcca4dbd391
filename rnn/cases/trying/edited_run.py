"""Running a case with edits made in it, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..call import Request
from ..edited import decoded, edited_texts, from_json
from ..loading import is_users
from ..texts import stand_in
from .guard import Guard

_guards: list[Guard] = []
"""Of this process, which serves one set of edits."""


@contextmanager
def edited(frame: Request) -> Iterator[None]:
    """Let a request's edits stand in for the user's files, and what the code writes stay in memory, while the block lasts.

    Raises:
        InputError: edits that fit none of the files.
    """
    if not _guards:
        candidate = from_json(frame.header["edits"])
        texts = {edit.file: decoded(Path(edit.file).read_bytes()) for edit in candidate}
        stand_in(edited_texts(candidate, texts))
        _guards.append(Guard(is_users))
    with _guards[0].watching():
        yield
