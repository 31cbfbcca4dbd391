"""At which steps an expression holds: by columns where it is about numbers alone, else only where something in it changed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Columns, columns_of
from .expressions import Evaluator, Unreadable, parse_expression
from .format import ARRAY, GONE, INTEGER, REAL, SCALAR, SCALAR_TYPES, TRUTH
from .recording import Recording
from .timeline import slot_rows

LARGEST_WHOLE = 1 << 26
"""Whole numbers above this are not computed with by columns: their products would leave 53 bits."""

FLOAT64 = SCALAR + SCALAR_TYPES.index("<f8")
INT64 = SCALAR + SCALAR_TYPES.index("<i8")
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip


class _NotByColumns(Exception):
    """The expression is about more than numbers; it has to be evaluated step by step."""


@dataclass(frozen=True, eq=False)
class _Column:
    """Values at many steps (float64 or bool), and where there is one at all; both (n,) or numbers."""

    values: Any
    known: Any


def _name(recording: Recording, columns: Columns, name: str, steps: Any) -> _Column:
    rows, places = columns.rows_over(name, steps)
    kinds = rows["kind"]
    if not np.isin(kinds, (INTEGER, REAL, TRUTH, FLOAT64, INT64, GONE)).all():
        raise _NotByColumns
    raw = rows["payload"]
    whole = raw.view(np.int64)
    if (np.abs(whole[np.isin(kinds, (INTEGER, INT64))].astype(float)) > LARGEST_WHOLE).any():
        raise _NotByColumns
    values = np.where(np.isin(kinds, (REAL, FLOAT64)), raw.view(np.float64), whole.astype(np.float64))
    if not len(rows):
        return _Column(np.zeros(len(steps)), np.zeros(len(steps), bool))
    return _Column(values[places], places >= 0)


class _ByColumns:
    """Evaluates an expression at many steps at once, as Python would at each of them."""

    def __init__(self, recording: Recording, steps: Any) -> None:
        self._recording, self._columns, self._steps = recording, columns_of(recording), steps

    def evaluate(self, node: ast.expr) -> _Column:
        """The values; raises `_NotByColumns`."""
        visit = getattr(self, f"_{type(node).__name__.lower()}", None)
        if visit is None:
            raise _NotByColumns
        found: _Column = visit(node)
        return found

    def _constant(self, node: ast.Constant) -> _Column:
        value = node.value
        if not isinstance(value, (int, float)) or (isinstance(value, int) and abs(value) > LARGEST_WHOLE):
            raise _NotByColumns
        return _Column(np.float64(value), np.True_)

    def _name(self, node: ast.Name) -> _Column:
        key = ("column", node.id)
        if len(self._steps) != len(self._recording):
            return _name(self._recording, self._columns, node.id, self._steps)
        if key not in self._columns.memory:
            self._columns.memory[key] = _name(self._recording, self._columns, node.id, self._steps)
        found: _Column = self._columns.memory[key]
        return found

    def _binop(self, node: ast.BinOp) -> _Column:
        if type(node.op) not in ARITHMETIC:
            raise _NotByColumns
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        known = left.known & right.known
        if isinstance(node.op, DIVISIONS) and (known & (right.values == 0)).any():
            raise _NotByColumns  # an error for numbers of Python, infinity for those of NumPy
        with np.errstate(all="ignore"):
            values = ARITHMETIC[type(node.op)](left.values, right.values)
        if (np.abs(values) > LARGEST_WHOLE**2).any():
            raise _NotByColumns
        return _Column(values, known)

    def _unaryop(self, node: ast.UnaryOp) -> _Column:
        inner = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            return _Column((inner.values == 0) * 1.0, inner.known)
        if not isinstance(node.op, (ast.USub, ast.UAdd)):
            raise _NotByColumns
        return _Column(-inner.values if isinstance(node.op, ast.USub) else inner.values, inner.known)

    def _compare(self, node: ast.Compare) -> _Column:
        left, holds, known = self.evaluate(node.left), np.True_, np.True_
        for op, part in zip(node.ops, node.comparators, strict=True):
            if type(op) not in COMPARISONS:
                raise _NotByColumns
            right = self.evaluate(part)
            known = known & (~holds | (left.known & right.known))
            holds = holds & COMPARISONS[type(op)](left.values, right.values)
            left = right
        return _Column(holds * 1.0, known)

    def _boolop(self, node: ast.BoolOp) -> _Column:
        """What comes after the part that decides is not asked for."""
        both = isinstance(node.op, ast.And)
        first = self.evaluate(node.values[0])
        holds, known = first.values != 0, first.known
        for part in node.values[1:]:
            one = self.evaluate(part)
            going_on = holds if both else ~holds
            known = known & (~going_on | one.known)
            holds = np.where(going_on, one.values != 0, holds)
        return _Column(holds * 1.0, known)


def _holds(recording: Recording, node: ast.expr, step: int) -> bool:
    try:
        with np.errstate(all="ignore"):
            value = Evaluator(recording.scope(step)).evaluate(node)
            return bool(value.any() if isinstance(value, np.ndarray) and value.dtype.kind == "b" else value)
    except (Unreadable, ValueError, TypeError, MemoryError, RecursionError):
        return False


def _events(columns: Columns, node: ast.expr) -> Any:
    """Steps, ascending, at which the value may begin to be another one."""
    rows = slot_rows(columns, node)
    storages = (rows["payload"][rows["kind"] == ARRAY] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    changed = np.isin(columns.versions["storage"], np.unique(storages))
    return np.unique(np.concatenate([rows["step"], columns.versions["step"][changed]]).astype(np.int64))


def _where_changed(recording: Recording, node: ast.expr) -> Any:
    """Truth at every step: evaluated where something mentioned changed since the call's step before."""
    columns, steps = columns_of(recording), np.arange(len(recording))
    seen = np.searchsorted(_events(columns, node), steps, "right")
    previous = columns.previous
    looked = (previous < 0) | (seen != seen[previous])
    named = np.zeros(len(steps), bool)
    for name in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}:
        named |= columns.rows_over(name, steps)[1] >= 0
    truth = np.zeros(len(steps), bool)
    for step in np.flatnonzero(looked & named).tolist():
        truth[step] = _holds(recording, node, step)
    order = np.argsort(columns.frame, kind="stable")
    # A call's first step is always looked at, so that nothing is carried over from another call.
    last = np.maximum.accumulate(np.where(looked[order], steps, 0))
    truth[order] = truth[order][last]
    return truth


def holds_at(recording: Recording, expression: str, steps: Any) -> Any:
    """Whether an expression holds at given steps; false where a name in it has no value there.

    An array of truths holds where any of them does.

    Args:
        recording: to ask. expression: as `expressions.Evaluator` takes it. steps (n,): after which.

    Returns:
        bool (n,).

    Raises:
        Unreadable: it is no expression.
    """
    node = parse_expression(expression)
    try:
        column = _ByColumns(recording, steps).evaluate(node)
    except _NotByColumns:
        return np.array([_holds(recording, node, step) for step in steps.tolist()], bool)
    return np.broadcast_to((column.values != 0) & column.known, len(steps))


def truth_of(recording: Recording, expression: str) -> Any:
    """Whether an expression holds, at every step (n,), for the names of the call that executes it; as `holds_at`."""
    node, steps = parse_expression(expression), np.arange(len(recording))
    try:
        column = _ByColumns(recording, steps).evaluate(node)
    except _NotByColumns:
        return _where_changed(recording, node)
    return np.broadcast_to((column.values != 0) & column.known, len(steps))
