"""Provenance of an entry: what it is made of, by step and sample, by hand and by JAX, worst first.

An entry of a parameter's gradient is a sum over steps and samples. An entry of a gradient between steps is what the losses at
its own and at all later steps bring, each carried back to it; by hand also what each of those steps made wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..arrays import FloatArray, base_of, freeze
from ..element import problem_of
from ..history import element_history, element_shares
from ..problem import Problem
from ..results import Inspection
from ..stacking import Unit, flipped
from ..truncation import CHUNKED
from .equations import EQUATIONS
from .made import is_cut, known_state
from .reference import Edits, Reference
from .shares import blocks_of
from .steps import Row, Steps

MOST_ROWS = 200
"""Contributions that are listed."""

MOST_CARRIED = 4_000_000
"""Numbers that carrying every step's part back to one step may take: T^2 H."""


@dataclass(frozen=True)
class Contribution:
    """What one step of one sample brings. hand and difference are None where hand's side is not known."""

    t: int
    sample: int
    hand: float | None
    reference: float
    difference: float | None

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Provenance:
    """Where one entry comes from.

    Attributes:
        name, index: which entry. rows: the worst contributions, at most `MOST_ROWS`. total: how many there are in all.
        carried: whether rows are what steps bring through time, and not terms of a sum.
        note: what can't be told, in a sentence, or empty.
    """

    name: str
    index: tuple[int, ...]
    rows: tuple[Contribution, ...]
    total: int
    carried: bool
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**vars(self), "index": list(self.index), "rows": [row.to_json() for row in self.rows]}

    def words(self) -> str:
        """What stands in the rows."""
        if self.carried:
            return f"what the loss at step t brings to it, with what the code made wrong there ({self.total} steps)"
        return f"what step t of a sample adds to it ({self.total} terms)"


def provenance(result: Inspection, name: str, index: tuple[int, ...], edits: Edits | None = None) -> Provenance | None:
    """Where an entry of a gradient comes from; None where nothing is known of it.

    Args:
        result: with its arrays. name, index: which entry.
        edits: a set of mistakes that gives the code's numbers, where one is known: then hand's side is known whatever the code
            returned.
    """
    if f"weights/{name[1:]}" in set(result.arrays.names()):
        return _of_parameter(result, name, index, edits)
    return _of_step(result, name, index)


def _of_parameter(result: Inspection, name: str, index: tuple[int, ...], edits: Edits | None) -> Provenance | None:
    reference = element_shares(result, "reference", name, index)
    if reference is None:
        return None
    hand = element_shares(result, "hand", name, index)
    if edits is not None:
        return _listed(name, index, _explained(result, name, index, edits), reference)
    history = element_history(result, name, index)
    return _listed(name, index, hand, reference, "" if history is None else history.note)


def _explained(result: Inspection, name: str, index: tuple[int, ...], edits: Edits) -> FloatArray | None:
    """Hand's shares (T, B) from a set of mistakes."""
    blocks = blocks_of(Reference(problem_of(result)), {}, edits).get(name, ())
    column = index[-1]
    for block in blocks:
        if block.columns.start <= column < block.columns.stop and (block.hand_delta is not None or block.how):
            row = index[0] if len(index) > 1 else None
            return block.of_samples(row, column - block.columns.start, True)
    return None


def _listed(
    name: str, index: tuple[int, ...], hand: FloatArray | None, reference: FloatArray, note: str = ""
) -> Provenance:
    """The terms of a sum, those that differ most first; where hand's are not known, the largest."""
    with np.errstate(all="ignore"):
        size = np.abs(reference) if hand is None else np.abs(hand - reference)
    size = np.where(np.isnan(size), np.inf, size).ravel()
    order = np.argsort(-size, kind="stable")[:MOST_ROWS]
    rows = []
    for place in order.tolist():
        t, sample = divmod(place, reference.shape[1])
        right = float(reference[t, sample])
        own = None if hand is None else float(hand[t, sample])
        rows.append(Contribution(t, sample, own, right, None if own is None else own - right))
    return Provenance(name, index, tuple(rows), reference.size, False, note)


# Between steps


def _of_step(result: Inspection, name: str, index: tuple[int, ...]) -> Provenance | None:
    """What the losses of all steps bring to one entry of a gradient between steps, each carried back."""
    sizes: dict[str, int] = {letter: int(result.problem[letter]) for letter in "TH"}
    if len(index) != 3 or sizes["T"] ** 2 * sizes["H"] > MOST_CARRIED:
        return None
    problem = problem_of(result).cast("float64")
    unit, truncation = _unit_of(problem, name), problem.settings.truncation
    if unit is None:
        return None
    if truncation is not None and truncation[0] != CHUNKED:
        return None
    t, sample, column = index
    reference = Reference(_one_sample(problem, sample))
    steps, base = Steps(reference, unit), base_of(name)[0]
    stored = _stored(result, steps, unit, sample)
    if "reference/dh_out" not in stored or base not in steps.follows(steps.carried):
        return None
    returned = {key[5:] + unit.suffix: value for key, value in stored.items() if key.startswith("hand/")}
    hand = known_state(reference.problem, unit, returned, steps)
    hand = hand if base in steps.follows(hand) else {}
    dh_out = flipped(stored["reference/dh_out"], unit.reverse)
    end = sizes["T"] - 1 - t if unit.reverse else t
    carry = _Carry(steps, tuple(hand) or steps.carried, truncation[1] if truncation else 0, end, base)
    right = carry.parts([steps.row(s, {}, {}, dh_out[s]) for s in range(sizes["T"])])
    own = None
    if hand:
        own = right + carry.parts(carry.made(hand, dh_out))
        if f"hand/{base}" in stored:  # what the step itself made of it behind its state
            own[end] += flipped(stored[f"hand/{base}"], unit.reverse)[end] - own.sum(axis=0)
    parts = [None if side is None else flipped(side[:, :, column], unit.reverse) for side in (own, right)]
    assert parts[1] is not None
    found = _listed(name, index, parts[0], parts[1])
    behind = range(t + 1) if unit.reverse else range(t, sizes["T"])
    rows = tuple(replace(row, sample=sample) for row in found.rows if row.t in behind)
    note = "" if hand else f"The code returned too little between steps to tell hand's part of {name}."
    return Provenance(name, index, rows, len(behind), True, note)


def _unit_of(problem: Problem, name: str) -> Unit | None:
    """The unit in whose steps a gradient is made; None for what is made outside of them."""
    if problem.network.cell not in EQUATIONS:
        return None
    base, suffix = base_of(name)
    inner = ("dh", *problem.network.cell_object.quantities)
    return next((unit for unit in problem.network.units if unit.suffix == suffix and base in inner), None)


def _one_sample(problem: Problem, sample: int) -> Problem:
    """The problem of one sample, whose shares of the loss don't matter here."""
    part = slice(sample, sample + 1)
    starts = {name: freeze(value[part]) for name, value in problem.starts.items()}
    x, target, weights = (freeze(array[:, part]) for array in (problem.x, problem.target, problem.loss_weights))
    weights = weights if weights.any() else freeze(np.ones_like(weights))
    settings = replace(problem.settings, truncation=None, clip=None)
    return replace(problem, x=x, target=target, loss_weights=weights, starts=starts, settings=settings)


def _stored(result: Inspection, steps: Steps, unit: Unit, sample: int) -> dict[str, FloatArray]:
    """What both sides hold of one sample, by side and name without suffix, (T, 1, H)."""
    found = {}
    for name in (*steps.names, "dh_out"):
        for side in ("hand", "reference"):
            key = f"{side}/{name}{unit.suffix}"
            if key in set(result.arrays.names()):
                value = result.arrays.read(key)
                if value.ndim == 3:
                    found[f"{side}/{name}"] = np.asarray(value[:, sample : sample + 1], "float64")
    return found


class _Carry:
    """Carries what every step makes back to one step, where it is asked about one quantity."""

    def __init__(self, steps: Steps, state: tuple[str, ...], cut: int, end: int, base: str) -> None:
        self._steps, self._state, self._cut, self._end, self._base = steps, state, cut, end, base

    def made(self, hand: Row, dh_out: FloatArray) -> list[Row]:
        """What every step made wrong of the code's own row of the step after."""
        found: list[Row] = []
        for s in range(len(dh_out)):
            last = s + 1 == len(dh_out) or is_cut(s, self._cut)
            true = self._steps.back(s, {} if last else {name: hand[name][s + 1] for name in self._state}, dh_out[s])
            found.append({name: hand[name][s] - true[name] for name in self._state})
        return found

    def parts(self, sources: Sequence[Row]) -> FloatArray:
        """What each step's source brings to the one step, (T, 1, H)."""
        found = np.zeros((len(sources), *np.shape(sources[0][self._state[0]])))
        carried = {name: np.zeros((0, *found.shape[1:])) for name in self._state}
        for s in range(len(sources) - 1, self._end - 1, -1):
            if len(carried[self._state[0]]):
                back = self._steps.back(s, carried)
                carried = {name: back[name] * (not is_cut(s, self._cut)) for name in self._state}
            carried = {name: np.concatenate([sources[s][name][None], carried[name]]) for name in self._state}
        found[self._end :] = self._steps.row(self._end, carried, {})[self._base]
        return found
