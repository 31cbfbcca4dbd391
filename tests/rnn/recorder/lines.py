"""Recorded code by its text: the lines of a function, the steps of a statement, a file loaded from its source."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rnn.recorder import Recording

Recorder = Callable[..., Recording]
"""What the fixture `recorded` is: records a call of a function with arguments."""


def steps_of(recording: Recording, text: str) -> list[int]:
    """Steps whose statement begins with a text, without the ends of loops."""
    all_steps = [recording.step(number) for number in range(len(recording))]
    return [step.number for step in all_steps if step.statement.text.startswith(text) and not step.flags & 2]


def line_of(function: Callable[..., Any], text: str) -> int:
    """Number, in its file, of a function's first line that begins with a text."""
    lines, first = inspect.getsourcelines(function)
    return first + next(number for number, line in enumerate(lines) if line.strip().startswith(text))


def loaded(path: Path, source: str) -> dict[str, Any]:
    """The names of a file that is written and run."""
    path.write_text(source, encoding="utf-8")
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(source, str(path), "exec", dont_inherit=True), names)
    return names
