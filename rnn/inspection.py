"""inspect_gradients: the whole pipeline, in order, once."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from . import oracle
from .again import Purity, check_purity
from .arrays import AnyArray, Gradients, Trace
from .build import build
from .by_differences import SENTENCE
from .cases import Case, CaseResult, read_case
from .cases.own import DIFFERENCES, JAX, truth_of
from .causes import blamed, diagnosed
from .checks import FAILED, OK, SKIPPED, UNKNOWN, Checks, Progress
from .compare import Comparison
from .errors import InputError
from .forward import Forward, compare_forward, first_words, forward_values, overflow_note
from .handwritten import BUILT_IN, run_by_hand
from .headline import (
    forward_details,
    forward_finding,
    forward_sentence,
    gradients_sentence,
    headline,
    is_another_function,
    is_unknown_cell,
    missing_note,
    overall,
    ran_sentence,
    where_sentence,
    whole_headline,
    why_sentence,
)
from .judging import judged
from .problem import Problem, check
from .problem_files import FileReader
from .results import Inspection
from .saving import load_inspection, save_inspection
from .settings import ProblemSettings
from .settings_for import settings_for
from .spill import kept
from .truths import Truth, differences_truth, jax_truth
from .units import step_rms
from .variants import Explained, explain


class Runner(FileReader, Protocol):
    """The port to user code: in the program a job, in tests whatever they like."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem."""


@dataclass(frozen=True, eq=False)
class _Hand:
    """What the hand-written code gave: gradients and forward values by name, loss, and what running a case gave."""

    values: Mapping[str, AnyArray]
    loss: float | None
    result: CaseResult | None = None


@dataclass(frozen=True, eq=False)
class _Found:
    """Everything that is known about one run when its result is put together."""

    problem: Problem
    case: Case | None
    hand: _Hand
    truth: tuple[Trace, Gradients]
    forward: Forward
    explained: Explained | None
    comparison: Comparison
    purity: Purity
    kind: str = JAX
    notes: tuple[str, ...] = ()


def _by_hand(problem: Problem, case: Case | None, runner: Runner | None) -> _Hand:
    if case is None or case.built_in:
        trace, gradients = run_by_hand(problem)
        return _Hand({**gradients.named(), "y": trace.y, **trace.steps}, trace.loss)
    if runner is None:
        raise InputError(f"{case.name} is a file of code, and nothing was given to run it with")
    result = runner.run(case, problem)
    return _Hand(result.values, result.loss, result)


def _first_run(problem: Problem, case: Case | None, runner: Runner, checks: Checks) -> _Hand:
    """The check `runs`: what the code gave; what it raises is told and raised."""
    try:
        hand = _by_hand(problem, case, runner)
    except InputError as error:
        lines = [*getattr(error, "moment", ()), *str(getattr(error, "details", "")).splitlines()]
        checks.add("runs", FAILED, str(error), lines)
        checks.rest_skipped("the code does not run")
        error.checks = checks.known()
        raise
    checks.add("runs", OK, ran_sentence(hand.values, hand.loss, case, problem))
    return hand


def _pure(problem: Problem, case: Case | None, hand: _Hand, runner: Runner, checks: Checks, wanted: bool) -> Purity:
    """The check `pure`."""
    if case is None or hand.result is None:
        found = Purity(SKIPPED, "the program's own code is not watched")
    elif not wanted:
        found = Purity(SKIPPED, "not looked at on this problem")
    else:
        found = check_purity(case, problem, hand.result, runner)
    checks.add("pure", found.state, found.sentence, found.findings)
    return found


def _forward(problem: Problem, case: Case | None, hand: _Hand, truth: Truth, checks: Checks) -> tuple[Forward, Any]:
    """The check `forward`, and which usual variant explains a forward pass that differs."""
    trace = truth.trace
    found = compare_forward(hand.values, hand.loss, trace, problem, truth.ahead)
    declaration = None if case is None else case.declaration
    sought = found.first is not None and truth.ours
    explained = explain(hand.values, hand.loss, problem, declaration) if sought else None
    state = FAILED if found.first is not None else OK if found.reports and not found.note else UNKNOWN
    words = first_words(found, trace, hand.loss)
    checks.add("forward", state, forward_sentence(found, words, explained), forward_details(found))
    return found, explained


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, **oracle.versions()}


def _stored(found: _Found) -> dict[str, AnyArray]:
    """All arrays of a result, by the names that `Inspection` documents."""
    (trace, gradients), hand, comparison = found.truth, found.hand, found.comparison
    arrays: dict[str, AnyArray] = {}
    for report in comparison.parameters + comparison.intermediates:
        arrays[f"hand/{report.name}"] = hand.values[report.name]
    # The reference's side is kept whole: a cell's history and the trace need it where the code returns nothing.
    arrays |= {f"reference/{name}": value for name, value in gradients.named().items()}
    arrays |= {f"steps/{name}/reference": step_rms(value) for name, value in gradients.steps.items()}
    for name, curves in comparison.curves.items():
        arrays |= {f"steps/{name}/{kind}": values for kind, values in curves.items()}
    for name, curves in found.forward.curves.items():
        arrays |= {f"forward/{name}/{kind}": values for kind, values in curves.items()}
    arrays |= {f"weights/{name}": value for name, value in found.problem.parameters.items()}
    arrays |= {f"data/{name}": value for name, value in found.problem.data().items()}
    kept = forward_values(trace)
    arrays |= {f"handtrace/{name}": hand.values[name] for name in kept if name in hand.values}
    return arrays | {f"trace/{name}": value for name, value in kept.items()}


def _resolve(
    problem: ProblemSettings | Problem | None, case: Case | Path | str | None, runner: Runner | None
) -> tuple[Problem, Case | None]:
    found = case if isinstance(case, Case) or case is None else read_case(Path(case))
    if isinstance(problem, Problem):
        return check(problem), found
    settings = problem or (ProblemSettings() if found is None else settings_for(found))
    return build(settings, runner), found


def inspect_gradients(
    problem: ProblemSettings | Problem | None = None,
    case: Case | Path | str | None = None,
    runner: Runner | None = None,
    progress: Progress | None = None,
    blame: bool = True,
    pure: bool = True,
    why: bool = False,
    executor: Executor | None = None,
) -> Inspection:
    """Run hand-written BPTT and JAX side by side and judge every gradient, after what a judgement rests on.

    Args:
        problem: settings, or a problem that is already made; None takes the case's own, or the defaults.
        case: the user's file (a path or a `Case`); None checks the program's own BPTT.
        runner: runs user code and reads files; None starts a `rnn.jobs.JobRunner` where one is needed.
        progress: told what is being done, with a fraction where there is one; one with a parameter `extra` is told every
            check as `{"check": ...}` as soon as it is known.
        blame: whether the first wrong line is sought (runs the code once more). pure: whether side effects are (twice more).
        why: whether the cause is sought too (runs it many times more; see `rnn.diagnose`). executor: for that.

    Returns:
        The result, with all arrays in memory; `save_inspection` puts it into a file.

    Raises:
        InputError: input that can't be used, or user code that fails; its `checks` are those that were made.
    """
    if runner is None:
        from .jobs import JobRunner

        with JobRunner() as own:
            return inspect_gradients(problem, case, own, progress, blame, pure, why, executor)
    say: Progress = progress or (lambda text, fraction: None)
    checks = Checks(say)
    say("Preparing weights and data", 0.05)
    made, found = _resolve(problem, case, runner)
    result = _result(_ran(made, found, runner, checks, say, pure))
    state = {"agree": OK, "differ": FAILED}.get(result.verdict, UNKNOWN)
    wrong = [f"{report.name}: {report.verdict}" for report in result.reports() if report.wrong]
    checks.add("gradients", state, gradients_sentence(result, checks.state("pure"), checks.state("forward")), wrong)
    sought = blame and found is not None and not (is_another_function(result) or is_unknown_cell(result))
    if sought and result.verdict == "differ" and found is not None and not found.built_in:
        say("Looking for the first wrong line", 0.9)
        result = blamed(result, made, found, runner)
    state, words = where_sentence(result, blame)
    checks.add("where", state, words)
    if why and result.verdict == "differ" and found is not None:
        result = diagnosed(replace(result, checks=checks.known()), found, runner, say, executor)
    checks.add("why", *why_sentence(result, why))
    return replace(result, checks=checks.known())


def _ran(problem: Problem, case: Case | None, runner: Runner, checks: Checks, say: Progress, pure: bool) -> _Found:
    """Everything that running, watching and comparing gives; the first three checks are told on the way."""
    say("Running the hand-written backward pass", 0.15)
    hand = _first_run(problem, case, runner, checks)
    say("Running it again", 0.25)
    purity = _pure(problem, case, hand, runner, checks, pure)
    if case is not None and truth_of(case.declaration) == DIFFERENCES:
        return _by_differences(problem, case, runner, checks, say, hand, purity)
    say("Running JAX", 0.35)
    truth = jax_truth(problem, case, runner, lambda text: say(text, None))
    forward, explained = _forward(problem, case, hand, truth, checks)
    lost = {} if hand.result is None else hand.result.rounding
    only_float32 = case is not None and case.declaration.get("dtype") == "float32"
    again = None if only_float32 else lambda wide: _by_hand(wide, case, runner).values
    comparison = judged(problem, hand.values, truth.gradients, again, say, lost, truth.floor, truth.ours)
    return _Found(problem, case, hand, (truth.trace, truth.gradients), forward, explained, comparison, purity)


def _by_differences(
    problem: Problem, case: Case, runner: Runner, checks: Checks, say: Progress, hand: _Hand, purity: Purity
) -> _Found:
    """Everything that comparing with central differences of the code's own loss gives."""
    say("Moving every weight of the code a little, there and back", 0.35)
    truth, comparison, notes = differences_truth(problem, case, runner, hand.values, hand.loss)
    checks.add(
        "forward",
        SKIPPED,
        "the truth are central differences of the code's own loss, so there is no other forward pass",
    )
    nothing = Forward((), {}, None, SENTENCE)
    return _Found(problem, case, hand, truth, nothing, None, comparison, purity, DIFFERENCES, notes)


def _result(found: _Found) -> Inspection:
    """Everything in one record."""
    problem, case, hand, comparison = found.problem, found.case, found.hand, found.comparison
    trace, gradients = found.truth
    name = case.name if case else BUILT_IN
    reports = comparison.parameters + comparison.intermediates
    if not reports:
        raise InputError(f"{name} returned no gradient of {', '.join(gradients.named())}; return at least one of them")
    declared = tuple(case.declaration.get("declared", ())) if case else ()
    said = headline(reports, comparison.first_divergence, problem.sizes)
    words = first_words(found.forward, trace, hand.loss)
    missing = missing_note(hand.values, problem.parameters)
    return Inspection(
        verdict=overall(reports),
        headline=whole_headline(said, words, found.explained, overall(reports)),
        case=name,
        problem=problem.summary(),
        settings=problem.settings.to_json(),
        parameters=comparison.parameters,
        intermediates=comparison.intermediates,
        forward=found.forward.reports,
        first_divergence=comparison.first_divergence,
        arrays=kept(_stored(found)),
        findings=forward_finding(found.forward, words, found.explained),
        truth=found.kind,
        notes=(*found.notes, *problem.notes, *found.purity.findings, *overflow_note(trace), *missing, *declared),
        loss_hand=hand.loss,
        loss_reference=trace.loss,
        versions=_versions(),
    )


__all__ = ["inspect_gradients", "load_inspection", "save_inspection"]
