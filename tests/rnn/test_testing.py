"""assert_gradients_agree in real test runs: pytest with workers, unittest; what it says, and that nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector.assets import example_path
from rnn import InputError
from rnn.testing import assert_gradients_agree

ROOT = Path(__file__).parents[2]

TESTS = f"""
import sys
from rnn.testing import assert_gradients_agree

def test_right():
    result = assert_gradients_agree({str(example_path("question-2014-fixed"))!r})
    assert result.verdict == "agree" and result.arrays.read("hand/dW_hh").shape == (4, 4)
    assert not {{"jax", "PySide6"}} & set(sys.modules)

def test_wrong():
    assert_gradients_agree({str(example_path("question-2014"))!r}, seed=3, why_seconds=6)

def test_dies():
    assert_gradients_agree("dies_case.py")
"""

DIES = """CASE = dict(cell="rnn")
def run(problem):
    raise ValueError("no backward pass yet")
"""


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_a_run_of_pytest(tmp_path: Path) -> None:
    """In two workers: the message is the finding; code that dies is a failure with its line; the process of the tests is left alone."""
    (tmp_path / "test_mine.py").write_text(TESTS)
    (tmp_path / "dies_case.py").write_text(DIES)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-p", "no:pytest-qt", "test_mine.py"]
    done = subprocess.run(command, cwd=tmp_path, env=_environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 1 passed" in done.stdout
    assert "dW_xh, dW_hh and db_h are wrong" in done.stdout
    assert "First wrong line: question-2014.py, line 54" in done.stdout
    assert "Mistake: reads dcdHin (da) of its own step" in done.stdout
    assert "+        dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)" in done.stdout
    assert "no backward pass yet" in done.stdout and "line 3" in done.stdout
    assert "testing.py:" not in done.stdout, "the traceback ends at the line of the test"


def test_a_run_of_unittest(tmp_path: Path) -> None:
    """A failure, not an error; without a search for the cause the line is told all the same."""
    (tmp_path / "test_unit.py").write_text(
        "import unittest\nfrom rnn.testing import assert_gradients_agree\n"
        "class Gradients(unittest.TestCase):\n    def test_mine(self):\n"
        f"        assert_gradients_agree({str(example_path('question-2014'))!r}, why_seconds=0)\n"
    )
    command = [sys.executable, "-m", "unittest", "test_unit"]
    done = subprocess.run(command, cwd=tmp_path, env=_environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and "FAILED (failures=1)" in done.stderr
    assert "First wrong line: question-2014.py, line 54" in done.stderr and "Mistake:" not in done.stderr


def test_bad_input_is_no_failure() -> None:
    """A file that is missing, a setting that nobody knows, one that the code dictates."""
    with pytest.raises(InputError, match="is no file"):
        assert_gradients_agree("nothing.py")
    with pytest.raises(InputError, match="unknown setting 'step'"):
        assert_gradients_agree(example_path("question-2014"), step=3)
    with pytest.raises(InputError, match="problems is 0"):
        assert_gradients_agree(example_path("question-2014"), problems=0)
    with pytest.raises(InputError, match="declared with cell"):
        assert_gradients_agree(example_path("question-2014"), cell="lstm")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_is_left_when_the_tests_are_killed(tmp_path: Path) -> None:
    """The child and its job end with the process that asked."""
    (tmp_path / "hangs_case.py").write_text(
        "CASE = dict(cell='rnn')\ndef run(problem):\n    while True:\n        pass\n"
    )
    code = "from rnn.testing import assert_gradients_agree; assert_gradients_agree('hangs_case.py')"
    asking = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=_environment())
    try:
        family = _family(asking.pid, 3)
        assert len(family) >= 3
    finally:
        asking.send_signal(signal.SIGKILL)
        asking.wait()
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() and _state(pid) != "Z" for pid in family[1:]):
        assert time.monotonic() < deadline, family
        time.sleep(0.1)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _family(pid: int, wanted: int) -> list[int]:
    """A process and its descendants, as soon as there are as many as wanted."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [pid]
        for one in found:
            children = Path(f"/proc/{one}/task/{one}/children")
            found += [int(child) for child in children.read_text().split()] if children.exists() else []
        if len(found) >= wanted:
            return found
        time.sleep(0.1)
    return found
