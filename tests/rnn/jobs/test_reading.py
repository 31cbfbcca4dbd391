"""Weight files are read in a job: listed, in parts, one array at a time, and never for ever."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.jobs import Job, JobFailure, JobRunner, Limits
from rnn.jobs.frames import Frame, ProtocolError
from rnn.weights import save_arrays

ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b": np.arange(4, dtype="float32"), "c": np.ones((2, 2), dtype="bool")}


@pytest.fixture(params=["npz", "safetensors"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each kind that holds `ARRAYS`."""
    file = tmp_path / f"w.{request.param}"
    save_arrays(ARRAYS, file)
    return file


def test_a_listing_has_names_shapes_types_and_sizes(path: Path, runner: JobRunner) -> None:
    found = runner.list_weights(path)
    assert {name: (e.shape, e.dtype, e.nbytes) for name, e in found.entries.items()} == {
        name: (array.shape, array.dtype.name, array.nbytes) for name, array in ARRAYS.items()
    }


@pytest.mark.parametrize("names", [None, ("b",), ("c", "a"), ()])
def test_only_what_is_asked_for_comes_back(path: Path, runner: JobRunner, names: tuple[str, ...] | None) -> None:
    found = runner.read_weights(path, names)
    assert set(found) == set(ARRAYS if names is None else names)
    for name, array in found.items():
        assert (array.dtype, array.tobytes()) == (ARRAYS[name].dtype, ARRAYS[name].tobytes())


def test_a_name_that_is_not_there(path: Path, runner: JobRunner) -> None:
    with pytest.raises(InputError, match="'zz'"):
        runner.read_weights(path, ("a", "zz"))


def test_the_one_array_of_an_npy_file_has_the_files_name(tmp_path: Path, runner: JobRunner) -> None:
    save_arrays({"x": np.ones(3)}, tmp_path / "W_hh.npy")
    assert set(runner.list_weights(tmp_path / "W_hh.npy").entries) == {"W_hh"}
    assert set(runner.read_weights(tmp_path / "W_hh.npy", ["W_hh"])) == {"W_hh"}


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP here")
def test_a_reader_that_comes_no_further_is_ended(tmp_path: Path) -> None:
    """Long before its time is over. The array does not fit into the pipe, so that it is stopped in the midst of it."""
    path = tmp_path / "w.npz"
    save_arrays({"a": np.zeros(1 << 20)}, path)
    with Job(Limits(silence_s=0.3)) as job:
        assert job._process is not None
        pid, heard = job._process.pid, list[Frame]()

        def stop(frame: Frame) -> None:
            heard.append(frame)
            os.kill(pid, signal.SIGSTOP)

        start = time.monotonic()
        with pytest.raises(JobFailure, match=r"came no further for 0\.3 s and was stopped; look") as caught:
            job.request({"operation": "read_weights", "path": str(path), "budget": 1 << 30, "names": None}, heard=stop)
    assert caught.value.limit == "time"
    assert len(heard) == 1
    assert time.monotonic() - start < 30


def test_a_reader_that_sends_more_than_it_may_is_ended(runner: JobRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent counts for itself what comes through the pipe."""
    monkeypatch.setattr("rnn.jobs.runner.LARGEST_FILE_BYTES", 1000)

    def answer(operation: str, path: Path, more: object, heard: Callable[[Frame], None]) -> None:
        for name in "abc":
            heard(Frame({}, {name: np.ones(60)}))

    monkeypatch.setattr(runner, "_read", answer)
    with pytest.raises(ProtocolError, match="more than it may read"):
        runner.read_weights(Path("w.npz"))


def test_a_small_request_leaves_room_for_a_large_one(tmp_path: Path, runner: JobRunner) -> None:
    """The limits of memory hold for one request each."""
    save_arrays({"a": np.ones(2)}, tmp_path / "small.npy")
    save_arrays({"a": np.zeros(20 << 20)}, tmp_path / "large.npy")
    runner.list_weights(tmp_path / "small.npy")
    assert runner.read_weights(tmp_path / "large.npy")["large"].nbytes == 160 << 20
    runner.list_weights(tmp_path / "small.npy")
    assert runner.read_data(tmp_path / "large.npy")["large"].nbytes == 160 << 20


def test_a_reader_that_failed_is_not_asked_again(path: Path, tmp_path: Path, runner: JobRunner) -> None:
    """What a damaged file did to a library stays with it."""
    runner.list_weights(path)
    first = runner._reading
    assert set(runner.read_weights(path)) == set(ARRAYS)
    assert runner._reading is first
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError):
        runner.list_weights(tmp_path / "bad.npz")
    assert set(runner.read_weights(path)) == set(ARRAYS)
    assert runner._reading is not first


def test_a_reader_that_dies_is_told_and_the_next_file_is_read(path: Path, runner: JobRunner) -> None:
    runner.list_weights(path)
    assert runner._reading is not None and runner._reading._process is not None
    runner._reading._process.kill()
    runner._reading._process.wait()
    assert set(runner.read_weights(path)) == set(ARRAYS)
