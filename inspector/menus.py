"""Menus and toolbar, made from ACTIONS and from what can be chosen among."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QWidget

from inspector.action import COMPARE, DEBUG, FILE, HEATMAP, MENUS, VIEW, WINDOW, Action
from inspector.actions import ACTIONS, plain
from inspector.debugger.records import PLAY_SPEEDS
from inspector.records import METRICS, SCALES, THEMES

if TYPE_CHECKING:
    from inspector.window.commands import Commands
    from inspector.window.main import MainWindow

Choice = tuple[str, str]
"""A value and its text."""

METRIC_TEXTS = dict(zip(METRICS, ("Difference", "|Difference|", "Relative", "ULP", "Classes"), strict=True))
SCALE_TEXTS = dict(zip(SCALES, ("Linear", "asinh", "log"), strict=True))
THEME_TEXTS = dict(zip(THEMES, ("Light", "Dark", "As the system"), strict=True))


def literal(text: str) -> str:
    """A text in which Qt sees no mnemonic."""
    return text.replace("&", "&&")


def key_text(action: Action) -> str:
    """Its keys as this platform writes them, joined by commas."""
    native = QKeySequence.SequenceFormat.NativeText
    keys = [QKeySequence(key).toString(native) for _, key in action.shortcuts() if key != action.held]
    return ", ".join([*keys, f"hold {action.held}"] if action.held else keys)


def _make(window: MainWindow, commands: Commands, action: Action) -> QAction:
    made = QAction(action.text, window)
    made.setObjectName(action.id)
    keys = key_text(action)
    made.setToolTip(f"{plain(action.text)} ({keys})" if keys else plain(action.text))
    made.setStatusTip(action.tip)
    made.setShortcuts([QKeySequence(key) for key in action.keys_in(action.scope)])
    made.setCheckable(action.checked is not None)
    if action.scope == HEATMAP:
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.triggered.connect(lambda *_: action.handler(commands))
    return made


def make_actions(window: MainWindow, commands: Commands) -> dict[str, QAction]:
    """One QAction a command, by id."""
    return {action.id: _make(window, commands, action) for action in ACTIONS}


def bind_keys(made: dict[str, QAction], scope: str, widget: QWidget) -> None:
    """Make the keys of a scope work while a widget, or something inside it, has focus."""
    for action in ACTIONS:
        if action.scope == scope:
            widget.addAction(made[action.id])
            continue
        keys = action.keys_in(scope)
        if keys:
            second = QAction(action.text, widget)
            second.setShortcuts([QKeySequence(key) for key in keys])
            second.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            second.triggered.connect(made[action.id].trigger)
            widget.addAction(second)


def take_keys_of(made: dict[str, QAction], page: str) -> None:
    """Make the keys of the shown page work, and no longer those of the other."""
    for action in ACTIONS:
        if action.scope != HEATMAP:
            made[action.id].setShortcuts([QKeySequence(key) for key in action.keys_in(WINDOW, page)])


def _add_choice(
    menu: QMenu, title: str, choices: Iterable[Choice], now: Callable[[], str], choose: Callable[[str], None]
) -> None:
    """A submenu of which one entry is ticked; the tick is looked up whenever the menu opens."""
    submenu = menu.addMenu(title)
    group = QActionGroup(submenu)
    for value, text in choices:
        entry = submenu.addAction(literal(text))
        entry.setCheckable(True)
        entry.setData(value)
        group.addAction(entry)
        entry.triggered.connect(partial(lambda chosen, *_: choose(chosen), value))

    def tick() -> None:
        for entry in group.actions():
            entry.setChecked(entry.data() == now())

    submenu.aboutToShow.connect(tick)
    tick()


def _fill(menu: QMenu, entries: Iterable[Choice], choose: Callable[[str], None]) -> None:
    menu.clear()
    for value, text in entries:
        menu.addAction(literal(text)).triggered.connect(partial(lambda chosen, *_: choose(chosen), value))
    if menu.isEmpty():
        menu.addAction("(none)").setEnabled(False)


def _add_open_menus(window: MainWindow, file_menu: QMenu, before: QAction) -> None:
    """Examples, and recent files; both are filled when they open."""
    from inspector.assets import examples

    shipped, recent = QMenu("Open e&xample", file_menu), QMenu("Open &recent", file_menu)
    state = window.state
    shipped.aboutToShow.connect(
        lambda: _fill(shipped, [(name, name) for name in examples()], window.commands.open_example)
    )
    recent.aboutToShow.connect(
        lambda: _fill(
            recent,
            [(path, f"{Path(path).name}   {Path(path).parent}") for path in state.recent],
            lambda path: state.open_files([path]),
        )
    )
    for menu in (shipped, recent):
        file_menu.insertMenu(before, menu)


def fill_menus(window: MainWindow, made: dict[str, QAction], colour_maps: Iterable[Choice]) -> dict[str, QMenu]:
    """Build the menu bar; returns the menus by title."""
    menus = {title: window.menuBar().addMenu(title) for title in MENUS}
    inner: dict[tuple[str, str], QMenu] = {}
    for action in ACTIONS:
        menu = menus[action.menu]
        if action.submenu:
            key = action.menu, action.submenu
            menu = inner[key] = inner.get(key) or menu.addMenu(action.submenu)
        menu.addAction(made[action.id])
        if action.ends_group:
            menu.addSeparator()
    _add_open_menus(window, menus[FILE], made["built_in"])
    state, view, colour_maps = window.state, menus[VIEW], list(colour_maps)
    first_map = colour_maps[0][0] if colour_maps else ""

    def setter(field: str) -> Callable[[str], None]:
        return lambda value: state.set_view(**{field: value})

    _add_choice(view, "S&cale", SCALE_TEXTS.items(), lambda: state.view.scale, setter("scale"))
    _add_choice(view, "Colour &map", colour_maps, lambda: state.view.colour_map or first_map, setter("colour_map"))
    _add_choice(view, "Th&eme", THEME_TEXTS.items(), lambda: state.view.theme, setter("theme"))
    debug = window.commands.debug
    speeds = [(str(speed), text) for speed, text in PLAY_SPEEDS.items()]
    _add_choice(
        menus[DEBUG], "Speed of a held &key", speeds, lambda: str(debug.player.speed), lambda s: debug.set_speed(int(s))
    )
    _add_choice(menus[COMPARE], "M&etric", METRIC_TEXTS.items(), lambda: state.view.metric, setter("metric"))
    return menus


SHORT = {
    "export_figure": "Export",
    "cancel": "Stop",
    "next_difference": "Next",
    "previous_difference": "Previous",
    "next_t": "t + 1",
    "previous_t": "t - 1",
    "first_divergence": "First",
    "diagnose": "Why?",
    "over": "Over",
    "into": "Into",
    "out": "Out",
    "continue": "Continue",
    "iteration": "Iteration",
    "wrong_line": "Wrong line",
}
"""Texts on the toolbar, where the menu's is long."""

WORDLESS = frozenset({"visit_back", "visit_forward", "over_back", "iteration_back", "continue_back"})
"""What is told by its icon alone on the toolbar, beside its counterpart."""


def fill_toolbar(toolbar: QToolBar, made: dict[str, QAction], names: Iterable[str]) -> None:
    """Put actions into a toolbar; an empty name is a line."""
    toolbar.setIconSize(QSize(20, 20))
    toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for name in names:
        if name:
            made[name].setIconText(SHORT.get(name, plain(made[name].text())))
            toolbar.addAction(made[name])
            button = toolbar.widgetForAction(made[name])
            if name in WORDLESS and isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        else:
            toolbar.addSeparator()
