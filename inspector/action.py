"""Action: one command of the window: its text, its menu, its keys and where they work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.records import CODE as CODE
from inspector.records import PICTURES as PICTURES

if TYPE_CHECKING:
    from inspector.state import State
    from inspector.window.commands import Commands

WINDOW, HEATMAP, SOURCE, ARRAYS = "window", "heatmap", "source", "arrays"
"""Where a key works: everywhere; while the pictures, or the code, are shown; while a heatmap, the source or the steps, the
table of arrays have the focus."""

SCOPES = (WINDOW, PICTURES, CODE, HEATMAP, SOURCE, ARRAYS)

TOGETHER = ((WINDOW, PICTURES, HEATMAP), (WINDOW, CODE, SOURCE), (WINDOW, CODE, ARRAYS))
"""Scopes whose keys work at the same time: within each, no key means two things."""

FILE, EDIT, VIEW, COMPARE, TIME, DEBUG, PANELS, HELP = (
    "&File", "&Edit", "&View", "&Compare", "&Time", "&Debug", "&Window", "&Help",
)  # fmt: skip

MENUS = (FILE, EDIT, VIEW, COMPARE, TIME, DEBUG, PANELS, HELP)


@dataclass(frozen=True)
class Action:
    """One command.

    Attributes:
        id: unique name. text: as menus show it. menu: the menu it stands in.
        handler: called with `Commands`.
        keys: shortcuts, in Qt's portable notation, that work in `scope`, one of `SCOPES`.
        pictures_keys, code_keys, heatmap_keys, source_keys, array_keys: more, in these scopes.
        icon: name in qtawesome, empty for none. tip: one sentence.
        needs_result, needs_recording: whether it is greyed out while there is none; with both, while there is neither.
        plays: whether holding its key goes on at the chosen speed.
        ends_group: whether a line follows in the menu.
        checked: for something that is on or off: whether it is on.
        submenu: title of the menu in the menu that it stands in, empty for none.
        held: a key that works while it is held down, handled by the heatmap itself.
    """

    id: str
    text: str
    menu: str
    handler: Callable[[Commands], object]
    keys: tuple[str, ...] = ()
    heatmap_keys: tuple[str, ...] = ()
    scope: str = WINDOW
    pictures_keys: tuple[str, ...] = ()
    code_keys: tuple[str, ...] = ()
    source_keys: tuple[str, ...] = ()
    array_keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs_result: bool = False
    needs_recording: bool = False
    plays: bool = False
    ends_group: bool = False
    checked: Callable[[State], bool] | None = None
    held: str = ""
    submenu: str = ""

    def makes_sense(self, has_result: bool, has_recording: bool) -> bool:
        """Whether there is what it works on."""
        needed = [
            there for needs, there in ((self.needs_result, has_result), (self.needs_recording, has_recording)) if needs
        ]
        return not needed or any(needed)

    def shortcuts(self) -> list[tuple[str, str]]:
        """All (scope, key) pairs."""
        held = (self.held,) if self.held else ()
        more = {
            PICTURES: self.pictures_keys,
            CODE: self.code_keys,
            HEATMAP: (*self.heatmap_keys, *held),
            SOURCE: self.source_keys,
            ARRAYS: self.array_keys,
        }
        own = [(self.scope, key) for key in self.keys]
        return own + [(scope, key) for scope, keys in more.items() for key in keys]

    def keys_in(self, *scopes: str) -> list[str]:
        """Its keys in some scopes; not what is only held down."""
        return [key for scope, key in self.shortcuts() if scope in scopes and key != self.held]
