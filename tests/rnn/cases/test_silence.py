"""Right code is never called wrong: other people's right programs, at sizes and scales at which they vanish and explode."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rnn import inspect_gradients
from rnn.cases import read_case
from rnn.jobs import JobRunner
from rnn.settings_for import fixed_settings, random_problems, settings_for
from tests.rnn.cases.proving import EXAMPLES, STYLES, case_files

RIGHT = [
    *case_files(STYLES),
    *(path for path in case_files(EXAMPLES) if not path.stem.endswith("-wrong") and path.stem != "question-2014"),
]
SCALES = (1e-4, 0.3, 3.0, 20.0)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_a_right_program_is_never_called_wrong(path: Path, runner: JobRunner) -> None:
    """In both precisions, on its own problem and on one of random sizes."""
    case = read_case(path)
    fixed, base = fixed_settings(case), settings_for(case)
    problems = random_problems(replace(base, seed=5), 2, None if base.data in ("random", "one_hot") else [])
    for settings in (base, problems[1]):
        for dtype in ("float64", "float32"):
            if fixed.get("dtype", dtype) != dtype:
                continue
            for scale in SCALES:
                one = replace(settings, dtype=dtype, weight_scale=scale)
                result = inspect_gradients(one, case, runner, blame=False, pure=False)
                wrong = [(report.name, report.verdict, report.note) for report in result.reports() if report.wrong]
                failed = [check["sentence"] for check in result.checks if check["state"] == "failed"]
                assert (wrong, failed) == ([], []), (dtype, scale, result.problem)
