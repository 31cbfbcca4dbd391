"""ACTIONS: every command once. Menus, toolbar and the key sheet are made from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.window.commands import Commands

WINDOW, HEATMAP = "window", "heatmap"

FILE, EDIT, VIEW, COMPARE, PANELS, HELP = "&File", "&Edit", "&View", "&Compare", "&Window", "&Help"

MENUS = (FILE, EDIT, VIEW, COMPARE, PANELS, HELP)


@dataclass(frozen=True)
class Action:
    """One command.

    Attributes:
        id: unique name. text: as menus show it. menu: the menu it stands in.
        handler: called with `Commands`.
        keys: shortcuts, in Qt's portable notation, that work in `scope`. heatmap_keys: more, while a heatmap has focus.
        scope: `window`, or `heatmap` for keys that only mean something while a heatmap has focus.
        icon: name in qtawesome, empty for none. tip: one sentence.
        needs_result: whether it is greyed out while there is none.
        ends_group: whether a line follows in the menu.
    """

    id: str
    text: str
    menu: str
    handler: Callable[[Commands], object]
    keys: tuple[str, ...] = ()
    heatmap_keys: tuple[str, ...] = ()
    scope: str = WINDOW
    icon: str = ""
    tip: str = ""
    needs_result: bool = False
    ends_group: bool = False

    def shortcuts(self) -> list[tuple[str, str]]:
        """All (scope, key) pairs."""
        return [(self.scope, key) for key in self.keys] + [(HEATMAP, key) for key in self.heatmap_keys]


ACTIONS: tuple[Action, ...] = (
    Action("open", "&Open...", FILE, lambda c: c.choose_files(), ("Ctrl+O",),
           icon="mdi6.folder-open-outline", tip="Open a case, weights, data, a text or a saved result"),
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
           tip="Take back the last change of the problem"),
    Action("redo", "&Redo", EDIT, lambda c: c.state.redo(), ("Ctrl+Shift+Z",), tip="Make the undone change again",
           ends_group=True),
    Action("copy", "&Copy values", EDIT, lambda c: c.copy_values(), ("Ctrl+C",), icon="mdi6.content-copy",
           tip="Copy both values of the picked cell, tab-separated", needs_result=True),

    Action("fit", "&Fit", VIEW, lambda c: c.triptych("fit"), ("Ctrl+0",), icon="mdi6.fit-to-page-outline",
           tip="Show the whole matrix", needs_result=True),
    Action("one_to_one", "&One to one", VIEW, lambda c: c.triptych("one_to_one"), ("Ctrl+1",), needs_result=True,
           tip="Show cells at their natural size", ends_group=True),
    Action("scale", "Next &scale", VIEW, lambda c: c.next_scale(), ("S",), scope=HEATMAP,
           tip="Colour linearly, or by asinh so that small and large values both show"),
    Action("lock", "&Lock range", VIEW, lambda c: c.toggle_lock(), ("L",), scope=HEATMAP,
           tip="Let the difference share the range of hand and reference", ends_group=True),

    Action("run", "&Run", COMPARE, lambda c: c.state.run(), ("Ctrl+R", "F5"), icon="mdi6.play",
           tip="Run hand-written BPTT and JAX side by side"),
    Action("cancel", "&Cancel", COMPARE, lambda c: c.cancel(), ("Esc",), icon="mdi6.stop",
           tip="Stop the run; where none runs, close a message or let go of the cell",
           ends_group=True),
    Action("next_difference", "&Next difference", COMPARE, lambda c: c.state.step_difference(1), ("Alt+Down",), ("]",),
           icon="mdi6.arrow-down", tip="Go to the next difference, worst first", needs_result=True),
    Action("previous_difference", "&Previous difference", COMPARE, lambda c: c.state.step_difference(-1), ("Alt+Up",),
           ("[",), icon="mdi6.arrow-up", tip="Go back to the difference before", needs_result=True),
    Action("next_nan", "Next NaN or &infinity", COMPARE, lambda c: c.state.step_non_finite(1), ("N",), scope=HEATMAP,
           tip="Go to the next entry that is no finite number", needs_result=True),
    Action("go_to_cell", "&Go to cell...", COMPARE, lambda c: c.ask_for_cell(), ("Ctrl+G",), needs_result=True,
           tip="Pick a cell by its row and column"),
    Action("ask_element", "Ask central &differences", COMPARE, lambda c: c.state.ask_element(), ("Ctrl+D",),
           tip="Let central differences of the forward pass say which side is right about the picked cell",
           needs_result=True, ends_group=True),
    Action("previous_t", "Pre&vious step", COMPARE, lambda c: c.step_t(-1), (",",), scope=HEATMAP, needs_result=True,
           icon="mdi6.chevron-left", tip="Go to step t - 1"),
    Action("next_t", "Ne&xt step", COMPARE, lambda c: c.step_t(1), (".",), scope=HEATMAP, needs_result=True,
           icon="mdi6.chevron-right", tip="Go to step t + 1", ends_group=True),

    Action("reset_layout", "&Reset layout", PANELS, lambda c: c.reset_layout(),
           tip="Put all panels back where they were"),

    Action("keys", "&Keys", HELP, lambda c: c.show_keys(), ("F1",), tip="All commands and their keys"),
    Action("copy_diagnostics", "Copy &diagnostics", HELP, lambda c: c.copy_diagnostics(),
           tip="Copy versions, problem and the last failure, for a report"),
    Action("about", "&About", HELP, lambda c: c.show_about(), tip="Versions of the program and its libraries"),
)

TOOLBAR = ("open", "", "run", "cancel", "", "previous_difference", "next_difference", "", "previous_t", "next_t", "",
           "fit", "export_figure")
"""Ids of what stands on the toolbar too; an empty one is a line."""


def action(name: str) -> Action:
    """The action of an id; `KeyError` where there is none."""
    return {each.id: each for each in ACTIONS}[name]


def plain(text: str) -> str:
    """A menu text without its marks."""
    return text.replace("&", "").removesuffix("...")
