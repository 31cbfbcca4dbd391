"""Case files are read without being run, and every slip gets a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.assets import examples
from rnn.cases import read_case
from rnn.errors import InputError
from rnn.settings import ProblemSettings
from rnn.settings_for import fixed_settings, random_problems, settings_for

RUN = "def run(problem):\n    return {}\n"


def _read(folder: Path, text: str, name: str = "c.py"):  # type: ignore[no-untyped-def]
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_case(path)


def test_reading_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    _read(tmp_path, f"open({str(mark)!r}, 'w')\nCASE = dict()\n{RUN}")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("print 'hello'\n", "Python 2"),
        ("def run(:\n", "line 1: this is no Python"),
        (RUN, "no CASE"),
        ("CASE = dict()\n", "no function run"),
        (f"CASE = dict(loss=f())\n{RUN}", "must be plain"),
        (f"CASE = dict(los='x')\n{RUN}", "did you mean 'loss'"),
        (f"CASE = dict(loss='l2')\n{RUN}", "expected one of 'half_squared_error'"),
        (f"CASE = dict(sizes=dict(Q=3))\n{RUN}", "T, B, D, H or K"),
        (f"CASE = dict(sizes=dict(T=0))\n{RUN}", "from 1"),
        (f"CASE = dict(settings=dict(colour=3))\n{RUN}", "unknown setting 'colour'"),
        (f"CASE = 3\n{RUN}", "expected a dict"),
        ("raise ValueError, 'x'\n", "Python 2"),
        ("mode = 0777\n", "Python 2"),
        ("rate = 0.05 +\n", "line 1: this is no Python"),
        (f"K = 'x'\nCASE = {{K: 'TD'}}\n{RUN}", "must be plain"),
        (f"CASE = {{[]: 'TD'}}\n{RUN}", "must be plain"),
        (f"BASE = dict(x='TD')\nCASE = dict(**BASE)\n{RUN}", "must be plain"),
        (f"CASE = dict(biases=1)\n{RUN}", "expected one of True, False"),
        (f"CASE = dict(sizes=dict(TB=3))\n{RUN}", "T, B, D, H or K"),
        (f"CASE = dict(sizes={{1: 3}})\n{RUN}", "T, B, D, H or K"),
        (f"CASE = dict(x='TD', sizes=dict(B=3))\n{RUN}", "expected B = 1"),
        (f"CASE = dict(declared=[1])\n{RUN}", "expected sentences"),
        (f"CASE = dict(settings=dict(steps='five'))\n{RUN}", "steps = 'five'; expected int or None"),
        (f"CASE = dict(settings=dict(steps=True))\n{RUN}", "steps = True; expected int or None"),
        (f"CASE = dict(title={'-' * 50_000}1)\n{RUN}", "too deeply"),
        (f"CASE = dict(title={'+'.join('1' * 20_000)})\n{RUN}", "too deeply"),
    ],
)
def test_slips_get_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path, text)
    assert said in str(caught.value)
    assert "c.py" in str(caught.value)


def test_missing_folder_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there"):
        read_case(tmp_path / "none.py")
    with pytest.raises(InputError, match="a folder"):
        read_case(tmp_path)
    (tmp_path / "b.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_case(tmp_path / "b.py")


def test_declared_things_are_fixed(tmp_path: Path) -> None:
    case = _read(
        tmp_path, f"CASE = dict(x='TD', h0='zero', loss='logistic', sizes=dict(H=4), settings=dict(steps=9))\n{RUN}"
    )
    assert fixed_settings(case) == {"loss": "logistic", "h0": "zero", "batch": 1, "hidden": 4}
    made = settings_for(case)
    assert (made.steps, made.batch, made.hidden, made.loss, made.h0) == (9, 1, 4, "logistic", "zero")
    with pytest.raises(InputError, match="hidden = 4"):
        settings_for(case, ProblemSettings(hidden=5))
    for problem in random_problems(made, 12):
        assert (problem.steps, problem.batch, problem.hidden) == (9, 1, 4)
    assert len({problem.inputs for problem in random_problems(made, 12)}) > 3


@pytest.mark.parametrize("name", ["question-2014", "question-2014-fixed", "characters"])
def test_shipped_examples_can_be_read(name: str) -> None:
    assert read_case(examples()[name]).declaration["title"]


@pytest.mark.parametrize("run", ["run = other.run", "from other import run", "from other import *", RUN])
def test_run_may_come_from_anywhere(tmp_path: Path, run: str) -> None:
    assert _read(tmp_path, f"import other\nCASE = dict(settings=dict(weight_scale=1))\n{run}").name == "c"


def test_a_file_may_name_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "c.py"
    path.write_bytes(f"# -*- coding: latin-1 -*-\n# r\xe9seau\nCASE = dict(title='r\xe9seau')\n{RUN}".encode("latin-1"))
    assert read_case(path).declaration["title"] == "réseau"


def test_a_backslash_in_a_text_warns_nobody(tmp_path: Path) -> None:
    """Warnings are errors in these tests."""
    assert _read(tmp_path, f"FORMULA = '\\sum'\nCASE = dict()\n{RUN}").name == "c"
