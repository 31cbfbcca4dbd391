"""Times: which time step of the network a recorded step belongs to, and where a quantity of it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rnn.beside import Beside
from rnn.recorder import Recording
from rnn.recorder.format import ENTER, RETURNED

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger


def times_of(beside: Beside, steps: np.ndarray) -> np.ndarray:
    """The time steps (k,) that the iterations of steps (k,) stand for; negative where that is not known."""
    inside = np.clip(steps, 0, max(len(beside.turn) - 1, 0))
    turns = np.where(steps == inside, beside.turn[inside], -1) if len(beside.turn) else np.full(len(steps), -1)
    return np.where(turns >= 0, beside.times[np.maximum(turns, 0)], -1) if len(beside.times) else turns


def time_of(beside: Beside | None, step: int) -> int | None:
    """The time step that the iteration of a step stands for; None where that is not known."""
    t = -1 if beside is None else int(times_of(beside, np.array([step]))[0])
    return t if t >= 0 else None


def _nearest(steps: np.ndarray, step: int) -> int | None:
    return int(steps[np.argmin(np.abs(steps - step))]) if len(steps) else None


def step_at_time(debugger: Debugger, t: int) -> int | None:
    """Where the present line was executed for a time step; else where the present function was. None where nothing was."""
    beside, here, recording = debugger.beside, debugger.here, debugger.recording
    if beside is None or here is None or recording is None:
        return None
    steps = recording.steps
    at = np.flatnonzero(times_of(beside, np.arange(len(steps))) == t)
    same = at[steps["statement"][at] == steps["statement"][here.step]]
    return _nearest(same, here.step) if len(same) else _nearest(at[steps["frame"][at] == here.frame], here.step)


def steps_of_quantity(beside: Beside, recording: Recording, quantity: str, t: int | None) -> np.ndarray:
    """Steps (k,), ascending, that wrote an array which stands for a quantity; at a time step, or at any."""
    matches = [number for number, one in enumerate(beside.matches) if one.quantity == quantity]
    rows, keys = beside.rows, np.asarray(beside.rows.keys).reshape(-1, 4)
    own = np.isin(np.asarray(rows.key), np.flatnonzero(np.isin(keys[:, 0], matches)))
    steps = np.unique(np.asarray(rows.step)[own]).astype(np.int64)
    steps = steps[steps < len(recording)]
    then = steps[times_of(beside, steps) == t] if t is not None else steps
    steps = then if len(then) else steps
    writing = steps[recording.steps["flags"][steps] & (ENTER | RETURNED) == 0]  # the others only hand it on
    return writing if len(writing) else steps


def step_of_contribution(beside: Beside, recording: Recording, quantities: Sequence[str], t: int) -> int | None:
    """The step that added a time step's contribution: the last write, at that time, of the first quantity that has one."""
    for quantity in quantities:
        steps = steps_of_quantity(beside, recording, quantity, t)
        steps = steps[times_of(beside, steps) == t]
        if len(steps):
            return int(steps[-1])
    return None
