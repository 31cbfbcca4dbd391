"""Whoever can't see the window or has no mouse: names, descriptions, Tab, F6, and keys that are clear."""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)

from inspector import dialogs
from inspector.action import HEATMAP, MENUS
from inspector.actions import ACTIONS
from inspector.own_code import Sketched
from inspector.panes.context import ContextGrid
from inspector.panes.heatmap.matrix_view import MatrixView
from inspector.panes.heatmap.overview import OverviewStrip
from inspector.panes.histogram_view import HistogramView
from inspector.panes.history_view import HistoryView

if TYPE_CHECKING:
    from conftest import Desk

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView)
VIEWS = (MatrixView, OverviewStrip, HistogramView, HistoryView, ContextGrid, QGraphicsView, QAbstractItemView)
OWNERS = (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar, QMenuBar, QMenu)
PARTS = (QScrollBar, QHeaderView, QMenuBar, QMenu, QTabBar)


def _is_part(widget: QWidget) -> bool:
    """Whether Qt made it as a part of something that is named itself."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, OWNERS):
            return True
        parent = parent.parentWidget()
    inside = isinstance(widget.parentWidget(), QAbstractScrollArea) and type(widget) is QWidget  # a viewport
    return inside or isinstance(widget, PARTS) or widget.objectName().startswith("qt_")


def _controls(root: QWidget) -> list[QWidget]:
    found = [w for w in root.findChildren(QWidget) if not _is_part(w) and w.window() is root.window()]
    return [w for w in found if isinstance(w, (*CONTROLS, *VIEWS)) or w.focusPolicy() & Qt.FocusPolicy.TabFocus]


def _nameless(root: QWidget) -> list[str]:
    """Controls for which a screen reader would have no word."""
    found = []
    for widget in _controls(root):
        reader = QAccessible.queryAccessibleInterface(widget)
        if not (reader.text(QAccessible.Text.Name).strip() or widget.accessibleName()):
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}")
    return found


def test_every_control_of_the_window_has_a_name(shown_desk: Desk) -> None:
    for name in ("table", "itemised", "descent", "many", "verdicts"):
        shown_desk.window.raise_pane(name)
    assert _nameless(shown_desk.window) == []


def test_every_view_has_a_description(shown_desk: Desk) -> None:
    bare = [
        type(w).__name__ for w in shown_desk.window.findChildren(QWidget)
        if isinstance(w, VIEWS) and not _is_part(w) and not (w.accessibleDescription() or w.toolTip())
    ]
    assert set(bare) <= {"HistoryView"}  # whose description is what it shows, nothing while it shows nothing


@pytest.mark.parametrize(
    "command", ["show_palette", "show_settings", "show_about", "show_guide", "show_keys", "ask_for_cell", "export.show"]
)
def test_every_control_of_a_dialog_has_a_name(shown_desk: Desk, command: str) -> None:
    attrgetter(command)(shown_desk.window.commands)()
    shown = shown_desk.dialogs()
    assert shown
    assert [_nameless(dialog) for dialog in shown] == [[]] * len(shown)


def test_every_control_of_the_dialogs_about_own_code_has_a_name(shown_desk: Desk) -> None:
    path = shown_desk.folder / "mine.py"
    path.write_text("CASE = dict(title='Mine')\ndef run(problem):\n    return {}\n", encoding="utf-8")
    shown_desk.state.choose_case(str(path))
    shown_desk.window.commands.own.show_declaration()
    made = Sketched(str(path), "CASE = {}\n", ("a tanh",), ("the layout",), {})
    shown_desk.state.own.sketched.emit(made)
    assert [_nameless(dialog) for dialog in shown_desk.dialogs()] == [[], []]


def test_a_text_dialog_has_names(shown_desk: Desk) -> None:
    assert _nameless(dialogs.show_text(shown_desk.window, "Details", "What happened.", "line 1")) == []


def test_f6_goes_through_all_panes_that_can_be_seen(shown_desk: Desk) -> None:
    seen = []
    for _ in range(8):
        shown_desk.press("F6")
        seen.append(shown_desk.pane_with_focus())
    assert {"checks", "triptych", "trace"} <= set(seen)
    assert set(seen) & {"problem", "cell", "levels"}


def test_no_key_means_two_things(shown_desk: Desk) -> None:
    for scope in ("window", HEATMAP):
        keys = Counter(key for action in ACTIONS for where, key in action.shortcuts() if where in (scope, "window"))
        assert [key for key, count in keys.items() if count > 1] == []


def test_every_command_stands_in_a_menu(shown_desk: Desk) -> None:
    bar = shown_desk.window.menuBar()
    listed = {entry.objectName() for menu in bar.findChildren(QMenu) for entry in menu.actions()}
    assert {action.id for action in ACTIONS} <= listed
    assert [entry.text() for entry in bar.actions()] == list(MENUS)
