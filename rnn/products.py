"""How parameters' gradients are sums over steps and samples, with the arrays that take part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, Parameters
from .cells import Product
from .network import Network
from .stacking import Unit, concatenated, flipped


@dataclass(frozen=True, eq=False)
class Factors:
    """One block of a parameter's gradient: the sum over t, b of left[t, b] (outer) delta[t, b].

    Attributes:
        left: (T, B, n), or None for a bias (left = 1). delta: (T, B, m). elementwise: see `Product`.
    """

    left: FloatArray | None
    delta: FloatArray
    elementwise: bool = False

    def absolute(self) -> Factors:
        """The same with every number's absolute value."""
        return Factors(None if self.left is None else np.abs(self.left), np.abs(self.delta), self.elementwise)

    def shares(self) -> FloatArray:
        """What every step adds, (T, n, m) or (T, m)."""
        if self.left is None:
            return np.asarray(self.delta.sum(axis=1))
        if self.elementwise:
            return np.asarray((self.left * self.delta).sum(axis=1))
        return np.asarray(np.einsum("tbi,tbj->tij", self.left, self.delta))

    def total(self) -> FloatArray:
        """The sum over all steps, (n, m) or (m,)."""
        delta = self.delta.reshape(-1, self.delta.shape[-1])
        if self.left is None:
            return np.asarray(delta.sum(axis=0))
        left = self.left.reshape(-1, self.left.shape[-1])
        return np.asarray((left * delta).sum(axis=0) if self.elementwise else left.T @ delta)


Lookup = Callable[[str], FloatArray]


def left_name(network: Network, unit: Unit | None, product: Product) -> tuple[str, ...]:
    """Names of the records, side by side, that stand on the left: `x`, `h.0`, ...; empty for a bias."""
    if not product.left:
        return ()
    if unit is None:
        if product.left == "x":
            return ("x",)
        return tuple(product.left + top.suffix for top in network.units[-network.directions :])
    if product.left != "x":
        return (product.left + unit.suffix,)
    if unit.layer == 0:
        return ("e",) if network.embedding else ("x",)
    return tuple("h" + below.suffix for below in network.units if below.layer == unit.layer - 1)


def delta_name(unit: Unit | None, product: Product) -> str:
    """Name of the per-step gradient on the right."""
    return product.delta + (unit.suffix if unit is not None else "")


def _left(
    network: Network, unit: Unit | None, product: Product, record: Lookup, starts: Parameters
) -> FloatArray | None:
    names = left_name(network, unit, product)
    if not names:
        return None
    values: FloatArray = concatenated([record(name) for name in names], np)
    if not product.before:
        return values
    turned = unit is not None and unit.reverse
    first = starts[f"{product.left}0{unit.suffix if unit is not None else ''}"]
    shifted: FloatArray = flipped(np.concatenate([first[None], flipped(values, turned)[:-1]]), turned)
    return shifted


def factors_of(
    network: Network, record: Lookup, gradient: Lookup, starts: Parameters
) -> dict[str, tuple[Factors, ...]]:
    """The blocks of every parameter's gradient, side by side along the last axis.

    Args:
        network: what is computed. record: a record or `x` by name. gradient: a per-step gradient by name.
        starts: initial states by name.

    Parameters whose deltas or records are not there (`KeyError`) are left out.
    """
    found: dict[str, tuple[Factors, ...]] = {}
    for name, parts in network.products().items():
        try:
            found[name] = tuple(
                Factors(
                    _left(network, unit, product, record, starts),
                    gradient(delta_name(unit, product)),
                    product.elementwise,
                )
                for unit, product in parts
            )
        except KeyError:
            continue
    return found


def gates_of(network: Network, name: str) -> tuple[str, ...]:
    """Letters of the gates whose blocks of H columns stand side by side in a parameter; empty where it has one block."""
    gates = network.cell_object.gates
    return gates if len(network.products().get(name, ())) == len(gates) > 1 else ()


def side_by_side(blocks: tuple[Factors, ...], of: Callable[[Factors], FloatArray]) -> FloatArray:
    """One value of every block, along the last axis."""
    made = [of(block) for block in blocks]
    return made[0] if len(made) == 1 else np.concatenate(made, axis=-1)


def record_lookup(records: Mapping[str, FloatArray], x: FloatArray) -> Lookup:
    """Looks up a record by name, and `x`."""
    return lambda name: x if name == "x" else records[name]
