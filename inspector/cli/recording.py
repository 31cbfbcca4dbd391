"""The commands `record` and `ask`: record every statement of a case, and ask what happened in it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from inspector.cli.options import add_problem_options, find_case, limits_given, settings_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case, RecordedCase
    from rnn.recorder import RecordingLimits

MIB = 1 << 20


def add_record_options(parser: argparse.ArgumentParser) -> None:
    """Options of `record`."""
    parser.add_argument("case", nargs="?", metavar="CASE", help="an example's name or your own case file")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="where the recording goes")
    parser.add_argument(
        "--functions",
        metavar="WHICH",
        default="both",
        help="both, forward or backward, told by the functions' names, or names: 'RNN.backward,*loss*' (default both)",
    )
    parser.add_argument("--max-steps", metavar="N", type=int, help="end after N statements (default 2000000)")
    parser.add_argument("--max-seconds", metavar="S", type=float, help="end after S seconds (default 60)")
    parser.add_argument(
        "--budget", metavar="MIB", type=float, help="keep less as the file nears this size (default 512)"
    )
    parser.add_argument("--exact", action="store_true", help="keep every value instead of computing some again: larger")
    parser.add_argument("--json", metavar="F", help="write the same as JSON ('-' for standard output)")
    add_problem_options(parser)


def _limits(options: argparse.Namespace) -> RecordingLimits:
    from rnn.recorder import RecordingLimits

    given: dict[str, Any] = {"exact": options.exact}
    if options.max_steps is not None:
        given["steps"] = options.max_steps
    if options.max_seconds is not None:
        given["seconds"] = options.max_seconds
    if options.budget is not None:
        if not 0 < options.budget < 1 << 24:
            raise InputError(f"--budget is {options.budget:g} MiB; expected a number above 0")
        given["bytes"] = max(1, int(options.budget * MIB))
    return RecordingLimits(**given)


def _recorded(case: Case | None, options: argparse.Namespace) -> RecordedCase:
    from inspector.progress import Spinner
    from rnn.build import build
    from rnn.jobs import JobRunner

    settings, limits = settings_of(case, options), _limits(options)
    with JobRunner(limits_given(options)) as runner, Spinner() as spinner:
        problem = build(settings, runner)
        spinner.say("Recording", None)
        return runner.record(case, problem, options.output, limits, options.functions)


def _check_followed(made: RecordedCase, functions: str) -> None:
    """Raises `InputError` where functions were chosen and none of that name was called; such a recording is removed."""
    if made.steps or made.failure or not made.passed:
        return
    made.path.unlink()
    known = f"are called like a {functions} pass" if functions in ("forward", "backward") else f"fit {functions!r}"
    called = ", ".join(made.passed)
    raise InputError(f"none of the functions {known}; called were {called}; name some with --functions NAME,...")


def record(options: argparse.Namespace) -> int:
    """Run the command; 0 when the code ran to its end, 1 when it failed or a limit was reached."""
    from inspector.recordings import print_recorded
    from inspector.reports import plain, write_json
    from rnn.recorder import Recording
    from rnn.recorder.summary import overview

    made = _recorded(find_case(options.case), options)
    _check_followed(made, options.functions)
    recording = Recording(made.path)
    found = {**overview(recording), "failure": None if made.failure is None else str(made.failure)}
    found["ended"] = made.ended
    print_recorded(found, sys.stderr if options.json == "-" else sys.stdout)
    if options.json:
        write_json(plain(found), options.json)
    return int(bool(made.failure or made.ended))
