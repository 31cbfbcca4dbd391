"""The program `bptt-inspector`: its commands, and what becomes of their failures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from inspector.cli.checking import add_check_options, check
from inspector.cli.comparing import add_compare_options, compare
from inspector.cli.diagnosing import add_diagnose_options, diagnose
from inspector.cli.drawing import add_figure_options, figure
from inspector.cli.learning import add_descend_options, add_itemise_options, descend, itemise
from inspector.cli.looking import add_look_options, look
from inspector.cli.new import add_new_options, new
from inspector.cli.questions import add_ask_options, ask
from inspector.cli.recording import add_record_options, record
from inspector.cli.reporting import add_report_options, report
from rnn.errors import InputError

AGREE, NOT, BAD_INPUT = 0, 1, 2

EPILOG = "Exit codes: 0 all gradients agree, 1 anything else, 2 bad input."
LOOK = "Exit codes: 0 the file would be taken as it is, 1 it would not, 2 it can't be read."
DONE = "Exit codes: 0 done, 1 your code failed or you stopped it, 2 bad input."


def _add_open_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="case, weights, data, text or saved result; or an example's name"
    )


def _examples(options: argparse.Namespace) -> int:
    from inspector.assets import examples
    from rnn.cases import read_case

    for name, path in examples().items():
        print(f"{name:24} {read_case(path).declaration.get('title', '')}")
    return AGREE


def _open(options: argparse.Namespace) -> int:
    from inspector.app import main as open_window

    return open_window(list(getattr(options, "files", [])))


def _no_options(parser: argparse.ArgumentParser) -> None:
    """For a command without any."""


Command = tuple[str, str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]

COMMANDS: dict[str, Command] = {
    "open": ("open the window on files or an example", EPILOG, _add_open_options, _open),
    "examples": ("list what is shipped", DONE, _no_options, _examples),
    "new": ("write a case file for code of your own, which is read and not run", DONE, add_new_options, new),
    "check": ("check a case, or the built-in BPTT, and print the table", EPILOG, add_check_options, check),
    "diagnose": ("say why gradients are wrong, and what makes them right", EPILOG, add_diagnose_options, diagnose),
    "compare": ("compare files of gradients, with each other or with JAX", EPILOG, add_compare_options, compare),
    "figure": ("draw hand, JAX and difference of one quantity", DONE, add_figure_options, figure),
    "report": ("write everything about a result into one HTML file, or Markdown", DONE, add_report_options, report),
    "descend": ("descend with hand's gradients and with JAX's", DONE, add_descend_options, descend),
    "record": ("record every statement that a case executes", DONE, add_record_options, record),
    "ask": ("ask what happened in a recording", DONE, add_ask_options, ask),
    "look": ("look into a weight file before it is used", LOOK, add_look_options, look),
    "itemise": ("take dh apart by the step whose loss it comes from", DONE, add_itemise_options, itemise),
}
"""By name: help, what the exit codes mean, options, and what runs it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bptt-inspector",
        epilog=EPILOG,
        description="Compare hand-written BPTT with JAX: which gradient is wrong, where, and from which step on.",
    )
    parser.add_argument("--version", action="store_true", help="print versions and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (text, epilog, add_options, _) in COMMANDS.items():
        add_options(commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=epilog))
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.version:
        from inspector.versions import version_lines

        print("\n".join(version_lines()))
        return AGREE
    return COMMANDS[options.command or "open"][3](options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except InputError as error:
        from rnn.jobs import JobFailure

        print(f"bptt-inspector: {error}", file=sys.stderr)
        return NOT if isinstance(error, JobFailure) else BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough; without this Python complains once more at exit
        return NOT
    except KeyboardInterrupt:
        print("bptt-inspector: stopped", file=sys.stderr)
        return NOT
