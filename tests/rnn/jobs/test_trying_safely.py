"""What a mutated program does costs that candidate, and nothing and nobody else."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rnn.cases import Case
from rnn.jobs import Cancelled, Limits
from rnn.jobs.trying import Trial
from tests.problems import make_problem
from tests.rnn.jobs.trying import HEAD, NETWORK, one, trying, twice, write

RUN = "def run(problem):\n    k = 3  # here\n    return dict(dW_hh=problem.params['W_hh'] * k)\n"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the address-space limit")


def _case(folder: Path, head: str = "") -> Case:
    return write(folder, {"mine.py": HEAD + head + RUN})


def _amid(folder: Path, code: str, head: str = "") -> list[Trial]:
    """What came of a candidate that does something, with a wrong one before it, and a wrong and a right one behind it."""
    nows = ["k = 4", code.replace("\n", "\n    "), "k = 5", "k = 2"]
    with trying(_case(folder, head)) as trier:
        found = list(trier.try_all([one(trier, "k = 3  # here", now) for now in nows]))
    assert [trial.failed for trial in found[:1] + found[2:]] == ["", "", ""]
    assert [trial.repairs for trial in found] == [False, False, False, True]
    return found


SWALLOWING = "while True:\n    try:\n        while True: pass\n    except: pass"


@pytest.mark.parametrize(
    ("code", "failed"),
    [
        ("while True: pass", "time"),
        ("k = 0\nwhile k < 1:\n    try: time.sleep(0.001)\n    except Exception: pass", "time"),
        (SWALLOWING, "time"),
        ("time.sleep(1000)", "time"),
        pytest.param("k = 7 ** 7 ** 9", "time", id="deaf in C"),
        pytest.param("k = np.ones(10 ** 12)", "memory", marks=LINUX),
        pytest.param("k = [np.zeros(10 ** 7) for _ in range(10 ** 9)]", "memory", marks=LINUX),
        ("os._exit(3)", "crash"),
        ("os.abort()", "crash"),
        ("os.close(0), os.close(1), os.close(2)\nfor n in range(3, 99):\n    try: os.close(n)\n    except OSError: pass", "crash"),
        ("sys.exit('enough')", "SystemExit: enough"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise Warning('w')", "Warning: w"),
        ("import warnings\nwarnings.simplefilter('error')\nwarnings.warn('mind')", "UserWarning: mind"),
        ("with np.errstate(all='raise'): np.ones(1) / 0", "FloatingPointError: divide by zero encountered in divide"),
        ("def f(): return f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("return None", "run() returned NoneType; expected a dict such as dict(dW_xh=..., dW_hh=...)"),
        ("k = None", "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'"),
        ("k = 1 +", "SyntaxError: invalid syntax"),
        ("assert 0, open", "AssertionError"),
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
    ],
)  # fmt: skip
def test_a_candidate_that_goes_wrong(tmp_path: Path, code: str, failed: str) -> None:
    start = time.monotonic()
    trial = _amid(tmp_path, code, "import time\n")[1]
    assert trial.failed == failed or trial.failed.startswith("AssertionError")
    assert trial.right == (None,)
    assert time.monotonic() - start < 20


def test_two_that_crash_in_a_row(tmp_path: Path) -> None:
    nows = ["k = 4", "os._exit(1)", "os._exit(2)", "while True: pass", "os._exit(3)", "k = 2"]
    with trying(_case(tmp_path), workers=2) as trier:
        found = list(trier.try_all([one(trier, "k = 3  # here", now) for now in nows]))
    assert [trial.failed for trial in found] == ["", "crash", "crash", "time", "crash", ""]
    assert found[-1].repairs


@pytest.mark.parametrize("head", ["", "import ctypes, pathlib, shutil, socket, subprocess, tempfile\n"])
@pytest.mark.parametrize(
    "code",
    [
        "os.remove('data.txt')", "os.unlink(os.path.abspath('data.txt'))", "os.rename('data.txt', 'gone.txt')",
        "os.replace('data.txt', 'gone.txt')", "os.truncate('data.txt', 0)", "os.mkdir('new')", "os.chmod('data.txt', 0)",
        "os.symlink('data.txt', 'new')", "os.link('data.txt', 'new')", "os.open('data.txt', os.O_WRONLY | os.O_TRUNC)",
        "os.open('new', os.O_CREAT)", "os.system('echo 1 > new')", "os.fork()", "os.kill(os.getpid(), 9)",
        "os.popen('echo 1 > new').read()", "os.utime('data.txt', (1, 1))", "os.execv('/bin/sh', ['sh', '-c', 'echo > new'])",
        "import shutil\nshutil.rmtree('.')", "import shutil\nshutil.copy('data.txt', 'new')",
        "import shutil\nshutil.move('data.txt', 'new')", "import pathlib\npathlib.Path('data.txt').unlink()",
        "import pathlib\npathlib.Path('new').touch()",
        "import subprocess\nsubprocess.run(['touch', 'new'])", "import socket\nsocket.socket()",
        "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)", "import ctypes\nctypes.CDLL(None).unlink(b'data.txt')",
        "import tempfile\ntempfile.mkdtemp(dir='.')", "import io\nio.FileIO('data.txt', 'w')",
        "import sqlite3\nsqlite3.connect('new')",
        "try: os.remove('data.txt')\nexcept OSError: pass\nos.remove('data.txt')",
    ],
)  # fmt: skip
def test_acts_on_the_world_are_refused(tmp_path: Path, code: str, head: str) -> None:
    (tmp_path / "data.txt").write_text("dear to somebody")
    before = (tmp_path / "data.txt").stat()
    case = _case(tmp_path, head)
    with trying(case) as trier:
        found = list(
            trier.try_all([one(trier, "k = 3  # here", now.replace("\n", "\n    ")) for now in (code, "k = 2")])
        )
    assert [trial.failed for trial in found] == ["writes", ""]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.txt", "mine.py"]
    after = (tmp_path / "data.txt").stat()
    assert (after.st_mtime_ns, after.st_size, after.st_mode) == (before.st_mtime_ns, before.st_size, before.st_mode)
    assert (tmp_path / "data.txt").read_text() == "dear to somebody"


def test_deleting_through_a_directory_of_the_module_is_refused(tmp_path: Path) -> None:
    """While a module is loaded again, too."""
    (tmp_path / "data.txt").write_text("dear to somebody")
    case = _case(tmp_path, "NAME = 'x'  # there\n")
    with trying(case) as trier:
        (trial,) = trier.try_all([one(trier, "'x'  # there", "os.remove('data.txt')")])
    assert trial.failed == "writes"
    assert (tmp_path / "data.txt").exists()


WRITES = """    with open('out.txt', 'a') as f:
        f.write('x')
    np.savez('arrays.npz', a=np.arange(3))
    np.savetxt('table.txt', np.eye(2))
    import pathlib, json, pickle
    pathlib.Path('data.txt').write_text(pathlib.Path('data.txt').read_text() + '!')
    pickle.dump([1], open('p.pickle', 'wb'))
    json.dump({}, open('p.json', 'w'))
    with open('data.txt', 'r+') as f:
        f.seek(0, 2)
        f.write('?')
    k = np.load('arrays.npz')['a'][2] + len(open('out.txt').read()) + (open('data.txt').read() == 'dear!?') - 1
"""


def test_what_the_code_writes_stays_in_memory_and_is_told(tmp_path: Path) -> None:
    """Each run finds the files as they are on the disk, and what it wrote itself."""
    (tmp_path / "data.txt").write_text("dear")
    case = write(tmp_path, {"mine.py": HEAD + RUN.replace("    k = 3  # here\n", WRITES)})
    with trying(case) as trier:
        assert [Path(one["file"]).name for one in trier.writes] == [
            "out.txt", "arrays.npz", "table.txt", "data.txt", "p.pickle", "p.json",
        ]  # fmt: skip
        assert {one["by"] for one in trier.writes} == {str(case.path)}
        assert [one["line"] for one in trier.writes] == [5, 7, 8, 10, 11, 12]
        wrong, right = trier.try_all([one(trier, "[2] +", "[0] +"), one(trier, "- 1\n", "- 2\n")])
    assert not wrong.repairs and wrong.failed == ""
    assert right.repairs
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.txt", "mine.py"]
    assert (tmp_path / "data.txt").read_text() == "dear"


def test_printing_goes_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _amid(tmp_path, "print('loud' * 10 ** 6)\nsys.stderr.write('loud')\nos.write(1, b'loud')\nsys.stdout.flush()")
    assert capfd.readouterr() == ("", "")


def test_cancel_ends_a_search_at_once(tmp_path: Path) -> None:
    with trying(_case(tmp_path), limits=Limits(wall_s=60)) as trier:
        timer = threading.Timer(0.3, trier.cancel)
        timer.start()
        start = time.monotonic()
        with pytest.raises(Cancelled):
            for _ in trier.try_all(one(trier, "k = 3  # here", f"k = {n + 3}") for n in range(10**6)):
                pass
        assert time.monotonic() - start < 5
        timer.join()


def test_a_search_that_is_left_early_can_go_on(tmp_path: Path) -> None:
    with trying(_case(tmp_path), workers=2) as trier:
        for trial in trier.try_all(one(trier, "k = 3  # here", f"k = {n}") for n in range(10**6)):
            if trial.repairs:
                break
        (again,) = trier.try_all([trial.candidate])
    assert again.repairs


def test_a_source_that_changed_on_the_disk_changes_nothing(tmp_path: Path) -> None:
    """Offsets count in the text that was loaded."""
    case = _case(tmp_path, "import helper\n")
    (tmp_path / "helper.py").write_text("def f():\n    return 1\n")
    problem = make_problem(NETWORK)
    with trying(case, [twice(problem)], [problem]) as trier:
        candidate = one(trier, "k = 3  # here", "k = 1 + helper.f()")
        (tmp_path / "helper.py").write_text("# longer now\ndef f():\n    return 5\n")
        (trial,) = trier.try_all([candidate])
    assert np.isfinite(trial.residuals[0]["dW_hh"])  # type: ignore[index]
