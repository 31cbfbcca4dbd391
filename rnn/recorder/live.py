"""Values as the recorder knows them at this moment: proves that a statement can be carried out again from the recording."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from .expressions import IN_PLACE, Evaluator, Unreadable, numpy_name
from .format import ARRAY, INTEGER, NOTHING, OWNER, REAL, SCALAR, SCALAR_TYPES, TEXT, TRUTH
from .slots import INTEGER_BITS, MISSING, REAL_BITS, WORD, Owner, Slots, instance_dict


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
            return self._slots.by_number[found[1]]
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
        return self._value(value, self._slots.key_of(key))

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
    except (Unreadable, ValueError, TypeError, ArithmeticError, MemoryError):
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
        """The object behind a name, an attribute or an entry; an array for a part of an array."""
        if isinstance(node, ast.Name):
            value = self._names.get(node.id, MISSING)
            return self._others.get(node.id, MISSING) if value is MISSING else value
        if isinstance(node, ast.Attribute):
            inner = self.find(node.value)
            if inner is MISSING or isinstance(inner, np.ndarray):
                return inner
            slots = instance_dict(inner)
            return MISSING if slots is None else slots.get(node.attr, MISSING)
        if isinstance(node, ast.Subscript):
            inner = self.find(node.value)
            return inner if inner is MISSING or isinstance(inner, np.ndarray) else entry(inner, self.key(node.slice))
        return MISSING

    def key(self, node: ast.expr) -> Any:
        """The value of a simple index: numbers, names of numbers, sums of them, slices; `MISSING` for anything else."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            value = self.find(node)
            if isinstance(value, np.ndarray):
                return self._number_in(value, node)
            return value if type(value) in (int, str, bool) or isinstance(value, np.integer) else MISSING
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            left, right = self.key(node.left), self.key(node.right)
            if type(left) is int and type(right) is int:
                return left + right if isinstance(node.op, ast.Add) else left - right
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

    def _number_in(self, array: Any, node: ast.expr) -> Any:
        """A whole number in an array, as in `targets[t]`."""
        if not isinstance(node, ast.Subscript) or type(array) is not np.ndarray or array.dtype.kind not in "iu":
            return MISSING
        key = self.key(node.slice)
        if type(key) is int and array.ndim == 1 and -len(array) <= key < len(array):
            return int(array[key])
        return MISSING


def entry(container: Any, key: Any) -> Any:
    """An entry of a built-in container, had without running code of the user; `MISSING` where there is none."""
    kind = type(container)
    if key is MISSING:
        return MISSING
    if issubclass(kind, dict) and (type(key) in (int, str, bool) or isinstance(key, np.integer)):
        return dict.get(container, key, MISSING)
    if issubclass(kind, (list, tuple)) and type(key) is int:
        plain = list if issubclass(kind, list) else tuple
        return (
            plain.__getitem__(container, key)
            if -plain.__len__(container) <= key < plain.__len__(container)
            else MISSING
        )
    return MISSING
