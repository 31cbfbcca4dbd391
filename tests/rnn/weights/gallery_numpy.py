"""Hostile `.npy`, `.npz` and `.safetensors` files."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import numpy as np

from .gallery import CENTRAL, GOOD_NPY, Hostile, header, npy, patched, zipped


def _safe(head: object, data: bytes = b"") -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + data


def _pickled() -> bytes:
    target = io.BytesIO()
    np.save(target, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return target.getvalue()


def _tensor(**changes: object) -> dict[str, object]:
    return {"dtype": "F64", "shape": [2], "data_offsets": [0, 16], **changes}


def _overlapping() -> bytes:
    """Two entries of the directory that point at the same member."""
    data = zipped(("a.npy", GOOD_NPY), ("b.npy", GOOD_NPY))
    return patched(data, CENTRAL, 42, struct.pack("<I", 0))


def _bomb() -> bytes:
    return zipped(("a.npy", npy(header("(9000000,)"), b"\0" * 72_000_000)), method=zipfile.ZIP_DEFLATED)


NUMPY: dict[str, Hostile] = {
    "npy objects": Hostile(3, "Python objects", _pickled),
    "npy with code": Hostile(3, "damaged .npy header", lambda: npy("__import__('os').system('touch canary')")),
    "npy record of objects": Hostile(
        3, "Python objects", lambda: npy("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (2,)}")
    ),
    "npy cut short": Hostile(14, "truncated", lambda: npy(header("(20,)"), b"\0" * 16)),
    "npy too long": Hostile(14, "needs 8 bytes", lambda: npy(header("(1,)"), b"\0" * 16)),
    "npy of terabytes": Hostile(7, "needs 8000000000000 bytes", lambda: npy(header("(1000000, 1000000)"))),
    "npy beyond memory": Hostile(7, "no memory can hold", lambda: npy(header("(9999999999, 9999999999)"))),
    "npy of 40 dimensions": Hostile(7, "40 dimensions", lambda: npy(header(str((1,) * 40)), b"\0" * 8)),
    "npy negative": Hostile(7, "whole numbers from 0", lambda: npy(header("(-2,)"), b"\0" * 16)),
    "npy of width 0": Hostile(7, "expected real numbers", lambda: npy(header("(1000000000000,)", "|V0"))),
    "npy complex": Hostile(17, "complex", lambda: npy(header("(2,)", "<c16"), b"\0" * 32)),
    "npy text": Hostile(17, "expected real numbers", lambda: npy(header("(2,)", "<U4"), b"\0" * 32)),
    "npy header bomb": Hostile(
        8, "claims a header of 2147483648", lambda: b"\x93NUMPY\x02\x00" + struct.pack("<I", 1 << 31) + b"{"
    ),
    "npy header of brackets": Hostile(6, "damaged .npy header", lambda: npy("(" * 9000)),
    "npy version 9": Hostile(14, "version 9", lambda: b"\x93NUMPY\x09\x00" + b"\0" * 64),
    "npz with no arrays": Hostile(3, "not an array", lambda: zipped(("readme.txt", b"hello there, nothing here"))),
    "npz objects": Hostile(3, "Python objects", lambda: zipped(("a.npy", _pickled()))),
    "npz empty": Hostile(14, "no arrays", lambda: zipped()),
    "npz twice": Hostile(9, "twice", lambda: zipped(("a.npy", GOOD_NPY), ("a.npy", GOOD_NPY))),
    "npz two spellings": Hostile(9, "twice", lambda: zipped(("a.npy", GOOD_NPY), ("a", GOOD_NPY))),
    "npz overlapping": Hostile(9, "overlaps|differ", _overlapping),
    "npz encrypted": Hostile(9, "encrypted", lambda: patched(zipped(("a.npy", GOOD_NPY)), CENTRAL, 8, b"\x01")),
    "npz packed oddly": Hostile(9, "method 12", lambda: patched(zipped(("a.npy", GOOD_NPY)), CENTRAL, 10, b"\x0c")),
    "npz larger than stored": Hostile(
        9, "claims 1000 bytes", lambda: patched(zipped(("a.npy", GOOD_NPY)), CENTRAL, 24, struct.pack("<I", 1000))
    ),
    "npz bomb": Hostile(8, "zip bomb", _bomb),
    "npz huge directory": Hostile(8, "directory", lambda: zipped(*((f"{i:050}", b"") for i in range(12_000)))),
    "npz cut short": Hostile(14, "zip", lambda: zipped(("a.npy", GOOD_NPY))[:60]),
    "npz wrong checksum": Hostile(9, "CRC", lambda: zipped(("a.npy", GOOD_NPY)).replace(b"\xf0?", b"\xf1?", 1)),
    "safetensors huge header": Hostile(10, "header claims", lambda: struct.pack("<Q", 1 << 40) + b"{}" + b" " * 64),
    "safetensors no json": Hostile(10, "not JSON", lambda: _safe(b"{not json at all" + b" " * 40)),
    "safetensors name twice": Hostile(
        10, "twice", lambda: _safe(b'{"a": %b, "a": %b}' % ((json.dumps(_tensor()).encode(),) * 2), b"\0" * 16)
    ),
    "safetensors hole": Hostile(10, "hole", lambda: _safe({"a": _tensor(data_offsets=[8, 24])}, b"\0" * 24)),
    "safetensors overlap": Hostile(10, "overlaps", lambda: _safe({"a": _tensor(), "b": _tensor()}, b"\0" * 16)),
    "safetensors hidden end": Hostile(10, "hole", lambda: _safe({"a": _tensor()}, b"\0" * 20)),
    "safetensors lying shape": Hostile(
        7, "needs 16000000 bytes", lambda: _safe({"a": _tensor(shape=[2_000_000])}, b"\0" * 16)
    ),
    "safetensors cut short": Hostile(
        14, "truncated", lambda: _safe({"a": _tensor(data_offsets=[0, 160], shape=[20])}, b"\0" * 16)
    ),
    "safetensors unknown type": Hostile(
        17, "not supported", lambda: _safe({"a": _tensor(dtype="F8_E4M3", shape=[16])}, b"\0" * 16)
    ),
    "safetensors complex": Hostile(17, "complex", lambda: _safe({"a": _tensor(dtype="C64")}, b"\0" * 16)),
    "safetensors negative": Hostile(7, "whole numbers from 0", lambda: _safe({"a": _tensor(shape=[-2])}, b"\0" * 16)),
    "safetensors of NaN": Hostile(10, "NaN", lambda: _safe(b'{"a": NaN}' + b" " * 40)),
    "safetensors of brackets": Hostile(6, "more than 100000|not JSON", lambda: _safe(b'{"a":' + b"[" * 4_000_000)),
    "safetensors of long digits": Hostile(
        6, "JSON|whole numbers|damaged", lambda: _safe(b'{"a": ' + b"9" * 5000 + b"}")
    ),
    "safetensors of 300,000 arrays": Hostile(
        10, "more than 100000", lambda: _safe({f"{i}": {} for i in range(300_000)})
    ),
}
