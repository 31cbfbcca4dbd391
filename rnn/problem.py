"""Problem: everything that defines one run, frozen; and how settings become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .arrays import DTYPES, AnyArray, FloatArray, first_non_finite, freeze, freeze_all, require_shape
from .cells import ACTIVATIONS, CELLS, check_options
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
        x: inputs (T, B, D); with an embedding one-hot rows (T, B, V). starts: initial states (B, H) by name, `h0`, `c0`.
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
    starts: Mapping[str, FloatArray]
    target: AnyArray
    loss_weights: FloatArray
    dtype: str
    settings: ProblemSettings
    vocabulary: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def sizes(self) -> dict[str, int]:
        """T, B, D, H, K; with an embedding also V, and D is the width of a token's row."""
        network, (steps, batch, inputs) = self.network, self.x.shape
        hidden = self.h0.shape[1]
        outputs = self.parameters["W_hy"].shape[1] if network.output_layer else hidden * network.directions
        if not network.embedding:
            return {"T": steps, "B": batch, "D": inputs, "H": hidden, "K": outputs}
        width = self.parameters["W_e"].shape[1]
        return {"T": steps, "B": batch, "D": width, "H": hidden, "K": outputs, "V": inputs}

    @property
    def h0(self) -> FloatArray:
        """The initial state of the first unit (B, H)."""
        return next(iter(self.starts.values()))

    cell = property(lambda self: self.network.cell)
    activation = property(lambda self: self.network.activation)
    loss = property(lambda self: self.network.loss)
    seed = property(lambda self: self.settings.seed)

    def data(self) -> dict[str, AnyArray]:
        """All arrays but the parameters, by name; `remade` takes them."""
        return {"x": self.x, **self.starts, "target": self.target, "loss_weights": self.loss_weights}

    def cast(self, dtype: str) -> Problem:
        """The same numbers in another precision (float32 to float64 is exact)."""

        def to(array: AnyArray) -> AnyArray:
            return freeze(array, dtype) if array.dtype.kind == "f" else array

        return replace(
            self,
            parameters=freeze_all(self.parameters, dtype),
            x=to(self.x),
            starts={name: to(value) for name, value in self.starts.items()},
            target=to(self.target),
            loss_weights=to(self.loss_weights),
            dtype=dtype,
        )

    def summary(self) -> dict[str, Any]:
        """What the result and its JSON say about the problem."""
        described: dict[str, Any] = {
            **self.network.to_json(),
            **self.sizes,
            "seed": self.seed,
            "dtype": self.dtype,
        }
        if self.vocabulary is not None:
            described["vocabulary"] = list(self.vocabulary)
        return described


def remade(
    network: Network,
    parameters: Mapping[str, FloatArray],
    data: Mapping[str, AnyArray],
    dtype: str,
    settings: ProblemSettings,
) -> Problem:
    """A problem from arrays that were kept of it, unchecked; `data` by `x`, `target`, `loss_weights`, `h0`, ...

    Raises:
        KeyError: an array is missing.
    """
    x, target, weights = (data[name] for name in ("x", "target", "loss_weights"))
    starts = {name: data[name] for name in network.start_names()}
    return Problem(network, parameters, x, starts, target, weights, dtype, settings)


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
    missing = [name for name in problem.network.start_names() if name not in problem.starts]
    if missing:
        raise InputError(f"the initial state {missing[0]} is missing; found {', '.join(problem.starts)}")
    for name, value in problem.parameters.items():
        if name not in expected:
            raise InputError(f"{name} is no parameter of the cell {problem.cell!r}; it has {', '.join(expected)}")
        require_shape(name, value, expected[name], f"hidden size {sizes['H']} and the data ask for that")
    for name in expected:
        if not name.startswith("b") and name not in problem.parameters:
            raise InputError(f"the weights lack {name} {expected[name]}; found {', '.join(problem.parameters)}")
    for name, value in problem.starts.items():
        require_shape(name, value, (sizes["B"], sizes["H"]))
    require_shape("loss_weights", problem.loss_weights, (sizes["T"], sizes["B"]))
    _check_target(problem)
    for name, value in {**problem.parameters, **problem.data()}.items():
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
    if settings.cell == "own" and not dict(settings.cell_options).get("own"):
        raise InputError("the cell 'own' is one that a case declares; choose the case, or another cell")
    if settings.layers < 1:
        raise InputError(f"layers is {settings.layers}; a network has at least 1")
    return Network(
        settings.cell,
        settings.activation,
        settings.loss,
        settings.output_layer,
        check_options(settings.cell, dict(settings.cell_options)),
        settings.layers,
        settings.bidirectional,
        settings.embedding,
    )
