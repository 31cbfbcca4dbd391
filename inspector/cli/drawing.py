"""The command `figure`: draw a result for paper or slides."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.options import add_problem_options, find_case, limits_given
from inspector.figures.words import add_request_options, request_of
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.figures.drawing import Say, Source
    from inspector.figures.request import FigureRequest


def add_figure_options(parser: argparse.ArgumentParser) -> None:
    """Options of `figure`."""
    parser.add_argument(
        "case",
        nargs="?",
        metavar="CASE",
        help="an example's name, your own case file, a saved result, recording or itemised matrix",
    )
    parser.add_argument(
        "-o", "--output", metavar="F", required=True, help=".png, .pdf, .svg; .gif, .apng; .npz or .csv for the numbers"
    )
    parser.add_argument(
        "--all", action="store_true", help="every quantity into the folder that -o names, with an index"
    )
    parser.add_argument("--format", metavar="EXT", help="of --all: png, pdf, svg, npz, csv, gif (default png)")
    add_request_options(parser)
    add_problem_options(parser)


def figure(options: argparse.Namespace) -> int:
    """Draw one figure, or all quantities."""
    from inspector.cli.checking import inspect_all
    from inspector.exports import gathered, source_or_none
    from inspector.figures.drawing import Source
    from inspector.figures.kinds import ITEMISED, STEP
    from inspector.progress import Spinner
    from rnn.jobs import JobRunner

    request = request_of(options)
    _check_output(options, request)
    source, case = source_or_none(options.case), None
    if source is None:
        case = find_case(options.case)
        source = Source(inspect_all(case, options)[0], given=options.case or "")
    elif options.figure_kind is None:
        usual = STEP if source.recording is not None else ITEMISED if source.itemised is not None else request.kind
        request = replace(request, kind=usual)
    try:
        with JobRunner(limits_given(options)) as runner, Spinner() as spinner:
            with gathered(source, request, case, runner, spinner.say) as whole:
                spinner.say("Drawing", None)
                made = _save(whole, request, options, spinner.say)
    finally:
        if source.recording is not None:
            source.recording.close()
    for path in made:
        print(path)
    return 0


def _check_output(options: argparse.Namespace, request: FigureRequest) -> None:
    """Said before anything is computed."""
    from inspector.figures.render import check_suffix

    if not options.all:
        if options.format is not None:
            raise InputError("--format is of --all; a single figure's format is that of the end of its name")
        check_suffix(Path(options.output))
        return
    check_suffix(Path(f"figure.{options.format or 'png'}"))
    if request.quantity:
        raise InputError("--all draws every quantity; leave --quantity out")
    if Path(options.output).is_file():
        raise InputError(f"--all writes into a folder, and {options.output} is a file; choose another name")


def _save(source: Source, request: FigureRequest, options: argparse.Namespace, say: Say) -> list[str]:
    from inspector.figures.every import save_all
    from inspector.figures.render import save_figure

    if options.all:
        found = save_all(source, request, Path(options.output), f".{options.format or 'png'}", say)
        return [str(path) for path in found]
    save_figure(source, request, Path(options.output), say)
    return [options.output]
