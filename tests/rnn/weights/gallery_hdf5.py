"""Hostile HDF5 files: Keras's, and MATLAB's of version 7.3."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .gallery import Hostile, zipped

SECRET = b"nobody but their owner may read these bytes....."


def _secret(folder: Path) -> Path:
    """A private file elsewhere on the disk."""
    path = folder / "elsewhere" / "secret.bin"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(SECRET)
    return path


def _h5(fill: Callable[[h5py.File, Path], Any], before: bytes = b"") -> Callable[[Path], Path]:
    """Makes a file; a function fills it."""

    def place(folder: Path) -> Path:
        path = folder / "w.bin"
        with h5py.File(path, "w", userblock_size=512 if before else 0) as file:
            fill(file, folder)
        if before:
            path.write_bytes(before.ljust(512, b"\0") + path.read_bytes()[512:])
        return path

    return place


def _bytes(fill: Callable[[h5py.File, Path], Any]) -> Callable[[Path], bytes]:
    def made(folder: Path) -> bytes:
        path = _h5(fill)(folder)
        return path.read_bytes()

    return made


def _keras(
    fill: Callable[[h5py.File, Path], Any] | None, config: bytes = b"{}", method: int = zipfile.ZIP_STORED
) -> Callable[[Path], Path]:
    """A `.keras` file around a file."""

    def place(folder: Path) -> Path:
        path = folder / "w.bin"
        members = [("metadata.json", b"{}"), ("config.json", config)]
        members += [("model.weights.h5", _bytes(fill)(folder))] if fill else []
        path.write_bytes(zipped(*members, method=method))
        return path

    return place


def _external_file(file: h5py.File, folder: Path) -> None:
    other = _secret(folder).with_name("other.h5")
    with h5py.File(other, "w") as target:
        target["w"] = np.frombuffer(SECRET, np.uint8)
    file["good"] = np.ones(3)
    file["w"] = h5py.ExternalLink(str(other), "/w")


def _external_bytes(file: h5py.File, folder: Path) -> None:
    file.create_dataset("w", (len(SECRET),), "u1", external=[(str(_secret(folder)), 0, len(SECRET))])


def _virtual(file: h5py.File, folder: Path) -> None:
    other = _secret(folder).with_name("other.h5")
    with h5py.File(other, "w") as target:
        target["w"] = np.frombuffer(SECRET, np.uint8)
    layout = h5py.VirtualLayout((len(SECRET),), "u1")
    layout[:] = h5py.VirtualSource(str(other), "w", (len(SECRET),))
    file.create_virtual_dataset("w", layout)


def _plugin(number: int) -> Callable[[h5py.File, Path], None]:
    def fill(file: h5py.File, _: Path) -> None:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((10,))
        properties.set_filter(number, h5py.h5z.FLAG_OPTIONAL, (1,))
        h5py.h5d.create(file.id, b"w", h5py.h5t.NATIVE_FLOAT, h5py.h5s.create_simple((100,)), properties)

    return fill


def _loop(file: h5py.File, _: Path) -> None:
    file["a/b/w"] = np.ones(3)
    file["a/b/up"] = file["a"]


def _shape_bomb(file: h5py.File, _: Path) -> None:
    file.create_dataset("w", (100_000, 100_000), "f8", chunks=(10, 10))


def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()


def _chunk_bomb(file: h5py.File, _: Path) -> None:
    """A small piece for 800 bytes that unpacks to more than a megabyte."""
    dataset = file.create_dataset("w", (100,), "f8", chunks=(100,), compression="gzip")
    dataset.id.write_direct_chunk((0,), _zeros(4)[:1500])


def _large_piece(file: h5py.File, _: Path) -> None:
    """A piece for 800 bytes that unpacks to 100 MB."""
    dataset = file.create_dataset("w", (100,), "f8", chunks=(100,), compression="gzip")
    dataset.id.write_direct_chunk((0,), _zeros(100))


def _huge_chunk(file: h5py.File, _: Path) -> None:
    dataset = file.create_dataset("w", (10,), "f8", chunks=(200_000_000,), maxshape=(None,), compression="gzip")
    dataset.id.write_direct_chunk((0,), zlib.compress(bytes(80)))


def _deep(file: h5py.File, _: Path) -> None:
    file["/".join("a" * 40)] = np.ones(3)


def _many(file: h5py.File, _: Path) -> None:
    """Names of one array, 5,100 times."""
    file["w"] = np.ones(3)
    for i in range(5_100):
        file.id.links.create_hard(b"%d" % i, file.id, b"w")


def _text(file: h5py.File, _: Path) -> None:
    file["w"] = "touch canary"


def _put(**values: Any) -> Callable[[h5py.File, Path], None]:
    def fill(file: h5py.File, _: Path) -> None:
        for name, value in values.items():
            file[name] = value

    return fill


MATLAB_HEADER = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"

HDF5: dict[str, Hostile] = {
    "link to another file": Hostile(11, "link to the file .*other.h5.*outside", place=_h5(_external_file)),
    "link inside": Hostile(
        11, "link to another place.*outside", place=_h5(_put(good=np.ones(3), w=h5py.SoftLink("/good")))
    ),
    "bytes of another file": Hostile(11, "from another file.*outside", place=_h5(_external_bytes)),
    "virtual": Hostile(11, "virtual.*outside", place=_h5(_virtual)),
    "keras with bytes of another file": Hostile(11, "from another file.*outside", place=_keras(_external_bytes)),
    "matlab with bytes of another file": Hostile(
        11, "from another file.*outside", place=_h5(_external_bytes, MATLAB_HEADER)
    ),
    "plug-in": Hostile(13, "plug-in 32015", place=_h5(_plugin(32015))),
    "another plug-in": Hostile(13, "plug-in 307", place=_h5(_plugin(307))),
    "contains itself": Hostile(6, "contains itself", place=_h5(_loop)),
    "shape bomb": Hostile(7, "from 0 bytes to 80.0 GB", place=_h5(_shape_bomb)),
    "over budget": Hostile(
        7, "of memory and the limit is", place=_h5(lambda f, _: f.create_dataset("w", (2000, 4000), "f8", chunks=True))
    ),
    "piece bomb": Hostile(8, "bomb|damaged", place=_h5(_chunk_bomb)),
    "large piece": Hostile(8, "bomb|too large pieces", place=_h5(_large_piece)),
    "huge pieces": Hostile(8, "pieces of 1.6 GB", place=_h5(_huge_chunk)),
    "deep": Hostile(6, "20 deep", place=_h5(_deep)),
    "many objects": Hostile(6, "more than 5000 objects", place=_h5(_many)),
    "only text": Hostile(17, "no arrays of real numbers.*text", place=_h5(_text)),
    "only complex": Hostile(17, "complex128", place=_h5(_put(w=np.ones(3) * 1j))),
    "records": Hostile(17, "no arrays of real numbers", place=_h5(_put(w=np.zeros(3, [("a", "f4"), ("b", "f4")])))),
    "nothing in it": Hostile(14, "no arrays", place=_h5(lambda f, _: f.create_group("a"))),
    "cut short": Hostile(14, "damaged or truncated", lambda: b"\x89HDF\r\n\x1a\n" + b"\0" * 100),
    "keras without weights": Hostile(14, "no model.weights.h5", place=_keras(None)),
    "keras packed bomb": Hostile(8, "zip bomb", place=_keras(_put(w=np.zeros(9_000_000)), method=zipfile.ZIP_DEFLATED)),
}
