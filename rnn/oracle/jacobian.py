"""Spectral norms of the steps' Jacobians: by how much a step can stretch a gradient at most.

What is carried is one vector: h, for an LSTM h and c together. Of several layers it is the top one's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..errors import InputError
from ..network import Network, no_tap
from ..problem import Problem
from .setup import jax

jnp = jax.numpy

DENSE_UP_TO = 256
"""Hidden units up to which the Jacobian is written out; above, it is only multiplied with."""

MOST_ROUNDS, CONVERGED = 300, 1e-7


def _step(network: Network) -> Callable[[Any, Any, Any], Any]:
    """What is carried out of a step as a function of weights, what is carried in, and what the cell sees of one sample."""
    cell = network.cell_object

    def step(params: Any, carried: Any, x: Any) -> Any:
        parts = jnp.split(carried[None], len(cell.carried), axis=1)
        state, _ = cell.step(
            params, dict(zip(cell.carried, parts, strict=True)), cell.project(params, x[None]), jnp, no_tap
        )
        return jnp.concatenate([state[name][0] for name in cell.carried])

    return step


@lru_cache(maxsize=32)
def _dense(network: Network) -> Any:
    return jax.jit(jax.vmap(jax.jacrev(_step(network), argnums=1), in_axes=(None, 0, 0)))


@lru_cache(maxsize=32)
def _squared(network: Network) -> Any:
    """J^T J v, and J v, without writing J out."""
    step = _step(network)

    def apply(params: Any, h: Any, x: Any, v: Any) -> Any:
        def of_h(before: Any) -> Any:
            return step(params, before, x)

        _, forward = jax.jvp(of_h, (h,), (v,))
        _, backward = jax.vjp(of_h, h)
        return backward(forward)[0], forward

    return jax.jit(apply)


def _power(network: Network, params: Any, h: FloatArray, x: FloatArray) -> float:
    """Largest singular value by power iteration, from a fixed start."""
    apply = _squared(network)
    v = np.random.default_rng(0).standard_normal(h.shape)
    v /= np.linalg.norm(v)
    before = 0.0
    for _ in range(MOST_ROUNDS):
        w, image = (np.asarray(part) for part in apply(params, h, x, v))
        size, norm = float(np.linalg.norm(image)), float(np.linalg.norm(w))
        if norm == 0 or not np.isfinite(norm) or abs(size - before) <= CONVERGED * size:
            return size
        v, before = w / norm, size
    return before


def step_jacobian_norms(problem: Problem, sample: int, steps: Sequence[int]) -> FloatArray:
    """Spectral norm of dh_t/dh_(t-1) for one sample, at each of some steps; at t = 0 with respect to the initial state.

    Where the Jacobian is not finite, the norm is NaN.

    Raises:
        InputError: no such sample or step.
    """
    sizes = problem.sizes
    if not 0 <= sample < sizes["B"]:
        raise InputError(f"sample is {sample}; the batch has samples 0 to {sizes['B'] - 1}")
    chosen = list(steps)
    if any(not 0 <= t < sizes["T"] for t in chosen):
        raise InputError(f"steps {chosen} are asked for; the problem has steps 0 to {sizes['T'] - 1}")
    if not chosen:
        return np.zeros(0)
    wide = problem.cast("float64")
    until = max(chosen) + 1
    one = slice(sample, sample + 1)
    data = (wide.target[:until, one], wide.loss_weights[:until, one])
    with np.errstate(all="ignore"):
        starts = {name: value[one] for name, value in wide.starts.items()}
        trace = wide.network.forward(wide.parameters, wide.x[:until, one], starts, *data)
    network = wide.network
    unit, names = network.top, network.cell_object.carried
    carried = [
        np.concatenate([wide.starts[f"{name}0{unit.suffix}"][one], trace.steps[name + unit.suffix][:-1, 0]])[chosen]
        for name in names
    ]
    before, params = np.concatenate(carried, axis=1), unit.own(wide.parameters)
    x = network.seen(trace, wide.x[:until, one], unit.layer)[chosen, 0]
    if before.shape[1] > DENSE_UP_TO:
        return np.array([_power(wide.network, params, h, at) for h, at in zip(before, x, strict=True)])
    jacobians = np.asarray(_dense(wide.network)(params, before, x))
    # The decomposition refuses what is not finite.
    finite = np.isfinite(jacobians).all((1, 2))
    norms = np.full(len(jacobians), np.nan)
    norms[finite] = np.linalg.norm(jacobians[finite], 2, axis=(1, 2))
    return norms
