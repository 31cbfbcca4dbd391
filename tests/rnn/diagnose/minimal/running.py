"""Subjects for the tests, and written files run in a process of their own, in an empty folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.subject import Subject
from rnn.jobs import JobRunner
from rnn.settings_for import settings_for

DRIVER = """
import json, sys
found = {}
for path in sys.argv[1:]:
    space = {"__name__": "written", "__file__": path}
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), space)
    rows = space["differences"](space.get("returned", space["run_kept"])())
    found[path] = {name: bool(size <= rounding) for name, (size, rounding) in rows.items()}
assert not {"rnn", "inspector"} & set(sys.modules), "a written file imports the program"
print(json.dumps(found))
"""


def subject_of(path: Path, runner: JobRunner) -> Subject:
    """A subject of a case on its own problem."""
    case = read_case(path)
    problem = build(settings_for(case))
    return Subject(problem, runner.run(case, problem).values, {}, case, runner)


def right_by_name(paths: Sequence[Path], folder: Path) -> list[dict[str, bool]]:
    """For each written file, which gradients agree with JAX; all in one process, so that JAX is loaded once."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *map(str, paths)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return [found[str(path)] for path in paths]


def silent(text: str, done: float | None) -> None:
    """Nobody listens."""
