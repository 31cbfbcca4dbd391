"""The text of a case file."""

from __future__ import annotations

import re
from pathlib import Path

from .declaring import Declared
from .running import Run

ORDER = (
    "title cell activation loss x layouts ids target weights gates stacked bias biases h0 c0 output_layer counted clip "
    "cell_tanh reset update sizes"
).split()


def imported(path: Path) -> tuple[str, list[str]]:
    """The name of the user's module in the case, and the lines that import it."""
    if path.stem.isidentifier() and path.stem not in ("problem", "run", "CASE", "net", "found"):
        return path.stem, [f"import {path.stem}"]
    return "code", ["import importlib", "", f"code = importlib.import_module({path.stem!r})"]


def write(path: Path, declared: Declared, run: Run) -> str:
    """The case file for the code in `path`."""
    scripted = any("problem.script(" in line for line in run.lines)
    lines = [
        f'"""Case of {path.name.replace(chr(92), "/").replace(chr(34), "")}: written by reading it; check what is marked with `# ?`."""',
        "",
    ]
    if not scripted:
        lines += [*imported(path)[1], ""]
    lines.append("CASE = dict(")
    for key in sorted(declared.keys, key=ORDER.index):
        mark = "# ? " if key in declared.doubtful else "# "
        lines.append(f"    {key}={declared.keys[key]!r},  {mark}{declared.reasons[key]}")
    lines += [")", "", "", "def run(problem):"]
    return "\n".join([*lines, *(f"    {_marked(line)}" for line in run.lines), ""])


def _marked(line: str) -> str:
    """A line of run with a mark where a person should look: a `None` in place of an argument, names that are pinned."""
    if "# ?" in line:
        return line
    if "problem.script(" in line:
        return f"{line}  # ? the pinned names"
    return f"{line}  # ? None" if re.search(r"[(=, ]None\b", line) else line
