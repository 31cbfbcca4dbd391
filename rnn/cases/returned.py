"""What `run(problem)` returned, brought home: names and layouts of the user's become ours."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from ..arrays import AnyArray, base_of
from ..errors import InputError
from .layout import Layout, is_parameter, is_per_step
from .packing import SEPARATE, Part

MakeArray = Callable[[str, Any], AnyArray]


class Home:
    """Reads what a case returned.

    Attributes:
        layout: the declared one. shapes: of everything that may be returned, by our names, in our layout.
        starts: initial states by name, which tell at which end a history of states has one row more.
    """

    def __init__(
        self, layout: Layout, shapes: Mapping[str, Sequence[int]], starts: Mapping[str, AnyArray], make: MakeArray
    ) -> None:
        """Args: make: an array of numbers from a value that was returned under a name; the others as the attributes."""
        self.layout, self.starts, self._make = layout, starts, make
        self.shapes = {name: tuple(int(n) for n in shape) for name, shape in shapes.items()}

    @cached_property
    def ours(self) -> list[str]:
        """Our names of the parameters."""
        return [name[1:] for name in self.shapes if name.startswith("d") and is_parameter(name)]

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The user's arrays of parameters, by the name of the gradient."""
        return {"d" + part.name: part for part in self.layout.parts(dict.fromkeys(self.ours))}

    @cached_property
    def packed(self) -> dict[str, tuple[str, ...]]:
        """Names of what may hold all gates of a step, `da`, `a`, and the names of what is in it."""
        gates, found = self.layout.packing.gates, {}
        for name in [one for one in self.shapes if one.startswith(("a_", "da_")) and gates]:
            base, suffix = base_of(name)
            stem = base.split("_")[0]
            found[stem + suffix] = tuple(f"{stem}_{gate}{suffix}" for gate in gates)
        return {name: each for name, each in found.items() if all(one in self.shapes for one in each)}

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All keys that are understood, in the user's own names first."""
        rest = [name for name in self.shapes if not is_parameter(name)]
        return (*self.parts, *rest, *(name for name in self.packed if name not in rest), "loss")

    def check_names(self, returned: Any) -> None:
        """Raise `InputError` unless this is a dictionary of known names with a gradient in it."""
        if not isinstance(returned, dict):
            raise InputError(
                f"run() returned {type(returned).__name__}; expected a dict such as dict(dW_xh=..., dW_hh=...)"
            )
        ours = {f"d{name}" for name in self.ours}
        for name in returned:
            if name not in self.known and name not in ours:
                raise InputError(self._unknown(name))
        if not any(str(name).startswith("d") for name in returned):
            expected = ", ".join(name for name in self.known if name.startswith("d"))
            raise InputError(
                f"run() returned {', '.join(returned) or 'an empty dict'} and no gradient; expected any of {expected}"
            )

    def _unknown(self, name: Any) -> str:
        meant = [one for one in self.known if one.startswith(f"{name}.")]
        if len(meant) > 1:
            return f"run() returned the key {name!r}, which may be {' or '.join(meant)}; name the one that is meant"
        folded = {_folded(one): one for one in reversed(self.known)}
        near = meant or [folded[one] for one in difflib.get_close_matches(_folded(name), list(folded), 1)]
        hint = f"did you mean {near[0]!r}? " if near else ""
        hint = self._other_layout(str(name)) or hint
        return f"run() returned the unknown key {name!r}; {hint}known keys are {', '.join(self.known)}"

    def _other_layout(self, name: str) -> str:
        """What to declare, where the name is one of another layout of the same parameters."""
        packing = self.layout.packing
        separate, stacked = replace(packing, order=SEPARATE), replace(packing, stacked="xh")
        others = {
            "gates = 'separate'": separate,
            "stacked = 'xh' or 'hx'": stacked,
            "gates = 'separate' and stacked = 'xh' or 'hx'": replace(separate, stacked="xh"),
        }
        for said, other in others.items():
            if name in {"d" + part.name for part in other.parts(self.ours)}:
                return f"declare {said} in CASE where your code keeps it so; "
        return ""

    def bring(self, returned: Mapping[str, Any]) -> dict[str, AnyArray]:
        """Everything that was returned, the loss left out, by our names and in our layout.

        Raises:
            InputError: an array that can't be used, the same thing twice, or one gate of several missing.
        """
        found: dict[str, AnyArray] = {}
        origin: dict[str, str] = {}
        pieces: dict[str, dict[int, tuple[str, AnyArray]]] = {}
        for key, value in returned.items():
            for name, array in self._named(key, value, pieces):
                if name in found:
                    raise InputError(
                        f"run() returned {name} twice, as {origin[name]} and as {key}; leave one of the two out"
                    )
                found[name], origin[name] = array, key
        for name, gates in pieces.items():
            if name in found:
                part = next(iter(gates.values()))[0]
                raise InputError(f"run() returned {name} twice, as {name} and as {part}; leave one of the two out")
            found[name] = self._assembled(name, gates)
        return found

    def _named(
        self, key: str, value: Any, pieces: dict[str, dict[int, tuple[str, AnyArray]]]
    ) -> list[tuple[str, AnyArray]]:
        """What one key holds, by our names; single gates go to `pieces`."""
        if key == "loss":
            return []
        part = self.parts.get(key)
        if part is not None and (len(part.rows) > 1 or (self.layout.packing.separate and part.blocks)):
            return self._cut(key, self._make(key, value), part, pieces)
        if key in self.packed:
            return self._gates(key, value)
        expected = self.shapes[key]
        if is_per_step(key):
            return [(key, self._steps(key, value, expected))]
        return [(key, self.layout.from_user(key, self._make(key, value), expected))]

    def _cut(
        self, key: str, array: AnyArray, part: Part, pieces: dict[str, dict[int, tuple[str, AnyArray]]]
    ) -> list[tuple[str, AnyArray]]:
        """The parameters that one of the user's arrays holds."""
        packing, layout = self.layout.packing, self.layout
        shapes = [self.shapes[f"d{row}"] for row in part.rows]
        count = max(1, len(packing.gates))
        share = len(part.blocks) if packing.separate else count
        width = shapes[0][-1] // count * share
        heights = [shape[0] if len(shape) == 2 else 1 for shape in shapes]
        expected = (width,) if len(shapes) == 1 and len(shapes[0]) == 1 else (sum(heights), width)
        whole = layout.unformed(key, array, expected)
        if whole.shape != expected:
            wanted = layout.formed(key, np.empty(expected)).shape
            turned = array.ndim == 2 and array.shape == wanted[::-1]
            advice = "the matrix is turned round, see weights in CASE" if turned else self._holds(part)
            raise InputError(
                f"run() returned {key} with the shape {array.shape}; expected {wanted} in the declared layout; {advice}"
            )
        rows = np.split(np.atleast_2d(whole), np.cumsum(heights)[:-1])
        found = []
        for name, row, shape in zip(part.rows, rows, shapes, strict=True):
            if packing.separate:
                piece = row.reshape((*shape[:-1], width))
                pieces.setdefault(f"d{name}", {})[part.blocks[0]] = key, piece
            else:
                found.append((f"d{name}", packing.back(row).reshape(shape)))
        return found

    def _holds(self, part: Part) -> str:
        order = ", then ".join(part.rows)
        return f"its rows (with out,in its columns) are {order}" if len(part.rows) > 1 else f"it is one gate of {order}"

    def _assembled(self, name: str, gates: Mapping[int, tuple[str, AnyArray]]) -> AnyArray:
        """One of our gradients from those of its gates."""
        letters = self.layout.packing.gates
        if len(gates) < len(letters):
            own = [key for key, part in self.parts.items() if name[1:] in part.rows]
            came = [key for key, _ in gates.values()]
            missing = [key for key in own if key not in came]
            raise InputError(
                f"run() returned {', '.join(came)} and not {', '.join(missing)}; return the gradients of all gates or of none"
            )
        return np.concatenate([gates[k][1] for k in range(len(letters))], axis=-1)

    def _gates(self, key: str, value: Any) -> list[tuple[str, AnyArray]]:
        """A step's gates packed into one array, each by itself."""
        names = self.packed[key]
        steps, batch, width = self.shapes[names[0]]
        expected = (steps, batch, width * len(names))
        array = self._steps(key, value, expected)
        if array.shape != expected:
            axes, own = self.layout.axes_of(key)
            raise InputError(
                f"run() returned {key} with the shape {array.shape}; expected all gates side by side, "
                f"{axes.shape(own, expected)} in the declared layout"
            )
        packing = self.layout.packing
        parts = np.split(array if packing.separate else packing.back(array), len(names), axis=-1)
        return [(name, np.ascontiguousarray(part)) for name, part in zip(names, parts, strict=True)]

    def _steps(self, key: str, value: Any, expected: tuple[int, ...]) -> AnyArray:
        """A per-step array; a list over time is one in any layout, and one row more than steps is left out."""
        steps = expected[0]
        rows = _rows(value, steps)
        axes, own = self.layout.axes_of(key, rows=len(expected) == 3)
        if rows is not None and not axes.listed:
            axes = type(axes)("T" + axes.without("T").letters)
        array = self._make(key, value if rows is None else rows)
        found = axes.restore(array, own, expected)
        if found.shape == expected:
            return found
        more = axes.restore(array, own, (steps + 1, *expected[1:]))
        if more.shape == (steps + 1, *expected[1:]):
            end = self._extra_end(key, more)
            return found if end is None else more[1:] if end == 0 else more[:-1]
        return found

    def _extra_end(self, key: str, rows: AnyArray) -> int | None:
        """Which end of T + 1 rows is no step: 0 the first, -1 the last; None where that can't be told."""
        base, suffix = base_of(key)
        start = self.starts.get(f"{base}0{suffix}")
        for end in (0, -1):
            if start is not None and np.allclose(rows[end], start, rtol=1e-6, atol=0):
                return end
        empty = [not np.any(rows[end]) for end in (0, -1)]
        if base in ("dh_next", "dc_next") and empty[1]:
            # What leaves step t for t - 1, kept at t, also has a last row of 0, which then is what arrives at the last step.
            return -1 if len(rows) > 2 and not np.any(rows[-2]) else 0
        if empty[0] != empty[1]:
            return 0 if empty[0] else -1
        return -1 if empty[1] else None

    def owners(self, key: str) -> tuple[str, ...]:
        """Our names of the gradients that are in one of the user's."""
        part = self.parts.get(key)
        return (key,) if part is None else tuple(f"d{row}" for row in part.rows)


def _folded(name: Any) -> str:
    return str(name).lower().replace("_", "")


def _rows(value: Any, steps: int) -> list[Any] | None:
    """The rows of a list, or of a dictionary by t, with one entry a step or one more; None where it is neither."""
    if isinstance(value, dict):
        if all(t in value for t in range(steps)):
            more = [value[steps]] if steps in value and -1 not in value else []
            return [*(value[t] for t in range(steps)), *more]
        return None
    if not isinstance(value, (list, tuple)):
        return None
    rows = [row for row in value if row is not None]
    arrays = all(isinstance(row, np.ndarray) or hasattr(row, "__array__") for row in rows)
    return list(rows) if arrays and len(rows) in (steps, steps + 1) else None
