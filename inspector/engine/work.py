"""What the engine can do, one function a kind of request: HANDLERS. Each returns the file it made and its findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from inspector.engine import debugging, diagnosing, drawing, filing, own_code

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from rnn.jobs import JobRunner
    from rnn.results import Inspection

Answered = tuple[str, Mapping[str, Any]]


class Say(Protocol):
    """Tells the window what is being done; raises to stop a cancelled request."""

    def __call__(self, text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
        """Args: text: for the user. fraction: 0 to 1, None where nobody knows. extra: what is already known."""


def _result(request: Submit) -> Inspection:
    from rnn.inspection import load_inspection

    return load_inspection(Path(str(request.extra["result"])))


def _target(request: Submit) -> Path:
    return Path(str(request.extra["path"]))


def inspect(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Run the whole pipeline and write the result file that `extra` names."""
    from rnn.inspection import inspect_gradients, save_inspection
    from rnn.settings import ProblemSettings

    settings = ProblemSettings.from_json(dict(request.settings))
    result = inspect_gradients(settings, request.case_path or None, runner, say, blame=False)
    say("Storing the result", None)
    save_inspection(result, _target(request))
    return str(_target(request)), own_code.about_run(request, runner)


def save_weights(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Write the weights of a result file to `path`, format by suffix."""
    from rnn.weights.files import save_arrays

    result = _result(request)
    names = [name for name in result.arrays.names() if name.startswith("weights/")]
    save_arrays({name.removeprefix("weights/"): result.arrays.read(name) for name in names}, _target(request))
    return str(_target(request)), {}


def look(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Look into the weight file `path`; its `values` too, where they are asked for."""
    from rnn.looking import look_into
    from rnn.settings import ProblemSettings

    settings = ProblemSettings.from_json(dict(request.settings))
    found = look_into(_target(request), settings, runner, bool(request.extra.get("values")), say)
    return "", {"look": asdict(found)}


def element(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Ask central differences about one entry of a result."""
    from inspector.table import element_line
    from rnn.element import parse_element, third_opinion

    result = _result(request)
    name, index = parse_element(str(request.extra["element"]), result)
    found = third_opinion(result, name, index)
    return "", {**asdict(found), "index": list(index), "sentence": element_line(found)}


def jacobian(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Spectral norm of every step's Jacobian for one sample of a result."""
    from rnn.element import problem_of
    from rnn.oracle import step_jacobian_norms

    problem, sample = problem_of(_result(request)), int(request.extra["sample"])
    steps = problem.sizes["T"]
    norms: list[float] = []
    block = max(1, min(64, 2**22 // max(1, problem.sizes["H"] ** 2)))
    for first in range(0, steps, block):
        say("Computing the Jacobians of the steps", first / steps)
        norms += step_jacobian_norms(problem, sample, range(first, min(first + block, steps))).tolist()
    return "", {"sample": sample, "norms": norms}


def _case(request: Submit) -> Any:
    from rnn.cases import read_case

    path = str(request.extra.get("case", ""))
    return read_case(Path(path)) if path else None


def itemised(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """The norms of d(loss at s)/dh_t for one sample of a result."""
    from rnn.element import problem_of
    from rnn.itemised import itemised as itemise
    from rnn.itemised import save_itemised

    extra = request.extra
    found = itemise(
        problem_of(_result(request)), _case(request), runner, int(extra["sample"]), int(extra["cursor"]), say
    )
    save_itemised(found, _target(request))
    return str(_target(request)), {}


def descent(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Gradient descent from the weights of a result, once with each side's gradients."""
    from rnn.descent import descend, save_descent
    from rnn.element import problem_of

    extra, problem = request.extra, problem_of(_result(request))
    steps, rate = int(extra["steps"]), float(extra["rate"])
    found = descend(problem, _case(request), runner, steps, rate, bool(extra["matrices_only"]), say)
    save_descent(found, _target(request))
    return str(_target(request)), {}


def open_step(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Write the weights of one step of a descent to a file that outlives the program's run."""
    from rnn.descent import load_descent
    from rnn.weights.kept import keep_weights

    side, step = str(request.extra["side"]), int(request.extra["step"])
    found = load_descent(Path(str(request.extra["descent"])))
    return str(keep_weights(found.weights_at(side, step), f"descent-{side}-step-{step}")), {}


def many(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Check many random problems; every one is told of as soon as it is done."""
    from inspector.reports import problem_row
    from rnn.errors import InputError
    from rnn.inspection import inspect_gradients
    from rnn.settings import ProblemSettings
    from rnn.settings_for import random_problems

    settings, count = ProblemSettings.from_json(dict(request.settings)), int(request.extra["count"])
    for number, one in enumerate(random_problems(settings, count, request.extra.get("vary"))):
        try:
            row = problem_row(inspect_gradients(one, request.case_path or None, runner, blame=False, pure=False))
        except InputError as error:
            row = {
                "settings": one.to_json(),
                "verdict": "error",
                "headline": str(error),
                "verdicts": {},
                "sizes": {},
                "ratio": 0.0,
            }
        say(f"Problem {number + 1} of {count}", (number + 1) / count, {"row": {"number": number, **row}})
    return "", {}


Handler = Callable[["Submit", "JobRunner", Say], Answered]

HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        inspect, save_weights, look, element, jacobian, itemised, descent, open_step, many,
        debugging.record, debugging.beside, debugging.what_if, own_code.sketch,
        diagnosing.diagnose, diagnosing.repaired, diagnosing.minimal,
        filing.compare, filing.report,
        drawing.figure, drawing.figure_preview, drawing.figures_all,
    )
}  # fmt: skip
