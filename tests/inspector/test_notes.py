"""Notes: written and read by key and by click, on elements and on lines; each change can be undone."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget

from inspector.notes import MOST_LETTERS, same_file
from inspector.records import CODE, PICTURES
from rnn.sessions import Note


def _type(desk: Any, text: str) -> None:
    dialog = desk.dialogs()[0]
    line = dialog.findChild(QLineEdit)
    line.clear()
    desk.qtbot.keyClicks(line, text)
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)


def _shown(desk: Any) -> list[str]:
    return [one.text() for one in desk.window.pane("cell").findChildren(QLabel) if one.isVisibleTo(desk.window) and one.text()]


def test_a_note_on_the_picked_entry_by_key(shown_desk: Any) -> None:
    desk = shown_desk
    desk.press("Ctrl+M")
    assert desk.dialogs() == []
    assert "Pick a cell first" in desk.state.remark
    desk.state.look.go_to("dW_hh", (1, 2))
    desk.settle()
    desk.press("Ctrl+M")
    assert desk.dialogs()[0].windowTitle() == "Note on dW_hh[1, 2]"
    _type(desk, "<b>too</b> large")
    desk.qtbot.waitUntil(lambda: desk.dialogs() == [])
    assert [(one.text, one.quantity, one.index) for one in desk.state.notes.all] == [("<b>too</b> large", "dW_hh", (1, 2))]
    assert "Note: <b>too</b> large" in _shown(desk)
    desk.state.pick(0, 0)
    assert not any(text.startswith("Note:") for text in _shown(desk))
    desk.state.undo()
    assert desk.state.notes.all == ()
    desk.state.redo()
    assert len(desk.state.notes.all) == 1


def test_a_note_is_changed_and_an_empty_one_takes_it_away(shown_desk: Any) -> None:
    desk = shown_desk
    desk.state.look.go_to("dW_hh", (1, 2))
    desk.state.notes.put(Note("cell", "one", "dW_hh", (1, 2)))
    desk.settle()
    desk.press("Ctrl+M")
    assert desk.dialogs()[0].findChild(QLineEdit).text() == "one"
    _type(desk, "two")
    assert [one.text for one in desk.state.notes.all] == ["two"]
    desk.qtbot.waitUntil(lambda: desk.dialogs() == [])
    desk.press("Ctrl+M")
    _type(desk, " ")
    assert desk.state.notes.all == ()


def test_a_note_on_a_line_stands_in_the_gutter(code_desk: Any) -> None:
    desk = code_desk
    source, gutter = desk.window.pane("source"), desk.window.pane("source").gutter
    before = gutter.width()
    source.editor.put_cursor(54)
    desk.window.show_page(CODE)
    desk.press("Ctrl+M")
    assert "line 54" in desk.dialogs()[0].windowTitle()
    _type(desk, "reads what is not there yet")
    note = desk.state.notes.all[0]
    assert (note.kind, note.line) == ("line", 54)
    assert note.code and note.code in desk.state.debugger.overview.sources[0].text
    assert "Note: reads what is not there yet" in gutter.words_of(54)
    assert "Note" not in gutter.words_of(53)
    assert gutter.width() > before
    desk.state.undo()
    assert gutter.width() == before


def test_the_list_goes_to_what_a_note_is_about(code_desk: Any) -> None:
    desk = code_desk
    source = desk.state.debugger.overview.sources[0]
    desk.state.notes.put(Note("cell", "here", "dW_hh", (1, 2)))
    desk.state.notes.put(Note("line", "there", file=source.path, line=40))
    desk.state.debugger.visits.notes[33] = "a moment"
    desk.state.debugger.visits_changed.emit()
    desk.press("Ctrl+Shift+M")
    table = desk.window.pane("notes").findChild(QTreeWidget)
    assert desk.pane_with_focus() == "notes"
    texts = [table.topLevelItem(row).text(0) for row in range(table.topLevelItemCount())]
    assert texts == ["dW_hh[1, 2]", f"{source.path.rpartition('/')[2]}:40", "step 33"]
    table.itemActivated.emit(table.topLevelItem(0), 0)
    assert (desk.window.page, desk.state.look.index()) == (PICTURES, (1, 2))
    table.itemActivated.emit(table.topLevelItem(1), 0)
    assert (desk.window.page, desk.window.pane("source").editor.cursor_line()) == (CODE, 40)
    table.itemActivated.emit(table.topLevelItem(2), 0)
    assert desk.state.debugger.here.step == 33


def test_delete_and_f2_in_the_list(shown_desk: Any) -> None:
    desk = shown_desk
    desk.state.notes.put(Note("cell", "one", "dW_hh", (1, 2)))
    desk.state.notes.put(Note("cell", "two", "dW_hh", (0, 0)))
    desk.press("Ctrl+Shift+M")
    desk.press("F2")
    _type(desk, "other")
    assert [one.text for one in desk.state.notes.all] == ["other", "two"]
    desk.window.pane("notes").setFocus()
    desk.press("Del")
    assert [one.text for one in desk.state.notes.all] == ["two"]
    desk.press("Ctrl+Z")
    assert [one.text for one in desk.state.notes.all] == ["other", "two"]


def test_notes_are_few_and_short_enough(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.notes.MOST_NOTES", 20)
    notes = desk.state.notes
    assert "at most 10,000 letters" in notes.put(Note("cell", "x" * (MOST_LETTERS + 1), "dW_hh", (0,)))
    for number in range(20):
        assert notes.put(Note("cell", "x", "dW_hh", (number,))) == ""
    assert "at most 20 notes" in notes.put(Note("cell", "x", "dW_hh", (20,)))
    assert notes.put(Note("cell", "y", "dW_hh", (0,))) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("/a/b.py", "/a/b.py", True), ("/none/b.py", "C:\\x\\b.py", True), ("/none/b.py", "/a/c.py", False)],
)
def test_the_same_file_elsewhere(one: str, other: str, same: bool) -> None:
    assert same_file(one, other) is same
