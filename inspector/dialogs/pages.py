"""The guide's pages: files in the resources, and one about keys that is made from the table of actions."""

from __future__ import annotations

import re
from pathlib import Path

from inspector.action import MENUS
from inspector.actions import ACTIONS, plain
from inspector.assets import resources
from inspector.menus import key_text

KEYS = "keys"

PAGES = (
    "start",
    "pictures",
    "figures",
    "verdicts",
    "why",
    "numbers",
    "time",
    "descent",
    "live",
    "many",
    "case",
    "weights",
    "gradients",
    "debugger",
    "recorder",
    "sessions",
    "commandline",
    KEYS,
    "troubles",
)
"""Names of the pages, in the order in which they are read."""

PICTURES = (
    "window.png",
    "triptych.png",
    "figure.png",
    "export.png",
    "marks.png",
    "cell.png",
    "trace.png",
    "itemised.png",
    "descent.png",
    "many.png",
    "debugger.png",
)
"""Pictures that the pages show; a missing one is replaced by its words."""

WIDGET_KEYS = {
    "Tab, Shift+Tab": "go to the next control, the one before",
    "Arrow keys, Shift+arrow keys": "in a picture: move the picked cell by one, by ten",
    "Wheel, drag": "in a picture: zoom at the mouse, move",
    "Ctrl+drag, Shift+drag": "in a picture: zoom to a box, mark a region",
    "Page Up, Page Down, Home, End": "in the history of a cell: ten steps on, the first and the last step",
    "Ctrl+Alt+C": "in the list of checks: copy the whole list",
    "Enter": "in the history of a cell: go to the step that differs most",
    "Ctrl++, Ctrl+-, Ctrl+0": "in this guide: larger, smaller, as it comes",
    "Alt+Left, Alt+Right": "in this guide: back, forward",
    "Ctrl+F, F3": "in this guide: search, next place found",
    "F2, Del": "in the list of notes: change one, take it away",
}
"""Keys of single controls, which the table of actions does not hold."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
"""A link or a picture: its mark, its words, its target."""


def folder() -> Path:
    """Where the pages are."""
    return resources() / "guide"


def _cell(text: str) -> str:
    """A text for a cell of a table, in which nothing is a mark."""
    return re.sub(r"([\\`*_|<>\[\]#])", r"\\\1", text)


def keys_page() -> str:
    """The page about keys."""
    lines = [
        "# Keys",
        "",
        "Keys without Ctrl, Alt or F work while a picture has the focus: click it, or press Tab.",
        "",
    ]
    for menu in MENUS:
        rows = [action for action in ACTIONS if action.menu == menu and action.shortcuts()]
        if rows:
            lines += [f"## {plain(menu)}", "", "| Command | Keys | What it does |", "|---|---|---|"]
            lines += [f"| {_cell(plain(a.text))} | {_cell(key_text(a))} | {_cell(a.tip)} |" for a in rows]
            lines.append("")
    lines += ["## Inside controls", "", "| Keys | What they do |", "|---|---|"]
    lines += [f"| {_cell(keys)} | {_cell(text)} |" for keys, text in WIDGET_KEYS.items()]
    return "\n".join(lines) + "\n"


def _with_pictures_that_exist(text: str) -> str:
    """A missing picture becomes its words."""

    def shown(found: re.Match[str]) -> str:
        missing = found[1] == "!" and not (folder() / found[3]).is_file()
        return f"*({found[2]})*" if missing else found[0]

    return LINK.sub(shown, text)


def page_text(name: str) -> str:
    """The Markdown of a page; raises `KeyError` for a name that is not in `PAGES`."""
    if name not in PAGES:
        raise KeyError(name)
    if name == KEYS:
        return keys_page()
    return _with_pictures_that_exist((folder() / f"{name}.md").read_text(encoding="utf-8"))


def title_of(text: str) -> str:
    """A page's title: its first line."""
    return text.partition("\n")[0].lstrip("# ")


def page_of(link: str) -> str:
    """The page that a link in a page names, empty where it leads elsewhere."""
    name = link.partition("#")[0].removesuffix(".md")
    return name if link.partition("#")[0].endswith(".md") and name in PAGES else ""
