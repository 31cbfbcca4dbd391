"""Upstream: where the first wrong input of a step was written, or that all its inputs are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.beside import Beside, Judgement
from rnn.errors import InputError
from rnn.recorder import Recording
from rnn.recorder.columns import columns_of
from rnn.recorder.expressions import Unreadable
from rnn.recorder.places import before
from rnn.recorder.reads import Read, read_regions


@dataclass(frozen=True)
class Upstream:
    """What is known about a step's inputs.

    Attributes:
        step: where the first wrong one was written; -1 where none is wrong. path: of that input, as the step names it.
        words: which inputs agree, which do not, and what that means.
    """

    step: int
    path: str
    words: str


def _inside(recording: Recording, beside: Beside, step: int) -> int:
    """The last step of the calls in a statement that wrote something wrong; -1 for none."""
    first = before(recording, step) + 1
    wrong = np.flatnonzero(np.nan_to_num(beside.worst[first:step]) > 0)
    return first + int(wrong[-1]) if len(wrong) else -1


def _judged(recording: Recording, beside: Beside, read: Read, step: int, frame: int) -> Judgement | None:
    """How an input was judged: as the source names it, else by the array's own path, as `hs[3]` for `hs[t]`."""
    paths = [path for path, _ in columns_of(recording).paths_of(read.storage, step, frame)]
    for path in (read.text, *paths):
        try:
            found = beside.judgement(recording, path, step, frame)
        except (Unreadable, InputError):
            continue
        if found is not None:
            return found
    return None


def upstream_of(recording: Recording, beside: Beside, step: int) -> Upstream:
    """Look at the inputs of a step, in the order in which its source names them.

    Args:
        recording: to ask. beside: JAX's values for it. step: number of the step.
    """
    frame, start = recording.step(step).frame, before(recording, step)
    inner = _inside(recording, beside, step)
    if inner >= 0:
        return Upstream(inner, "", "a call in this line wrote something wrong: this is its last wrong step")
    right, wrong, unknown = [], [], []
    for read in read_regions(recording, step):
        judged = _judged(recording, beside, read, start, frame)
        if judged is None or judged.partial:
            unknown.append(read.text)
        elif judged.wrong:
            wrong.append((read.text, judged))
        else:
            right.append(read.text)
    agree = f"{', '.join(right)} agree{'s' * (len(right) == 1)} with JAX" if right else ""
    if wrong:
        text, judged = wrong[0]
        words = f"{text} was wrong already (relative {judged.relative:.2g}); it was written here"
        return Upstream(judged.step, text, "; ".join(part for part in (words, agree) if part))
    found = beside.worst[step] if step < len(beside.worst) else np.nan
    here = "what this line writes is wrong, and none of its inputs is known to be" if found > 0 else "no input is wrong"
    left = f"{', '.join(unknown)} can't be judged" if unknown else ""
    return Upstream(-1, "", "; ".join(part for part in (here, agree, left) if part))
