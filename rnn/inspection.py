"""inspect_gradients: the whole pipeline, in order, once."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from . import oracle
from .arrays import AnyArray, FloatArray, Gradients, Trace
from .build import FileReader, build
from .cases import Case, CaseResult, read_case
from .compare import Comparison, compare_on
from .container import ContainerReader, ContainerWriter, MemoryArrays
from .errors import InputError
from .handwritten import BUILT_IN, run_by_hand
from .headline import forward_note, headline, overall
from .noise import Noise, measure
from .numerical import sides_with
from .problem import Problem, check
from .results import FirstDivergence, Inspection, QuantityReport
from .settings import ProblemSettings
from .settings_for import settings_for
from .units import step_rms

Progress = Callable[[str, float | None], None]

THIRD_OPINION_LIMIT = 200_000
"""Steps times samples up to which central differences are asked by themselves; each costs four forward passes."""


class Runner(FileReader, Protocol):
    """The port to user code: in the program a job, in tests whatever they like."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem."""


@dataclass(frozen=True, eq=False)
class _Hand:
    """What the hand-written code gave: gradients and forward values by name, loss, remarks."""

    values: Mapping[str, AnyArray]
    loss: float | None
    notes: tuple[str, ...] = ()


def _by_hand(problem: Problem, case: Case | None, runner: Runner | None) -> _Hand:
    if case is None or case.built_in:
        trace, gradients = run_by_hand(problem)
        return _Hand({**gradients.named(), "y": trace.y, **trace.steps}, trace.loss)
    if runner is None:
        raise InputError(f"{case.name} is a file of code, and nothing was given to run it with")
    result = runner.run(case, problem)
    changed = ", ".join(result.purity)
    notes = (
        (f"the code changes its inputs in place: {changed}; later uses of them see other numbers",) if changed else ()
    )
    return _Hand(result.values, result.loss, notes)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, **oracle.versions()}


def _third_opinion(
    reports: tuple[QuantityReport, ...],
    hand: _Hand,
    reference: Mapping[str, FloatArray],
    problem: Problem,
    say: Progress,
) -> tuple[QuantityReport, ...]:
    """Ask central differences about every quantity that is called wrong."""
    if problem.sizes["T"] * problem.sizes["B"] > THIRD_OPINION_LIMIT:
        return reports
    asked = []
    for report in reports:
        if report.wrong and report.verdict != "shape":
            say(f"Asking central differences about {report.name}", None)
            rng = np.random.default_rng(7)
            side = sides_with(problem, report.name, hand.values[report.name], reference[report.name], rng)
            report = replace(report, sides_with=side)
        asked.append(report)
    return tuple(asked)


def _judged(
    problem: Problem, hand: _Hand, gradients: Gradients, again: Callable[[Problem], _Hand], say: Progress
) -> Comparison:
    """Compare hand and JAX, and say what is being done."""

    def in_float64() -> tuple[Mapping[str, AnyArray], Noise]:
        say("Running again in float64", 0.7)
        wide = problem.cast("float64")
        return again(wide).values, measure(wide)

    say("Measuring the rounding noise", 0.6)
    return compare_on(problem, hand.values, gradients.named(), measure(problem), in_float64)


def _stored(
    problem: Problem, hand: _Hand, gradients: Gradients, trace: Trace, comparison: Comparison
) -> dict[str, AnyArray]:
    """All arrays of a result, by the names that `Inspection` documents."""
    named = gradients.named()
    arrays: dict[str, AnyArray] = {}
    for report in comparison.parameters + comparison.intermediates:
        arrays[f"hand/{report.name}"] = hand.values[report.name]
    # The reference's side is kept whole: a cell's history and the trace need it where the code returns nothing.
    arrays |= {f"reference/{name}": value for name, value in named.items()}
    arrays |= {f"steps/{name}/reference": step_rms(value) for name, value in gradients.steps.items()}
    for name, curves in comparison.curves.items():
        arrays |= {f"steps/{name}/{kind}": values for kind, values in curves.items()}
    arrays |= {f"weights/{name}": value for name, value in problem.parameters.items()}
    arrays |= {f"data/{name}": value for name, value in problem.data().items()}
    return arrays | {f"trace/{name}": value for name, value in {**trace.steps, "y": trace.y}.items()}


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
) -> Inspection:
    """Run hand-written BPTT and JAX side by side and judge every gradient.

    Args:
        problem: settings, or a problem that is already made; None takes the case's own, or the defaults.
        case: the user's file (a path or a `Case`); None checks the program's own BPTT.
        runner: runs user code and reads files; None starts a `rnn.jobs.JobRunner` where one is needed.
        progress: told what is being done, with a fraction where there is one.
        blame: whether the first wrong line of the user's code is sought where a gradient is wrong (runs it once more).

    Returns:
        The result, with all arrays in memory; `save_inspection` puts it into a file.

    Raises:
        InputError: input that can't be used, or user code that fails.
    """
    if runner is None:
        from .jobs import JobRunner

        with JobRunner() as own:
            return inspect_gradients(problem, case, own, progress, blame)
    say: Progress = progress or (lambda text, fraction: None)
    say("Preparing weights and data", 0.05)
    made, found = _resolve(problem, case, runner)
    say("Running the hand-written backward pass", 0.15)
    hand = _by_hand(made, found, runner)
    say("Running JAX", 0.35)
    trace, gradients = oracle.reference(made, lambda text: say(text, None))
    comparison = _judged(made, hand, gradients, lambda wide: _by_hand(wide, found, runner), say)
    named = gradients.named()
    comparison = replace(
        comparison,
        parameters=_third_opinion(comparison.parameters, hand, named, made, say),
        intermediates=_third_opinion(comparison.intermediates, hand, named, made, say),
    )
    result = _result(made, found, hand, (trace, gradients), comparison)
    if blame and result.verdict == "differ" and found is not None and not found.built_in:
        say("Looking for the first wrong line", 0.9)
        return _blamed(result, made, found, runner)
    return result


def _blamed(result: Inspection, problem: Problem, case: Case, runner: Runner | None) -> Inspection:
    """The result with what is known about the lines that are to blame."""
    from .blaming import Recorder, locate

    if not isinstance(runner, Recorder):
        return result
    located = locate(problem, case, runner)
    notes = (*result.notes, located.note) if located.note else result.notes
    return replace(result, findings=located.findings(), notes=notes)


def _result(
    problem: Problem, case: Case | None, hand: _Hand, truth: tuple[Trace, Gradients], comparison: Comparison
) -> Inspection:
    """Everything in one record."""
    trace, gradients = truth
    name = case.name if case else BUILT_IN
    reports = comparison.parameters + comparison.intermediates
    if not reports:
        raise InputError(f"{name} returned no gradient of {', '.join(gradients.named())}; return at least one of them")
    declared = tuple(case.declaration.get("declared", ())) if case else ()
    return Inspection(
        verdict=overall(reports),
        headline=headline(reports, comparison.first_divergence, problem.sizes),
        case=name,
        problem=problem.summary(),
        settings=problem.settings.to_json(),
        parameters=comparison.parameters,
        intermediates=comparison.intermediates,
        first_divergence=comparison.first_divergence,
        arrays=MemoryArrays(_stored(problem, hand, gradients, trace, comparison)),
        notes=(*problem.notes, *hand.notes, *forward_note(hand.values, hand.loss, trace, problem), *declared),
        loss_hand=hand.loss,
        loss_reference=trace.loss,
        versions=_versions(),
    )


def save_inspection(inspection: Inspection, path: Path) -> None:
    """Write a result and its arrays into one file; raises `InputError` where that is not possible."""
    summary = {field: value for field, value in vars(inspection).items() if field != "arrays"}
    summary["parameters"] = [asdict(report) for report in inspection.parameters]
    summary["intermediates"] = [asdict(report) for report in inspection.intermediates]
    first = inspection.first_divergence
    summary["first_divergence"] = None if first is None else asdict(first)
    for field in ("problem", "settings", "versions"):
        summary[field] = dict(summary[field])
    with ContainerWriter(Path(path)) as writer:
        for name in inspection.arrays.names():
            writer.add(name, inspection.arrays.read(name))
        writer.finish({"kind": "inspection", "inspection": summary})


def load_inspection(path: Path) -> Inspection:
    """Open a result file; arrays are read when they are asked for.

    Raises:
        InputError: not a result file, damaged, or of a newer version.
    """
    reader = ContainerReader(Path(path))
    index: dict[str, Any] = dict(reader.index)
    if index.get("kind") != "inspection":
        raise InputError(f"{path} holds {index.get('kind', 'something unknown')!r}, expected the result of a check")
    try:
        summary = dict(index["inspection"])
        first = summary.pop("first_divergence")
        for kind in ("parameters", "intermediates"):
            summary[kind] = tuple(_report_from(values) for values in summary[kind])
        divergence = None if first is None else FirstDivergence(first["quantity"], first["t"], tuple(first["index"]))
        for field in ("notes", "findings"):
            summary[field] = tuple(summary[field])
        return Inspection(**summary, first_divergence=divergence, arrays=reader)
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: its index lacks or misnames {error}; make the result again") from error


def _report_from(values: Mapping[str, Any]) -> QuantityReport:
    tuples = {name: tuple(values[name]) for name in ("shape", "hand_shape")}
    worst = values["worst_index"]
    return QuantityReport(**{**values, **tuples, "worst_index": None if worst is None else tuple(worst)})
