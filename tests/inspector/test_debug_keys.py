"""Every key of the debugger, in both directions, on the recording of the question of 2014."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from inspector.action import ARRAYS, CODE, SOURCE
from inspector.actions import ACTIONS
from inspector.debug_actions import DEBUG_ACTIONS
from inspector.panes.debug import own_editor
from inspector.panes.debug.array_cell import CellBox

if TYPE_CHECKING:
    from conftest import Desk

Read = Callable[["Desk"], Any]

LOOP, ADD, PRODUCT, LAST = 53, 54, 55, 72
"""Lines of the example: the loop of its backward pass, the two lines in it, and the last line of `run`."""

FIRST = 40
"""The step at which the recording opens: the loop's header, t = 3."""


@dataclass(frozen=True)
class Effect:
    """What a command does.

    Attributes:
        read: looks at something. expected: what it sees after the command and not before it.
        before: brings the debugger to where the command has something to do.
    """

    read: Read
    expected: Any
    before: Read = lambda desk: None


def _step(desk: Desk) -> int:
    return desk.state.debugger.here.step


def _place(desk: Desk) -> tuple[int, int | None]:
    here = desk.state.debugger.here
    return here.line, here.t


def _at(step: int) -> Read:
    return lambda desk: desk.state.debugger.go_to(step)


def _moves(before: int, after: int) -> Effect:
    return Effect(_step, after, _at(before))


def _lands(before: int, line: int, t: int | None) -> Effect:
    return Effect(_place, (line, t), _at(before))


def _stop_at_product(step: int) -> Read:
    def before(desk: Desk) -> None:
        desk.state.debugger.stops.add(f"line {PRODUCT}")
        desk.state.debugger.go_to(step)

    return before


def _cursor(line: int, step: int) -> Read:
    def before(desk: Desk) -> None:
        desk.state.debugger.go_to(step)
        desk.settle_code()
        desk.state.debugger.set_cursor((desk.state.debugger.here.file, line))

    return before


def _array(path: str, step: int, element: tuple[int, ...] | None = None) -> Read:
    def before(desk: Desk) -> None:
        desk.state.debugger.go_to(step)
        desk.state.debugger.select_array(path, element)

    return before


def _said(words: str, step: int = FIRST) -> Effect:
    return Effect(lambda desk: words in desk.state.remark, True, _at(step))


def _visited(desk: Desk) -> None:
    desk.state.debugger.go_to(5)


def _visited_and_back(desk: Desk) -> None:
    desk.state.debugger.go_to(5)
    desk.state.debugger.back()


def _dialog(words: str, before: Read = lambda desk: None) -> Effect:
    return Effect(lambda desk: any(words in dialog.windowTitle().lower() for dialog in desk.dialogs()), True, before)


def _asked(kind: str, before: Read = lambda desk: None) -> Effect:
    return Effect(lambda desk: desk.engine.asked[-1][0] if len(desk.engine.asked) > 1 else "", kind, before)


def _mode(mode: str, before: str = "value") -> Effect:
    return Effect(lambda desk: desk.state.debugger.mode, mode, lambda desk: desk.state.debugger.set_mode(before))


def _font(desk: Desk) -> float:
    return float(desk.window.pane("source").editor.font().pointSizeF())


def _other_line(desk: Desk) -> None:
    desk.state.debugger.go_to(0)
    desk.settle_code()
    desk.state.look.select_quantity("dW_hh")


def _finding(desk: Desk) -> None:
    """`dcdHin[t]` stands in the first line of the loop and in the second."""
    desk.state.debugger.set_cursor((desk.state.debugger.here.file, LOOP))
    desk.window.pane("source").show_find()
    desk.qtbot.keyClicks(desk.focused, "dcdHin[t]")
    assert _marked_line(desk) == ADD


def _finding_and_on(desk: Desk) -> None:
    _finding(desk)
    desk.window.pane("source").find_next(1)
    desk.window.pane("source").find_next(1)


def _pinned(desk: Desk) -> Any:
    return desk.window.pane("arrays").findChild(CellBox).pinned


def _marked_line(desk: Desk) -> int:
    cursor = desk.window.pane("source").editor.textCursor()
    return cursor.blockNumber() + 1 if cursor.selectedText() == "dcdHin[t]" else 0


EFFECTS: dict[str, Effect] = {
    "record": _asked("record"),
    "stop_recording": Effect(lambda d: len(d.engine.cancelled) > 0, True, lambda d: d.state.record()),
    "ask_jax": Effect(lambda d: [asked[0] for asked in d.engine.asked], ["beside", "beside"]),
    "wrong_line": _lands(0, ADD, 3),
    "upstream": _moves(42, 41),
    "show_code": Effect(lambda d: d.window.page, "pictures"),
    "to_code": Effect(lambda d: d.state.debugger.here.line in (57, 71, 72), True, _other_line),
    "over": _moves(FIRST, 41),
    "over_back": _moves(42, 41),
    "into": _moves(1, 2),
    "into_back": _moves(32, 31),
    "out": _moves(42, 59),
    "out_back": _moves(42, 32),
    "continue": Effect(_place, (PRODUCT, 3), _stop_at_product(FIRST)),
    "continue_back": Effect(_place, (PRODUCT, 1), _stop_at_product(50)),
    "iteration": _lands(41, ADD, 2),
    "iteration_back": _lands(44, ADD, 3),
    "to_cursor": Effect(_place, (PRODUCT, 3), _cursor(PRODUCT, FIRST)),
    "to_cursor_back": Effect(_place, (PRODUCT, 0), _cursor(PRODUCT, 60)),
    "wrong": _moves(FIRST, 41),
    "wrong_back": _moves(42, 41),
    "nan": _said("No NaN or infinity appears after this step"),
    "nan_back": _said("None appears before this step"),
    "write": Effect(_step, 41, _array("dcdHout", FIRST)),
    "write_back": Effect(_step, 41, _array("dcdHout", 44)),
    "origin": Effect(_place, (ADD, 3), _array("dcdHout", 50, (3, 0))),
    "first_step": _moves(FIRST, 0),
    "last_step": _moves(FIRST, 62),
    "go_to_step": _dialog("go to t or step"),
    "visit_back": Effect(_step, FIRST, _visited),
    "visit_forward": Effect(_step, 5, _visited_and_back),
    "note": _dialog("note"),
    "breakpoint": Effect(
        lambda d: [one.text for one in d.state.debugger.stops.breakpoints], [f"line {PRODUCT}"], _cursor(PRODUCT, FIRST)
    ),
    "condition": _dialog("", _cursor(PRODUCT, FIRST)),
    "detail_value": _mode("value", "change"),
    "detail_change": _mode("change"),
    "detail_reference": _mode("reference"),
    "detail_difference": _mode("difference"),
    "pin": Effect(_pinned, ("dcdHout", (3, 0)), _array("dcdHout", 41, (3, 0))),
    "use_jax": _asked("what_if", _array("dcdHout", 41)),
    "other_run": Effect(lambda d: "There is no second run" in d.state.notice, True),
    "find": Effect(lambda d: d.window.pane("source").finder.bar.isVisible(), True),
    "find_next": Effect(_marked_line, PRODUCT, _finding),
    "find_previous": Effect(_marked_line, PRODUCT, _finding_and_on),
    "go_to_line": _dialog("line"),
    "editor": Effect(lambda d: OPENED, [ADD], _cursor(ADD, FIRST)),
    "zoom_in": Effect(lambda d: _font(d) > d.window.font().pointSizeF(), True),
    "zoom_out": Effect(lambda d: _font(d) < d.window.font().pointSizeF(), True),
    "zoom_reset": Effect(lambda d: d.memory.source_zoom(), 0, lambda d: d.window.pane("source").zoom_in()),
}
"""By id; a command without an entry fails the first test."""

OPENED: list[int] = []

BY_KEY = [(each, key, scope) for each in DEBUG_ACTIONS for scope, key in each.shortcuts()]


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is opened outside of the window."""
    OPENED.clear()
    monkeypatch.setattr(own_editor, "open_in_editor", lambda path, line: OPENED.append(line) or "opened")


def test_every_command_has_an_effect_to_look_for() -> None:
    assert {each.id for each in DEBUG_ACTIONS} == set(EFFECTS)
    assert set(DEBUG_ACTIONS) <= set(ACTIONS)


def test_every_command_that_moves_has_a_key_in_each_direction() -> None:
    moving = [each for each in DEBUG_ACTIONS if each.plays]
    assert all(each.shortcuts() for each in moving)
    names = {each.id for each in moving}
    assert {name.removesuffix("_back") for name in names if name.endswith("_back")} == {
        name for name in names if not name.endswith("_back")
    }


@pytest.mark.parametrize(("action", "key", "scope"), BY_KEY, ids=lambda value: getattr(value, "id", str(value)))
def test_by_key(code_desk: Desk, action: Any, key: str, scope: str) -> None:
    effect = EFFECTS[action.id]
    effect.before(code_desk)
    code_desk.settle_code()
    pane = code_desk.window.pane({ARRAYS: "arrays"}.get(scope, "source"))
    if scope in (SOURCE, ARRAYS) or (scope == CODE and not action.id.startswith("find_")):
        pane.setFocus()
    assert effect.read(code_desk) != effect.expected, "nothing for the command to do"
    code_desk.press(key)
    code_desk.qtbot.waitUntil(lambda: effect.read(code_desk) == effect.expected, timeout=3000)
    code_desk.settle_code()


def test_keys_of_the_other_page_rest(code_desk: Desk) -> None:
    code_desk.press("Alt+Right")
    assert code_desk.state.remark == "This is the last moment that was visited"
    code_desk.press("F4")
    assert code_desk.window.page == "pictures"
    asked = len(code_desk.engine.asked)
    code_desk.press("F5")
    assert code_desk.engine.asked[asked:][0][0] == "inspect"


def test_the_window_says_which_recording_is_shown(code_desk: Desk) -> None:
    assert code_desk.window.windowTitle() == "recording of question-2014 - BPTT inspector"
    code_desk.press("F4")
    assert code_desk.window.windowTitle() == "the question of 2014: equal outputs, different gradients - BPTT inspector"
