"""Written files: right code of any layout agrees in them, wrong code does not, and the test passes once it is mended."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rnn import InputError
from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.minimal import write_minimal, write_script, write_test
from rnn.jobs import JobRunner
from rnn.settings_for import settings_for
from tests.rnn.cases.mutated import MUTATED
from tests.rnn.cases.proving import EXAMPLES, STYLES
from tests.rnn.diagnose.minimal.running import right_by_name, silent, subject_of

SHIPPED = [*sorted(EXAMPLES.glob("*-wrong.py")), EXAMPLES / "question-2014.py"]
FORMS = (
    "bias_in_the_matrix char_lstm_script_case clip_each deep_both_ways embedding_lookup forget_bias gate_rows last_word "
    "leaky_units lstm_steps mixed_vectors padded_batch scalar_loops sequence_list single_precision two_bias_gru"
).split()
CUT = ("chunks", "sliding_window")
TWINS = "embedding_lookup peepholes lstm_tower adding_script_case optimiser_inside gru_trainer single_precision".split()


def _right_twin(path: Path) -> Path:
    if (STYLES / path.name).is_file():
        return STYLES / path.name
    return EXAMPLES / ("question-2014-fixed.py" if path.stem == "question-2014" else path.name.replace("-wrong", ""))


def test_right_code_agrees_in_its_script(tmp_path: Path) -> None:
    """All parameters agree, whatever the cell, its options, the layout, truncation and clip."""
    paths = []
    for name in (*FORMS, *CUT):
        case = read_case(STYLES / f"{name}.py")
        paths.append(tmp_path / f"{name}.py")
        write_script(case, build(replace(settings_for(case), steps=5 if name in CUT else 3)), paths[-1])
    (tmp_path / "empty").mkdir()
    for name, found in zip((*FORMS, *CUT), right_by_name(paths, tmp_path / "empty"), strict=True):
        assert all(found.values()) and len(found) >= 2, (name, found)


def test_the_test_fails_on_wrong_code_and_passes_once_it_is_mended(tmp_path: Path, runner: JobRunner) -> None:
    """Shipped wrong examples and wrong twins of many styles: the test fails; with the file mended it passes."""
    (tmp_path / "empty").mkdir()
    cases = []
    for path in SHIPPED:
        folder = tmp_path / path.stem
        folder.mkdir()
        cases.append(Path(shutil.copy(path, folder)))
    for name in TWINS:
        folder = tmp_path / name
        folder.mkdir()
        cases.append(next(one for one in MUTATED if one.case == name).plant(STYLES, folder))
    tests = [write_minimal(subject_of(path, runner), tmp_path / "out", silent)[1] for path in cases]
    for path, shown in zip(cases, right_by_name(tests, tmp_path / "empty"), strict=True):
        assert not all(shown.values()), path.stem
    for path in cases:
        for file in path.parent.glob("*.py"):
            file.write_text(_right_twin(file).read_text(encoding="utf-8"), encoding="utf-8")
    for path, mended in zip(cases, right_by_name(tests, tmp_path / "empty"), strict=True):
        assert all(mended.values()), (path.stem, mended)


def _command(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)


def test_plain_python_and_plain_pytest_run_them(tmp_path: Path, runner: JobRunner) -> None:
    """From an empty folder, the wrong code gone: exit code 1 and a table; a failing test; and passing ones for right code."""
    code = tmp_path / "code"
    code.mkdir()
    subject = subject_of(Path(shutil.copy(EXAMPLES / "trainer-rnn-wrong.py", code)), runner)
    empty = tmp_path / "empty"
    script, test = write_minimal(subject, empty, silent)
    assert subject.notes == ["minimal case: T 7 -> 2, D 3 -> 1, H 5 -> 1, K 2 -> 1; db_h differs on it"]
    shutil.rmtree(code)
    shown = _command(script.name, folder=empty)
    assert shown.returncode == 1 and not shown.stderr
    rows = {line.split()[0]: line.endswith("DIFFERS") for line in shown.stdout.splitlines()}
    assert rows == {"dW_xh": False, "dW_hh": False, "db_h": True, "dW_hy": False, "db_y": False}
    failed = _command("-m", "pytest", "-q", "-p", "no:cacheprovider", test.name, folder=empty)
    assert failed.returncode == 1 and "db_h" in failed.stdout
    shutil.copy(EXAMPLES / "trainer-rnn.py", empty / "trainer-rnn-wrong.py")
    passed = _command("-m", "pytest", "-q", "-p", "no:cacheprovider", test.name, folder=empty)
    assert passed.returncode == 0, passed.stdout


NET = """
import numpy as np
from .tools import slope


def gradients(p, x, target, h0):
    h = [h0]
    for t in range(len(x)):
        h.append(np.tanh(x[t] @ p["W_xh"] + h[t] @ p["W_hh"] + p["b_h"]))
    g, carry = {"d" + k: np.zeros_like(v) for k, v in p.items()}, 0
    for t in reversed(range(len(x))):
        dy = h[t + 1] @ p["W_hy"] + p["b_y"] - target[t]
        g["dW_hy"] += h[t + 1].T @ dy
        g["db_y"] += dy.sum(0)
        da = (dy @ p["W_hy"].T + carry) * slope(h[t + 1])
        g["dW_xh"] += x[t].T @ da
        g["dW_hh"] += h[t].T @ da
        g["db_h"] += da.sum(0)
        carry = da @ p["W_hh"].T
    return g
"""
CASE = """
import numpy as np
from package import net
import helper_with_quotes

assert open("note.txt").read() == "a corpus\\n"
CASE = dict(cell="rnn", loss="half_squared_error", counted="all")


def run(problem):
    return net.gradients(problem.params, problem.x, problem.target, problem.h0)
"""


def _package(folder: Path, slope: str) -> Path:
    (folder / "package").mkdir(exist_ok=True)
    (folder / "package" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "package" / "net.py").write_text(NET, encoding="utf-8")
    (folder / "package" / "tools.py").write_text(f"def slope(h):\n    return {slope}\n", encoding="utf-8")
    quotes = "A = '''both'''\nB = \"\"\"kinds\"\"\"\nC = 'back\\\\slash'\nD = 'é ü'\n"
    (folder / "helper_with_quotes.py").write_text(quotes, encoding="utf-8")
    (folder / "note.txt").write_text("a corpus\n", encoding="utf-8")
    path = folder / "my_case.py"
    path.write_text(CASE, encoding="utf-8")
    return path


def test_what_the_case_imports_is_taken_along(tmp_path: Path, runner: JobRunner) -> None:
    """A relative import, a file with all kinds of quotes, a text that is read; the originals are gone when the script runs."""
    code, empty = tmp_path / "code", tmp_path / "empty"
    code.mkdir()
    empty.mkdir()
    paths = write_minimal(subject_of(_package(code, "1 - h"), runner), tmp_path / "out", silent)
    text = paths[0].read_text(encoding="utf-8")
    assert all(
        f'"{name}": ' in text for name in ("my_case.py", "package/net.py", "package/tools.py", "helper_with_quotes.py")
    )
    shutil.rmtree(code)
    (shown,) = right_by_name(paths[:1], empty)
    assert not shown["dW_xh"] and shown["dW_hy"]
    code.mkdir()
    _package(code, "1 - h**2")
    (mended,) = right_by_name(paths[1:], empty)
    assert all(mended.values())


def test_a_file_elsewhere_is_no_part_of_it(tmp_path: Path, runner: JobRunner) -> None:
    """A link that leads out of the case's folder is refused with its name."""
    code = tmp_path / "code"
    code.mkdir()
    path = _package(code, "1 - h")
    (tmp_path / "other.py").write_text("", encoding="utf-8")
    (code / "helper_with_quotes.py").unlink()
    (code / "helper_with_quotes.py").symlink_to(tmp_path / "other.py")
    with pytest.raises(InputError, match=r"other\.py is not in the folder of my_case\.py"):
        write_minimal(subject_of(path, runner), tmp_path / "out", silent)


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, runner: JobRunner) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="could not be written to"):
        write_minimal(subject_of(EXAMPLES / "question-2014.py", runner), tmp_path / "file" / "in", silent)


def test_truncation_that_cuts_nothing_is_left_out(tmp_path: Path) -> None:
    """With fewer steps than a loss reaches back, the forward pass is the plain one."""
    case = read_case(STYLES / "sliding_window.py")
    settings = settings_for(case)
    for steps, cut in ((3, False), (4, True)):
        write_test(case, build(replace(settings, steps=steps)), tmp_path / "one.py")
        assert ("stop_gradient" in (tmp_path / "one.py").read_text(encoding="utf-8")) == cut


def test_only_the_helpers_that_are_used_are_there(tmp_path: Path) -> None:
    case = read_case(EXAMPLES / "question-2014.py")
    write_script(case, build(settings_for(case)), tmp_path / "one.py")
    text = (tmp_path / "one.py").read_text(encoding="utf-8")
    assert (
        "class Problem" in text and "def put" not in text and "def step_by_step" not in text and "Pinning" not in text
    )
