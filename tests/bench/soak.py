"""An hour of random use: no crash, and memory that does not grow.

    BPTT_SOAK_MINUTES=60 python -m tests.bench soak     # the claim; without it, two minutes
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Claim
from tests.bench.window import until
from tests.random_user import RandomUser, memory_bytes

GROWTH = 1.05
WARM_SHARE = 0.25
"""Share of the time after which caches are full."""


def claims() -> Iterator[Claim]:
    """Memory at the end over memory once warm."""
    from PySide6.QtWidgets import QApplication

    from inspector.app import Program

    minutes = float(os.environ.get("BPTT_SOAK_MINUTES", "2"))
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(application, Path(folder) / "settings.ini")
        program.show()
        until(application, lambda: program.state.engine_ready)
        user, start = RandomUser(application, program), time.perf_counter()
        warm: list[int] = []
        end = start + 60 * minutes
        while time.perf_counter() < end:
            user.act()
            if not warm and time.perf_counter() > start + WARM_SHARE * 60 * minutes:
                user.settle()
                warm.append(memory_bytes())
        user.settle()
        last = memory_bytes()
        program.close()
    text = f"memory after {minutes:g} minutes of random use / once warm"
    yield Claim(text, last / max(warm[0], 1), GROWTH, f"{user.done} deeds, {last >> 20} MiB")
