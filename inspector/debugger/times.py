"""Times: which time step of the network a recorded step belongs to, and where a quantity of it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rnn.beside import Beside
from rnn.recorder import Recording
from rnn.recorder.format import ENTER, RETURNED

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger


def time_of(beside: Beside | None, step: int) -> int | None:
    """The time step that an iteration stands for; None where that is not known."""
    if beside is None or not 0 <= step < len(beside.turn):
        return None
    turn = int(beside.turn[step])
    t = int(beside.times[turn]) if turn >= 0 else -1
    return t if t >= 0 else None


def _nearest(steps: np.ndarray, step: int) -> int | None:
    return int(steps[np.argmin(np.abs(steps - step))]) if len(steps) else None


def step_at_time(debugger: Debugger, t: int) -> int | None:
    """Where the present line was executed for a time step; else where the present function was. None where nothing was."""
    beside, here, recording = debugger.beside, debugger.here, debugger.recording
    if beside is None or here is None or recording is None:
        return None
    turns = np.flatnonzero(beside.times == t)
    steps = recording.steps[: len(beside.turn)]
    at = np.flatnonzero(np.isin(beside.turn[: len(steps)], turns))
    same = at[steps["statement"][at] == steps["statement"][here.step]]
    return _nearest(same, here.step) if len(same) else _nearest(at[steps["frame"][at] == here.frame], here.step)


def steps_of_quantity(beside: Beside, recording: Recording, quantity: str, t: int | None) -> np.ndarray:
    """Steps (k,), ascending, that wrote an array which stands for a quantity; at a time step, or at any."""
    matches = [number for number, one in enumerate(beside.matches) if one.quantity == quantity]
    rows, keys = beside.rows, np.asarray(beside.rows.keys).reshape(-1, 4)
    wanted = np.isin(np.asarray(rows.key), np.flatnonzero(np.isin(keys[:, 0], matches)))
    if t is not None:
        known = np.array([time_of(beside, int(step)) == t for step in np.asarray(rows.step)[wanted]], bool)
        places = np.flatnonzero(wanted)
        if known.any():
            wanted = np.zeros(len(wanted), bool)
            wanted[places[known]] = True
    steps = np.unique(np.asarray(rows.step)[wanted]).astype(np.int64)
    steps = steps[steps < len(recording)]
    writing = steps[recording.steps["flags"][steps] & (ENTER | RETURNED) == 0]  # the others only hand it on
    return writing if len(writing) else steps
