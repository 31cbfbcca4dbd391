"""The command `diagnose`: why gradients are wrong, and what would make them right."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.options import add_problem_options, find_case, limits_given, settings_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case
    from rnn.jobs import JobRunner
    from rnn.results import Inspection

LONGEST_S = 3600.0


def add_diagnose_options(parser: argparse.ArgumentParser) -> None:
    """Options of `diagnose`."""
    parser.add_argument(
        "case", nargs="?", metavar="CASE", help="an example's name, your own case file, or a saved result"
    )
    parser.add_argument(
        "--gradients", metavar="F", help="instead of a case: gradients of other code, .npz or .safetensors"
    )
    parser.add_argument("--json", metavar="F", help="write the findings as JSON ('-' for standard output)")
    parser.add_argument("--seconds", metavar="S", type=float, help="how long the searches may take (default 30)")
    parser.add_argument(
        "--minimal", metavar="FOLDER", help="write the smallest case that shows it: a script and a test"
    )
    parser.add_argument("--apply", action="store_true", help="write the shortest repair into the file")
    add_problem_options(parser)


def _found(case: Case | None, saved: Inspection | None, options: argparse.Namespace, runner: JobRunner) -> Inspection:
    """The result with all findings."""
    from inspector.progress import Spinner
    from rnn.causes import diagnosed
    from rnn.given import inspect_given
    from rnn.inspection import inspect_gradients

    with Spinner() as spinner:
        settings = settings_of(case, options)
        if options.gradients:
            saved = inspect_given(Path(options.gradients), settings, runner, spinner.say)
        result = saved or inspect_gradients(settings, case, runner, spinner.say)
        return diagnosed(result, case, runner, spinner.say, seconds=options.seconds)


def _open(options: argparse.Namespace) -> tuple[Case | None, Inspection | None]:
    """The case, and the saved result where one is named; its code is run where it is still there."""
    from inspector.exports import open_or_none
    from rnn.cases import read_case

    saved = open_or_none(options.case)
    if saved is None:
        return find_case(options.case), None
    try:
        return read_case(Path(saved.case)), saved
    except InputError:
        return None, saved


def diagnose(options: argparse.Namespace) -> int:
    """Run the command; 0 when every gradient agrees."""
    from inspector.reports import to_json, write_json
    from inspector.table import print_findings
    from rnn.jobs import JobRunner

    if options.seconds is not None and not 0 < options.seconds <= LONGEST_S:
        raise InputError(f"--seconds is {options.seconds:g}; expected a number above 0, up to {LONGEST_S:g}")
    if bool(options.case) == bool(options.gradients):
        raise InputError("give either a CASE or --gradients F")
    stream = sys.stderr if options.json == "-" else sys.stdout
    case, saved = _open(options) if options.case else (None, None)
    with JobRunner(limits_given(options)) as runner:
        result = _found(case, saved, options, runner)
        print_findings(result, stream)
        if options.json:
            write_json(to_json(result), options.json)
        if options.apply:
            _apply(result, stream)
        if options.minimal:
            _minimal(result, case, runner, Path(options.minimal), stream)
    return int(result.verdict != "agree")


def _apply(result: Inspection, stream: object) -> None:
    """Write the repair into the file; the old text stays beside it."""
    from rnn.diagnose.repair import apply

    repairs = [one for one in result.findings if one["kind"] == "repair"]
    if not repairs:
        raise InputError("there is no repair to apply: none was found that makes every gradient right")
    apply(repairs[0])
    print(f"written: {repairs[0]['sentence']}", file=stream)  # type: ignore[call-overload]


def _minimal(result: Inspection, case: Case | None, runner: JobRunner, folder: Path, stream: object) -> None:
    from inspector.progress import Spinner
    from rnn.diagnose.diagnose import subject_of
    from rnn.diagnose.minimal import write_minimal

    subject = subject_of(result, case, runner)
    with Spinner() as spinner:
        paths = write_minimal(subject, folder, spinner.say)
    for line in [*subject.notes[-1:], *map(str, paths)]:
        print(line, file=stream)  # type: ignore[call-overload]
