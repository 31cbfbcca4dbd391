"""What the forward pass left, read at another step: caches taken in the wrong order, or under a wrong index.

Every value that an equation reads is replaced, so these are made from the equations themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...problem import Problem
from ...stacking import Unit
from ..equations import BEFORE, EQUATIONS
from .base import Mistake

READ = re.compile(r"\b([A-Za-z_]\w*)\[t\]")

STEPS = (
    ("forward", "in the order of the steps where the reverse order is needed", "T-1-t", "T - 1 - t", "({})[::-1]"),
    ("before", "of the step before, at t = 0 those of the last", "t-1", "t - 1", "np.roll({}, 1, 0)"),
    ("last", "of the last step at every step", "T-1", "T - 1", "0 * {0} + ({0})[-1]"),
    ("first", "of the first step at every step", "0", "0", "0 * {0} + ({0})[0]"),
)
"""(name, words, index, its text in a loop, text of a whole array)."""

OF_FORWARD = frozenset("h h_prev c c_prev s a n rh new old change".split())
"""What the forward pass leaves, besides gates, their pre-activations and slopes."""


def _is_kept(name: str, gates: tuple[str, ...]) -> bool:
    plain = name.removeprefix("slope_").removeprefix("a_")
    return name in OF_FORWARD or name == "slope" or plain in gates or plain in ("c", "hn")


def _moved(text: str, index: str, gates: tuple[str, ...]) -> str:
    return READ.sub(lambda found: f"{found[1]}[{index}]" if _is_kept(found[1], gates) else found[0], text)


def _edits(problem: Problem, unit: Unit, slots: Mapping[str, str], index: str, whole: str) -> dict[str, str]:
    """Everything that a unit reads of its cache."""
    cell = problem.network.cell_object
    made: dict[str, str] = {}
    for one in EQUATIONS[problem.network.cell](cell):
        text = _moved(one.text, index, cell.gates)
        if one.stage != BEFORE and text != one.text:
            made[one.name + unit.suffix] = text
    for slot, text in slots.items():
        kind, _, rest = slot.partition(".")
        if (
            kind == "left"
            and text
            and rest.partition("[")[0].endswith(unit.suffix)
            and "W_" in rest
            and "W_hy" not in rest
        ):
            made[slot] = whole.format(text)
    return made


def caches(problem: Problem, slots: Mapping[str, str]) -> Iterator[Mistake]:
    """Each unit's caches, all of them or those of the gates and states alone, read at another step."""
    for unit in problem.network.units:
        for name, words, shown, index, whole in STEPS:
            every = _edits(problem, unit, slots, index, whole)
            inner = {slot: text for slot, text in every.items() if not slot.startswith("left")}
            for label, edits, what in (("", every, "caches"), ("-but-inputs", inner, "values of gates and states")):
                if edits and (label or inner != every):
                    said = f"takes the {what} {words}"
                    place = unit.suffix.removeprefix(".")
                    yield Mistake(
                        f"cache-{name}{label}",
                        place,
                        said,
                        f"cache[{shown}] for cache[t]",
                        tuple(edits.items()),
                        1 if name == "forward" else 2,
                    )
