"""Values as the recorder knows them at this moment: proves that a statement can be carried out again from the recording."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from .expressions import IN_PLACE, Evaluator, Unreadable, numpy_name
from .format import ARRAY, INTEGER, NOTHING, OWNER, REAL, SCALAR, SCALAR_TYPES, TRUTH
from .looking import MISSING, attribute, entry, instance_dict, is_array, is_plain_key, plain_array
from .slots import INTEGER_BITS, REAL_BITS, WORD, Owner, Slots

__all__ = [
    "LiveResolver",
    "SeenValues",
    "entry",
    "gives_the_same",
    "instance_dict",
    "is_basic",
    "part_of",
    "plain_value",
]


def plain_value(kind: int, payload: int) -> Any:
    """The number, truth or None that a slot's kind and payload stand for; `MISSING` for anything else."""
    if kind == INTEGER:
        return INTEGER_BITS.unpack(WORD.pack(payload))[0]
    if kind == REAL:
        return REAL_BITS.unpack(WORD.pack(payload))[0]
    if kind == TRUTH:
        return bool(payload)
    if kind == NOTHING:
        return None
    if kind >= SCALAR:
        dtype = np.dtype(SCALAR_TYPES[kind - SCALAR])
        return np.frombuffer(WORD.pack(payload)[: dtype.itemsize], dtype)[0]
    return MISSING


class LiveResolver:
    """Answers from what has been recorded so far, and from nothing else."""

    def __init__(self, slots: Slots, owners: tuple[Owner, ...], aliases: Mapping[str, str]) -> None:
        """Args: owners: where names are looked for, in order."""
        self._slots, self._owners, self._aliases = slots, owners, aliases

    def _value(self, owner: Owner, key: str) -> Any:
        found = owner.known.get(key)
        if found is None:
            raise Unreadable(f"{key} is not recorded")
        if found[0] == ARRAY:
            view = self._slots.view(found)
            if view is None:
                raise Unreadable(f"the values of {key} are not kept")
            return view
        if found[0] == OWNER:
            held = self._slots.by_number.get(found[1])
            if held is None:
                raise Unreadable(f"{key} is gone")
            return held
        value = plain_value(*found)
        if value is MISSING:
            raise Unreadable(f"{key} is no number")
        return value

    def name(self, name: str) -> Any:
        """The value of a name."""
        for owner in self._owners:
            if name in owner.known:
                return self._value(owner, name)
        raise Unreadable(f"{name} is not recorded")

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of an object."""
        if not isinstance(value, Owner):
            raise Unreadable(f".{name} of a number")
        return self._value(value, f".{name}")

    def item(self, value: Any, key: Any) -> Any:
        """An entry of a container."""
        if not isinstance(value, Owner):
            raise Unreadable("an entry of a number")
        if isinstance(key, int) and key < 0 and value.length:
            key += value.length
        return self._value(value, self._slots.key_of(value, key))

    def function(self, dotted: str) -> str:
        """What a dotted name means in NumPy."""
        return numpy_name(dotted, self._aliases)


def gives_the_same(node: ast.AugAssign, before: Any, after: Any, resolver: LiveResolver) -> bool:
    """Whether carrying out `X += expression` on recorded values gives the bits that the code got.

    Args:
        node: the statement. before, after: X's values (before is changed).
    """
    names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    target = {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
    if isinstance(node.target, ast.Name) and names & target:
        return False
    try:
        with np.errstate(all="ignore"):
            result = IN_PLACE[type(node.op)](before, Evaluator(resolver).evaluate(node.value))
    except (Unreadable, ValueError, TypeError, ArithmeticError, MemoryError, RecursionError):
        return False
    return isinstance(result, np.ndarray) and result is before and result.tobytes() == after.tobytes()


class SeenValues:
    """Looks up simple expressions among live values, without running code of the user; `MISSING` where it can't."""

    def __init__(self, names: Mapping[str, Any], others: Mapping[str, Any]) -> None:
        """Args: names: local ones; others: global ones."""
        self._names, self._others = names, others

    def local(self, name: str) -> Any:
        """The value of a local name."""
        return self._names.get(name, MISSING)

    def find(self, node: ast.expr) -> Any:
        """The object that a path of names, attributes and entries means; parts of arrays as views of them."""
        if isinstance(node, ast.Name):
            value = self._names.get(node.id, MISSING)
            return self._others.get(node.id, MISSING) if value is MISSING else value
        if isinstance(node, ast.Attribute):
            inner = self.find(node.value)
            if inner is MISSING:
                return MISSING
            if is_array(inner):
                return plain_array(inner).T if node.attr == "T" else MISSING
            return attribute(inner, node.attr)
        if isinstance(node, ast.Subscript):
            inner = self.find(node.value)
            if inner is MISSING:
                return MISSING
            key = self.key(node.slice)
            return part_of(plain_array(inner), key) if is_array(inner) else entry(inner, key)
        return MISSING

    def behind(self, node: ast.expr) -> Any:
        """What a write through an expression can reach: what it means, or the first thing inside it that can be found."""
        while (found := self.find(node)) is MISSING:
            if not isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
                return MISSING
            node = node.value
        return found

    def key(self, node: ast.expr) -> Any:
        """The value of a simple index: numbers, names of numbers, sums of them, slices; `MISSING` for anything else."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            value = self.find(node)
            return value if is_plain_key(value) and value is not None else MISSING
        if isinstance(node, ast.BinOp) and type(node.op) in WHOLE:
            left, right = self.key(node.left), self.key(node.right)
            plain = type(left) is int and type(right) is int
            try:
                return WHOLE[type(node.op)](left, right) if plain else MISSING
            except ZeroDivisionError:
                return MISSING
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.key(node.operand)
            return -value if type(value) is int else MISSING
        if isinstance(node, ast.Tuple):
            parts = tuple(self.key(part) for part in node.elts)
            return MISSING if any(part is MISSING for part in parts) else parts
        if isinstance(node, ast.Slice):
            parts = tuple(None if part is None else self.key(part) for part in (node.lower, node.upper, node.step))
            return MISSING if any(part is MISSING for part in parts) else slice(*parts)
        return MISSING


WHOLE: dict[type[ast.operator], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}  # fmt: skip


def is_basic(key: Any) -> bool:
    """Whether an array's part under a key is a view: whole numbers, slices, `None`, `...`, and tuples of them."""
    kind = type(key)
    if kind is tuple:
        return all(type(part) is not tuple and is_basic(part) for part in key)
    if kind is slice:
        return all(part is None or is_basic(part) for part in (key.start, key.stop, key.step))
    return kind is int or key is None or key is Ellipsis or issubclass(kind, np.integer)


def part_of(array: Any, key: Any) -> Any:
    """A part of a plain array as a view, a number where it is one; `MISSING` where there is no such part."""
    if key is MISSING or not is_basic(key):
        return MISSING
    try:
        return array[key]
    except IndexError:
        return MISSING
