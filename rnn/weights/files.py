"""FORMATS: every weight file format; reading by content, writing by suffix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ..arrays import AnyArray
from ..errors import InputError
from ..writing import write_atomically
from .base import START_BYTES, Arrays, Format, Listing, Names, Start, shown
from .csv_folder import list_folder, read_folder
from .foreign import foreign
from .keras_file import KERAS, KERAS_HDF5
from .matlab_file import MATLAB, MATLAB_73
from .msgpack_file import FLAX
from .npy import NPY
from .npz import NPZ
from .regular_file import Beat, no_beat, opened
from .safetensors_file import SAFETENSORS
from .torch_file import TORCH
from .zip_file import is_zip, member_names

FORMATS: dict[str, Format] = {
    "torch": TORCH,
    "keras": KERAS,
    "keras_hdf5": KERAS_HDF5,
    "npz": NPZ,
    "matlab": MATLAB,
    "matlab_73": MATLAB_73,
    "safetensors": SAFETENSORS,
    "npy": NPY,
    "flax": FLAX,
}
"""In the order in which they are asked; what is a zip file, and nothing else, is an `.npz`."""


def format_of(start: Start) -> Format | None:
    """The format that recognises the beginning of a file, None when none does."""
    return next((each for each in FORMATS.values() if each.recognise(start)), None)


def read_start(stream: BinaryIO) -> Start:
    """What an open file is recognised by; the stream is back at its start afterwards."""
    data = stream.read(START_BYTES)
    stream.seek(0)
    return Start(data, member_names(stream) if is_zip(data) else frozenset())


def suffixes(written: bool = False) -> tuple[str, ...]:
    """The known suffixes: of formats that are read, or of those that are also written."""
    formats = [each for each in FORMATS.values() if each.encode is not None or not written]
    return tuple(dict.fromkeys(suffix for each in formats for suffix in each.suffixes))


def _unknown(start: bytes) -> InputError:
    """The sentence about a file of no known format."""
    known = foreign(start)
    if known:
        return InputError(f"this is {known}")
    return InputError(
        f"no known format begins with the bytes {start[:8]!r}, expected one of {', '.join(suffixes())} (by content, not by name) "
        "or a folder of .csv files; save it with numpy.savez"
    )


@contextmanager
def _recognised(path: Path, beat: Beat) -> Iterator[tuple[BinaryIO, Format]]:
    """The open file and its format."""
    with opened(path, beat) as stream:
        start = read_start(stream)
        found = format_of(start)
        if found is None:
            raise _unknown(start.data)
        yield stream, found


def list_file(path: Path, budget_bytes: int, beat: Beat = no_beat) -> Listing:
    """What a weight file holds, by names, shapes and types; no numbers are read as far as the format allows.

    Args and errors as in `read_arrays`.
    """
    if path.is_dir():
        return list_folder(path, budget_bytes, beat)
    with _recognised(path, beat) as (stream, found):
        listing = found.list(stream, budget_bytes)
    if found.many:
        return listing
    [only] = listing.entries.values()
    return replace(listing, entries={path.stem: replace(only, name=path.stem)})


def _stream(path: Path, budget_bytes: int, names: Names, beat: Beat) -> Arrays:
    """Arrays of a file or folder; names that are not there are passed over."""
    if path.is_dir():
        yield from read_folder(path, budget_bytes, names, beat)
        return
    with _recognised(path, beat) as (stream, found):
        if found.many:
            yield from found.read(stream, budget_bytes, names)
        elif names is None or path.stem in names:
            for _, array in found.read(stream, budget_bytes, None):
                yield path.stem, array


def stream_arrays(path: Path, budget_bytes: int, names: Names = None, beat: Beat = no_beat) -> Arrays:
    """As `read_arrays`, one array at a time, so that nobody has to hold them all; every name must be in the file."""
    missing = set(names or ())
    for name, array in _stream(path, budget_bytes, names, beat):
        missing.discard(name)
        yield name, array
    if missing:
        raise InputError(f"{path.name} has no array {', '.join(map(shown, sorted(missing)[:3]))}; open it again")


def read_arrays(path: Path, budget_bytes: int, names: Names = None, beat: Beat = no_beat) -> dict[str, AnyArray]:
    """Read arrays of a weight file, whatever its name ends in.

    The order of the checks: size, structure, names and types and shapes, budget; only then is memory
    allocated. No code in the file is run and nothing is mapped into memory. Meant for a child process.

    Args:
        path: a file of one of `FORMATS`, recognised by its content, or a folder of `.csv` files.
        budget_bytes: memory that the arrays may take.
        names: only these, as `list_file` names them; None is all. The rest is not read where the format allows.
        beat: called again and again as long as reading goes on.

    Returns:
        Arrays by name, of bool, integer or float type (bfloat16 as float32), in this machine's byte order.
        The array of a `.npy` file has the file's name without its suffix.

    Raises:
        InputError: the file can't be read, is of no known format, damaged, hostile, over budget, or changed meanwhile.
    """
    return dict(stream_arrays(path, budget_bytes, names, beat))


def save_arrays(arrays: Mapping[str, AnyArray], path: Path) -> None:
    """Save named arrays in the format that the suffix says, whole or not at all.

    Args:
        arrays: real arrays of any shape.
        path: ends in a suffix of a format that is written; an existing file is replaced, and kept if anything fails.

    Raises:
        InputError: unknown suffix, an array that can't be stored, disk full, no permission, no such folder.
    """
    found = next((each for each in FORMATS.values() if path.suffix.lower() in each.suffixes), None)
    if found is None or found.encode is None:
        raise InputError(
            f"{path.name} ends in {path.suffix!r}, expected one of {', '.join(suffixes(True))}; choose one of these"
        )
    try:
        write_atomically(path, found.encode(arrays))
    except OSError as error:
        raise InputError(
            f"{path} was not saved ({error.strerror or error}); what was there before is kept, choose another place"
        ) from error
