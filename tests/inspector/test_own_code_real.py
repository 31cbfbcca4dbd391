"""The user's own code in the real engine: however it ends, the window says so, keeps its result, and goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.engine.client import Engine
from inspector.pictures import Pictures
from inspector.records import IDLE
from inspector.settings import Memory
from inspector.state import State

WAIT_MS = 120_000
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="these calls are POSIX's")

HEAD = """\
import os, sys
import numpy as np
CASE = dict(cell="rnn", activation="tanh", loss="half_squared_error", settings=dict(steps=3, hidden=2, batch=1))

def run(problem):
"""
GOOD = 'return {"d" + name: np.zeros_like(value) for name, value in problem.params.items()}'


class Bench:
    """A state with the real engine, and a case that has run once."""

    def __init__(self, state: State, engine: Engine, folder: Path, qtbot: QtBot) -> None:
        self.state, self.engine, self.qtbot = state, engine, qtbot
        self.case = folder / "mine.py"
        self.write(GOOD)
        state.open_files([str(self.case)])
        state.trust_and_run()
        self.wait()
        assert state.failure is None, state.failure

    def write(self, body: str) -> None:
        self.case.write_text(HEAD + "".join(f"    {line}\n" for line in body.splitlines()), encoding="utf-8")

    def wait(self) -> None:
        history = self.state.own.history
        before = len(history.entries), getattr(history.entries[-1] if history.entries else None, "number", 0)
        self.qtbot.waitUntil(
            lambda: (
                (len(history.entries), getattr(history.entries[-1] if history.entries else None, "number", 0)) != before
                and self.state.status.phase == IDLE
            ),
            timeout=WAIT_MS,
        )

    def save(self, body: str) -> None:
        """Save another version, and wait until the window has run it by itself."""
        self.write(body)
        self.wait()


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot, settings_file: Path, tmp_path: Path) -> Iterator[Bench]:
    engine, pictures = Engine(), Pictures()
    state = State(engine, pictures, Memory(settings_file))
    yield Bench(state, engine, tmp_path, qtbot)
    state.own.close()
    state.debugger.close()
    pictures.close()
    engine.close()


ENDS = [
    pytest.param("os._exit(3)", "ended by itself with exit code 3", id="exit of the interpreter"),
    pytest.param("import ctypes\nctypes.string_at(0)", "segmentation fault", marks=POSIX, id="crash"),
    pytest.param("os.abort()", "SIGABRT", marks=POSIX, id="abort"),
    pytest.param("np.ones(1 << 60, 'int8')", "not enough memory", marks=POSIX, id="huge allocation"),
    pytest.param("sys.exit(4)", "raised SystemExit: 4 at mine.py, line 6", id="sys.exit"),
    pytest.param("raise KeyboardInterrupt", "raised KeyboardInterrupt", id="interrupt"),
    pytest.param("return 3", "returned int; expected a dict", id="no dict"),
    pytest.param("def f(n): return f(n + 1)\nf(0)", "RecursionError", id="recursion"),
    pytest.param("print('x' * (3 << 20))\nos._exit(1)", "exit code 1", id="flood and exit"),
]


@pytest.mark.parametrize(("body", "said"), ENDS)
def test_code_that_ends_badly_is_said_and_the_next_save_runs(bench: Bench, body: str, said: str) -> None:
    result, process = bench.state.result, bench.engine.process_id
    bench.save(body)
    failure = bench.state.failure
    assert failure is not None and said in failure.sentence
    assert "Traceback" not in failure.sentence and not failure.is_bug
    assert bench.state.result is result and bench.state.stale
    bench.save(GOOD + "  # mended")
    assert bench.state.failure is None and not bench.state.stale
    assert bench.engine.process_id == process


def test_a_loop_is_stopped_at_the_limit_which_can_be_raised(bench: Bench) -> None:
    bench.state.own.set_limits(1, 8)
    again = "if os.path.exists('later'):\n    " + GOOD + "\nopen('later', 'w').close()\nwhile True: pass"
    bench.save(again)
    failure, offer = bench.state.failure, bench.state.own.offer
    assert failure is not None and "did not finish within 1 s" in failure.sentence
    assert bench.state.stale and offer is not None
    offer.do()
    bench.wait()
    assert bench.state.failure is None and not bench.state.stale
    assert bench.state.own.limits == (4.0, 8.0)


def test_a_loop_can_be_stopped_by_hand(bench: Bench, tmp_path: Path) -> None:
    process = bench.engine.process_id
    bench.write("open('begun', 'w').close()\nwhile True: pass")
    bench.qtbot.waitUntil((tmp_path / "begun").exists, timeout=WAIT_MS)
    bench.state.cancel()
    assert bench.state.status.phase == IDLE
    bench.save(GOOD + "  # mended")
    assert bench.state.failure is None and not bench.state.stale
    assert bench.engine.process_id == process


LEFTOVERS = [
    "os.chdir(os.path.dirname(os.getcwd()))",
    "import threading\nthreading.Thread(target=threading.Event().wait, daemon=False).start()",
    "import subprocess\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
    "sys.stdout.close()",
    "os.close(1); os.close(2)",
]


@pytest.mark.parametrize("body", LEFTOVERS)
def test_what_code_leaves_behind_reaches_no_other_run(bench: Bench, body: str) -> None:
    for number in range(2):
        bench.save(f"{body}\n{GOOD}  # {number}")
        assert bench.state.failure is None and not bench.state.stale
    bench.engine.close()


def test_the_end_of_much_output_is_there_to_be_read(bench: Bench) -> None:
    bench.save(f"for n in range(300000): print('line', n)\n{GOOD}")
    printed = bench.state.own.printed
    assert bench.state.failure is None
    assert printed.endswith("line 299999\n") and "bytes dropped" in printed.splitlines()[0]
    assert len(printed) < 1 << 18


def test_what_failing_code_printed_is_there_to_be_read(bench: Bench) -> None:
    bench.save("print('so far')\nraise ValueError('no')")
    assert (bench.state.own.printed, bench.state.failure.line) == ("so far\n", 7)


def test_files_that_were_imported_are_watched_and_a_first_failure_watches_them_too(
    bench: Bench, tmp_path: Path
) -> None:
    cell = tmp_path / "my_cell.py"
    cell.write_text("raise ValueError('half')\n")
    bench.save(f"import my_cell\n{GOOD}")
    assert "half" in bench.state.failure.sentence
    assert {Path(path).name for path in bench.state.own.watching.files} == {"mine.py", "my_cell.py"}
    cell.write_text("done = True\n")
    bench.wait()
    assert bench.state.failure is None
    assert bench.state.own.history.entries[-1].changes.endswith("runs again")


GRU = """\
import numpy as np
CASE = dict(cell="gru", reset="before", output_layer=False, counted="all", settings=dict(steps=3, hidden=2, batch=1))

def run(problem):
    p, h, hs = problem.params, problem.h0, []
    n = problem.H
    for x in problem.x:
        own, rec = x @ p["W_xh"] + p["b_h"], h @ p["W_hh"]
        r, z = (1 / (1 + np.exp(-(own + rec)[:, k * n : (k + 1) * n])) for k in (0, 1))
        new = np.tanh(own[:, 2 * n :] + r * rec[:, 2 * n :])
        h = (1 - z) * new + z * h
        hs.append(h)
    return {"h": np.stack(hs), "dW_hh": np.zeros_like(p["W_hh"])}
"""


def test_another_function_is_declared_with_one_click(bench: Bench) -> None:
    """The bar says which GRU the code computes; its button changes CASE, and the next run agrees about the forward pass."""
    bench.case.write_text(GRU, encoding="utf-8")
    bench.wait()
    offer = bench.state.own.offer
    assert offer is not None and offer.text == "Set reset = 'after'"
    assert {row.name: row.state for row in bench.state.own.order.rows}["forward"] == "failed"
    offer.do()
    bench.wait()
    assert 'reset="after"' in bench.case.read_text(encoding="utf-8").replace("'", '"')
    assert {row.name: row.state for row in bench.state.own.order.rows}["forward"] == "ok"
    bench.engine.close()
