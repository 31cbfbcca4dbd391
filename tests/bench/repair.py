"""From what the inspection knows to a verified repair, while everything else is sought too: all warm, as in the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rnn.cases import Case, read_case
from rnn.diagnose.diagnose import diagnose
from rnn.inspection import inspect_gradients
from rnn.jobs import JobRunner
from rnn.results import Inspection
from tests.bench.measure import Claim, seconds

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
QUESTION = EXAMPLES / "question-2014.py"
REPEATS = 5


class _Found(Exception):
    """The first verified repair is known."""


def _until_verified(result: Inspection, case: Case, runner: JobRunner) -> float:
    """Seconds until the first verified repair is told."""

    def say(text: str, fraction: float | None, extra: Any = None) -> None:
        if extra and any(one["kind"] == "repair" for one in extra["findings"]):
            found.append(time.perf_counter() - begun)
            raise _Found

    found, begun = list[float](), time.perf_counter()
    try:
        diagnose(result, case, runner, say)
    except _Found:
        return found[0]
    return float("inf")


def _until_all(result: Inspection, case: Case, runner: JobRunner) -> float:
    """Seconds that a whole diagnosis takes."""
    return seconds(lambda: diagnose(result, case, runner, lambda text, fraction: None))


def _detail(took: Sequence[float]) -> str:
    return f"{median(took):.2f} s, worst {max(took):.2f} s"


def _claims_of(path: Path, bound_s: float, repeats: int) -> Iterator[Claim]:
    """The repair of one program, beside one check of it."""
    case = read_case(path)
    with JobRunner() as runner:
        result = inspect_gradients(case=case, runner=runner, blame=False)
        _until_verified(result, case, runner)  # JAX's programs for the problems that verify are made once
        took, checked = list[float](), list[float]()
        for _ in range(repeats):
            checked.append(seconds(lambda: inspect_gradients(case=case, runner=runner, blame=False)))
            took.append(_until_verified(result, case, runner))
        yield Claim(f"{path.stem} to a verified repair, seconds", median(took), bound_s, _detail(took))
        ratio = median(took) / median(checked)
        yield Claim(f"{path.stem} to a verified repair / one check", ratio, 10.0, f"check {_detail(checked)}")
        if path == QUESTION:
            whole = [_until_all(result, case, runner) for _ in range(repeats)]
            yield Claim(f"{path.stem}, whole diagnosis, seconds", median(whole), 2.0, _detail(whole))


def claims() -> Iterator[Claim]:
    """The question of 2014, and the single mistake of every other example."""
    yield from _claims_of(QUESTION, 1.0, REPEATS)
    for path in sorted(EXAMPLES.glob("*-wrong.py")):
        yield from _claims_of(path, 2.0, 3)
