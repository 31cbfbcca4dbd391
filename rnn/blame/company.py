"""The step of time that an iteration is about, told by the right values in it where the loop's variable does not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from .library import DATA, GRADIENT

if TYPE_CHECKING:
    from .search import Search

NEAR = 60
"""Steps on either side among which an iteration is looked for."""


def company_of(search: Search, step: int) -> tuple[int, int, Counter[int]] | None:
    """The step of time that most right values of an iteration are of, its votes, and all votes; None where there is no one.

    A hidden state votes for its own step and the next, where it is the previous one.
    """
    votes = Counter[int]()
    for item in {
        (read.text, item.name, item.t): item
        for number in _iteration(search, step)
        for read in search.flow.reads(number)
        for item in search.judge.names(read.value)
        if item.t is not None and item.kind in (GRADIENT, DATA) and item.sample is None
    }.values():
        assert item.t is not None
        votes.update({item.t, item.t + 1} if item.name.startswith("h") else {item.t})
    most = votes.most_common(2)
    if not most or (len(most) > 1 and most[0][1] == most[1][1]):
        return None
    return (*most[0], votes)


def _iteration(search: Search, step: int) -> list[int]:
    """The recorded steps around one that belong to the same iteration of the same call."""
    steps = search.flow.recording.steps
    first = max(0, step - NEAR)
    near = steps[first : step + NEAR]
    own = (near["frame"] == steps[step]["frame"]) & (near["iteration"] == steps[step]["iteration"])
    return [first + int(number) for number in np.flatnonzero(own)]
