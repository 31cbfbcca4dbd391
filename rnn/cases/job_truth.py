"""Truths that need the user's code: JAX on an own step, and central differences of the code's own loss. Runs in a job only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..cells.own import bind_step
from ..errors import InputError
from ..network import Network
from ..numerical import STEP, quotients
from ..problem import Problem, remade
from ..settings import ProblemSettings
from .call import Request, UserCodeError, guarded, load_case
from .layout import Layout
from .loading import open_script, stamp_sources, stamps
from .user_problem import UserProblem

MOST_RUNS = 6000
"""Runs of the code up to which differences are taken."""


def problem_of(frame: Request) -> Problem:
    """The problem that a request is about."""
    parameters = {name[7:]: value for name, value in frame.arrays.items() if name.startswith("params/")}
    settings = ProblemSettings.from_json(dict(frame.header["settings"]))
    network = Network.from_json(frame.header["network"])
    return remade(network, parameters, frame.arrays, frame.header["dtype"], settings)


def jax_truth(frame: Request) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Trace, gradients and noise of a problem whose cell is the user's JAX step.

    Raises:
        UserCodeError: what the step raised. InputError: what it makes can't be used.
    """
    from .. import oracle
    from ..forward import forward_noise

    module, name = load_case(frame), str(frame.header["declaration"]["step"])
    step = getattr(module, name, None)
    if not callable(step):
        raise InputError(f"{Path(frame.header['path']).name} has no function {name}; CASE names it as the step")
    bind_step(step)
    stamp_sources()
    problem = problem_of(frame)
    what = f"the step {name}()"
    try:
        trace, gradients = guarded(lambda: oracle.reference(problem), what)
        noise = guarded(lambda: oracle.noise_of(problem), what)
        ahead = guarded(lambda: forward_noise(problem), what)
    except UserCodeError as error:
        if "Tracer" not in str(error):
            raise
        advice = (
            f"{error}; JAX follows a step without its numbers: write xp.where in place of if, and no float() or int()"
        )
        raise UserCodeError(advice, error.details, error.file, error.line, error.step, error.moment) from None
    arrays = {f"trace/{key}": value for key, value in {**trace.steps, "y": trace.y}.items()}
    for kind in ("parameters", "steps", "starts"):
        arrays |= {f"{kind}/{key}": value for key, value in getattr(gradients, kind).items()}
    arrays |= {f"noise/{key}": value for key, value in noise.steps.items()}
    arrays |= {f"carried/{key}": value for key, value in noise.carried.items()}
    arrays |= {f"ahead/{key}": np.asarray(value, "float64") for key, value in ahead.items()}
    stamp_sources()
    return {"loss": float(trace.loss), "whole": dict(noise.whole), "sources": stamps()}, arrays


class _Loss:
    """The code's own loss as a function of its inputs."""

    def __init__(self, frame: Request) -> None:
        self.frame, self.header = frame, frame.header
        self.layout = Layout.of(self.header["declaration"], self.header["cell"])
        self.module = load_case(frame)

    def __call__(self, arrays: Mapping[str, AnyArray]) -> float:
        problem = UserProblem(self.header, arrays, self.layout, open_script)
        returned = guarded(lambda: self.module.run(problem), f"run() of {Path(self.header['path']).name}")
        if not isinstance(returned, dict) or returned.get("loss") is None:
            raise InputError(
                "run() returned no loss; without JAX the truth are central differences of it, so return loss="
            )
        loss = np.asarray(returned["loss"], "float64")
        if loss.size != 1:
            raise InputError(f"run() returned a loss of shape {loss.shape}; expected one number")
        return float(loss.reshape(()))


def differences(frame: Request) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Central differences of the code's own loss along every entry of its inputs.

    Returns:
        By our names of the gradients: `slope/d...` and `error/d...`, the estimated error of each entry.

    Raises:
        InputError: no loss, or more entries than can be asked about.
    """
    arrays = dict(frame.arrays)
    names = [name for name in arrays if name.startswith(("params/", "h0", "c0"))]
    tokens = frame.header["declaration"].get("ids") or frame.header["declaration"].get("embedding")
    names += [] if tokens else ["x"]
    runs = 4 * sum(arrays[name].size for name in names)
    if runs > MOST_RUNS:
        raise InputError(
            f"without JAX every entry is moved, which takes {runs} runs of the code here and {MOST_RUNS} are done; "
            "use smaller sizes, such as --steps 3 --batch 1 --hidden 3"
        )
    loss, found = _Loss(frame), {}
    stamp_sources()
    for name in names:
        slope, error = _slopes(loss, arrays, name)
        ours = f"d{name.removeprefix('params/')}"
        found[f"slope/{ours}"], found[f"error/{ours}"] = slope, error
    stamp_sources()
    return {"runs": runs, "sources": stamps()}, found


def _slopes(loss: _Loss, arrays: dict[str, AnyArray], name: str) -> tuple[FloatArray, FloatArray]:
    value = np.array(arrays[name], "float64")
    slope, error = np.empty(value.shape), np.empty(value.shape)
    for index in np.ndindex(value.shape):
        width = 8 * STEP * max(1.0, abs(float(value[index])))
        at = {}
        for k in (-2, -1, 1, 2):
            moved = value.copy()
            moved[index] += k * width
            at[k] = loss({**arrays, name: moved})
        slope[index], apart, rounding = quotients(at, width)
        error[index] = apart / 30 + rounding
    return slope, error
