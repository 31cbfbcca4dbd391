"""The question of 2014, from what the inspection knows to a verified repair: everything warm, as in the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.repair import repair
from rnn.diagnose.subject import Subject
from rnn.inspection import inspect_gradients
from rnn.jobs import JobRunner
from rnn.settings_for import settings_for
from tests.bench.measure import Claim

QUESTION = Path(__file__).parents[2] / "resources" / "examples" / "question-2014.py"
REPEATS = 5


class _Found(Exception):
    """The first verified repair is known."""


def _until_verified(subject: Subject) -> float:
    """Seconds until the first verified repair is told."""

    def say(text: str, fraction: float | None, extra: Any = None) -> None:
        if extra:
            raise _Found

    begun = time.perf_counter()
    try:
        repair(subject, say)
    except _Found:
        return time.perf_counter() - begun
    return float("inf")


def claims() -> Iterator[Claim]:
    """With the lines that the inspection blames, and without any."""
    case = read_case(QUESTION)
    with JobRunner() as runner:
        findings = inspect_gradients(build(settings_for(case)), case, runner).findings
        for words, known in (("", findings), (", no line blamed", ())):
            subject = Subject(build(settings_for(case)), {}, {}, case, runner, known)
            _until_verified(subject)  # JAX's programs for the problems that verify are made once
            took = [_until_verified(subject) for _ in range(REPEATS)]
            yield Claim(
                f"question-2014 to a verified repair, seconds{words}", median(took), 1.0, f"worst {max(took):.2f} s"
            )
