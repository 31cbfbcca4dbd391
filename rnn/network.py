"""The network around a cell: cell over time -> output layer -> loss, forward and backward in NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from .arrays import AnyArray, FloatArray, Gradients, Parameters, Trace, outer_sum, rows_times
from .cells import CELLS, AbstractCell, Tap
from .losses import LOSSES, AbstractLoss


def no_tap(name: str, value: Any) -> Any:
    """The tap of a plain run."""
    return value


@dataclass(frozen=True)
class Network:
    """What is computed, without any numbers: hashable, so that compiled programs are kept by it.

    Attributes:
        cell, activation, loss: names in their tables.
        output_layer: whether y = h W_hy + b_y; without it y is h.
    """

    cell: str
    activation: str
    loss: str
    output_layer: bool

    @property
    def cell_object(self) -> AbstractCell:
        """The cell with its activation."""
        return CELLS[self.cell](self.activation)

    @property
    def loss_object(self) -> AbstractLoss:
        """The loss."""
        return LOSSES[self.loss]

    def parameter_shapes(self, sizes: Mapping[str, int], biases: bool) -> dict[str, tuple[int, ...]]:
        """Shapes of all parameters for sizes D, H, K."""
        shapes = self.cell_object.parameter_shapes(sizes["D"], sizes["H"], biases)
        if self.output_layer:
            shapes["W_hy"] = (sizes["H"], sizes["K"])
            if biases:
                shapes["b_y"] = (sizes["K"],)
        return shapes

    def quantities(self) -> tuple[str, ...]:
        """Per-step gradients in backward order; this order defines the first divergence within a step."""
        head = ("dy",) if self.output_layer else ()
        return (*head, "dh_out", "dh_next", "dh", *self.cell_object.quantities, "dx")

    def output(self, params: Mapping[str, Any], h: Any) -> Any:
        """y (..., K) from h (..., H)."""
        if not self.output_layer:
            return h
        y = rows_times(h, params["W_hy"])
        return y + params["b_y"] if "b_y" in params else y

    def forward(
        self,
        params: Parameters,
        x: FloatArray,
        h0: FloatArray,
        target: AnyArray,
        loss_weights: FloatArray,
        tap: Tap = no_tap,
    ) -> Trace:
        """Run the network over `x (T, B, D)` from `h0 (B, H)`; the dtype is that of the inputs."""
        cell, steps = self.cell_object, len(x)
        state: dict[str, Any] = {"h": h0}
        weights = dict(params)  # a plain dict is looked up faster, T times
        state, record = cell.step(weights, state, x[0], np, tap)
        kept: dict[str, FloatArray] = {name: np.empty((steps, *v.shape), v.dtype) for name, v in record.items()}
        for t in range(steps):
            if t > 0:
                state, record = cell.step(weights, state, x[t], np, tap)
            for name, rows in kept.items():
                rows[t] = record[name]
        y = self.output(params, kept["h"])
        loss = self.loss_object.value(y, target, loss_weights, np)
        return Trace(kept, y, float(loss))

    def probed_step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], x: Any, probes: Mapping[str, Any], xp: ModuleType
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step of the cell with a probe added to every tapped quantity; the body of a scan.

        dL/dh has three probes, added to the same h where it is made (`h`), where it leaves to the output (`h_out`)
        and where it leaves to the next step (`h_next`), so that their gradients are dh, dh_out and dh_next.
        The record's `h` is what the output layer reads.
        """
        state, record = self.cell_object.step(params, state, x, xp, lambda name, value: value + probes[name])
        h = state["h"] + probes["h"]
        return {**state, "h": h + probes["h_next"]}, {**record, "h": h + probes["h_out"]}

    def probe_shapes(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """Shapes (T, B, n) of the probes that `probed_step` adds, and of the one on `y`."""
        inner = ("h_out", "h_next", "h", *(name[1:] for name in self.cell_object.quantities))
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(inner, (sizes["T"], sizes["B"], sizes["H"]))
        return {**shapes, "y": (sizes["T"], sizes["B"], sizes["K"])} if self.output_layer else shapes

    def backward(self, params: Parameters, trace: Trace, x: FloatArray, h0: FloatArray, dy: FloatArray) -> Gradients:
        """All gradients by hand, from the gradient at the output `dy (T, B, K)`."""
        if not self.output_layer:
            return self.cell_object.backward(params, trace, x, h0, dy)
        h = trace.steps["h"]
        inner = self.cell_object.backward(params, trace, x, h0, rows_times(dy, params["W_hy"].T))
        outer = {"dW_hy": outer_sum(h, dy)}
        if "b_y" in params:
            outer["db_y"] = dy.sum(axis=(0, 1))
        return Gradients({**inner.parameters, **outer}, {"dy": dy, **inner.steps}, inner.dh0)

    def products(self, trace: Trace, x: FloatArray, h0: FloatArray) -> dict[str, tuple[FloatArray | None, str]]:
        """As `AbstractCell.products`, with the output layer's parameters."""
        found = self.cell_object.products(trace, x, h0)
        if self.output_layer:
            found |= {"W_hy": (trace.steps["h"], "dy"), "b_y": (None, "dy")}
        return found
