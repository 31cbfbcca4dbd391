"""Compiled reference programs: one for each network and set of sizes, kept for the life of the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..arrays import AnyArray, Gradients, Trace
from ..errors import InputError
from ..network import Network
from ..problem import Problem
from .setup import jax

jnp = jax.numpy
Inputs = dict[str, Any]

_compiled: dict[tuple[Any, ...], Any] = {}


def _loss(network: Network, inputs: Inputs, probes: Mapping[str, Any]) -> tuple[Any, Any]:
    """Loss and trace, with a probe of zeros added to every tapped quantity."""
    kept, y = network.run(inputs["params"], inputs["x"], inputs["starts"], probes, jnp, jax.lax.scan)
    return network.loss_object.value(y, inputs["target"], inputs["loss_weights"], jnp), (kept, y)


def _program(network: Network, sizes: Mapping[str, int]) -> Callable[[Inputs], Any]:
    """A function of the inputs that returns ((loss, trace), (gradients of inputs, gradients of probes))."""

    def loss(wanted: Inputs, probes: Mapping[str, Any], rest: Inputs) -> tuple[Any, Any]:
        return _loss(network, {**wanted, **rest}, probes)

    def program(inputs: Inputs) -> Any:
        probes = inputs.get("probes") or {
            name: jnp.zeros(shape, "float64") for name, shape in network.probe_shapes(sizes).items()
        }
        wanted = {name: inputs[name] for name in ("params", "x", "starts")}
        rest = {name: inputs[name] for name in ("target", "loss_weights")}
        return jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)(wanted, probes, rest)

    return program


def _shapes(inputs: Inputs) -> tuple[Any, ...]:
    leaves, tree = jax.tree.flatten(inputs)
    return (tree, *((leaf.shape, str(leaf.dtype)) for leaf in leaves))


def compiled(problem: Problem, inputs: Inputs, say: Callable[[str], None] | None = None) -> Any:
    """The program for these sizes; compiles it (or takes it from the disk) the first time."""
    key = (problem.network, _shapes(inputs))
    if key not in _compiled:
        if say is not None:
            sizes = ", ".join(f"{name} = {size}" for name, size in problem.sizes.items())
            say(f"Compiling the JAX reference for {sizes}: once for these sizes")
        _compiled[key] = jax.jit(_program(problem.network, problem.sizes)).lower(inputs).compile()
    return _compiled[key]


def _wide(array: AnyArray) -> AnyArray:
    return array.astype("float64") if array.dtype.kind == "f" else array.astype("int64")


def inputs_of(problem: Problem) -> Inputs:
    """The problem's arrays, widened exactly to float64 (ids to int64)."""
    return {
        "params": {name: _wide(value) for name, value in problem.parameters.items()},
        "x": _wide(problem.x),
        "starts": {name: _wide(value) for name, value in problem.starts.items()},
        "target": _wide(problem.target),
        "loss_weights": _wide(problem.loss_weights),
    }


def gradients_at(problem: Problem, inputs: Inputs) -> Gradients:
    """Gradients for inputs that need not be the problem's own, with `probes` that need not be 0."""
    return _gradients(problem, *jax.device_get(compiled(problem, inputs)(inputs))[1])


def _gradients(problem: Problem, wanted: Inputs, probes: Mapping[str, Any]) -> Gradients:
    """By our names, from the gradients of a program's inputs and of its probes."""
    steps = {f"d{name}": value for name, value in probes.items()}
    if not problem.network.embedding:
        steps["dx"] = wanted["x"]
    parameters, starts = ({f"d{name}": value for name, value in wanted[kind].items()} for kind in ("params", "starts"))
    return Gradients(parameters, steps, starts)


def run(problem: Problem, say: Callable[[str], None] | None) -> tuple[Trace, Gradients]:
    """Loss, trace and gradients without truncation and clip; see `rnn.oracle.reference`."""
    inputs = inputs_of(problem)
    try:
        program = compiled(problem, inputs, say)
        (loss, (kept, y)), (wanted, probes) = jax.device_get(program(inputs))
    except jax.errors.JaxRuntimeError as error:
        if "RESOURCE_EXHAUSTED" not in str(error):
            raise
        raise InputError(f"JAX ran out of memory for {problem.sizes}; use fewer steps, samples or units") from error
    assert np.asarray(y).dtype == np.float64, "the oracle left float64"
    return Trace(kept, y, float(loss)), _gradients(problem, wanted, probes)
