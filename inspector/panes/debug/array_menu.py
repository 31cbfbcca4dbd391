"""The menu of a row of the table of arrays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from inspector.debugger.records import ArrayRow
from inspector.state import State
from rnn.cases.quantities import quantity_names
from rnn.network import Network


def array_menu(row: ArrayRow, state: State, show_pictures: Callable[[str], None], parent: QWidget) -> QMenu:
    """What can be done with an array.

    Args:
        row: of the table. state: takes the verbs. show_pictures: shows the pictures of a quantity.
    """
    menu = QMenu(parent)
    menu.setAccessibleName(f"Menu of {row.path}")
    debugger = state.debugger
    if row.kind == "container":
        menu.addAction("Close it" if row.expanded else "Open it", lambda: debugger.toggle_expanded(row.path))
    if row.kind == "array":
        menu.addMenu(_stands_for(row, state, menu))
        menu.addSeparator()
        menu.addAction("Who wrote it", lambda: _who_wrote(row.path, state))
        menu.addAction("Stop when it changes", lambda: _stop(f"changed {row.path}", state))
        menu.addAction("Stop when NaN", lambda: _stop(f"nan {row.path}", state))
        menu.addAction("Export figure...", lambda: state.asking.want_figure("step", arrays=(row.path,)))
        if row.match is not None:
            quantity = row.match.quantity
            menu.addAction(f"Show the pictures of {quantity}", lambda: show_pictures(quantity))
        menu.addSeparator()
    menu.addAction("Copy name", lambda: QGuiApplication.clipboard().setText(row.path))
    return menu


def _known(state: State) -> tuple[str, ...]:
    """The quantities of the recorded network; those of a plain one until JAX's values are there."""
    beside = state.debugger.beside
    plain = Network("rnn", "tanh", "half_squared_error", True)
    return quantity_names(plain if beside is None else beside.right.truth.problem.network)


def _stands_for(row: ArrayRow, state: State, parent: QMenu) -> QMenu:
    """The list of quantities, the present one ticked."""
    menu, match = QMenu("Stands for", parent), row.match
    known = _known(state)
    other = () if match is None or match.quantity in known else (match.quantity,)
    for quantity in (*known, *other, ""):
        now = match.quantity if match is not None else ""
        text = quantity or "Nothing of JAX's"
        if quantity and match is not None and quantity == now:
            text += ", as you said" if match.said else f", {round(100 * match.certainty)} % sure"
        if not quantity:
            menu.addSeparator()
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(quantity == now)
        action.setEnabled(quantity not in other)
        action.triggered.connect(lambda _, quantity=quantity: state.requests.compare(match=(row.path, quantity)))
    return menu


def _who_wrote(path: str, state: State) -> None:
    """Ask about the picked element; of an array without one go to its last write."""
    debugger = state.debugger
    if debugger.path != path:
        debugger.select_array(path)
    if debugger.element is not None:
        debugger.questions.ask_origin()
    else:
        debugger.questions.go_to_write(-1)


def _stop(condition: str, state: State) -> None:
    """Make a breakpoint, or say why it can't be made."""
    problem = state.debugger.stops.add(condition)
    state.debugger.say(problem or f"Stops at: {condition}")
