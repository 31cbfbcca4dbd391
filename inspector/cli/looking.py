"""`bptt-inspector look`: what a weight file holds and would be taken as, before anything is done with it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from inspector.cli.options import add_problem_options, find_case, settings_of
from inspector.looked import NUMBERS, cells, file_words, headings, network_words
from rnn.errors import InputError
from rnn.weights.base import visible

if TYPE_CHECKING:
    from rnn.looking import Look


def add_look_options(parser: argparse.ArgumentParser) -> None:
    """Options of the command; those of a problem say what the file would be used with."""
    parser.add_argument("file", metavar="FILE", help="weights of any format that is read, or a folder of .csv")
    parser.add_argument("--case", metavar="CASE", help="an example's name or your own case file, whose names count too")
    parser.add_argument("--values", action="store_true", help="read the numbers too: least, largest, norm")
    parser.add_argument("--json", metavar="F", help="write all of it as JSON, - for the terminal")
    add_problem_options(parser)


def _print(found: Look, values: bool, name: str, stream: TextIO) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from inspector.table import console_for

    console = console_for(stream)
    console.print(Text(f"{visible(name)}: {file_words(found)}", style="bold"))
    if found.network:
        console.print(Text(network_words(found.framework, found.network)))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings(values):
        table.add_column(heading, justify="right" if heading in NUMBERS else "left", overflow="fold")
    for row in found.rows:
        table.add_row(*(Text(text) for text in cells(row, values)))
    console.print(table)
    for note in found.notes:
        console.print(Text(f"note: {note}"))
    if found.problem:
        console.print(Text(f"as it is: {found.problem}", style="yellow"))
    for question in found.questions:
        console.print(Text(f"{question.parameter}: {question.text}"))
        for option in question.options:
            console.print(Text(f"    --weights-map {question.parameter}={visible(option)}"))


def look(options: argparse.Namespace) -> int:
    """Run the command; 0 where the file would be taken as it is, 1 where it would not."""
    from inspector.reports import write_json
    from rnn.jobs import JobRunner
    from rnn.looking import look_into

    settings = settings_of(find_case(options.case), options)
    path = Path(options.file)
    if not path.exists():
        raise InputError(f"{path} is not there; name a weight file")
    with JobRunner() as runner:
        found = look_into(path, settings, runner, options.values)
    if options.json:
        write_json({"path": str(path), **asdict(found)}, options.json)
    if options.json != "-":
        _print(found, options.values, path.name, sys.stdout)
    return int(bool(found.problem))
