"""What can follow while a condition is typed: kinds, lines that ran, names and paths of the recording, filters of hits."""

from __future__ import annotations

import re

import numpy as np

from .columns import columns_of
from .conditions import CONDITIONS, Condition
from .conditions_text import kind_of
from .expressions import Unreadable
from .format import CALL, GLOBALS, HANDED
from .recording import Recording
from .timeline import calls_with, first_name, parse_path

FILTERS = ("%10", ">=5", "==3")
MOST = 200
WORD = re.compile(r"[\w.\[\]'\"-]*$")
NAME = re.compile(r"[A-Za-z_]\w*$|$")


def names_of(recording: Recording) -> list[str]:
    """All local and global names of the recording, in the order in which they came up."""
    columns = columns_of(recording)
    if "names" not in columns.memory:
        rows = columns.bindings[np.isin(columns.kinds[columns.bindings["owner"]], (CALL, GLOBALS))]
        _, first = np.unique(rows["key"], return_index=True)
        texts = [recording.tables.texts[int(key)] for key in rows["key"][np.sort(first)]]
        columns.memory["names"] = [text for text in texts if text not in HANDED]
    names: list[str] = columns.memory["names"]
    return names


def paths_of(recording: Recording) -> list[str]:
    """Names, and paths of the arrays in containers and objects as the outermost call sees them at the end."""
    columns = columns_of(recording)
    if "paths" not in columns.memory:
        last = len(recording) - 1
        ended = int(columns.ends[0]) if len(columns.ends) else last
        inner = recording.paths(ended, 0)[:MOST] if len(columns.ends) and last >= 0 else []
        columns.memory["paths"] = list(dict.fromkeys([*names_of(recording), *inner]))
    paths: list[str] = columns.memory["paths"]
    return paths


def lines_of(recording: Recording) -> list[str]:
    """Lines that were executed, ascending."""
    found = set()
    for number in columns_of(recording).statements.tolist():
        found.add(recording.statement(number).line)
    return [str(line) for line in sorted(found)]


def _after(recording: Recording, kind: str, text: str) -> list[str]:
    """What can stand after the word of a kind."""
    typed = CONDITIONS[kind].typed
    if typed.line:
        return lines_of(recording)
    if typed.limit and re.search(r"\S\s+\S+\s", text):
        return []
    return paths_of(recording) if typed.path else []


def completions(recording: Recording, text: str) -> list[str]:
    """Whole texts that what was typed can become, best first, at most `MOST`.

    Args:
        recording: whose names and lines are meant. text: typed so far; it is completed at its end.
    """
    text = text.lstrip()
    if re.search(r"\shits\s+\S*$", text):
        place, words = text.rindex("hits") + 5, list(FILTERS)
    elif " if " in text:
        place, words = NAME.search(text).start(), names_of(recording)  # type: ignore[union-attr]
    elif (kind := kind_of(text, CONDITIONS))[0] != "expression" and " " in text:
        place, words = WORD.search(text).start(), _after(recording, kind[0], text)  # type: ignore[union-attr]
    else:
        place, words = NAME.search(text).start(), names_of(recording)  # type: ignore[union-attr]
        if not place:
            words = [kind for kind in CONDITIONS if kind != "expression"] + words
    begun = text[place:]
    found = [text[:place] + word for word in words if word.startswith(begun) and word != begun]
    return list(dict.fromkeys(found))[:MOST]


def problem(recording: Recording, condition: Condition) -> str:
    """Why a condition can't have any hit in a recording, in one sentence; empty where nothing speaks against it."""
    if condition.line and not len(recording.statement_steps(condition.line, condition.file)):
        where = f" of {condition.file}" if condition.file else ""
        return f"line {condition.line}{where} was not executed; choose one of the lines that were"
    if condition.path:
        try:
            name = first_name(parse_path(condition.path))
        except Unreadable as error:
            return str(error)
        if not calls_with(recording, name):
            near = [one for one in names_of(recording) if one.lower().startswith(name[:1].lower())][:3]
            return f"no call has a name {name!r}" + (f"; there are {', '.join(near)}" if near else "")
    return ""
