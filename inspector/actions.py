"""ACTIONS: every command once. Menus, toolbar and the key sheet are made from this table."""

from __future__ import annotations

from inspector.action import COMPARE, EDIT, FILE, HEATMAP, HELP, PANELS, TIME, VIEW, Action
from inspector.debug_actions import DEBUG_ACTIONS, DEBUG_TOOLBAR


def _mode(mode: str, text: str, key: str, tip: str, ends_group: bool = False) -> Action:
    return Action(
        f"mode_{mode}",
        text,
        VIEW,
        lambda c: c.state.set_view(mode=mode),
        (key,),
        scope=HEATMAP,
        tip=tip,
        checked=lambda state: state.view.mode == mode,
        ends_group=ends_group,
    )


# fmt: off
ACTIONS: tuple[Action, ...] = (
    Action("open", "&Open...", FILE, lambda c: c.choose_files(), ("Ctrl+O",), icon="mdi6.folder-open-outline",
           tip="Open a case, weights, data, a text or a saved result"),
    Action("built_in", "&Check the built-in BPTT", FILE, lambda c: c.check_built_in(), ("Ctrl+N",),
           tip="Leave the case; check the program's own backward pass", ends_group=True),
    Action("save_weights", "Save &weights...", FILE, lambda c: c.choose_weights_target(), ("Ctrl+S",),
           icon="mdi6.content-save-outline", needs_result=True,
           tip="Save the weights of this run as .npz or .safetensors"),
    Action("export_figure", "&Export figure...", FILE, lambda c: c.choose_figure_target(), ("Ctrl+E",),
           icon="mdi6.image-outline", tip="Save the three pictures as PNG, PDF or SVG, or their numbers as .npz",
           needs_result=True, ends_group=True),
    Action("quit", "&Quit", FILE, lambda c: c.close_window(), ("Ctrl+Q",), tip="End the program"),
    Action("undo", "&Undo", EDIT, lambda c: c.state.undo(), ("Ctrl+Z",),
           tip="Take back the last change of the problem or of the view"),
    Action("redo", "&Redo", EDIT, lambda c: c.state.redo(), ("Ctrl+Shift+Z",), tip="Make the undone change again",
           ends_group=True),
    Action("copy", "&Copy values", EDIT, lambda c: c.copy_values(), ("Ctrl+C",), icon="mdi6.content-copy",
           tip="Copy the values of the marked region, or of the picked cell, tab-separated", needs_result=True),
    Action("mark_region", "&Mark a region", EDIT, lambda c: c.mark_region(), ("M",), scope=HEATMAP, needs_result=True,
           tip="First press: one corner at the picked cell; second press: the opposite corner. Or drag with Shift"),
    Action("edit_weight", "Edit &weight...", EDIT, lambda c: c.ask_for_weight(), ("Ctrl+W",), needs_result=True,
           tip="Put another value into the weight whose gradient is picked, and run", ends_group=True),
    Action("settings", "&Settings...", EDIT, lambda c: c.show_settings(), ("Ctrl+,",),
           tip="Theme, colours, and what the program remembers"),
    Action("palette", "Command &palette...", VIEW, lambda c: c.show_palette(), ("Ctrl+Shift+P",),
           tip="Find any command by a few letters of its name", ends_group=True),
    _mode("triptych", "&Three panes", "0", "Hand, JAX and their difference side by side"),
    _mode("hand", "&Hand alone", "1", "Only the hand-written gradient, as large as there is room"),
    _mode("reference", "&JAX alone", "2", "Only JAX's gradient"),
    _mode("difference", "&Difference alone", "3", "Only the difference"),
    _mode("split", "&Split by a line", "4", "Hand on the left of a line, JAX on its right; drag the line"),
    Action("split_left", "Line to the left", VIEW, lambda c: c.move_split(-0.05), ("<",), scope=HEATMAP,
           tip="Move the line between hand and JAX"),
    Action("split_right", "Line to the right", VIEW, lambda c: c.move_split(0.05), (">",), scope=HEATMAP,
           tip="Move the line between hand and JAX"),
    Action("flip", "&Flip hand and JAX", VIEW, lambda c: c.toggle_flip(), held="Space",
           tip="Let hand and JAX change places; hold Space to do so for a moment",
           checked=lambda state: state.look.flipped, ends_group=True),
    Action("profiles", "P&rofiles", VIEW, lambda c: c.toggle_profiles(), ("P",), scope=HEATMAP,
           tip="Draw the row and the column through the picked cell as curves",
           checked=lambda state: state.view.profiles),
    Action("scale", "&Next scale", VIEW, lambda c: c.next_scale(), ("S",), scope=HEATMAP,
           tip="Colour linearly, by asinh so that small and large values both show, or by log"),
    Action("lock", "&Lock range", VIEW, lambda c: c.toggle_lock(), ("L",), scope=HEATMAP,
           tip="Let the difference share the range of hand and JAX", checked=lambda state: state.view.locked),
    Action("auto_range", "&Automatic range", VIEW, lambda c: c.auto_range(), ("A",), scope=HEATMAP,
           tip="End the colours at the largest values that occur", ends_group=True),
    Action("fit", "F&it", VIEW, lambda c: c.triptych("fit"), pictures_keys=("Ctrl+0",), icon="mdi6.fit-to-page-outline",
           tip="Show the whole matrix", needs_result=True),
    Action("one_to_one", "&One to one", VIEW, lambda c: c.triptych("one_to_one"), pictures_keys=("Ctrl+1",), needs_result=True,
           tip="Show cells at their natural size"),
    Action("view_back", "View &back", VIEW, lambda c: c.travel_view("view_back"), pictures_keys=("Alt+Left",),
           needs_result=True, tip="Show the part of the matrix that was shown before"),
    Action("view_forward", "View for&ward", VIEW, lambda c: c.travel_view("view_forward"), pictures_keys=("Alt+Right",),
           needs_result=True, tip="Undo going back", ends_group=True),
    Action("run", "&Run", COMPARE, lambda c: c.state.run(), pictures_keys=("Ctrl+R", "F5"), icon="mdi6.play",
           tip="Run hand-written BPTT and JAX side by side"),
    Action("cancel", "&Cancel", COMPARE, lambda c: c.cancel(), ("Esc",), icon="mdi6.stop",
           tip="Stop the run; where none runs, close a message or let go of the region or cell", ends_group=True),
    Action("first_divergence", "&First divergence", COMPARE, lambda c: c.state.look.go_to_first_divergence(),
           pictures_keys=("F8",), icon="mdi6.ray-start-arrow", needs_result=True,
           tip="Go to the first entry that is wrong, walking back from the last step"),
    Action("worst", "&Worst entry", COMPARE, lambda c: c.state.look.go_to_worst(), ("W",), scope=HEATMAP,
           needs_result=True, tip="Pick the entry with the largest difference"),
    Action("next_difference", "&Next difference", COMPARE, lambda c: c.state.step_difference(1), ("Alt+Down",),
           ("]",), icon="mdi6.arrow-down", tip="Go to the next difference, worst first", needs_result=True),
    Action("previous_difference", "&Previous difference", COMPARE, lambda c: c.state.step_difference(-1), ("Alt+Up",),
           ("[",), icon="mdi6.arrow-up", tip="Go back to the difference before", needs_result=True),
    Action("next_nan", "Next NaN or &infinity", COMPARE, lambda c: c.state.step_non_finite(1), ("N",), scope=HEATMAP,
           tip="Go to the next entry that is no finite number", needs_result=True),
    Action("go_to_cell", "&Go to cell...", COMPARE, lambda c: c.ask_for_cell(), pictures_keys=("Ctrl+G",), needs_result=True,
           tip="Pick a cell by its row and column"),
    Action("ask_element", "Ask central &differences", COMPARE, lambda c: c.state.asking.ask_element(), ("Ctrl+D",),
           tip="Let central differences of the forward pass say which side is right about the picked cell",
           needs_result=True, ends_group=True),
    Action("many", "Check &many problems", COMPARE, lambda c: c.check_many(), ("Ctrl+Shift+R",),
           tip="Check random problems of different sizes and seeds; every row of the table opens"),
    Action("previous_t", "Pre&vious step", TIME, lambda c: c.step_t(-1), (",",), scope=HEATMAP, needs_result=True,
           icon="mdi6.chevron-left", tip="Go to step t - 1"),
    Action("next_t", "Ne&xt step", TIME, lambda c: c.step_t(1), (".",), scope=HEATMAP, needs_result=True,
           icon="mdi6.chevron-right", tip="Go to step t + 1"),
    Action("history", "&History of the cell", TIME, lambda c: c.show_history(), ("Ctrl+H",), needs_result=True,
           tip="Show how the picked entry came about, step by step"),
    Action("worst_step", "Go to the &guilty step", TIME, lambda c: c.state.look.go_to_worst_step(), ("Ctrl+T",),
           needs_result=True, tip="Go to the step at which the picked entry's history differs most", ends_group=True),
    Action("jacobian", "&Jacobians of the steps", TIME, lambda c: c.ask_jacobian(), ("Ctrl+J",), needs_result=True,
           tip="Compute the spectral norm of dh_t/dh_(t-1) at every step, and draw it beside the carry gain"),
    Action("itemised", "&Itemised by loss steps", TIME, lambda c: c.ask_itemised(), ("Ctrl+I",), needs_result=True,
           tip="Compute how much the loss at every step s contributes to dh at every step t"),
    Action("descent", "Gradient &descent with both", TIME, lambda c: c.show_descent(), ("Ctrl+L",), needs_result=True,
           tip="Train for some steps with each gradient from the same weights, and compare"),
    *DEBUG_ACTIONS,
    Action("next_pane", "&Next panel", PANELS, lambda c: c.focus_next(1), ("F6",),
           tip="Move the focus to the next panel"),
    Action("previous_pane", "P&revious panel", PANELS, lambda c: c.focus_next(-1), ("Shift+F6",),
           tip="Move the focus to the panel before", ends_group=True),
    Action("toggle_bottom", "Panels &below", PANELS, lambda c: c.toggle_bottom(), ("Ctrl+B",),
           tip="Hide the panels below, or show them again"),
    Action("layout_compare", "Layout: &Compare", PANELS, lambda c: c.lay_out("compare"), ("Ctrl+Alt+1",),
           tip="Checks, pictures, trace, and what is known about the cell"),
    Action("layout_debug", "Layout: &Debug", PANELS, lambda c: c.lay_out("debug"), ("Ctrl+Alt+2",),
           tip="Everything about one step: table, itemised matrix, cell"),
    Action("layout_present", "Layout: &Present", PANELS, lambda c: c.lay_out("present"), ("Ctrl+Alt+3",),
           tip="Only the pictures and the trace, for a talk"),
    Action("reset_layout", "Reset &layout", PANELS, lambda c: c.reset_layout(),
           tip="Put all panels back where they were"),
    Action("guide", "&Guide", HELP, lambda c: c.show_guide(), ("Ctrl+F1",), tip="How to read what the program shows"),
    Action("tour", "&Tour", HELP, lambda c: c.start_tour(), tip="Four stops through the window"),
    Action("keys", "&Keys", HELP, lambda c: c.show_keys(), ("F1",), ("?",), tip="All commands and their keys",
           ends_group=True),
    Action("copy_diagnostics", "Copy &diagnostics", HELP, lambda c: c.copy_diagnostics(),
           tip="Copy versions, problem and the last failure, for a report"),
    Action("about", "&About", HELP, lambda c: c.show_about(),
           tip="Versions of the program, its libraries, and licences"),
)
# fmt: on

TOOLBAR = (
    "open",
    "",
    "run",
    "cancel",
    "",
    "previous_difference",
    "next_difference",
    "first_divergence",
    "",
    "previous_t",
    "next_t",
    "",
    "fit",
    "export_figure",
)
"""Ids of what stands on the toolbar too; an empty one is a line."""


__all__ = ["ACTIONS", "DEBUG_TOOLBAR", "TOOLBAR", "action", "plain"]


def action(name: str) -> Action:
    """The action of an id; `KeyError` where there is none."""
    return {each.id: each for each in ACTIONS}[name]


def plain(text: str) -> str:
    """A menu text without its marks."""
    return text.replace("&", "").removesuffix("...")
