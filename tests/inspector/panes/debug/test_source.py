"""The source view: what is shown of a real recording, and what clicks and keys on it do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QToolTip

from inspector.debugger.records import Inline
from inspector.panes.debug.source import SourcePane
from inspector.panes.debug.source_inks import inks_of
from inspector.theme import apply_theme, current
from rnn.recorder import record
from tests.inspector.panes.debug.conftest import Stage


def mixed():
    hs = {}
    h = np.ones((3, 4))
    for t in range(6):
        if t % 2:
            h = np.tanh(
                h,
            )
        else:
            h = h * 2
        hs[t] = h
    # nothing stands here
    return h


def raising():
    h = np.ones(3)
    return h @ np.ones(4)


TEXT = Path(__file__).read_text(encoding="utf-8").split("\n")


def line_of(text: str, after: str = "def mixed") -> int:
    """Number of the first line that holds a text, from a line on."""
    start = next(number for number, line in enumerate(TEXT) if line.startswith(after))
    return next(number for number in range(start, len(TEXT)) if text in TEXT[number]) + 1


class Hands:
    """A pane and hands on it."""

    def __init__(self, stage: Stage, pane: SourcePane) -> None:
        self.stage, self.pane, self.editor, self.gutter = stage, pane, pane.editor, pane.gutter
        self.debugger, self.bench = stage.debugger, stage.bench

    def go(self, text: str, which: int = 0) -> None:
        """Go to a step by its statement."""
        self.debugger.go_to(self.stage.steps(text)[which])
        self.settle()

    def settle(self) -> None:
        """Wait until all is drawn."""
        self.bench.settle()
        self.bench.application.processEvents()

    def see(self, line: int) -> Any:
        """A line, brought into sight."""
        self.editor.places.reveal(line)
        return next(one for one in self.editor.places.seen() if one.line == line)

    def point(self, line: int, text: str) -> QPoint:
        """Where a text stands in a line."""
        seen = self.see(line)
        layout = seen.block.layout().lineAt(0)
        x = layout.cursorToX(seen.block.text().index(text))
        left = (x[0] if isinstance(x, tuple) else x) + self.editor.contentOffset().x()
        return QPoint(round(left) + 4, seen.top + seen.height // 2)

    def click_gutter(self, line: int) -> None:
        """Click the place of a breakpoint."""
        QTest.mouseClick(self.gutter, Qt.MouseButton.LeftButton, pos=self.beside(line))

    def beside(self, line: int) -> QPoint:
        """A point in the gutter."""
        seen = self.see(line)
        return QPoint(8, seen.top + seen.height // 2)

    def colour(self, line: int) -> str:
        """Background of a line, at its far end."""
        seen = self.see(line)
        self.bench.application.processEvents()
        image = self.editor.viewport().grab().toImage()
        scale = image.devicePixelRatio()
        point = round((image.width() / scale - 3) * scale), round((seen.top + seen.height / 2) * scale)
        return str(image.pixelColor(*point).name())

    def stops(self) -> list[tuple[str, bool]]:
        """The breakpoints."""
        return [(one.text, one.enabled) for one in self.debugger.stops.breakpoints]

    def dialog_line(self) -> tuple[QDialog, QLineEdit]:
        """The dialog that is open, and its line."""
        dialog = next(one for one in self.pane.findChildren(QDialog) if one.isVisible())
        line = dialog.findChild(QLineEdit)
        assert isinstance(line, QLineEdit)
        return dialog, line

    def said(self) -> str:
        """The passing sentence."""
        return self.bench.notices.remark


@pytest.fixture
def hands(stage: Stage) -> Iterator[Hands]:
    """The pane with a recording of `mixed`."""
    made = Hands(stage, stage.show(SourcePane, 900, 420))
    stage.record(mixed)
    made.settle()
    made.editor.window().activateWindow()
    made.editor.setFocus()
    made.bench.wait(made.editor.hasFocus)
    yield made
    QToolTip.hideText()


def test_empty_says_what_to_do(stage: Stage) -> None:
    pane = stage.show(SourcePane, 600, 300)
    assert pane._empty.isVisible() and "Record" in pane._empty.text()
    stage.record(mixed)
    assert pane.editor.isVisible() and not pane._empty.isVisible()
    stage.debugger.close_recording()
    assert pane._empty.isVisible() and pane.editor.toPlainText() == ""


def test_the_recorded_text_is_shown_line_for_line(hands: Hands) -> None:
    assert hands.editor.toPlainText().split("\n") == TEXT
    hands.go("hs[t] = h", 2)
    assert hands.pane.header.place.text().startswith("mixed() · t = 2 · iteration 2 · step ")
    assert hands.editor.look.stand.line == line_of("hs[t] = h")
    assert hands.editor.look.stand.upcoming == line_of("for t in")


def test_the_line_the_user_stands_on_is_seen_with_lines_around_it(hands: Hands) -> None:
    hands.editor.verticalScrollBar().setValue(0)
    hands.go("hs[t] = h", 3)
    seen = [one.line for one in hands.editor.places.seen()]
    assert seen[0] + 3 <= hands.editor.look.stand.line <= seen[-1] - 3
    before = hands.editor.verticalScrollBar().value()
    hands.go("h = h * 2", 1)
    assert hands.editor.verticalScrollBar().value() == before


def test_bands_of_here_and_of_wrong_lines(hands: Hands) -> None:
    hands.go("hs[t] = h", 1)
    inks, wrong, right = inks_of(current()), line_of("h = h * 2"), line_of("h = np.ones")
    assert hands.colour(line_of("hs[t] = h")) == inks.here.name()
    assert hands.colour(wrong) == current().base
    overview = hands.debugger.overview
    hands.debugger.overview = replace(overview, line_worst={(0, wrong): 1.0, (0, right): 0.0})
    hands.debugger.opened_changed.emit()
    assert hands.colour(wrong) == inks.shade(1.0).name()
    assert hands.colour(right) == current().base
    assert "✗ wrong at worst by a relative 1.0e0" in hands.gutter.words_of(wrong)
    assert "✓" in hands.gutter.words_of(right)


def test_all_lines_of_a_statement_are_shaded_and_its_values_stand_behind_the_last(hands: Hands) -> None:
    hands.go("h = np.tanh", 1)
    first = line_of("h = np.tanh")
    assert hands.colour(first) == hands.colour(first + 2) == inks_of(current()).here.name()
    assert {line for line in hands.editor.look.behind if first <= line <= first + 2} == {first + 2}


def test_lines_that_the_iteration_leaves_out_are_grey(hands: Hands) -> None:
    even, odd = line_of("h = h * 2"), line_of("h = np.tanh")
    hands.go("hs[t] = h", 2)
    assert even not in hands.editor.look.grey and {odd, odd + 1, odd + 2} <= hands.editor.look.grey
    assert len(hands.editor.extraSelections()) == 1
    assert "Not executed in this iteration" in hands.gutter.words_of(odd)
    hands.go("hs[t] = h", 3)
    assert even in hands.editor.look.grey and odd not in hands.editor.look.grey
    hands.go("return h")
    assert even not in hands.editor.look.grey, "outside of loops it is only what never ran"


def test_values_are_painted_and_no_part_of_the_text(hands: Hands) -> None:
    hands.go("hs[t] = h", 2)
    line = line_of("h = h * 2")
    assert [one.name for one in hands.editor.look.behind[line]] == ["h"]
    image = hands.editor.viewport().grab().toImage()
    moment = hands.debugger.moment
    thing = Inline("h", "(3x4) norm 1", 0.5, True)
    hands.debugger.moment = replace(moment, inline={line: (thing,)})
    hands.debugger.moment_changed.emit()
    hands.bench.application.processEvents()
    after = hands.editor.viewport().grab().toImage()
    seen = hands.see(line)
    bad = current().bad
    row = range(seen.top, seen.top + seen.height)
    assert image != after
    assert any(after.pixelColor(x, y).name() == bad for y in row for x in range(150, after.width()))
    assert not any(image.pixelColor(x, y).name() == bad for y in row for x in range(150, image.width()))
    assert hands.editor.toPlainText().split("\n") == TEXT


def test_a_click_in_the_gutter_makes_and_takes_a_breakpoint(hands: Hands) -> None:
    line = line_of("h = np.tanh")
    hands.click_gutter(line + 1)
    assert hands.stops() == [(f"line {line}", True)], "of the statement's first line"
    assert hands.gutter.breakpoint_at(line) is not None
    hands.click_gutter(line)
    assert hands.stops() == []
    assert hands.gutter.breakpoint_at(line) is None


def test_nothing_stops_where_no_statement_stands(hands: Hands) -> None:
    hands.click_gutter(line_of("# nothing"))
    assert hands.stops() == [] and "No statement stands in line" in hands.said()


def test_a_click_does_not_lose_a_condition(hands: Hands) -> None:
    line = line_of("hs[t] = h")
    hands.debugger.stops.add(f"line {line} if t == 3")
    hands.click_gutter(line)
    assert hands.stops() == [(f"line {line} if t == 3", False)]
    hands.click_gutter(line)
    assert hands.stops() == [(f"line {line} if t == 3", True)]


def test_a_double_click_in_the_gutter_runs_there_and_leaves_no_breakpoint(hands: Hands) -> None:
    hands.debugger.walk("end", -1)
    hands.settle()
    place = hands.beside(line_of("hs[t] = h"))
    QTest.mouseClick(hands.gutter, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(hands.gutter, Qt.MouseButton.LeftButton, pos=place)
    hands.settle()
    assert hands.debugger.here.line == line_of("hs[t] = h") and hands.stops() == []


def test_the_menu_of_a_line_switches_edits_and_removes(hands: Hands) -> None:
    line = line_of("hs[t] = h")
    hands.click_gutter(line)

    def choose(text: str) -> None:
        hands.gutter.menu_asked.emit(line, QPoint(10, 10))
        menu = next(one for one in hands.pane.findChildren(QMenu) if one.isVisible())
        next(one for one in menu.actions() if one.text().startswith(text)).trigger()
        menu.close()

    choose("Disable")
    assert hands.stops() == [(f"line {line}", False)]
    choose("Enable")
    choose("Edit condition")
    dialog, field = hands.dialog_line()
    field.setText("t == 5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert hands.stops() == [(f"line {line} if t == 5", True)]
    choose("Run to here")
    hands.settle()
    assert hands.debugger.here.line == line
    choose("Remove")
    assert hands.stops() == []


def test_a_condition_that_makes_no_sense_is_said_in_the_dialog(hands: Hands) -> None:
    line = line_of("hs[t] = h")
    hands.pane.go_to_line(str(line))
    hands.pane.edit_condition()
    dialog, field = hands.dialog_line()
    assert field.text() == f"line {line} if "
    field.setText(f"line {line} if t ==")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible() and hands.stops() == []
    field.setText(f"line {line} if t == 3 hits %2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hands.stops() == [(f"line {line} if t == 3 hits %2", True)]


def test_the_cursor_is_the_clicked_lines_statement(hands: Hands) -> None:
    line = line_of("h = np.tanh")
    QTest.mouseClick(hands.editor.viewport(), Qt.MouseButton.LeftButton, pos=hands.point(line + 1, "h,"))
    assert hands.debugger.cursor == (0, line)
    QTest.keyClick(hands.editor, Qt.Key.Key_Down)
    QTest.keyClick(hands.editor, Qt.Key.Key_Down)
    assert hands.editor.cursor_line() == line + 3
    hands.pane.toggle_breakpoint()
    assert hands.stops() == [], "else: is no statement"


def test_the_cursor_goes_along_unless_something_is_selected(hands: Hands) -> None:
    hands.go("hs[t] = h", 1)
    assert hands.debugger.cursor == (0, line_of("hs[t] = h"))
    hands.editor.select(0, 3)
    hands.go("hs[t] = h", 2)
    assert hands.editor.textCursor().selectedText() == TEXT[0][:3]


def test_a_cursor_set_elsewhere_is_brought_into_sight(hands: Hands) -> None:
    hands.debugger.set_cursor((0, 2))
    assert hands.editor.cursor_line() == 2
    assert 2 in [one.line for one in hands.editor.places.seen()]


def test_keys_of_actions_are_not_swallowed(hands: Hands) -> None:
    pressed: list[str] = []
    for keys in ("Left", "Right", "PgDown", "PgUp", "Home", "End", "D", "Shift+Left", "F9", "C", "Ctrl+C", "Return"):
        shortcut = QShortcut(QKeySequence(keys), hands.pane, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda keys=keys: pressed.append(keys))
    for keys in ("Left", "PgDown", "Home", "D", "Shift+Left", "F9", "Ctrl+C"):
        combination = QKeySequence(keys)[0]
        QTest.keyClick(hands.editor, combination.key(), combination.keyboardModifiers())
    assert pressed == ["Left", "PgDown", "Home", "D", "Shift+Left", "F9", "Ctrl+C"]
    hands.pane.show_find()
    line = hands.pane.finder.bar.line
    hands.bench.wait(line.hasFocus)
    pressed.clear()
    line.clear()
    QTest.keyClicks(line, "DC")
    QTest.keyClick(line, Qt.Key.Key_Left)
    QTest.keyClicks(line, "x")
    QTest.keyClick(line, Qt.Key.Key_Home)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_PageUp)
    assert (pressed, line.text(), line.cursorPosition()) == ([], "DxC", 0)


def test_esc_closes_the_find_bar_before_it_cancels_anything(hands: Hands) -> None:
    pressed: list[int] = []
    shortcut = QShortcut(QKeySequence("Esc"), hands.editor.window())
    shortcut.activated.connect(lambda: pressed.append(1))
    bar = hands.pane.finder.bar
    for has_focus in (bar.line, hands.editor):
        hands.pane.show_find()
        has_focus.setFocus()
        hands.bench.wait(has_focus.hasFocus)
        QTest.keyClick(has_focus, Qt.Key.Key_Escape)
        assert not bar.isVisible() and pressed == []
    QTest.keyClick(hands.editor, Qt.Key.Key_Escape)
    assert pressed == [1]


def test_the_margin_is_kept_at_both_edges(hands: Hands) -> None:
    bar, places = hands.editor.verticalScrollBar(), hands.editor.places
    for start, line, wanted in (
        (40, 42, 38),
        (40, 40 + places.page(), 43),
        (40, 45, 40),
        (40, 200, 199 - places.page() // 3),
    ):
        bar.setValue(start)
        places.reveal(line)
        assert bar.value() == wanted, line


def test_the_find_bar_counts_goes_round_and_closes(hands: Hands) -> None:
    hands.go("return h")
    hands.pane.show_find()
    bar, line = hands.pane.finder.bar, hands.pane.finder.bar.line
    hands.bench.wait(line.hasFocus)
    wanted = "np." + "tanh"
    places = [n + 1 for n, text in enumerate(TEXT) for _ in range(text.count(wanted))]
    QTest.keyClicks(line, wanted)
    first = next((n for n, place in enumerate(places) if place > hands.debugger.here.line), 0)
    assert bar._count.text() == f"{first + 1} of {len(places)}"
    seen = []
    for _ in places:
        seen.append(hands.editor.cursor_line())
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert sorted(seen) == places and hands.editor.cursor_line() == seen[0]
    QTest.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert hands.editor.cursor_line() == seen[-1]
    line.setText(wanted.upper())
    assert bar._count.text().endswith(f"of {len(places)}")
    bar._case.click()
    assert bar._count.text() == "nothing found"
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    hands.bench.wait(hands.editor.hasFocus)


def test_a_double_click_selects_the_array_of_a_name(hands: Hands) -> None:
    hands.go("hs[t] = h", 3)
    line, viewport = line_of("hs[t] = h"), hands.editor.viewport()
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=hands.point(line_of("h = h * 2"), "h ="))
    assert hands.debugger.path == "h"
    ctrl = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, ctrl, pos=hands.point(line, "hs"))
    assert hands.debugger.path == "hs[3]"
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, ctrl, pos=hands.point(line_of("for t in"), "range"))
    assert hands.debugger.path == "hs[3]" and "range is no array" in hands.said()


def test_the_mouse_at_rest_is_told_what_a_name_holds(hands: Hands) -> None:
    hands.go("hs[t] = h", 3)
    viewport, line = hands.editor.viewport(), line_of("h = h * 2")
    QTest.mouseMove(viewport, hands.point(line, "h *"))
    hands.bench.wait(QToolTip.isVisible)
    assert "h: (3x4) float64, norm" in QToolTip.text()
    assert hands.pane._under.words(hands.point(line_of("for t in"), "t in")) == "t = 3"
    behind = hands.point(line_of("hs[t] = h"), "hs") + QPoint(400, 0)
    assert hands.pane._under.words(behind).startswith("hs[3]")


def test_the_gutter_tells_how_often_a_line_ran(hands: Hands) -> None:
    line = line_of("hs[t] = h")
    assert hands.editor.look.facts.hits[line] == 6
    place = hands.beside(line)
    event = QHelpEvent(QEvent.Type.ToolTip, place, hands.gutter.mapToGlobal(place))
    QApplication.sendEvent(hands.gutter, event)
    assert "executed 6 times" in QToolTip.text()


def test_letters_grow_and_their_size_is_remembered(hands: Hands, stage: Stage) -> None:
    own = hands.editor.font().pointSizeF()
    hands.pane.zoom_in()
    turn = QWheelEvent(
        QPoint(50, 50), hands.editor.mapToGlobal(QPoint(50, 50)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(hands.editor.viewport(), turn)
    assert hands.editor.font().pointSizeF() == own + 2
    assert hands.debugger.memory.source_zoom() == 2
    other = stage.show(SourcePane, 300, 200)
    assert other.editor.font().pointSizeF() == own + 2
    hands.pane.zoom_reset()
    assert hands.editor.font().pointSizeF() == own
    for _ in range(60):
        hands.pane.zoom_out()
    assert hands.editor.font().pointSizeF() == 6.0


def test_going_to_a_line_says_what_is_wrong(hands: Hands) -> None:
    assert hands.pane.go_to_line("12") == "" and hands.editor.cursor_line() == 12
    for text in ("0", "99999", "x", "", "²"):
        assert "type a number from 1 to" in hands.pane.go_to_line(text)
    assert hands.editor.cursor_line() == 12


def test_what_is_selected_is_copied(hands: Hands) -> None:
    hands.editor.select(4, 10)
    hands.pane.copy()
    assert QGuiApplication.clipboard().text() == "\n".join(TEXT)[4:14]


def test_what_was_raised_stands_at_its_line(stage: Stage) -> None:
    pane = stage.show(SourcePane, 900, 420)
    record(raising, path=stage._folder / "raising.rec")
    stage.bench.open(stage._folder / "raising.rec")
    assert pane.editor.look.stand.line == line_of("return h @", "def raising")
    assert pane.editor.look.stand.raised.startswith("ValueError: ")
    assert "raised" in pane.header.place.text() and "The code raised ValueError." in pane.header._notes.text()


def test_without_source_the_known_lines_are_shown_and_stepped_through(stage: Stage) -> None:
    names: dict[str, Any] = {}
    exec(
        compile("\n\ndef made(n):\n  a = 0\n  for i in range(n):\n    a += i\n  return a\n", "<string>", "exec"), names
    )
    pane = stage.show(SourcePane, 600, 300)
    record(names["made"], 3, path=stage._folder / "made.rec")
    stage.bench.open(stage._folder / "made.rec", step=0)
    lines = pane.editor.toPlainText().split("\n")
    assert "line 6 (source not recorded)" in lines and pane.header._notes.isVisible()
    while stage.debugger.here.line != 6:
        stage.bench.walk(("into", 1))
    assert lines[pane.editor.places.block(pane.editor.look.stand.line).blockNumber()].startswith("line 6")
    pane.toggle_breakpoint()
    assert [one.text for one in stage.debugger.stops.breakpoints] == ["line 6"]


def test_another_file_is_shown_where_the_user_steps_into_it(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "lower_part.py").write_text("def twice(x):\n    y = 2 * x\n    return y\n")
    (tmp_path / "upper_part.py").write_text(
        "from lower_part import twice\n\n\ndef run():\n    a = twice(3)\n    b = a\n    return b\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        from upper_part import run  # type: ignore[import-not-found]

        record(run, path=tmp_path / "two.rec", files=lambda file: file.startswith(str(tmp_path)))
    finally:
        sys.path.remove(str(tmp_path))
        for name in ("upper_part", "lower_part"):
            sys.modules.pop(name, None)
    pane = stage.show(SourcePane, 700, 300)
    stage.bench.open(tmp_path / "two.rec", step=stage_step(tmp_path / "two.rec", "y = 2"))
    assert "y = 2 * x" in pane.editor.toPlainText()
    pane.toggle_breakpoint()
    assert [one.text for one in stage.debugger.stops.breakpoints] == ["line 2 in lower_part.py"]
    files = pane.header._files
    assert files.isVisible() and "▶ lower_part.py" in files.currentText()
    upper = next(row for row in range(files.count()) if "upper_part" in files.itemText(row))
    files.setCurrentIndex(upper)
    files.activated.emit(upper)
    assert "b = a" in pane.editor.toPlainText() and pane.editor.look.stand.line == 0
    stage.debugger.opened_changed.emit()
    assert "b = a" in pane.editor.toPlainText(), "a recording that grows does not take the user away"
    stage.bench.walk(("into", 1))
    assert "y = 2 * x" in pane.editor.toPlainText()


def stage_step(path: Path, text: str) -> int:
    """A step of a recording by its statement."""
    from rnn.recorder import Recording

    recording = Recording(path)
    found = next(n for n in range(len(recording)) if recording.step(n).statement.text.startswith(text))
    recording.close()
    return found


def test_a_changed_file_is_told_and_the_text_that_ran_shown(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "changing_case.py"
    file.write_text("def run():\n    a = 1\n    return a\n")
    sys.path.insert(0, str(tmp_path))
    try:
        from changing_case import run  # type: ignore[import-not-found]

        record(run, path=tmp_path / "c.rec")
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("changing_case", None)
    file.write_text("def run():\n    b = 2\n    return b\n")
    pane = stage.show(SourcePane, 700, 300)
    stage.bench.open(tmp_path / "c.rec")
    assert "a = 1" in pane.editor.toPlainText()
    assert "changed since it was recorded; this is the text that ran" in pane.header._notes.text()


def test_the_text_is_read_once_and_recoloured_in_the_other_theme(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    hands.bench.wait(lambda: hands.editor.colours.is_ready)
    line = hands.see(line_of("for t in"))

    def keyword() -> str:
        ranges = line.block.layout().formats()  # PySide deletes what it has handed out together with the list
        return str(ranges[0].format.foreground().color().name())

    assert keyword() == current().accent
    read: list[str] = []
    monkeypatch.setattr(hands.editor.colours, "read", read.append)
    for which in (2, 3, 4):
        hands.go("hs[t] = h", which)
    light = keyword()
    apply_theme(hands.bench.application, "dark")
    hands.stage.view_changed.emit()
    assert keyword() == current().accent != light
    assert hands.colour(line_of("hs[t] = h")) == inks_of(current()).here.name()
    assert read == []


def test_a_text_is_found_while_its_lines_get_their_colours(hands: Hands) -> None:
    """A line that has just got its colours is not laid out; asking such a line where a word stands ended the process."""
    hands.pane.show_find()
    hands.pane.finder.bar.line.setText("h")
    hands.editor.take_theme()
    hands.editor.colours._dressed.clear()
    hands.editor._on_moved()
    assert not hands.editor.viewport().grab().isNull()


def test_a_window_that_goes_while_its_text_is_read(stage: Stage) -> None:
    stage.show(SourcePane, 300, 200)
    stage.record(mixed)
    for number in range(20):
        other = SourcePane(stage, None, None)  # type: ignore[arg-type]
        other.editor.colours.read("\n".join(TEXT) * (1 + number % 3))
        other.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    stage.bench.application.processEvents()
