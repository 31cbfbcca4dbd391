"""Hand-made hostile weight files: what each is, and which words of the refusal name its cause.

The rows are those of the table of threats: 1 code in a pickle, 2 old PyTorch and TorchScript, 3 Python objects, 5 memo bombs,
6 nesting bombs, 7 shape bombs, 8 packing bombs, 9 zip tricks, 10 headers of safetensors, 11 pointers out of an HDF5 file,
12 and 14 damage, places that are no files, 13 plug-ins, 15 changed while read, 17 types, 19 names.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Hostile:
    """One file.

    Attributes:
        row: of the table. cause: a pattern that the refusal must have.
        data: the file's bytes; or `place`, which makes something in a folder and returns its path.
    """

    row: int
    cause: str
    data: Callable[[], bytes] | None = None
    place: Callable[[Path], Path] | None = None

    def make(self, folder: Path) -> Path:
        """Put it into a folder."""
        if self.place is not None:
            return self.place(folder)
        assert self.data is not None
        path = folder / "w.bin"
        path.write_bytes(self.data())
        return path


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip file; one member may stand twice."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    """An array with a header of one's own."""
    text = header.encode() + b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def header(shape: str = "(2,)", kind: str = "<f8", extra: str = "") -> str:
    """The text of such a header."""
    return f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, {extra}}}"


def patched(data: bytes, place: bytes, offset: int, value: bytes) -> bytes:
    """Bytes with others in their place, counted from the last place where some stand."""
    at = data.rindex(place) + offset
    return data[:at] + value + data[at + len(value) :]


GOOD_NPY = npy(header(), np.arange(2.0).tobytes())
CENTRAL = b"PK\x01\x02"
"""Begins a member's entry in the directory of a zip file."""
