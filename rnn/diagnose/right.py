"""Rows and steps that are right, and why: what of a wrong gradient is right, and what explains it.

Nothing is explained that was not looked up: before it is said that a row is right because it gets shares from right steps
only, every share of it is compared. Where the shares are not known, or do not explain it, only what is right is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..compare import ranges
from ..noise import Noise, measure
from ..problem import Problem
from ..units import rms, step_rms
from ..verdict import LIMIT
from .equations import EQUATIONS
from .finding import RIGHT, evidence, finding
from .reference import Edits, Reference
from .right_scene import Scene, inferred, wrong_cells
from .right_why import Why, column_reason, listed, row_reason, shares_known, together, why_right, zero_words
from .shares import Block, blocks_of
from .subject import RESIDUAL, Values

MOST_NAMES = 5
"""Quantities that are named in one sentence."""

Line = tuple[str, str, list[int] | list[str], Why | None]
"""What is right in words, the kind of list it belongs to, its numbers or letters, and why."""


def right_findings(
    problem: Problem, values: Values, edits: Edits | None = None, noise: Noise | None = None
) -> list[dict[str, Any]]:
    """What is right in wrong gradients, and why.

    Args:
        problem: that the code ran on. values: what it returned, by name in the program's layout.
        edits: a set of mistakes that gives exactly these numbers, where one is known; all its shares are then known too.
        noise: of the problem; measured here where it is not given.

    A cell that has no equations here has no such findings.
    """
    if problem.network.cell not in EQUATIONS:
        return []
    reference = Reference(problem)
    scene = Scene(problem, reference, values, reference.gradients(), noise or measure(problem))
    known = blocks_of(reference, values, edits) if edits is not None else _with_inferred(scene)
    found = _between_steps(scene)
    for name, blocks in known.items():
        hand = values.get(name)
        if hand is not None and hand.shape == scene.truth[name].shape and np.isfinite(hand).all():
            found += _of_parameter(scene, name, np.asarray(hand, "float64"), blocks)
    return found


def _with_inferred(scene: Scene) -> Mapping[str, tuple[Block, ...]]:
    """With one-hot inputs of which each comes once row t of dW_xh is da_t, so that da is known where it is not returned."""
    blocks = blocks_of(scene.reference, scene.values)
    for name, ours in blocks.items():
        scene.inferred |= inferred(scene, name, ours)
    return blocks_of(scene.reference, {**scene.values, **scene.inferred}) if scene.inferred else blocks


# Between steps


def _between_steps(scene: Scene) -> list[dict[str, Any]]:
    """Which steps and samples of per-step gradients are right; quantities of which the same is to be said are named together."""
    groups: dict[tuple[str, str], list[str]] = {}
    lists: dict[tuple[str, str], dict[str, list[int]]] = {}
    for name in scene.problem.network.quantities():
        value = scene.values.get(name)
        if value is None or value.shape != scene.truth[name].shape or not np.isfinite(value).all():
            continue
        for words, why, places in _cells_right(scene, name, np.asarray(value, "float64")):
            groups.setdefault((words, why), []).append(name)
            lists[words, why] = places
    found = []
    for (words, why), names in groups.items():
        sentence = f"{listed(names, MOST_NAMES)} {'is' if len(names) == 1 else 'are'} right {words}" + (
            f": {why}" if why else ""
        )
        more = {"quantity": names[0], "quantities": names, "why": why, **lists[words, why]}
        found.append(finding(RIGHT, sentence, certain=True, evidence=evidence(0.0, [scene.problem.sizes]), **more))
    return found


def _cells_right(scene: Scene, name: str, value: FloatArray) -> list[tuple[str, str, dict[str, list[int]]]]:
    """(words, why, lists) of the steps and the samples in which a wrong quantity is right and not 0."""
    wrong, truth, found = wrong_cells(scene, name, value), scene.truth[name], []
    if not wrong.any():
        return []
    steps: list[int] = np.flatnonzero(~wrong.any(axis=1) & (step_rms(truth) > 0)).tolist()
    samples: list[int] = np.flatnonzero(~wrong.any(axis=0) & (rms(truth, (0, 2)) > 0)).tolist()
    if steps:
        cells = np.zeros(wrong.shape, bool)
        cells[steps] = True
        found.append((f"at t = {ranges(steps)}", why_right(scene, name, cells), {"steps": steps}))
    if samples:
        cells = np.zeros(wrong.shape, bool)
        cells[:, samples] = True
        word = "sample" if len(samples) == 1 else "samples"
        found.append((f"in {word} {ranges(samples)}", why_right(scene, name, cells), {"samples": samples}))
    return found


# Parameters


def _of_parameter(scene: Scene, name: str, hand: FloatArray, blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """What is right in a parameter's gradient, in one finding."""
    truth = scene.truth[name]
    limit = max(LIMIT * scene.noise.whole[name], RESIDUAL[scene.problem.dtype] * float(rms(truth)))
    right, large = np.abs(hand - truth) <= limit, np.abs(truth) > limit
    if right.all():
        return _right_all_the_same(scene, name, hand, blocks, limit)
    gates = [
        block
        for block in blocks
        if block.sum.gate and right[..., block.columns].all() and large[..., block.columns].any()
    ]
    lines: list[Line] = []
    for block in gates:
        why = column_reason(scene, block, hand, None, limit)
        lines.append((f"the block of gate {block.sum.gate}", "gates", [block.sum.gate], why))
    if hand.ndim == 2:
        rows = np.flatnonzero(right.all(axis=1) & large.any(axis=1)).tolist()
        lines += _grouped("rows", rows, {n: _row_why(scene, blocks, hand, n, limit) for n in rows})
    axes = tuple(range(hand.ndim - 1))
    good = np.asarray(np.all(right, axis=axes) & np.any(large, axis=axes))
    columns: dict[int, Why | None] = {}
    for block in (one for one in blocks if one not in gates):
        first = block.columns.start
        for n in np.flatnonzero(good[block.columns]).tolist():
            columns[first + n] = column_reason(scene, block, hand, n, limit)
    lines += _grouped("columns" if hand.ndim == 2 else "entries", list(columns), columns)
    return [_told(scene, name, lines)] if lines else []


def _row_why(scene: Scene, blocks: tuple[Block, ...], hand: FloatArray, row: int, limit: float) -> Why | None:
    return together([row_reason(scene, block, hand, row, limit) for block in blocks])


def _grouped(kind: str, numbers: list[int], whys: Mapping[int, Why | None]) -> list[Line]:
    """Lines of the numbers, those with the same reason together."""
    groups: dict[Why | None, list[int]] = {}
    for number in numbers:
        groups.setdefault(_without_number(whys[number], number), []).append(number)
    one = {"rows": "row", "columns": "column", "entries": "entry"}[kind]
    return [(f"{one if len(some) == 1 else kind} {ranges(some)}", kind, some, whys[some[0]] if len(some) == 1 else why)
            for why, some in groups.items()]  # fmt: skip


def _without_number(why: Why | None, number: int) -> Why | None:
    """The reason as it can be said of several: `unit 3 of da is right` becomes `they are right in da`."""
    if why is None or not why.quantities or not why.quantities[0].startswith("unit "):
        return why
    return Why(
        why.head,
        tuple("these units of " + name.partition(" of ")[2] for name in why.quantities),
        why.place,
        why.because,
    )


def _told(scene: Scene, name: str, lines: list[Line]) -> dict[str, Any]:
    parts: list[str] = []
    lists: dict[str, list[Any]] = {}
    for words, kind, places, why in lines:
        verb = "is" if len(places) == 1 else "are"
        parts.append(f"{words} of {name} {verb} right" + (f": {why.text}" if why is not None else ""))
        lists[kind] = [*lists.get(kind, []), *places]
    reasons = "; ".join(dict.fromkeys(why.text for *_, why in lines if why is not None))
    known = all(why is not None for *_, why in lines)
    note = "every share was compared" if known else "what explains it is not known"
    more = {"quantity": name, "why": reasons, **lists, "evidence": evidence(0.0, [scene.problem.sizes], note)}
    return finding(RIGHT, "; ".join(parts), certain=known, **more)


def _right_all_the_same(
    scene: Scene, name: str, hand: FloatArray, blocks: tuple[Block, ...], limit: float
) -> list[dict[str, Any]]:
    """A right gradient that is summed from wrong deltas, and why that does not show."""
    quantities, reasons = [], []
    for block in blocks:
        if block.hand_delta is None or block.how or not shares_known(block, hand, limit):
            continue
        wrong = wrong_cells(scene, block.quantity, block.hand_delta)
        if wrong.any():
            steps = np.flatnonzero(wrong.any(axis=1)).tolist()
            quantities.append(f"{block.quantity} is wrong at t = {ranges(steps)}")
            reasons.append(zero_words(scene, block, wrong))
    if not reasons or not all(reasons):
        return []
    why = listed(list(dict.fromkeys(f"it {reason}" for reason in reasons)))
    more = {"quantity": name, "why": why, "evidence": evidence(0.0, [scene.problem.sizes], "every share was compared")}
    return [finding(RIGHT, f"{name} is right although {listed(quantities)}: {why}", certain=True, **more)]
