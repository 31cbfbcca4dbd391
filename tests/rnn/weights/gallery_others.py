"""Hostile Flax and MATLAB files, folders of tables, and places that are no files."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import msgpack
import numpy as np
from scipy import io as matlab

from .gallery import Hostile


def _array(shape: object = (2,), kind: str = "float32", data: bytes = b"\0" * 8, code: int = 1) -> msgpack.ExtType:
    return msgpack.ExtType(code, msgpack.packb((shape, kind, data)))


def _flax(value: object) -> bytes:
    return bytes(msgpack.packb(value))


def _chunked(**changes: object) -> bytes:
    return _flax({"w": {"__msgpack_chunked_array__": True, "shape": {"0": 2}, "chunks": {"0": _array()}, **changes}})


FLAX: dict[str, Hostile] = {
    "deep": Hostile(6, "64 deep", lambda: b"\x81\xa1a" * 5000 + b"\xc0"),
    "many values": Hostile(
        6, "too many nodes", lambda: b"\x81\xa1a\xdd" + struct.pack(">I", 1 << 31) + b"\xc0" * 250_000
    ),
    "long names": Hostile(
        6, "letters", lambda: _flax({"n" * 9000: {"m" * 9000: {f"{i}": _array() for i in range(1000)}}})
    ),
    "shape bomb": Hostile(
        7, "needs 40000000000 bytes and 8 are stored", lambda: _flax({"w": _array((100_000, 100_000))})
    ),
    "shape beyond memory": Hostile(7, "no memory can hold", lambda: _flax({"w": _array((1 << 60, 1 << 60))})),
    "negative": Hostile(7, "whole numbers from 0", lambda: _flax({"w": _array((-2,))})),
    "shape of text": Hostile(7, "whole numbers from 0|damaged", lambda: _flax({"w": _array(("2",))})),
    "objects": Hostile(3, "type 'object'", lambda: _flax({"w": _array((1,), "object")})),
    "unknown type": Hostile(17, "value of the type 42", lambda: _flax({"w": _array(code=42)})),
    "only complex": Hostile(17, "complex64", lambda: _flax({"w": _array((1,), "complex64")})),
    "name is no text": Hostile(14, "name is no text", lambda: b"\x82\xa1a\xc0\xc4\x01b\xc0"),
    "name twice": Hostile(9, "twice", lambda: b"\x82\xa1a\xc0\xa1a\xc0"),
    "cut short": Hostile(14, "truncated", lambda: _flax({"w": _array((2000,), data=b"\0" * 8000)})[:-50]),
    "lying length": Hostile(14, "truncated", lambda: b"\x81\xa1a\xc6\xff\xff\xff\xff" + b"\0" * 50),
    "something left over": Hostile(14, "left over", lambda: _flax({"w": _array()}) + b"\xc0"),
    "byte that begins nothing": Hostile(14, "0xc1", lambda: b"\x81\xa1a\xc1"),
    "no arrays": Hostile(14, "no arrays", lambda: _flax({"a": 5, "b": "text"})),
    "chunks that do not fill": Hostile(9, "do not fill", lambda: _chunked(shape={"0": 1 << 40})),
    "chunks missing": Hostile(9, "incomplete", lambda: _chunked(chunks={})),
    "chunks of two types": Hostile(
        9, "one type", lambda: _chunked(chunks={"0": _array(), "1": _array((1,), "float64")})
    ),
}


def _element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def matrix(
    shape: tuple[int, ...] = (1, 2), number: int = 6, name: bytes = b"w", inside: bytes | None = None, flags: int = 0
) -> bytes:
    """A variable of MATLAB's."""
    head = (
        _element(6, struct.pack("<II", number | flags, 0))
        + _element(5, struct.pack(f"<{len(shape)}i", *shape))
        + _element(1, name)
    )
    return _element(14, head + (_element(9, b"\0" * 16) if inside is None else inside))


def mat(*variables: bytes) -> bytes:
    """A file of version 5."""
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"".join(variables)


def packed(data: bytes) -> bytes:
    """A variable, compressed."""
    inner = zlib.compress(data, 9)
    return struct.pack("<II", 15, len(inner)) + inner


def _nested(depth: int) -> bytes:
    inside = matrix(name=b"")
    for _ in range(depth):
        inside = matrix((1, 1), 1, b"", inside)
    return matrix((1, 1), 1, b"w", inside)


def _v4() -> bytes:
    target = io.BytesIO()
    matlab.savemat(target, {"w": np.ones((2, 3))}, format="4")
    return target.getvalue()


def _bomb() -> bytes:
    return mat(packed(matrix((10_000, 1000), inside=_element(9, bytes(80_000_000)))))


MATLAB: dict[str, Hostile] = {
    "shape bomb": Hostile(7, "needs 80000000000 bytes and 16", lambda: mat(matrix((100_000, 100_000)))),
    "shape beyond memory": Hostile(7, "no memory can hold", lambda: mat(matrix((1 << 30, 1 << 30, 1 << 30)))),
    "negative": Hostile(7, "whole numbers from 0", lambda: mat(matrix((-1, -2)))),
    "packed bomb": Hostile(8, "bomb", _bomb),
    "deep": Hostile(6, "20 deep", lambda: mat(_nested(30))),
    "a cell of billions": Hostile(
        6, "middle|too early|ends", lambda: mat(matrix((1 << 20, 1 << 20), 1, inside=matrix()))
    ),
    "a struct of billions": Hostile(
        6,
        "no length",
        lambda: mat(matrix((1 << 30, 1), 2, inside=_element(5, struct.pack("<i", 0)) + _element(1, b""))),
    ),
    "many empty members": Hostile(
        6, "nodes|middle", lambda: mat(matrix((200_000, 1), 1, inside=_element(14, b"") * 200_000))
    ),
    "odd type of numbers": Hostile(14, "of type 77", lambda: mat(matrix(inside=_element(77, b"\0" * 16)))),
    "small element of 9 bytes": Hostile(
        14, "claims 9 bytes", lambda: mat(_element(14, struct.pack("<HH", 6, 9) + b"\0" * 60))
    ),
    "damaged packing": Hostile(
        14, "compressed variable is damaged", lambda: mat(struct.pack("<II", 15, 20) + b"\x78\x9c" + b"\xff" * 18)
    ),
    "packing cut short": Hostile(14, "middle", lambda: mat(struct.pack("<II", 15, 30) + zlib.compress(matrix())[:30])),
    "wrong checksum": Hostile(9, "compressed variable is damaged", lambda: mat(packed(matrix())[:-1] + b"\xff")),
    "cut short": Hostile(14, "truncated", lambda: mat(matrix())[:-20]),
    "name twice": Hostile(9, "twice", lambda: mat(matrix(), matrix())),
    "only text": Hostile(17, "text", lambda: mat(matrix((1, 2), 4, inside=_element(4, b"h\0i\0")))),
    "only complex": Hostile(17, "complex", lambda: mat(matrix(flags=0x0800, inside=_element(9, b"\0" * 16) * 2))),
    "an object with code": Hostile(
        1,
        "an object",
        lambda: mat(_element(14, _element(6, struct.pack("<II", 17, 0)) + _element(1, b"w") + _element(1, b"system"))),
    ),
    "a function": Hostile(1, "a function", lambda: mat(matrix((1, 1), 16, inside=matrix()))),
    "version 4": Hostile(14, "version 4.*v7", _v4),
    "nothing in it": Hostile(14, "no arrays", lambda: mat()),
}


def _folder(**files: bytes) -> Callable[[Path], Path]:
    def place(folder: Path) -> Path:
        path = folder / "w.bin"
        path.mkdir()
        for name, data in files.items():
            (path / name.replace("_csv", ".csv").replace("_tsv", ".tsv")).write_bytes(data)
        return path

    return place


def _linked(folder: Path) -> Path:
    (folder / "secret.csv").write_text("1,2\n")
    path = _folder(good_csv=b"1,2\n")(folder)
    (path / "w.csv").symlink_to(folder / "secret.csv")
    return path


TABLES: dict[str, Hostile] = {
    "a link": Hostile(11, "'w.csv' is a link", place=_linked),
    "rows of different lengths": Hostile(14, "line 2 has 1 columns", place=_folder(w_csv=b"1,2\n3\n")),
    "a word among numbers": Hostile(17, "line 2, column 2 is 'x'", place=_folder(w_csv=b"1,2\n3,x\n")),
    "a formula": Hostile(1, "line 1, column 2", place=_folder(w_csv=b"1,=cmd|' /C calc'!A0\n1,2")),
    "not text": Hostile(14, "UTF-8|number", place=_folder(w_csv=b"\xff\xfe\x00\x01")),
    "an endless line": Hostile(8, "longer than", place=_folder(w_csv=b"1" * 17_000_000)),
    "an empty table": Hostile(14, "empty", place=_folder(w_csv=b"")),
    "two of a name": Hostile(9, "twice", place=_folder(w_csv=b"1\n", w_tsv=b"1\n")),
    "no tables": Hostile(14, "no .csv files", place=_folder(readme=b"hello")),
}


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "w.bin")
    return folder / "w.bin"


def _to_device(folder: Path) -> Path:
    (folder / "w.bin").symlink_to("/dev/zero")
    return folder / "w.bin"


def _circle(folder: Path) -> Path:
    (folder / "w.bin").symlink_to(folder / "w.bin")
    return folder / "w.bin"


PLACES: dict[str, Hostile] = {
    "a pipe without a writer": Hostile(14, "pipe or a device", place=_fifo),
    "an endless device": Hostile(14, "pipe or a device", place=_to_device),
    "a link to itself": Hostile(14, "can't be read", place=_circle),
    "nothing": Hostile(14, "can't be read", place=lambda folder: folder / "w.bin"),
    "a name with a NUL": Hostile(19, "NUL", place=lambda folder: folder / "w.bin\0.npz"),
    "an empty file": Hostile(14, "empty .0 bytes", lambda: b""),
    "text": Hostile(14, "no known format", lambda: b"hello there, these are no weights at all"),
    "a table": Hostile(14, "folder", lambda: b"1,2\n3,4\n"),
    "a web page": Hostile(14, "download", lambda: b"<!doctype html><html>"),
}
