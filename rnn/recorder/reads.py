"""Which arrays a step read, or which parts of them, according to its source and the recorded values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .expressions import Evaluator, Unreadable
from .places import TRANSPOSED, Locator, before
from .plans import bound_names
from .recording import Held, Recording, Scope
from .statements import expressions_of

ACCESS = (ast.Name, ast.Attribute, ast.Subscript)
ABOUT = frozenset({"shape", "size", "ndim", "dtype", "nbytes", "strides"})
"""Attributes that tell about an array without reading its values."""


@dataclass(frozen=True, eq=False)
class Read:
    """An array that a statement read.

    Attributes:
        node: the expression in the source, without `.T`. text: of the node.
        value: as it was before the statement, read-only; of shape () for a single entry.
        storage: where it lies.
        items: numbers of its items (n,), in the order of `value.ravel()`; item n begins at byte n * itemsize.
        itemsize: bytes of an item.
    """

    node: ast.expr
    text: str
    value: Any
    storage: int
    items: Any
    itemsize: int


class _Reader:
    """Collects what one step read."""

    def __init__(self, scope: Scope) -> None:
        self._locator, self._evaluator = Locator(scope), Evaluator(scope)
        self.found: dict[str, Read] = {}

    def visit(self, node: ast.AST, bound: frozenset[str]) -> None:
        """Look into an expression."""
        if isinstance(node, ACCESS):
            self._access(node, bound)
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            self.visit(node.func.value, bound)
            children: list[ast.AST] = [*node.args, *node.keywords]
        else:
            children = list(ast.iter_child_nodes(node))
        for child in children:
            self.visit(child, bound)

    def _access(self, node: ast.expr, bound: frozenset[str]) -> None:
        """The longest part of an access that is an array; then the indices in it."""
        part: ast.expr = node
        while isinstance(part, ACCESS):
            if self._take(part, bound):
                break
            if isinstance(part, ast.Name) or (isinstance(part, ast.Attribute) and part.attr in ABOUT):
                break
            part = part.value
        else:
            self.visit(part, bound)
        part = node
        while isinstance(part, (ast.Attribute, ast.Subscript)):
            if isinstance(part, ast.Subscript):
                self.visit(part.slice, bound)
            part = part.value

    def _take(self, node: ast.expr, bound: frozenset[str]) -> bool:
        while isinstance(node, ast.Attribute) and node.attr in TRANSPOSED:
            node = node.value
        if bound and any(isinstance(part, ast.Name) and part.id in bound for part in ast.walk(node)):
            return False
        try:
            place = self._locator.locate(node)
            if isinstance(place, Held):
                return True
            text = ast.unparse(node)
            if text not in self.found:
                value = np.asarray(self._evaluator.evaluate(node))
                value.flags.writeable = False
                self.found[text] = Read(node, text, value, place.storage, place.items, place.itemsize)
            return True
        except Unreadable:
            return False


def read_regions(recording: Recording, step: int) -> list[Read]:
    """Every array that a step's statement read, as it was before: whole, or the part that an index names.

    `dcdHin[t]`, `self.W`, `cache[t]['h']`, without `.T`; the target of `+=` too. Inside comprehensions, an array whose index
    is not known counts as read whole.

    Args:
        recording: to ask. step: number of the step.
    """
    one = recording.step(step)
    start = before(recording, step)
    if start < 0:
        return []
    reader = _Reader(recording.scope(start, one.frame))
    visit: Callable[[ast.AST, frozenset[str]], None] = reader.visit
    for node in one.statement.parts():
        for expression in expressions_of(node):
            _visit_expression(node, expression, visit)
    return list(reader.found.values())


def _visit_expression(statement: ast.AST, node: ast.expr, visit: Callable[[ast.AST, frozenset[str]], None]) -> None:
    """Visit what is read of an expression: of targets of plain `=`, only the indices and containers in them."""
    bound = frozenset(bound_names(node))
    targets = list(getattr(statement, "targets", ())) or [getattr(statement, "target", None)]
    if isinstance(statement, ast.AugAssign) or node not in targets:
        visit(node, bound)
        return
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, (ast.Store, ast.Del)):
            visit(part.slice, bound)
