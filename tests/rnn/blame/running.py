"""Records a case in this process and finds the lines to blame: what a job does, without the job."""

from __future__ import annotations

import ast
import hashlib
import linecache
import types
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from rnn import oracle
from rnn.blame.blame import Blame, blame, library_for
from rnn.blame.flow import Flow
from rnn.blame.quantities import Truth
from rnn.build import build
from rnn.cases import Case
from rnn.cases.call import UserProblem
from rnn.cases.layout import Layout
from rnn.cells import OPTIONS
from rnn.problem import Problem
from rnn.recorder import Recording, record
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for

OF_NETWORK = ("layers", "bidirectional", "embedding", "truncation", "clip")


@lru_cache(maxsize=64)
def _truth(settings: ProblemSettings) -> Truth:
    problem = build(settings, None)
    return Truth(problem, *oracle.reference(problem))


def user_problem(problem: Problem, layout: Layout) -> UserProblem:
    """What `run(problem)` is given."""
    header = {name: getattr(problem, name) for name in ("sizes", "dtype", "cell", "activation", "loss", "seed")}
    arrays = {f"params/{name}": value for name, value in problem.parameters.items()}
    return UserProblem(header, arrays | problem.data(), layout)


def declared(path: Path) -> Case:
    """A case, its declaration as it stands in the file."""
    data = path.read_bytes()
    for node in ast.parse(data).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CASE":
            return Case(path, path.stem, _literal(node.value), hashlib.sha256(data).hexdigest())
    raise AssertionError(f"{path} has no CASE")


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return {str(word.arg): _literal(word.value) for word in node.keywords}
    return ast.literal_eval(node)


def settings_of(case: Case) -> ProblemSettings:
    """The settings that a case declares, with all that it says of its network."""
    said: Mapping[str, Any] = case.declaration
    options = {name: said[name] for name in OPTIONS if name in said}
    plain = dict(said)
    if plain.get("biases") == "two":
        options["two_biases"], plain["biases"] = True, True
    found = settings_for(replace(case, declaration=plain))
    network = {name: said[name] for name in OF_NETWORK if name in said}
    return replace(found, cell_options=tuple(sorted(options.items())), **network)


def record_case(path: Path, recording: Path) -> tuple[Case, Truth, Recording]:
    """Run a case under the recorder, on its own problem."""
    case = declared(path)
    truth = _truth(settings_of(case))
    module = types.ModuleType("_case")
    module.__file__ = str(path)
    linecache.checkcache()
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
    problem = user_problem(truth.problem, Layout.of(case.declaration))
    made = record(module.run, problem, path=recording, files=lambda file: file == str(path))
    assert made.error is None, made.error
    return case, truth, Recording(recording)


def blame_case(path: Path, recording: Path) -> tuple[Blame, ...]:
    """The statements to blame for what a case returns."""
    case, truth, made = record_case(path, recording)
    try:
        flow = Flow(made)
        return blame(flow, library_for(flow, truth), truth, Layout.of(case.declaration))
    finally:
        made.close()
