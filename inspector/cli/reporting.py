"""The command `report`: everything about a result in one HTML file, or as Markdown."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.options import add_problem_options, find_case, limits_given, settings_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case
    from rnn.results import Inspection

WHY_S = 20.0
LONGEST_S = 3600.0


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Options of `report`."""
    parser.add_argument(
        "case",
        nargs="?",
        metavar="CASE",
        help="an example's name, your own case file, a saved result, a session, or a file of gradients",
    )
    parser.add_argument("second", metavar="B", nargs="?", help="another file of gradients, to compare the first with")
    parser.add_argument(
        "-o", "--output", metavar="F", required=True, help=".html (one file) or .md (figures beside it)"
    )
    parser.add_argument(
        "--seconds",
        metavar="S",
        type=float,
        default=WHY_S,
        help=f"how long each search for the cause may take ({WHY_S:g}); 0: none",
    )
    parser.add_argument("--date", action="store_true", help="print today's date in it")
    add_problem_options(parser)


def _diagnosed(case: Case | None, options: argparse.Namespace) -> Inspection:
    """The result of a case with what is found about the cause."""
    from inspector.progress import Spinner
    from rnn.causes import diagnosed, with_why
    from rnn.inspection import inspect_gradients
    from rnn.jobs import JobRunner

    with JobRunner(limits_given(options)) as runner, Spinner() as spinner:
        result = inspect_gradients(settings_of(case, options), case, runner, spinner.say)
        if result.verdict != "differ" or not options.seconds:
            return result
        return with_why(diagnosed(result, case, runner, spinner.say, seconds=options.seconds))


def _told(result: Inspection, path: Path) -> Inspection:
    """A saved result; that of a session with the findings and notes that the session holds."""
    from inspector.sessions.findings import read_findings
    from rnn.causes import with_told
    from rnn.sessions.again import session_in

    session = session_in(path)
    if session is None:
        return result
    findings = read_findings(session.findings, False, [])
    return with_told(result, findings, (note.sentence for note in session.notes))


def _of_gradients(options: argparse.Namespace) -> bool:
    """Whether the first file holds gradients: there is a second, or it is neither code nor an example."""
    from inspector.assets import examples

    if options.case is None:
        return False
    path = Path(options.case)
    return options.second is not None or (path.suffix != ".py" and options.case not in examples() and path.exists())


def result_and_command(options: argparse.Namespace) -> tuple[Inspection, str, list[Path]]:
    """The result that is reported on, the command that makes it again, and the files that this reads."""
    from inspector.cli.comparing import compared
    from inspector.exports import open_or_none
    from inspector.reproduce import case_words, compare_words, joined

    saved = open_or_none(options.case)
    if saved is not None:
        path = Path(options.case)
        return _told(saved, path), joined(["bptt-inspector", "open", options.case]), [path]
    if _of_gradients(options):
        options.first, options.quantity = options.case, None
        result = compared(options)
        named = [one for one in (options.case, options.second) if one is not None]
        return result, joined(["bptt-inspector", "compare", *compare_words(result, named)]), _files(options)
    case = find_case(options.case)
    result = _diagnosed(case, options)
    files = [] if case is None else [case.path]
    files += [one for one in _files(options) if str(one) != options.case]
    return result, joined(["bptt-inspector", "check", *case_words(result, options.case or "")]), files


def _files(options: argparse.Namespace) -> list[Path]:
    named = (options.case, options.second, options.weights, options.data, options.target_file)
    return [Path(one) for one in named if one is not None and (one == options.case or Path(one).is_file())]


def report(options: argparse.Namespace) -> int:
    """Run the command; 0 when the report is written."""
    from datetime import date

    from inspector.reporting.making import check_report_suffix, write_report

    if not 0 <= options.seconds <= LONGEST_S:
        raise InputError(f"--seconds is {options.seconds:g}; expected a number from 0 up to {LONGEST_S:g}")
    path = Path(options.output)
    check_report_suffix(path)
    result, command, files = result_and_command(options)
    written = write_report(result, path, command, files, date.today().isoformat() if options.date else "")
    for one in written:
        print(one)
    return 0
