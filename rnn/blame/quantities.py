"""The right values of a problem: what the forward pass, JAX's gradient and sums of their products hold at every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..network import Network
from ..problem import Problem
from ..products import Factors, factors_of, record_lookup, side_by_side
from ..stacking import Unit, state_of
from ..units import rms
from .cell_values import SO_FAR
from .library import DATA, DERIVED, FORWARD, GRADIENT, PART, SUM, WEIGHT, Item, Library
from .packing import Packing, assembled, plain_packing
from .step_values import per_step
from .unit_values import Truth, Value

MOST_LOSSES = 12
"""Steps up to which the gradient is taken apart by the step whose loss it comes from."""

MOST_SAMPLES = 8
"""Samples up to which every one is known by itself."""

RELATIVE = {"float64": 1e-9, "float32": 2e-4}
"""Rounding that a right value may carry, in units of its own size (root mean square)."""

Shares = Mapping[str, FloatArray]
"""Every step's share (T, ...) of every parameter's gradient, by the parameter's name."""


@dataclass(frozen=True)
class Maker:
    """Makes items. Attributes: relative: see `RELATIVE`. packing: orders of gates in use."""

    relative: float
    packing: Packing

    def one(
        self, name: str, t: int | None, sample: int | None, value: Any, kind: str, letters: str = ""
    ) -> Item:
        """An item from its name, step, sample, value, kind and the gates that its last axis holds."""
        wide = np.asarray(value, "float64")
        limit = self.relative * float(rms(wide)) if wide.size else 0.0
        return Item(name, t, sample, wide, limit, kind, 1.0, self.packing.of(letters) if letters else ())

    def rows(self, name: str, value: Any, kind: str, letters: str, sample: int | None = None) -> list[Item]:
        """An item for every entry of the first axis, the last one first."""
        wide = np.asarray(value, "float64")
        flat = wide.reshape(len(wide), -1)
        if not flat.shape[1]:
            return []
        with np.errstate(all="ignore"):
            limits = (self.relative * np.sqrt(np.mean(flat * flat, axis=1))).tolist()
            totals, tops = flat.sum(axis=1).tolist(), flat.max(axis=1).tolist()
        orders = self.packing.of(letters) if letters else ()
        return [
            Item(name, t, sample, wide[t], limits[t], kind, 1.0, orders, totals[t], tops[t])
            for t in reversed(range(len(wide)))
        ]


def shares_of(truth: Truth) -> Shares:
    """What every step adds to every parameter's gradient, without clipping."""
    problem = truth.problem
    record = record_lookup(truth.trace.steps, problem.x)
    found = factors_of(problem.network, record, truth.gradients.steps.__getitem__, problem.starts)
    return {name: side_by_side(blocks, Factors.shares) for name, blocks in found.items()}


def _items(truth: Truth, packing: Packing, pairs: bool) -> Iterator[Item]:
    make, problem = Maker(RELATIVE[truth.problem.dtype], packing), truth.problem
    steps, shares = list(per_step(truth, packing)), shares_of(truth)
    yield from _weights(problem, packing, problem.parameters, "", WEIGHT, make)
    if problem.settings.clip is not None:  # before they are clipped they come first: what clips them is given them
        whole = {name: value.sum(axis=0) for name, value in shares.items()}
        yield from _weights(problem, packing, whole, "d", SUM, make)
    yield from _weights(problem, packing, truth.gradients.parameters, "d", SUM, make)
    yield from _at_steps(truth, steps, make)
    yield from _jacobians(truth, steps, make)
    yield from _starts(truth, make)
    for name, parts, letters in assembled(problem.network, packing, shares):
        yield from make.rows(f"d{name} of one step", parts, PART, letters)
        later, earlier = np.cumsum(parts[::-1], axis=0)[::-1], np.cumsum(parts, axis=0)
        yield from make.rows(f"d{name} from the last step down", later, SUM, letters)
        yield from make.rows(f"d{name} up", earlier, SUM, letters)
    yield from _histories(truth, steps, make)
    if pairs:
        yield from _single_losses(truth, packing, make)


def _weights(
    problem: Problem, packing: Packing, arrays: Mapping[str, FloatArray], prefix: str, kind: str, make: Maker
) -> Iterator[Item]:
    """Parameters, or their whole gradients, whole, by gate and stacked."""
    own = {name.removeprefix(prefix): value for name, value in arrays.items()}
    for name, value, letters in assembled(problem.network, packing, own):
        yield make.one(prefix + name, None, None, value, kind, letters)


def _at_steps(truth: Truth, steps: Sequence[Value], make: Maker) -> Iterator[Item]:
    """What there is at every step, of all samples and of each."""
    batch = truth.problem.sizes["B"]
    for one in steps:
        yield from make.rows(one.name, one.value, one.kind, one.letters)
        for b in range(batch if 1 < batch <= MOST_SAMPLES else 0):
            yield from make.rows(one.name, one.value[:, b], one.kind, one.letters, b)


def _starts(truth: Truth, make: Maker) -> Iterator[Item]:
    problem = truth.problem
    for name, value in problem.starts.items():
        yield make.one(name, None, None, value, DATA)
    yield make.one("loss_weights", None, None, problem.loss_weights, DATA)
    for name, value in truth.gradients.starts.items():
        yield make.one(name, None, None, value, GRADIENT)


def _jacobians(truth: Truth, steps: Sequence[Value], make: Maker) -> Iterator[Item]:
    """dh_t / dh_(t-1) and diag(f'(a_t)) of every step, for single sequences of a plain cell."""
    problem = truth.problem
    slope = next((one.value for one in steps if one.name == "f'(a)"), None)
    if problem.sizes["B"] > 1 or problem.cell != "rnn" or slope is None or "W_hh" not in problem.parameters:
        return
    for t in reversed(range(len(slope))):
        yield make.one("dh_t/dh_(t-1)", t, None, slope[t, 0][:, None] * problem.parameters["W_hh"].T, DERIVED)
        yield make.one("diag f'(a)", t, None, np.diag(slope[t, 0]), DERIVED)


def _single_losses(truth: Truth, packing: Packing, make: Maker) -> Iterator[Item]:
    """What the loss of one step alone sends back: the deltas, and its shares of the parameters' gradients."""
    problem, network = truth.problem, truth.problem.network
    dy = truth.gradients.steps["dy"] if network.output_layer else _upstream(truth)
    cut = problem.settings.truncation
    most = 1 if cut is None or cut[0] != "sliding" else MOST_SAMPLES // 2
    if problem.sizes["T"] > MOST_LOSSES or problem.sizes["B"] > most:
        return
    reach = problem.sizes["T"] if cut is None or cut[0] != "sliding" else cut[1]
    for s in range(problem.sizes["T"]):
        one = np.zeros_like(dy)
        one[s] = dy[s]
        if not one.any():
            continue
        first = max(0, s - reach + 1)
        found = network.backward(problem.parameters, truth.trace, problem.x, problem.starts, one)
        for name in network.quantities():
            if name in found.steps and name not in ("dy", "dx"):
                for t in range(first, s + 1):  # at t = s it is the local part of da
                    yield make.one(f"{name} from the loss at {s}", t, None, found.steps[name][t], GRADIENT)
        shares = {n: v for n, v in shares_of(Truth(problem, truth.trace, found)).items() if n not in ("W_hy", "b_y")}
        for name, parts, letters in assembled(network, packing, shares):
            for t in range(first, s + 1):
                yield make.one(f"d{name} of one step, from the loss at {s}", t, None, parts[t], PART, letters)
            yield make.one(f"d{name} of one loss", s, None, parts[first:].sum(axis=0), PART, letters)


def _upstream(truth: Truth) -> FloatArray:
    """dL/dh (T, B, K) of a network without output layer."""
    network, steps = truth.problem.network, truth.gradients.steps
    tops = [steps[f"dh_out{unit.suffix}"] for unit in network.units if unit.layer == network.layers - 1]
    return np.concatenate(tops, axis=-1)


def _histories(truth: Truth, steps: Sequence[Value], make: Maker) -> Iterator[Item]:
    """Whole sequences, and those without their first or last step."""
    for one in steps:
        if one.name.endswith(SO_FAR):
            continue
        values, kind = one.value, one.kind
        yield make.one(f"{one.name} of all steps", None, None, values, kind, one.letters)
        if len(values) > 1:
            yield make.one(f"{one.name} of all steps but the last", None, None, values[:-1], kind, one.letters)
            yield make.one(f"{one.name} of all steps but the first", None, None, values[1:], kind, one.letters)
        for b in range(values.shape[1] if 1 < values.shape[1] <= MOST_SAMPLES else 0):
            yield make.one(f"{one.name} of all steps", None, b, values[:, b], kind, one.letters)
    yield from _with_starts(truth, make)


def _with_starts(truth: Truth, make: Maker) -> Iterator[Item]:
    """Histories of states, and of the gradients that are carried to them, with one row more."""
    problem = truth.problem
    for start, value in problem.starts.items():
        first, state = value[None], state_of(start)
        own = truth.trace.steps[state]
        none = np.zeros_like(first)
        yield make.one(f"{start.partition('.')[0]} and {state} of all steps", None, None, _joined(first, own), FORWARD)
        yield make.one(f"{state} of all steps and {start}", None, None, _joined(own, first), FORWARD)
        yield make.one(f"{state} of all steps and 0", None, None, _joined(own, none), FORWARD)
    if not problem.network.cell_object.gates:
        return
    for unit in problem.network.units:
        yield from _carried(truth, unit, make)


def _carried(truth: Truth, unit: Unit, make: Maker) -> Iterator[Item]:
    """The gradients that a cell carries, with the initial state's before them or a row of zeros behind."""
    network: Network = truth.problem.network
    for state in network.cell_object.carried:
        start, carry = truth.gradients.starts[f"d{state}0{unit.suffix}"][None], f"d{state}_next{unit.suffix}"
        steps = truth.gradients.steps
        if carry in steps:
            name = f"d{state}0 and {carry} of all steps"
            yield make.one(name, None, None, _joined(start, steps[carry]), GRADIENT)
        whole = steps[f"d{state}{unit.suffix}"]
        yield make.one(f"d{state}{unit.suffix} of all steps and 0", None, None, _joined(whole, 0 * start), GRADIENT)


def _joined(one: FloatArray, other: FloatArray) -> FloatArray:
    return np.concatenate([one, other])


def natural_factors(sizes: Mapping[str, int], total_weight: float) -> list[float]:
    """Factors by which people's intermediate gradients differ from dL/d(anything): means taken early or late."""
    counts = {
        float(n)
        for n in (
            sizes["T"],
            sizes["B"],
            sizes["K"],
            sizes["T"] * sizes["B"],
            sizes["T"] * sizes["B"] * sizes["K"],
            total_weight,
        )
    }
    counts |= {n * sizes["K"] for n in tuple(counts)} | {2.0}
    counts |= {n / 2 for n in tuple(counts)}
    return sorted({value for n in counts if n not in (0.0, 1.0) for value in (n, 1 / n)} - {1.0})


def make_library(
    truth: Truth, factors: tuple[float, ...] = (), pairs: bool = False, packing: Packing | None = None
) -> Library:
    """All right values of a problem.

    Args:
        truth: the problem and the oracle's answer.
        factors: gradients are also recognised when they are so many times too large; see `natural_factors`.
        pairs: whether the code adds up over pairs of steps, so that what one loss alone sends back is right, too.
        packing: how the code packs gates and stacks inputs; by default as the program does.
    """
    network = truth.problem.network
    items = _items(truth, packing or plain_packing(network), pairs)
    return Library(items, factors, network.cell, len(network.units) > 1)


def make_lean_library(truth: Truth, packing: Packing | None = None) -> Library:
    """Right values of a problem of any size: all but single steps' shares and partial sums, whose number is T times H^2."""
    packing = packing or plain_packing(truth.problem.network)
    make, problem = Maker(RELATIVE[truth.problem.dtype], packing), truth.problem
    steps = [one for one in per_step(truth, packing) if not one.name.endswith(SO_FAR)]
    found = [
        *_weights(problem, packing, problem.parameters, "", WEIGHT, make),
        *_weights(problem, packing, truth.gradients.parameters, "d", SUM, make),
        *_at_steps(truth, steps, make),
        *_starts(truth, make),
    ]
    network = problem.network
    return Library([*found, *_histories(truth, steps, make)], (), network.cell, len(network.units) > 1)


__all__ = ["RELATIVE", "Truth", "make_lean_library", "make_library", "natural_factors", "per_step", "shares_of"]
