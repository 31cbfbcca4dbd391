"""Going to a contribution: the step and sample of the pictures, and in an open recording the step that added it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.debugger.times import step_of_contribution
from rnn.arrays import base_of
from rnn.network import Network
from rnn.products import delta_name

if TYPE_CHECKING:
    from inspector.state import State


def go_to_contribution(state: State, t: int, sample: int) -> None:
    """Go to what one step of one sample adds to the entry that is picked."""
    name, debugger = state.selection.quantity, state.debugger
    state.select_t(t)
    state.select_sample(sample)
    beside, recording, requests = debugger.beside, debugger.recording, state.requests
    if name is None or beside is None or recording is None or not (requests.recorded is None or requests.is_present):
        return  # of a recording from a file it is taken that it is of this problem
    step = step_of_contribution(beside, recording, (name, *_made_from(state, name)), t)
    if step is not None:
        debugger.go_to(step)
        debugger.select_written()


def _made_from(state: State, name: str) -> tuple[str, ...]:
    """What a gradient is made from at every step, where it is not itself written then: the deltas that are summed."""
    result = state.result
    if result is None:
        return ()
    parts = Network.from_json(result.problem).products().get(name[1:], ())
    deltas = [delta_name(unit, product) for unit, product in parts]
    suffix = base_of(name)[1]
    return (*dict.fromkeys(deltas), f"dh{suffix}")
