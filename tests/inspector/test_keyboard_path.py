"""From the start to the guilty step in at most five key presses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from conftest import Desk


def _answer(desk: Desk, path: Path) -> None:
    """What the real engine would do."""
    kind, case, _, _ = desk.engine.asked[-1]
    assert kind == "inspect"
    assert Path(case).stem == "question-2014"
    desk.engine.answer(path)
    desk.settle()


def test_from_start_to_the_guilty_step_in_five_keys(desk: Desk, question_file: Path) -> None:
    desk.memory.set_tour_seen(True)
    desk.press("Return")  # the example has the focus at the start
    _answer(desk, question_file)
    for keys in ("Alt+Down", "Ctrl+H", "Return"):  # its worst cell, its history, the guilty step
        desk.press(keys)
        desk.settle()
    history = desk.pictures.history
    assert history is not None and history.hand is not None
    worst = int(np.argmax(np.abs(history.hand - history.reference)))
    assert desk.state.selection.t == worst
    assert desk.state.selection.cell is not None
    assert desk.pane_with_focus() == "cell"
