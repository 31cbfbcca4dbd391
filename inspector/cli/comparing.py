"""The command `compare`: gradients from files, against each other or against JAX on stored weights and data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.options import add_problem_options, limits_given, settings_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.results import Inspection


def add_compare_options(parser: argparse.ArgumentParser) -> None:
    """Options of `compare`."""
    parser.add_argument("first", metavar="A", help="a file of gradients, of any format that weights are read from")
    parser.add_argument(
        "second", metavar="B", nargs="?", help="another; without it A is compared with JAX on --weights"
    )
    parser.add_argument("--quantity", metavar="Q", action="append", help="only this one, as dW_hh; may be given again")
    parser.add_argument("--json", metavar="F", help="write the result as JSON ('-' for standard output)")
    parser.add_argument("--save", metavar="F", help="save the whole result; 'bptt-inspector open F' shows it")
    add_problem_options(parser)


def compared(options: argparse.Namespace) -> Inspection:
    """The result of comparing what the options name."""
    from inspector.progress import Spinner
    from rnn.filed import compare_files
    from rnn.given import inspect_given
    from rnn.jobs import JobRunner

    first, quantities = Path(options.first), tuple(options.quantity or ())
    if options.second is None and options.weights is None:
        raise InputError(
            "give a second file of gradients, or the problem that these belong to (--weights F --data F, and what is not usual)"
        )
    if options.second is not None and options.weights is not None:
        raise InputError(
            "two files are compared with each other; leave one out to compare the other with JAX on --weights"
        )
    with JobRunner(limits_given(options)) as runner, Spinner() as spinner:
        if options.second is not None:
            return compare_files(first, Path(options.second), runner, spinner.say, quantities)
        return inspect_given(first, settings_of(None, options), runner, spinner.say, quantities)


def compare(options: argparse.Namespace) -> int:
    """Run the command; 0 when every gradient agrees."""
    from inspector.reports import error_json, to_json, write_json
    from inspector.table import print_inspection
    from rnn.inspection import save_inspection

    stream = sys.stderr if options.json == "-" else sys.stdout
    try:
        result = compared(options)
    except InputError as error:
        if options.json:
            write_json(error_json(str(error)), options.json)
        raise
    print_inspection(result, stream)
    if options.json:
        write_json(to_json(result), options.json)
    if options.save:
        save_inspection(result, Path(options.save))
    return int(result.verdict != "agree")
