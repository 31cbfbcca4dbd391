"""Weight files of 1 GB: the most memory any process holds, and how much of a file is read when one array of four is wanted.

Memory is what Linux counts as the largest resident size, the interpreter and its libraries included; elsewhere nothing
is measured.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import msgpack
import numpy as np

from tests.bench.measure import Claim
from tests.rnn.weights.gallery_others import matrix
from tests.rnn.weights.gallery_torch import storage, tensor, text

ROOT = Path(__file__).parents[2]
ROWS, COLUMNS, COUNT = 8000, 8000, 4
MOST = 1.2
"""Times the file's size."""

READ = """
import json, sys
from pathlib import Path
from rnn.jobs import JobRunner

def facts(pid):
    status = Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]
    return int(status) * 1024, int(Path(f"/proc/{pid}/io").read_text().split("rchar:")[1].split()[0])

path, names = Path(sys.argv[1]), json.loads(sys.argv[2])
with JobRunner() as runner:
    entries = list(runner.list_weights(path).entries)
    child = runner._reading._process.pid
    before = facts(child)[1]
    arrays = runner.read_weights(path, entries[:names] if names else None)
    job, ours = facts(child), facts("self")
    print(json.dumps([sum(a.nbytes for a in arrays.values()), job[0], ours[0], job[1] - before]))
"""


def _array() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((ROWS, COLUMNS), dtype=np.float32)


def _pieces(array: np.ndarray) -> Iterator[bytes]:
    for start in range(0, ROWS, 1000):
        yield array[start : start + 1000].tobytes()


def _write(path: Path, heads: list[bytes], array: np.ndarray) -> None:
    """A head, then the array's bytes, again and again."""
    with path.open("wb") as stream:
        for head in heads[:COUNT]:
            stream.write(head)
            for piece in _pieces(array):
                stream.write(piece)
        stream.writelines(heads[COUNT:])


def _npz(path: Path, array: np.ndarray) -> None:
    np.savez(path, **{f"w{i}": array for i in range(COUNT)})


def _safetensors(path: Path, array: np.ndarray) -> None:
    size = array.nbytes
    head = {
        f"w{i}": {"dtype": "F32", "shape": array.shape, "data_offsets": [i * size, (i + 1) * size]}
        for i in range(COUNT)
    }
    data = json.dumps(head).encode()
    _write(path, [struct.pack("<Q", len(data)) + data, *[b""] * (COUNT - 1)], array)


def _torch(path: Path, array: np.ndarray) -> None:
    import zipfile

    made = [text(f"w{i}") + tensor(array.shape, (COLUMNS, 1), 0, storage(array.size, str(i))) for i in range(COUNT)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}(" + b"".join(made) + b"u.")
        for i in range(COUNT):
            with archive.open(f"a/data/{i}", "w") as stream:
                for piece in _pieces(array):
                    stream.write(piece)


def _hdf5(path: Path, array: np.ndarray) -> None:
    with h5py.File(path, "w") as file:
        for i in range(COUNT):
            file[f"layers/lstm_{i}/vars/0"] = array


def _keras(path: Path, array: np.ndarray) -> None:
    import zipfile

    inner = path.with_suffix(".inner")
    _hdf5(inner, array)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        archive.write(inner, "model.weights.h5")
    inner.unlink()


def _flax(path: Path, array: np.ndarray) -> None:
    inside = b"\x93" + msgpack.packb(array.shape) + msgpack.packb("float32") + b"\xc6" + struct.pack(">I", array.nbytes)
    heads = [
        msgpack.packb(f"w{i}") + b"\xc9" + struct.pack(">I", len(inside) + array.nbytes) + b"\x01" + inside
        for i in range(COUNT)
    ]
    _write(path, [bytes([0x80 | COUNT]) + heads[0], *heads[1:]], array)


def _matlab(path: Path, array: np.ndarray) -> None:
    heads = []
    for i in range(COUNT):
        head = bytearray(matrix(array.shape, 7, f"w{i}".encode(), struct.pack("<II", 7, array.nbytes)))
        head[4:8] = struct.pack("<I", len(head) - 8 + array.nbytes)
        heads.append(bytes(head))
    _write(path, [b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + heads[0], *heads[1:]], array)


MAKERS: dict[str, Callable[[Path, np.ndarray], None]] = {
    ".npz": _npz, ".safetensors": _safetensors, ".pt": _torch, ".h5": _hdf5, ".keras": _keras, ".msgpack": _flax, ".mat": _matlab,
}  # fmt: skip


def _read(path: Path, names: int) -> list[int]:
    """Bytes of the arrays, most memory of the job and of its parent, bytes that the job read."""
    command = [sys.executable, "-c", READ, str(path), str(names)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{path.name} was not read (4.1 GB of memory have to be free): {done.stderr[-300:]}")
    return [int(one) for one in json.loads(done.stdout)]


def claims() -> Iterator[Claim]:
    """Per format: both processes' peaks over the file's size, and the share that is read for one array of four."""
    if not Path("/proc/self/io").exists():
        return
    array = _array()
    with tempfile.TemporaryDirectory() as folder:
        for suffix, make in MAKERS.items():
            path = Path(folder) / f"w{suffix}"
            make(path, array)
            size = path.stat().st_size
            _, job, ours, _ = _read(path, 0)
            detail = f"{size / 1e9:.2f} GB: job {job / 1e9:.2f} GB, program {ours / 1e9:.2f} GB"
            yield Claim(f"weights: memory for a file of 1 GB, {suffix}", max(job, ours) / size, MOST, detail)
            wanted, job, ours, read = _read(path, 1)
            detail = f"job {job / wanted:.2f} and program {ours / wanted:.2f} times the array in memory"
            yield Claim(f"weights: read for one array of four, {suffix}", read / wanted, MOST, detail)
            path.unlink()
