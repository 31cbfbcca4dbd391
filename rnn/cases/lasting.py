"""What outlives a call of the user's code: module globals, class attributes, default arguments. Runs in a job only."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

MOST_BYTES = 64 << 20
"""Arrays are read up to so many bytes in all; what is beyond counts as unchanged."""

MOST_ITEMS, DEEPEST = 400, 4
MOST_VALUES = 50_000
"""Values are looked at up to so many in all."""

CONSTANT = (int, float, complex, str, bytes, bool, type(None))
GLOBAL, ATTRIBUTE, DEFAULT = "global", "class attribute", "default"


class _Reader:
    """Makes values comparable, within limits."""

    def __init__(self) -> None:
        self._left, self._values = MOST_BYTES, MOST_VALUES

    def print_of(self, value: Any, depth: int = 0) -> Any:
        """Something that is equal for equal contents."""
        self._values -= 1
        if isinstance(value, (str, bytes)):
            return (type(value).__name__, len(value), hash(value))
        if isinstance(value, CONSTANT):
            return (type(value).__name__, repr(value))
        if isinstance(value, np.ndarray) and value.dtype.kind != "O":
            self._left -= value.nbytes
            content = hashlib.blake2b(value.tobytes()).digest() if self._left >= 0 else b""
            return (str(value.dtype), value.shape, content)
        if depth >= DEEPEST or self._values < 0:
            return type(value).__name__
        if isinstance(value, np.random.Generator):
            return self.print_of(value.bit_generator.state, depth + 1)
        if isinstance(value, np.random.RandomState):
            return self.print_of(value.get_state(legacy=False), depth + 1)
        if isinstance(value, Mapping):
            items = list(value.items())
            some = [(repr(key)[:80], self.print_of(item, depth + 1)) for key, item in items[:MOST_ITEMS]]
            return (len(items), some)
        if isinstance(value, (list, tuple)):
            return (len(value), [self.print_of(item, depth + 1) for item in value[:MOST_ITEMS]])
        if isinstance(value, (set, frozenset)):
            return (len(value), sorted(repr(item)[:80] for item in list(value)[:MOST_ITEMS]))
        held = getattr(value, "__dict__", None)
        return (type(value).__name__, self.print_of(dict(held), depth + 1) if isinstance(held, dict) else "")


def print_of(value: Any) -> Any:
    """Something that is equal for equal contents of numbers, arrays and what holds them."""
    return _Reader().print_of(value)


def user_modules(is_users: Callable[[str], bool]) -> list[ModuleType]:
    """Loaded modules of the user's files."""
    found = []
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(module, ModuleType) and isinstance(file, str) and is_users(file):
            found.append(module)
    return found


def _functions(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    for name, value in list(vars(module).items()):
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            yield name, value
        if inspect.isclass(value) and value.__module__ == module.__name__:
            for inner, method in list(vars(value).items()):
                method = getattr(method, "__func__", method)
                if isinstance(method, FunctionType):
                    yield f"{name}.{inner}", method


def _defaults(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Parameters with a default that can be changed."""
    code, values = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount][code.co_argcount - len(values) :]
    for name, value in [*zip(names, values, strict=True), *(function.__kwdefaults__ or {}).items()]:
        if not isinstance(value, (*CONSTANT, tuple)) and not callable(value):
            yield name, value


def _data(value: Any) -> bool:
    return not (isinstance(value, (ModuleType, type, staticmethod, classmethod, property)) or callable(value))


def lasting(is_users: Callable[[str], bool]) -> dict[tuple[str, str, str, int], Any]:
    """Everything of the user's modules that outlives a call, comparable, by (kind, name, file, line)."""
    reader, found = _Reader(), {}
    for module in user_modules(is_users):
        file = str(module.__file__)
        for name, value in list(vars(module).items()):
            with suppress(Exception):  # a stranger's object may refuse anything
                if _data(value) and not name.startswith("__"):
                    found[GLOBAL, name, file, 0] = reader.print_of(value)
                if inspect.isclass(value) and value.__module__ == module.__name__:
                    for inner, held in list(vars(value).items()):
                        if _data(held) and not inner.startswith("__"):
                            found[ATTRIBUTE, f"{name}.{inner}", file, 0] = reader.print_of(held)
        for name, function in _functions(module):
            for parameter, value in _defaults(function):
                with suppress(Exception):
                    key = (DEFAULT, f"{parameter} of {name}()", file, function.__code__.co_firstlineno)
                    found[key] = reader.print_of(value)
    return found


def changed_between(
    before: Mapping[tuple[str, str, str, int], Any], after: Mapping[tuple[str, str, str, int], Any]
) -> list[dict[str, Any]]:
    """What differs between two moments: kind, name, file and line of each."""
    return [
        {"kind": kind, "name": name, "file": file, "line": line, "place": Path(file).name}
        for (kind, name, file, line), value in after.items()
        if before.get((kind, name, file, line), value) != value or (kind, name, file, line) not in before
    ]
