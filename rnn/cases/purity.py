"""Whether the user's code leaves alone what it is given, and computes the same again: runs in a job only.

`watch_case` runs it once more under a profile hook, and where an input was changed again with read-only inputs: that
run ends in the line that writes into them. What only shows between two runs or
two processes is found by whoever asks for them, see `rnn.again`.
"""

from __future__ import annotations

import ast
import linecache
import random
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .call import Request, Run, UserCodeError, UserProblem, is_users, run_case
from .given import flat
from .lasting import changed_between, lasting, print_of, user_modules
from .lines import parsed
from .watching import Watcher

MOST_CALLS = 4
DRAWS = ("random", "np.random", "numpy.random")
"""Modules whose functions draw from a generator that all code shares."""


def _shapes(problem: UserProblem) -> set[tuple[int, ...]]:
    shapes = {np.shape(value) for value in problem.params.values()}
    return shapes | {shape[::-1] for shape in shapes} | {(n,) for shape in shapes for n in shape}


def _generators() -> tuple[Any, Any]:
    return print_of(np.random.get_state(legacy=False)), random.getstate()


def _draws(node: ast.Call, owner: str, name: str) -> bool:
    """Whether a call draws from a generator that is shared or was never seeded."""
    if name in ("default_rng", "RandomState", "SeedSequence"):
        return not node.args
    return owner in DRAWS and name not in ("seed", "Generator", "get_state", "set_state")


def calls_by_chance(files: list[str]) -> tuple[list[str], list[str]]:
    """Calls in some files that draw random numbers, and those that take memory as it is: `np.empty, line 12 of net.py`."""
    draws: list[str] = []
    empties: list[str] = []
    for file in files:
        with suppress(SyntaxError, ValueError):
            for node in ast.walk(parsed("".join(linecache.getlines(file)), file)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner, _, name = ast.unparse(node.func).rpartition(".")
                    said = f"{owner}.{name}, line {node.lineno} of {Path(file).name}"
                    draws += [said] if _draws(node, owner, name) else []
                    empties += [said] if owner in ("np", "numpy") and name in ("empty", "empty_like") else []
    return draws[:MOST_CALLS], empties[:MOST_CALLS]


class _Watched:
    """Calls `run(problem)` and keeps what was seen on the way."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self.lasting: list[dict[str, Any]] = []
        self.draws: list[str] = []
        self.empties: list[str] = []
        self.shared = False

    def __call__(self, run: Run, problem: UserProblem) -> Any:
        watcher = Watcher(is_users, problem.dtype, _shapes(problem))
        before, generators = lasting(is_users), _generators()
        value = watcher.run(lambda: run(problem))
        self.found = watcher.found
        self.lasting = changed_between(before, lasting(is_users))
        self.draws, self.empties = calls_by_chance([str(module.__file__) for module in user_modules(is_users)])
        self.shared = _generators() != generators
        return value


def _first_write(frame: Request, names: list[str]) -> dict[str, Any]:
    """The first line that writes into any of some inputs, found by making them read-only; empty where that shows none."""

    def call(run: Run, problem: UserProblem) -> Any:
        for name, array in flat(problem.inputs()):
            if any(name == one or name.startswith(f"{one}[") for one in names):
                array.flags.writeable = False
        return run(problem)

    try:
        run_case(frame, call)
    except UserCodeError as error:
        if "read-only" in str(error):
            return {"file": error.file, "line": error.line, "step": error.step}
    except InputError:
        pass
    return {}


def watch_case(frame: Request) -> tuple[dict[str, Any], Mapping[str, AnyArray]]:
    """Carry out one request to run a case and watch it.

    Returns:
        As `run_case`, with `found` (what was seen, see `Watcher`), `lasting` (what outlives the call and has changed,
        see `rnn.cases.lasting`), `draws` and `empties` (see `calls_by_chance`), `shared` (whether shared generators moved) and
        `written` (where the inputs that are changed are first written: file, line, step).

    Raises:
        UserCodeError, InputError: as `run_case`.
    """
    watched = _Watched()
    answer, arrays = run_case(frame, watched)
    changed = answer["purity"]
    seen = {name: getattr(watched, name) for name in ("found", "lasting", "draws", "empties", "shared")}
    return {**answer, **seen, "written": _first_write(frame, changed) if changed else {}}, arrays
