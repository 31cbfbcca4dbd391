"""Trust: the user's agreement that code they brought is run.

It is asked for before a file's code is run for the first time. In that session the file may then be edited and is run
again; in the next one only the version that was agreed to is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.settings import Memory
    from inspector.situation import Situation


class Trust:
    """Which code may run, and which waits for an answer.

    Attributes:
        pending: path of the case that waits, or None.
    """

    def __init__(self, memory: Memory) -> None:
        """Args: memory: what was agreed to before."""
        self._memory = memory
        self._then: Callable[[], None] | None = None
        self.pending: str | None = None

    def needed(self, situation: Situation) -> bool:
        """Whether a situation holds code that the user has not agreed to run."""
        info = situation.info
        if info is None or not info.needs_trust:
            return False
        return not (self._memory.trusts(info.digest) or info.path in self._memory.trusted_now)

    def ask(self, situation: Situation, then: Callable[[], None]) -> bool:
        """Ask where it is needed; whether it is.

        Args:
            situation: that is to be run. then: what is done when the user agrees.
        """
        asks = self.needed(situation)
        self.pending, self._then = (situation.path, then) if asks else (None, None)
        if not asks and situation.info is not None and situation.info.needs_trust:
            self._memory.trusted_now.add(situation.path)
        return asks

    def give(self, situation: Situation) -> None:
        """The user agrees: what waited is done."""
        info, then = situation.info, self._then
        if self.pending is not None and info is not None:
            self._memory.trust(info.digest)
            self._memory.trusted_now.add(info.path)
            self.refuse()
            if then is not None:
                then()

    def refuse(self) -> None:
        """What waited is not done."""
        self.pending = self._then = None
