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
from ..clipping import clipped
from ..handwritten import forward
from ..problem import Problem
from ..stacking import Unit, flipped
from ..truncation import windows_of
from .equations import AFTER, BEFORE, CARRY, EQUATIONS, LOOP, step_codes, value
from .seen import Names, cached, head_names, unit_names
from .slots import Sum, slots_of, sums_of

Edits = Mapping[str, str]

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
        self._head = head_names(self.problem, self._whole, self.trace)
        self._cache = {unit.suffix: cached(self.problem, self.trace, unit) for unit in self.problem.network.units}
        own = {unit.suffix: unit_names(self.problem, self._whole, unit) for unit in self.problem.network.units}
        self._own = {suffix: {**names, **self._cache[suffix]} for suffix, names in own.items()}
        self._kept: OrderedDict[tuple[Any, ...], Names] = OrderedDict()
        self._inner: dict[str, Any] = {}

    # What there is

    @property
    def names(self) -> tuple[str, ...]:
        """All gradients that it can give, in the order in which a backward pass makes them."""
        network = self.problem.network
        made = [*network.quantities(), *(f"d{name}" for name in self.problem.parameters)]
        return (*made, *(f"d{name}" for name in network.start_names()))

    def seen(self, unit: Unit) -> Names:
        """What a unit's equations see besides what they make: forward arrays in the order of its own steps, weights, sizes."""
        return dict(self._own[unit.suffix])

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
        made = self._run(unit, edits, self._above(unit, edits))
        self._kept[key] = made
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return made

    def _above(self, unit: Unit, edits: Edits) -> FloatArray:
        """The gradient (T, B, H) that arrives at a unit's h from above, in its own order of the steps."""
        top = unit.layer == self.problem.network.layers - 1
        return self._share(unit, self._top(edits)["dh_out"] if top else self._into(unit.layer + 1, edits))

    def _share(self, unit: Unit, both: FloatArray) -> FloatArray:
        """A direction's part of what arrives at both."""
        hidden = self.problem.sizes["H"]
        found: FloatArray = flipped(both[..., hidden:] if unit.reverse else both[..., :hidden], unit.reverse)
        return found

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
        if "top[t]" in edits.get("dh" + unit.suffix, ""):
            names["top"] = self._share(unit, self._top(edits)["dh_out"])
        texts = {each.name: self._text(each.name + unit.suffix, edits) for each in equations}
        if "cache" + unit.suffix in edits:
            taken = list(value(edits["cache" + unit.suffix], names))
            names |= {name: array[taken] for name, array in self._cache[unit.suffix].items()}
        for each in equations:
            if each.stage == BEFORE:
                names[each.name] = value(texts[each.name], names)
        inner = [each.name for each in equations if each.stage in (LOOP, CARRY)]
        names |= {name: np.zeros((len(dh_out) + 2, *dh_out.shape[1:])) for name in inner}
        edited = {name for name in inner if name + unit.suffix in edits}
        codes = step_codes([(name, texts[name]) for name in inner], edited)
        for t in value(self._text("loop" + unit.suffix, edits), names):
            names["t"] = t
            for code in codes:
                exec(code, names)
        names["t"] = -1
        for each in equations:
            if each.stage == CARRY:
                names[each.name][-1] = value(texts[each.name], names)
        for state in network.cell_object.carried:
            names[f"d{state}0"] = value(self._text(f"start.d{state}0{unit.suffix}", edits), names)
        for name in inner:
            names[name] = names[name][: len(dh_out)]
        for each in equations:
            if each.stage == AFTER:
                names[each.name] = value(texts[each.name], names)
        return names

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
        return np.asarray(value(self._text(block.slot("sum"), edits), self.sides(block, edits)))

    def sides(self, block: Sum, edits: Edits) -> Names:
        """What a block's sum sees: everything of its unit, in the order of its own steps, and `left` and `delta`."""
        names = self._names_of(block, edits)
        if block.unit is not None and any(
            "by_loss" in self._text(block.slot(kind), edits) for kind in ("delta", "sum")
        ):
            names["by_loss"] = self._by_loss(block.unit, edits)
        names["delta"] = value(self._text(block.slot("delta"), edits), names)
        if block.left:
            names["left"] = value(self._text(block.slot("left"), edits), names)
        return names

    def _by_loss(self, unit: Unit, edits: Edits) -> FloatArray:
        """da (T, T, B, H) of every step's loss alone, as code with a loop over the losses makes it."""
        dy = self._text("dy", edits)
        alone = [self._unit(unit, {**edits, "dy": f"only({dy}, {k})"})["da"] for k in range(self.problem.sizes["T"])]
        return np.stack(alone)

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
