"""The checks of a user's case in their order, each of which the next ones build on, told as soon as it is known.

runs       the code runs to its end and returns what can be used
pure       it leaves alone what it is given, and computes the same when it is run again
forward    its forward pass computes what was declared
gradients  its gradients are those of that
where      the first wrong line, where they are not
why        the mistake that gives these numbers, and the edit that makes them right
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

NAMES = ("runs", "pure", "forward", "gradients", "where", "why")
OK, FAILED, UNKNOWN, SKIPPED = "ok", "failed", "unknown", "skipped"

Check = Mapping[str, Any]
"""`name`, `state`, `sentence` and `details`, a list of lines."""

Progress = Callable[[str, float | None], None]


def takes_extra(progress: Callable[..., None]) -> bool:
    """Whether a progress function can be told more than words: by its third parameter, `extra`."""
    try:
        parameters = inspect.signature(progress).parameters
    except (TypeError, ValueError):
        return False
    return "extra" in parameters


class Checks:
    """The checks that are known so far."""

    def __init__(self, progress: Progress) -> None:
        """Args: progress: is told each one, as `extra={"check": ...}` where it takes that."""
        self._progress: Callable[..., None] = progress
        self._extra = takes_extra(progress)
        self._known: list[Check] = []

    def add(self, name: str, state: str, sentence: str, details: Iterable[str] = ()) -> None:
        """A check is known."""
        check = {"name": name, "state": state, "sentence": sentence, "details": list(details)}
        self._known.append(check)
        words = f"{name}: {sentence}"
        if self._extra:
            self._progress(words, None, extra={"check": check})
        else:
            self._progress(words, None)

    def state(self, name: str) -> str:
        """State of a check; `unknown` where it is not known yet."""
        return next((str(check["state"]) for check in self._known if check["name"] == name), UNKNOWN)

    def rest_skipped(self, sentence: str) -> None:
        """What has not been checked will not be."""
        for name in NAMES[len(self._known) :]:
            self.add(name, SKIPPED, sentence)

    def known(self) -> tuple[Check, ...]:
        """All of them, in order."""
        return tuple(self._known)
