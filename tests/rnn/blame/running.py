"""Records a case in this process and finds the lines to blame: what a job does, without the job."""

from __future__ import annotations

import linecache
import types
from functools import lru_cache
from pathlib import Path

from rnn import oracle
from rnn.blame.blame import Blame, blame, library_for
from rnn.blame.flow import Flow
from rnn.blame.quantities import Truth
from rnn.build import build
from rnn.cases import Case, read_case
from rnn.cases.call import UserProblem
from rnn.cases.layout import Layout
from rnn.problem import Problem
from rnn.recorder import Recording, record
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for


@lru_cache(maxsize=64)
def _truth(settings: ProblemSettings) -> Truth:
    problem = build(settings, None)
    return Truth(problem, *oracle.reference(problem))


def user_problem(problem: Problem, layout: Layout) -> UserProblem:
    """What `run(problem)` is given."""
    header = {name: getattr(problem, name) for name in ("sizes", "dtype", "cell", "activation", "loss", "seed")}
    arrays = {f"params/{name}": value for name, value in problem.parameters.items()}
    return UserProblem(header, arrays | problem.data(), layout)


def record_case(path: Path, recording: Path) -> tuple[Case, Truth, Recording]:
    """Run a case under the recorder, on its own problem."""
    case = read_case(path)
    truth = _truth(settings_for(case))
    module = types.ModuleType("_case")
    module.__file__ = str(path)
    linecache.checkcache()
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
    problem = user_problem(truth.problem, Layout.of(case.declaration))
    made = record(module.run, problem, path=recording, files=lambda file: file == str(path))
    assert made.error is None
    return case, truth, Recording(recording)


def blame_case(path: Path, recording: Path) -> tuple[Blame, ...]:
    """The statements to blame for what a case returns."""
    case, truth, made = record_case(path, recording)
    try:
        flow = Flow(made)
        return blame(flow, library_for(flow, truth), truth, Layout.of(case.declaration))
    finally:
        made.close()
