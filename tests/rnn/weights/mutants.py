"""Damaged weight files: real ones with bytes changed, cut out, doubled and put elsewhere; the same number gives the same file."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np

from rnn.weights import save_arrays

HERE = Path(__file__).parents[1] / "data" / "weights"
FORMATS = ("npy", "npz", "safetensors", "torch", "keras", "keras_hdf5", "matlab", "matlab_73", "flax", "csv")

EXTREMES = (
    0,
    1,
    -1,
    127,
    128,
    255,
    1 << 15,
    (1 << 16) - 1,
    1 << 20,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
    1 << 40,
    1 << 62,
)

ARRAYS = {
    "W_hh": np.linspace(-1, 1, 12).reshape(3, 4), "b_h": np.arange(4, dtype="float32"), "n": np.arange(3), "on": np.ones(2, bool),
}  # fmt: skip


def _saved(suffix: str) -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"w{suffix}"
        save_arrays(ARRAYS if suffix != ".npy" else {"a": ARRAYS["W_hh"]}, path)
        return path.read_bytes()


def _packed_npz() -> bytes:
    target = io.BytesIO()
    np.savez_compressed(target, **ARRAYS)
    return target.getvalue()


def _npy() -> list[bytes]:
    found = []
    for array in (ARRAYS["W_hh"], np.asfortranarray(ARRAYS["W_hh"]), np.arange(3, dtype=">i4"), np.array(2.0)):
        target = io.BytesIO()
        np.save(target, array)
        found.append(target.getvalue())
    return found


def _matlab_73() -> bytes:
    target = io.BytesIO()
    with h5py.File(target, "w", userblock_size=512) as file:
        for name, array in ARRAYS.items():
            value = array.astype("u1") if array.dtype == bool else array
            kind = {"f8": b"double", "f4": b"single", "i8": b"int64", "u1": b"logical"}[value.dtype.str[1:]]
            made = file.create_dataset(f"net/{name}", data=np.atleast_2d(value).T, compression="gzip", chunks=True)
            made.attrs["MATLAB_class"] = np.bytes_(kind)
    return b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + target.getvalue()[128:]


def seeds(name: str) -> list[bytes]:
    """Whole files of a format."""
    real = {
        "torch": ("reading_lstm.pt", "reading_checkpoint.pth", "reading_half.pt", "reading_shared.pt"),
        "keras": ("reading_model.keras",),
        "keras_hdf5": ("reading_w.weights.h5", "reading_model.h5", "reading_filters.h5"),
        "matlab": ("reading_v5.mat", "reading_v7.mat"),
        "flax": ("reading_params.msgpack",),
    }
    if name in real:
        return [(HERE / file).read_bytes() for file in real[name]]
    if name == "npy":
        return _npy()
    if name == "csv":
        return [b"a,b\n1,2\n3.5,-4e3\n", b"1;2;3\n4;5;6\n", b"1 2\n\n3 4\n"]
    if name == "npz":
        return [_saved(".npz"), _packed_npz()]
    return [_saved(".safetensors") if name == "safetensors" else _matlab_73()]


def _place(rng: random.Random, data: bytearray) -> int:
    """Where something is changed: mostly where there is something but zeros."""
    for _ in range(20):
        at = rng.randrange(len(data))
        if data[at] or rng.random() < 0.1:
            break
    return at


def _change(rng: random.Random, data: bytearray) -> None:
    at, kind = _place(rng, data), rng.randrange(8)
    length = min(rng.choice((1, 2, 4, 8, 40, 400)), len(data))
    if kind <= 1:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 2:
        data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    elif kind == 3:
        value, width = rng.choice(EXTREMES), rng.choice((2, 4, 8))
        data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, rng.choice(("little", "big")))  # type: ignore[arg-type]
    elif kind == 4:
        del data[at : at + length]
    elif kind == 5:
        data[at:at] = data[at : at + length] * rng.choice((1, 1, 2, 50))
    elif kind == 6:
        other = _place(rng, data)
        data[at : at + length] = data[other : other + length]
    else:
        del data[at:]


def changed(rng: random.Random, data: bytes) -> bytes:
    """Bytes with one to six changes."""
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        if result:
            _change(rng, result)
    return bytes(result)


def _inside_zip(rng: random.Random, data: bytes) -> bytes:
    """A sound zip file around a damaged member."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = old.namelist()
        telling = [name for name in names if name.endswith((".pkl", ".h5", ".npy"))]
        victim = rng.choice(telling if telling and rng.random() < 0.8 else names)
        for name in names:
            member = old.read(name)
            new.writestr(
                zipfile.ZipInfo(name),
                changed(rng, member) if name == victim else member,
                old.getinfo(name).compress_type,
            )
    return target.getvalue()


def _inside_matlab(rng: random.Random, data: bytes) -> bytes:
    """Sound compression around a damaged variable."""
    variables, at = [], 128
    while at < len(data):
        kind, length = struct.unpack("<II", data[at : at + 8])
        variables.append((kind, data[at + 8 : at + 8 + length]))
        at += 8 + length
    victim = rng.randrange(len(variables))
    result = bytearray(data[:128])
    for i, (kind, inside) in enumerate(variables):
        if kind == 15 and i == victim:
            inside = zlib.compress(changed(rng, zlib.decompress(inside)))
        result += struct.pack("<II", kind, len(inside)) + inside
    return bytes(result)


class Mutants:
    """Damaged files of one format.

    Attributes: name: of the format.
    """

    def __init__(self, name: str) -> None:
        """Args: as the attributes."""
        self.name, self._seeds = name, seeds(name)

    def data(self, number: int) -> bytes:
        """The file of a number."""
        rng = random.Random(f"{self.name} {number}")
        seed = rng.choice(self._seeds)
        if seed.startswith(b"PK") and rng.random() < 0.7:
            return _inside_zip(rng, seed)
        if seed[124:128] == b"\x00\x01IM" and seed[128] == 15 and rng.random() < 0.7:
            return _inside_matlab(rng, seed)
        return changed(rng, seed)

    def write(self, number: int, path: Path) -> None:
        """Write it; a table goes into a folder."""
        if self.name == "csv":
            path.mkdir(exist_ok=True)
            path = path / "w.csv"
        path.write_bytes(self.data(number))
