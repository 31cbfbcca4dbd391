"""Shown: what of an array is looked at: its value, its change, what JAX says, or the difference; as rows and columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from inspector.debugger.inlines import shape_text
from inspector.debugger.records import CHANGE, DIFFERENCE, REFERENCE, VALUE, Detail
from inspector.panes.debug.array_sheet import Index, Sheet
from inspector.picture.difference import METRICS, relative, signed, ulp
from rnn.arrays import AnyArray, FloatArray
from rnn.blame.judge import CLOSE

TITLES = {VALUE: "VALUE", CHANGE: "CHANGE BY THIS STEP", REFERENCE: "JAX", DIFFERENCE: "VALUE - JAX"}
METRIC_TITLES = {
    "difference": "VALUE - JAX",
    "absolute": "|VALUE - JAX|",
    "relative": "RELATIVE DIFFERENCE",
    "ulp": "DIFFERENCE IN ULP",
}


@dataclass(frozen=True, eq=False)
class Sides:
    """The arrays of a detail that are compared: either the array itself, or what this step added to a sum.

    Attributes:
        value, before, reference: of one shape; the last two may be None. mask: items that the step changed.
        judged: whether the array itself is judged at this step. added: whether it is what the step added.
        note: why there is no reference.
    """

    value: AnyArray
    before: AnyArray | None
    reference: AnyArray | None
    mask: AnyArray
    judged: bool
    added: bool = False
    note: str = ""

    @staticmethod
    def of(detail: Detail, this_step: bool) -> Sides:
        """Args: detail: with a value. this_step: whether what the step added is meant, where that is known."""
        value = np.asarray(detail.value)
        mask = np.zeros(value.shape, bool) if detail.mask is None else np.asarray(detail.mask)
        if this_step and detail.increment is not None:
            _, added, wanted = detail.increment
            return Sides(np.asarray(added), np.zeros_like(added), np.asarray(wanted), mask, True, True)
        reference = None if detail.reference is None else np.asarray(detail.reference.value)
        judged = detail.judged is not None and not detail.judged.partial
        note = detail.note or "JAX says nothing about this array at this step"
        if reference is not None and reference.shape != value.shape:
            note = f"JAX's is {shape_text(reference.shape)}, this array is {shape_text(value.shape)}"
            reference = None
        before = None if detail.before is None else np.asarray(detail.before)
        return Sides(value, before, reference, mask, judged, note=note)


@dataclass(frozen=True)
class Looks:
    """How an array is looked at: mode and metric as the debugger has them, whether what this step added is meant, the held index."""

    mode: str = VALUE
    metric: str = "difference"
    this_step: bool = False
    held: int | None = None


@dataclass(frozen=True, eq=False)
class Shown:
    """An array as it is looked at.

    Attributes:
        detail, looks, sheet: what, how, and laid out in which way. sides: what is compared.
        numbers: (rows, columns) in the present mode, None where there are none; `note` says why.
    """

    detail: Detail
    looks: Looks
    sheet: Sheet
    sides: Sides
    numbers: AnyArray | None
    note: str = ""

    @property
    def title(self) -> str:
        """Over the picture."""
        mode = self.looks.mode
        words = METRIC_TITLES[self.looks.metric] if mode == DIFFERENCE else TITLES[mode]
        words += ", MAGNITUDE" if self.sides.value.dtype.kind == "c" else ""
        return words.replace("VALUE", "ADDED") if self.sides.added else words

    def mask(self) -> AnyArray:
        """Which cells the step changed (rows, columns)."""
        return self.sheet.lay(self.sides.mask)

    def is_wrong(self, row: int, column: int) -> bool:
        """Whether a cell is further from JAX's than rounding; False where that is not judged, or not looked at."""
        sides = self.sides
        if sides.reference is None or not sides.judged or self.looks.mode not in (VALUE, DIFFERENCE):
            return False
        index = self.sheet.index(row, column)
        with np.errstate(all="ignore"):
            apart = abs(float(as_floats(sides.value[index])) - float(as_floats(sides.reference[index])))
        return not apart <= self.limit

    @cached_property
    def limit(self) -> float:
        """Up to where |value - JAX| is only rounding; there has to be a reference."""
        reference = np.abs(as_floats(self.sides.reference))
        largest = float(np.max(reference, where=np.isfinite(reference), initial=0.0))
        return CLOSE.get(str(self.sides.value.dtype), CLOSE["float64"]) * largest


def as_floats(array: Any) -> FloatArray:
    """Numbers for a picture, as float64; of complex ones the magnitude."""
    values = np.asarray(array)
    return np.abs(values).astype("float64") if values.dtype.kind == "c" else values.astype("float64")


def is_numeric(array: AnyArray) -> bool:
    """Whether an array's items can be drawn."""
    return array.dtype.kind in "biufc"


def _value(sides: Sides, metric: str) -> AnyArray | None:
    return sides.value


def _change(sides: Sides, metric: str) -> AnyArray | None:
    if sides.added:
        return sides.value
    if sides.before is None or not is_numeric(sides.value):
        return None
    if "c" in sides.value.dtype.kind:
        return np.asarray(sides.value - sides.before)
    return signed(sides.value, sides.before)


def _reference(sides: Sides, metric: str) -> AnyArray | None:
    return sides.reference


def _difference(sides: Sides, metric: str) -> AnyArray | None:
    if sides.reference is None or not is_numeric(sides.value):
        return None
    value = sides.value if sides.value.dtype.kind == "f" else as_floats(sides.value)
    return METRICS[metric](value, sides.reference, 0.0)


MODES: dict[str, Callable[[Sides, str], AnyArray | None]] = {
    VALUE: _value,
    CHANGE: _change,
    REFERENCE: _reference,
    DIFFERENCE: _difference,
}

NEW = "The array is new with this step: there is no change to show"


def shown_of(detail: Detail, looks: Looks) -> Shown | None:
    """What is to be drawn of an array; None where it has no value."""
    if detail.value is None:
        return None
    sides = Sides.of(detail, looks.this_step)
    sheet = Sheet.of(sides.value.shape, looks.held)
    numbers = MODES[looks.mode](sides, looks.metric)
    if numbers is not None:
        return Shown(detail, looks, sheet, sides, sheet.lay(numbers))
    return Shown(detail, looks, sheet, sides, None, NEW if looks.mode == CHANGE else sides.note)


@dataclass(frozen=True)
class Picked:
    """Everything about one element; None where it is not known.

    Attributes:
        index: of the array. now, before, jax: values. difference, relative, ulp: of value and JAX.
    """

    index: Index
    now: Any
    before: Any = None
    jax: Any = None
    difference: float | None = None
    relative: float | None = None
    ulp: float | None = None


def picked_of(sides: Sides, index: Index) -> Picked | None:
    """The values at an index; None outside the array."""
    if len(index) != sides.value.ndim or any(not 0 <= a < b for a, b in zip(index, sides.value.shape, strict=True)):
        return None
    now = sides.value[index]
    before = None if sides.before is None else sides.before[index]
    if sides.reference is None or not is_numeric(sides.value) or sides.value.dtype.kind == "c":
        return Picked(index, now, before, None if sides.reference is None else sides.reference[index])
    jax = sides.reference[index]
    one, other = np.asarray(now), np.asarray(jax)
    distance = float(ulp(one, other)) if one.dtype.kind == "f" else None
    return Picked(index, now, before, jax, float(signed(one, other)), float(relative(one, other)), distance)
