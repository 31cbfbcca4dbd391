"""Writing a file whole or not at all: what stood there before stays until the new one is on the disk."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from rnn.errors import InputError


def write_whole(path: Path, data: bytes) -> None:
    """Write bytes beside a file's place and move them there.

    Raises:
        InputError: they can't be written; the old file is as it was, and nothing is left beside it.
    """
    temporary = path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise InputError(
            f"{path} could not be written: {error.strerror or error}; choose another place or make room"
        ) from error
