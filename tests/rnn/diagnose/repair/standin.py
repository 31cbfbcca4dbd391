"""Runs cases in this process, which is quicker than a job; of cases in one file only."""

from __future__ import annotations

import io
import types
import warnings
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from importlib.util import decode_source
from pathlib import Path
from typing import Any

import numpy as np

from rnn.cases import Case, CaseResult
from rnn.cases.call import _number
from rnn.cases.layout import Layout
from rnn.cases.returned import Home
from rnn.cases.user_problem import UserProblem
from rnn.diagnose.subject import Subject
from rnn.errors import InputError
from rnn.jobs.requests import case_request
from rnn.problem import Problem

_asked: dict[int, tuple[Problem, dict[str, Any], dict[str, Any]]] = {}


def _request(case: Case, problem: Problem) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a job is asked, made once a problem."""
    if id(problem) not in _asked:
        _asked[id(problem)] = (problem, *case_request(case, problem))
    return _asked[id(problem)][1:]


def run_text(case: Case, text: str, problem: Problem) -> CaseResult:
    """What a text of a case returns."""
    header, arrays = _request(case, problem)
    layout = Layout.of(header["declaration"], header["cell"])
    module = types.ModuleType("_edited")
    module.__file__ = str(case.path)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            exec(compile(text, str(case.path), "exec", dont_inherit=True), module.__dict__)
            returned = module.run(UserProblem(header, arrays, layout))
        home = Home(layout, header["shapes"], arrays, _number)
        home.check_names(returned)
        return CaseResult(home.bring(returned), None)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"{type(error).__name__}: {error}") from error


class InProcess:
    """A runner of the text that stands in the file."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem."""
        return run_text(case, decode_source(case.path.read_bytes()), problem)


def subject_of(path: Path, findings: Sequence[Mapping[str, Any]] = ()) -> Subject:
    """A case as a search for its repair starts from it."""
    from rnn.build import build
    from rnn.cases import read_case
    from rnn.settings_for import settings_for

    case = read_case(path)
    problem = build(settings_for(case))
    return Subject(problem, {}, {}, case, InProcess(), findings)
