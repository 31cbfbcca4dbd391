"""Repairs of real wrong programs, run in jobs: the right edit is found, verified, shown, and nothing else is claimed."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.repair import apply, repair, undo
from rnn.diagnose.subject import Subject
from rnn.jobs import JobRunner
from rnn.settings_for import settings_for
from tests.rnn.diagnose.repair.corpus import right_on_unseen
from tests.rnn.diagnose.repair.mutants import EXAMPLES

REPAIRED = {
    "question-2014": ("dcdHin[t], Whh.T", "dcdHin[t + 1], Whh.T"),
    "class-rnn-wrong": ("(1 - s[step] ** 2)", "(1 - s[step - 1] ** 2)"),
    "dict-lstm-wrong": ("np.tanh(c_next) * ot\n", "np.tanh(c_next) * ot * (1 - ot)\n"),
    "function-rnn-wrong": ("dhraw @ hs[t].T", "dhraw @ hs[t - 1].T"),
    "pair-lstm-wrong": ("dprev_c = dc\n", "dprev_c = dc * f\n"),
    "steps-gru-wrong": ("drh * (1 - z)", "dh * (1 - z)"),
    "trainer-rnn-wrong": ("g_hid = local", "g_hid += local"),
}
"""What stands in the example and what its repair makes of it."""


def _quiet(text: str, fraction: float | None) -> None:
    """Progress that nobody looks at."""


def subject(path: Path, runner: JobRunner, *findings: dict[str, Any]) -> Subject:
    """A case as a search for its repair starts from it."""
    case = read_case(path)
    return Subject(build(settings_for(case)), {}, {}, case, runner, findings)


def _copied(name: str, folder: Path, *changes: tuple[str, str]) -> Path:
    """An example with some changes, in a folder with the files it reads."""
    for file in EXAMPLES.iterdir():
        if file.suffix != ".py":
            (folder / file.name).write_bytes(file.read_bytes())
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    for was, now in changes:
        assert text.count(was) == 1, was
        text = text.replace(was, now)
    path = folder / f"{name.replace('-', '_')}.py"
    path.write_text(text, encoding="utf-8")
    return path


def _same(one: str, other: str) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


@pytest.mark.parametrize("name", REPAIRED)
def test_examples_are_repaired(name: str, tmp_path: Path, runner: JobRunner) -> None:
    """Each wrong example becomes right by the one edit that was made in it, or by its equal."""
    path = _copied(name, tmp_path)
    before = path.read_bytes()
    (found,) = repair(subject(path, runner), _quiet, 30.0)
    was, now = REPAIRED[name]
    wanted = before.decode().replace(was, now)
    done = apply(found)
    assert _same(path.read_text(encoding="utf-8"), wanted)
    assert right_on_unseen(subject(path, runner))
    assert found["kind"] == "repair" and found["certain"] and found["file"] == str(path)
    assert f"{path.name}, line {found['line']} " in found["sentence"]
    assert len(found["problems"]) >= 3 and not found["same_sizes"]
    undo(done)
    assert path.read_bytes() == before


def test_small_steps_of_a_trainer_hide_no_repair(tmp_path: Path, runner: JobRunner) -> None:
    """What code that only updates its weights loses by rounding, the more the smaller its rate is, is no mistake."""
    path = _copied("trainer-rnn-wrong", tmp_path, ("net, 1.0", "net, 1e-5"), ("lr=1.0", "lr=1e-5"))
    (found,) = repair(subject(path, runner), _quiet, 30.0)
    assert found["edits"][0]["now"].strip() in ("g_hid +=", "+=", "+")


def test_the_question_is_answered(runner: JobRunner) -> None:
    """The words, the diff and the place of the one edit."""
    (found,) = repair(subject(EXAMPLES / "question-2014.py", runner), _quiet, 30.0)
    assert "line 54 reads dcdHin[t] where dcdHin[t + 1] is needed" in found["sentence"]
    assert "-        dcdHout[t] += np.dot(dcdHin[t], Whh.T)\n" in found["diff"]
    assert "+        dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)\n" in found["diff"]
    assert [(edit["line"], edit["was"], edit["now"]) for edit in found["edits"]] == [(54, "", " + 1")]
    assert found["others"] == []


TWO = (
    ("slope of tanh and a transpose", (("* slope[t]\n", "* Hout[t]\n"), ("np.dot(dcdOin, Who.T)", "np.dot(dcdOin, Who.T) * 2"))),
    ("two gradients", (("Hout.T, dcdOin", "Hout.T, cache['Oout']"), ("dcdHin.sum(axis=0)", "dcdHin.mean(axis=0)"))),
    ("the question's and another", (("dcdHin[t + 1], Whh.T", "dcdHin[t], Whh.T"), ("dcdOin.sum(axis=0)", "dcdOin.mean(axis=0)"))),
)  # fmt: skip


@pytest.mark.parametrize("changes", [changes for _, changes in TWO], ids=[what for what, _ in TWO])
def test_several_mistakes_at_once(changes: tuple[tuple[str, str], ...], tmp_path: Path, runner: JobRunner) -> None:
    """One edit after the other, each of which makes something right."""
    path = _copied("question-2014-fixed", tmp_path, *changes)
    (found,) = repair(subject(path, runner), _quiet, 60.0)
    apply(found)
    assert len(found["edits"]) >= 2
    assert right_on_unseen(subject(path, runner))


def test_one_gate_after_the_other(tmp_path: Path, runner: JobRunner) -> None:
    """Two mistakes in one packed matrix: each gate's columns are seen to become right by themselves."""
    path = _copied("pair-lstm", tmp_path, ("di * i * (1 - i)", "di * (1 - i)"), ("dg * (1 - g**2)", "dg * (1 - g)"))
    (found,) = repair(subject(path, runner), _quiet, 60.0)
    apply(found)
    assert right_on_unseen(subject(path, runner))


def test_mistakes_of_several_files(tmp_path: Path, runner: JobRunner) -> None:
    """The file that holds the mistake is named and changed, not the case that imports it."""
    text = (EXAMPLES / "question-2014.py").read_text(encoding="utf-8")
    (tmp_path / "network.py").write_text(text[: text.index("def run(problem)")], encoding="utf-8")
    declared = text[text.index("CASE = dict(") : text.index("def forward(")]
    run = text[text.index("def run(problem)") :]
    case = tmp_path / "my_case.py"
    case.write_text(f"from network import backward, cost, forward\n\n{declared}{run}", encoding="utf-8")
    (found,) = repair(subject(case, runner), _quiet, 30.0)
    assert found["file"] == str(tmp_path / "network.py")
    assert "network.py, line 54 reads dcdHin[t] where dcdHin[t + 1] is needed" in found["sentence"]


def test_blame_is_looked_at_first(tmp_path: Path, runner: JobRunner) -> None:
    """In a long file an edit of the blamed line is among the first that are tried."""
    long = "\n\n".join(f"def backward_{n}(a, b, c, d):\n    e = a * b - c @ d\n    return e + a * c" for n in range(60))
    path = _copied("question-2014", tmp_path, ("def backward(", f"{long}\n\n\ndef backward("))
    line = path.read_text(encoding="utf-8").splitlines().index("        dcdHout[t] += np.dot(dcdHin[t], Whh.T)") + 1
    said: list[str] = []
    blamed = {"kind": "blame", "file": str(path), "line": line}
    (found,) = repair(subject(path, runner, blamed), lambda text, fraction: said.append(text), 30.0)
    assert found["line"] == line
    first = next(number for number, text in enumerate(said) if text.startswith("Repair found"))
    tried = [int(text.split()[2]) for text in said[:first] if text.startswith("Trying repairs")]
    assert max(tried, default=0) < 200


def test_a_finding_is_told_as_soon_as_it_is_known(runner: JobRunner) -> None:
    """Before the search for others ends, whoever takes more than words is told."""
    told: list[tuple[str, Any]] = []

    def say(text: str, fraction: float | None, extra: Any = None) -> None:
        told.append((text, extra))

    (found,) = repair(subject(EXAMPLES / "question-2014.py", runner), say, 30.0)
    early = [extra["finding"] for _, extra in told if extra]
    assert [one["diff"] for one in early] == [found["diff"]]


def test_the_search_ends_when_it_is_told_to(runner: JobRunner) -> None:
    """An exception from `say` ends it."""

    def say(text: str, fraction: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repair(subject(EXAMPLES / "question-2014.py", runner), say, 30.0)


def test_a_right_program_is_not_repaired(runner: JobRunner) -> None:
    """Nothing is sought where everything is right."""
    assert repair(subject(EXAMPLES / "question-2014-fixed.py", runner), _quiet, 10.0) == ()


def test_code_that_draws_random_numbers_is_said(tmp_path: Path, runner: JobRunner) -> None:
    """Why nothing was sought stands in the notes."""
    path = _copied(
        "question-2014", tmp_path, ("np.tanh(Hin[t])", "np.tanh(Hin[t]) * np.random.default_rng().uniform()")
    )
    one = subject(path, runner)
    assert repair(one, _quiet, 10.0) == ()
    assert len(one.notes) == 1 and one.notes[0].startswith("repairs were not sought: ")


def test_what_cannot_be_repaired_is_not(tmp_path: Path, runner: JobRunner) -> None:
    """A backward pass that computes something else altogether has no repair, and none is made up."""
    path = _copied("question-2014-fixed", tmp_path, ("dcdHin = np.zeros_like(dcdHout)", "dcdHin = np.sin(dcdHout * 3)"),
                   ("dcdHin[t] = dcdHout[t] * slope[t]", "pass"), ("dcdHin[T - 1] = dcdHout[T - 1] * slope[T - 1]", "pass"))  # fmt: skip
    assert repair(subject(path, runner), _quiet, 4.0) == ()
