"""Everything that can be a figure offers it in its own menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from inspector.panes.debug.array_menu import array_menu
from inspector.panes.trace import TracePane

if TYPE_CHECKING:
    from conftest import Desk


def wanted(desk: Desk, entry: QAction) -> tuple[str, str]:
    """Kind and quantity of the figure that an entry asks for."""
    entry.trigger()
    request = desk.window.commands.export.exporting.choice.request
    return request.kind, request.quantity


def test_pictures_curves_matrix_and_history_offer_their_figures(shown_desk: Desk) -> None:
    entries = shown_desk.window.findChildren(QAction, "export_figure_of_this")
    assert {wanted(shown_desk, one)[0] for one in entries} == {
        "hand",
        "reference",
        "difference",
        "triptych",
        "itemised",
        "history",
        "traces",
    }
    for one in entries:
        holder = one.parent()
        assert isinstance(holder, QWidget) and holder.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    assert {one.text() for one in entries} == {"Export this picture...", "Export all three...", "Export figure..."}


def test_the_trace_offers_what_it_draws(shown_desk: Desk) -> None:
    trace = shown_desk.window.findChild(TracePane)
    shown_desk.state.select_quantity("dh")
    shown_desk.qtbot.waitUntil(lambda: trace.figure() == ("traces", {"quantity": "dh"}))
    trace.show_kind("gain")
    assert trace.figure() == ("traces", {"curve": "gain"})
    trace.show_kind("unit")
    assert trace.figure() == ("history", {})
    trace.show_kind("norm")
    trace.setFocus()
    shown_desk.window.pane("trace").findChildren(QWidget)[0].setFocus()
    shown_desk.press("Ctrl+E")
    assert shown_desk.window.commands.export.exporting.choice.request.kind == "traces"


def test_beside_the_code_the_step_is_meant(code_desk: Desk) -> None:
    debugger, state = code_desk.state.debugger, code_desk.state
    debugger.select_array("dcdHout")
    code_desk.settle_code()
    code_desk.press("Ctrl+E")
    choice = code_desk.window.commands.export.exporting.choice
    assert (choice.request.kind, choice.request.step, choice.request.arrays) == (
        "step",
        debugger.here.step,
        ("dcdHout",),
    )
    extra = code_desk.engine.asked[-1][3]
    assert (extra["recording"], extra["given"]) == (debugger.overview.path,) * 2 and "result" not in extra

    row = next(row for row in debugger.moment.rows if row.kind == "array" and row.path != "dcdHout")
    menu = array_menu(row, state, lambda _: None, code_desk.window)
    next(one for one in menu.actions() if one.text() == "Export figure...").trigger()
    assert choice.request.arrays == (row.path,)

    source = code_desk.window.pane("source")
    source._on_editor_menu_asked(QPoint(5, 5), source.mapToGlobal(QPoint(5, 5)))
    shown = next(one for one in source.findChildren(QMenu) if one.isVisible())
    next(one for one in shown.actions() if "figure" in one.text()).trigger()
    assert (choice.request.kind, choice.request.arrays) == ("step", ())
    shown.close()
    code_desk.window.commands.export.copy_command()


def test_ctrl_c_copies_an_array_while_it_has_the_focus(code_desk: Desk) -> None:
    from PySide6.QtGui import QGuiApplication

    code_desk.state.debugger.select_array("dcdHout")
    code_desk.settle_code()
    arrays = code_desk.window.pane("arrays")
    code_desk.qtbot.waitUntil(lambda: arrays.detail.shown is not None)
    arrays.table.setFocus()
    code_desk.press("Ctrl+C")
    assert QGuiApplication.clipboard().text().startswith("dcdHout, value, step")
