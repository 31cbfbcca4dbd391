"""Why something of a wrong gradient is right: reasons that were compared share by share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..compare import ranges
from ..stacking import Unit
from .right_scene import Scene, wrong_cells, wrong_entries
from .shares import Block

MOST_CELLS = 4
"""Steps of samples that are named one by one."""


def listed(names: Sequence[str], most: int = 100) -> str:
    """`a, b and c`; of more than `most` the first ones and how many more."""
    if len(names) > most:
        return ", ".join(names[: most - 1]) + f" and {len(names) - most + 1} others"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"


@dataclass(frozen=True)
class Why:
    """A reason in parts, so that those of several gates can be said together.

    Attributes:
        head: what the rows meet, or empty. quantities: what is right. place: where. because: the rest.
    """

    head: str
    quantities: tuple[str, ...] = ()
    place: str = ""
    because: str = ""

    @property
    def text(self) -> str:
        """In words."""
        if not self.quantities:
            return self.head
        verb = "is" if len(self.quantities) == 1 else "are"
        said = f"{listed(self.quantities)}{self.place} {verb} right{self.because}"
        return f"{self.head}, and {said}" if self.head else said


def together(whys: Sequence[Why | None]) -> Why | None:
    """The reason that holds for all gates' blocks, what is right named together; None where one has none, or another one."""
    known = [why for why in whys if why is not None]
    if len(known) < len(whys) or len({(why.head, why.place, why.because) for why in known}) != 1:
        return None
    names = dict.fromkeys(name for why in known for name in why.quantities)
    return Why(known[0].head, tuple(names), known[0].place, known[0].because)


# Between steps


def why_right(scene: Scene, name: str, cells: AnyArray) -> str:
    """Why a per-step gradient is right in all of some cells (T, B); empty where that is not known."""
    unit = scene.unit_of(name)
    if unit is None:
        return ""
    steps = np.flatnonzero(cells.any(axis=1))
    carried = np.asarray(~np.all(scene.nothing_carried(unit), axis=2))
    if not carried[cells].any():
        if len(steps) == 1 and steps[0] == scene.last(unit):
            return (
                "the last step, which needs no carry"
                if not unit.reverse
                else "where this direction begins, which needs no carry"
            )
        return _no_later_loss(scene, unit, cells)
    books = scene.books(unit)
    if books is None:
        return ""
    bad = [*books.wrong, *books.arrives]
    if bad and (max(steps) < min(bad) if unit.reverse else min(steps) > max(bad)):
        way = f"up to t = {max(steps)}" if unit.reverse else f"from t = {min(steps)} on"
        return f"no step {way} makes an error"
    return ""


def _no_later_loss(scene: Scene, unit: Unit, cells: AnyArray) -> str:
    """Why nothing is carried: the loss counts at no step from which it could be."""
    counts = scene.problem.loss_weights != 0
    later = np.cumsum(counts, axis=0) - counts if unit.reverse else np.cumsum(counts[::-1], axis=0)[::-1] - counts
    if later[cells & counts].any():
        return ""
    samples = np.flatnonzero(cells.any(axis=0))
    if len(samples) < cells.shape[1]:
        ts = np.flatnonzero(counts[:, samples].any(axis=1)).tolist()
        whose = "its loss counts" if len(samples) == 1 else "their loss counts"
        return f"nothing is carried there, since {whose} at t = {ranges(ts)} only" if ts else ""
    return "nothing is carried there, since the loss counts at no later step"


# Shares


def shares_known(block: Block, hand: FloatArray, limit: float, row: int | None = None) -> bool:
    """Whether the code's own shares are known and add up to what it returned."""
    if block.hand_delta is None and not block.how:
        return False
    total, part = block.of_steps(True).sum(axis=0), hand[..., block.columns]
    if total.shape != part.shape:
        return False
    chosen = slice(None) if row is None else row
    return bool(np.all(np.abs(total[chosen] - part[chosen]) <= limit))


def row_reason(scene: Scene, block: Block, hand: FloatArray, row: int, limit: float) -> Why | None:
    """Why a row of a block is right; None where that is not known."""
    if block.left is None or not shares_known(block, hand, limit, row):
        return None
    off = np.abs(block.of_steps(True)[:, row] - block.of_steps(False)[:, row]).max(axis=1) > limit
    if off.any():
        return Why(f"its shares at t = {ranges(np.flatnonzero(off).tolist())} are wrong, but cancel")
    on = block.left[:, :, row] != 0
    head = "" if on.all() else f"{_subject(scene, block, row)} only at {_cells(on)}"
    if block.how or not _same_left(block, row):
        return Why(head, (f"what is added at t = {ranges(np.flatnonzero(on.any(axis=1)).tolist())}",))
    assert block.hand_delta is not None
    if (wrong_cells(scene, block.quantity, block.hand_delta) & on).any():
        return None
    if block.quantity in scene.inferred:
        head += ", so that the row is what is carried to it"
    return _delta_reason(scene, block, head, on)


def _same_left(block: Block, row: int | None = None) -> bool:
    """Whether what stands left by hand is right, in one row or altogether."""
    if block.left is None or block.hand_left is None or block.hand_left.shape != block.left.shape:
        return block.left is block.hand_left
    chosen = slice(None) if row is None else row
    return bool(np.array_equal(block.hand_left[..., chosen], block.left[..., chosen]))


def _delta_reason(scene: Scene, block: Block, head: str, on: AnyArray) -> Why:
    """That the delta is right wherever a row gets something, and why."""
    unit, steps = block.unit, np.flatnonzero(on.any(axis=1))
    if unit is None:
        return Why(head, (block.quantity,), " there" if head else "", "" if head else " at every step")
    if len(steps) == 1 and steps[0] == scene.last(unit):
        words = "the last step" if not unit.reverse else "where this direction begins"
        return Why(head, (block.quantity,), f" at t = {steps[0]}, {words},", ", since it needs no carry")
    why = why_right(scene, block.quantity, on)
    place = " there" if head else ""
    return Why(head, (block.quantity,), place, f", since {why}" if why else "" if head else " at every step")


def column_reason(scene: Scene, block: Block, hand: FloatArray, column: int | None, limit: float) -> Why | None:
    """Why a column of a block, or with None the whole block, is right; None where that is not known."""
    if not shares_known(block, hand, limit):
        return None
    chosen = slice(None) if column is None else slice(column, column + 1)
    off = np.abs(block.of_steps(True) - block.of_steps(False))[..., chosen] > limit
    name = block.quantity if column is None else f"unit {column} of {block.quantity}"
    if off.any():
        steps = np.flatnonzero(off.any(axis=tuple(range(1, off.ndim)))).tolist()
        return Why(f"its shares at t = {ranges(steps)} are wrong, but cancel")
    if block.how or not _same_left(block):
        return Why("what is added to it is right at every step")
    assert block.hand_delta is not None
    wrong = wrong_entries(scene, block.quantity, block.hand_delta)[..., chosen]
    if not wrong.any():
        free = column is not None and block.unit is not None and scene.nothing_carried(block.unit)[..., column].all()
        return Why("", (name,), "", " at every step" + (", since nothing is carried to it" if free else ""))
    steps = np.flatnonzero(wrong.any(axis=(1, 2))).tolist()
    zero = zero_words(scene, block, np.any(wrong, axis=2))
    return Why(f"{name} is wrong at t = {ranges(steps)}, but {zero}") if zero else None


def zero_words(scene: Scene, block: Block, cells: AnyArray) -> str:
    """That what stands left in a sum is 0 in all of some cells; empty where it is not."""
    if block.left is None or block.left[cells].any():
        return ""
    steps = np.flatnonzero(cells.any(axis=1)).tolist()
    first = block.unit is not None and steps == [scene.problem.sizes["T"] - 1 if block.unit.reverse else 0]
    if block.sum.left in ("h_prev", "c_prev") and first:
        return "meets the initial state there, which is 0"
    return f"meets {_LEFTS.get(block.sum.left, block.sum.left)} there, which is 0"


_LEFTS = {
    "x": "the input",
    "h_prev": "the state before",
    "h": "the state",
    "c_prev": "the cell before",
    "c": "the cell",
}


def _subject(scene: Scene, block: Block, row: int) -> str:
    """What stands left in a row, with its verb."""
    assert block.left is not None
    network, unit = scene.problem.network, block.unit
    if block.sum.parameter == "W_e":
        return f"token {row} comes"
    if block.sum.left == "x" and unit is not None and unit.layer == 0:
        name = f"entry {row} of the embedding" if network.embedding else f"input {row}"
        return f"{name} is on" if set(np.unique(block.left[..., row])) <= {0.0, 1.0} else f"{name} is not 0"
    names = {
        "x": "the layer below",
        "h_prev": "the state before",
        "h": "h",
        "c_prev": "the cell before",
        "c": "the cell",
    }
    return f"unit {row} of {names.get(block.sum.left, block.sum.left)} is not 0"


def _cells(on: AnyArray) -> str:
    """`t = 2, 4`, or `t = 4 of sample 0 and t = 2 of sample 1`."""
    steps = np.flatnonzero(on.any(axis=1)).tolist()
    if on[steps].all():
        return f"t = {ranges(steps)}"
    cells: list[Any] = np.argwhere(on).tolist()
    if len(cells) > MOST_CELLS:
        return f"t = {ranges(steps)} of some samples"
    return listed([f"t = {t} of sample {b}" for t, b in cells])
