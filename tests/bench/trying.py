"""Trying single edits of a backward pass in a warm job, against loading the edited file anew for each of them."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from rnn.build import build
from rnn.cases import Case, read_case
from rnn.cases.edited import Candidate, edited_texts
from rnn.cases.layout import Layout
from rnn.cases.user_problem import UserProblem
from rnn.diagnose.repair.code import Code
from rnn.diagnose.repair.edits import proposals
from rnn.handwritten import run_by_hand
from rnn.jobs import Trier
from rnn.jobs.requests import case_request
from rnn.problem import Problem
from rnn.settings_for import settings_for
from tests.bench.checks import lengthened
from tests.bench.measure import Claim, side_by_side

QUESTION = Path(__file__).parents[2] / "resources" / "examples" / "question-2014.py"
LINES = 1000
EDITS = 250
"""So many of the edits are tried, spread evenly over all."""

REPEATS = 5


def _problems(case: Case) -> list[Problem]:
    """Random problems of the case's kind with one, two and six steps, of odd sizes."""
    base = replace(settings_for(case), inputs=3, outputs=2, data="random")
    return [build(replace(base, steps=steps)) for steps in (1, 2, 6)]


def _edits(trier: Trier) -> list[Candidate]:
    """Single edits of the backward pass."""
    ((file, text),) = trier.sources.items()
    code = Code(file, text)
    (function,) = (one for one in code.tree.body if isinstance(one, ast.FunctionDef) and one.name == "backward")
    found = [one.candidate for one in proposals(code, function)]
    return found[:: max(1, len(found) // EDITS)]


def _loading_each(
    case: Case, problem: Problem, texts: dict[str, str], edits: Sequence[Candidate]
) -> Callable[[], None]:
    """Loads every edited file and runs it once on the smallest problem; compares nothing and guards against nothing."""
    header, arrays = case_request(case, problem)
    layout = Layout.of(header["declaration"], header["cell"])

    def run() -> None:
        for candidate in edits:
            ((file, text),) = edited_texts(candidate, texts).items()
            space: dict[str, object] = {"__name__": "edited", "__file__": file}
            with suppress(Exception), np.errstate(all="ignore"):
                exec(compile(text, file, "exec"), space)
                space["run"](UserProblem(header, arrays, layout))  # type: ignore[operator]

    return run


def _claims(case: Case, words: str, bound: float) -> Iterator[Claim]:
    problems = _problems(case)
    truths = []
    for problem in problems:
        trace, gradients = run_by_hand(problem)
        truths.append({**gradients.named(), "y": trace.y, **trace.steps})
    with Trier(case, problems, truths) as trier:
        edits = _edits(trier)
        list(trier.try_all(edits))
        baseline = _loading_each(case, problems[0], dict(trier.sources), edits)
        ours, theirs = side_by_side(lambda: list(trier.try_all(edits)), baseline, REPEATS)
    said = f"{len(edits)} edits, {1e3 * ours / len(edits):.2f} ms each against {1e3 * theirs / len(edits):.2f}"
    yield Claim(f"edits tried on three problems / loaded and run on one, {words}", ours / theirs, bound, said)


def claims() -> Iterator[Claim]:
    """The question of 2014 as it is, and in a file of many lines."""
    yield from _claims(read_case(QUESTION), "question-2014", 1.5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.py"
        path.write_text(lengthened(QUESTION.read_text(encoding="utf-8"), LINES), encoding="utf-8")
        yield from _claims(read_case(path), f"the same in {LINES:,} lines", 0.4)
