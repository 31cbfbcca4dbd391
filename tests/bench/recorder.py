"""The recorder against the plain run, on a character RNN of blogs; other tools beside it, where they are installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from types import CodeType
from typing import Any

import numpy as np

from rnn.recorder import Recording, record
from tests.bench.measure import Claim, compare, seconds
from tests.rnn.recorder import workload

SIZES = ((1000, 64, 25.0, 9), (100, 512, 6.0, 9), (1000, 512, 4.0, 5))
"""T, H, how many times the plain run recording may take, repeats."""

MOST_MIB = 256.0
SEEKS, ARRAYS, SEEK_MS = 400, 40, 16.0
OTHERS = {
    "pysnooper": ("PySnooper", "import pysnooper, io; traced = pysnooper.snoop(io.StringIO())(backward)", 8),
    "snoop": ("snoop", "import snoop, io; snoop.install(out=io.StringIO()); traced = snoop.snoop()(backward)", 50),
    "birdseye": ("birdseye", "from birdseye import eye; traced = eye(backward)", 50),
}
"""Other tools by module: name, how `backward` is wrapped, and a T that they get through."""

OTHER = """
import os, sys, time
sys.path[:0] = {path!r}
os.environ["BIRDSEYE_DB"] = "sqlite://"
from tests.rnn.recorder import workload
backward = workload.backward
{wrap}
arguments = workload.make({steps}, 64)
start = time.perf_counter(); workload.backward(*arguments); plain = time.perf_counter() - start
start = time.perf_counter(); traced(*arguments); print(plain, time.perf_counter() - start)
"""


def _recorded(function: Callable[..., Any], arguments: tuple[Any, ...], path: Path) -> Callable[[], object]:
    return lambda: record(function, *arguments, path=path, files=lambda file: file == workload.__file__)


def _no_hook(code: CodeType) -> Callable[..., Any]:
    """A trace function that does nothing, on one function only."""

    def local(*_: object) -> Any:
        return local

    def trace(frame: Any, *_: object) -> Any:
        return local if frame.f_code is code else None

    return trace


def _hooked(arguments: tuple[Any, ...]) -> None:
    sys.settrace(_no_hook(workload.backward.__code__))
    try:
        workload.backward(*arguments)
    finally:
        sys.settrace(None)


def _method(*arguments: Any) -> Any:
    return workload.Network(*arguments).backward()


def _seek(path: Path, count: int) -> Claim:
    """Random steps, all arrays that can be seen there up to a number, in ms."""
    recording, random, times = Recording(path), np.random.default_rng(0), []
    for step in random.integers(20, len(recording), SEEKS).tolist():
        paths = recording.paths(step)
        shown = [one for one in paths if "[" not in one]
        shown += [one for one in paths if "[" in one][: count - len(shown)]
        times.append(seconds(lambda step=step, shown=shown: [recording.value(one, step) for one in shown]) * 1e3)
    recording.close()
    return Claim(
        f"seek T=1000 H=512, {count} arrays at a random step: p99 in ms",
        float(np.percentile(times, 99)),
        SEEK_MS,
        f"median {median(times):.2f} ms",
    )


def _other(module: str) -> Claim | None:
    """Another tool on the same function, for information."""
    if importlib.util.find_spec(module) is None:
        return None
    name, wrap, steps = OTHERS[module]
    script = OTHER.format(path=[os.getcwd()], wrap=wrap, steps=steps)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HOME": folder}
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    if run.returncode:
        return Claim(f"{name}: failed, {run.stderr.strip().splitlines()[-1][:40]}", 0.0, float("inf"))
    plain, traced = map(float, run.stdout.split())
    text = f"for information: {name} T={steps} H=64 / plain"
    return Claim(text, traced / plain, float("inf"), f"{traced * 1e3:.0f} ms against {plain * 1e3:.1f} ms")


def claims() -> Iterator[Claim]:
    """The recorder's claims."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.rec"
        small = workload.make(1000, 64)
        yield compare("hook alone T=1000 H=64 / plain", 1.3, lambda: _hooked(small), lambda: workload.backward(*small))
        for steps, hidden, bound, repeats in SIZES:
            arguments = small if hidden == 64 else workload.make(steps, hidden)
            plain = partial(workload.backward, *arguments)
            text = f"record T={steps} H={hidden} / plain"
            yield compare(text, bound, _recorded(workload.backward, arguments, path), plain, repeats)
        size = path.stat().st_size / (1 << 20)
        yield Claim("record T=1000 H=512: MiB of the file", size, MOST_MIB)
        yield _seek(path, ARRAYS)
        stacked = workload.stacked(small)
        for name, function, arguments in (
            ("(T, ...) arrays", workload.backward, stacked),
            ("one row an iteration", workload.backward_rows, stacked),
            ("attributes of an object", _method, small),
        ):
            plain = partial(function, *arguments)
            text = f"record T=1000 H=64, {name} / plain"
            yield compare(text, 25.0, _recorded(function, arguments, path), plain, 5)
    for module in OTHERS:
        claim = _other(module)
        if claim is not None:
            yield claim
