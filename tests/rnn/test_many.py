"""A library of cells checked by executors of three kinds: every case gets its own verdict, cause and repair."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from rnn import InputError, Inspection, diagnose_many
from rnn.cases import read_case
from rnn.many import checked

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "resources" / "examples"
WRONG, RIGHT = EXAMPLES / "question-2014.py", EXAMPLES / "question-2014-fixed.py"


@contextmanager
def _threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


@contextmanager
def _processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize("made", [_threads, _processes], ids=["threads", "processes"])
def test_every_case_gets_its_result(made: Any) -> None:
    """A wrong one its cause and its repair, a right one neither."""
    with made() as executor:
        found = dict(diagnose_many([WRONG, read_case(RIGHT)], executor))
    assert set(found) == {WRONG, RIGHT}
    wrong, right = found[WRONG], found[RIGHT]
    assert isinstance(wrong, Inspection) and isinstance(right, Inspection)
    kinds = {one["kind"]: one for one in reversed(wrong.findings)}
    assert wrong.verdict == "differ" and kinds["repair"]["line"] == kinds["explain"]["line"] == 54
    assert right.verdict == "agree" and not {one["kind"] for one in right.findings} & {"explain", "repair", "blame"}
    assert wrong.arrays.read("hand/dW_hh").shape == wrong.report("dW_hh").shape


def test_the_readmes_example_runs_on_a_cluster(tmp_path: Path) -> None:
    """As it stands there, in a process of its own, with one worker."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (one for one in blocks if "LocalCluster" in one)
    assert example.count("n_workers=4") == 1
    script = tmp_path / "library.py"
    script.write_text(example.replace("n_workers=4", "n_workers=1, dashboard_address=None"), encoding="utf-8")
    (tmp_path / "cells").mkdir()
    for path in (WRONG, RIGHT):
        shutil.copy(path, tmp_path / "cells")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", str(script)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "question-2014.py\n    differ" in run.stdout and "question-2014-fixed.py\n    agree" in run.stdout
    assert "of its own step, which is still zero" in run.stdout


def test_a_case_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    broken, missing = tmp_path / "broken.py", tmp_path / "missing.py"
    broken.write_text("CASE = dict(cell='rnn')\ndef run(problem):\n    raise ValueError('not today')\n")
    shutil.copy(RIGHT, tmp_path / "right.py")
    with _threads() as executor:
        found = dict(diagnose_many([broken, str(missing), tmp_path / "right.py"], executor))
    assert isinstance(found[broken], InputError) and "not today" in str(found[broken])
    assert isinstance(found[missing], InputError) and "missing.py" in str(found[missing])
    assert isinstance(found[tmp_path / "right.py"], Inspection)


class _Waiting(Executor):
    """Works on nothing by itself; says when it has been given so many tasks."""

    def __init__(self, count: int) -> None:
        self.tasks: list[tuple[Future[Any], Any]] = []
        self.full, self._count = threading.Event(), count

    def submit(self, *args: Any, **more: Any) -> Future[Any]:
        self.tasks.append((Future(), args))
        if len(self.tasks) == self._count:
            self.full.set()
        return self.tasks[-1][0]


def test_what_is_finished_first_comes_first_and_the_rest_can_be_dropped() -> None:
    executor = _Waiting(3)
    cases = [EXAMPLES / f"{name}.py" for name in ("class-rnn", "dict-lstm", "steps-gru")]
    found: Any = diagnose_many([*cases, cases[0]], executor)
    with ThreadPoolExecutor(1) as waiting:
        first = waiting.submit(next, found)
        assert executor.full.wait(60)
        executor.tasks[1][0].set_result("it fails")
        path, error = first.result(60)
    assert path == cases[1] and isinstance(error, InputError) and str(error) == "it fails"
    found.close()
    assert [task.cancelled() for task, _ in executor.tasks] == [True, False, True]
    assert [args for _, args in executor.tasks] == [(checked, str(path)) for path in cases]
