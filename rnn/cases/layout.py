"""Between the program's layout (time first, (in, out)) and the layout that a case declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..arrays import AnyArray, base_of
from ..cells import CELLS
from ..errors import InputError
from ..losses import one_hot
from .axes import Axes, fitted
from .packing import PACKED, Packing, Part

PER_STEP = (
    *("x", "target", "loss_weights", "y", "h", "a", "dx", "dy", "dh", "dh_out", "dh_next", "da"),
    *("c", "dc", "dc_next", "e", "de"),
)
"""Arrays with a row for every step, of any cell; others are told by `is_per_step`."""

PER_SAMPLE = ("h0", "dh0", "c0", "dc0")
PARAMETER = re.compile(r"d?[Wbp](_|\.|$)")


def is_parameter(name: str) -> bool:
    """Whether a name is that of a parameter or its gradient."""
    return PARAMETER.match(name) is not None


def is_state(name: str) -> bool:
    """Whether a name is that of an initial state or its gradient."""
    return base_of(name)[0] in PER_SAMPLE


def is_per_step(name: str) -> bool:
    """Whether an array of that name has a row for every step."""
    return not is_parameter(name) and not is_state(name)


def _ids(name: str, rows: AnyArray, advice: str) -> AnyArray:
    """Token ids of one-hot rows; raises `InputError` for other rows."""
    if not bool(np.all((rows == 0) | (rows == 1)) and np.all(rows.sum(-1) == 1)):
        raise InputError(
            f"CASE takes {name} as token ids, and {name} of this problem has rows that are not one-hot; {advice}"
        )
    return np.asarray(rows.argmax(-1))


def axes_of_x(declaration: Mapping[str, Any]) -> str:
    """The layout string of what there is for every step; of token ids the axis D, which they lack, may be left out."""
    text = str(declaration.get("x", "TBD"))
    tokens = declaration.get("ids") or declaration.get("embedding")
    return text + "D" if tokens and "D" not in text else text


@dataclass(frozen=True)
class Layout:
    """The layout a case declares.

    Attributes:
        x: layout string of what there is for every step, such as `TBD`, `TD`, `T,D1`.
        transposed: whether matrices are (out, in).
        packing: how parameters are kept.
        ids: whether x is given as token ids. target: `ids`, `rows`, `last`, or empty for what the problem has.
        exceptions: pairs of a name and its own layout string, or `in,out`, `out,in` for a parameter.
    """

    x: str = "TBD"
    transposed: bool = False
    packing: Packing = field(default_factory=Packing)
    ids: bool = False
    target: str = ""
    exceptions: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(declaration: Mapping[str, Any], cell: str = "") -> Layout:
        """From the CASE dictionary; `cell` is the problem's, where the dictionary may leave it open."""
        packing = Packing(
            CELLS[cell or declaration.get("cell", "rnn")].gates,
            declaration.get("gates", ""),
            declaration.get("stacked", ""),
            declaration.get("bias", "vector"),
        )
        return Layout(
            axes_of_x(declaration),
            declaration.get("weights", "in,out") == "out,in",
            packing,
            bool(declaration.get("ids") or declaration.get("embedding")),
            declaration.get("target", ""),
            tuple(sorted(declaration.get("layouts", {}).items())),
        )

    def _exception(self, name: str) -> str | None:
        """The layout that a name has for itself; a gradient has that of what it belongs to."""
        given = dict(self.exceptions)
        base = base_of(name)[0]
        tried = [name, base, *((name[1:], base[1:]) if name.startswith("d") else ())]
        if not is_parameter(name):
            tried.append(base.removeprefix("d").split("_")[0])
        return next((given[one] for one in tried if one in given), None)

    @cached_property
    def _known_axes(self) -> dict[tuple[str, bool], tuple[Axes, str]]:
        return {}

    def axes_of(self, name: str, rows: bool = True) -> tuple[Axes, str]:
        """The declared layout of a per-step array or a state, and our axes of it; `rows`: whether it has the axis D."""
        key = name, rows
        if key not in self._known_axes:  # the same are asked for in each of thousands of runs
            self._known_axes[key] = self._axes_of(name, rows)
        return self._known_axes[key]

    def _axes_of(self, name: str, rows: bool) -> tuple[Axes, str]:
        own, said = self._exception(name), None
        axes = Axes.of(self.x if own is None else own)
        if is_state(name):
            said, ours = "T", "BD"
            axes = axes if own is not None else Axes(axes.letters)
        else:
            ours = "TBD"
        if not rows:
            said, ours = (said or "") + "D1", ours[:-1]
        return axes.without(said or ""), ours

    def is_transposed(self, name: str) -> bool:
        """Whether a matrix, or its gradient, is kept (out, in); the rows of an embedding are a table in either case."""
        own = self._exception(name)
        if own is not None:
            return own == "out,in"
        return self.transposed and base_of(name)[0].removeprefix("d") != "W_e"

    def formed(self, name: str, value: AnyArray) -> AnyArray:
        """A parameter that is (in, out), or a vector, in the declared form: fresh and writable."""
        if value.ndim == 2:
            return np.array(value.T if self.is_transposed(name) else value, order="C")
        if value.ndim == 1 and self.packing.bias in ("column", "row"):
            value = value[:, None] if self.packing.bias == "column" else value[None]
        return np.array(value, order="C")

    def unformed(self, name: str, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        """A parameter in the declared form, back (in, out) or a vector; one that fits nothing is handed on as it is."""
        if array.ndim == len(expected) == 2:
            # (1, n) for (n, 1) may be a transposed matrix, so it is no mere matter of an axis of length 1.
            return array.T if self.is_transposed(name) else array
        return fitted(array, expected)

    def to_user(self, name: str, array: AnyArray) -> AnyArray:
        """One of our arrays as the user's code wants it: a fresh, writable copy, with axes where the code has lists.

        Parameters that are stacked, or kept gate by gate, have other names there: see `returned_as`.
        """
        if is_parameter(name):
            own = name.removeprefix("d")
            part = self._whole(own)
            return self.formed(name, array if part is None else self.packing.pack(part, {own: array}))
        axes, own = self.axes_of(name, rows=array.ndim == (2 if is_state(name) else 3))
        return axes.arrange(name, array, own)

    def from_user(self, name: str, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        """One of the user's arrays in our layout; a shape that fits nothing is handed on as it is.

        Args:
            name: `dW_hh`, `dh`, ...
            array: what came back.
            expected: the shape in our layout.
        """
        if is_parameter(name):
            found = self.unformed(name, array, expected)
            whole = found.shape == expected and self._whole(name.removeprefix("d")) is not None
            return self.packing.back(found) if whole and self._has_gates(name) else found
        axes, own = self.axes_of(name, rows=len(expected) == (2 if is_state(name) else 3))
        return axes.restore(array, own, expected)

    def _whole(self, name: str) -> Part | None:
        """The user's array that holds all of one of our parameters and nothing else, under the same name."""
        if self.packing.separate:
            return None
        return next((part for part in self.packing.parts([name]) if part.rows == (name,)), None)

    @staticmethod
    def _has_gates(name: str) -> bool:
        return base_of(name)[0].removeprefix("d") in PACKED

    def handed(self, name: str, array: AnyArray, classes: int, dtype: str = "float64") -> Any:
        """Data as `problem` gives them: ids, rows, the last step alone and lists as declared.

        Args: name, array: ours. classes, dtype: K and the type of rows, for a target.
        """
        if name == "x" and self.ids:
            array = _ids("x", array, "choose data of tokens, or leave ids out of CASE")
        if name == "target" and self.target == "last":
            return self.last_target(array, classes, dtype)
        array = self._wanted_target(array, classes, dtype) if name == "target" else array
        axes, own = self.axes_of(name, rows=array.ndim == (2 if is_state(name) else 3))
        return axes.handed(axes.arrange(name, array, own))

    def last_target(self, target: AnyArray, classes: int, dtype: str = "float64") -> Any:
        """The target of the last step alone, laid out without the axis T; a single id is a whole number."""
        array = self._wanted_target(target, classes, dtype)
        axes, own = self.axes_of("target", rows=array.ndim == 3)
        axes = axes.without("T")
        found = axes.handed(axes.arrange("target", array[-1], own.replace("T", "")))
        return found.item() if isinstance(found, np.ndarray) and found.ndim == 0 else found

    def _wanted_target(self, target: AnyArray, classes: int, dtype: str) -> AnyArray:
        if self.target == "rows" and target.ndim == 2:
            return one_hot(target, classes).astype(dtype)
        if self.target == "ids" and target.ndim == 3:
            return _ids("target", target, "choose targets with token ids, or declare target = 'rows'")
        return target

    def parameters(self, ours: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
        """All parameters in the user's names and forms, fresh and writable."""
        return {part.name: self.formed(part.name, self.packing.pack(part, ours)) for part in self.parts(ours)}

    def parts(self, ours: Mapping[str, Any]) -> tuple[Part, ...]:
        """The user's arrays of parameters, from ours by name."""
        return self.packing.parts(tuple(ours))

    def returned_as(self, ours: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
        """Gradients and values by our names, as `run(problem)` would return them: in the user's names and layouts."""
        gradients = {name[1:]: value for name, value in ours.items() if is_parameter(name) and name.startswith("d")}
        found = {}
        for part in self.parts(gradients):
            if all(row in gradients for row in part.rows):
                packed = self.packing.pack(part, gradients)
                found["d" + part.name] = self.formed(part.name, packed)
        for name, value in ours.items():
            if name[1:] not in gradients:
                fits = value.ndim == (2 if is_state(name) else 3)
                found[name] = self.to_user(name, value) if fits else np.array(value)
        return found

    @cached_property
    def single(self) -> bool:
        """Whether some layout has no axis B, so that there is one sequence."""
        named = [text for name, text in self.exceptions if not is_parameter(name)]
        return any("B" not in text for text in (self.x, *named))
