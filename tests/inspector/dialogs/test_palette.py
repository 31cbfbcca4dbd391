"""The command palette: what fits, in which order, and what keys do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenuBar
from shiboken6 import isValid

from inspector.dialogs import palette as palettes
from inspector.dialogs.fuzzy import rank
from inspector.dialogs.palette import ENTRY, Entry, entries_of, in_order, show_palette


@pytest.fixture(autouse=True)
def nothing_run_yet(monkeypatch):
    monkeypatch.setattr(palettes, "_recent", [])


def entry(text, enabled=True, run=lambda: None):
    return Entry(text, f"about {text}", "", run, enabled)


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    made.resize(1024, 640)
    qtbot.addWidget(made)
    made.show()
    return made


def shown(palette):
    return [palette.list.item(row).data(ENTRY).text for row in range(palette.list.count())]


@pytest.mark.parametrize("query, text", [
    ("", "Run"), ("nd", "Compare: Next difference"), ("RUN", "Compare: Run"), ("map red", "Colour map: red-blue"),
    ("red map", "Colour map: red-blue"), ("q2014", "Open example: question-2014"),
])
def test_rank_finds_letters_in_order(query, text):
    assert rank(query, text) is not None


@pytest.mark.parametrize("query, text", [("x", "Run"), ("nur", "Run"), ("runn", "Run"), ("run y", "Run"), ("a", "")])
def test_rank_refuses_what_is_not_there(query, text):
    assert rank(query, text) is None


@pytest.mark.parametrize("query, better, worse", [
    ("nd", "Next difference", "One hundred"), ("fit", "View: Fit", "File: Invite"), ("run", "Run", "Return"),
    ("run", "Run", "Run all problems"), ("em", "Export metric", "Theme"), ("map", "Colour map", "My own apple"),
])
def test_rank_prefers_word_starts_runs_and_short_texts(query, better, worse):
    assert rank(query, better) > rank(query, worse)


@given(st.text(max_size=12), st.text(max_size=30))
def test_rank_agrees_with_the_definition_of_a_subsequence(word, text):
    """Found exactly where each word's letters come in the text's order."""
    def inside(letters, rest):
        rest = iter(rest)
        return all(letter in rest for letter in letters)

    expected = all(inside(each, text.lower()) for each in word.lower().split())
    assert (rank(word, text) is not None) == expected


def test_best_comes_first_and_recent_ones_lead_an_empty_query():
    entries = [entry("One hundred"), entry("Next difference"), entry("Run")]
    assert [e.text for e in in_order("nd", entries)] == ["Next difference", "One hundred"]
    palettes.remember("Next difference")
    palettes.remember("Run")
    assert [e.text for e in in_order(" ", entries)] == ["Run", "Next difference", "One hundred"]


def test_enter_runs_the_chosen_one_after_closing(window, qtbot):
    seen = []
    made = [entry(name, run=lambda name=name: seen.append((name, palette.isVisible()))) for name in ("Fit", "Fill")]
    palette = show_palette(window, made)
    qtbot.keyClicks(palette.line, "fi")
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert seen == [("Fill", False)]
    assert palettes._recent == ["Fill"]
    qtbot.waitUntil(lambda: not isValid(palette))


def test_what_cannot_be_run_is_shown_says_so_and_is_not_run(window, qtbot):
    """Nor is another one in its place."""
    seen = []
    made = [entry("Next", False, lambda: seen.append("Next")), entry("Not next", run=lambda: seen.append("Not next"))]
    palette = show_palette(window, made)
    qtbot.keyClicks(palette.line, "next")
    assert shown(palette) == ["Next", "Not next"]
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton,
                     pos=palette.list.visualItemRect(palette.list.item(0)).center())
    assert seen == [] and palette.isVisible()
    assert "not available" in palette.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_keys_move_to_the_ends_and_no_further(window, qtbot):
    palette = show_palette(window, [entry(f"A{i}") for i in range(50)])
    for key, row in ((Qt.Key.Key_Up, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_PageUp, 0)):
        qtbot.keyClick(palette.line, key)
        assert palette.list.currentRow() == row
    qtbot.keyClick(palette.line, Qt.Key.Key_PageDown)
    assert 5 < palette.list.currentRow() < 49
    for _ in range(20):
        qtbot.keyClick(palette.line, Qt.Key.Key_PageDown)
    assert palette.list.currentRow() == 49
    assert palette.focusWidget() is palette.line


def test_escape_closes_and_runs_nothing(window, qtbot):
    seen = []
    palette = show_palette(window, [entry("Run", run=lambda: seen.append(1))])
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(palette))
    assert seen == []


def test_nothing_fits(window, qtbot):
    palette = show_palette(window, [entry("Run")])
    qtbot.keyClicks(palette.line, "zzz")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert shown(palette) == [] and palette.isVisible()


def test_a_click_runs(window, qtbot):
    seen = []
    palette = show_palette(window, [entry("Aa"), entry("Ab", run=lambda: seen.append("Ab"))])
    place = palette.list.visualItemRect(palette.list.item(1)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert seen == ["Ab"]


def test_it_stands_inside_the_window_and_its_lines_can_be_clicked(window):
    palette = show_palette(window, [entry("Run")])
    assert window.geometry().contains(palette.geometry())
    assert palette.list.visualItemRect(palette.list.item(0)).height() >= 24
    assert palette.line.height() >= 24
    assert not palette.isModal()
    assert all(each.accessibleName() for each in (palette, palette.line, palette.list))


def test_entries_come_from_all_menus_also_from_those_filled_late(window):
    bar, seen = QMenuBar(window), []
    file, view = bar.addMenu("&File"), bar.addMenu("&View")
    late = file.addMenu("Open e&xample")
    late.aboutToShow.connect(lambda: (late.clear(), late.addAction("a && b").triggered.connect(lambda: seen.append(1))))
    file.addSeparator()
    run = file.addAction("&Run...")
    run.setObjectName("run")
    run.setStatusTip("Run both")
    maps = view.addMenu("Colour &map")
    red = maps.addAction("red-blue")
    red.setCheckable(True)
    maps.aboutToShow.connect(lambda: red.setChecked(True))
    red.setEnabled(False)
    alone = QAction("&Palette", window)
    entries = entries_of(bar, {"run": run, "palette": alone})
    assert [e.text for e in entries] == ["File: Open example: a & b", "File: Run", "View: Colour map: red-blue",
                                         "Palette"]
    assert entries[1].hint == "Run both" and "F5" in entries[1].keys
    assert entries[2].hint == "chosen now" and not entries[2].enabled
    entries[0].run()
    assert seen == [1]
