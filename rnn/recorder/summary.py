"""What a recording holds, in plain values: an overview, and one moment. For the command line and for JSON."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .expressions import Unreadable, parse_expression
from .format import FOUND, LOOP_END, MAPPING, OBJECT, SEQUENCE, SUSPENDED, VERSION
from .origins import Write
from .questions import changes
from .recording import Held, Recording
from .timeline import calls_with

MOST_TEXT = 2000
MOST_PRINTED = 400
ENDS = 10
"""So many of the first and of the last steps are told where they are."""

KINDS = {MAPPING: "mapping", SEQUENCE: "sequence", OBJECT: "object"}


def function_of(recording: Recording, frame: int) -> str:
    """Qualified name of the function that a call is of."""
    return recording.tables.texts[int(recording.frames[frame]["name"])]


def _functions(recording: Recording) -> list[dict[str, Any]]:
    """Calls and steps by function, in the order of their first call."""
    steps = np.bincount(recording.steps["frame"], minlength=len(recording.frames))
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for number, row in enumerate(recording.frames):
        key = int(row["name"]), int(row["file"])
        file = recording.tables.files[key[1]]
        name = recording.tables.texts[key[0]]
        empty = {"name": name, "file": file.path, "line": int(row["line"]), "calls": 0, "steps": 0}
        entry = found.setdefault(key, empty)
        entry["calls"] += 1
        entry["steps"] += int(steps[number])
    return list(found.values())


def _lines(recording: Recording) -> list[dict[str, Any]]:
    """How often every line was executed; the end of a loop is not counted."""
    rows = recording.steps[recording.steps["flags"] & LOOP_END == 0]["statement"]
    numbers, hits = np.unique(rows, return_counts=True)
    texts: dict[int, list[str]] = {}
    found = []
    for number, count in zip(numbers, hits, strict=True):
        file = recording.file_of(int(number))
        statement = file.table.statements[int(number) - file.first]
        if file.number not in texts:
            texts[file.number] = file.table.text.splitlines()
        lines = texts[file.number]
        text = lines[statement.line - 1].rstrip() if statement.line <= len(lines) else ""
        found.append({"file": file.path, "line": statement.line, "text": text, "hits": int(count)})
    return found


def overview(recording: Recording) -> dict[str, Any]:
    """The whole of a recording: what was run, what of it was followed, how it ended, what is less than exact."""
    tables, steps = recording.tables, recording.steps
    return {
        "kind": "recording",
        "version": VERSION,
        "path": str(recording.path),
        "function": tables.run[0],
        "python": tables.run[1],
        "case": tables.extra.get("case"),
        "change": tables.extra.get("change"),
        "steps": len(steps),
        "seconds": float(steps["time_ns"][-1]) / 1e9 if len(steps) else 0.0,
        "bytes": recording.size,
        "ended": recording.ended,
        "functions": _functions(recording),
        "lines": _lines(recording),
        "exceptions": [{"step": one.step, "type": one.type, "text": one.text} for one in tables.exceptions],
        "output": [{"step": one.step, "stream": one.stream, "text": one.text} for one in tables.outputs],
        "remarks": list(tables.remarks),
        "weaker": [{"step": step, "words": words} for step, words in tables.weaker],
        "changed_since": recording.changed_since(),
    }


def described(value: Any) -> dict[str, Any]:
    """An array, a container or a number, without an array's values."""
    if isinstance(value, np.ndarray):
        with np.errstate(all="ignore"):
            norm = float(np.linalg.norm(value.astype("f8").reshape(-1))) if value.dtype.kind in "fiub" else None
        finite = bool(np.isfinite(value).all()) if value.dtype.kind in "fc" else True
        return {"shape": list(value.shape), "dtype": str(value.dtype), "norm": norm, "finite": finite}
    if isinstance(value, Held):
        kind = KINDS.get(value.recording.tables.owners[value.owner][0], "container")
        return {"kind": kind, "type": value.type, "entries": len(value.keys())}
    return {"value": _plain(value)}


def value_text(value: Any) -> str:
    """A value for people: numbers to their last digit, the middle of a large array left out, keys of a container."""
    if isinstance(value, np.ndarray):
        whole = value.size <= MOST_PRINTED
        return np.array2string(
            value, 110, threshold=MOST_PRINTED, edgeitems=3 if not whole else 1000, floatmode="unique"
        )
    if isinstance(value, Held):
        return f"{value.type} with {', '.join(value.keys()[:MOST_PRINTED]) or 'nothing'}"
    return repr(_plain(value))


def _frame_names(recording: Recording, step: int) -> list[str]:
    return recording.keys(recording.frame_owner(int(recording.steps[step]["frame"])), step)


def _numbers(recording: Recording, step: int) -> dict[str, Any]:
    """Local names that stand for a number, a text or None."""
    found = {}
    for name in _frame_names(recording, step):
        try:
            value = recording.value(name, step)
        except (Unreadable, InputError):
            continue
        if not isinstance(value, (np.ndarray, Held)):
            found[name] = described(value)["value"]
    return found


def _arrays(recording: Recording, step: int) -> list[dict[str, Any]]:
    """All arrays that the call can see by its own names."""
    found = []
    for path in recording.paths(step):
        try:
            found.append({"path": path, **described(recording.value(path, step))})
        except (Unreadable, InputError) as error:
            found.append({"path": path, "unreadable": str(error)})
    return found


def moment(recording: Recording, step: int) -> dict[str, Any]:
    """One step: what was executed, and what its call saw when it was done."""
    one, tables = recording.step(step), recording.tables
    raised = [error for error in tables.exceptions if error.step == step] if one.raised else []
    return {
        "step": step,
        "file": one.file.path,
        "line": one.line,
        "text": one.statement.text,
        "function": function_of(recording, one.frame),
        "frame": one.frame,
        "depth": one.depth,
        "iteration": one.iteration if one.iteration >= 0 else None,
        "t": one.t,
        "raised": f"{raised[-1].type}: {raised[-1].text}".rstrip(": ") if raised else None,
        "loop_ended": bool(one.flags & LOOP_END),
        "suspended": bool(one.flags & SUSPENDED),
        "audit_found": bool(one.flags & FOUND),
        "output": "".join(part.text for part in tables.outputs if part.step == step)[:MOST_TEXT],
        "numbers": _numbers(recording, step),
        "arrays": _arrays(recording, step),
        "changes": changes_facts(recording, step),
    }


def place(recording: Recording, step: int) -> str:
    """`file.py, line 7`."""
    one = recording.step(step)
    return f"{Path(one.file.path).name}, line {one.line}"


def last_seen(recording: Recording, path: str) -> int:
    """The last step of the last call that has the names of a path; the last step of all where none has."""
    try:
        names = [node.id for node in ast.walk(parse_expression(path)) if isinstance(node, ast.Name)]
    except Unreadable:
        names = []
    frames = [{call[0] for call in calls_with(recording, name)} for name in names]
    having = [calls for calls in frames if calls]  # a name such as np is in no call
    shared = set.intersection(*having) if having else set()
    if not shared:
        return len(recording) - 1
    return int(np.flatnonzero(recording.steps["frame"] == max(shared))[-1])


def step_facts(recording: Recording, number: int) -> dict[str, Any]:
    """Where a step is."""
    one = recording.step(number)
    return {"step": number, "file": one.file.path, "line": one.line, "t": one.t, "text": one.statement.text}


def steps_facts(recording: Recording, steps: Any) -> dict[str, Any]:
    """How many steps there are, all their numbers, and where the first and the last ones are."""
    numbers = [int(number) for number in steps]
    shown = numbers if len(numbers) <= 2 * ENDS else numbers[:ENDS] + numbers[-ENDS:]
    return {"count": len(numbers), "steps": numbers, "shown": [step_facts(recording, number) for number in shown]}


def changes_facts(recording: Recording, step: int) -> dict[str, Any]:
    """What a step changed."""
    found = [
        {"path": one.path, "what": one.what, "changed": one.changed, "largest": one.largest, "also": list(one.also)}
        | {"function": function_of(recording, one.frame), "since": one.since}
        for one in changes(recording, step)
    ]
    return {**step_facts(recording, step), "changes": found}


def write_facts(write: Write) -> dict[str, Any]:
    """One write to one element."""
    facts = {
        name: getattr(write, name) for name in ("step", "file", "line", "t", "text", "how", "same", "exact", "since")
    }
    return {**facts, "old": _plain(write.old), "new": _plain(write.new)}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
