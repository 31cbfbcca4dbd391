"""Which function a call in a statement has called, and so who answers for what it wrote."""

from __future__ import annotations

import ast
import builtins
import types
from typing import Any

import numpy as np

from .live import SeenValues
from .looking import MISSING, MODULE_OF, is_array, method
from .sources import Sources

RECORDED, SEEN, UNSEEN = range(3)
"""The function's own lines are recorded; it writes into nothing but what it is given; nobody knows what it writes."""

ANYTHING = frozenset(
    {"exec", "eval", "__import__", "compile", "input", "breakpoint", "delattr", "globals", "locals", "vars"}
)
BUILT_IN = (list, dict, set, str, tuple, bytes, bytearray, frozenset, int, float, complex, bool)
C_FUNCTIONS = (
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)
KNOWN_MODULES = frozenset(
    {"numpy", "builtins", "math", "operator", "itertools", "functools", "_functools", "copy", "random"}
)


def _known_module(name: Any) -> bool:
    return isinstance(name, str) and name.partition(".")[0] in KNOWN_MODULES


class Callees:
    """Tells them apart."""

    def __init__(self, sources: Sources) -> None:
        """Args: sources: know whose code is recorded."""
        self._sources = sources

    def judge(self, function: ast.expr, seen: SeenValues) -> int:
        """One of `RECORDED`, `SEEN` and `UNSEEN` for the expression of a function that was called."""
        if isinstance(function, ast.Name):
            value = seen.find(function)
            if value is MISSING:
                known = hasattr(builtins, function.id) and function.id not in ANYTHING
                return SEEN if known else UNSEEN
            return self._value(value)
        if not isinstance(function, ast.Attribute):
            value = seen.find(function)
            return UNSEEN if value is MISSING else self._value(value)
        receiver = seen.find(function.value)
        if receiver is MISSING:
            return UNSEEN
        kind = type(receiver)
        if (
            is_array(receiver)
            or any(kind is one for one in BUILT_IN)
            or (_known_module(MODULE_OF(kind)) and kind is not type)
        ):
            if kind is not types.ModuleType:
                return SEEN
        return self._value(method(receiver, function.attr))

    def _value(self, value: Any, deep: int = 0) -> int:
        """Judge what is called itself."""
        kind = type(value)
        if kind is types.MethodType:
            value = value.__func__
            kind = type(value)
        if kind is types.FunctionType:
            return self._sources.judge(value.__code__)
        if kind is np.ufunc or MODULE_OF(kind) == "numpy":
            return SEEN
        if any(kind is one for one in C_FUNCTIONS):
            return (
                SEEN if _known_module(value.__module__ if kind is types.BuiltinFunctionType else "builtins") else UNSEEN
            )
        if issubclass(kind, type):
            return self._class(value)
        if value is MISSING or deep:
            return UNSEEN
        return self._value(method(value, "__call__"), deep + 1)

    def _class(self, value: Any) -> int:
        """Judge the making of an instance."""
        worst = RECORDED
        for name in ("__new__", "__init__"):
            made = method(value, name)
            if type(made) is types.FunctionType:
                worst = max(worst, self._sources.judge(made.__code__))
            elif made is not getattr(object, name) and not _known_module(MODULE_OF(value)):
                return UNSEEN
        return worst
