"""Stops: breakpoints with their hits, which are known before anything runs; and where the next one is, in both directions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.debugger.records import Breakpoint, Hits, Line, Overview
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger

NOWHERE = np.zeros(0, np.int64)


class Stops:
    """The breakpoints of the open recording; they are remembered for its case, by the path of its file.

    Attributes:
        breakpoints: in the order in which they were made.
    """

    def __init__(self, debugger: Debugger) -> None:
        """Args: debugger: that asks where they hold, and tells the panes."""
        self._debugger = debugger
        self._hits: dict[tuple[str, str], Hits] = {}
        self._case: str | None = None
        self._path = ""
        self._restored: tuple[Breakpoint, ...] | None = None
        self._joined: list[Hits] = []
        self._steps: Any = NOWHERE
        self.breakpoints: tuple[Breakpoint, ...] = ()

    def take_overview(self, overview: Overview) -> None:
        """Another recording is open: take the breakpoints that its case had."""
        case = overview.sources[0].path if overview.sources else ""
        if case != self._case:
            self._case = case
            stored = self._debugger.memory.breakpoints(case)
            remembered = tuple(Breakpoint(text, enabled, log) for text, enabled, log in stored)
            self.breakpoints = remembered if self._restored is None else self._restored
        self._restored = None
        if overview.path != self._path:
            self._path = overview.path
            self._hits.clear()
        for one in self.breakpoints:  # it may have grown: the old hits are shown until the new ones are there
            self._debugger.questions.ask_hits(one.text, one.log)
        self._debugger.stops_changed.emit()

    def restore(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        """Take over a session's breakpoints, in place of those that are remembered for the case of its recording."""
        self.breakpoints = self._restored = breakpoints
        self._case = None
        self._debugger.stops_changed.emit()

    def hits(self, one: Breakpoint) -> Hits | None:
        """Where a breakpoint holds; None as long as that is not known."""
        return self._hits.get((one.text, one.log))

    def take(self, text: str, log: str, hits: Hits) -> None:
        """Hits have been found."""
        self._hits[text, log] = hits
        self._debugger.stops_changed.emit()

    def add(self, text: str, log: str = "") -> str:
        """Make a breakpoint of what was typed; returns what is wrong with it, or nothing."""
        from rnn.recorder.conditions import Condition

        try:
            clean = str(Condition.parse(text))
        except InputError as error:
            return str(error)
        if all(one.text != clean for one in self.breakpoints):
            self._set((*self.breakpoints, Breakpoint(clean, log=log)))
        return ""

    def edit(self, old: Breakpoint, text: str) -> str:
        """Change a breakpoint's condition; returns what is wrong with it, or nothing."""
        from rnn.recorder.conditions import Condition

        try:
            clean = str(Condition.parse(text))
        except InputError as error:
            return str(error)
        self._set(tuple(replace(one, text=clean) if one == old else one for one in self.breakpoints))
        return ""

    def set_log(self, old: Breakpoint, log: str) -> str:
        """Give a breakpoint an expression to note at every hit; returns what is wrong with it, or nothing."""
        from rnn.recorder.conditions_text import plain_expression

        try:
            clean = plain_expression(log) if log.strip() else ""
        except InputError as error:
            return str(error)
        self._set(tuple(replace(one, log=clean) if one == old else one for one in self.breakpoints))
        return ""

    def remove(self, old: Breakpoint) -> None:
        """Take a breakpoint away."""
        self._set(tuple(one for one in self.breakpoints if one != old))

    def set_enabled(self, old: Breakpoint, enabled: bool) -> None:
        """Switch a breakpoint on or off."""
        self._set(tuple(replace(one, enabled=enabled) if one == old else one for one in self.breakpoints))

    def at_line(self, line: Line) -> Breakpoint | None:
        """The plain breakpoint of a line."""
        text = self.line_text(line)
        return next((one for one in self.breakpoints if one.text == text or one.text.startswith(f"{text} ")), None)

    def line_text(self, line: Line) -> str:
        """The condition of a line; the file is named where several were recorded."""
        overview = self._debugger.overview
        sources = () if overview is None else overview.sources
        if len(sources) < 2:
            return f"line {line[1]}"
        path = next((one.path for one in sources if one.number == line[0]), "")
        return f"line {line[1]} in {path.replace(chr(92), '/').rpartition('/')[2]}"

    def toggle_line(self, line: Line) -> None:
        """Make a breakpoint of a line, or take it away."""
        found = self.at_line(line)
        if found is not None:
            self.remove(found)
        else:
            self.add(self.line_text(line))

    def _set(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        self.breakpoints = tuple(dict.fromkeys(breakpoints))
        if self._case is not None:
            self._debugger.memory.set_breakpoints(
                self._case, [(one.text, one.enabled, one.log) for one in self.breakpoints]
            )
        self._ask()
        self._debugger.stops_changed.emit()

    def _ask(self) -> None:
        for one in self.breakpoints:
            if (one.text, one.log) not in self._hits:
                self._debugger.questions.ask_hits(one.text, one.log)

    def steps(self) -> Any:
        """All steps at which an enabled breakpoint stops, ascending (k,); kept, as it is asked at every step."""
        found = [hits for one in self.breakpoints if one.enabled and (hits := self.hits(one)) is not None]
        if found != self._joined:
            self._joined = found
            self._steps = np.unique(np.concatenate([NOWHERE, *(hits.steps for hits in found)]))
        return self._steps

    def is_known(self) -> bool:
        """Whether the hits of all enabled breakpoints have been found."""
        return all(self.hits(one) is not None for one in self.breakpoints if one.enabled)


def neighbour(steps: Any, step: int, direction: int) -> int | None:
    """The nearest of ascending steps after (+1) or before (-1) a step; None where there is none."""
    if direction > 0:
        place = int(np.searchsorted(steps, step, "right"))
        return int(steps[place]) if place < len(steps) else None
    place = int(np.searchsorted(steps, step, "left")) - 1
    return int(steps[place]) if place >= 0 else None
