"""Which lambda a call calls: lambdas leave no steps of their own, so the one is taken that gives what the statement gave."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..parsing import parse_module
from ..recorder.expressions import BUILTINS, METHODS, Unreadable, dotted_name, numpy_name
from ..recorder.format import ARRAY
from .lookup import ORDERINGS, Lookup

if TYPE_CHECKING:
    from .flow import Flow

MOST_LAMBDAS = 30


def called_lambdas(flow: Flow, step: int) -> dict[int, ast.Lambda]:
    """Lambdas by the `id` of the call's node; empty where there are none, or none that fits."""
    file = flow.recording.file_of(int(flow.recording.steps[step]["statement"]))
    known = flow.given(step)
    calls = [
        part
        for node in flow.statement(step).nodes
        if not isinstance(node, (ast.For, ast.While, ast.If, ast.With, ast.FunctionDef, ast.ClassDef))
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and id(part) not in known and _is_unknown(part, file.aliases)
    ]
    if not calls or not file.table.text:
        return {}
    lambdas = [node for node in ast.walk(parse_module(file.table.text)) if isinstance(node, ast.Lambda)][:MOST_LAMBDAS]
    for one in lambdas:
        chosen = {id(call): one for call in calls if len(call.args) == len(one.args.args) and not call.keywords}
        if chosen and any(_gives(flow, step, node, chosen) for node in _values(flow, step)):
            return chosen
    return {}


def _is_unknown(call: ast.Call, aliases: Mapping[str, str]) -> bool:
    """Whether a call is of nothing that the evaluator knows."""
    name = dotted_name(call.func)
    if numpy_name(name, aliases) or name in BUILTINS or name in ORDERINGS:
        return False
    return not (isinstance(call.func, ast.Attribute) and call.func.attr in METHODS)


def _values(flow: Flow, step: int) -> Iterator[ast.expr]:
    for node in flow.statement(step).nodes:
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr):
            yield value


def _gives(flow: Flow, step: int, node: ast.expr, chosen: dict[int, ast.Lambda]) -> bool:
    """Whether the statement's value comes out as one of the arrays that it made or wrote."""
    try:
        value = Lookup(flow.scope(step - 1, flow.frame(step)), flow.given(step), chosen).evaluate(node)
    except Unreadable:
        return False
    if not isinstance(value, np.ndarray):
        return False
    return any(
        one.size == value.size and np.allclose(one.ravel(), value.ravel(), rtol=1e-9) for one in _made(flow, step)
    )


def _made(flow: Flow, step: int) -> Iterator[Any]:
    for row in flow.memory.bindings_at(step):
        if row["kind"] == ARRAY:
            yield flow.value(row, step)
    for storage, writes in flow.told.items():
        for write in writes:
            if write.step == step:
                yield flow.data(storage, step)[write.items]
