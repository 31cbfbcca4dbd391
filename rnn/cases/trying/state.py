"""What outlives a call of the user's code, kept and put back, so that every run starts from the same."""

from __future__ import annotations

import functools
import random
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...arrays import AnyArray

MOST_BYTES, MOST_VALUES = 8 << 20, 20_000
"""Arrays and containers are kept up to so much in all, as they are looked at before every run."""

PLAIN = (int, float, complex, str, bytes, bool, type(None), np.generic, range, type(...))

Restore = Callable[[], None]


def _of_dict(holder: dict[Any, Any]) -> Restore:
    was = dict(holder)

    def restore() -> None:
        if not _unchanged(holder, was):
            holder.clear()
            holder.update(was)

    return restore


def _unchanged(now: Any, was: Any) -> bool:
    """Whether containers hold the same objects, or equal plain ones; a stranger's comparison that fails is a change."""
    try:
        return bool(now == was)
    except Exception:
        return False


def _of_list(holder: list[Any]) -> Restore:
    was = list(holder)

    def restore() -> None:
        if not _unchanged(holder, was):
            holder[:] = was

    return restore


def _of_set(holder: set[Any] | deque[Any]) -> Restore:
    was = holder.copy()

    def restore() -> None:
        if not _unchanged(holder, was):
            holder.clear()
            holder.update(was) if isinstance(holder, set) else holder.extend(was)

    return restore


def _of_class(holder: type) -> Restore:
    was = dict(vars(holder))

    def restore() -> None:
        now = dict(vars(holder))
        if not _unchanged(now, was):
            for name in now.keys() - was.keys():
                delattr(holder, name)
            for name, value in was.items():
                if now.get(name) is not value:
                    setattr(holder, name, value)

    return restore


def _of_array(holder: AnyArray) -> Restore:
    was, content = holder.copy(), holder.tobytes()

    def restore() -> None:
        if holder.shape != was.shape:
            holder.shape = was.shape
        if holder.tobytes() != content:
            holder.flags.writeable = True
            holder[...] = was

    return restore


def _of_generator(holder: Any) -> Restore:
    if isinstance(holder, np.random.Generator):
        bits = holder.bit_generator
        was = bits.state
        return lambda: setattr(bits, "state", was)
    if isinstance(holder, np.random.RandomState):
        kept = holder.get_state()
        return lambda: holder.set_state(kept)
    state = holder.getstate()
    return lambda: holder.setstate(state)


def _of_function(holder: FunctionType) -> Restore:
    was, named = holder.__defaults__, holder.__kwdefaults__

    def restore() -> None:
        if holder.__defaults__ is not was:
            holder.__defaults__ = was
        if holder.__kwdefaults__ is not named:
            holder.__kwdefaults__ = named

    return restore


def _of_cell(holder: CellType) -> Restore:
    was = holder.cell_contents

    def restore() -> None:
        holder.cell_contents = was

    return restore


def _of_slots(holder: Any, names: list[str]) -> Restore:
    was = {name: getattr(holder, name) for name in names}

    def restore() -> None:
        for name, value in was.items():
            if getattr(holder, name, None) is not value:
                setattr(holder, name, value)

    return restore


def _slots(holder: Any) -> list[str]:
    """Slots of an object that hold something."""
    named = [vars(kind).get("__slots__", ()) for kind in type(holder).__mro__]
    names = [name for some in named for name in ((some,) if isinstance(some, str) else some)]
    return [name for name in names if name not in ("__dict__", "__weakref__") and hasattr(holder, name)]


KINDS: tuple[tuple[Any, Callable[[Any], Restore]], ...] = (
    (dict, _of_dict),
    (list, _of_list),
    ((set, deque), _of_set),
    (np.ndarray, _of_array),
    ((np.random.Generator, np.random.RandomState, random.Random), _of_generator),
    (FunctionType, _of_function),
    (CellType, _of_cell),
    (type, _of_class),
)


class State:
    """Everything that some modules of the user's hold, as far as it can be reached, read and written from Python."""

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        """Nothing is kept yet. Args: is_users: whether a file is the user's."""
        self._is_users = is_users
        self._restores: list[Restore] = []
        self._seen: dict[int, Any] = {}  # keeps them alive, so that ids stay theirs
        self._bytes = self._values = 0

    def keep(self, modules: Iterable[ModuleType]) -> None:
        """Keep what modules hold now, unless it is kept already."""
        waiting: list[Any] = [vars(module) for module in modules]
        while waiting and self._values < MOST_VALUES:
            holder = waiting.pop()
            if isinstance(holder, PLAIN) or id(holder) in self._seen:
                continue
            self._seen[id(holder)] = holder
            self._values += len(holder) if isinstance(holder, (dict, list, set, deque, tuple)) else 1
            try:
                self._keep(holder)
                waiting += self._inside(holder)
            except Exception:  # a stranger's object may refuse anything; then a run that differs shows it
                continue

    def _keep(self, holder: Any) -> None:
        if isinstance(holder, np.ndarray):
            self._bytes += holder.nbytes
            if self._bytes > MOST_BYTES or holder.dtype.kind == "O":
                return
        if isinstance(holder, type) and not self._own(holder):
            return
        if isinstance(holder, functools._lru_cache_wrapper):
            self._restores.append(holder.cache_clear)
        for kind, restorer in KINDS:
            if isinstance(holder, kind):
                self._restores.append(restorer(holder))
                return
        if names := _slots(holder):
            self._restores.append(_of_slots(holder, names))

    def _own(self, holder: Any) -> bool:
        """Whether a class or a function is the user's."""
        code = getattr(holder, "__code__", None)
        if code is not None:
            return self._is_users(code.co_filename)
        module = sys.modules.get(getattr(holder, "__module__", None) or "")
        return self._is_users(getattr(module, "__file__", None) or "<")

    def _inside(self, holder: Any) -> Iterator[Any]:
        """What something holds that may be changed."""
        if isinstance(holder, dict):
            yield from (value for name, value in holder.items() if name != "__builtins__")
        elif isinstance(holder, (list, tuple, set, frozenset, deque)):
            yield from holder
        elif isinstance(holder, np.ndarray):
            yield from holder.ravel() if holder.dtype.kind == "O" else ()
        elif isinstance(holder, FunctionType):
            if self._own(holder):
                yield from (holder.__defaults__, holder.__kwdefaults__, *(holder.__closure__ or ()), vars(holder))
        elif isinstance(holder, CellType):
            yield holder.cell_contents
        elif isinstance(holder, (staticmethod, classmethod, MethodType)):
            yield holder.__func__
        elif isinstance(holder, property):
            yield from (holder.fget, holder.fset)
        elif isinstance(holder, functools.partial):
            yield from (holder.func, holder.args, holder.keywords)
        elif isinstance(holder, type):
            yield from vars(holder).values() if self._own(holder) else ()
        elif isinstance(holder, functools._lru_cache_wrapper):
            yield holder.__wrapped__
        elif not isinstance(holder, ModuleType):
            yield from self._attributes(holder)

    @staticmethod
    def _attributes(holder: Any) -> Iterator[Any]:
        held = getattr(holder, "__dict__", None)
        if isinstance(held, dict):
            yield held
        yield from (getattr(holder, name) for name in _slots(holder))

    def restore(self) -> None:
        """Put everything back; what can't be put back stays, and shows in a run that differs."""
        for restore in self._restores:
            try:
                restore()
            except Exception:
                continue
