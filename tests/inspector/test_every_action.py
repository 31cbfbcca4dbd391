"""Every command by the keyboard alone: by each of its keys, and by typing its name into the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from causes import MENDED, repair
from doubles import result_file
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from inspector.action import HEATMAP, Action
from inspector.actions import ACTIONS, plain
from inspector.assets import example_path
from inspector.debug_actions import DEBUG_ACTIONS
from inspector.dialogs.callout import Card
from inspector.dialogs.palette import ENTRY, Palette
from inspector.window.docks import LAYOUTS

if TYPE_CHECKING:
    from conftest import Desk

Read = Callable[["Desk"], Any]


@dataclass(frozen=True)
class Effect:
    """What a command does.

    Attributes:
        read: looks at something. expected: what it sees after the command and not before it, or a function that
            works it out before the command.
        before: brings the window to where the command has something to do.
    """

    read: Read
    expected: Any
    before: Read = lambda desk: None


def _titles(desk: Desk) -> list[str]:
    return [dialog.windowTitle() for dialog in desk.dialogs()]


def _dialog(title: str, before: Read = lambda desk: None) -> Effect:
    return Effect(lambda desk: title in _titles(desk), True, before)


def _view(field: str, expected: Any, **before: Any) -> Effect:
    return Effect(lambda desk: getattr(desk.state.view, field), expected, lambda desk: desk.state.set_view(**before))


def _asked(kind: str, before: Read = lambda desk: None) -> Effect:
    return Effect(lambda desk: [asked[0] for asked in desk.engine.asked], [kind], before)


def _layout(name: str, away: str) -> Effect:
    return Effect(lambda desk: desk.shown_docks(), set(LAYOUTS[name].shown), lambda desk: desk.window.lay_out(away))


def _cell(desk: Desk) -> Any:
    return desk.state.selection.cell


def _step(desk: Desk) -> int:
    return desk.state.selection.t


def _shows_all(desk: Desk) -> bool:
    return bool(desk.window.pane("triptych").canvas.model.view[-1])


def _zoom(desk: Desk) -> None:
    desk.window.pane("triptych").canvas.model.zoom(0.5, 1.0, 1.0)


def _clipboard_says(text: str) -> Read:
    return lambda desk: text in QGuiApplication.clipboard().text()


def _tour_is_shown(desk: Desk) -> bool:
    # Of this window only: Python's handles of other tests' windows may outlive what they are handles of.
    return any(
        card.isVisible() and card.accessibleName().startswith("Tour, ") for card in desk.window.findChildren(Card)
    )


def _pick(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    desk.state.pick(0, 1)
    desk.settle()


def _one_corner(desk: Desk) -> None:
    desk.state.pick(0, 1)
    desk.window.commands.mark_region()
    desk.state.pick(2, 3)


def _focus(pane: str) -> Read:
    return lambda desk: desk.window.pane(pane).setFocus()


def _difference(place: int) -> Read:
    return lambda desk: tuple(desk.pictures.current.differences[place].tolist())


def _not_finite(desk: Desk) -> None:
    desk.show(result_file(desk.folder))
    desk.state.select_quantity("dW_hh")
    desk.settle()


def _worst_of_dw_hh(desk: Desk) -> None:
    desk.state.select_quantity("dW_hh")
    desk.state.look.go_to_worst()
    desk.settle()


def _undone(desk: Desk) -> None:
    desk.state.set_view(metric="ulp")
    desk.state.undo()


def _own_case(desk: Desk) -> None:
    path = desk.folder / "mine.py"
    path.write_text("CASE = dict(title='Mine')\ndef run(problem):\n    return {}\n", encoding="utf-8")
    desk.state.choose_case(str(path))


def _own_question(desk: Desk) -> Path:
    """The question of 2014 as a file of the user's, whose result is shown, and which may run."""
    path = desk.folder / "question-2014.py"
    path.write_bytes(example_path("question-2014").read_bytes())
    result = desk.state.asking.result_path
    desk.state.choose_case(str(path))
    desk.state.trust_and_run()
    desk.engine.answer(result)
    return path


def _diagnosed(desk: Desk) -> None:
    path = _own_question(desk)
    desk.state.diagnosis.start()
    desk.engine.answer("", findings=[repair(path)])
    desk.engine.asked.clear()


def _written(desk: Desk) -> None:
    _diagnosed(desk)
    desk.window.commands.why.write_repair()


def _source(desk: Desk) -> bool:
    """Whether the repair stands in the file."""
    path = desk.folder / "question-2014.py"
    return path.is_file() and MENDED in path.read_text(encoding="utf-8")


EFFECTS: dict[str, Effect] = {
    "open": _dialog("Open"),
    "open_folder": _dialog("Weights from a folder"),
    "look_into": _dialog("Look into a weight file"),
    "new_case": _dialog("New case from Python file"),
    "declaration": _dialog("Declaration of the case", _own_case),
    "run_on_save": Effect(lambda d: d.state.own.run_on_save, False),
    "printed": _dialog("Output", lambda d: setattr(d.state.own, "printed", "3\n")),
    "verdicts": Effect(lambda d: d.pane_with_focus(), "verdicts"),
    "built_in": Effect(lambda d: [asked[:2] for asked in d.engine.asked], [("inspect", "")]),
    "save_session": _dialog("Save session"),
    "save_session_as": _dialog("Save session"),
    "write_note": _dialog("Note on dW_xh[0, 1]", _pick),
    "list_notes": Effect(lambda d: d.pane_with_focus(), "notes"),
    "save_weights": _dialog("Save weights"),
    "minimal": _dialog("Save minimal case"),
    "compare_gradients": _dialog("Compare gradient files"),
    "report": _dialog("Report"),
    "diagnose": Effect(lambda d: ([one[0] for one in d.engine.asked], d.pane_with_focus()), (["diagnose"], "findings")),
    "show_repaired": _asked("repaired", _diagnosed),
    "write_repair": Effect(_source, True, _diagnosed),
    "undo_repair": Effect(_source, False, _written),
    "export_figure": _dialog("Export figure"),
    "export_all": _dialog("Export all into"),
    "copy_command": Effect(_clipboard_says("bptt-inspector figure"), True, _pick),
    "copy_figure": _asked("figure_copies"),
    "copy_numbers": _asked("figure_copies"),
    "quit": Effect(lambda d: (d.closed, d.window.isVisible()), ([True], False)),
    "undo": _view("metric", "difference", metric="ulp"),
    "redo": Effect(lambda d: d.state.view.metric, "ulp", _undone),
    "copy": Effect(_clipboard_says("dW_xh[0, 1]"), True, _pick),
    "mark_region": Effect(lambda d: d.state.selection.region, (0, 1, 2, 3), _one_corner),
    "edit_weight": _dialog("Edit weight", _pick),
    "settings": _dialog("Settings"),
    "palette": _dialog("Commands"),
    "mode_triptych": _view("mode", "triptych", mode="hand"),
    "mode_hand": _view("mode", "hand"),
    "mode_reference": _view("mode", "reference"),
    "mode_difference": _view("mode", "difference"),
    "mode_split": _view("mode", "split"),
    "split_left": Effect(lambda d: (d.state.view.mode, round(d.state.view.split, 2)), ("split", 0.45)),
    "split_right": Effect(lambda d: (d.state.view.mode, round(d.state.view.split, 2)), ("split", 0.55)),
    "flip": Effect(lambda d: d.window.pane("triptych").canvas.views[0].title, "JAX"),
    "profiles": Effect(lambda d: d.window.pane("triptych").canvas.profiles.isVisible(), True),
    "scale": _view("scale", "log"),
    "lock": _view("locked", True),
    "auto_range": Effect(
        lambda d: (d.state.view.value_bound, d.state.view.difference_bound),
        (None, None),
        lambda d: d.state.set_view(value_bound=2.0, difference_bound=3.0),
    ),
    "fit": Effect(_shows_all, True, _zoom),
    "one_to_one": Effect(lambda d: d.window.pane("triptych").canvas.model.per_x, 1 / 16),
    "view_back": Effect(_shows_all, True, _zoom),
    "view_forward": Effect(_shows_all, False, lambda d: (_zoom(d), d.window.pane("triptych").view_back())),
    "run": _asked("inspect"),
    "cancel": Effect(lambda d: d.engine.cancelled, [1], lambda d: d.state.run()),
    "first_divergence": Effect(lambda d: (d.state.selection.quantity, _step(d)), ("dh", 3)),
    "worst": Effect(_cell, (0, 2)),
    "next_difference": Effect(_cell, _difference(0)),
    "previous_difference": Effect(_cell, _difference(-1)),
    "next_nan": Effect(_cell, (1, 1), _not_finite),
    "go_to_cell": _dialog("Go to cell"),
    "ask_element": _asked("element", _pick),
    "many": _asked("many"),
    "previous_t": Effect(_step, 2),
    "next_t": Effect(_step, 4),
    "history": Effect(lambda d: d.focused.accessibleName(), "History of the cell over time"),
    "worst_step": Effect(_step, 1, _worst_of_dw_hh),
    "jacobian": _asked("jacobian"),
    "itemised": _asked("itemised"),
    "descent": Effect(lambda d: getattr(d.focused, "text", str)(), "Descend"),
    "next_pane": Effect(lambda d: d.pane_with_focus(), "trace", _focus("triptych")),
    "previous_pane": Effect(lambda d: d.pane_with_focus(), "checks", _focus("triptych")),
    "toggle_bottom": Effect(lambda d: "table" in d.shown_docks(), True),
    "layout_compare": _layout("compare", "present"),
    "layout_debug": _layout("debug", "present"),
    "layout_present": _layout("present", "debug"),
    "reset_layout": _layout("first", "present"),
    "guide": Effect(lambda d: [title.endswith("Guide") for title in _titles(d)], [True]),
    "tour": Effect(_tour_is_shown, True),
    "keys": _dialog("Keys"),
    "copy_diagnostics": Effect(_clipboard_says("PySide6"), True, lambda d: QGuiApplication.clipboard().clear()),
    "about": _dialog("About"),
}
"""By id; a command without an entry fails the first test."""

OURS = [each for each in ACTIONS if each not in DEBUG_ACTIONS]
"""Those of the debugger are tried in `test_debug_keys`."""

BY_KEY = [(each, key, scope) for each in OURS for scope, key in each.shortcuts() if key != each.held]
WITHOUT_KEY = [each for each in OURS if not each.shortcuts()]


def _visit(desk: Desk, action: Action, do: Callable[[], None]) -> None:
    """Bring the window to where the command has something to do, do it, and look."""
    effect = EFFECTS[action.id]
    effect.before(desk)
    expected = effect.expected(desk) if callable(effect.expected) else effect.expected
    assert effect.read(desk) != expected, "nothing for the command to do"
    do()
    desk.qtbot.waitUntil(lambda: effect.read(desk) == expected, timeout=3000)


def _open_palette(desk: Desk) -> Palette:
    desk.press("Ctrl+Shift+P")
    palette = desk.window.findChild(Palette)
    assert isinstance(palette, Palette)
    desk.qtbot.waitUntil(palette.line.hasFocus, timeout=3000)
    return palette


def test_every_command_has_an_effect_to_look_for() -> None:
    assert {each.id for each in OURS} == set(EFFECTS)


@pytest.mark.parametrize(("action", "key", "scope"), BY_KEY, ids=lambda value: getattr(value, "id", str(value)))
def test_by_key(shown_desk: Desk, action: Action, key: str, scope: str) -> None:
    def do() -> None:
        if scope == HEATMAP:
            shown_desk.heatmap.setFocus()
        shown_desk.press(key)

    _visit(shown_desk, action, do)


def test_a_held_key_works_as_long_as_it_is_held(shown_desk: Desk) -> None:
    held = [each for each in ACTIONS if each.held]
    assert [each.id for each in held] == ["flip"]
    titles = [view.title for view in shown_desk.window.pane("triptych").canvas.views[:2]]
    shown_desk.qtbot.keyPress(shown_desk.heatmap, Qt.Key.Key_Space)
    assert [view.title for view in shown_desk.window.pane("triptych").canvas.views[:2]] == titles[::-1]
    shown_desk.qtbot.keyRelease(shown_desk.heatmap, Qt.Key.Key_Space)
    assert [view.title for view in shown_desk.window.pane("triptych").canvas.views[:2]] == titles


@pytest.mark.parametrize("action", WITHOUT_KEY, ids=lambda action: action.id)
def test_by_name(shown_desk: Desk, action: Action) -> None:
    def do() -> None:
        palette = _open_palette(shown_desk)
        shown_desk.qtbot.keyClicks(palette.line, plain(action.text))
        shown_desk.qtbot.keyClick(palette.line, Qt.Key.Key_Return)

    _visit(shown_desk, action, do)


def test_every_name_finds_its_command_in_the_palette(shown_desk: Desk) -> None:
    palette = _open_palette(shown_desk)
    wrong = {}
    for action in ACTIONS:
        palette.line.clear()
        shown_desk.qtbot.keyClicks(palette.line, plain(action.text))
        found = palette.list.currentItem().data(ENTRY).text
        path = [plain(part) for part in (action.menu, action.submenu, action.text) if part]
        if found != ": ".join(path):
            wrong[action.id] = found
    assert wrong == {}
