"""Functions of the user's that live in this process, and the code that edits put into them."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

Key = tuple[str, str, int, bytes]
"""File, name with what it is inside of, first line and places of a function: its own among all functions of a program."""

Patch = tuple[FunctionType, CodeType]


class NeedsLoading(Exception):
    """An edit reaches what only runs while a module is loaded, so that new code in live functions does not do."""


def key_of(code: CodeType, above: int = 0) -> Key:
    """The key of a function's code, whose lines count from `above`."""
    return code.co_filename, code.co_qualname, code.co_firstlineno + above, code.co_linetable


def _inner(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def _constant(value: Any) -> Any:
    """Something that is equal for constants that are the same, as 1 and 1.0 and True are not."""
    if isinstance(value, CodeType):
        return CodeType
    if isinstance(value, (tuple, frozenset)):
        return type(value).__name__, [_constant(one) for one in value]
    return type(value).__name__, repr(value)


_owns: dict[int, tuple[CodeType, Any]] = {}
"""What the codes of the files as they are do, by their ids: they are compared with every candidate."""


def remember(code: CodeType) -> None:
    """Keep what a code of the files as they are does, and the codes inside it."""
    _owns[id(code)] = code, _own(code)
    for one in _inner(code):
        remember(one)


def _own(code: CodeType) -> Any:
    """What a code does, apart from its lines and from the functions inside it."""
    if (kept := _owns.get(id(code))) is not None:
        return kept[1]
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    table = getattr(code, "co_exceptiontable", b"")
    return code.co_code, counts, names, table, [_constant(one) for one in code.co_consts]


def _is_class_body(code: CodeType) -> bool:
    return not code.co_flags & inspect.CO_OPTIMIZED


class Live:
    """The user's functions by the key of their code."""

    def __init__(self, is_users: Callable[[str], bool], loading: Collection[Key]) -> None:
        """Args: is_users: whether a file is the user's. loading: keys of code that ran while modules were loaded."""
        self._loading = loading
        self._functions: dict[Key, list[FunctionType]] = {}
        for found in gc.get_objects():
            if type(found) is FunctionType and is_users(found.__code__.co_filename):
                self._functions.setdefault(key_of(found.__code__), []).append(found)

    def patches(self, old: CodeType, new: CodeType, above: int) -> list[Patch]:
        """What to put into which functions, so that they do what an edited piece of a module says.

        Args: old, new: the codes of the piece. above: how many lines stand above it.

        Raises:
            NeedsLoading: that is not enough.
        """
        found: list[Patch] = []
        self._pair(old, new, above, (True, True), found)
        return found

    def _pair(
        self, old: CodeType, new: CodeType, above: int, on_loading: tuple[bool, bool], found: list[Patch]
    ) -> bool:
        """Compare two codes that stand at the same place, and what is inside them; whether they differ.

        Args: on_loading: whether the code around them, and they themselves, only run while a module is loaded.
        """
        around, itself = on_loading
        alone = _own(old) != _own(new)
        inner, others = _inner(old), _inner(new)
        if [one.co_name for one in inner] == [one.co_name for one in others]:
            differ = [
                self._pair(one, other, above, (itself, itself and _is_class_body(one)), found)
                for one, other in zip(inner, others, strict=True)
            ]
            if not alone and not any(differ):
                return False
        elif any(self._lives(one, above) for one in inner):
            raise NeedsLoading
        key = key_of(old, above)
        functions = self._functions.get(key, [])
        if alone and (itself or key in self._loading or (around and not functions)):
            raise NeedsLoading
        if functions and old.co_freevars != new.co_freevars:
            raise NeedsLoading
        found += [(function, new) for function in functions]
        return True

    def _lives(self, code: CodeType, above: int) -> bool:
        return key_of(code, above) in self._functions or any(self._lives(one, above) for one in _inner(code))


@contextmanager
def patched(patches: Sequence[Patch]) -> Iterator[None]:
    """Put codes into functions while the block lasts."""
    before = [(function, function.__code__) for function, _ in patches]
    try:
        for function, code in patches:
            function.__code__ = code
        yield
    finally:
        for function, code in before:
            function.__code__ = code
