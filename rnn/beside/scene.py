"""Scene: all that the judges of steps, sums and histories need, and the rows in which they say what they found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import base_of
from ..blame.flow import Flow
from ..blame.library import GRADIENT, STAGE, Item, Recogniser
from ..blame.matching import Match, Slot, quantity_of
from ..blame.reference import CARRIES
from .moments import Moment, Moments
from .records import Returned
from .right import Right
from .turns import UNKNOWN, Turns

WAITING = ("dh_next", "dc_next", "the previous h", "the previous c")
"""What waits for the next iteration, and so says nothing about the t of its own."""


def weight_of_vote(item: Item) -> int:
    """What a right value says about the t of its iteration: gradients most, then what is made in a forward pass."""
    base = base_of(item.name)[0]
    if base in WAITING or item.kind == STAGE:
        return 0
    if item.kind == GRADIENT and (" " not in base):
        return 4
    return 2 if base in ("y", "a") or base.startswith("a_") else 1


MOST_NAMES = 8
"""A value that is right at more steps than this tells none."""


@dataclass
class Row:
    """A version of an array as one of its slots has it.

    Attributes:
        view: storage and layout. step: at which it was judged. error, relative, wrong, partial: as in `Judgement`.
        own: relative error of what the step itself wrote; NaN where that was not judged.
        t: step that it stands for. chain: t of all that was added up, for a sum. before: row before it in the chain.
        excused: whether it is right, but as something else.
    """

    view: tuple[int, int]
    step: int
    error: float = np.nan
    relative: float = np.nan
    own: float = np.nan
    wrong: bool = False
    partial: bool = False
    right: bool = False
    t: int = UNKNOWN
    chain: Sequence[int] | None = None
    excused: bool = False
    before: Row | None = field(default=None, repr=False)

    def judge(self, error: float, scale: float, limit: float) -> None:
        """Take in an error, where the largest entry of the reference and what is still rounding are known."""
        self.error = float(error) if error == error else np.inf
        self.relative = self.error / scale if scale > 0 else (0.0 if self.error == 0 else np.inf)
        self.wrong = not self.error <= limit
        self.right = not self.wrong
        self.own = self.relative if self.wrong else 0.0

    def excuse(self) -> None:
        """It is right as something else; what its error was is kept."""
        self.right, self.wrong, self.excused, self.own = True, False, True, 0.0

    def accuse(self) -> None:
        """Take that back."""
        self.right, self.wrong, self.excused, self.own = False, True, False, self.relative

    def forget(self) -> None:
        """Take back that it was judged wrong."""
        self.error = self.relative = self.own = np.nan
        self.wrong = False

    @property
    def judged(self) -> bool:
        """Whether there is a judgement."""
        return self.right or self.wrong


@dataclass(frozen=True, eq=False)
class Scene:
    """One recording and everything about it.

    Attributes:
        flow, right, library, turns, moments: of the recording. times: (turns,) t of every turn.
        returned: gradients that the case returned.
    """

    flow: Flow
    right: Right
    library: Recogniser
    turns: Turns
    moments: Moments
    times: Any
    returned: Returned

    def turn(self, step: int) -> int:
        """The turn of a step; -1 for none."""
        return int(self.turns.of[min(step, len(self.turns.of) - 1)])

    def time(self, step: int) -> int:
        """t of a step's turn, `UNKNOWN` where there is none."""
        turn = self.turn(step)
        return UNKNOWN if turn < 0 else int(self.times[turn])


def difference(value: Any, wanted: Any) -> float:
    """Largest difference of two arrays, in double precision; infinite where it is not a number."""
    with np.errstate(all="ignore"):
        far = np.abs(np.asarray(value, "float64") - wanted)
    return float(np.nan_to_num(far, nan=np.inf, posinf=np.inf).max()) if far.size else 0.0


def largest(value: Any) -> float:
    """Largest absolute value."""
    return float(np.abs(value).max()) if np.size(value) else 0.0


def is_numeric(value: Any) -> bool:
    """Whether this is an array of numbers that says anything: not all 0."""
    return value is not None and value.dtype.kind in "fiu" and bool(np.any(value))


def steps_named(library: Recogniser, value: Any) -> list[Item]:
    """The steps' values that an array is."""
    return [item for item in library.recognise(value) if item.t is not None and item.factor == 1.0]


def cast_votes(
    library: Recogniser, moments: Moments, turns: Turns, slots: Sequence[tuple[Match, Slot]]
) -> dict[int, Counter[int]]:
    """Weight of every t by turn, from values that are right."""
    votes: dict[int, Counter[int]] = {}
    for match, slot in slots:
        if match.form not in ("step", "history"):
            continue
        for moment in moments.of(*slot[2:]):
            turn = int(turns.of[min(moment.step, len(turns.of) - 1)])
            if turn < 0:
                continue
            value = _written_part(moments, moment) if match.form == "history" else moments.value(moment)
            if not is_numeric(value):
                continue
            named = {item.t: weight_of_vote(item) for item in steps_named(library, value) if weight_of_vote(item)}
            for t, weight in named.items() if len(named) <= MOST_NAMES else ():
                assert t is not None
                votes.setdefault(turn, Counter())[t] += weight
    return votes


def _written_part(moments: Moments, moment: Moment) -> Any:
    """What a step wrote of an array that keeps many steps."""
    value = moments.value(moment)
    if value is None or not moment.written:
        return None
    items = moments.touched(moment, value.itemsize)
    if items is None:
        return None
    data = moments.recording.replay.bytes_of(moment.storage, moment.place).view(value.dtype)
    return data[items[items < len(data)]]


def offset_of(scene: Scene, match: Match, slots: Sequence[Slot]) -> int:
    """t of a quantity minus t of the iteration that makes it, where most right values say so."""
    found: Counter[int] = Counter()
    for slot in slots:
        for moment, last in scene.moments.lasts(scene.moments.of(*slot[2:])):
            time = scene.time(moment.step)
            value = scene.moments.value(moment) if last and time != UNKNOWN else None
            if is_numeric(value):
                own = [one for one in steps_named(scene.library, value) if quantity_of(one) == match.quantity]
                found.update({one.t - time for one in own if one.t is not None and not one.name.startswith("the previous ")})
    if found:
        return found.most_common(1)[0][0]
    return -1 if base_of(match.quantity)[0] in CARRIES else 0
