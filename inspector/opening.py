"""What a file holds, told by its first bytes and its name; nothing of it is run or unpacked."""

from __future__ import annotations

import stat
from pathlib import Path

from rnn.errors import InputError

CASE, WEIGHTS, DATA, TEXT, RESULT = "case", "weights", "data", "text", "result"

SUFFIXES = {
    ".py": CASE, ".npz": WEIGHTS, ".safetensors": WEIGHTS, ".npy": DATA, ".csv": DATA, ".txt": TEXT, ".md": TEXT,
}

START_BYTES = 64

EXPECTED = "expected a case (.py), weights (.npz, .safetensors), data (.npy, .csv), a text (.txt) or a saved result"


def _start(path: str) -> bytes:
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):  # opening a pipe would wait for its writer
            raise InputError(f"{path} is not an ordinary file; open a case, weights, data, a text or a saved result")
        with open(path, "rb") as stream:
            return stream.read(START_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} can't be read ({reason}); choose another file") from error


def kind_of(path: str) -> str:
    """`case`, `weights`, `data`, `text` or `result`.

    Raises:
        InputError: the file can't be read, or is of no kind that can be opened.
    """
    start = _start(path)
    if start.startswith(_result_magic()):
        return RESULT
    suffix = Path(path).suffix.lower()
    if start.startswith(b"\x93NUMPY"):
        return DATA
    if start.startswith(b"PK\x03\x04") and suffix != ".npz":
        raise InputError(f"{path} is an archive; {EXPECTED}")
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if len(start) >= 9 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 40:
        return WEIGHTS
    if start and b"\0" not in start:
        return TEXT
    raise InputError(f"{path} is of no kind that can be opened; {EXPECTED}")


def _result_magic() -> bytes:
    from rnn.container import MAGIC

    return bytes(MAGIC)
