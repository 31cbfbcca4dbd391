"""Reference: the backward pass of a problem as equations, any of which can be replaced by a deliberate mistake.

    reference = Reference(problem)
    reference.gradients({"dh_next": "carried[t] @ W_hh"})["dW_hh"]

Without edits it gives what JAX gives. Loops are kept by the edits that reach them, since most edits touch sums only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arrays import FloatArray, Gradients
from ..cells import ACTIVATIONS
from ..clipping import clipped
from ..handwritten import forward
from ..losses import one_hot
from ..problem import Problem
from ..stacking import Unit, flipped
from ..truncation import windows_of
from .equations import AFTER, BEFORE, EQUATIONS, HELPERS, LOOP, value
from .slots import Sum, slots_of, sums_of

Edits = Mapping[str, str]
Names = dict[str, Any]

MOST_KEPT = 3000
"""Loops that are kept; each holds some kilobytes at the sizes of a search."""

SUMS = ("left.", "delta.", "sum.", "returned.")


def is_loop(slot: str) -> bool:
    """Whether a slot belongs to what runs before or in a loop, and not to the sums behind it."""
    return not slot.startswith(SUMS) and slot != "clip"


class Reference:
    """The editable backward pass of one problem, in float64.

    Attributes:
        problem: widened to float64. trace: of its forward pass. slots: every slot with its right text.
    """

    def __init__(self, problem: Problem, whole: Problem | None = None) -> None:
        """Args: problem: of a cell that has equations (`EQUATIONS`). whole: the problem that this one is the windows of."""
        self._whole = whole or problem
        self.problem = problem.cast("float64")
        self.slots = slots_of(self.problem)
        with np.errstate(all="ignore"):
            self.trace = forward(self.problem)
        self._sums = sums_of(self.problem.network, tuple(self.problem.parameters))
        self._head = self._head_names()
        self._own = {unit.suffix: self._unit_names(unit) for unit in self.problem.network.units}
        self._kept: OrderedDict[tuple[Any, ...], Names] = OrderedDict()
        self._inner: dict[str, Any] = {}

    # What there is

    @property
    def names(self) -> tuple[str, ...]:
        """All gradients that it can give, in the order in which a backward pass makes them."""
        network = self.problem.network
        made = [*network.quantities(), *(f"d{name}" for name in self.problem.parameters)]
        return (*made, *(f"d{name}" for name in network.start_names()))

    def gradients(self, edits: Edits | None = None) -> dict[str, FloatArray]:
        """All of them, with some slots edited."""
        return {name: self.gradient(name, edits or {}) for name in self.names}

    def gradient(self, name: str, edits: Edits) -> FloatArray:
        """One gradient by its name (`dW_hh`, `dh`, `dx`, `dh0.1`), with some slots edited."""
        truncation = edits.get("truncation", self.slots["truncation"])
        with np.errstate(all="ignore"):
            if truncation:
                return self._through_windows(name, edits, truncation)
            if name[1:] not in self.problem.parameters:
                return self._step(name, edits)
            clip = edits.get("clip", self.slots["clip"])
            return self._clipped(name, edits, clip) if clip else self._parameter(name[1:], edits)

    # Arrays that equations see

    def _head_names(self) -> Names:
        problem, network, trace = self.problem, self.problem.network, self.trace
        sizes = self._sizes()
        loss = network.loss_object
        top = network.units[-network.directions :]
        h_prev = [self._before(unit, "h") for unit in top]
        share = loss.share(problem.loss_weights)
        dloss = loss.gradient(trace.y, problem.target, problem.loss_weights)
        target = problem.target
        if target.ndim == 2:
            target = one_hot(target, problem.sizes["K"])
        slope = loss.slope(trace.y, problem.target)
        # The output after the loss's own nonlinearity: what a cross-entropy subtracts the target from.
        out = slope + target if network.loss.startswith(("softmax", "logistic")) else trace.y
        return {
            **HELPERS, **sizes, **problem.parameters, "x": problem.x, "y": trace.y, "dloss": dloss, "share": share,
            "target": target, "out": out, "slope_of_loss": slope, "max_share": float(share.max()),
            "h": network.seen(trace, problem.x, network.layers), "h_prev": np.concatenate(h_prev, axis=-1),
        }  # fmt: skip

    def _sizes(self) -> Names:
        """The sizes; those a mean divides by are of the whole problem, whatever windows it is cut into."""
        whole = self._whole
        divisors = {"n_steps": whole.sizes["T"], "n_samples": whole.sizes["B"]}
        return {**self.problem.sizes, **divisors, "counted": float(whole.loss_weights.sum())}

    def _before(self, unit: Unit, state: str) -> FloatArray:
        """A state (T, B, H) as every step finds it, in the order of the steps."""
        start = self.problem.starts[f"{state}0{unit.suffix}"][None]
        kept = flipped(self.trace.steps[state + unit.suffix], unit.reverse)
        found: FloatArray = flipped(np.concatenate([start, kept[:-1]]), unit.reverse)
        return found

    def _unit_names(self, unit: Unit) -> Names:
        problem, network = self.problem, self.problem.network
        cell = network.cell_object
        records = unit.own(self.trace.steps)
        before = {f"{name}_prev": self._before(unit, name) for name in cell.carried}
        below = network.seen(self.trace, problem.x, unit.layer)
        seen = flipped({**records, **before, "x": below}, unit.reverse)
        params = unit.own(problem.parameters)
        blocks: Names = {}
        for k, gate in enumerate(cell.gates):
            part = slice(k * problem.sizes["H"], (k + 1) * problem.sizes["H"])
            blocks |= {f"W_h{gate}": params["W_hh"][:, part], f"W_x{gate}": params["W_xh"][:, part]}
        options = {name: option for name, option in network.options if isinstance(option, float)}
        leak = {"leak": getattr(cell, "leak", 0.0)}
        slope = ACTIVATIONS[network.activation].slope
        names = {**HELPERS, **self._sizes(), **leak, **options, "f1": slope, "act": network.activation}
        return {**names, **params, **blocks, **seen}

    # Running them

    def _text(self, slot: str, edits: Edits) -> str:
        return edits.get(slot, self.slots[slot])

    def _top(self, edits: Edits) -> Names:
        """The head's names with `dy` and `dh_out`."""
        names = dict(self._head)
        names["dy"] = value(self._text("dy", edits), names)
        names["dh_out"] = value(self._text("dh_out", edits), names)
        return names

    def _unit(self, unit: Unit, edits: Edits) -> Names:
        """All that a unit's loop makes; kept by the edits that reach it."""
        key = (unit.suffix, *sorted(item for item in edits.items() if is_loop(item[0])))
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = self._run(unit, edits, flipped(self._above(unit, edits), unit.reverse))
        self._kept[key] = made
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return made

    def _above(self, unit: Unit, edits: Edits) -> FloatArray:
        """The gradient (T, B, H) that arrives at a unit's h from above."""
        network = self.problem.network
        share: FloatArray
        if unit.layer == network.layers - 1:
            share = self._top(edits)["dh_out"]
        else:
            share = self._into(unit.layer + 1, edits)
        part = slice(self.problem.sizes["H"], None) if unit.reverse else slice(0, self.problem.sizes["H"])
        return share[..., part]

    def _into(self, layer: int, edits: Edits) -> FloatArray:
        """What a layer gives to what it sees, in the order of the steps."""
        units = [unit for unit in self.problem.network.units if unit.layer == layer]
        parts = [flipped(self._unit(unit, edits)["dx"], unit.reverse) for unit in units]
        found: FloatArray = sum(parts[1:], parts[0])
        return found

    def _run(self, unit: Unit, edits: Edits, dh_out: FloatArray) -> Names:
        network = self.problem.network
        equations = EQUATIONS[network.cell](network.cell_object)
        names: Names = {**self._own[unit.suffix], "dh_out": dh_out, "dy": self._head["dloss"], "y": self._head["y"]}
        texts = {each.name: self._text(each.name + unit.suffix, edits) for each in equations}
        for each in equations:
            if each.stage == BEFORE:
                names[each.name] = value(texts[each.name], names)
        inner = [each.name for each in equations if each.stage == LOOP]
        names |= {name: np.zeros((len(dh_out) + 2, *dh_out.shape[1:])) for name in inner}
        for t in value(self._text("loop" + unit.suffix, edits), names):
            names["t"] = t
            for name in inner:
                names[name][t] = value(texts[name], names)
        self._starts(unit, names, texts, edits)
        for name in inner:
            names[name] = names[name][: len(dh_out)]
        for each in equations:
            if each.stage == AFTER:
                names[each.name] = value(texts[each.name], names)
        return names

    def _starts(self, unit: Unit, names: Names, texts: Edits, edits: Edits) -> None:
        """The gradients of the initial states: what would be carried into the step before the first."""
        names["t"] = -1
        ends = [
            name
            for name in texts
            if name in names and name.startswith(("carried", "kept", "back_", "dh_next", "dc_next"))
        ]
        for name in ends:
            names[name][-1] = value(texts[name], names)
        for state in self.problem.network.cell_object.carried:
            names[f"d{state}0"] = value(self._text(f"start.d{state}0{unit.suffix}", edits), names)

    # What is asked for

    def _step(self, name: str, edits: Edits) -> FloatArray:
        network = self.problem.network
        if name in ("dy",):
            return np.asarray(self._top(edits)["dy"])
        if name in ("dx", "de"):
            return self._into(0, edits)
        for unit in network.units:
            if name.endswith(unit.suffix):
                base = name.removesuffix(unit.suffix) if unit.suffix else name
                made = self._unit(unit, edits)
                if base in made:
                    is_start = base[1:-1] in network.cell_object.carried and base.endswith("0")
                    found: FloatArray = flipped(made[base], unit.reverse and not is_start)
                    return found
        raise KeyError(name)

    def _parameter(self, parameter: str, edits: Edits) -> FloatArray:
        blocks = [self._block(block, edits) for block in self._sums[parameter]]
        made = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=-1)
        text = self._text(f"returned.{parameter}", edits)
        if text == "made":
            return np.asarray(made)
        names = {**self._head, "made": made, "W": self.problem.parameters[parameter]}
        return np.asarray(value(text, names))

    def _block(self, block: Sum, edits: Edits) -> FloatArray:
        names = self._names_of(block, edits)
        left, delta, how = (self._text(block.slot(kind), edits) for kind in ("left", "delta", "sum"))
        names["delta"] = value(delta, names)
        if block.left:
            names["left"] = value(left, names)
        return np.asarray(value(how, names))

    def _names_of(self, block: Sum, edits: Edits) -> Names:
        if block.unit is not None:
            return dict(self._unit(block.unit, edits))
        names = self._top(edits)
        if block.parameter == "W_e":
            names["de"] = self._into(0, edits)
        return names

    def _clipped(self, name: str, edits: Edits, clip: str) -> FloatArray:
        kind, limit = clip.split()
        made = {f"d{each}": self._parameter(each, edits) for each in self.problem.parameters}
        return clipped(Gradients(made, {}), (kind, float(limit))).parameters[name]

    def _through_windows(self, name: str, edits: Edits, truncation: str) -> FloatArray:
        """The gradient with another truncation: that of windows that begin at fixed states."""
        inner, windows = self._windows(truncation)
        rest = {slot: text for slot, text in edits.items() if slot != "truncation"}
        found = inner.gradient(name, rest)
        if name[1:] in self.problem.parameters:
            return found
        if name[1:] in self.problem.starts:
            return np.asarray(windows.gather(Gradients({}, {}, {name: found})).starts[name])
        return np.asarray(windows.gather(Gradients({}, {name: found})).steps[name])

    def _windows(self, truncation: str) -> tuple[Reference, Any]:
        if truncation not in self._inner:
            from dataclasses import replace

            kind, length = truncation.split()
            problem = self.problem
            cut = replace(problem, settings=replace(problem.settings, truncation=(kind, int(length))))
            windows = windows_of(cut, self.trace)
            self._inner[truncation] = Reference(windows.problem, self.problem), windows
        found: tuple[Reference, Any] = self._inner[truncation]
        return found
