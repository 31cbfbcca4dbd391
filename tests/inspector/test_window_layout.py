"""The main window with stand-ins for its panes: pages, docks, menus, keys, drops, remembered layout."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QDockWidget, QFileDialog, QLineEdit, QTableWidget

from inspector.actions import ACTIONS, plain
from inspector.pictures import Pictures
from inspector.settings import Memory
from inspector.state import State
from inspector.window import MainWindow
from inspector.window.layout import clamped

sys.path.insert(0, str(Path(__file__).parent))
from doubles import STUBS, FakeEngine, result_file


@pytest.fixture
def engine(qapp):
    return FakeEngine()


@pytest.fixture
def pictures(qapp):
    made = Pictures()
    yield made
    made.close()


@pytest.fixture
def memory(settings_file):
    return Memory(settings_file)


@pytest.fixture
def window(engine, pictures, memory, qtbot):
    made = MainWindow(State(engine, pictures, memory), pictures, memory, STUBS)
    made.show_as_remembered()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def shown(window, pictures, qtbot, tmp_path):
    with qtbot.waitSignal(pictures.changed):
        window.state.show_result(str(result_file(tmp_path)))
    return window


def menu_entries(menu):
    for entry in menu.actions():
        if entry.menu() is not None:
            yield from menu_entries(entry.menu())
        yield entry


def dialogs(window):
    return [widget for widget in window.findChildren(QDialog) if widget.isVisible()]


def test_it_starts_with_the_welcome_page_and_leaves_it_with_a_result(window, pictures, qtbot, tmp_path):
    assert window.pane("welcome").isVisible()
    assert not window.pane("triptych").isVisible()
    with qtbot.waitSignal(pictures.changed):
        window.state.show_result(str(result_file(tmp_path)))
    assert window.pane("triptych").isVisible()
    assert not window.pane("welcome").isVisible()


def test_centre_is_a_splitter_and_only_the_sides_are_docks(window):
    splitter = window.centralWidget().splitters["pictures"]
    assert [splitter.widget(i) for i in range(splitter.count())] == [window.pane("triptych"), window.pane("trace")]
    areas = {dock.objectName(): window.dockWidgetArea(dock) for dock in window.findChildren(QDockWidget)}
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    assert areas == {"dock_checks": left, "dock_problem": right, "dock_cell": right}


def test_every_pane_is_drawn_and_named(window):
    for name, title, _, _ in STUBS:
        assert window.pane(name).drawn == 1
        assert window.pane(name).accessibleName() == title


def test_every_action_stands_in_the_menus(window):
    inside = list(menu_entries(window.menuBar()))
    assert [each.id for each in ACTIONS if window.made[each.id] not in inside] == []


def test_what_needs_a_result_is_grey_without_one(window):
    for each in ACTIONS:
        assert window.made[each.id].isEnabled() != (
            each.needs_result or each.needs_recording or each.id in ("undo", "redo")
        )


def test_what_needs_a_result_works_with_one(shown):
    for each in ACTIONS:
        assert shown.made[each.id].isEnabled() or each.needs_recording or each.id in ("undo", "redo")


@pytest.mark.parametrize("key", [Qt.Key.Key_F5, Qt.Key.Key_R])
def test_keys_run(window, engine, qtbot, key):
    with_control = Qt.KeyboardModifier.ControlModifier if key == Qt.Key.Key_R else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(window, key, with_control)
    assert [asked[0] for asked in engine.asked] == ["inspect"]


def test_escape_cancels_then_dismisses_then_lets_go(shown, engine, qtbot):
    shown.state.pick(0, 1)
    shown.state.run()
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert engine.cancelled == [1]
    shown.state.note("Saved")
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.state.notice == ""
    assert shown.state.selection.cell == (0, 1)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.state.selection.cell is None


def test_letters_act_only_while_a_heatmap_has_focus(shown, qtbot):
    shown.pane("checks").inside.setFocus()
    qtbot.keyClick(shown.pane("checks").inside, Qt.Key.Key_S)
    assert shown.state.view.scale == "asinh"
    heatmap = shown.pane("triptych").inside
    heatmap.setFocus()
    for key in (Qt.Key.Key_S, Qt.Key.Key_L, Qt.Key.Key_BracketRight, Qt.Key.Key_Period):
        qtbot.keyClick(heatmap, key)
    assert (shown.state.view.scale, shown.state.view.locked) == ("log", True)
    assert (shown.state.selection.cell, shown.state.selection.t) == ((1, 1), 1)
    assert shown.made["lock"].isChecked()
    qtbot.keyClick(heatmap, Qt.Key.Key_N)
    assert shown.state.selection.cell == (1, 2)


def test_differences_by_key_from_anywhere(shown, qtbot):
    qtbot.keyClick(shown.pane("checks").inside, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert shown.state.selection.cell == (1, 1)


def test_fit_and_one_to_one_reach_the_triptych(shown):
    shown.made["fit"].trigger()
    shown.made["one_to_one"].trigger()
    assert shown.pane("triptych").called == ["fit", "one_to_one"]


@pytest.mark.parametrize(("menu", "entry", "read", "value"), [
    ("Metric", "ULP", lambda view: view.metric, "ulp"), ("Scale", "Linear", lambda view: view.scale, "linear"),
    ("Theme", "Dark", lambda view: view.theme, "dark"),
])
def test_choices_are_ticked_where_they_stand(shown, menu, entry, read, value):
    (submenu,) = [e.menu() for e in menu_entries(shown.menuBar()) if e.menu() and plain(e.text()) == menu]
    (chosen,) = [e for e in submenu.actions() if plain(e.text()) == entry]
    chosen.trigger()
    submenu.aboutToShow.emit()
    assert read(shown.state.view) == value
    assert [plain(e.text()) for e in submenu.actions() if e.isChecked()] == [entry]


def test_recent_files_show_names_as_they_are(window, tmp_path, qtbot):
    path = tmp_path / "a&b.txt"
    path.write_text("abc", encoding="utf-8")
    window.state.open_files([str(path)])
    (recent,) = [e.menu() for e in menu_entries(window.menuBar()) if e.menu() and plain(e.text()) == "Open recent"]
    recent.aboutToShow.emit()
    assert recent.actions()[0].text().startswith("a&&b.txt")


def test_examples_stand_in_their_menu_and_run(window, engine):
    (shipped,) = [e.menu() for e in menu_entries(window.menuBar()) if e.menu() and plain(e.text()) == "Open example"]
    shipped.aboutToShow.emit()
    (entry,) = [e for e in shipped.actions() if e.text() == "question-2014"]
    entry.trigger()
    assert window.state.case == "question-2014"
    assert engine.asked[0][1].endswith("question-2014.py")


def test_the_status_bar_mirrors_the_picked_cell_and_counts(shown):
    bar = shown.statusBar()
    shown.state.pick(0, 1)
    text = bar._cell.text()
    assert text.startswith("dW_hh[0, 1]   hand ")
    assert "D 0.5" in text
    assert bar._counts.text() == "1 NaN  1 Inf"
    bar.show_hovered((2, 0))
    assert bar._cell.text().startswith("dW_hh[2, 0]")
    bar.show_hovered(None)
    assert bar._cell.text() == text


def test_the_status_bar_shows_progress(window, engine):
    window.state.run()
    engine.say("Running JAX", 0.35)
    assert window.statusBar()._engine.text() == "Running JAX 35 %"
    assert window.statusBar()._progress.value() == 35
    window.state.cancel()
    assert not window.statusBar()._progress.isVisible()


def test_copying_gives_all_digits(shown):
    shown.state.pick(0, 1)
    shown.made["copy"].trigger()
    head, row, _ = QGuiApplication.clipboard().text().split("\n")
    cells = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert cells["element"] == "dW_hh[0, 1]"
    hand = shown.state.result.arrays.read("hand/dW_hh")
    assert float(cells["hand"]) == hand[0, 1]


def test_diagnostics_have_versions_and_the_failure(window, engine):
    window.state.run()
    engine.refuse("ValueError: oh", details="line 3")
    window.made["copy_diagnostics"].trigger()
    text = QGuiApplication.clipboard().text()
    for part in ("PySide6", "numpy", "ValueError: oh", "line 3", '"seed": 0'):
        assert part in text


@pytest.mark.parametrize(("text", "cell", "wrong"), [
    ("2, 1", (2, 1), ""), (" 0 2 ", (0, 2), ""), ("3,0", None, "Expected a row from 0 to 2"), ("x", None, "Expected"),
    ("-1,0", None, "Expected"),
])
def test_go_to_cell(shown, text, cell, wrong):
    shown.made["go_to_cell"].trigger()
    (dialog,) = dialogs(shown)
    assert not dialog.isModal()
    dialog.findChild(QLineEdit).setText(text)
    dialog.findChild(QLineEdit).returnPressed.emit()
    said = shown.commands.go_to_cell(text)
    assert said.startswith(wrong) if wrong else said == ""
    assert shown.state.selection.cell == cell


def test_the_key_sheet_lists_every_key(window):
    window.made["keys"].trigger()
    (dialog,) = dialogs(window)
    table = dialog.findChild(QTableWidget)
    listed = {table.item(row, 1).text() for row in range(table.rowCount())}
    assert listed == {plain(each.text) for each in ACTIONS if each.shortcuts()}
    assert not dialog.isModal()


@pytest.mark.parametrize("name", ["open", "save_weights", "minimal"])
def test_file_dialogs_block_nothing(shown, name):
    shown.made[name].trigger()
    (dialog,) = [d for d in dialogs(shown) if isinstance(d, QFileDialog)]
    assert not dialog.isModal()


def test_details_of_a_failure_are_shown_as_plain_text(window, engine):
    window.state.run()
    engine.refuse("<img src=x> failed", details="<b>line</b>")
    window.pane("failure").details_requested.emit()
    (dialog,) = dialogs(window)
    from PySide6.QtWidgets import QLabel, QPlainTextEdit

    assert dialog.findChild(QPlainTextEdit).toPlainText() == "<b>line</b>"
    assert dialog.findChild(QLabel).textFormat() == Qt.TextFormat.PlainText


def test_dropped_files_are_opened(window, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("abc", encoding="utf-8")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert (window.state.settings.data, Path(window.state.settings.data_file).name) == ("text", "text.txt")


def test_a_closed_panel_stays_closed_until_the_layout_is_reset(window, engine, pictures, settings_file, qtbot):
    window.findChild(QDockWidget, "dock_checks").close()
    with qtbot.waitSignal(window.closed):
        window.close()
    memory = Memory(settings_file)
    again = MainWindow(State(engine, pictures, memory), pictures, memory, STUBS)
    again.show_as_remembered()
    assert not again.findChild(QDockWidget, "dock_checks").isVisible()
    again.made["reset_layout"].trigger()
    assert again.findChild(QDockWidget, "dock_checks").isVisible()


@pytest.mark.parametrize(("frame", "expected"), [
    (QRect(100, 100, 1280, 800), QRect(100, 100, 1280, 800)),
    (QRect(5000, 4000, 1280, 800), QRect(640, 280, 1280, 800)),
    (QRect(-700, -50, 1280, 800), QRect(0, 0, 1280, 800)),
    (QRect(0, 0, 4000, 3000), QRect(0, 0, 1920, 1080)),
    (QRect(-1200, 0, 1280, 800), QRect(-1200, 0, 1280, 800)),
])
def test_a_window_stays_on_the_screens(frame, expected):
    screens = [QRect(0, 0, 1920, 1080)]
    if expected.left() < 0:
        screens.append(QRect(-1920, 0, 1920, 1080))
        expected = QRect(-1280, 0, 1280, 800)
    assert clamped(frame, screens) == expected


def test_the_title_says_what_is_shown_and_whether_it_is_stale(shown):
    assert shown.windowTitle() == "built-in BPTT - BPTT inspector"
    shown.state.change_settings(seed=3)
    assert shown.windowTitle() == "built-in BPTT (stale) - BPTT inspector"


def test_it_fits_a_small_screen(window):
    assert window.minimumSize().toTuple() == (1024, 640)
    assert window.minimumSizeHint().width() <= 1024
