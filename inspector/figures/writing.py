"""Writing a file whole or not at all, for a person: what went wrong is a sentence."""

from __future__ import annotations

from pathlib import Path

from rnn.errors import InputError
from rnn.writing import write_atomically


def write_whole(path: Path, data: bytes) -> None:
    """Write bytes beside a file's place and move them there.

    Raises:
        InputError: they can't be written; the old file is as it was, and nothing is left beside it.
    """
    try:
        write_atomically(path, data)
    except OSError as error:
        raise InputError(
            f"{path} could not be written: {error.strerror or error}; choose another place or make room"
        ) from error
