"""View: what the hand-written code gave on one problem, in parts, beside the editable reference of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import AnyArray, FloatArray, base_of
from ...problem import Problem
from ...results import PARAMETER
from ..mistakes import Mistake, mistakes_of
from ..reference import Edits, Reference
from ..subject import RESIDUAL, Values

TINY = 1e-7
"""A part this much smaller than the right one is compared at that size: what should cancel leaves only rounding."""

PERTURBED = "({right}) * 1.3125 + 0.0625"
"""What a slot is replaced by to see what depends on it."""


@dataclass(frozen=True)
class Part:
    """One thing to explain: a gradient, or one gate's block of it.

    Attributes:
        name: of the gradient, `dW_hh.1`. gate: `f`, or empty. block: its number, with `blocks` of them along the last axis.
    """

    name: str
    gate: str = ""
    block: int = 0
    blocks: int = 1

    @property
    def shown(self) -> str:
        """For the user: `dW_hh`, or `the f part of dW_hh`."""
        return f"the {self.gate} part of {self.name}" if self.gate else self.name

    def of(self, array: AnyArray) -> AnyArray:
        """The part of a gradient; all of one that has no such blocks."""
        width = array.shape[-1] if array.ndim else 0
        if self.blocks == 1 or width % self.blocks:
            return array
        size = width // self.blocks
        return array[..., self.block * size : (self.block + 1) * size]


def _ordered(names: Sequence[str], problem: Problem) -> list[str]:
    """Names in the order in which a backward pass makes them: what depends on less comes first."""
    network = problem.network
    order = ["dy", "dW_hy", "db_y"]
    for unit in reversed(network.units):
        steps = [
            name for name in network.quantities() if base_of(name)[1] == unit.suffix and name not in ("dy", "dx", "de")
        ]
        own = [
            f"d{name}"
            for name in problem.parameters
            if base_of(name)[1] == unit.suffix and name not in ("W_hy", "b_y", "W_e")
        ]
        own.sort(
            key=lambda name: (
                ("b_h", "b_x", "W_x", "W_h").index(name[1:4]) if name[1:4] in ("b_h", "b_x", "W_x", "W_h") else 9
            )
        )
        order += [*steps, *own, *(f"d{name}" for name in problem.starts if base_of(name)[1] == unit.suffix)]
    order += ["dx", "de", "dW_e"]
    return [name for name in dict.fromkeys(order) if name in names]


class View:
    """One problem on which the code was run.

    Attributes:
        problem: it. hand: what the code gave, by name, in float64. reference: the editable one. limit: up to which relative
            residual two parts are the same. parts: all that the code returned of what the reference makes, in order.
    """

    def __init__(self, problem: Problem, values: Values, limit: float = 0.0) -> None:
        """Args: problem: it. values: what the code returned. limit: by default that of the problem's precision."""
        # Code that keeps float32 buffers in a float64 run has half the digits, too.
        narrow = any(np.asarray(value).dtype == np.float32 for value in values.values())
        self.problem, self.limit = problem, limit or RESIDUAL["float32" if narrow else problem.dtype]
        self.reference = Reference(problem)
        known = set(self.reference.names)
        self.hand = {name: np.asarray(value, "float64") for name, value in values.items() if name in known}
        self.parts = tuple(self._parts())
        self._made: dict[tuple[object, ...], FloatArray | None] = {}

    def _parts(self) -> Iterator[Part]:
        gates = self.problem.network.cell_object.gates
        for name in _ordered(list(self.hand), self.problem):
            base = base_of(name)[0]
            if gates and base[1:] in ("W_xh", "W_hh", "b_h", "b_xh", "b_hh"):
                yield from (Part(name, gate, k, len(gates)) for k, gate in enumerate(gates))
            else:
                yield Part(name)

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All that can be made here."""
        return mistakes_of(self.problem)

    @cached_property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """By slot, the names of the gradients that depend on it here."""
        right = {name: self.reference.gradient(name, {}) for name in self.hand}
        found: dict[str, frozenset[str]] = {}
        for slot, text in self.reference.slots.items():
            if slot in ("truncation", "clip"):
                found[slot] = frozenset(right)
                continue
            edits = {slot: self._perturbed(slot, text)}
            found[slot] = frozenset(name for name, value in right.items() if self._moves(name, edits, value))
        return found

    def _perturbed(self, slot: str, text: str) -> str:
        if slot.startswith("loop"):
            return "[t for t in range(T - 1, -1, -1) if t % 2 == 0]"
        return PERTURBED.replace("{right}", text)

    def _moves(self, name: str, edits: Edits, right: FloatArray) -> bool:
        try:
            return not np.array_equal(self.reference.gradient(name, edits), right)
        except (ValueError, IndexError, ArithmeticError):
            return True

    def made(self, name: str, edits: Edits) -> FloatArray | None:
        """A gradient with some slots edited; None where that gives arrays that fit nothing. Kept by the edits that reach it."""
        reach = self.reach
        key = (name, *sorted((slot, text) for slot, text in edits.items() if name in reach[slot]))
        if key not in self._made:
            if len(self._made) > 20_000:
                self._made.clear()
            try:
                self._made[key] = self.reference.gradient(name, edits)
            except (ValueError, IndexError, TypeError, ArithmeticError):
                self._made[key] = None
        return self._made[key]

    def residual(self, part: Part, edits: Edits) -> float:
        """||hand - made|| / ||hand|| of a part."""
        made = self.made(part.name, edits)
        if made is None:
            return float("inf")
        hand = self.hand[part.name]
        if hand.shape != np.shape(made):
            return float("inf")
        return self._between(part.of(hand), part.of(made), part)

    def _between(self, hand: AnyArray, made: AnyArray, part: Part) -> float:
        finite = np.isfinite(hand)
        if not finite.all():  # what overflows there must overflow here, and the rest be the same
            if not np.array_equal(finite, np.isfinite(made)):
                return float("inf")
            hand, made = hand[finite], made[finite]
        with np.errstate(all="ignore"):
            least = TINY * float(np.linalg.norm(part.of(self.reference.gradient(part.name, {}))))
            size = max(float(np.linalg.norm(hand)), least) or float(np.linalg.norm(made))
            error = float(np.linalg.norm(hand - made))
        if not np.isfinite(error):
            return float("inf")
        return error / size if size else 0.0

    def fits(self, part: Part, edits: Edits) -> bool:
        """Whether a part is explained."""
        return self.residual(part, edits) <= self.limit

    def failing(self, edits: Edits) -> tuple[Part, ...]:
        """Parts that some edits don't explain."""
        return tuple(part for part in self.parts if not self.fits(part, edits))

    def worst(self, edits: Edits) -> float:
        """The largest residual of all parts."""
        return max((self.residual(part, edits) for part in self.parts), default=0.0)

    @property
    def is_parameter(self) -> frozenset[str]:
        """Names of the parameters' gradients among what the code returned."""
        return frozenset(name for name in self.hand if name[1:] in self.problem.parameters)


__all__ = ["PARAMETER", "Part", "View"]
