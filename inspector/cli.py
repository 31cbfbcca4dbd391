"""The command line: open, examples, check, figure. Exit codes: 0 all agree, 1 anything else, 2 bad input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case
    from rnn.results import Inspection
    from rnn.settings import ProblemSettings

AGREE, NOT, BAD_INPUT = 0, 1, 2

EPILOG = "Exit codes: 0 all gradients agree, 1 anything else, 2 bad input."

SIZES = {"steps": "T", "batch": "B", "inputs": "D", "hidden": "H", "outputs": "K"}


def _add_problem_options(parser: argparse.ArgumentParser) -> None:
    """Options that stand for fields of `ProblemSettings`; one that isn't given leaves the case's own choice."""
    network = parser.add_argument_group("network")
    network.add_argument("--cell", metavar="C", help="rnn")
    network.add_argument("--activation", metavar="A", help="tanh, relu, sigmoid, identity")
    network.add_argument("--loss", metavar="L", help="half_squared_error, softmax_cross_entropy, ... (see the README)")
    network.add_argument("--no-biases", dest="biases", action="store_const", const=False, help="leave b_h and b_y out")
    network.add_argument(
        "--no-output-layer", dest="output_layer", action="store_const", const=False, help="y is h, K = H"
    )
    sizes = parser.add_argument_group("sizes and numbers")
    for name, letter in SIZES.items():
        sizes.add_argument(f"--{name}", metavar=letter, type=int, help=f"{letter}; taken from files where not given")
    sizes.add_argument("--seed", metavar="N", type=int, help="of every random number (default 0)")
    sizes.add_argument("--dtype", metavar="D", help="float64 or float32: the precision the hand-written code runs in")
    sizes.add_argument("--h0", metavar="H0", help="zero or random")
    sizes.add_argument("--counted", metavar="STEPS", help="steps that count in the loss: all, last, padding")
    weights = parser.add_argument_group("weights and data")
    weights.add_argument(
        "--weights", metavar="F", help=".npz or .safetensors, or normal, uniform, glorot, he, orthogonal, identity"
    )
    weights.add_argument("--orientation", metavar="O", help="of matrices in the file: in,out or out,in")
    weights.add_argument("--weights-map", metavar="NAME=KEY[.T],...", help="which array of the file is which parameter")
    weights.add_argument("--scale", dest="weight_scale", metavar="S", type=float, help="scale of random weights")
    weights.add_argument("--spectral-radius", metavar="R", type=float, help="of W_hh")
    weights.add_argument("--data", metavar="F", help=".npy, .npz, .csv or a text file, or random, one_hot")
    weights.add_argument("--text-start", metavar="N", type=int, help="first character used of a text")
    weights.add_argument("--target", dest="target_file", metavar="F", help=".npy, .npz or .csv")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bptt-inspector",
        epilog=EPILOG,
        description="Compare hand-written BPTT with JAX: which gradient is wrong, where, and from which step on.",
    )
    parser.add_argument("--version", action="store_true", help="print versions and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    opened = commands.add_parser("open", help="open the window on files or an example", epilog=EPILOG)
    opened.add_argument(
        "files", nargs="*", metavar="FILE", help="case, weights, data, text or saved result; or an example's name"
    )
    commands.add_parser("examples", help="list what is shipped")
    checked = commands.add_parser(
        "check", help="check a case, or the built-in BPTT, and print the table", epilog=EPILOG
    )
    checked.add_argument("case", nargs="?", metavar="CASE", help="an example's name or your own case file")
    checked.add_argument(
        "--problems", metavar="N", type=int, default=1, help="check N random problems of different sizes"
    )
    checked.add_argument(
        "--element", metavar="Q[I,J]", help="also ask central differences about one entry: 'dW_hh[3,4]'"
    )
    checked.add_argument("--json", metavar="F", help="write the result as JSON ('-' for standard output)")
    checked.add_argument("--save", metavar="F", help="save the whole result; 'bptt-inspector open F' shows it")
    _add_problem_options(checked)
    figure = commands.add_parser("figure", help="draw hand, JAX and difference of one quantity", epilog=EPILOG)
    figure.add_argument(
        "case", nargs="?", metavar="CASE", help="an example's name, your own case file, or a saved result"
    )
    figure.add_argument("--quantity", metavar="Q", help="dW_hh, dh, ... (default: the worst)")
    figure.add_argument("--sample", metavar="B", type=int, default=0, help="sample of a per-step quantity (default 0)")
    figure.add_argument("--metric", metavar="M", default="difference", help="difference, absolute, relative, ulp")
    figure.add_argument("-o", "--output", metavar="F", required=True, help=".png, .pdf, .svg, or .npz for the numbers")
    _add_problem_options(figure)
    return parser


def find_case(name: str | None) -> Case | None:
    """The case of a shipped name or a file; None for the built-in BPTT.

    Raises:
        InputError: neither an example nor a file.
    """
    from inspector.assets import examples
    from rnn.cases import read_case

    if name is None:
        return None
    known = examples()
    if name in known:
        return read_case(known[name])
    if not Path(name).exists():
        raise InputError(f"{name} is neither a file nor an example; the examples are {', '.join(known)}")
    return read_case(Path(name))


def _weights_map(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in text.split(","):
        name, equals, key = part.partition("=")
        if not (name.strip() and equals and key.strip()):
            raise InputError(f"--weights-map has {part!r}; expected NAME=KEY or NAME=KEY.T, as in W_hh=kernel.T")
        pairs.append((name.strip(), key.strip()))
    return tuple(pairs)


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of `ProblemSettings` that the command line sets."""
    from rnn.data import SOURCES
    from rnn.weights import SCHEMES

    plain = (
        "cell",
        "activation",
        "loss",
        "biases",
        "output_layer",
        "seed",
        "dtype",
        "h0",
        "counted",
        "orientation",
        "weight_scale",
        "spectral_radius",
        "text_start",
        "target_file",
        *SIZES,
    )
    given = {name: getattr(options, name) for name in plain if getattr(options, name) is not None}
    if options.weights_map is not None:
        given["weights_map"] = _weights_map(options.weights_map)
    if options.weights is not None:
        scheme = options.weights in SCHEMES
        given |= {"weights": options.weights} if scheme else {"weights": "file", "weights_file": options.weights}
    if options.data is not None:
        arrays = Path(options.data).suffix.lower() in (".npy", ".npz", ".csv")
        named = options.data in SOURCES and options.data not in ("file", "text")
        given |= {"data": options.data} if named else {"data": "file" if arrays else "text", "data_file": options.data}
    return given


def _settings(case: Case | None, options: argparse.Namespace) -> ProblemSettings:
    """The case's own settings, overlaid with what the command line sets."""
    from dataclasses import replace

    from rnn.settings import ProblemSettings
    from rnn.settings_for import fixed_settings, settings_for

    given = _given(options)
    if case is None:
        return replace(ProblemSettings(), **given)
    fixed = fixed_settings(case)
    for name, value in given.items():
        if name in fixed and fixed[name] != value:
            raise InputError(
                f"{case.name} is declared with {name} = {fixed[name]!r}, and {value!r} was asked for; leave it out"
            )
    return replace(settings_for(case), **given)


def _inspect_all(case: Case | None, options: argparse.Namespace) -> list[Inspection]:
    from inspector.progress import Spinner
    from rnn.inspection import inspect_gradients
    from rnn.jobs import JobRunner
    from rnn.settings_for import random_problems

    count = getattr(options, "problems", 1)
    if count < 1:
        raise InputError(f"--problems is {count}; at least 1 problem is needed")
    settings = _settings(case, options)
    with JobRunner() as runner, Spinner() as spinner:
        return [inspect_gradients(one, case, runner, spinner.say) for one in random_problems(settings, count)]


def _check(options: argparse.Namespace) -> int:
    from inspector.reports import error_json, to_json, write_json
    from inspector.table import print_inspection, print_problems
    from rnn.inspection import save_inspection
    from rnn.jobs import JobFailure

    try:
        results = _inspect_all(find_case(options.case), options)
    except InputError as error:
        if options.json:
            write_json(error_json(str(error)), options.json)
        if not isinstance(error, JobFailure):
            raise
        print(f"bptt-inspector: {error}", file=sys.stderr)
        return NOT
    worst = max(results, key=lambda result: ("agree", "undecided", "differ").index(result.verdict))
    stream = sys.stderr if options.json == "-" else sys.stdout
    print_inspection(worst, stream)
    if len(results) > 1:
        print_problems(results, stream)
    if options.element:
        _print_element(worst, options.element, stream)
    if options.json:
        write_json(to_json(worst, results), options.json)
    if options.save:
        save_inspection(worst, Path(options.save))
    return AGREE if worst.verdict == "agree" else NOT


def _print_element(result: Inspection, text: str, stream: Any) -> None:
    from inspector.table import element_line
    from rnn.element import parse_element, third_opinion

    name, index = parse_element(text, result)
    print(element_line(third_opinion(result, name, index)), file=stream)


def _figure(options: argparse.Namespace) -> int:
    from inspector.exports import export_figure, open_or_none

    result = open_or_none(options.case)
    if result is None:
        result = _inspect_all(find_case(options.case), options)[0]
    export_figure(result, options.quantity, Path(options.output), metric=options.metric, sample=options.sample)
    print(options.output)
    return AGREE


def _examples(options: argparse.Namespace) -> int:
    from inspector.assets import examples
    from rnn.cases import read_case

    for name, path in examples().items():
        print(f"{name:24} {read_case(path).declaration.get('title', '')}")
    return AGREE


def _open(options: argparse.Namespace) -> int:
    from inspector.app import main as open_window

    return open_window(list(getattr(options, "files", [])))


COMMANDS = {None: _open, "open": _open, "examples": _examples, "check": _check, "figure": _figure}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.version:
            from inspector.versions import version_lines

            print("\n".join(version_lines()))
            return AGREE
        return COMMANDS[options.command](options)
    except InputError as error:
        print(f"bptt-inspector: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough; without this Python complains once more at exit
        return NOT
    except KeyboardInterrupt:
        print("bptt-inspector: stopped", file=sys.stderr)
        return NOT
