"""The command `check`: compare, print the table, write files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.cli.options import add_problem_options, find_case, limits_given, settings_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case
    from rnn.results import Inspection


def add_check_options(parser: argparse.ArgumentParser) -> None:
    """Options of `check`."""
    parser.add_argument("case", nargs="?", metavar="CASE", help="an example's name or your own case file")
    parser.add_argument(
        "--problems", metavar="N", type=int, default=1, help="check N random problems of different sizes"
    )
    parser.add_argument(
        "--element",
        metavar="Q[I,J]",
        help="also ask about one entry: 'dW_hh[3,4]'; its contributions, central differences",
    )
    parser.add_argument("--json", metavar="F", help="write the result as JSON ('-' for standard output)")
    parser.add_argument("--save", metavar="F", help="save the whole result; 'bptt-inspector open F' shows it")
    add_problem_options(parser)


def inspect_all(case: Case | None, options: argparse.Namespace, blame: bool = False) -> list[Inspection]:
    """Results of as many problems as are asked for, the one that is set first.

    Args:
        case: the user's code. options: of the command. blame: whether the first wrong line is sought, on the first problem
            that shows a mistake.
    """
    from inspector.progress import Spinner
    from rnn.inspection import inspect_gradients
    from rnn.jobs import JobRunner
    from rnn.settings_for import random_problems

    count = getattr(options, "problems", 1)
    if count < 1:
        raise InputError(f"--problems is {count}; at least 1 problem is needed")
    settings = settings_of(case, options)
    with JobRunner(limits_given(options)) as runner, Spinner() as spinner:
        results: list[Inspection] = []
        for one in random_problems(settings, count):
            sought = blame and not any(finding["kind"] == "blame" for result in results for finding in result.findings)
            why = sought and all(result.verdict != "differ" for result in results)
            results.append(inspect_gradients(one, case, runner, spinner.say, blame=sought, pure=not results, why=why))
        return results


def _told_element(result: Inspection, text: str, stream: Any) -> dict[str, Any]:
    """Print what is known of one entry; returns it for the JSON."""
    from inspector.table import element_line, print_provenance
    from rnn.diagnose.provenance import provenance
    from rnn.element import parse_element, third_opinion

    name, index = parse_element(text, result)
    asked = third_opinion(result, name, index)
    print(element_line(asked), file=stream)
    found = provenance(result, name, index)
    if found is not None:
        print_provenance(found, stream)
    return {**vars(asked), "provenance": None if found is None else found.to_json()}


def _with_purity(result: Inspection, first: Inspection) -> Inspection:
    """A result with what was found out about the code's purity, which is looked at on the first problem only."""
    from dataclasses import replace

    known = [one for one in first.checks if one["name"] == "pure"]
    return replace(result, checks=tuple(known[0] if known and one["name"] == "pure" else one for one in result.checks))


def check(options: argparse.Namespace) -> int:
    """Run the command; 0 when every gradient agrees, 1 when not or when the user's code fails."""
    from inspector.reports import error_json, plain, to_json, write_json
    from inspector.table import console_for, print_checks, print_inspection, print_problems
    from rnn.inspection import save_inspection

    stream = sys.stderr if options.json == "-" else sys.stdout
    try:
        results = inspect_all(find_case(options.case), options, blame=True)
    except InputError as error:
        if error.checks:
            print_checks(error.checks, console_for(stream), details=True)
        if options.json:
            write_json(error_json(str(error), error.checks), options.json)
        raise
    worst = max(results, key=lambda result: ("agree", "undecided", "differ").index(result.verdict))
    worst = _with_purity(worst, results[0])
    print_inspection(worst, stream)
    if len(results) > 1:
        print_problems(results, stream)
    element = _told_element(worst, options.element, stream) if options.element else None
    if options.json:
        more = {} if element is None else {"element": plain(element)}
        write_json({**to_json(worst, results), **more}, options.json)
    if options.save:
        save_inspection(worst, Path(options.save))
    return int(worst.verdict != "agree")
