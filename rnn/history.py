"""How one entry of a gradient came about over time: what every step contributes, by hand and by JAX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from .arrays import FloatArray, Trace
from .network import Network
from .results import ArraySource, Inspection
from .verdict import LIMIT

BLOCK_BYTES = 32 << 20
"""Arrays are read in slices over t that stay about this large."""

PARTS = {"dh": ("dh_out", "dh_next")}
"""Per-step gradients that are a sum of others."""


@dataclass(frozen=True, eq=False)
class History:
    """One entry over time.

    Attributes:
        name, index: which entry.
        hand, reference: (T,) the entry's value at every step, or, for a parameter, every step's contribution to it;
            hand is None where the code returned nothing to tell it from.
        parts: more of the reference's curves by name (`dh_out`, `dh_next` for dh).
        note: what the curves can't show, in a sentence, or empty.
    """

    name: str
    index: tuple[int, ...]
    hand: FloatArray | None
    reference: FloatArray
    parts: Mapping[str, FloatArray] = field(default_factory=dict)
    note: str = ""


def _blocks(arrays: ArraySource, name: str) -> Iterator[tuple[int, int]]:
    """Ranges of steps in which an array is read."""
    shape = arrays.shape(name)
    row = 8 * int(np.prod(shape[1:]))
    step = max(1, BLOCK_BYTES // max(row, 1))
    for start in range(0, shape[0], step):
        yield start, min(start + step, shape[0])


def _column(arrays: ArraySource, side: str, name: str, sample: int, unit: int) -> FloatArray | None:
    """One unit of one sample over time (T,), None where the array is not there or has another shape."""
    if not {f"{side}/{name}", f"reference/{name}"} <= set(arrays.names()):
        return None
    shape = arrays.shape(f"reference/{name}")
    name = f"{side}/{name}"
    if arrays.shape(name) != shape or len(shape) != 3 or not (sample < shape[1] and unit < shape[2]):
        return None
    pieces = [arrays.read(name, start, stop)[:, sample, unit] for start, stop in _blocks(arrays, name)]
    return np.concatenate(pieces).astype("float64")


def _network(result: Inspection) -> Network:
    described = result.problem
    return Network(described["cell"], described["activation"], described["loss"], described["output_layer"])


def _products(network: Network, arrays: ArraySource) -> dict[str, tuple[str, str]]:
    """By parameter: where the left factor of its sum comes from, and the name of the delta.

    Asked with arrays whose numbers say where they come from, so that it holds for any cell.
    """
    names = ["data/x", *(name for name in arrays.names() if name.startswith("trace/") and name != "trace/y")]
    marked = {name: np.full((2, 1, 1), float(place + 1)) for place, name in enumerate(names)}
    h0 = np.zeros((1, 1))
    trace = Trace({name[6:]: value for name, value in marked.items() if name != "data/x"}, np.zeros((2, 1, 1)), 0.0)
    found = {}
    for parameter, (left, delta) in network.products(trace, marked["data/x"], h0).items():
        if left is None:
            found[parameter] = ("", delta)
        else:
            name = names[int(left[1, 0, 0]) - 1]
            previous = left[0, 0, 0] == 0.0
            found[parameter] = (f"{name} before" if previous else name, delta)
    return found


def _left(arrays: ArraySource, source: str, unit: int, start: int, stop: int) -> FloatArray | float:
    """The left factor of a sum for one input unit: (t, B)."""
    if not source:
        return 1.0
    name = source.removesuffix(" before")
    if name == source:
        return np.asarray(arrays.read(name, start, stop)[:, :, unit], "float64")
    first = arrays.read("data/h0")[None] if start == 0 else arrays.read(name, start - 1, start)
    rows = np.concatenate([first, arrays.read(name, start, max(start, stop - 1))])
    return np.asarray(rows[:, :, unit], "float64")


def _contributions(
    arrays: ArraySource, side: str, product: tuple[str, str], index: tuple[int, ...]
) -> FloatArray | None:
    """What every step adds to one entry, (T,); None where the side has no such delta."""
    source, delta = product
    name, shape = f"{side}/{delta}", arrays.shape(f"reference/{delta}")
    if name not in set(arrays.names()) or arrays.shape(name) != shape:
        return None
    pieces = []
    with np.errstate(all="ignore"):
        for start, stop in _blocks(arrays, name):
            rows = np.asarray(arrays.read(name, start, stop)[:, :, index[-1]], "float64")
            pieces.append((_left(arrays, source, index[0], start, stop) * rows).sum(axis=1))
    return np.concatenate(pieces)


def _sum_note(result: Inspection, name: str, index: tuple[int, ...], hand: FloatArray | None, delta: str) -> str:
    """Whether hand's own contributions add up to hand's own entry."""
    if hand is None:
        return f"The code returned no {delta}, so hand's share of every step is not known."
    report = next((one for one in result.parameters if one.name == name), None)
    if report is None or report.verdict == "shape" or not np.isfinite(hand).all():
        return ""
    with np.errstate(over="ignore"):
        entry, total = float(result.arrays.read(f"hand/{name}")[index]), float(hand.sum())
    size = max(abs(entry), abs(total), float(np.abs(hand).max(initial=0.0)))
    digits = 1e-4 if result.problem.get("dtype") == "float32" else 1e-9
    if not np.isfinite(entry + total) or abs(entry - total) <= max(digits * size, LIMIT * report.floor):
        return ""
    place = ",".join(map(str, index))
    return (
        f"Hand's own {delta} add up to {total:.6g} here, and its {name}[{place}] is {entry:.6g}: "
        f"the sum over steps is wrong, not only what is summed."
    )


def element_history(result: Inspection, name: str, index: tuple[int, ...]) -> History | None:
    """The history of one entry of a quantity.

    For a parameter the contribution of step t is the sum over samples of left[t, b, i] * delta[t, b, j], with the
    reference's forward values on both sides and each side's own delta. For a gradient between steps it is the entry
    of that sample and unit at every step.

    Args:
        result: with its arrays. name: of the quantity. index: into its array; its step is ignored.

    Returns:
        None for what has no history (dh0), what the network does not have, or where the result lacks the arrays.
    """
    arrays, stored = result.arrays, set(result.arrays.names())
    if name == "dh0":
        return None
    if f"weights/{name[1:]}" not in stored:
        if len(index) != 3:
            return None
        sample, unit = index[1], index[2]
        reference = _column(arrays, "reference", name, sample, unit)
        if reference is None:
            return None
        hand = _column(arrays, "hand", name, sample, unit)
        columns = {part: _column(arrays, "reference", part, sample, unit) for part in PARTS.get(name, ())}
        return History(name, index, hand, reference, {part: c for part, c in columns.items() if c is not None})
    product = _products(_network(result), arrays)[name[1:]]
    if f"reference/{product[1]}" not in stored:
        return None
    reference = _contributions(arrays, "reference", product, index)
    hand = _contributions(arrays, "hand", product, index)
    if reference is None:
        return None
    return History(name, index, hand, reference, note=_sum_note(result, name, index, hand, product[1]))
