"""Where in the user's time loop an exception was raised, and what stood in the variables there: runs in a job only."""

from __future__ import annotations

import ast
import linecache
import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from .lines import parsed

MOST_VALUES, MOST_LETTERS = 24, 90
SMALL_ARRAY = 4
"""Arrays of up to so many entries are shown whole."""

SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {ast.Add: operator.add, ast.Sub: operator.sub}

Evaluate = Callable[[ast.expr], Any]


def user_frames(traceback: TracebackType | None, is_users: Callable[[str], bool]) -> list[tuple[FrameType, int]]:
    """The frames of the user's files that a traceback passes, the outermost first, each with its line."""
    found = []
    while traceback is not None:
        if is_users(traceback.tb_frame.f_code.co_filename):
            found.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found


def said_step(frames: list[tuple[FrameType, int]], steps: int | None = None) -> str:
    """`, in step 7 of 20 (t = 6)` for the innermost time loop that the frames are in; empty where there is none.

    Args:
        frames: as `user_frames` gives them.
        steps: T, by which a loop over time is told from one over units; None where it is not known.
    """
    with suppress(Exception):  # what reads a stranger's variables must not hide the stranger's own exception
        for frame, line in reversed(frames):
            for loop in _loops(frame, line):
                said = _said_loop(loop, frame, steps)
                if said:
                    return said
    return ""


def values_at(frame: FrameType) -> list[str]:
    """The local variables of a frame, a short line each: numbers, texts, and kinds and shapes of arrays."""
    told: list[str] = []
    for name, value in list(frame.f_locals.items()):
        if not name.startswith("__") and len(told) < MOST_VALUES:
            with suppress(Exception):
                short = _short(value)
                told += [f"{name} = {short}"[:MOST_LETTERS]] if short else []
    return told


def _short(value: Any) -> str:
    if isinstance(value, (bool, int, float, complex, str, np.generic)) or value is None:
        return repr(value.item() if isinstance(value, np.generic) else value)
    if isinstance(value, np.ndarray):
        kind = f"{value.dtype} {value.shape}"
        if 0 < value.size <= SMALL_ARRAY:
            return f"{kind}: {', '.join(f'{one:.6g}' for one in value.ravel())}"
        bad = value.dtype.kind == "f" and not np.isfinite(value).all()
        return f"{kind}, not finite" if bad else kind
    if isinstance(value, (list, tuple, dict)):
        return f"{type(value).__name__} of {len(value)}"
    return ""


def _loops(frame: FrameType, line: int) -> list[ast.For]:
    """The `for` statements around a line of a frame's function, the innermost first."""
    code = frame.f_code
    tree = parsed("".join(linecache.getlines(code.co_filename)), code.co_filename)
    functions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and _around(node, line)
    ]
    inner = max(functions, key=lambda node: node.lineno, default=tree)
    found = [node for node in ast.walk(inner) if isinstance(node, ast.For) and _around(node, line)]
    return sorted(found, key=lambda node: node.lineno, reverse=True)


def _around(node: ast.stmt | ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _said_loop(loop: ast.For, frame: FrameType, steps: int | None) -> str:
    """The words about one loop; empty where it is none over time."""
    target, counted = loop.target, False
    over = loop.iter
    if isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "enumerate":
        counted = True
        target = target.elts[0] if isinstance(target, ast.Tuple) else target
    if not isinstance(target, ast.Name):
        return ""
    now = frame.f_locals.get(target.id)
    if isinstance(now, (bool, np.bool_)) or not isinstance(now, (int, np.integer)):
        return ""
    names: Mapping[str, Any] = {**frame.f_globals, **frame.f_locals}
    passed = _enumerated(over, names) if counted and isinstance(over, ast.Call) else _range(over, names)
    if not passed or (steps is not None and abs(len(passed) - steps) > 1):
        return ""
    return f", in step {int(now) - min(passed) + 1} of {max(passed) - min(passed) + 1} ({target.id} = {int(now)})"


def _enumerated(call: ast.Call, names: Mapping[str, Any]) -> range:
    length = len(_value(call.args[0], names))
    first = _value(call.args[1], names) if len(call.args) > 1 else 0
    return range(first, first + length)


def _range(node: ast.expr, names: Mapping[str, Any]) -> range | None:
    """What a `range(...)`, `reversed(range(...))`, `np.arange(...)` or a slice of one goes through; None for anything else."""
    if isinstance(node, ast.Subscript):
        return _range(node.value, names)
    if not isinstance(node, ast.Call):
        return None
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if called in ("range", "arange"):
        return range(*(int(_value(one, names)) for one in node.args))
    return _range(node.args[0], names) if called in ("reversed", "list", "tqdm") and node.args else None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of a simple expression: names, attributes, indices, sums, `len`; raises `ValueError` for others."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, names), node.attr)
    if isinstance(node, ast.Subscript):
        return _value(node.value, names)[_value(node.slice, names)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, names)
    if isinstance(node, ast.BinOp) and type(node.op) in SUMS:
        return SUMS[type(node.op)](_value(node.left, names), _value(node.right, names))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
        return len(_value(node.args[0], names))
    raise ValueError(ast.unparse(node))


def where_raised(
    error: BaseException, is_users: Callable[[str], bool], steps: int | None = None
) -> tuple[str, list[str]]:
    """Words about the step in which an exception was raised, and the values of that moment.

    Args: error: with its traceback. is_users: whether a file is the user's. steps: T.
    """
    frames = user_frames(error.__traceback__, is_users)
    return (said_step(frames, steps), values_at(frames[-1][0])) if frames else ("", [])
