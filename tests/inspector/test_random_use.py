"""A random user for some hundred deeds: nothing crashes, nothing is left behind. The bench does it for an hour."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.app import Program
from tests.random_user import RandomUser

DEEDS = 250


@pytest.mark.parametrize("seed", [0, 1])
def test_random_use(qapp: QApplication, qtbot: QtBot, settings_file: Path, seed: int) -> None:
    program = Program(qapp, settings_file)
    program.memory.set_tour_seen(True)
    program.show()
    qtbot.waitUntil(lambda: program.state.engine_ready, timeout=60_000)
    try:
        user = RandomUser(qapp, program, seed)
        for _ in range(DEEDS):
            user.act()
        user.settle()
        assert program.window.isVisible()
        assert program.state.failure is None or not program.state.failure.is_bug
        assert not program.window.grab().isNull()
    finally:
        program.close()
