"""Menus of the source: of a line in the gutter, and of a place in the text; both only call what is given to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from inspector.debugger.records import Breakpoint

Entry = tuple[str, Callable[[], object] | None]
"""Words of an entry and what it does, None where that can't be done; no words for a line between entries."""

BETWEEN: Entry = ("", None)


def breakpoint_entries(
    one: Breakpoint | None,
    toggle: Callable[[], object],
    edit: Callable[[], object],
    switch: Callable[[], object],
    remove: Callable[[], object],
) -> list[Entry]:
    """What can be done about the breakpoint of a line."""
    if one is None:
        return [("Stop at this line\tF9", toggle), ("Stop here if...\tCtrl+F9", edit)]
    return [
        ("Edit condition...\tCtrl+F9", edit),
        ("Disable" if one.enabled else "Enable", switch),
        ("Remove", remove),
    ]


def run_entries(run: Callable[[int], object]) -> list[Entry]:
    """Going to a line, in both directions; `run` is called with +1 or -1."""
    return [("Run to here\tC", lambda: run(1)), ("Run back to here\tShift+C", lambda: run(-1))]


def show_menu(parent: QWidget, name: str, entries: Sequence[Entry], place: QPoint) -> QMenu:
    """A menu that blocks nothing and goes away by itself. Args: place: on the screen."""
    menu = QMenu(parent)
    menu.setAccessibleName(name)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for text, do in entries:
        if not text:
            menu.addSeparator()
            continue
        action = menu.addAction(text.replace("&", "&&"))
        action.setEnabled(do is not None)
        if do is not None:
            # The menu may be deleted before what was chosen is done.
            action.triggered.connect(lambda _=False, do=do: do())
    menu.popup(place)
    return menu
