"""What a job is asked when a case is to be run, and what its answer means."""

from __future__ import annotations

from typing import Any

from ..arrays import AnyArray, FloatArray, Gradients, Trace
from ..cases import Case, CaseResult, WatchedCase
from ..cases.quantities import cell_records
from ..handwritten import BUILT_IN
from ..problem import Problem
from .frames import Frame

Steps = dict[str, FloatArray]
Truth = tuple[Trace, Gradients, tuple[dict[str, float], Steps, Steps], Steps]
"""Trace, gradients, the parts of the noise (of whole gradients, by step, carried by unit), and the forward pass's noise."""

Asked = tuple[dict[str, Any], dict[str, AnyArray]]


def _shapes(problem: Problem) -> dict[str, tuple[int, ...]]:
    """The shape in our layout of everything that a case may return."""
    sizes = problem.sizes
    steps, batch, hidden = sizes["T"], sizes["B"], sizes["H"]
    shapes = {f"d{name}": value.shape for name, value in problem.parameters.items()}
    network = problem.network
    per_step = {name + unit.suffix: hidden for unit in network.units for name in cell_records(network)}
    per_step |= dict.fromkeys(network.quantities(), hidden)
    ends = {"y": sizes["K"], "dy": sizes["K"], "dx": sizes["D"], "e": sizes["D"], "de": sizes["D"]}
    known = {*network.quantities(), "y", *(("e",) if network.embedding else ())}
    per_step |= {name: width for name, width in ends.items() if name in known}
    shapes |= {name: (steps, batch, width) for name, width in per_step.items()}
    return shapes | {f"d{name}": (batch, hidden) for name in problem.starts}


def case_request(case: Case | None, problem: Problem) -> Asked:
    """A request to run a case on a problem, without the operation; None asks for the built-in BPTT."""
    built_in = case is None or case.built_in
    header = {
        "built_in": built_in,
        "path": "" if case is None else str(case.path.resolve()),
        "digest": "" if case is None else case.digest,
        "declaration": {} if case is None else dict(case.declaration),
        "sizes": problem.sizes,
        "shapes": _shapes(problem),
        "dtype": problem.dtype,
        "cell": problem.cell,
        "activation": problem.activation,
        "loss": problem.loss,
        "seed": problem.seed,
        "network": problem.network.to_json(),
        "settings": problem.settings.to_json(),
    }
    arrays = {f"params/{name}": value for name, value in problem.parameters.items()}
    return header, arrays | problem.data()


def case_facts(header: dict[str, Any], case: Case | None, problem: Problem, functions: str) -> dict[str, Any]:
    """What a recording keeps of the case that was recorded, as JSON values, so that it can be run again.

    Args: header: of the request. case, problem: what it asks for. functions: which are followed.
    """
    kept = ("built_in", "path", "digest", "declaration", "sizes", "dtype", "seed", "cell", "activation", "loss")
    facts = {name: header[name] for name in kept}
    return {
        "name": BUILT_IN if case is None else case.name,
        **facts,
        **problem.network.to_json(),
        "settings": problem.settings.to_json(),
        "functions": functions,
    }


def case_result(frame: Frame, output: str) -> CaseResult:
    """The answer to a request to run a case."""
    found = frame.header
    return CaseResult(
        frame.arrays,
        found["loss"],
        tuple(found["purity"]),
        dict(found["dtypes"]),
        output,
        float(found["elapsed_s"]),
        {str(name): float(size) for name, size in found.get("rounding", {}).items()},
    )


def truth_of_frame(frame: Frame) -> Truth:
    """The answer to a request for JAX's truth about an own step."""
    kinds: dict[str, dict[str, Any]] = {}
    for name, value in frame.arrays.items():
        kind, _, rest = name.partition("/")
        kinds.setdefault(kind, {})[rest] = value
    kept = kinds["trace"]
    trace = Trace({name: value for name, value in kept.items() if name != "y"}, kept["y"], float(frame.header["loss"]))
    gradients = Gradients(*(kinds.get(kind, {}) for kind in ("parameters", "steps", "starts")))
    whole = {str(name): float(size) for name, size in frame.header["whole"].items()}
    return trace, gradients, (whole, kinds["noise"], kinds["carried"]), kinds["ahead"]


def slopes_and_errors(frame: Frame) -> tuple[Steps, Steps]:
    """The answer to a request for central differences of the code's own loss."""
    slopes, errors = (
        {name.partition("/")[2]: value for name, value in frame.arrays.items() if name.startswith(f"{kind}/")}
        for kind in ("slope", "error")
    )
    return slopes, errors


def watched_case(frame: Frame, output: str) -> WatchedCase:
    """The answer to a request to watch a case."""
    found = frame.header
    seen = {name: tuple(found[name]) for name in ("found", "lasting", "draws", "empties")}
    return WatchedCase(case_result(frame, output), **seen, shared=bool(found["shared"]), written=dict(found["written"]))
