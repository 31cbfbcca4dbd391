"""Gradient descent with both gradients from the same weights: whether a mistake matters for learning."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from . import oracle
from .arrays import AnyArray, FloatArray, freeze_all
from .cases import Case, CaseResult
from .container import ContainerReader
from .container_writer import ContainerWriter
from .errors import InputError
from .handwritten import forward, run_by_hand
from .problem import Problem

Progress = Callable[[str, float | None], None]
Weights = Mapping[str, FloatArray]

SIDES = ("hand", "reference")
MOST_STEPS = 100_000
BUDGET_BYTES = 256 << 20
"""Weights of all steps that are kept; beyond it only every k-th step's are."""

PARTS = 0.01
"""Share of the loss by which two losses have parted."""


OVERFLOW, NOT_FINITE = "the numbers overflow at step {}; a smaller rate may help", "a gradient is not finite at step {}"
"""Why a side stops."""


class Runner(Protocol):
    """Runs user code."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem."""


@dataclass(frozen=True, eq=False)
class Descent:
    """What n steps did.

    Attributes:
        rate: learning rate. matrices_only: whether biases were left as they are.
        loss_hand, loss_reference: (n+1,) loss at each side's weights, both by our forward pass in float64.
        loss_said: (n+1,) what the code says of its own loss, NaN where it says nothing.
        distance: (n+1,) Euclidean distance of the two weight sets; `distances`: by parameter.
        kept: steps whose weights are kept. weights: `<side>/<name>` (len(kept), *shape).
        notes: what was left out or stopped, for the user.

    A side that stops has NaN from there on, and keeps the weights that it had.
    """

    rate: float
    matrices_only: bool
    loss_hand: FloatArray
    loss_reference: FloatArray
    loss_said: FloatArray
    distance: FloatArray
    distances: Mapping[str, FloatArray]
    kept: tuple[int, ...]
    weights: Mapping[str, FloatArray]
    notes: tuple[str, ...] = ()

    def weights_at(self, side: str, step: int) -> dict[str, FloatArray]:
        """Weights by name of one side at a step, or at the last kept step before it."""
        place = int(np.searchsorted(self.kept, step, side="right")) - 1
        return {name.split("/")[1]: value[place] for name, value in self.weights.items() if name.startswith(f"{side}/")}


class _Side:
    """One set of weights on its way down."""

    def __init__(self, problem: Problem, name: str, steps: int, case: Case | None, runner: Runner | None) -> None:
        self.name, self._case, self._runner = name, case, runner
        self.problem = problem.cast("float64") if name == "reference" else problem
        self.loss = np.full(steps + 1, np.nan)
        self.said = np.full(steps + 1, np.nan)
        self.stopped, self.why = -1, ""
        self.missing: tuple[str, ...] = ()

    def _gradients(self) -> tuple[Mapping[str, AnyArray], float | None]:
        if self.name == "reference":
            return oracle.reference(self.problem)[1].parameters, None
        if self._case is None or self._case.built_in:
            trace, gradients = run_by_hand(self.problem)
            return gradients.parameters, trace.loss
        if self._runner is None:
            raise InputError(f"{self._case.name} is a file of code, and nothing was given to run it with")
        result = self._runner.run(self._case, self.problem)
        return result.values, result.loss

    def measure(self, step: int) -> None:
        """The loss at the present weights, by our forward pass in float64."""
        wide = self.problem.cast("float64")
        with np.errstate(all="ignore"):
            trace = forward(wide)
        self.loss[step] = trace.loss
        if not math.isfinite(trace.loss):
            self.stopped, self.why = step, OVERFLOW

    def descend(self, step: int, rate: float, names: tuple[str, ...]) -> None:
        """One step w := w - rate * dL/dw."""
        gradients, said = self._gradients()
        self.said[step] = math.nan if said is None else said
        moved: dict[str, FloatArray] = dict(self.problem.parameters)
        missing = []
        with np.errstate(all="ignore"):
            for name in names:
                gradient = gradients.get(f"d{name}")
                if gradient is None or gradient.shape != moved[name].shape:
                    missing.append(name)
                    continue
                moved[name] = moved[name] - moved[name].dtype.type(rate) * gradient.astype(moved[name].dtype)
        self.missing = tuple(missing)
        if not all(np.isfinite(value).all() for value in moved.values()):
            finite = all(np.isfinite(gradients[f"d{name}"]).all() for name in names if name not in missing)
            self.stopped, self.why = step, OVERFLOW if finite else NOT_FINITE
            return
        self.problem = replace(self.problem, parameters=freeze_all(moved))


class _Log:
    """Distances at every step, and weights at as many steps as fit into memory."""

    def __init__(self, problem: Problem, steps: int) -> None:
        size = 2 * 8 * sum(value.size for value in problem.parameters.values())
        self._last = steps
        self._every = max(1, math.ceil((steps + 1) * size / BUDGET_BYTES))
        self.kept: list[int] = []
        self.weights: dict[str, list[FloatArray]] = {
            f"{side}/{name}": [] for side in SIDES for name in problem.parameters
        }
        self.distances = {name: np.full(steps + 1, np.nan) for name in problem.parameters}

    def write(self, step: int, sides: Mapping[str, _Side]) -> None:
        """Write down where both sides are."""
        keep = step % self._every == 0 or step == self._last
        self.kept += [step] if keep else []
        going = all(side.stopped < 0 for side in sides.values())
        for name, distances in self.distances.items():
            pair = [np.asarray(sides[side].problem.parameters[name], "float64") for side in SIDES]
            distances[step] = float(np.linalg.norm(pair[0] - pair[1])) if going else math.nan
            for side, value in zip(SIDES, pair, strict=True):
                if keep:
                    self.weights[f"{side}/{name}"].append(value)


def _check(steps: int, rate: float) -> None:
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"n is {steps}; expected 1 to {MOST_STEPS} steps of descent")
    if not (math.isfinite(rate) and rate > 0):
        raise InputError(f"the learning rate is {rate}; expected a number above 0, such as 0.01")


def _notes(sides: Mapping[str, _Side]) -> tuple[str, ...]:
    notes = []
    if sides["hand"].missing:
        notes.append(
            f"Hand returned no usable gradient of {', '.join(sides['hand'].missing)}, so these stay as they are."
        )
    for name, side in sides.items():
        if side.stopped >= 0:
            who = "hand's" if name == "hand" else "JAX's"
            notes.append(f"With {who} gradients {side.why.format(side.stopped)}.")
    return tuple(notes)


def descend(
    problem: Problem,
    case: Case | None,
    runner: Runner | None,
    steps: int,
    rate: float,
    matrices_only: bool = False,
    progress: Progress | None = None,
) -> Descent:
    """Descend from the problem's weights on its data, once with hand's gradients and once with JAX's.

    Args:
        problem: where it begins; hand works in its precision, the reference in float64.
        case: the user's file, None for the built-in BPTT. runner: runs it.
        steps: n, 1 to 100,000. rate: learning rate, above 0.
        matrices_only: update only parameters whose name begins with W, as the question of 2014 did.
        progress: told how far it is; may raise to cancel.

    Raises:
        InputError: numbers that can't be used, or user code that fails.
    """
    _check(steps, rate)
    say: Progress = progress or (lambda text, fraction: None)
    names = tuple(name for name in problem.parameters if name.startswith("W") or not matrices_only)
    sides = {name: _Side(problem, name, steps, case, runner) for name in SIDES}
    log = _Log(problem, steps)
    for step in range(steps + 1):
        say(f"Step {step} of {steps}", step / (steps + 1))
        for side in sides.values():
            if side.stopped < 0:
                side.measure(step)
        log.write(step, sides)
        if all(side.stopped >= 0 for side in sides.values()):
            break
        for side in sides.values():
            if side.stopped < 0 and step < steps:
                side.descend(step, rate, names)
    return Descent(
        rate,
        matrices_only,
        sides["hand"].loss,
        sides["reference"].loss,
        sides["hand"].said,
        np.sqrt(sum(value**2 for value in log.distances.values())),
        log.distances,
        tuple(log.kept),
        {name: np.stack(values) for name, values in log.weights.items()},
        _notes(sides),
    )


def _last_loss(losses: FloatArray) -> str:
    known = losses[np.isfinite(losses)]
    return f"{known[-1]:.4g}" if len(known) else "nothing finite"


def descent_words(found: Descent) -> str:
    """One to three sentences: both losses at the end, the distance, and from where on they part; then the notes."""
    steps = len(found.loss_reference) - 1
    hand, reference = _last_loss(found.loss_hand), _last_loss(found.loss_reference)
    words = (
        f"From {found.loss_reference[0]:.4g}, {steps} {'step' if steps == 1 else 'steps'} with rate {found.rate:g} "
        f"bring the loss to {hand} with hand's gradients and to {reference} with JAX's."
    )
    with np.errstate(all="ignore"):
        gap = np.abs(found.loss_hand - found.loss_reference)
        parts = np.flatnonzero(gap > PARTS * np.abs(found.loss_reference))
    known = found.distance[np.isfinite(found.distance)]
    words += f" The weights end {known[-1]:.3g} apart." if len(known) else ""
    if len(parts):
        words += f" The losses first part by more than 1 % at step {parts[0]}."
    elif np.isfinite(gap).all():
        words += " The losses never part by 1 %."
    return " ".join((words, *found.notes))


def save_descent(found: Descent, path: Path) -> None:
    """Write a descent into a file; raises `InputError` where that is not possible."""
    arrays = {name: getattr(found, name) for name in ("loss_hand", "loss_reference", "loss_said", "distance")}
    with ContainerWriter(path) as writer:
        for name, value in arrays.items():
            writer.add(name, value)
        for name, value in found.distances.items():
            writer.add(f"distances/{name}", value)
        for name, value in found.weights.items():
            writer.add(f"weights/{name}", value)
        index: dict[str, Any] = {"rate": found.rate, "matrices_only": found.matrices_only, "kept": found.kept}
        writer.finish({"kind": "descent", **index, "notes": found.notes})


def load_descent(path: Path) -> Descent:
    """Read a descent back; raises `InputError` where the file holds none."""
    with ContainerReader(path) as reader:
        index = reader.index
        if index.get("kind") != "descent":
            raise InputError(f"{path} holds {index.get('kind', 'something unknown')!r}, expected a descent")
        found = {name: reader.read(name) for name in reader.names()}

    def under(prefix: str) -> dict[str, FloatArray]:
        return {name.removeprefix(prefix): value for name, value in found.items() if name.startswith(prefix)}

    return Descent(
        float(index["rate"]),
        bool(index["matrices_only"]),
        found["loss_hand"],
        found["loss_reference"],
        found["loss_said"],
        found["distance"],
        under("distances/"),
        tuple(index["kept"]),
        under("weights/"),
        tuple(index["notes"]),
    )
