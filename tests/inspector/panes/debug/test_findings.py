"""The list of what is wrong: what stands in it, where it leads, and what is said while nothing is known."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton, QToolButton

from inspector.assets import example_path
from inspector.debugger.records import Alert
from inspector.panes.debug import findings
from inspector.panes.debug.finding_detail import DIFF_SHADE
from inspector.panes.debug.finding_entries import SORTS
from inspector.panes.debug.finding_rows import SENTENCE, SIGN, WHAT, WHERE, T
from inspector.panes.debug.finding_words import diff_lines
from inspector.panes.debug.findings import FindingsPane
from inspector.panes.debug.shades import blend
from inspector.theme import THEMES, apply_theme, contrast_ratio
from rnn.recorder import record
from tests.inspector.causes import BLIND_SPOT, MENDED, WRONG, all_kinds, explain, repair, tell
from tests.inspector.causes import RIGHT as RIGHT_PART
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


# What a search has found


@pytest.fixture
def sought(stand, question_result, monkeypatch):
    """The question of 2014 whose cause is being looked for."""
    stand.state.choose_case("question-2014")
    stand.state.show_result(question_result)
    stand.state.look.select_quantity("dW_xh")
    stand.pane.diagnose()
    return stand


@pytest.fixture(scope="session")
def question_result(tmp_path_factory):
    """The result of the example of 2014, without the lines to blame."""
    from rnn import inspect_gradients, save_inspection

    path = tmp_path_factory.mktemp("result") / "question.bptt"
    save_inspection(inspect_gradients(case=example_path("question-2014"), blame=False), path)
    return str(path)


def told(stand, findings):
    """The pane when the search has ended."""
    stand.state._runs._engine.answer("", findings=findings)
    stand.application.processEvents()
    return stand.pane


def chosen(pane, kind):
    """The pane with a finding of a kind chosen."""
    pane.list.choose_row([entry.kind for entry in pane._rows.entries].index(kind))
    QApplication.processEvents()
    return pane.detail.toPlainText()


def test_the_search_is_followed_and_can_be_ended(sought):
    pane, engine = sought.pane, sought.state._runs._engine
    assert pane.search.isVisible() and pane.list.empty_text == findings.COMING
    assert not sought.button("Diagnose").isEnabled()
    tell(SimpleNamespace(engine=engine), [explain()], "Trying pairs", 0.5)
    assert pane.search.text.startswith("Trying pairs; best so far: dcdHin[t] is read")
    assert pane.search.findChild(QProgressBar).value() == 50
    assert cells(pane.list, WHAT) == ["Mistake"]
    QTest.mouseClick(sought.button("Cancel"), Qt.MouseButton.LeftButton)
    assert engine.cancelled == [1]
    assert not pane.search.isVisible() and cells(pane.list, WHAT) == ["Mistake"]


def test_every_kind_has_its_word_and_its_place(sought):
    pane = told(sought, all_kinds())
    assert cells(pane.list, WHAT) == [
        "Purity", "Forward", "Mistake", "Scale", "Repair", "Made here", "Right part", "Law", "Blind spot",
    ]  # fmt: skip
    assert cells(pane.list, WHERE)[:5] == ["model.py:40", "h", "question-2014.py:54", "dW_hh", "question-2014.py:54"]
    assert cells(pane.list, T)[2] == "3"
    assert pane._said.text().startswith("\u2717 1 side effect, 1 wrong forward pass, 1 mistake")


@pytest.mark.parametrize(("status", "word"), [("partly", "Partly"), ("unexplained", "Not explained")])
def test_what_is_not_fully_explained_is_not_called_a_mistake(sought, status, word):
    pane = told(sought, [explain(status=status)])
    assert (cells(pane.list, WHAT), cells(pane.list, SIGN)) == ([word], ["?"])


def test_a_mistake_in_full(sought):
    text = chosen(told(sought, [explain()]), "explain")
    for words in (
        "Mistake  question-2014.py:54, dh, t = 3", "Fix: read dcdHin[t + 1]", "right is da_(t+1) W_hh^T", "3.1e-16",
        "Holds on 1 problem: T = 6, B = 3, D = 4, H = 5, K = 2", "The same on a second problem of other sizes",
        "What would look the same:", "\u2022 the carry is computed and never fed to the next step",
    ):  # fmt: skip
        assert words in text
    assert text.count("nothing is carried back") == 1


def test_several_mistakes_are_listed(sought):
    two = [{"id": "A1", "sentence": "the carry is lost", "formula": "a = b", "line": 54}, {"sentence": "b_h counts t = 0 twice"}]
    pane = told(sought, [explain(sentence="two mistakes explain it", mistakes=two)])
    text = chosen(pane, "explain")
    assert "1. the carry is lost (line 54)\na = b\n2. b_h counts t = 0 twice" in text
    assert pane._said.text() == "\u2717 2 mistakes"


def test_a_repair_is_a_coloured_diff_of_which_there_may_be_several(sought):
    pane = told(sought, [repair()])
    text = chosen(pane, "repair")
    assert "From line 52 on:" in text and "@@" not in text and "+++" not in text
    lines = text.splitlines()
    removed = next(line for line in lines if line.startswith("- "))
    added = next(line for line in lines if line.startswith("+ "))
    assert (removed, added) == (f"-     dcdHout[t] += {WRONG}", f"+     dcdHout[t] += {MENDED}")
    block = pane.detail.document().findBlockByNumber(lines.index(added))
    assert block.begin().fragment().charFormat().foreground().color().name() == THEMES["light"].good
    assert block.blockFormat().background().color().name() != THEMES["light"].base
    assert shown_buttons(pane) == ["Show repaired run", "Write into file", "Copy diff"]
    assert not sought.button("Write into file").isEnabled()  # it is an example
    second = pane.buttons.findChildren(QToolButton)[1]
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert "t - (-1)" in pane.detail.toPlainText()
    assert pane.repair()[1] == 1
    QTest.mouseClick(sought.button("Copy diff"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == repair()["others"][0]["diff"]
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert pane.repair()[1] == 0


def shown_buttons(pane):
    """Texts of the buttons below the details, in their order."""
    buttons = [one for one in pane.buttons.findChildren(QPushButton) if one.isVisible()]
    return [one.text() for one in sorted(buttons, key=lambda one: (one.y(), one.x()))]


def test_a_blind_spot_offers_a_problem_that_shows_it(sought):
    pane = told(sought, [BLIND_SPOT])
    assert "Shown by a problem with h0 = random, steps = 7" in chosen(pane, "blind_spot")
    assert shown_buttons(pane) == ["Try a problem that shows them"]
    QTest.mouseClick(sought.button("Try"), Qt.MouseButton.LeftButton)
    assert sought.state._runs._engine.asked[-1][0] == "inspect"


def test_buttons_wrap_where_there_is_little_room(sought):
    pane = told(sought, [repair()])
    chosen(pane, "repair")
    pane.resize(560, 320)
    sought.application.processEvents()
    buttons = [one for one in pane.buttons.findChildren(QPushButton) if one.isVisible()]
    assert len({one.y() for one in buttons}) > 1
    assert all(0 <= one.x() and one.geometry().right() < pane.buttons.width() for one in buttons)
    assert not any(one.geometry().intersects(other.geometry()) for one in buttons for other in buttons if one is not other)


def test_a_click_on_what_has_no_line_selects_its_cell(sought):
    pane, pages = told(sought, [RIGHT_PART]), []
    pane.page_wanted.connect(pages.append)
    sought.wait(lambda: sought.pictures.is_current)
    click(pane.list, 0)
    assert pages == ["pictures"]
    assert (sought.state.selection.quantity, sought.state.selection.cell) == ("dW_xh", (4, 0))


def test_what_a_recording_and_a_search_both_tell_stands_there_once(judged, question_result):
    blame = dict(judged.debugger.overview.findings[0])
    judged.state.choose_case("question-2014")
    judged.state.show_result(question_result)
    judged.state.diagnosis.start()
    told(judged, [explain(), {**blame, "step": 0}])
    assert cells(judged.pane.list, WHAT)[:3] == ["Mistake", "Wrong line", "Fact"]
    assert cells(judged.pane.list, WHAT).count("Wrong line") == 1
    click(judged.pane.list, 1)
    assert judged.step == blame["step"]  # of this recording


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [([], findings.NOTHING_FOUND), ([BLIND_SPOT, BLIND_SPOT | {"sentence": "b_h is 0"}], "2 blind spots")],
)
def test_an_end_without_a_cause_is_said_in_words(sought, kinds, expected):
    pane = told(sought, kinds)
    assert (pane._said.text() or pane.list.empty_text) == expected


def test_before_a_search_it_says_how_to_begin_one(stand, question_result):
    stand.state.choose_case("question-2014")
    stand.state.show_result(question_result)
    assert stand.pane.list.empty_text == findings.NOT_SOUGHT
    assert [one.text() for one in stand.pane._head.values() if one.isVisible()] == ["Diagnose", "First wrong line"]
    stand.state.diagnosis.start()
    stand.state.diagnosis.stop()
    assert stand.pane.list.empty_text == findings.ENDED


def test_a_removed_line_that_looks_like_a_file_name_is_a_line():
    diff = "--- m.py\n+++ m.py\n@@ -1,2 +1,2 @@\n--- x\n+++ x\n y\n--- n.py\n+++ n.py\n@@ -7 +7 @@\n-a\n+b\n"
    found = [(text, how) for text, how in diff_lines(diff)]
    assert found[0] == ("In m.py:", "text")
    assert found[2:4] == [("- -- x", "removed"), ("+ ++ x", "added")]
    assert ("In n.py:", "text") in found and ("From line 7 on:", "faint") in found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ["good", "bad"])
def test_diffs_can_be_read(theme, role):
    colours = THEMES[theme]
    back = blend(getattr(colours, role), colours.base, DIFF_SHADE)
    assert contrast_ratio(getattr(colours, role), back) >= 4.5
