"""Weight files: what is saved is read back, and hostile files get a sentence and no memory."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn.errors import InputError
from rnn.weights import read_arrays, save_arrays

BUDGET = 1 << 28
ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i4", "?"]), hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5)
)
KEYS = st.text("abcXYZ_.0123456789", min_size=1, max_size=8).filter(lambda key: key.strip("."))


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(arrays=st.dictionaries(KEYS, ARRAYS, min_size=1, max_size=4))
def test_round_trip(suffix: str, tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / f"w.{suffix}"
    save_arrays(arrays, path)
    back = read_arrays(path, BUDGET)
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert back[name].tobytes() == array.tobytes()


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    save_arrays({"W": np.ones((2, 3))}, tmp_path / "w.npz")
    (tmp_path / "w.npz").rename(tmp_path / "w.safetensors")
    assert read_arrays(tmp_path / "w.safetensors", BUDGET)["W"].shape == (2, 3)


def _npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def _header(shape: str = "(2,)", kind: str = "<f8", extra: str = "") -> str:
    return f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, {extra}}}"


def _zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method) as archive:
        warnings.simplefilter("ignore")  # one member is written twice on purpose
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def _safe(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _pickled() -> bytes:
    target = io.BytesIO()
    np.save(target, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return target.getvalue()


def _tensor(**changes: object) -> dict[str, object]:
    return {"dtype": "F64", "shape": [2], "data_offsets": [0, 16], **changes}


GOOD = _npy(_header(), b"\0" * 16)
GALLERY: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"hello there, these are no weights at all",
    "pickle": lambda: b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00",
    "hdf5": lambda: b"\x89HDF\r\n\x1a\n" + b"\0" * 100,
    "gzip": lambda: b"\x1f\x8b" + b"\0" * 100,
    "npy objects": _pickled,
    "npy cut short": lambda: _npy(_header("(20,)"), b"\0" * 16),
    "npy too long": lambda: _npy(_header("(1,)"), b"\0" * 16),
    "npy of terabytes": lambda: _npy(_header("(1000000, 1000000)")),
    "npy negative": lambda: _npy(_header("(-2,)"), b"\0" * 16),
    "npy of width 0": lambda: _npy(_header("(1000000000000,)", "|V0")),
    "npy complex": lambda: _npy(_header("(2,)", "<c16"), b"\0" * 32),
    "npy text": lambda: _npy(_header("(2,)", "<U4"), b"\0" * 32),
    "npy with code": lambda: _npy("__import__('os').system('true')"),
    "npy header bomb": lambda: b"\x93NUMPY\x02\x00" + struct.pack("<I", 1 << 31) + b"{",
    "npy version 9": lambda: b"\x93NUMPY\x09\x00" + b"\0" * 64,
    "npz with no arrays": lambda: _zip(("readme.txt", b"hello")),
    "npz objects": lambda: _zip(("a.npy", _pickled())),
    "npz twice": lambda: _zip(("a.npy", GOOD), ("a.npy", GOOD)),
    "npz bomb": lambda: _zip(("a.npy", _npy(_header("(30000000,)"), b"\0" * 240_000_000)), method=zipfile.ZIP_DEFLATED),
    "npz cut short": lambda: _zip(("a.npy", GOOD))[:60],
    "npz wrong crc": lambda: _zip(("a.npy", GOOD)).replace(b"\0" * 16, b"\1" * 16, 1),
    "safetensors huge header": lambda: struct.pack("<Q", 1 << 40) + b"{}" + b" " * 64,
    "safetensors no json": lambda: _safe(b"{not json at all" + b" " * 40),
    "safetensors name twice": lambda: _safe(
        b'{"a": %b, "a": %b}' % ((json.dumps(_tensor()).encode(),) * 2), b"\0" * 16
    ),
    "safetensors hole": lambda: _safe({"a": _tensor(data_offsets=[8, 24])}, b"\0" * 24),
    "safetensors overlap": lambda: _safe({"a": _tensor(), "b": _tensor()}, b"\0" * 16),
    "safetensors lying shape": lambda: _safe({"a": _tensor(shape=[2_000_000])}, b"\0" * 16),
    "safetensors cut short": lambda: _safe({"a": _tensor(data_offsets=[0, 160], shape=[20])}, b"\0" * 16),
    "safetensors unknown type": lambda: _safe({"a": _tensor(dtype="F8_E4M3", shape=[16])}, b"\0" * 16),
    "safetensors negative": lambda: _safe({"a": _tensor(shape=[-2])}, b"\0" * 16),
}


@pytest.mark.parametrize("name", list(GALLERY))
def test_hostile_files_are_refused(name: str, tmp_path: Path) -> None:
    """One sentence with the file's name, and at most 64 MB of memory."""
    path = tmp_path / "w.bin"
    path.write_bytes(GALLERY[name]())
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            read_arrays(path, BUDGET)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert "w.bin" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_over_budget_is_refused_with_the_number(tmp_path: Path) -> None:
    save_arrays({"W": np.ones(1000)}, tmp_path / "w.npz")
    with pytest.raises(InputError, match="npz"):
        read_arrays(tmp_path / "w.npz", 100)


def test_missing_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(InputError):
            read_arrays(path, BUDGET)


def test_saving_fails_with_a_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="npz"):
        save_arrays({"a": np.ones(2)}, tmp_path / "w.txt")
    with pytest.raises(InputError):
        save_arrays({"a": np.ones(2)}, tmp_path / "no" / "w.npz")
    assert list(tmp_path.iterdir()) == []
