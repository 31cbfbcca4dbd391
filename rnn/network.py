"""The network around the cells: embedding -> layers and directions -> output layer -> loss, forward and backward in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from .arrays import AnyArray, FloatArray, Gradients, Parameters, Trace, outer_sum, rows_times
from .cells import CELLS, AbstractCell, Product
from .losses import LOSSES, AbstractLoss
from .stacking import Unit, concatenated, flipped, scan_rows, units_of

Scan = Callable[[Callable[[Any, Any], tuple[Any, Any]], Any, Any], tuple[Any, Any]]
"""`lax.scan` or what does the same: (body, state, rows) -> (last state, kept rows)."""


def no_tap(name: str, value: Any) -> Any:
    """The tap of a plain run."""
    return value


@dataclass(frozen=True)
class Network:
    """What is computed, without any numbers: hashable, so that compiled programs are kept by it.

    Attributes:
        cell, activation, loss: names in their tables.
        output_layer: whether y = h W_hy + b_y; without it y is h.
        options: of the cell, see `rnn.cells.OPTIONS`; only those that differ from their defaults, sorted.
        layers: how many, one above the other. bidirectional: whether each has a cell for either direction; the next
            layer then sees both states side by side, [h, h of the reverse direction].
        embedding: whether the cell sees e = x W_e, x being one-hot rows.
    """

    cell: str
    activation: str
    loss: str
    output_layer: bool
    options: tuple[tuple[str, Any], ...] = ()
    layers: int = 1
    bidirectional: bool = False
    embedding: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values; `from_json` reads them."""
        return {**asdict(self), "options": dict(self.options)}

    @staticmethod
    def from_json(described: Mapping[str, Any]) -> Network:
        """Read it back from any mapping that holds its fields among others; those of older files are fewer."""
        found = {name: described[name] for name in Network.__dataclass_fields__ if name in described}
        options = dict(found.get("options", {}))
        return Network(**{**found, "options": tuple(sorted((str(name), value) for name, value in options.items()))})

    @cached_property
    def cell_object(self) -> AbstractCell:
        """The cell with its activation and options."""
        return CELLS[self.cell](self.activation, **dict(self.options))

    @property
    def loss_object(self) -> AbstractLoss:
        """The loss."""
        return LOSSES[self.loss]

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The cells of all layers and directions, from the input up."""
        return units_of(self.layers, self.bidirectional)

    @property
    def top(self) -> Unit:
        """The unit below the output layer, of two directions the forward one."""
        return self.units[-self.directions]

    @property
    def directions(self) -> int:
        """1 or 2."""
        return 2 if self.bidirectional else 1

    def parameter_shapes(self, sizes: Mapping[str, int], biases: bool) -> dict[str, tuple[int, ...]]:
        """Shapes of all parameters for sizes D, H, K and, with an embedding, V."""
        shapes: dict[str, tuple[int, ...]] = {"W_e": (sizes["V"], sizes["D"])} if self.embedding else {}
        both = self.directions * sizes["H"]
        for unit in self.units:
            own = self.cell_object.parameter_shapes(both if unit.layer else sizes["D"], sizes["H"], biases)
            shapes |= {name + unit.suffix: shape for name, shape in own.items()}
        if self.output_layer:
            shapes["W_hy"] = (both, sizes["K"])
            if biases:
                shapes["b_y"] = (sizes["K"],)
        return shapes

    def start_names(self) -> tuple[str, ...]:
        """Names of the initial states: `h0`, `c0`, with the suffix of their unit."""
        return tuple(f"{name}0{unit.suffix}" for unit in self.units for name in self.cell_object.carried)

    def quantities(self) -> tuple[str, ...]:
        """Per-step gradients in backward order; this order defines the first divergence within a step."""
        head = ("dy",) if self.output_layer else ()
        cell = ("dh_out", "dh_next", "dh", *self.cell_object.quantities)
        inner = tuple(name + unit.suffix for unit in reversed(self.units) for name in cell)
        return (*head, *inner, "de" if self.embedding else "dx")

    def output(self, params: Mapping[str, Any], h: Any) -> Any:
        """y (..., K) from the top layer's h (..., H), or both directions' side by side."""
        if not self.output_layer:
            return h
        y = rows_times(h, params["W_hy"])
        return y + params["b_y"] if "b_y" in params else y

    def run(
        self,
        params: Mapping[str, Any],
        x: Any,
        starts: Mapping[str, Any],
        probes: Mapping[str, Any] | None,
        xp: ModuleType,
        scan: Scan,
    ) -> tuple[dict[str, Any], Any]:
        """All records by name and y, from x (T, B, D) and the initial states; probes are added where they are given.

        dL/dh has three probes, added to the same h where it is made (`h`), where it leaves to the layer above
        (`h_out`) and where it leaves to the next step (`h_next`), so that their gradients are dh, dh_out and dh_next.
        The record's `h` is what the layer above reads.
        """
        kept: dict[str, Any] = {}
        below = rows_times(x, params["W_e"]) if self.embedding else x
        if self.embedding:
            below = below if probes is None else below + probes["e"]
            kept["e"] = below
        for units in self._levels():
            made = [self._run_unit(unit, params, below, starts, probes, xp, scan) for unit in units]
            for unit, records in zip(units, made, strict=True):
                kept |= {name + unit.suffix: value for name, value in records.items()}
            below = concatenated([records["h"] for records in made], xp)
        y = self.output(params, below)
        return kept, y if probes is None or not self.output_layer else y + probes["y"]

    def _levels(self) -> list[tuple[Unit, ...]]:
        """The units layer by layer."""
        n = self.directions
        return [self.units[k : k + n] for k in range(0, len(self.units), n)]

    def _run_unit(
        self,
        unit: Unit,
        params: Mapping[str, Any],
        below: Any,
        starts: Mapping[str, Any],
        probes: Mapping[str, Any] | None,
        xp: ModuleType,
        scan: Scan,
    ) -> dict[str, Any]:
        cell, own = self.cell_object, unit.own(params)
        state = {name: starts[f"{name}0{unit.suffix}"] for name in cell.carried}
        below = cell.project(own, below)

        def plain(state: Any, row: Any) -> tuple[Any, Any]:
            return cell.step(own, state, row, xp, no_tap)

        def probed(state: Any, row: Any) -> tuple[Any, Any]:
            return self.probed_step(own, state, row[0], row[1], xp)

        records: dict[str, Any]
        if probes is None:
            records = flipped(scan(plain, state, flipped(below, unit.reverse))[1], unit.reverse)
            return records
        inner = {name: probes[name + unit.suffix] for name in self._probe_names()}
        records = flipped(scan(probed, state, flipped((below, inner), unit.reverse))[1], unit.reverse)
        return records

    def forward(
        self, params: Parameters, x: FloatArray, starts: Parameters, target: AnyArray, loss_weights: FloatArray
    ) -> Trace:
        """Run the network over `x (T, B, D)` from the initial states; the dtype is that of the inputs."""
        kept, y = self.run(dict(params), x, starts, None, np, scan_rows)
        return Trace(kept, y, float(self.loss_object.value(y, target, loss_weights, np)))

    def probed_step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, probes: Mapping[str, Any], xp: ModuleType
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step of one cell with a probe added to every tapped quantity; the body of a scan. `own`: see `project`."""
        state, record = self.cell_object.step(params, state, own, xp, lambda name, value: value + probes[name])
        h = state["h"] + probes["h"]
        return {**state, "h": h + probes["h_next"]}, {**record, "h": h + probes["h_out"]}

    def _probe_names(self) -> tuple[str, ...]:
        return ("h_out", "h_next", "h", *(name[1:] for name in self.cell_object.quantities))

    def probe_shapes(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """Shapes (T, B, n) of all probes that `run` adds."""
        steps, batch = sizes["T"], sizes["B"]
        names = [name + unit.suffix for unit in self.units for name in self._probe_names()]
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(names, (steps, batch, sizes["H"]))
        shapes |= {"e": (steps, batch, sizes["D"])} if self.embedding else {}
        return shapes | ({"y": (steps, batch, sizes["K"])} if self.output_layer else {})

    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dy: FloatArray
    ) -> Gradients:
        """All gradients by hand, from the gradient at the output `dy (T, B, K)`."""
        above = dy
        sums: dict[str, FloatArray] = {}
        steps: dict[str, FloatArray] = {}
        begun: dict[str, FloatArray] = {}
        if self.output_layer:
            above = rows_times(dy, params["W_hy"].T)
            top = self.seen(trace, x, self.layers)
            sums["dW_hy"] = outer_sum(top, dy)
            steps["dy"] = dy
            if "b_y" in params:
                sums["db_y"] = dy.sum(axis=(0, 1))
        for units in reversed(self._levels()):
            below = self.seen(trace, x, units[0].layer)
            shares = np.split(above, len(units), axis=2) if len(units) > 1 else [above]
            made = [
                self._unit_backward(unit, params, trace, below, starts, share)
                for unit, share in zip(units, shares, strict=True)
            ]
            for unit, found in zip(units, made, strict=True):
                sums |= {name + unit.suffix: value for name, value in found.parameters.items()}
                steps |= {name + unit.suffix: value for name, value in found.steps.items() if name != "dx"}
                begun |= {name + unit.suffix: value for name, value in found.starts.items()}
            above = sum((found.steps["dx"] for found in made[1:]), made[0].steps["dx"])
        if self.embedding:
            sums["dW_e"] = outer_sum(x, above)
        steps["de" if self.embedding else "dx"] = above
        return Gradients(sums, steps, begun)

    def _unit_backward(
        self, unit: Unit, params: Parameters, trace: Trace, below: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        cell, turned = self.cell_object, unit.reverse
        own = Trace(flipped(unit.own(trace.steps), turned), trace.y, trace.loss)
        states = {name: starts[f"{name}0{unit.suffix}"] for name in cell.carried}
        found = cell.backward(unit.own(params), own, flipped(below, turned), states, flipped(dh_out, turned))
        return Gradients(found.parameters, flipped(found.steps, turned), found.starts)

    def seen(self, trace: Trace, x: FloatArray, layer: int) -> FloatArray:
        """What a layer sees (T, B, n); above the last one, what the output layer does."""
        if layer == 0:
            return trace.steps["e"] if self.embedding else x
        below = self._levels()[layer - 1]
        seen: FloatArray = concatenated([trace.steps["h" + unit.suffix] for unit in below], np)
        return seen

    def products(self) -> dict[str, tuple[tuple[Unit | None, Product], ...]]:
        """How each parameter's gradient is summed, with the unit that it belongs to; None for embedding and output layer."""
        found: dict[str, tuple[tuple[Unit | None, Product], ...]] = {}
        if self.embedding:
            found["W_e"] = ((None, Product("x", "de")),)
        for unit in self.units:
            for name, parts in self.cell_object.products().items():
                found[name + unit.suffix] = tuple((unit, part) for part in parts)
        if self.output_layer:
            found |= {"W_hy": ((None, Product("h", "dy")),), "b_y": ((None, Product("", "dy")),)}
        return found
