"""Options that say which case and which problem, for every command that runs one."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.cases import Case
    from rnn.jobs import Limits
    from rnn.settings import Edit, ProblemSettings

SIZES = {"steps": "T", "batch": "B", "inputs": "D", "hidden": "H", "outputs": "K", "vocabulary": "V"}

EDIT = re.compile(r"\s*(\w+)\s*\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]\s*=\s*(\S+)\s*")
"""As in W_hh[3,4]=0.5."""


def _add_network_options(parser: argparse.ArgumentParser) -> None:
    """Options that say what is computed."""
    network = parser.add_argument_group("network")
    network.add_argument("--cell", metavar="C", help="rnn, lstm, gru, leaky")
    network.add_argument(
        "--option", metavar="NAME=VALUE", action="append", help="of the cell: reset=after, peepholes=yes, leak=0.2, ..."
    )
    network.add_argument("--layers", metavar="N", type=int, help="cells one above the other")
    network.add_argument(
        "--bidirectional",
        action="store_const",
        const=True,
        help="every layer also runs from the last step to the first",
    )
    network.add_argument("--ids", action="store_const", const=True, help="x are token ids, seen as one-hot rows")
    network.add_argument("--embedding", action="store_const", const=True, help="token ids look up rows of W_e")
    network.add_argument("--truncate", metavar="KIND:K", help="sliding:K or chunked:K, done to the reference as well")
    network.add_argument(
        "--clip", metavar="KIND:C", help="value:C, norm:C or norm_each:C, done to the reference as well"
    )
    network.add_argument("--activation", metavar="A", help="tanh, relu, sigmoid, identity")
    network.add_argument("--loss", metavar="L", help="half_squared_error, softmax_cross_entropy, ... (see the README)")
    network.add_argument("--no-biases", dest="biases", action="store_const", const=False, help="leave b_h and b_y out")
    network.add_argument(
        "--no-output-layer", dest="output_layer", action="store_const", const=False, help="y is h, K = H"
    )


def add_problem_options(parser: argparse.ArgumentParser, steps: str = "--steps") -> None:
    """Options that stand for fields of `ProblemSettings`; one that isn't given leaves the case's own choice.

    Args:
        parser: of the command. steps: what the option for T is called, where `--steps` is something else.
    """
    _add_network_options(parser)
    sizes = parser.add_argument_group("sizes and numbers")
    for name, letter in SIZES.items():
        option = steps if name == "steps" else f"--{name}"
        text = f"{letter}; taken from files where not given"
        sizes.add_argument(option, dest=name, metavar=letter, type=int, help=text)
    sizes.add_argument("--seed", metavar="N", type=int, help="of every random number (default 0)")
    sizes.add_argument("--dtype", metavar="D", help="float64 or float32: the precision the hand-written code runs in")
    sizes.add_argument("--h0", metavar="H0", help="zero or random")
    sizes.add_argument("--c0", metavar="C0", help="zero or random: the cell's state of an LSTM, where h0 is not zero")
    sizes.add_argument("--counted", metavar="STEPS", help="steps that count in the loss: all, last, padding")
    weights = parser.add_argument_group("weights and data")
    weights.add_argument(
        "--weights",
        metavar="F",
        help="a file (.npz .safetensors .pt .h5 .keras .msgpack .mat) or a folder of .csv, or normal, uniform, glorot, "
        "he, orthogonal, identity",
    )
    weights.add_argument("--orientation", metavar="O", help="of matrices in the file: in,out or out,in")
    weights.add_argument("--weights-map", metavar="NAME=KEY[.T],...", help="which array of the file is which parameter")
    weights.add_argument("--scale", dest="weight_scale", metavar="S", type=float, help="scale of random weights")
    weights.add_argument("--spectral-radius", metavar="R", type=float, help="of W_hh")
    weights.add_argument(
        "--edit", metavar="W[I,J]=V", action="append", help="set one weight: 'W_hh[3,4]=0.5'; may be given again"
    )
    weights.add_argument("--data", metavar="F", help=".npy, .npz, .mat, .csv or a text file, or random, one_hot")
    weights.add_argument("--text-start", metavar="N", type=int, help="first character used of a text")
    weights.add_argument("--target", dest="target_file", metavar="F", help=".npy, .npz, .mat or .csv")
    code = parser.add_argument_group("limits of your code")
    code.add_argument("--time-limit", metavar="S", type=float, help="seconds a run may take (default 60)")
    code.add_argument("--memory-limit", metavar="GIB", type=float, help="memory it may take, on Linux (default 8)")


def limits_given(options: argparse.Namespace) -> Limits:
    """The limits of user code that the command line sets; raises `InputError` for those that make no sense."""
    from rnn.jobs.limits import limits_of

    named = {"seconds": options.time_limit, "gib": options.memory_limit}
    return limits_of(**{name: value for name, value in named.items() if value is not None})


def find_case(name: str | None) -> Case | None:
    """The case of a shipped name, a file or a session; None for the built-in BPTT.

    Raises:
        InputError: neither an example nor a file.
    """
    from inspector.assets import examples
    from rnn.cases import read_case
    from rnn.sessions.again import code_of, session_in

    if name is None:
        return None
    known = examples()
    if name in known:
        return read_case(known[name])
    session = session_in(Path(name))
    if session is not None:
        shipped = session.case is not None and session.case.name in known
        code = known[session.case.name] if session.case is not None and shipped else code_of(session, Path(name))
        if code is not None:
            print(f"{name}: running {code}", file=sys.stderr)
        return None if code is None else read_case(code)
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


def _pair(name: str, text: str, kind: Callable[[str], float]) -> tuple[str, float]:
    """A kind and a number: `sliding:5`."""
    word, _, number = text.partition(":")
    try:
        return word.strip(), kind(number)
    except ValueError:
        raise InputError(
            f"--{'truncate' if name == 'truncation' else name} has {text!r}; expected KIND:NUMBER, as in sliding:5 or value:1.5"
        ) from None


WORDS = {"yes": True, "true": True, "no": False, "false": False}


def _option(text: str) -> tuple[str, Any]:
    """An option of the cell: `reset=after`, `peepholes=yes`, `leak=0.2`."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise InputError(f"--option has {text!r}; expected NAME=VALUE, as in reset=after")
    try:
        return name, WORDS[value.lower()] if value.lower() in WORDS else float(value)
    except ValueError:
        return name, value


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of `ProblemSettings` that the command line sets."""
    from rnn.data import SOURCES
    from rnn.weights import SCHEMES
    from rnn.weights.files import suffixes

    plain = (
        "cell",
        "activation",
        "loss",
        "biases",
        "output_layer",
        "layers",
        "bidirectional",
        "ids",
        "embedding",
        "seed",
        "dtype",
        "h0",
        "c0",
        "counted",
        "orientation",
        "weight_scale",
        "spectral_radius",
        "text_start",
        "target_file",
        *SIZES,
    )
    given = {name: getattr(options, name) for name in plain if getattr(options, name) is not None}
    for name, text, kind in (("truncation", options.truncate, int), ("clip", options.clip, float)):
        if text is not None:
            given[name] = _pair(name, text, kind)
    if options.option:
        given["cell_options"] = tuple(sorted(_option(text) for text in options.option))
    if options.weights_map is not None:
        given["weights_map"] = _weights_map(options.weights_map)
    if options.weights is not None:
        scheme = options.weights in SCHEMES
        given |= {"weights": options.weights} if scheme else {"weights": "file", "weights_file": options.weights}
    if options.data is not None:
        arrays = Path(options.data).suffix.lower() in (*suffixes(), ".csv")
        named = options.data in SOURCES and options.data not in ("file", "text")
        given |= {"data": options.data} if named else {"data": "file" if arrays else "text", "data_file": options.data}
    return given


def parse_edit(text: str) -> Edit:
    """Read `W_hh[3,4]=0.5`; raises `InputError` for anything else. Whether the entry is there, the problem knows."""
    found = EDIT.fullmatch(text)
    try:
        value = float(found[3]) if found else math.nan
    except ValueError:
        value = math.nan
    if found is None or not math.isfinite(value):
        raise InputError(f"--edit has {text!r}; expected NAME[I,J]=NUMBER, as in W_hh[3,4]=0.5 or b_h[2]=-1e-3")
    return found[1], tuple(int(part) for part in found[2].split(",")), value


def settings_of(case: Case | None, options: argparse.Namespace) -> ProblemSettings:
    """The case's own settings, overlaid with what the command line sets."""
    from dataclasses import replace

    from rnn.sessions.again import session_in
    from rnn.sessions.again import settings_of as kept_settings
    from rnn.settings import NETWORK, ProblemSettings
    from rnn.settings_for import fixed_settings, settings_for

    session = session_in(Path(options.case)) if getattr(options, "case", None) else None
    given, edits = _given(options), tuple(parse_edit(text) for text in options.edit or ())
    from_file = given.get("weights") == "file"  # only a file could tell otherwise
    said = tuple(name for name in NETWORK if name in given and from_file)
    fixed = {} if case is None else fixed_settings(case)
    for name, value in given.items():
        if case is not None and name in fixed and fixed[name] != value:
            raise InputError(
                f"{case.name} is declared with {name} = {fixed[name]!r}, and {value!r} was asked for; leave it out"
            )
    if session is not None:
        base = replace(kept_settings(session.settings), **fixed)
    else:
        base = ProblemSettings() if case is None else settings_for(case)
    dictated = tuple(dict.fromkeys((*base.dictated, *said)))
    return replace(base, **given, edits=base.edits + edits, dictated=dictated)
