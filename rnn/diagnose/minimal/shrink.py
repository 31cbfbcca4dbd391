"""Shrinking a problem while the finding stays: first its sizes, then its values."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...problem import Problem
from ...settings_for import fixed_settings
from ..subject import Say, Subject
from .sizes import choices, numbers_below, open_sizes, settled, with_some
from .values import array_of, candidates, is_fixed, names, with_array, with_zeros

SECONDS = 20.0
ROUNDS = 3

StillThere = Callable[[Problem], bool]


@dataclass
class _Search:
    """The smallest problem so far, and until when is searched."""

    problem: Problem
    still_there: StillThere
    until: float
    tried: int = 0

    @property
    def over(self) -> bool:
        return time.monotonic() > self.until

    def take(self, smaller: Problem) -> bool:
        """Whether the finding is there on a smaller problem, which then is the one to go on with."""
        if self.over:
            return False
        self.tried += 1
        if not self.still_there(smaller):
            return False
        self.problem = smaller
        return True


def _shrink_size(search: _Search, letter: str, tied: tuple[tuple[str, str], ...]) -> bool:
    size = search.problem.sizes[letter]
    start = search.problem
    for n in numbers_below(size):
        for keep in choices(letter, size, n):
            if search.take(with_some(start, letter, keep, tied)):
                return True
    return False


def _simplify(search: _Search, name: str, takes_weights: bool) -> bool:
    """One array made as simple as it may be."""
    value = array_of(search.problem, name)
    for candidate in candidates(search.problem, name, takes_weights):
        if np.array_equal(candidate, value):
            return False
        if search.take(with_array(search.problem, name, candidate)):
            return True
    return False


def _thin_out(search: _Search, name: str) -> None:
    """Single entries of one array made 0."""
    again = True
    while again and not search.over:
        again = any(search.take(with_array(search.problem, name, one)) for one in with_zeros(search.problem, name))


def shrink(subject: Subject, still_there: StillThere, say: Say, seconds: float = SECONDS) -> Problem:
    """The smallest and simplest problem that is found on which the finding stays.

    Every size goes down to the least at which it stays; then each array becomes 0, 1, the identity, whole numbers or ones of
    one or two digits, and the loss that of one step. What the case fixes stays.

    Args:
        subject: whose problem it is. still_there: whether the finding is there on a problem; false where the code fails.
        say: told of each size and array. seconds: how long it may take.
    """
    assert subject.case is not None
    fixed = fixed_settings(subject.case)
    search = _Search(settled(subject.problem), still_there, time.monotonic() + seconds)
    letters, tied = open_sizes(subject.case, search.problem), tuple(fixed.get("tied", ()))
    for _ in range(ROUNDS):
        say("shrinking the sizes", None)
        changed = [_shrink_size(search, letter, tied) for letter in letters]
        for name in names(search.problem):
            if not is_fixed(search.problem, name):
                say(f"simplifying {name}", None)
                changed.append(_simplify(search, name, "counted" not in fixed))
        if not any(changed):
            break
    for name in names(search.problem):
        _thin_out(search, name)
    say(f"tried {search.tried} smaller problems", 1.0)
    return search.problem
