"""A stand-in for the job that runs code with edits: runs the edited text in this process, of cases in one file only."""

from __future__ import annotations

import io
import types
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from importlib.util import decode_source
from pathlib import Path
from typing import Any

import numpy as np

from rnn.cases import Case, CaseResult
from rnn.cases.call import _number
from rnn.cases.layout import Layout
from rnn.cases.returned import Home
from rnn.cases.user_problem import UserProblem
from rnn.diagnose.repair.diff import edited_files
from rnn.diagnose.repair.port import Candidate
from rnn.diagnose.repair.problems import Known
from rnn.diagnose.subject import RESIDUAL, Subject, relative_residual
from rnn.errors import InputError
from rnn.jobs.requests import case_request
from rnn.problem import Problem


@dataclass(frozen=True)
class MadeTrial:
    """As `rnn.diagnose.repair.port.Trial`."""

    candidate: Candidate
    right: tuple[Mapping[str, bool], ...]
    residuals: tuple[Mapping[str, float], ...]
    failed: str


def run_text(case: Case, text: str, problem: Problem) -> CaseResult:
    """What a text of a case returns."""
    header, arrays = case_request(case, problem)
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


class StandIn:
    """As `rnn.diagnose.repair.port.Trier`."""

    def __init__(self, subject: Subject, known: Sequence[Known], workers: int) -> None:
        assert subject.case is not None
        self._case, self._known = subject.case, known
        self._text = decode_source(Path(subject.case.path).read_bytes())
        self.count = 0

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def sources(self) -> Mapping[str, str]:
        return {str(self._case.path): self._text}

    def try_all(self, candidates: Iterable[Candidate]) -> Iterator[MadeTrial]:
        for candidate in candidates:
            self.count += 1
            yield self._tried(candidate)

    def _tried(self, candidate: Candidate) -> MadeTrial:
        right: list[dict[str, bool]] = []
        residuals: list[dict[str, float]] = []
        for known in self._known:
            try:
                values = self.values(candidate, known.problem)
            except InputError as error:
                return MadeTrial(candidate, (), (), str(error))
            limit = RESIDUAL[known.problem.dtype]
            wanted = known.right
            off = {name: relative_residual(value, wanted[name]) for name, value in values.items() if name in wanted}
            residuals.append(off)
            right.append({name: size <= limit for name, size in off.items()})
        return MadeTrial(candidate, tuple(right), tuple(residuals), "")

    def values(self, candidate: Candidate, problem: Problem) -> Mapping[str, Any]:
        text = edited_files(self.sources(), candidate)[str(self._case.path)]
        return run_text(self._case, text, problem).values


def subject_of(path: Path, findings: Sequence[Mapping[str, Any]] = ()) -> Subject:
    """A case as a search for its repair starts from it."""
    from rnn.build import build
    from rnn.cases import read_case
    from rnn.settings_for import settings_for

    case = read_case(path)
    problem = build(settings_for(case))
    return Subject(problem, {}, {}, case, InProcess(), findings)


__all__ = ["InProcess", "MadeTrial", "StandIn", "replace", "run_text", "subject_of"]
