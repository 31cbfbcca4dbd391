"""The quantities that an array of the user's may stand for, by network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cells import CELLS, OPTIONS
from ..network import Network

STEMS = ("W_x", "W_h", "W_")
"""What stands before a gate's letter in the names of its own parameters; biases have stems of their own."""


def quantity_names(network: Network) -> tuple[str, ...]:
    """All of them: data, records, gradients, and parameters whole, by gate and stacked."""
    names: list[str] = ["x", *(["e"] if network.embedding else [])]
    for unit in network.units:
        packed = ("a", "gates") if network.cell_object.gates else ()
        names += [name + unit.suffix for name in (*packed, *cell_records(network))]
    names += ["y", "target"]
    names += network.quantities()
    for unit in network.units:
        names += [name + unit.suffix for name in ("da", "dgates") if network.cell_object.gates]
    names += [f"d{name}" for name in network.start_names()]
    own = _parameters(network)
    return tuple(dict.fromkeys([*names, *own, *(f"d{name}" for name in own)]))


def cell_records(network: Network) -> tuple[str, ...]:
    """What a cell's forward pass keeps of every step, the states first; all of them (T, B, H)."""
    cell = network.cell_object
    taps = tuple(name[1:] for name in cell.quantities if not name.endswith("_next"))
    return tuple(dict.fromkeys((*cell.carried, *(f"a_{gate}" for gate in cell.gates), *cell.gates, *taps)))


def _parameters(network: Network) -> list[str]:
    sizes = {"D": 1, "H": 1, "K": 1, "V": 1}
    found = list(network.parameter_shapes(sizes, biases=True))
    if not network.cell_object.gates:
        return found
    for unit in network.units:
        stems = (*STEMS, *(("b_x", "b_h") if network.cell_object.two_biases else ("b_",)))
        found += [stem + gate + unit.suffix for stem in stems for gate in network.cell_object.gates]
        found.append(f"W{unit.suffix}")
    return found


def declared_names(declaration: Mapping[str, Any]) -> tuple[str, ...]:
    """The same, for what a CASE dictionary declares; options that are none are left out, others say so."""
    cell = declaration.get("cell", "rnn")
    options = {name: declaration[name] for name in OPTIONS if name in declaration and cell in OPTIONS[name].cells}
    options |= dict(declaration.get("settings", {}).get("cell_options", {}))
    if declaration.get("biases") == "two":
        options["two_biases"] = True
    if cell not in CELLS:
        return ()
    shape = {name: declaration[name] for name in ("layers", "bidirectional", "embedding") if name in declaration}
    network = Network(
        cell,
        "tanh",
        "half_squared_error",
        declaration.get("output_layer", True) is True,
        tuple(sorted(options.items())),
        **shape,
    )
    return quantity_names(network)
