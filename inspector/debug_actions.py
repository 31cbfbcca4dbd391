"""DEBUG_ACTIONS: the commands of the debugger. Forward, the keys are those of other debuggers; Ctrl+Shift goes backward."""

from __future__ import annotations

from inspector.action import CODE, DEBUG, Action
from inspector.debugger.records import CHANGE, DIFFERENCE, REFERENCE, VALUE

FORWARD, BACKWARD, ARRAY, SOURCE_TEXT = "&Forward", "&Backward", "&Array", "&Source text"
"""Menus in the menu."""


def _walk(
    name: str,
    way: str,
    direction: int,
    text: str,
    tip: str,
    *keys: str,
    source: tuple[str, ...] = (),
    arrays: tuple[str, ...] = (),
    icon: str = "",
    ends_group: bool = False,
) -> Action:
    """One way to move, in one direction."""
    return Action(
        name,
        text,
        DEBUG,
        lambda c: c.debug.walk(way, direction),
        keys,
        scope=CODE,
        source_keys=source,
        array_keys=arrays,
        icon=icon,
        tip=tip,
        needs_recording=True,
        plays=True,
        ends_group=ends_group,
        submenu=FORWARD if direction > 0 else BACKWARD,
    )


def _shown(mode: str, key: str, text: str, tip: str, ends_group: bool = False) -> Action:
    """One way to show the selected array."""
    return Action(
        f"detail_{mode}",
        text,
        DEBUG,
        lambda c: c.state.debugger.set_mode(mode),
        source_keys=(key,),
        array_keys=(key,),
        tip=tip,
        needs_recording=True,
        checked=lambda state: state.debugger.mode == mode,
        ends_group=ends_group,
        submenu=ARRAY,
    )


def _do(name: str, text: str, verb: str, tip: str, *keys: str, both: tuple[str, ...] = (), **more: object) -> Action:
    """A verb of `DebugCommands`; `both` are keys of the source and of the arrays."""
    return Action(
        name, text, DEBUG, lambda c: getattr(c.debug, verb)(), keys, scope=CODE, source_keys=both, array_keys=both,
        tip=tip, needs_recording=True, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _source(name: str, text: str, verb: str, tip: str, *keys: str, **more: object) -> Action:
    """A verb of the source pane; the last of `verb` may be a number: `find_next +1`."""
    what, _, number = verb.partition(" ")
    arguments = (int(number),) if number else ()
    return Action(
        name, text, DEBUG, lambda c: c.debug.of_source(what, *arguments), keys, scope=CODE, tip=tip,
        needs_recording=True, submenu=SOURCE_TEXT, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# fmt: off
DEBUG_ACTIONS: tuple[Action, ...] = (
    Action("record", "&Record", DEBUG, lambda c: c.state.record(), ("Ctrl+F5",), code_keys=("Ctrl+R",),
           icon="mdi6.record-circle-outline", tip="Run the case and record every line of it, to step through"),
    Action("stop_recording", "Sto&p recording", DEBUG, lambda c: c.state.cancel(), code_keys=("Shift+F5",),
           tip="Stop the run that is recorded; what was recorded stays"),
    Action("ask_jax", "Compare with &JAX", DEBUG, lambda c: c.state.requests.compare(), ("Ctrl+Shift+J",),
           tip="Ask JAX what every array of the recording should be", needs_recording=True),
    Action("wrong_line", "First &wrong line", DEBUG, lambda c: c.debug.go_to_first_wrong_line(), ("Ctrl+F8",),
           icon="mdi6.target", tip="Go to the line that makes the gradients wrong; records the case where that is needed"),
    _do("upstream", "&Upstream", "go_upstream", "Go to where the first wrong input of this line was written",
        both=("U",), ends_group=True),
    Action("show_code", "Code or p&ictures", DEBUG, lambda c: c.debug.toggle_page(), ("F4",),
           tip="Show the code and its steps, or go back to the pictures"),
    Action("to_code", "Show the picked entry in the &code", DEBUG, lambda c: c.debug.to_code(), ("Ctrl+K",),
           needs_result=True, tip="Go to the step that wrote the picked entry of the gradient", ends_group=True),
    _walk("over", "over", 1, "Step &over", "Go to the next line of this function", "F10", source=("Right",),
          icon="mdi6.debug-step-over"),
    _walk("over_back", "over", -1, "Step &over, backward", "Go back to the line before in this function",
          "Ctrl+Shift+F10", source=("Left",), icon="mdi6.arrow-u-left-top"),
    _walk("into", "into", 1, "Step &into", "Go to the next step, also into a function that is called", "F11",
          icon="mdi6.debug-step-into"),
    _walk("into_back", "into", -1, "Step &into, backward", "Go to the step before, also into the end of a function",
          "Ctrl+Shift+F11"),
    _walk("out", "out", 1, "Step ou&t", "Go to where this function has returned to", "Shift+F11",
          icon="mdi6.debug-step-out"),
    _walk("out_back", "out", -1, "Step ou&t, backward", "Go to just before this function was called", "Ctrl+Shift+O"),
    _walk("continue", "continue", 1, "&Continue", "Go to the next breakpoint", "F5", "F8", icon="mdi6.skip-next"),
    _walk("continue_back", "continue", -1, "&Continue, backward", "Go back to the breakpoint before", "Ctrl+Shift+F5",
          icon="mdi6.skip-previous"),
    _walk("iteration", "same_line", 1, "&Next iteration", "Go to the next time that this line is executed",
          source=("PgDown", "Shift+Right"), icon="mdi6.chevron-down"),
    _walk("iteration_back", "same_line", -1, "Previous iteratio&n", "Go to the time before that this line was executed",
          source=("PgUp", "Shift+Left"), icon="mdi6.chevron-up"),
    _walk("to_cursor", "cursor", 1, "Run to the cur&sor", "Go to the next time that the line of the cursor is executed",
          "Ctrl+F10", source=("C",)),
    _walk("to_cursor_back", "cursor", -1, "Run to the cur&sor, backward",
          "Go back to the last time that the line of the cursor was executed", source=("Shift+C",)),
    _walk("wrong", "wrong", 1, "Next &divergence", "Go to the next step that writes something wrong",
          source=("D",), arrays=("D",)),
    _walk("wrong_back", "wrong", -1, "Previous &divergence", "Go back to the last step that wrote something wrong",
          source=("Shift+D",), arrays=("Shift+D",)),
    _walk("nan", "nan", 1, "Next N&aN", "Go to the next step at which a NaN or an infinity appears",
          source=("N",), arrays=("N",)),
    _walk("nan_back", "nan", -1, "Previous N&aN", "Go back to the last step at which a NaN or an infinity appeared",
          source=("Shift+N",), arrays=("Shift+N",)),
    _do("write", "Ne&xt write", "next_write", "Go to the next write of the picked element or the selected array",
        both=("W",), submenu=ARRAY),
    _do("write_back", "P&revious write", "previous_write",
        "Go to the write before of the picked element or the selected array", both=("Shift+W",), submenu=ARRAY),
    _do("origin", "Who wrote it? (&origin)", "ask_origin", "Show who wrote the picked element, and go there",
        both=("O",), ends_group=True, submenu=ARRAY),
    Action("first_step", "&First step", DEBUG, lambda c: c.debug.go_to_end(-1), source_keys=("Home",),
           tip="Go to the first step of the recording", needs_recording=True, submenu=BACKWARD),
    Action("last_step", "&Last step", DEBUG, lambda c: c.debug.go_to_end(1), source_keys=("End",),
           tip="Go to the last step of the recording", needs_recording=True, submenu=FORWARD),
    _do("go_to_step", "&Go to t or step...", "ask_step", "Go to a step by its number, or to an iteration by t", "Ctrl+G"),
    _do("visit_back", "Visited before", "back", "Go back to the moment that was visited before", "Alt+Left",
        icon="mdi6.arrow-left"),
    _do("visit_forward", "Visited after", "forward", "Go forward to the moment that was visited after", "Alt+Right",
        icon="mdi6.arrow-right"),
    _do("note", "Add a not&e...", "add_note", "Write a note on this moment", both=("M",), ends_group=True),
    _do("breakpoint", "Breakpoint on this &line", "toggle_breakpoint", "Stop at the line of the cursor, or no more", "F9"),
    _do("condition", "Breakpoint with a condition...", "edit_condition",
        "Stop at the line of the cursor where a condition holds", "Ctrl+F9", ends_group=True),
    _shown(VALUE, "1", "Show the &value", "Show the selected array as it is"),
    _shown(CHANGE, "2", "Show the &change", "Show what this step changed in the selected array"),
    _shown(REFERENCE, "3", "Show what &JAX says", "Show what the selected array should be"),
    _shown(DIFFERENCE, "4", "Show the &difference", "Show how the selected array differs from what it should be", True),
    _do("pin", "&Pin the picked element", "pin", "Keep the values of the picked element in sight", both=("P",), submenu=ARRAY),
    _do("use_jax", "What if: use JAX &here", "use_jax",
        "Put JAX's values into the selected array, run the rest, and see what becomes right", both=("J",)),
    _do("other_run", "Other run &of the what-if", "other_run", "Change between the run and the one with other values",
        both=("X",), ends_group=True),
    _source("find", "&Find in the source...", "show_find", "Find a text in the source", "Ctrl+F"),
    _source("find_next", "Find &next", "find_next 1", "Find the next place", "F3"),
    _source("find_previous", "Find &previous", "find_next -1", "Find the place before", "Shift+F3"),
    _source("go_to_line", "&Go to line...", "ask_line", "Put the cursor on a line of the source", "Ctrl+Shift+G"),
    _source("editor", "Open in your &editor", "open_in_editor", "Open the file at this line in your own editor",
            source_keys=("E",)),
    _source("zoom_in", "&Larger", "zoom_in", "Show the source larger", "Ctrl++"),
    _source("zoom_out", "&Smaller", "zoom_out", "Show the source smaller", "Ctrl+-"),
    _source("zoom_reset", "&Usual size", "zoom_reset", "Show the source as large as the other text", "Ctrl+0"),
)
# fmt: on

DEBUG_TOOLBAR = (
    "open", "record", "cancel", "", "wrong_line", "", "visit_back", "visit_forward", "", "over_back", "over", "into",
    "out", "", "iteration_back", "iteration", "", "continue_back", "continue",
)  # fmt: skip
"""Ids of what stands on the toolbar while the code is shown; an empty one is a line."""
