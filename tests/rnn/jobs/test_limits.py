"""Limits that a person sets: which make sense, and that a runner keeps to others from the next request on."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rnn.errors import InputError
from rnn.jobs import JobFailure, JobRunner, Limits
from rnn.jobs.limits import MEMORY, TIME, limits_of
from tests.problems import make_problem
from tests.rnn.jobs.test_jobs import GOOD, NETWORK, _case


def test_without_a_choice_they_are_the_programs_own() -> None:
    assert limits_of() == Limits()


def test_time_gives_processor_time_as_well() -> None:
    made = limits_of(7200, 2.5)
    assert (made.wall_s, made.memory_bytes) == (7200.0, 5 << 29)
    assert made.cpu_s >= 7200


@pytest.mark.parametrize(("values", "said"), [
    ((0, 8), "the time limit is 0 s; expected a number from 0.1"),
    ((-1, 8), "the time limit is -1 s"),
    ((math.nan, 8), "the time limit is nan s"),
    ((math.inf, 8), "the time limit is inf s"),
    ((60, 0.5), "the memory limit is 0.5 GiB; expected a number from 1 to"),
    ((60, math.inf), "the memory limit is inf GiB"),
])  # fmt: skip
def test_others_are_refused_in_a_sentence(values: tuple[float, float], said: str) -> None:
    with pytest.raises(InputError) as caught:
        limits_of(*values)
    assert str(caught.value).startswith(said)


def test_other_limits_hold_from_the_next_request_on(tmp_path: Path) -> None:
    case = _case(tmp_path, "print('hello')\nnp.ones(3 << 27)\n" + GOOD)  # 3 GiB
    with JobRunner(limits_of(60, 2)) as runner:
        with pytest.raises(JobFailure) as caught:
            runner.run(case, make_problem(NETWORK))
        assert (caught.value.limit, caught.value.output) == (MEMORY, "hello\n")
        runner.limits = limits_of(60, 8)
        assert "dW_hh" in runner.run(case, make_problem(NETWORK)).values
        assert runner.printed == "hello\n"  # once, however often it runs


def test_a_job_is_kept_while_the_limits_are(tmp_path: Path) -> None:
    case = _case(tmp_path, "print(os.getpid())\n" + GOOD)
    numbers = []
    with JobRunner() as runner:
        for seconds in (60, 60, 90):
            runner.limits, runner.printed = limits_of(seconds), ""
            runner.run(case, make_problem(NETWORK))
            numbers.append(runner.printed)
    first, second, third = numbers
    assert first == second != third


def test_a_loop_is_stopped_by_the_time_limit_and_says_so(tmp_path: Path) -> None:
    with JobRunner(limits_of(1)) as runner, pytest.raises(JobFailure, match="within 1 s") as caught:
        runner.run(_case(tmp_path, "print('begun', flush=True)\nwhile True: pass"), make_problem(NETWORK))
    assert (caught.value.limit, caught.value.output) == (TIME, "begun\n")


def test_an_exception_is_no_limit_and_keeps_what_was_printed(tmp_path: Path) -> None:
    with JobRunner() as runner:
        with pytest.raises(JobFailure, match="oh no") as caught:
            runner.run(_case(tmp_path, "print('before')\nraise ValueError('oh no')"), make_problem(NETWORK))
        assert (caught.value.limit, runner.printed, runner.sources) == ("", "before\n", {})
