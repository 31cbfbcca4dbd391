"""Keeping JAX's values beside a recording in a file: a JSON index and plain arrays, every size checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import AnyArray, Gradients, Trace
from ..blame.matching import Match
from ..blame.packing import STACKS, Packing
from ..blame.quantities import Truth
from ..cases.quantities import cell_records
from ..container import ContainerReader
from ..container_writer import ContainerWriter
from ..errors import InputError
from ..problem import Problem, check, network_for, remade
from ..settings import ProblemSettings
from .beside import Beside, Rows
from .laying import Arrangement
from .right import Right

KIND = "beside"
COLUMNS = tuple(field.name for field in fields(Rows))
PLAIN_COLUMNS = ("key", "step", "t", "start", "stop", "before", "flags")


def save_beside(beside: Beside, path: Path) -> None:
    """Write it into a file; raises `InputError` where that is not possible."""
    truth, problem = beside.right.truth, beside.right.truth.problem
    with ContainerWriter(path) as writer:
        groups: dict[str, Mapping[str, AnyArray]] = {
            "params": problem.parameters,
            "data": problem.data(),
            "trace": {**truth.trace.steps, "y": truth.trace.y},
            "gradients": truth.gradients.named(),
            "rows": {name: getattr(beside.rows, name) for name in COLUMNS},
            "turns": {"of": beside.turn, "times": beside.times, "worst": beside.worst},
        }
        for group, arrays in groups.items():
            for name, array in arrays.items():
                writer.add(f"{group}/{name}", np.asarray(array))
        writer.finish(
            {
                "kind": KIND,
                "settings": problem.settings.to_json(),
                "dtype": problem.dtype,
                "loss": truth.trace.loss,
                "packing": asdict(beside.right.packing),
                "matches": [asdict(one) for one in beside.matches],
                "arrangements": {str(key): asdict(one) for key, one in beside.arrangements.items()},
                "findings": list(beside.findings),
                "note": beside.note,
            }
        )


def load_beside(path: Path) -> Beside:
    """Read it back.

    Raises:
        InputError: the file holds none, or what it holds does not fit together.
    """
    with ContainerReader(path) as reader:
        if reader.index.get("kind") != KIND:
            raise InputError(f"{path} holds {reader.index.get('kind', 'something unknown')!r}, expected JAX's values")
        index, arrays = reader.index, {name: reader.read(name) for name in reader.names()}
    try:
        return _beside(index, arrays)
    except (InputError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise InputError(f"{path} is altered: what it says makes no sense ({error}); ask JAX again") from error


def _need(fits: Any, what: str) -> None:
    if not bool(fits):
        raise ValueError(what)


def _group(arrays: Mapping[str, AnyArray], group: str) -> dict[str, AnyArray]:
    start = f"{group}/"
    return {name.removeprefix(start): value for name, value in arrays.items() if name.startswith(start)}


def _beside(index: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Beside:
    truth = _truth(index, arrays)
    matches = tuple(_match(one) for one in index["matches"])
    rows = _rows(_group(arrays, "rows"), len(matches), truth.problem.sizes["T"])
    turns = _group(arrays, "turns")
    turn, times, worst = (turns[name] for name in ("of", "times", "worst"))
    _need(turn.ndim == times.ndim == 1 and turn.shape == worst.shape and len(turn), "iterations")
    _need(turn.dtype.kind == times.dtype.kind == "i" and worst.dtype == "float32", "types of iterations")
    _need((turn >= -1).all() and (turn < len(times)).all(), "iterations point nowhere")
    arranged = {int(key): _arrangement(one) for key, one in index["arrangements"].items()}
    _need(all(0 <= key < len(rows.keys) for key in arranged), "arrangements point nowhere")
    findings = tuple(index["findings"])
    _need(all(isinstance(one, Mapping) for one in findings), "findings")
    right = Right(truth, _packing(index["packing"], truth))
    return Beside(right, matches, rows, arranged, turn, times, worst, findings, str(index["note"]))


def _truth(index: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Truth:
    settings = ProblemSettings.from_json(dict(index["settings"]))
    data, trace, gradients = (_group(arrays, name) for name in ("data", "trace", "gradients"))
    network, dtype = network_for(settings), str(index["dtype"])
    known = (("x", 3), ("loss_weights", 2), *((name, 2) for name in network.start_names()))
    _need(all(data[name].ndim == n for name, n in known), "shapes of the data")
    _need(dtype in ("float64", "float32"), "type of numbers")
    problem = check(remade(network, _group(arrays, "params"), data, dtype, settings))
    sizes, shapes = problem.sizes, _shapes(problem)
    _need(set(shapes) == {*trace, *gradients}, "values are missing")
    for name, value in {**trace, **gradients}.items():
        _need(value.shape == shapes[name] and value.dtype.kind == "f", f"shape of {name}")
    whole = {name: gradients[name] for name in gradients if name[1:] in problem.parameters}
    starts = {name: gradients[name] for name in gradients if name[1:] in problem.starts}
    steps = {name: value for name, value in gradients.items() if name not in whole and name not in starts}
    kept = {name: value for name, value in trace.items() if name != "y"}
    _need(all(len(value) == sizes["T"] for value in steps.values()), "steps")
    return Truth(problem, Trace(kept, trace["y"], float(index["loss"])), Gradients(whole, steps, starts))


def _shapes(problem: Problem) -> dict[str, tuple[int, ...]]:
    """Shapes of the trace and of all gradients."""
    steps, batch, inputs, hidden, outputs = (problem.sizes[name] for name in "TBDHK")
    network = problem.network
    records = [name + unit.suffix for unit in network.units for name in cell_records(network)]
    own = dict.fromkeys([*records, *network.quantities(), *(["e"] if network.embedding else [])], (steps, batch, hidden))
    ends = {"dy": outputs, "dx": inputs, "de": inputs, "e": inputs}
    own |= {name: (steps, batch, width) for name, width in ends.items() if name in own}
    sums = {f"d{name}": tuple(value.shape) for name, value in problem.parameters.items()}
    starts = {f"d{name}": (batch, hidden) for name in problem.starts}
    return {"y": (steps, batch, outputs), **own, **sums, **starts}


def _packing(values: Mapping[str, Any], truth: Truth) -> Packing:
    orders, stacks = (tuple(str(one) for one in values[name]) for name in ("orders", "stacks"))
    gates = sorted(truth.problem.network.cell_object.gates)
    _need(all(sorted(order) == gates for order in orders) and bool(orders) == bool(gates), "orders of gates")
    _need(set(stacks) <= set(STACKS), "stacks")
    return Packing(orders, stacks)


def _match(values: Mapping[str, Any]) -> Match:
    match = Match(**{**values, "shape": tuple(values["shape"])})
    texts = (match.function, match.path, match.quantity, match.form)
    _need(all(isinstance(text, str) for text in texts) and isinstance(match.certainty, float | int), "a match")
    _need(all(type(n) is int for n in (match.right, match.seen, *match.shape)), "numbers of a match")
    return match


def _arrangement(values: Mapping[str, Any]) -> Arrangement:
    shape, order = (tuple(int(n) for n in values[name]) for name in ("shape", "order"))
    how = Arrangement(shape, int(values["axis"]), int(values["first"]), int(values["stride"]), order)
    _need(0 <= how.axis < len(shape) and sorted(order) == list(range(len(order))), "an arrangement")
    _need(how.stride in (1, -1) and min(shape) >= 0, "an arrangement")
    return how


def _rows(found: Mapping[str, AnyArray], matches: int, steps: int) -> Rows:
    rows = Rows(**{name: found[name] for name in COLUMNS})
    count = len(rows.key)
    whole = [getattr(rows, name) for name in PLAIN_COLUMNS]
    _need(all(one.shape == (count,) and one.dtype.kind == "i" for one in whole), "rows")
    _need(all(one.shape == (count,) and one.dtype == "float64" for one in (rows.error, rows.relative)), "errors")
    _need(rows.keys.ndim == 2 and rows.keys.shape[1] == 4 and rows.keys.dtype.kind == "i", "keys")
    _need(rows.chain.ndim == 1 and rows.chain.dtype.kind == "i", "steps of sums")
    _need(((rows.chain >= 0) & (rows.chain < steps)).all(), "steps of sums point nowhere")
    _need((rows.start >= 0).all() and (rows.start <= rows.stop).all() and (rows.stop <= len(rows.chain)).all(), "sums")
    _need((rows.before >= -1).all() and (rows.before < count).all() and (rows.step >= 0).all(), "rows point nowhere")
    _need(((rows.key >= 0) & (rows.key < len(rows.keys))).all(), "rows have no key")
    heads = rows.keys[:, 3]
    _need((rows.keys >= 0).all() and (rows.keys[:, 0] < matches).all(), "keys point nowhere")
    _need((heads[1:] >= heads[:-1]).all() and (heads <= count).all(), "keys are out of order")
    return rows
