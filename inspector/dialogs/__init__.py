"""Small windows beside the main one; none of them blocks it.

Those that nobody needs before the first painting are imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from inspector.dialogs.base import plain_label
from inspector.dialogs.files import (
    CODE_FILTER,
    SESSION_FILTER,
    WEIGHTS_FILTER,
    choose_case_file,
    choose_code,
    choose_files,
    choose_folder,
    choose_target,
    choose_weights,
)
from inspector.dialogs.keys import show_keys
from inspector.dialogs.text import ask_line, show_text

if TYPE_CHECKING:
    from inspector.dialogs.about import show_about
    from inspector.dialogs.declaration import show_declaration
    from inspector.dialogs.export import show_export
    from inspector.dialogs.fuzzy import rank
    from inspector.dialogs.gradients import show_gradients
    from inspector.dialogs.guide import show_guide
    from inspector.dialogs.new_case import show_new_case
    from inspector.dialogs.palette import Entry, entries_of, show_palette
    from inspector.dialogs.settings import show_settings
    from inspector.dialogs.tour import Stop, Tour, tour_stops
    from inspector.dialogs.weight_look import show_weight_look

__all__ = [
    "CODE_FILTER",
    "SESSION_FILTER",
    "WEIGHTS_FILTER",
    "Entry",
    "Stop",
    "Tour",
    "ask_line",
    "choose_case_file",
    "choose_code",
    "choose_files",
    "choose_folder",
    "choose_target",
    "choose_weights",
    "entries_of",
    "plain_label",
    "rank",
    "show_about",
    "show_declaration",
    "show_export",
    "show_gradients",
    "show_guide",
    "show_keys",
    "show_new_case",
    "show_palette",
    "show_settings",
    "show_text",
    "show_weight_look",
    "tour_stops",
]

_LATE = {
    "Entry": "palette",
    "Stop": "tour",
    "Tour": "tour",
    "entries_of": "palette",
    "rank": "fuzzy",
    "show_about": "about",
    "show_declaration": "declaration",
    "show_export": "export",
    "show_gradients": "gradients",
    "show_guide": "guide",
    "show_new_case": "new_case",
    "show_palette": "palette",
    "show_settings": "settings",
    "show_weight_look": "weight_look",
    "tour_stops": "tour",
}
"""Which module holds what is imported late."""


def __getattr__(name: str) -> Any:
    """A name that is imported late."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
