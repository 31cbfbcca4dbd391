"""Which other declaration would make more of what a case returned right: a layout is more easily mistaken than a derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..cells import CELLS
from ..errors import InputError
from .layout import Layout, is_parameter
from .packing import SEPARATE
from .returned import Home

AGREES = 1e-6
"""Largest difference of two arrays that count as equal, relative to the largest entry."""

USUAL_ORDERS = {
    4: ("ifgo", "ifog", "iofg", "figo", "igfo", "fiog", "gifo", "ofig"),
    3: ("rzn", "zrn", "nrz", "nzr"),
}
"""Orders of gate blocks that libraries and courses have, by the number of gates, the most usual first."""

MOST_CANDIDATES = 12


@dataclass(frozen=True)
class Fit:
    """Another declaration of the same arrays.

    Attributes:
        changes: CASE keys and what they would be.
        agree: how many of the returned gradients and values then equal JAX's. before: how many do as declared.
        total: how many were returned.
    """

    changes: Mapping[str, Any]
    agree: int
    before: int
    total: int


def fitting(
    declaration: Mapping[str, Any],
    values: Mapping[str, AnyArray],
    reference: Mapping[str, AnyArray],
    cell: str = "",
) -> list[Fit]:
    """Declarations under which strictly more of what was returned is right, the best first, then the fewest changes.

    The code was run with the data in the declared layout, and what it returned is only read in another way here; where
    that is not enough, `candidates` says what is worth another run.

    Args:
        declaration: the CASE dictionary. values: what the case returned, by our names (`CaseResult.values`).
        reference: right gradients and values by our names, those of all parameters among them.
        cell: the problem's, where the declaration leaves it open.
    """
    known = {name: value for name, value in values.items() if name in reference}
    raw = _as_returned(Layout.of(declaration, cell), known, reference)
    before = _agreeing(declaration, raw, reference, cell)
    found: list[Fit] = []
    for changes in (*_readings(declaration, cell), *_turned_steps(declaration)):
        agree = _agreeing({**declaration, **changes}, raw, reference, cell)
        if agree > before:
            found.append(Fit(changes, agree, before, len(known)))
    found.sort(key=lambda fit: (-fit.agree, len(fit.changes)))
    steps = [fit for fit in found if "x" in fit.changes]
    others = [fit for fit in found if "x" not in fit.changes]
    if steps and others:
        both = {**others[0].changes, **steps[0].changes}
        agree = _agreeing({**declaration, **both}, raw, reference, cell)
        if agree > found[0].agree:
            found.insert(0, Fit(both, agree, before, len(known)))
    return [fit for fit in found if not any(_simpler(other, fit) for other in found)]


def _simpler(other: Fit, fit: Fit) -> bool:
    """Whether another one does as well with some of the changes alone."""
    return other.agree >= fit.agree and other.changes.items() < fit.changes.items()


def _as_returned(
    layout: Layout, values: Mapping[str, AnyArray], reference: Mapping[str, AnyArray]
) -> dict[str, AnyArray]:
    """The arrays as the code returned them."""
    right = {name: value for name, value in values.items() if value.shape == reference[name].shape}
    found = layout.returned_as(right)
    for name, value in values.items():
        if name in right:
            continue
        try:
            found[name] = layout.formed(name, value) if is_parameter(name) else layout.to_user(name, value)
        except (InputError, ValueError):
            found[name] = value
    return found


def _agreeing(
    declaration: Mapping[str, Any], raw: Mapping[str, AnyArray], reference: Mapping[str, AnyArray], cell: str
) -> int:
    """How many arrays are right, read as a declaration says."""
    shapes = {name: value.shape for name, value in reference.items()}
    home = Home(Layout.of(declaration, cell), shapes, {}, lambda name, value: np.asarray(value))
    try:
        found = home.bring(raw)
    except (InputError, KeyError):
        return 0
    return sum(_equal(value, reference[name]) for name, value in found.items())


def _equal(value: AnyArray, wanted: AnyArray) -> bool:
    if value.shape != wanted.shape:
        return False
    largest = float(np.max(np.abs(wanted), initial=0.0))
    with np.errstate(all="ignore"):
        return bool(np.max(np.abs(value - wanted), initial=0.0) <= AGREES * largest)


def _choices(declaration: Mapping[str, Any], cell: str, orders: tuple[str, ...] | None) -> dict[str, list[Any]]:
    """What the keys of the parameters' layout may be, as declared first; `orders` of gates, None for all."""
    letters = CELLS[cell or declaration.get("cell", "rnn")].gates
    found: dict[str, list[Any]] = {"weights": ["in,out", "out,in"]}
    if letters and declaration.get("gates") != SEPARATE:
        every = ["".join(order) for order in permutations(letters)]
        found["gates"] = every if orders is None else [order for order in orders if order in every]
    if declaration.get("stacked"):
        found["stacked"] = ["xh", "hx"]
    if declaration.get("bias") in ("first", "last"):
        found["bias"] = ["first", "last"]
    defaults = {"weights": "in,out", "gates": "".join(letters)}
    for key, values in found.items():
        own = declaration.get(key, defaults.get(key))
        found[key] = [own, *(value for value in values if value != own)]
    return found


def _readings(declaration: Mapping[str, Any], cell: str) -> Iterator[dict[str, Any]]:
    """All other layouts of parameters, in changes of the declaration."""
    choices = _choices(declaration, cell, None)
    for values in product(*choices.values()):
        pairs = zip(choices, values, strict=True)
        changes = {key: value for key, value in pairs if value != choices[key][0]}
        if changes:
            yield changes


def _turned_steps(declaration: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All other orders of the axes of what there is for every step."""
    text = declaration.get("x", "TBD")
    comma = text.index(",") if "," in text else None
    seen = {text}
    for letters in permutations(text.replace(",", "")):
        other = "".join(letters) if comma is None else "".join(letters[:comma]) + "," + "".join(letters[comma:])
        if other not in seen:
            seen.add(other)
            yield {"x": other}


def candidates(declaration: Mapping[str, Any], cell: str = "") -> list[dict[str, Any]]:
    """Changes of the declaration that are worth another run of the code, the likeliest first, a dozen at most.

    Args: declaration: the CASE dictionary. cell: the problem's, where the declaration leaves it open.
    """
    letters = CELLS[cell or declaration.get("cell", "rnn")].gates
    choices = _choices(declaration, cell, USUAL_ORDERS.get(len(letters), ()))
    flip = {"weights": choices["weights"][1]}
    single = [{key: value} for key, values in choices.items() if key != "weights" for value in values[1:]]
    plain = [change for change in single if "gates" not in change]
    orders = [change for change in single if "gates" in change]
    found = [flip, *plain, *orders[:5], *({**flip, **change} for change in (*plain, *orders[:3]))]
    return found[:MOST_CANDIDATES]
