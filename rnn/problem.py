"""Problem: everything that defines one run, frozen; and how settings become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .arrays import DTYPES, AnyArray, FloatArray, first_non_finite, freeze, freeze_all, require_shape
from .cells import ACTIVATIONS, CELLS
from .errors import InputError
from .losses import IDS, LOSSES, ROWS
from .network import Network
from .settings import ProblemSettings


@dataclass(frozen=True, eq=False)
class Problem:
    """One run: a network, its weights, its data.

    Attributes:
        network: what is computed.
        parameters: `W_xh (D, H)` ... in (in, out) orientation, of `dtype`.
        x: inputs (T, B, D). h0: initial state (B, H).
        target: rows (T, B, K) of `dtype`, or token ids (T, B); under the loss `upstream` it is dL/dy.
        loss_weights: (T, B), what each step of each sample counts.
        dtype: `float64` or `float32`: the precision of the hand-written code.
        settings: what it was made from.
        vocabulary: characters by token id, where the data is a text.
        notes: what was decided on the way (orientation of weights, casts), for the user.
    """

    network: Network
    parameters: Mapping[str, FloatArray]
    x: FloatArray
    h0: FloatArray
    target: AnyArray
    loss_weights: FloatArray
    dtype: str
    settings: ProblemSettings
    vocabulary: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def sizes(self) -> dict[str, int]:
        """T, B, D, H, K."""
        steps, batch, inputs = self.x.shape
        hidden = self.h0.shape[1]
        outputs = self.parameters["W_hy"].shape[1] if self.network.output_layer else hidden
        return {"T": steps, "B": batch, "D": inputs, "H": hidden, "K": outputs}

    cell = property(lambda self: self.network.cell)
    activation = property(lambda self: self.network.activation)
    loss = property(lambda self: self.network.loss)
    seed = property(lambda self: self.settings.seed)

    def cast(self, dtype: str) -> Problem:
        """The same numbers in another precision (float32 to float64 is exact)."""

        def to(array: AnyArray) -> AnyArray:
            return freeze(array, dtype) if array.dtype.kind == "f" else array

        return replace(
            self,
            parameters=freeze_all(self.parameters, dtype),
            x=to(self.x),
            h0=to(self.h0),
            target=to(self.target),
            loss_weights=to(self.loss_weights),
            dtype=dtype,
        )

    def summary(self) -> dict[str, Any]:
        """What the result and its JSON say about the problem."""
        described: dict[str, Any] = {
            "cell": self.cell,
            "activation": self.activation,
            "loss": self.loss,
            **self.sizes,
            "seed": self.seed,
            "dtype": self.dtype,
            "output_layer": self.network.output_layer,
        }
        if self.vocabulary is not None:
            described["vocabulary"] = list(self.vocabulary)
        return described


def check(problem: Problem) -> Problem:
    """Check that all parts fit each other; returns the problem.

    Raises:
        InputError: naming the part, what was found and what was expected.
    """
    sizes = problem.sizes
    for name, size in sizes.items():
        if size < 1:
            raise InputError(f"{name} is {size}; every size must be at least 1")
    expected = problem.network.parameter_shapes(sizes, biases=True)
    for name, value in problem.parameters.items():
        if name not in expected:
            raise InputError(f"{name} is no parameter of the cell {problem.cell!r}; it has {', '.join(expected)}")
        require_shape(name, value, expected[name], f"hidden size {sizes['H']} and the data ask for that")
    for name in expected:
        if name.startswith("W") and name not in problem.parameters:
            raise InputError(f"the weights lack {name} {expected[name]}; found {', '.join(problem.parameters)}")
    require_shape("h0", problem.h0, (sizes["B"], sizes["H"]))
    require_shape("loss_weights", problem.loss_weights, (sizes["T"], sizes["B"]))
    _check_target(problem)
    arrays = {**problem.parameters, "x": problem.x, "h0": problem.h0, "target": problem.target}
    for name, value in {**arrays, "loss_weights": problem.loss_weights}.items():
        where = first_non_finite(value)
        if where is not None:
            raise InputError(f"{name} has {value[where]} at {where}; every input must be a finite number")
    if not problem.loss_weights.sum() > 0:
        raise InputError(
            "loss_weights add up to 0: no step counts in the loss; give at least one step a weight above 0"
        )
    return problem


def _check_target(problem: Problem) -> None:
    sizes, target = problem.sizes, problem.target
    kind = LOSSES[problem.loss].targets
    rows = (sizes["T"], sizes["B"], sizes["K"])
    if target.ndim == 2 and target.dtype.kind in "iu" and kind != ROWS:
        require_shape("target (token ids)", target, rows[:2])
        outside = (target < 0) | (target >= sizes["K"])
        if outside.any():
            where = tuple(int(i) for i in np.argwhere(outside)[0])
            raise InputError(
                f"target {target[where]} at (t, sample) = {where} is outside the {sizes['K']} classes 0 to {sizes['K'] - 1}"
            )
        return
    if kind == IDS or (target.ndim == 2 and kind != ROWS):
        raise InputError(
            f"target has the shape {target.shape} and type {target.dtype}; token ids are whole numbers (T, B)"
        )
    if target.ndim == 2:
        raise InputError(f"the loss {problem.loss!r} needs targets as rows {rows}, found token ids {target.shape}")
    require_shape("target", target, rows, "one row of K values for every step and sample")


def network_for(settings: ProblemSettings) -> Network:
    """The network that settings name; raises `InputError` on a name that is in no table."""
    tables: dict[str, Collection[str]] = {"cell": CELLS, "activation": ACTIVATIONS, "loss": LOSSES, "dtype": DTYPES}
    for field, table in tables.items():
        value = getattr(settings, field)
        if value not in table:
            raise InputError(f"unknown {field} {value!r}; known are {', '.join(table)}")
    return Network(settings.cell, settings.activation, settings.loss, settings.output_layer)
