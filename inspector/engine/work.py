"""What the engine can do, one function a kind of request: HANDLERS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from rnn.jobs import JobRunner

Say = Callable[[str, float | None], None]


def inspect(request: Submit, runner: JobRunner, say: Say) -> str:
    """Run the whole pipeline and write the result file that `extra` names; returns its path."""
    from rnn.inspection import inspect_gradients, save_inspection
    from rnn.settings import ProblemSettings

    settings = ProblemSettings.from_json(dict(request.settings))
    result = inspect_gradients(settings, request.case_path or None, runner, say)
    say("Storing the result", None)
    path = Path(str(request.extra["path"]))
    save_inspection(result, path)
    return str(path)


def save_weights(request: Submit, runner: JobRunner, say: Say) -> str:
    """Write the weights of a result file to `path`, format by suffix; returns the path."""
    from rnn.inspection import load_inspection
    from rnn.weights.files import save_arrays

    result = load_inspection(Path(str(request.extra["result"])))
    path = Path(str(request.extra["path"]))
    names = [name for name in result.arrays.names() if name.startswith("weights/")]
    save_arrays({name.removeprefix("weights/"): result.arrays.read(name) for name in names}, path)
    return str(path)


def figure(request: Submit, runner: JobRunner, say: Say) -> str:
    """Draw one quantity of a result file to `path`; returns the path."""
    from inspector.exports import export_figure
    from rnn.inspection import load_inspection

    result = load_inspection(Path(str(request.extra["result"])))
    path = Path(str(request.extra["path"]))
    shown = {name: value for name, value in request.extra.items() if name not in ("result", "path", "quantity")}
    export_figure(result, request.extra.get("quantity"), path, **shown)
    return str(path)


def element(request: Submit, runner: JobRunner, say: Say) -> str:
    """Ask central differences about one entry of a result; returns the answer as a sentence."""
    from inspector.table import element_line
    from rnn.element import parse_element, third_opinion
    from rnn.inspection import load_inspection

    result = load_inspection(Path(str(request.extra["result"])))
    name, index = parse_element(str(request.extra["element"]), result)
    return element_line(third_opinion(result, name, index))


Handler = Callable[["Submit", "JobRunner", Say], str]

HANDLERS: dict[str, Handler] = {"inspect": inspect, "save_weights": save_weights, "figure": figure, "element": element}
