"""The result file: what goes in comes out, and nothing else is read."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn.container import END, FOOTER, MAGIC, ContainerReader, MemoryArrays
from rnn.container_writer import ContainerWriter
from rnn.errors import InputError

ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "?"]), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
)


def _write(path: Path, arrays: dict[str, np.ndarray], index: dict[str, object]) -> None:
    with ContainerWriter(path) as writer:
        for name, array in arrays.items():
            writer.add(name, array)
        writer.finish(index)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.dictionaries(st.text(max_size=6), ARRAYS, max_size=4))
def test_round_trip(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "r.bptt"
    _write(path, arrays, {"n": [1.5, math.inf, "NaN"], "nan": math.nan})
    with ContainerReader(path) as reader:
        assert set(reader.names()) == set(arrays)
        assert reader.index["n"] == [1.5, math.inf, "NaN"]
        assert math.isnan(reader.index["nan"])
        for name, array in arrays.items():
            back = reader.read(name)
            assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())
            if array.ndim:
                assert np.array_equal(reader.read(name, 1, 3), array[1:3], equal_nan=array.dtype.kind == "f")
                assert np.array_equal(
                    MemoryArrays(arrays).read(name, 1, 3), array[1:3], equal_nan=array.dtype.kind == "f"
                )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.integers(0, 100_000), st.integers(1, 255))
def test_any_changed_byte_is_noticed_or_harmless(tmp_path: Path, position: int, change: int) -> None:
    path = tmp_path / "r.bptt"
    array = np.arange(20.0).reshape(4, 5)
    _write(path, {"x": array}, {"a": 1})
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= change
    path.write_bytes(bytes(data))
    try:
        with ContainerReader(path) as reader:
            assert np.array_equal(reader.read("x"), array)
    except InputError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "r.bptt"
    _write(path, {"x": np.arange(1000.0)}, {})
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputError):
        ContainerReader(path)


def test_a_newer_version_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.bptt"
    _write(path, {}, {})
    data = bytearray(path.read_bytes())
    data[7] = 9
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="format 9"):
        ContainerReader(path)


def test_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "r.bptt"
    _write(path, {"x": np.ones(3)}, {"old": True})
    with pytest.raises(RuntimeError), ContainerWriter(path) as writer:
        writer.add("x", np.zeros(3))
        raise RuntimeError
    with ContainerReader(path) as reader:
        assert reader.index["old"] is True
    assert [p.name for p in tmp_path.iterdir()] == ["r.bptt"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not be saved"), ContainerWriter(tmp_path / "no" / "r.bptt"):
        pass


def _raw(path: Path, document: object, head: bytes = MAGIC + bytes([1])) -> Path:
    """A file whose index is whole and says what it likes."""
    text = json.dumps(document).encode()
    path.write_bytes(head + text + FOOTER.pack(len(head), len(text), zlib.crc32(text), END))
    return path


@pytest.mark.parametrize(
    "entry",
    [
        {"offset": 8, "shape": [0, 10**30], "dtype": "<f8", "crc32": 0},
        {"offset": 8, "shape": [10**30], "dtype": "<f8", "crc32": 0},
        {"offset": 8, "shape": [-1], "dtype": "<f8", "crc32": 0},
        {"offset": 8, "shape": [1], "dtype": "|O", "crc32": 0},
        {"offset": 8, "shape": [1]},
        [],
    ],
)
def test_an_entry_that_can_not_be_is_refused(tmp_path: Path, entry: object) -> None:
    with pytest.raises(InputError, match="damaged"):
        ContainerReader(_raw(tmp_path / "r.bptt", {"index": {}, "arrays": {"x": entry}}))


@pytest.mark.parametrize("length", range(9))
def test_a_file_that_ends_within_its_magic_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "r.bptt"
    path.write_bytes((MAGIC + bytes([1]))[:length])
    with pytest.raises(InputError, match=r"r\.bptt"):
        ContainerReader(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "r.bptt"
    os.mkfifo(path)
    # The other end is open, so that a reader that opens the pipe fails the test instead of waiting for ever.
    writer = os.open(path, os.O_RDWR)
    try:
        os.write(writer, bytes(64))
        with pytest.raises(InputError, match="not a regular file"):
            ContainerReader(path)
    finally:
        os.close(writer)


@pytest.mark.skipif(sys.platform == "win32", reason="the limit that stands for a full disk is POSIX's")
@pytest.mark.parametrize("entries", [100, 10_000])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, entries: int) -> None:
    """Whether the disk is found full while adding or only at the last flush."""
    script = (
        "import resource, signal, sys\nimport numpy as np\nfrom pathlib import Path\n"
        "from rnn.container_writer import ContainerWriter\nfrom rnn.errors import InputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))\n"
        "try:\n"
        "    with ContainerWriter(Path(sys.argv[1])) as writer:\n"
        f"        for n in range(9): writer.add(str(n), np.ones({entries}))\n"
        "        writer.finish({})\n"
        "except InputError as error: print(error)\n"
    )
    command = [sys.executable, "-B", "-c", script, str(tmp_path / "r.bptt")]
    found = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert "could not be saved" in found.stdout, found.stderr
    assert list(tmp_path.iterdir()) == []
