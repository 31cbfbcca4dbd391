"""Slots: the places of a network's backward equations at which a mistake can be made, with what is right there.

    dy, dh_out                        the gradient of the output, and what it gives to the top layer's h
    loop, slope, dh_next, da ...      of a cell, see `equations`; `loop` are the steps it visits, in order
    cache                             which step's values of the forward pass each step reads
    left.W_hh, delta.W_hh             what stands left and right in the sum of a parameter's gradient; `left.W_hh[f]` of a gate
    sum.W_hh, returned.W_hh           how it is summed, and what is returned of it
    start.dh0                         the gradient of an initial state
    truncation, clip                  as settings say it: "sliding 3", "value 5.0", or empty

The slots of a layer or direction end in its suffix: `dh_next.1`, `left.W_hh.0.reverse[f]`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..cells import Product
from ..network import Network
from ..problem import Problem
from ..stacking import Unit
from .equations import EQUATIONS

LOOP_STEPS = "range(T - 1, -1, -1)"


@dataclass(frozen=True)
class Sum:
    """One block of a parameter's gradient.

    Attributes:
        parameter: `W_hh.1`. tag: `[f]`, empty without gates. gate: `f`. unit: None for embedding and output layer.
        left, delta, how: what is right in its slots.
    """

    parameter: str
    tag: str
    gate: str
    unit: Unit | None
    block: int
    left: str
    delta: str
    how: str

    def slot(self, kind: str) -> str:
        """The name of its slot `left`, `delta` or `sum`."""
        return f"{kind}.{self.parameter}{self.tag}"


def _left(product: Product, unit: Unit | None) -> str:
    if unit is None:
        return product.left
    return f"{product.left}_prev" if product.before else product.left


def sums_of(network: Network, parameters: tuple[str, ...]) -> dict[str, tuple[Sum, ...]]:
    """The blocks of every parameter's gradient, for those parameters that there are."""
    found: dict[str, tuple[Sum, ...]] = {}
    gates = network.cell_object.gates
    for name, parts in network.products().items():
        if name not in parameters:
            continue
        blocks = []
        for unit, product in parts:
            gated = bool(gates) and unit is not None and not product.elementwise
            gate = gates[product.block] if gated else ""
            how = "outer(left, delta)" if not product.elementwise else "total(left * delta)"
            how = how if product.left else "total(delta)"
            tag = f"[{gate}]" if gate else ""
            blocks.append(Sum(name, tag, gate, unit, product.block, _left(product, unit), product.delta, how))
        found[name] = tuple(blocks)
    return found


def slots_of(problem: Problem) -> dict[str, str]:
    """Every slot of a problem's backward pass, with the text that is right there.

    Raises:
        KeyError: the cell has no equations.
    """
    network, settings = problem.network, problem.settings
    slots = {"truncation": "", "clip": ""}
    if settings.truncation is not None:
        slots["truncation"] = f"{settings.truncation[0]} {settings.truncation[1]}"
    if settings.clip is not None:
        slots["clip"] = f"{settings.clip[0]} {settings.clip[1]!r}"
    slots |= {"dy": "dloss", "dh_out": "rows(dy, W_hy.T)" if network.output_layer else "dy"}
    for unit in network.units:
        slots |= {"loop" + unit.suffix: LOOP_STEPS, "cache" + unit.suffix: "np.arange(T)"}
        for equation in EQUATIONS[network.cell](network.cell_object):
            slots[equation.name + unit.suffix] = equation.text
        for name in network.cell_object.carried:
            slots[f"start.d{name}0{unit.suffix}"] = f"d{name}_next[-1]"
    for parameter, blocks in sums_of(network, tuple(problem.parameters)).items():
        for block in blocks:
            slots |= {block.slot("left"): block.left, block.slot("delta"): block.delta, block.slot("sum"): block.how}
        slots[f"returned.{parameter}"] = "made"
    return slots
