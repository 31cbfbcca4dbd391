"""FORMATS: every weight file format; reading by content, writing by suffix."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from ..arrays import AnyArray
from ..errors import InputError
from .base import Format
from .npy import NPY
from .npz import NPZ
from .regular_file import opened
from .safetensors_file import SAFETENSORS

FORMATS: dict[str, Format] = {"npz": NPZ, "safetensors": SAFETENSORS, "npy": NPY}

FOREIGN = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file (.h5)",
    b"\x80": "a pickle or an old PyTorch file",
    b"\x1f\x8b": "a gzip file",
    b"MATLAB": "a MATLAB file",
    b"{": "a JSON file",
}
"""First bytes of what people also keep weights in: named, not read."""

START_BYTES = 64


def format_of(start: bytes) -> Format | None:
    """The format that recognises a file's first bytes, None when none does."""
    return next((each for each in FORMATS.values() if each.recognise(start)), None)


def read_start(stream: BinaryIO) -> bytes:
    """The first bytes of an open file; the stream is back at its start afterwards."""
    start = stream.read(START_BYTES)
    stream.seek(0)
    return start


def suffixes() -> str:
    """The known suffixes as a phrase."""
    return ", ".join(suffix for each in FORMATS.values() for suffix in each.suffixes)


def _unknown(start: bytes) -> InputError:
    known = next((text for magic, text in FOREIGN.items() if start.startswith(magic)), "")
    found = f"this is {known}" if known else f"no known format begins with the bytes {start[:8]!r}"
    return InputError(f"{found}, expected one of {suffixes()} (by content, not by name); save it with numpy.savez")


def read_arrays(path: Path, budget_bytes: int) -> dict[str, AnyArray]:
    """Read all arrays of a weight file, whatever its name ends in.

    The order of the checks: size, structure, names and types and shapes, budget; only then is memory
    allocated. No code in the file is run and nothing is mapped into memory. Meant for a child process.

    Args:
        path: a `.npz`, `.npy` or `.safetensors` file, recognised by its content.
        budget_bytes: memory that the arrays may take.

    Returns:
        Arrays by name, of bool, integer or float type (bfloat16 as float32), in this machine's byte order.
        The array of a `.npy` file has the file's name without its suffix.

    Raises:
        InputError: the file can't be read, is of no known format, damaged, hostile, over budget, or changed meanwhile.
    """
    with opened(path) as stream:
        start = read_start(stream)
        found = format_of(start)
        if found is None:
            raise _unknown(start)
        arrays = found.read(stream, budget_bytes)
    return arrays if found.many else {path.stem: next(iter(arrays.values()))}


def _write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a new file beside it, flushed to the disk, then put in its place."""
    target = Path(os.path.realpath(path))  # a symbolic link stays one
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def save_arrays(arrays: Mapping[str, AnyArray], path: Path) -> None:
    """Save named arrays in the format that the suffix says, whole or not at all.

    Args:
        arrays: real arrays of any shape.
        path: ends in a suffix of `FORMATS`; an existing file is replaced, and kept if anything fails.

    Raises:
        InputError: unknown suffix, an array that can't be stored, disk full, no permission, no such folder.
    """
    found = next((each for each in FORMATS.values() if path.suffix.lower() in each.suffixes), None)
    if found is None:
        raise InputError(f"{path.name} ends in {path.suffix!r}, expected one of {suffixes()}; choose one of these")
    try:
        _write_atomically(path, found.encode(arrays))
    except OSError as error:
        raise InputError(
            f"{path} was not saved ({error.strerror or error}); what was there before is kept, choose another place"
        ) from error
