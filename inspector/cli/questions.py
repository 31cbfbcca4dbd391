"""The command `ask`: what a recording answers."""

from __future__ import annotations

import argparse
import ast
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from inspector.cli.beside_jax import BesideJax
    from rnn.recorder import Recording

VALUE_SUFFIXES = (".npy", ".npz")
MOST_VALUES = 10_000
"""An array of more items is not written into JSON."""


def add_ask_options(parser: argparse.ArgumentParser) -> None:
    """Options of `ask`."""
    parser.add_argument("file", metavar="FILE", help="a recording, finished or not")
    where = parser.add_argument_group(
        "where", "without these the last step that has the path; with --stops its first hit"
    )
    where.add_argument("--step", metavar="N", type=int, help="the moment after step N, from 0; -1 is the last")
    where.add_argument(
        "--stops", "--at", metavar="COND", help="steps where a condition holds: 'line 24 if t == 3' (see the README)"
    )
    what = parser.add_argument_group("what", "without these and without a place an overview")
    what.add_argument("--changes", action="store_true", help="what the step changed, element by element counted")
    what.add_argument("--value", metavar="PATH", help="the value of an array or expression: 'dWhh', 'np.abs(dh).max()'")
    what.add_argument("--who", metavar="PATH[I,J]", help="who wrote an element last, and all its writes: 'dWhh[3,4]'")
    what.add_argument("--line", metavar="N", type=int, help="all executions of a line")
    what.add_argument("--in", dest="source", metavar="F", default="", help="end of the file's name, for --line")
    what.add_argument(
        "--blame", action="store_true", help="the lines that make the gradients wrong, the first one first"
    )
    what.add_argument("--matches", action="store_true", help="which array stands for which of JAX's quantities")
    what.add_argument(
        "--match", metavar="PATH=Q", action="append", help="say so yourself: 'dhraw=da'; kept beside the case"
    )
    what.add_argument("--reference", metavar="PATH", help="what JAX says an array should be after the step")
    what.add_argument(
        "--what-if",
        metavar="PATH=F",
        help="run again with the values of F (.npy), or with 'reference', in an array after step N: what gets right?",
    )
    parser.add_argument("-o", "--output", metavar="F", help="save the value of --value: .npy or .npz")
    parser.add_argument("--json", metavar="F", help="write the answers as JSON ('-' for standard output)")


def _check(options: argparse.Namespace) -> None:
    if options.output is not None:
        if options.value is None:
            raise InputError("-o saves the value of --value PATH; give both")
        if Path(options.output).suffix.lower() not in VALUE_SUFFIXES:
            raise InputError(f"{options.output} ends in {Path(options.output).suffix!r}, expected .npy or .npz")
    if options.what_if is not None and (options.step is None or not options.what_if.partition("=")[2]):
        raise InputError("--what-if PATH=F replaces an array after one step; give --step N and a file as well")
    if options.step is not None and options.stops is not None:
        raise InputError("--step and --stops both say where; give one of them")


def _open(path: str) -> Recording:
    from rnn.recorder import Recording

    recording = Recording(path)
    if not len(recording):
        why = "; ".join([recording.ended, *recording.tables.remarks]).strip("; ")
        raise InputError(f"{path} holds no step" + (f": {why}" if why else "; record it again"))
    return recording


def _step_of(recording: Recording, options: argparse.Namespace, hits: Any) -> int:
    """The moment that questions are about."""
    from rnn.recorder.summary import last_seen

    if hits is not None:
        if not len(hits):
            raise InputError(
                f"{options.stops!r} holds at no step; leave --value, --changes and --who out, or change it"
            )
        return int(hits[0])
    path = options.value or options.who or options.reference
    if options.step is None and path:
        return last_seen(recording, path)
    step = -1 if options.step is None else options.step
    step = step + len(recording) if step < 0 else step
    recording.step(step)  # raises where there is none
    return int(step)


def parse_element(recording: Recording, text: str, step: int) -> tuple[str, tuple[int, ...]]:
    """Read `dWhh[3,4]`, where the index may use names, as in `dh[t, 0]`; a name alone has the index ()."""
    from rnn.recorder.expressions import Unreadable, parse_expression

    try:
        node = parse_expression(text)
        if not isinstance(node, ast.Subscript):
            return text, ()
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        index = tuple(int(recording.value(ast.unparse(part), step)) for part in parts)
    except (Unreadable, TypeError, ValueError) as error:
        raise InputError(f"--who has {text!r} ({error}); expected an element such as dWhh[3,4]") from error
    return ast.unparse(node.value), index


def _value(recording: Recording, options: argparse.Namespace, step: int) -> tuple[Any, dict[str, Any]]:
    import numpy as np

    from rnn.recorder.expressions import Unreadable
    from rnn.recorder.summary import described, value_text

    try:
        value = recording.value(options.value, step)
    except Unreadable as error:
        raise InputError(f"{options.value} can't be had at step {step}: {error}") from error
    found = {"path": options.value, "step": step, **described(value), "text": value_text(value)}
    if isinstance(value, np.ndarray):
        found["values"] = value.tolist() if value.size <= MOST_VALUES and value.dtype.kind in "fiub" else None
    return value, found


def _save(array: np.ndarray[Any, Any], path: Path) -> None:
    """Write an array; raises `InputError` where that fails."""
    import numpy as np

    if not isinstance(array, (np.ndarray, np.generic, int, float)):
        raise InputError(f"{path} was not written: that value is no array")
    try:
        with path.open("wb") as stream:
            if path.suffix.lower() == ".npy":
                np.save(stream, array, allow_pickle=False)
            else:
                np.savez(stream, value=array)
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror or error}; choose another place") from error


def _who(recording: Recording, text: str, step: int) -> dict[str, Any]:
    from rnn.recorder.expressions import Unreadable
    from rnn.recorder.questions import last_write, writes
    from rnn.recorder.summary import write_facts

    path, index = parse_element(recording, text, step)
    try:
        last, every = last_write(recording, path, index, step), writes(recording, path, index)
    except Unreadable as error:
        raise InputError(f"{text} can't be followed: {error}") from error
    return {
        "element": f"{path}[{','.join(map(str, index))}]" if index else path,
        "step": step,
        "last": None if last is None else write_facts(last),
        "writes": [write_facts(one) for one in every],
    }


def _what_if(recording: Recording, text: str, step: int, beside: BesideJax) -> dict[str, Any]:
    """Run the case again with the values of a file, or with JAX's, in one array."""
    from inspector.progress import Spinner
    from rnn.jobs import JobRunner
    from rnn.whatif import recorded_case, what_if

    path, _, file = text.rpartition("=")
    with JobRunner() as runner, Spinner() as spinner:
        spinner.say("Running again", None)
        if file == "reference":
            value = beside.reference(path, step)[1]
        else:
            arrays = runner.read_data(Path(file))
            if len(arrays) != 1:
                raise InputError(f"{file} holds {', '.join(arrays)}; expected one array")
            value = next(iter(arrays.values()))
        case, problem = recorded_case(recording, runner)
        found = what_if(runner, case, problem, recording, step, path, value)
    names = {name: list(getattr(found, name)) for name in ("inherited", "remaining", "broken", "notes")}
    return {"path": path, "step": step, "sentence": found.words(), **names}


def _stops(recording: Recording, text: str, beside: BesideJax) -> Any:
    """Steps at which a condition holds; what `marked NAME` means, JAX says."""
    from rnn.recorder.conditions import Condition, hits

    condition = Condition.parse(text)
    if condition.kind == "marked":
        condition = condition.with_marks(beside.diverging(condition.name))
    return hits(recording, condition)


def _beside_answers(options: argparse.Namespace, beside: BesideJax, found: dict[str, Any]) -> None:
    """What is asked about the whole run, with JAX beside it."""
    from inspector.cli.beside_jax import match_facts

    for text in options.match or ():
        found.setdefault("kept", []).append(str(beside.keep(text)))
    if options.matches or options.match:
        found["matches"] = match_facts(beside)
    if options.blame:
        located = beside.located
        found["blame"] = {"findings": list(located.findings()), "note": located.note}


def _answers(recording: Recording, options: argparse.Namespace) -> tuple[dict[str, Any], Any]:
    """Everything that was asked, and the value where one was."""
    from inspector.cli.beside_jax import BesideJax, reference_facts
    from rnn.recorder import summary

    found: dict[str, Any] = {}
    value = hits = None
    beside = BesideJax(recording)
    _beside_answers(options, beside, found)
    if options.stops is not None:
        hits = _stops(recording, options.stops, beside)
        found["stops"] = {"condition": options.stops, **summary.steps_facts(recording, hits)}
    if options.line is not None:
        from rnn.recorder.questions import executions

        steps = executions(recording, options.line, options.source)
        found["line"] = {"line": options.line, **summary.steps_facts(recording, steps)}
    asked = (options.value, options.changes or None, options.who, options.reference, options.step)
    if any(one is not None for one in asked):
        step = _step_of(recording, options, hits)
        if options.value is not None:
            value, found["value"] = _value(recording, options, step)
        if options.who is not None:
            found["who"] = _who(recording, options.who, step)
        if options.changes:
            found["changes"] = summary.changes_facts(recording, step)
        if options.reference is not None:
            found["reference"] = reference_facts(beside, options.reference, step)
        if options.what_if is not None:
            found["what_if"] = _what_if(recording, options.what_if, step, beside)
        elif options.step is not None and not (options.value or options.who or options.changes or options.reference):
            found["moment"] = summary.moment(recording, step)
    return found or {"overview": summary.overview(recording)}, value


def ask(options: argparse.Namespace) -> int:
    """Run the command; 0 when the question was answered."""
    from inspector.recordings import PRINTERS
    from inspector.reports import plain, write_json

    _check(options)
    with closing(_open(options.file)) as recording:
        found, value = _answers(recording, options)
    stream = sys.stderr if options.json == "-" else sys.stdout
    for name, facts in found.items():
        PRINTERS[name](facts, stream)
    if options.output is not None:
        _save(value, Path(options.output))
        print(options.output, file=stream)
    if options.json:
        write_json(plain(found), options.json)
    return 0
