"""Weights from a file that keeps them as the user's own code does: its names, its orientation, its gates and stacking."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod

import numpy as np

from .arrays import AnyArray, FloatArray, base_of
from .cases.layout import Layout
from .cases.packing import BIASES, Part
from .cases.returned import Home
from .errors import InputError
from .network import Network
from .weights.base import shown
from .weights.matching import Match, described, usable_numbers

LAYOUT_KEYS = ("weights", "gates", "stacked", "bias")
"""Keys of CASE that say how parameters lie."""


def is_plain(network: Network, layout: Mapping[str, str]) -> bool:
    """Whether names and shapes alone tell which array is which: one cell without gates, nothing stacked."""
    bare = not network.cell_object.gates and len(network.units) == 1 and not network.embedding
    return bare and not network.cell_object.two_biases and not layout.get("stacked")


def _folded(name: str) -> str:
    return name.lower().replace("_", "")


def _key_of(part: Part, arrays: Collection[str], answers: Mapping[str, str]) -> str | None:
    """The file's name of one of the user's arrays: as answered, the same, or the same but for case, underscores and a prefix."""
    if part.name in answers:
        if answers[part.name] not in arrays:
            raise InputError(f"the weight file has no array {shown(answers[part.name])} for {part.name}")
        return answers[part.name]
    if part.name in arrays:
        return part.name
    wanted = _folded(part.name)
    ends = f".{wanted}", f"/{wanted}"
    found = [key for key in arrays if _folded(key) == wanted or _folded(key).endswith(ends)]
    if len(found) > 1:
        raise InputError(
            f"{part.name} may be {' or '.join(shown(key) for key in found[:3])} of the weight file; "
            f"say which with --weights-map {part.name}=KEY"
        )
    return found[0] if found else None


def _inward(layout: Layout, part: Part, array: FloatArray) -> FloatArray:
    """One of the user's matrices as (in, out)."""
    return array.T if array.ndim == 2 and layout.is_transposed(part.name) else array


def _sizes(network: Network, layout: Layout, found: Mapping[str, tuple[Part, FloatArray]]) -> dict[str, int]:
    """D, H, K and V from the shapes of the user's arrays."""
    gates = 1 if layout.packing.separate else max(1, len(layout.packing.gates))
    first = network.units[0].suffix
    holds = {row: (part, _inward(layout, part, array)) for part, array in found.values() for row in part.rows}
    part, matrix = holds[f"W_hh{first}"]
    if matrix.ndim != 2 or matrix.shape[1] % gates:
        raise InputError(
            f"{part.name} has the shape {found[part.name][1].shape}; expected {gates} gates of H units side by side"
        )
    hidden = matrix.shape[1] // gates
    own_part, own = holds[f"W_xh{first}"]
    others = sum(hidden if base_of(row)[0] == "W_hh" else 1 for row in own_part.rows if base_of(row)[0] != "W_xh")
    sizes = {"H": hidden, "D": own.shape[0] - others, "K": hidden * network.directions}
    if "W_hy" in holds:
        sizes["K"] = holds["W_hy"][1].shape[-1]
    if "W_e" in holds:
        sizes["V"] = holds["W_e"][1].shape[0]
    if min(sizes.values()) < 1:
        raise InputError(
            f"{own_part.name} has the shape {found[own_part.name][1].shape}, which leaves no room for the inputs beside "
            f"H = {hidden}; check weights, stacked and bias in CASE"
        )
    return sizes


def keys_needed(names: Collection[str], network: Network, layout: Layout) -> tuple[str, ...]:
    """Which arrays of a weight file hold a network's parameters, by names alone; none where one is missing or in doubt.

    Args: names: of the file's arrays. network, layout: as in `read_arranged`.
    """
    parts = layout.packing.parts(list(network.parameter_shapes(dict.fromkeys("DHKV", 1), biases=True)))
    try:
        found = [_key_of(part, names, {}) for part in parts]
    except InputError:
        return ()
    return tuple(key for key in found if key is not None) if None not in found else ()


def read_arranged(
    arrays: Mapping[str, AnyArray], network: Network, layout: Layout, answers: tuple[tuple[str, str], ...]
) -> Match:
    """Find a network's parameters in a weight file that has the layout of a case.

    Args:
        arrays: by the file's own names. network: whose parameters. layout: of the case, or the program's own.
        answers: pairs of the user's name of a parameter (`W_xi`) and a key of the file.

    Raises:
        InputError: an array is missing or has a shape that does not fit; says which and what was expected.
    """
    usable, notes = usable_numbers(arrays)
    names = list(network.parameter_shapes(dict.fromkeys("DHKV", 1), biases=True))
    parts = layout.packing.parts(names)
    keys = {part.name: _key_of(part, usable, dict(answers)) for part in parts}
    found = {part.name: (part, usable[key]) for part in parts if (key := keys[part.name]) is not None}
    _check_complete(parts, found, arrays)
    rows = {row for part, _ in found.values() for row in part.rows}
    sizes = _sizes(network, layout, found)
    shapes = {name: shape for name, shape in network.parameter_shapes(sizes, biases=True).items() if name in rows}
    empty: dict[str, AnyArray] = {name: np.zeros(shape) for name, shape in shapes.items()}
    for part, array in found.values():
        expected = layout.formed(part.name, layout.packing.pack(part, empty)).shape
        if array.shape != expected and not (prod(array.shape) == prod(expected) == max(array.shape)):
            raise InputError(
                f"{shown(str(keys[part.name]))} has the shape {array.shape}; expected {expected} for {part.name}; "
                "check weights, gates, stacked and bias in CASE"
            )
    home = Home(layout, {f"d{name}": shape for name, shape in shapes.items()}, {}, lambda _, value: np.asarray(value))
    brought = home.bring({f"d{name}": array for name, (_, array) in found.items()})
    unused = tuple(key for key in arrays if key not in keys.values())
    if unused:
        notes.append(f"not used from the weight file: {', '.join(unused[:6])}")
    taken = {name: str(keys[name]) for name in found}
    notes.append("weights: " + ", ".join(f"{name} from {key}" for name, key in taken.items()))
    ordered = {name: np.ascontiguousarray(brought[f"d{name}"]) for name in shapes}
    return Match(ordered, taken, unused, tuple(notes))


def _check_complete(
    parts: tuple[Part, ...], found: Mapping[str, tuple[Part, FloatArray]], arrays: Mapping[str, AnyArray]
) -> None:
    """Raise `InputError` unless all matrices of the cell are there, and of the biases all or none."""
    missing = [part for part in parts if part.name not in found]
    output = {"W_hy", "b_y"}
    needed = [part for part in missing if not part.rows[0].startswith("b") and part.name not in output]
    biases = [part for part in parts if base_of(part.rows[0])[0] in BIASES and len(part.rows) == 1]
    lacking = [part for part in biases if part in missing]
    if not needed and lacking and len(lacking) < len(biases):
        needed = lacking
    if needed:
        raise InputError(
            f"the weight file has nothing for {', '.join(part.name for part in needed[:8])}; it holds {described(arrays)}; "
            f"name it with --weights-map {needed[0].name}=KEY"
        )
