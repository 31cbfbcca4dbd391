"""The order of the checks against the user's own forward and backward pass, everything warm."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from rnn import inspect_gradients
from rnn.build import build
from rnn.cases import Case, read_case
from rnn.jobs import JobRunner
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for
from tests.bench.measure import Claim, seconds

SOURCE = Path(__file__).parents[1] / "rnn" / "blame" / "corpus" / "network_class.py"
LINES = 200
FREE_S = 0.5
"""What the checks may take beside four times the user's own time."""


def lengthened(text: str, lines: int) -> str:
    """A program with so many lines, by functions that nobody calls."""
    count = 0
    while text.count("\n") < lines:
        count += 1
        text += f"\n\ndef plotted_{count}(values):\n    total = [sum(row) for row in values]\n    return max(total)\n"
    return text


def _case(folder: Path, text: str) -> Case:
    """A case of as many lines as a homework has."""
    path = folder / "homework.py"
    path.write_text(lengthened(text, LINES), encoding="utf-8")
    return read_case(path)


def _claim(text: str, case: Case, settings: ProblemSettings) -> Claim:
    with JobRunner() as runner:
        problem = build(settings, None)
        for _ in range(2):
            inspect_gradients(problem, case, runner, blame=False)
        pairs = []
        for _ in range(7):
            whole = seconds(lambda: inspect_gradients(problem, case, runner, blame=False))
            pairs.append((whole, runner.run(case, problem).elapsed_s))
    whole, own = (median(column) for column in zip(*pairs, strict=True))
    said = f"{whole * 1e3:.1f} ms, {whole / own:.1f} times its own {own * 1e3:.1f} ms"
    return Claim(text, whole / (4 * own + FREE_S), 1.0, said)


def claims() -> Iterator[Claim]:
    """The claims of the checks."""
    text = SOURCE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        case = _case(Path(folder), text)
        settings = replace(settings_for(case), steps=20, hidden=32)
        yield _claim("checks of 200 lines, T=20 H=32 / (4 times its own run + 0.5 s)", case, settings)
        large = replace(settings, steps=100, hidden=128)
        yield _claim("checks of 200 lines, T=100 H=128 / (4 times its own run + 0.5 s)", case, large)
        wrong = _case(Path(folder), text.replace("np.tanh(", "np.sin("))
        yield _claim("checks where the forward pass is another function, T=20 H=32", wrong, settings)
