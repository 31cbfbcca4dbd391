"""Opens a source file in the user's own editor at a line; never runs it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

FILE_AND_LINE = ("{file}:{line}",)
PLUS_LINE = ("+{line}", "{file}")
DASH_L = ("-l", "{line}", "{file}")

EDITORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"), ("-g", "{file}:{line}")),
    **dict.fromkeys(("subl", "sublime_text", "zed", "zeditor", "lapce", "geany"), FILE_AND_LINE),
    **dict.fromkeys(("gvim", "mvim", "gedit", "gnome-text-editor", "xed", "pluma", "bbedit"), PLUS_LINE),
    **dict.fromkeys(("kate", "kwrite", "mate"), DASH_L),
    **dict.fromkeys(("pycharm", "pycharm64", "charm", "idea"), ("--line", "{line}", "{file}")),
    "emacs": PLUS_LINE,
    "emacsclient": ("-n", *PLUS_LINE),
    "nvim-qt": ("{file}", "--", "+{line}"),
    "neovide": ("{file}", "--", "+{line}"),
    "mousepad": ("--line={line}", "{file}"),
    "featherpad": PLUS_LINE,
    "notepad++": ("-n{line}", "{file}"),
    "spyder": ("{file}",),
    "thonny": ("{file}",),
}
"""Arguments that open a file at a line, by the name of the program; only those that have a window of their own."""

IN_TERMINAL = frozenset({"-nw", "-t", "-tty", "--tty", "--no-window-system"})
"""Arguments with which an editor wants a terminal."""

TEXTS = frozenset({".py", ".pyw"})
RISKY_IN_BATCH = frozenset('&|<>^%!"')
"""Signs that mean something to Windows' command line, by which batch files are started."""


def command_of(environment: Mapping[str, str], file: str, line: int) -> list[str]:
    """The user's own editor, told to open a file at a line; empty where none with a window is named.

    Args:
        environment: where VISUAL and EDITOR are looked up. file: absolute path. line: from 1.
    """
    for variable in ("VISUAL", "EDITOR"):
        words = _words(environment.get(variable, ""))
        if not words:
            continue
        name = Path(words[0].replace("\\", "/")).name.lower()
        for ending in (".exe", ".cmd", ".bat"):
            name = name.removesuffix(ending)
        program = shutil.which(words[0], path=environment.get("PATH"))
        if name not in EDITORS or program is None or IN_TERMINAL.intersection(words[1:]):
            continue
        if program.lower().endswith((".cmd", ".bat")) and RISKY_IN_BATCH.intersection(file):
            continue
        return [program, *words[1:], *(part.format(file=file, line=line) for part in EDITORS[name])]
    return []


def _words(text: str) -> list[str]:
    try:
        return [word.strip('"') for word in shlex.split(text, posix=os.name != "nt")]
    except ValueError:
        return []


def fallback(file: str, platform: str) -> tuple[Sequence[str], str]:
    """How a file is shown without an editor: a command, or the path of what the desktop opens.

    A desktop may run what it is told to open: Windows and macOS know programs that run Python files. So the former opens
    the folder, the latter its text editor; and nowhere is a file opened that does not look like a source.
    """
    if Path(file).suffix.lower() not in TEXTS or platform == "win32":
        return (), str(Path(file).parent)
    if platform == "darwin":
        return ("open", "-t", file), ""
    return (), file


def open_in_editor(path: str, line: int) -> str:
    """Open a file at a line; returns what was done, in a sentence."""
    file = os.path.abspath(path)
    if not os.path.isfile(file):
        return f"{path or 'This source'} is no file on this machine"
    own = command_of(os.environ, file, line)
    if own and _start(own):
        return f"Opened {os.path.basename(file)} at line {line} in {Path(own[0]).stem}"
    command, place = fallback(file, sys.platform)
    done = _start(command) if command else QDesktopServices.openUrl(QUrl.fromLocalFile(place))
    if not done:
        return f"Nothing here opens {file}; name your editor in the environment variable VISUAL"
    what = "its folder" if os.path.isdir(place) else os.path.basename(file)
    return f"Opened {what}; for line {line}, name your editor (code, subl, kate, pycharm ...) in the variable VISUAL"


def _start(command: Sequence[str]) -> bool:
    return bool(QProcess.startDetached(command[0], list(command[1:]))[0])
