"""Hostile and damaged files: one kind of error, a sentence that names the cause, little memory, nothing run, nothing else read."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.jobs import JobRunner
from rnn.jobs.reading import SPARE_BYTES
from rnn.weights import list_file, read_arrays

from .gallery import Hostile
from .gallery_hdf5 import HDF5, SECRET
from .gallery_numpy import NUMPY
from .gallery_others import FLAX, MATLAB, PLACES, TABLES
from .gallery_torch import PICKLES, TORCH
from .mutants import FORMATS, HERE, Mutants

ROOT = Path(__file__).parents[3]
BUDGET = 1 << 24
MOST_GROWN = 64 << 20
PATIENCE_S = 20.0

GALLERY: dict[str, Hostile] = {
    f"{kind}: {name}": hostile
    for kind, table in {
        "numpy": NUMPY, "torch": TORCH, "pickle": PICKLES, "hdf5": HDF5, "flax": FLAX, "matlab": MATLAB, "table": TABLES, "place": PLACES,
    }.items()
    for name, hostile in table.items()
}  # fmt: skip

SAMPLE, WHOLE, PART = 100, 2000, 500


class Reader:
    """A process that reads files and tells what came of it; started again when one does not come back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.rnn.weights.watched"]
        pipe = subprocess.PIPE
        # Freed memory goes back at once, or what one file needed would hide what the next one needs.
        frugal = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=os.environ | frugal)
        assert process.stdin is not None
        warm = [str(path) for path in sorted(HERE.glob("reading_*"))]
        process.stdin.write(json.dumps(warm) + "\n")
        return process

    def ask(self, **order: Any) -> dict[str, Any] | None:
        """What came of an order; None when the reader died or did not come back."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps({"budget": BUDGET, **order}) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
        line = process.stdout.readline() if ready else ""
        if not line:
            self.close()
            return None
        answer: dict[str, Any] = json.loads(line)
        if "memory" in str(answer["said"]):  # HDF5 is not sound any more when it had none; the program starts anew, too
            self.close()
        return answer

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = None


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One for all files."""
    found = Reader(tmp_path_factory.mktemp("reader"))
    yield found
    found.close()


def test_the_gallery_has_every_row_of_the_table() -> None:
    assert {hostile.row for hostile in GALLERY.values()} >= {1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 17, 19}
    assert len(GALLERY) >= 60


@pytest.mark.parametrize("name", list(GALLERY))
def test_hostile_files_are_refused(name: str, tmp_path: Path, reader: Reader) -> None:
    """By both who lists and who reads, with the cause, a bounded growth, and nothing done but reading this one file."""
    hostile = GALLERY[name]
    path = hostile.make(tmp_path)
    answer = reader.ask(path=str(path))
    assert answer is not None
    assert (answer["kind"], answer["seen"]) == ("InputError", [])
    assert len(answer["said"]) == 2 or hostile.row in (7, 8, 9)  # a listing needs no memory, and compares no checksums
    for said in answer["said"]:
        assert re.search(hostile.cause, said), said
        assert "\n" not in said
        assert "w.bin" in said
        assert len(said) < 700
    assert answer["grown"] <= MOST_GROWN
    assert not (ROOT / "canary").exists() and not Path("canary").exists()


def test_the_watch_sees(tmp_path: Path, reader: Reader) -> None:
    """What it is there for: memory that grows, and files opened beside the one."""
    np.save(tmp_path / "large.npy", np.ones(1 << 20))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "w.csv").write_text("1,2\n")
    answer = reader.ask(path=str(tmp_path / "large.npy"))
    assert answer is not None and answer["kind"] == "arrays"
    assert 7 << 20 < answer["grown"] < 14 << 20
    answer = reader.ask(path=str(tmp_path / "folder" / ".." / "folder"))
    assert answer is not None and answer["seen"] == []
    answer = reader.ask(path=f"{tmp_path / 'folder'}/", allowed=str(tmp_path / "elsewhere"))
    assert answer is not None and {event.split("/")[-1] for event in answer["seen"]} == {"w.csv"}


def test_no_byte_of_another_file_is_read(tmp_path: Path) -> None:
    """The files that would do it do it in h5py itself: the refusals are what stands between."""
    import h5py

    path = GALLERY["hdf5: bytes of another file"].make(tmp_path)
    with h5py.File(path) as file:
        assert file["w"][()].tobytes() == SECRET
    for work in (list_file, read_arrays):
        with pytest.raises(InputError):
            work(path, BUDGET)


def check(answer: dict[str, Any] | None, name: str, number: int, folder: Path, runner: JobRunner) -> str:
    """Raises unless a damaged file was refused or read in order; says which: `arrays`, `InputError` or `stopped`."""
    if answer is None:  # it went round for ever, or the library died: the program ends such a reader and says so
        path = folder / "stopped"
        Mutants(name).write(number, path)
        for work in (runner.list_weights, runner.read_weights):
            try:
                work(path)
            except InputError as error:
                assert "came no further" in str(error) or "did not return" in str(error), (name, number)
                return "stopped"
        raise AssertionError(f"{name} {number} did not come back, and does so elsewhere")
    assert answer["kind"] in ("InputError", "arrays"), (name, number, answer)
    assert answer["seen"] == [], (name, number, answer)
    # A text in HDF5 says itself how long it is, and the library believes it: there only the process's limit holds.
    most = SPARE_BYTES if name in ("keras", "keras_hdf5", "matlab_73") else MOST_GROWN
    assert answer["grown"] <= most, (name, number, answer)
    return str(answer["kind"])


def run_mutants(name: str, numbers: range, folder: Path, reader: Reader, runner: JobRunner) -> dict[str, int]:
    """Read damaged files; how many were refused, read, or had to be stopped."""
    counts: dict[str, int] = {}
    for number in numbers:
        answer = reader.ask(path=str(folder / "mutant"), mutate=name, number=number)
        result = check(answer, name, number, folder, runner)
        counts[result] = counts.get(result, 0) + 1
    return counts


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_or_read(name: str, tmp_path: Path, reader: Reader, runner: JobRunner) -> None:
    counts = run_mutants(name, range(SAMPLE), tmp_path, reader, runner)
    assert sum(counts.values()) == SAMPLE
    assert counts.get("InputError", 0) >= SAMPLE // 10


@pytest.mark.whole
@pytest.mark.parametrize("start", range(SAMPLE, WHOLE, PART))
@pytest.mark.parametrize("name", FORMATS)
def test_many_damaged_files(name: str, start: int, tmp_path: Path, reader: Reader, runner: JobRunner) -> None:
    numbers = range(start, min(start + PART, WHOLE))
    counts = run_mutants(name, numbers, tmp_path, reader, runner)
    print(name, start, counts)
    assert sum(counts.values()) == len(numbers)
