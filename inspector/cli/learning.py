"""The commands `descend` and `itemise`: what a mistake does to learning, and where a gradient comes from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.cli.options import add_problem_options, find_case, limits_given, settings_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case
    from rnn.descent import Descent
    from rnn.inspection import Runner
    from rnn.problem import Problem

WEIGHT_SUFFIXES = (".npz", ".safetensors")
MATRIX_SUFFIXES = (".npz", ".csv", ".bptt")


def add_descend_options(parser: argparse.ArgumentParser) -> None:
    """Options of `descend`."""
    parser.add_argument("case", nargs="?", metavar="CASE", help="an example's name or your own case file")
    parser.add_argument(
        "--steps", dest="descent_steps", metavar="N", type=int, required=True, help="steps of descent, 1 to 100000"
    )
    parser.add_argument("--rate", metavar="LR", type=float, required=True, help="learning rate, above 0")
    parser.add_argument("--matrices-only", action="store_true", help="leave the biases as they are")
    parser.add_argument("--json", metavar="F", help="write all numbers as JSON ('-' for standard output)")
    parser.add_argument("--csv", metavar="F", help="write a row for every step")
    parser.add_argument("--weights-at", metavar="K", type=int, help="save the weights of step K (with -o)")
    parser.add_argument("--side", choices=("hand", "reference"), default="hand", help="whose weights (default hand)")
    parser.add_argument("-o", "--output", metavar="F", help="where to: .npz or .safetensors")
    add_problem_options(parser, steps="--time-steps")


def add_itemise_options(parser: argparse.ArgumentParser) -> None:
    """Options of `itemise`."""
    parser.add_argument("case", nargs="?", metavar="CASE", help="an example's name or your own case file")
    parser.add_argument("--sample", metavar="B", type=int, default=0, help="sample of the batch (default 0)")
    parser.add_argument(
        "--at", metavar="T", type=int, default=0, help="above 1000 steps, the middle of the window (default 0)"
    )
    parser.add_argument(
        "-o", "--output", metavar="F", required=True, help=".npz: reference, hand, difference; .csv: the reference; .bptt: for 'figure'"
    )
    add_problem_options(parser)


def _with_problem(options: argparse.Namespace, work: Callable[[Problem, Case | None, Runner, Any], Any]) -> Any:
    """What `work` makes of the problem that the options describe."""
    from inspector.progress import Spinner
    from rnn.build import build
    from rnn.jobs import JobRunner

    case = find_case(options.case)
    settings = settings_of(case, options)
    with JobRunner(limits_given(options)) as runner, Spinner() as spinner:
        return work(build(settings, runner), case, runner, spinner.say)


def _check_suffix(path: str, known: tuple[str, ...]) -> None:
    """Said before anything is computed."""
    if Path(path).suffix.lower() not in known:
        raise InputError(f"{path} ends in {Path(path).suffix!r}, expected {' or '.join(known)}; choose one of these")


def _check_descend(options: argparse.Namespace) -> None:
    at, output, steps = options.weights_at, options.output, options.descent_steps
    if (at is None) != (output is None):
        raise InputError("--weights-at K and -o F belong together; give both, or neither")
    if at is not None:
        _check_suffix(output, WEIGHT_SUFFIXES)
        if not 0 <= at <= steps:
            raise InputError(f"--weights-at is {at}; the descent has steps 0 to {steps}")


def descend(options: argparse.Namespace) -> int:
    """Descend with both gradients; print what came of it, write files."""
    from inspector.reports import descent_json, descent_table, write_csv, write_json
    from inspector.table import print_descent
    from rnn.descent import descend as run

    _check_descend(options)
    settings = options.descent_steps, options.rate, options.matrices_only
    found = _with_problem(options, lambda problem, case, runner, say: run(problem, case, runner, *settings, say))
    stream = sys.stderr if options.json == "-" else sys.stdout
    print_descent(found, stream)
    if options.json:
        write_json(descent_json(found), options.json)
    if options.csv:
        write_csv(descent_table(found), Path(options.csv))
    if options.weights_at is not None:
        print(_save_weights(found, options), file=stream)
    return 0


def _save_weights(found: Descent, options: argparse.Namespace) -> str:
    """Save one step's weights; says which."""
    from rnn.weights import save_arrays

    step = max(step for step in found.kept if step <= options.weights_at)
    save_arrays(found.weights_at(options.side, step), Path(options.output))
    said = "" if step == options.weights_at else f" (step {options.weights_at} is not kept)"
    return f"{options.output}: the weights of step {step} by {options.side}{said}"


def itemise(options: argparse.Namespace) -> int:
    """Take dh apart by the step whose loss it comes from; write the matrices, print how far a loss reaches."""
    from inspector.reports import itemised_table, write_csv
    from rnn.itemised import itemised, save_itemised
    from rnn.itemised_words import itemised_arrays, itemised_words
    from rnn.weights import save_arrays

    path = Path(options.output)
    _check_suffix(options.output, MATRIX_SUFFIXES)
    where = options.sample, options.at
    found = _with_problem(options, lambda problem, case, runner, say: itemised(problem, case, runner, *where, say))
    if path.suffix.lower() == ".csv":
        write_csv(itemised_table(found), path)
    elif path.suffix.lower() == ".bptt":
        save_itemised(found, path)
    else:
        save_arrays(itemised_arrays(found), path)
    print(itemised_words(found))
    print(options.output)
    return 0
