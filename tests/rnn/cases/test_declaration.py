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
        (f"CASE = dict(biases='three')\n{RUN}", "expected one of True, False, 'two'"),
        (f"CASE = dict(x='TT')\n{RUN}", "the axis T is there twice"),
        (f"CASE = dict(x='TBH')\n{RUN}", "'H' is no axis"),
        (f"CASE = dict(x='BD')\n{RUN}", "the axis T is missing"),
        (f"CASE = dict(x='TBD,')\n{RUN}", "a comma stands between"),
        (f"CASE = dict(x='T,B,D')\n{RUN}", "',' is no axis"),
        (f"CASE = dict(x='T,D1', sizes=dict(B=3))\n{RUN}", "expected B = 1"),
        (f"CASE = dict(layouts=dict(h0='D'), sizes=dict(B=3))\n{RUN}", "h0 = 'D', one sequence"),
        (f"CASE = dict(layouts=dict(h0='TBD'))\n{RUN}", "a state has no axis T"),
        (f"CASE = dict(layouts=dict(dh='BD'))\n{RUN}", "layouts of dh = 'BD': the axis T is missing"),
        (f"CASE = dict(layouts=dict(W_hy='KH'))\n{RUN}", "expected 'in,out' or 'out,in'"),
        (
            f"CASE = dict(layouts=dict(targets='TBD'))\n{RUN}",
            "unknown name 'targets' in layouts; did you mean 'target'?",
        ),
        (f"CASE = dict(layouts={{3: 'TBD'}})\n{RUN}", "unknown name 3 in layouts"),
        (f"CASE = dict(layouts=dict(da_f='TBD'))\n{RUN}", "unknown name 'da_f' in layouts"),
        (f"CASE = dict(layouts=dict(y=3))\n{RUN}", "a layout is a text"),
        (f"CASE = dict(leak=0.2)\n{RUN}", "an option of 'leaky', with the cell 'rnn'"),
        (f"CASE = dict(cell='gru', peepholes=True)\n{RUN}", "an option of 'lstm', with the cell 'gru'"),
        (f"CASE = dict(cell='gru', reset='later')\n{RUN}", "expected one of 'before', 'after'"),
        (f"CASE = dict(cell='leaky', leak=2)\n{RUN}", "expected a number from 0 to 1"),
        (f"CASE = dict(gates='ifgo')\n{RUN}", "the cell 'rnn' has no gates"),
        (f"CASE = dict(cell='lstm', gates='ifco')\n{RUN}", "expected the letters 'ifgo'"),
        (f"CASE = dict(cell='gru', gates='rz')\n{RUN}", "expected the letters 'rzn'"),
        (f"CASE = dict(bias='first')\n{RUN}", "nothing is stacked"),
        (f"CASE = dict(bias='last', stacked='xh', biases=False)\n{RUN}", "leave one of the two out"),
        (f"CASE = dict(bias='last', stacked='xh', biases='two')\n{RUN}", "one row, and two biases"),
        (f"CASE = dict(biases=False, two_biases=True)\n{RUN}", "leave one of the two out"),
        (f"CASE = dict(embedding=True, ids=False)\n{RUN}", "an embedding looks up rows by token ids"),
        (f"CASE = dict(target='ids')\n{RUN}", "'half_squared_error' takes rows"),
        (f"CASE = dict(target='last', counted='all')\n{RUN}", "expected counted = 'last'"),
        (f"CASE = dict(counted='some')\n{RUN}", "expected one of 'given', 'all', 'last', 'padding'"),
        (f"CASE = dict(layers=0)\n{RUN}", "expected a number from 1"),
        (f"CASE = dict(layers=True)\n{RUN}", "expected a whole number"),
        (f"CASE = dict(truncation=('sliding', 0))\n{RUN}", "truncation = ('sliding', 0)"),
        (f"CASE = dict(truncation=('sliding',))\n{RUN}", "expected ('sliding', K) or ('chunked', K)"),
        (f"CASE = dict(truncation=('cut', 3))\n{RUN}", "truncation = ('cut', 3)"),
        (f"CASE = dict(truncation=('chunked', 3), bidirectional=True)\n{RUN}", "leave one out"),
        (f"CASE = dict(clip=('norm', 0))\n{RUN}", "c above 0"),
        (f"CASE = dict(clip=5)\n{RUN}", "expected a tuple or a list"),
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


EVERY = """CASE = dict(
    cell="lstm", peepholes=True, forget_bias=1, biases="two", x="T,D1", layouts={"h0.1": "BD", "W_hy": "in,out", "da_f": "TD"},
    weights="out,in", gates="ifog", bias="column", ids=True, embedding=True, loss="softmax_cross_entropy", target="last", layers=2,
    truncation=("chunked", 3), clip=["norm", 5], sizes=dict(V=9),
)
"""


def test_all_kinds_of_keys_reach_the_settings(tmp_path: Path) -> None:
    made = settings_for(_read(tmp_path, EVERY + RUN))
    assert made.cell_options == (("forget_bias", 1.0), ("peepholes", True), ("two_biases", True))
    assert (made.batch, made.layers, made.vocabulary, made.counted, made.biases) == (1, 2, 9, "last", True)
    assert made.ids and made.embedding and not made.bidirectional
    assert (made.truncation, made.clip) == (("chunked", 3), ("norm", 5))


def test_a_declared_cell_has_no_options_but_the_declared_ones(tmp_path: Path) -> None:
    case = _read(tmp_path, f"CASE = dict(cell='lstm')\n{RUN}")
    with pytest.raises(InputError, match="cell_options"):
        settings_for(case, ProblemSettings(cell="lstm", cell_options=(("peepholes", True),)))


@pytest.mark.parametrize(
    ("line", "is_old"),
    [("print 'a', 3", True), ("print x", True), ("raise E, 'x'", True), ("x = 0777", True), ("if a <> b: pass", True),
     ("exec 'x'", True), ("x = = 3", False), ("print(3", False), ("print = x y", False)],
)  # fmt: skip
def test_python_2_is_told_from_a_slip(tmp_path: Path, line: str, is_old: bool) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path, f"import numpy\n{line}\n")
    assert ("python -m fissix -w c.py" in str(caught.value)) == is_old
    assert "line 2" in str(caught.value)


def test_python_2_with_tabs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is Python 2"):
        _read(tmp_path, "def f(x):\n        if x:\n\tprint 'x'\n")


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
