"""Evaluates a statement's expressions on recorded values, with some of them replaced, and containers opened."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..recorder.expressions import Evaluator, Resolver, Unreadable
from ..recorder.format import MAPPING, SEQUENCE
from ..recorder.recording import Held

MOST_ENTRIES = 1000
ACCESS = (ast.Name, ast.Attribute, ast.Subscript)


def opened(value: Any) -> Any:
    """A recorded list or tuple as a list of its values; anything else as it is."""
    if isinstance(value, Held) and value.recording.tables.owners[value.owner][0] == SEQUENCE:
        keys = [key for key in value.keys() if key.startswith("[")]
        if len(keys) > MOST_ENTRIES:
            raise Unreadable("the container has too many entries")
        return [opened(value.get(key)) for key in keys]
    return value


def _zipped(*parts: Any) -> list[Any]:
    return [tuple(group) for group in zip(*parts, strict=False)]


ORDERINGS: dict[str, Callable[..., Any]] = {
    "list": list,
    "tuple": tuple,
    "reversed": lambda part: list(part)[::-1],
    "zip": _zipped,
    "enumerate": lambda part: list(enumerate(part)),
    "range": lambda *ends: list(range(*ends)),
    "sum": lambda part: sum(part[1:], start=part[0]) if len(part) else 0,
}
"""Built-in functions that only arrange, or add up, what they are given."""


class Lookup(Evaluator):
    """Evaluates with some nodes' values given, comprehensions over recorded containers included."""

    def __init__(
        self, resolver: Resolver, given: Mapping[int, Any], functions: Mapping[int, ast.Lambda] | None = None
    ) -> None:
        """Args: resolver: of names; given: values by the `id` of their node; functions: what calls call, likewise."""
        super().__init__(resolver)
        self._given, self._functions = given, functions or {}
        self._own: dict[str, Any] = {}

    def evaluate(self, node: ast.expr) -> Any:
        """The given value of a node, or what it evaluates to."""
        return self._given[id(node)] if id(node) in self._given else super().evaluate(node)

    def _name(self, node: ast.Name) -> Any:
        return self._own[node.id] if node.id in self._own else super()._name(node)

    def _subscript(self, node: ast.Subscript) -> Any:
        value = self.evaluate(node.value)
        if isinstance(value, (Held, list)):
            key = self.evaluate(node.slice)
            if isinstance(value, list) or isinstance(key, slice):
                found = opened(value)
                return found[key] if isinstance(found, list) else super()._subscript(node)
        return super()._subscript(node)

    def _call(self, node: ast.Call) -> Any:
        if id(node) in self._functions:
            return self._inline(self._functions[id(node)], node)
        if isinstance(node.func, ast.Name) and node.func.id in ORDERINGS and not node.keywords:
            parts = [opened(self.evaluate(part)) for part in node.args]
            if all(isinstance(part, (list, tuple, np.ndarray, int)) for part in parts):
                return ORDERINGS[node.func.id](*parts)
        parts = [*node.args, *(word.value for word in node.keywords)]
        held = {id(part): self.evaluate(part) for part in parts if isinstance(part, ACCESS)}
        lists = {key: opened(value) for key, value in held.items() if isinstance(value, Held)}
        if not lists:
            return super()._call(node)
        before = self._given
        self._given = {**before, **{key: value for key, value in lists.items() if isinstance(value, list)}}
        try:
            return super()._call(node)
        finally:
            self._given = before

    def _inline(self, function: ast.Lambda, node: ast.Call) -> Any:
        """The value of a lambda's body."""
        values = [self.evaluate(part) for part in node.args]
        before = dict(self._own)
        try:
            self._own.update(zip((one.arg for one in function.args.args), values, strict=True))
            return self.evaluate(function.body)
        finally:
            self._own = before

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> Any:
        if len(node.generators) != 1 or node.generators[0].ifs:
            raise Unreadable(f"{ast.unparse(node)} is more than this evaluator does")
        generator, before = node.generators[0], dict(self._own)
        try:
            return [self._with(generator.target, item, node.elt) for item in self._items(generator.iter)]
        finally:
            self._own = before

    _generatorexp = _listcomp

    def _items(self, node: ast.expr) -> Iterator[Any]:
        value = self.evaluate(node)
        if isinstance(value, Held) and value.recording.tables.owners[value.owner][0] == MAPPING:
            raise Unreadable("the keys of a dictionary are no arrays")
        found = opened(value)
        if not isinstance(found, (list, tuple, np.ndarray)) or len(found) > MOST_ENTRIES:
            raise Unreadable(f"{ast.unparse(node)} can't be gone through")
        yield from found

    def _with(self, target: ast.expr, item: Any, node: ast.expr) -> Any:
        if isinstance(target, ast.Name):
            self._own[target.id] = item
        elif (
            isinstance(target, (ast.Tuple, ast.List))
            and isinstance(item, (tuple, list))
            and len(item) == len(target.elts)
        ):
            for part, value in zip(target.elts, item, strict=True):
                if not isinstance(part, ast.Name):
                    raise Unreadable("such a target is not followed")
                self._own[part.id] = value
        else:
            raise Unreadable("such a target is not followed")
        return self.evaluate(node)
