"""Known mistakes are named, alone and in bundles; right code, and what has no name, is not given one."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import example_path
from rnn import InputError, ProblemSettings, oracle
from rnn.build import build
from rnn.cases import CaseResult, read_case
from rnn.diagnose.explain import EXPLAINED, PARTLY, RIGHT, UNEXPLAINED, explain, explain_findings
from rnn.diagnose.reference import Reference
from rnn.diagnose.subject import Subject
from rnn.diagnose.users_names import in_users_words, users_names
from rnn.jobs import JobRunner
from rnn.problem import Problem
from rnn.settings_for import settings_for
from tests.rnn.diagnose import corpus
from tests.rnn.diagnose.corpus import Program, case_of, explained, judged

SINGLES = {"rnn": 14, "lstm": 8, "gru": 8}


def _quiet(text: str, fraction: float | None) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("cell", list(SINGLES))
def test_single_mistakes_are_named(cell: str) -> None:
    for keys in islice(corpus.singles(cell, random.Random(11)), SINGLES[cell]):
        for dtype, layout in (("float64", "in,out"), ("float32", "out,in")):
            program = Program(keys, dtype, layout)
            assert judged(cell, program, explained(cell, program)) in (corpus.RIGHT, corpus.SAME), keys


def test_bundles_are_named_or_not_explained() -> None:
    """Most are named whole; none is given a wrong name."""
    verdicts = []
    for keys in corpus.bundles("rnn", 12, seed=8):
        program = Program(keys)
        verdicts.append(judged("rnn", program, explained("rnn", program)))
    assert corpus.WRONG not in verdicts
    assert sum(one in (corpus.RIGHT, corpus.SAME) for one in verdicts) >= 10


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "leaky"])
def test_right_code_is_given_no_mistake(cell: str) -> None:
    found = explained(cell, Program(()))
    assert found.status == RIGHT and not explain_findings(found, None)


def test_numbers_of_no_known_mistake_are_not_explained() -> None:
    """A gradient with something of its own in it: nothing is guessed, what is right of the rest is still said."""

    class Odd:
        def run(self, case: Any, problem: Problem) -> CaseResult:
            made = Reference(problem).gradients()
            found = {name: made[name] for name in made if name[1:] in problem.parameters}
            return CaseResult({**found, "dW_hh": found["dW_hh"] + 0.1 * np.sin(17 * found["dW_hh"])}, None)

    problem = build(ProblemSettings())
    subject = Subject(problem, Odd().run(None, problem).values, {}, case_of("rnn"), Odd())
    found = explain(subject, _quiet, 20.0)
    told = explain_findings(found, None)
    assert found.status == UNEXPLAINED and not found.mistakes
    assert told[0]["status"] == "unexplained" and told[0]["certain"] is False and told[0]["quantity"] == "dW_hh"


def test_a_part_that_is_explained_is_said_with_what_is_not() -> None:
    class Half:
        def run(self, case: Any, problem: Problem) -> CaseResult:
            made = Reference(problem).gradients()
            found = {name: made[name] for name in made if name[1:] in problem.parameters}
            return CaseResult({**found, "db_y": 0 * found["db_y"], "dW_hh": np.cos(found["dW_hh"])}, None)

    problem = build(ProblemSettings())
    subject = Subject(problem, Half().run(None, problem).values, {}, case_of("rnn"), Half())
    found = explain(subject, _quiet, 20.0)
    assert found.status == PARTLY and [one.key for one in found.mistakes] == ["zero:b_y"]
    assert [part.name for part in found.open] == ["dW_hh"]


@pytest.mark.parametrize(
    ("change", "id"),
    [
        (lambda g, p: {name: np.clip(value, -0.5, 0.5) for name, value in g.items()}, "clip-entries"),
        (lambda g, p: {name: value + 0.01 * p.parameters[name[1:]] for name, value in g.items()}, "weight-decay"),
        (lambda g, p: {name: 0.37 * value for name, value in g.items()}, "scale-unnamed"),
        (lambda g, p: {name: -value for name, value in g.items()}, "scale-sign"),
    ],
)
def test_numbers_that_are_read_off(change: Any, id: str) -> None:
    class Changed:
        def run(self, case: Any, problem: Problem) -> CaseResult:
            made = Reference(problem).gradients()
            return CaseResult(change({f"d{name}": made[f"d{name}"] for name in problem.parameters}, problem), None)

    problem = build(ProblemSettings())
    subject = Subject(problem, Changed().run(None, problem).values, {}, case_of("rnn"), Changed())
    found = explain(subject, _quiet, 20.0)
    assert found.status == EXPLAINED and {one.id for one in found.mistakes} == {id}
    assert explain_findings(found, None)[0]["kind"] == "scale"


def test_gradients_alone_are_explained() -> None:
    problem = build(ProblemSettings(seed=3))
    values = Program(("state-of-own-step:W_hh",)).run(case_of("rnn"), problem).values
    found = explain(Subject(problem, values, {}), _quiet, 10.0)
    assert [one.key for one in found.mistakes] == ["state-of-own-step:W_hh"] and len(found.problems) == 1
    assert "no code to run" in found.note and explain_findings(found, None)[0]["certain"] is False


def test_a_search_that_is_cancelled_ends() -> None:
    class Enough(Exception):
        pass

    def say(text: str, fraction: float | None) -> None:
        raise Enough

    with pytest.raises(Enough):
        explain(Subject(build(ProblemSettings()), {"dW_hh": np.zeros((6, 6))}, {}), say, 10.0)


def test_the_users_own_names_are_used(tmp_path: Path) -> None:
    case = read_case(example_path("question-2014"))
    names = users_names(case)
    assert names["dW_hh"] == "dcdWhh" and names["da"] == "dcdHin"
    assert in_users_words("dW_hh and db_h, dW_hh.1", names) == "dcdWhh (dW_hh) and dcdbhh (db_h), dW_hh.1"
    with JobRunner() as runner:
        problem = build(settings_for(case))
        subject = Subject(problem, runner.run(case, problem).values, oracle.reference(problem)[1].named(), case, runner)
        told = explain_findings(explain(subject, _quiet, 10.0), case)
    assert told[0]["sentence"].startswith("reads dcdHin (da) of its own step") and told[0]["status"] == EXPLAINED


def test_code_that_fails_elsewhere_is_explained_where_it_runs() -> None:
    """It can't be run on other sizes: its own numbers are explained, and it is said that they are all there is."""

    class Fragile:
        def run(self, case: Any, problem: Problem) -> CaseResult:
            raise InputError("only T = 8 is supported")

    problem = build(ProblemSettings())
    values = Program(("state-of-own-step:W_hh",)).run(case_of("rnn"), problem).values
    found = explain(Subject(problem, values, {}, case_of("rnn"), Fragile()), _quiet, 10.0)
    assert [one.key for one in found.mistakes] == ["state-of-own-step:W_hh"] and len(found.problems) == 1
