"""The list of what is wrong: what stands in it, where it leads, and what is said while nothing is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.debugger.records import Alert
from inspector.panes.debug import findings
from inspector.panes.debug.finding_entries import SORTS
from inspector.panes.debug.finding_rows import SENTENCE, SIGN, WHAT, WHERE, T
from inspector.panes.debug.findings import FindingsPane
from inspector.theme import THEMES, apply_theme
from rnn.recorder import record
from tests.inspector.panes.debug.pane_stand import cells, click, press, standing, summed


@pytest.fixture(scope="session")
def question_beside(question_recording, tmp_path_factory):
    """What JAX says about the recording of 2014, and the line to blame."""
    from inspector.engine.debugging import beside
    from inspector.engine.messages import Submit
    from rnn.jobs import JobRunner

    path = tmp_path_factory.mktemp("beside") / "question.beside"
    said = beside(
        Submit(1, "beside", extra={"recording": question_recording, "path": str(path)}), JobRunner(), lambda *_: None
    )
    assert said == (str(path), {})
    return str(path)


@pytest.fixture
def stand(qapp, tmp_path):
    with standing(qapp, tmp_path, FindingsPane) as made:
        yield made


@pytest.fixture
def judged(stand, question_recording, question_beside):
    """The question of 2014 with JAX's values."""
    stand.open(question_recording, step=0)
    stand.debugger.take_beside(question_beside)
    stand.wait(lambda: stand.debugger.overview.matches is not None)
    stand.settle()
    return stand


@pytest.fixture
def plain(stand, tmp_path):
    """A recording about which JAX was not asked, and its overview to be changed."""
    record(summed, 6, path=tmp_path / "plain.rec")
    stand.open(tmp_path / "plain.rec", step=0)
    return stand


def said_of(stand, **changes):
    """The pane after the overview has become another one."""
    stand.debugger.overview = replace(stand.debugger.overview, **changes)
    stand.debugger.opened_changed.emit()
    return stand.pane._said.text() or stand.pane.list.empty_text


BLAME = {
    "kind": "blame", "file": "plain.py", "line": 22, "text": "total[1, 2] += t", "t": 2, "function": "summed", "step": 5,
    "sentence": "what it gives is not dW: it is off by up to 0.25", "inputs": [["a", "da"], ["b", ""]], "output": "dW",
    "error": 0.25, "certain": True, "quantities": ["dW_hh", "db_h"], "reads": "", "needed": "", "found": "", "problem": "",
}  # fmt: skip


def test_the_wrong_line_comes_first_then_facts_then_alerts(judged):
    view = judged.pane.list
    assert cells(view, WHAT)[:3] == ["Wrong line", "Fact", "Diverges"]
    assert (cells(view, SIGN)[0], cells(view, WHERE)[0], cells(view, T)[0]) == ("\u2717", "question-2014.py:54", "3")
    assert not cells(view, SENTENCE)[1].startswith("question-2014.py")
    assert judged.pane._said.text() == "\u2717 1 wrong line, 1 fact"


def test_a_click_goes_and_the_arrow_keys_only_choose(judged):
    view, blame = judged.pane.list, judged.debugger.overview.findings[0]
    click(view, 0)
    assert judged.step == blame["step"]
    alert = judged.debugger.overview.alerts[-1]
    for _ in range(view.model().rowCount()):
        press(view, Qt.Key.Key_Down)
    assert judged.step == blame["step"]
    press(view, Qt.Key.Key_Return)
    assert judged.step == alert.step != blame["step"]


def test_the_chosen_line_is_told_in_full(judged):
    text = judged.pane.detail.toPlainText().splitlines()
    assert "dcdHout[t] += np.dot(dcdHin[t], Whh.T)" in text
    assert "\u2713 Whh is W_hh" in text
    assert any(line.startswith("\u2717 dcdHin[t] is 0; da at t = 4 is needed") for line in text)
    assert "Makes wrong: dW_xh, dW_hh, db_h, dh, da" in text


def test_the_row_of_the_present_step_is_marked(judged):
    model = judged.pane.list.model()
    back = [model.index(0, SENTENCE).data(Qt.ItemDataRole.BackgroundRole)]
    judged.debugger.go_to(judged.debugger.overview.findings[0]["step"])
    back.append(model.index(0, SENTENCE).data(Qt.ItemDataRole.BackgroundRole))
    assert back[0] is None
    assert back[1] is not None
    assert "you are here" in model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_choice_survives_another_overview(judged):
    view = judged.pane.list
    for _ in range(3):
        press(view, Qt.Key.Key_Down)
    chosen = judged.pane.chosen.key
    said_of(judged, alerts=(Alert("remark", "first of all"), *judged.debugger.overview.alerts))
    assert judged.pane.chosen.key == chosen
    assert view.row == 4


def test_without_a_result_and_a_recording_it_says_what_to_do(stand):
    assert stand.pane.list.empty_text == findings.NO_RESULT
    assert not stand.button("Ask JAX").isEnabled()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, findings.NOT_ASKED),
        ({"growing": True}, findings.GROWING),
        ({"note": "it has no reference"}, "it has no reference"),
        ({"matches": ()}, f"\u2713 {findings.RIGHT}"),
        ({"matches": (), "note": "too large"}, "too large"),
        ({"matches": (), "findings": (BLAME, {**BLAME, "line": 24})}, "\u2717 2 wrong lines"),
        ({"matches": (), "wrong_steps": [4], "note": "too large"},
         "\u2717 Something wrong is written, but no line could be named: too large"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("alerts", [(), (Alert("remark", "something"),)])
def test_the_state_is_said_in_words(plain, changes, expected, alerts):
    assert said_of(plain, alerts=alerts, **changes) == expected


def test_while_jax_is_asked_that_is_said(plain):
    plain.state.requests.compare()
    assert plain.pane._said.text() == findings.ASKING
    assert not plain.button("Ask JAX").isEnabled()


def test_inputs_output_and_doubt(plain):
    said_of(plain, matches=(), alerts=(), findings=({**BLAME, "certain": False, "problem": "a small problem (T = 7)"},))
    text = plain.pane.detail.toPlainText()
    assert cells(plain.pane.list, WHAT) == ["Doubtful line"]
    for words in (
        "\u2713 a is da", "\u2717 b is no right value", "\u2717 what it gives is not dW, off by up to 0.25",
        "Makes wrong: dW_hh, db_h", "what it reads may be wrong already", "Found on a small problem (T = 7), at t = 2 there",
    ):  # fmt: skip
        assert words in text


def test_text_that_looks_like_a_tag_is_shown_as_it_is(plain):
    said_of(plain, matches=(), findings=({**BLAME, "text": "x = a <b> c"},))
    assert "x = a <b> c" in plain.pane.detail.toPlainText()


def test_what_has_no_step_is_no_jump(plain):
    said_of(plain, findings=(), alerts=(Alert("remark", "something"),))
    click(plain.pane.list, 0)
    assert plain.step == 0
    assert "no step" in plain.state.remark


def test_buttons_ask(plain, monkeypatch):
    asked = []
    for owner, name in (
        (plain.state.requests, "go_to_first_wrong_line"), (plain.state.requests, "compare"),
        (plain.debugger.questions, "go_upstream"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, lambda name=name: asked.append(name))
    for start in ("First", "Upstream", "Ask"):
        QTest.mouseClick(plain.button(start), Qt.MouseButton.LeftButton)
    assert asked == ["go_to_first_wrong_line", "go_upstream", "compare"]


def test_colours_follow_the_theme(judged, qapp):
    model = judged.pane.list.model()
    apply_theme(qapp, "dark")
    judged.state.view_changed.emit()
    colour = model.index(0, WHAT).data(Qt.ItemDataRole.ForegroundRole).name()
    written = judged.pane.detail.document().firstBlock().begin().fragment().charFormat().foreground().color().name()
    apply_theme(qapp, "light")
    assert (colour, written) == (THEMES["dark"].bad, THEMES["dark"].bad)


def test_every_sort_has_a_sign_and_a_word():
    assert all(sort.sign and sort.word and hasattr(THEMES["light"], sort.role) for sort in SORTS.values())
