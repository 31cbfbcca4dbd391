"""The settings dialog, and what it needs of the memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMainWindow, QPushButton
from shiboken6 import isValid

from inspector.dialogs import settings as settings_dialog
from inspector.dialogs import show_settings
from inspector.pictures import Pictures
from inspector.settings import Memory
from inspector.state import State

sys.path.insert(0, str(Path(__file__).parents[1]))
from doubles import FakeEngine


@pytest.fixture
def memory(settings_file):
    return Memory(settings_file)


@pytest.fixture
def state(memory, qapp):
    pictures = Pictures()
    yield State(FakeEngine(), pictures, memory)
    pictures.close()


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(window, state, memory):
    return show_settings(window, state, memory)


def box(dialog, name):
    return next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == name)


def button(dialog, start):
    return next(each for each in dialog.findChildren(QPushButton) if each.text().startswith(start))


def press(qtbot, dialog, start):
    qtbot.mouseClick(button(dialog, start), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name, field, value", [
    ("Theme", "theme", "dark"), ("Colour map", "colour_map", "orange-purple"), ("Scale", "scale", "linear"),
    ("Metric", "metric", "ulp"),
])
def test_a_choice_takes_effect_at_once(dialog, state, memory, qtbot, name, field, value):
    chosen = box(dialog, name)
    while chosen.currentData() != value:
        before = chosen.currentIndex()
        qtbot.keyClick(chosen, Qt.Key.Key_Down)
        if chosen.currentIndex() == before:
            qtbot.keyClick(chosen, Qt.Key.Key_Home)
    assert getattr(state.view, field) == value
    assert getattr(memory.view(), field) == value


def line(dialog, name):
    return next(each for each in dialog.findChildren(QLineEdit) if each.accessibleName().startswith(name))


def test_limits_of_the_users_code_are_taken_and_remembered(dialog, state, settings_file, qtbot):
    assert (line(dialog, "Time").text(), line(dialog, "Memory").text()) == ("60", "8")
    for name, text in (("Time", "2.5"), ("Memory", "16")):
        line(dialog, name).setText(text)
        qtbot.keyClick(line(dialog, name), Qt.Key.Key_Return)
    assert state.own.limits == Memory(settings_file).limits() == (2.5, 16.0)
    state.run()
    assert state.own._runs._engine.asked[-1][3]["job_limits"] == {"seconds": 2.5, "gib": 16.0}


@pytest.mark.parametrize(("name", "text", "said"), [
    ("Time", "0", "The time limit is 0 s; expected a number from 0.1"),
    ("Time", "long", "The time limit 'long' is no number; type one like 120."),
    ("Memory", "0.1", "The memory limit is 0.1 GiB; expected a number from 1"),
    ("Memory", "nan", "The memory limit is nan GiB"),
])
def test_a_limit_that_makes_no_sense_is_said_and_changes_nothing(dialog, state, qtbot, name, text, said):
    line(dialog, name).setText(text)
    qtbot.keyClick(line(dialog, name), Qt.Key.Key_Return)
    assert any(each.isVisible() and each.text().startswith(said) for each in dialog.findChildren(QLabel))
    assert state.own.limits == (60.0, 8.0)


def test_it_follows_what_is_chosen_elsewhere(dialog, state):
    state.set_view(theme="light", scale="linear")
    assert box(dialog, "Theme").currentData() == "light"
    assert box(dialog, "Scale").currentData() == "linear"


def test_forgetting_says_how_much_there_is(window, state, memory, qtbot):
    memory.remember_file("a.py")
    memory.trust("1")
    memory.trust("2")
    heard = []
    state.recent_changed.connect(lambda: heard.append(1))
    dialog = show_settings(window, state, memory)
    assert button(dialog, "Forget 1 recent file").text() == "Forget 1 recent file"
    press(qtbot, dialog, "Forget 2 trusted files")
    press(qtbot, dialog, "Forget 1 recent")
    assert heard and memory.recent() == () and memory.trusted_count() == 0 and not memory.trusts("1")
    assert not button(dialog, "Forget 0 recent files").isEnabled()


def test_reset_can_be_undone(window, state, memory, qtbot):
    state.set_view(theme="dark", scale="linear")
    memory.remember_file("a.py")
    memory.set_tour_seen(True)
    dialog = show_settings(window, state, memory)
    assert not button(dialog, "Undo").isVisible()
    press(qtbot, dialog, "Reset")
    assert (state.view.theme, state.view.scale, memory.recent(), memory.tour_seen()) == ("system", "asinh", (), False)
    press(qtbot, dialog, "Undo")
    assert (state.view.theme, state.view.scale, memory.tour_seen()) == ("dark", "linear", True)
    assert [Path(path).name for path in memory.recent()] == ["a.py"]
    assert not button(dialog, "Undo").isVisible()


def test_undo_goes_away_by_itself(window, state, memory, qtbot, monkeypatch):
    monkeypatch.setattr(settings_dialog, "UNDO_MS", 1)
    state.set_view(theme="dark")
    dialog = show_settings(window, state, memory)
    press(qtbot, dialog, "Reset")
    qtbot.waitUntil(lambda: not button(dialog, "Undo").isVisible())
    assert state.view.theme == "system"


def test_the_tour_can_be_asked_for(window, state, memory, qtbot):
    memory.set_tour_seen(True)
    asked = []
    dialog = show_settings(window, state, memory, lambda *_: asked.append(memory.tour_seen()))
    press(qtbot, dialog, "Show the tour")
    assert asked == [False]
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_every_control_is_named_big_enough_and_nothing_blocks(dialog, qtbot):
    controls = [*dialog.findChildren(QComboBox), *dialog.findChildren(QPushButton)]
    assert all(each.height() >= 24 for each in controls if each.isVisible())
    assert all(each.accessibleName() or each.text() for each in controls)
    assert not dialog.isModal()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_a_closed_dialog_hears_nothing(dialog, state, qtbot):
    dialog.close()
    qtbot.waitUntil(lambda: not isValid(dialog))
    state.set_view(theme="dark")
    assert state.view.theme == "dark"


def test_a_snapshot_brings_back_everything_also_from_the_file(memory, settings_file):
    memory.remember_file("a, b; c.py")
    memory.set_layout(QByteArray(b"\x00g"), QByteArray(b"s"))
    memory.trust("1")
    taken = memory.snapshot()
    memory.restore({})
    assert memory.snapshot() == {} and memory.layout() is None
    memory.restore(taken)
    assert memory.snapshot() == taken
    assert memory.layout() == (QByteArray(b"\x00g"), QByteArray(b"s"))
    again = Memory(settings_file)
    assert again.trusts("1") and Path(again.recent()[0]).name == "a, b; c.py"


def test_trusting_twice_counts_once(memory):
    memory.trust("1")
    memory.trust("1")
    assert memory.trusted_count() == 1
    memory.forget_trusted()
    assert memory.trusted_count() == 0


def test_the_tour_is_not_seen_at_first(memory):
    assert memory.tour_seen() is False
    memory.set_tour_seen(True)
    assert memory.tour_seen() is True
