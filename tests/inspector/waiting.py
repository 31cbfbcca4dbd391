"""Waiting for what threads bring, while the window works on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QApplication

WAIT_S = 20.0


def work_until(application: QApplication, condition: Callable[[], Any]) -> None:
    """Work on events until a condition holds."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, "nothing came"
        application.processEvents()
        time.sleep(0.001)
