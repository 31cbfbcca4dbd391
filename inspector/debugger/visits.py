"""Visits: the moments that were visited, to go back and forward through them."""

from __future__ import annotations

MOST = 200


class Visits:
    """A list of steps and a place in it, as a browser keeps its pages.

    Attributes:
        steps: visited moments in the order of the visits. place: of the present one in it, -1 before the first.
        notes: the user's notes, by step.
    """

    def __init__(self) -> None:
        """Nothing was visited."""
        self.steps: list[int] = []
        self.place = -1
        self.notes: dict[int, str] = {}

    def clear(self) -> None:
        """Forget all."""
        self.steps, self.place = [], -1
        self.notes.clear()

    def become(self, other: Visits) -> None:
        """Take over another list of visits."""
        self.steps, self.place, self.notes = list(other.steps), other.place, dict(other.notes)

    def jump(self, here: int | None, there: int) -> None:
        """A jump from one step to another; what was ahead is forgotten."""
        kept = self.steps[: self.place + 1]
        for step in (here, there):
            if step is not None and (not kept or kept[-1] != step):
                kept.append(step)
        self.steps = kept[-MOST:]
        self.place = len(self.steps) - 1

    def back(self, here: int) -> int | None:
        """The moment before; None at the beginning. A step that was reached by single steps is kept to come back to."""
        if self.place >= 0 and self.steps[self.place] != here:
            self.jump(None, here)
        if self.place <= 0:
            return None
        self.place -= 1
        return self.steps[self.place]

    def forward(self, here: int) -> int | None:
        """The moment after; None at the end."""
        if self.place + 1 >= len(self.steps):
            return None
        self.place += 1
        return self.steps[self.place]

    def go(self, place: int) -> int:
        """Make another entry of the list the present one."""
        self.place = min(max(place, 0), len(self.steps) - 1)
        return self.steps[self.place]
