"""The command `figure`: draw a result for paper or slides."""

from __future__ import annotations

import argparse
from pathlib import Path

from inspector.cli.options import add_problem_options, find_case
from inspector.figures.words import add_request_options, request_of


def add_figure_options(parser: argparse.ArgumentParser) -> None:
    """Options of `figure`."""
    parser.add_argument(
        "case", nargs="?", metavar="CASE", help="an example's name, your own case file, or a saved result"
    )
    parser.add_argument(
        "-o", "--output", metavar="F", required=True, help=".png, .pdf, .svg; .npz or .csv for the numbers"
    )
    add_request_options(parser)
    add_problem_options(parser)


def figure(options: argparse.Namespace) -> int:
    """Draw one figure."""
    from inspector.cli.checking import inspect_all
    from inspector.exports import source_or_none
    from inspector.figures.drawing import Source
    from inspector.figures.render import check_suffix, save_figure

    request, path = request_of(options), Path(options.output)
    check_suffix(path)
    source = source_or_none(options.case)
    if source is None:
        source = Source(inspect_all(find_case(options.case), options)[0], given=options.case or "")
    save_figure(source, request, path)
    print(options.output)
    return 0
