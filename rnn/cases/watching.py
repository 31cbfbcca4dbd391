"""A run of the user's code with an eye on every function that it calls: runs in a job only.

A profile hook sees calls and returns. It reads arrays only at the ends of functions that are named like a forward or a
backward pass, and the kinds of arrays at the first returns of each function, so that a run costs little more than alone.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from ..arrays import AnyArray
from .lines import adds_and_reads, adds_only, fractions_written, written_line
from .recorded import BACKWARD, FORWARD

MOST_BYTES = 256 << 20
"""Arrays are hashed up to so many bytes in all."""

MOST_PRODUCTS = 200
"""Arrays that forward functions returned which others are looked for in."""

MOST_RETURNS = 3
"""Returns of one function at which its arrays' kinds are looked at."""

Found = dict[str, Any]


def _named(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.lower().strip("_"), one) for one in patterns)


def _arrays(value: Any, name: str, depth: int = 2) -> Iterator[tuple[str, AnyArray]]:
    """Arrays in a value and in the lists, tuples, dicts and records it holds, with how they are reached."""
    if isinstance(value, np.ndarray):
        yield name, value
    elif depth and isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None)
        for k, item in enumerate(value):
            yield from _arrays(item, f"{name}.{fields[k]}" if fields else f"{name}[{k}]", depth - 1)
    elif depth and isinstance(value, dict):
        for key, item in list(value.items()):
            yield from _arrays(item, f"{name}[{key!r}]", depth - 1)
    elif depth and hasattr(value, "__dataclass_fields__"):
        for key in value.__dataclass_fields__:
            yield from _arrays(getattr(value, key, None), f"{name}.{key}", depth - 1)


def _own_arrays(frame: FrameType) -> Iterator[tuple[str, AnyArray]]:
    """Arrays of the object whose method runs: `self.h`, `self.cache[0]`."""
    for key, value in list(getattr(frame.f_locals.get("self"), "__dict__", {}).items()):
        yield from _arrays(value, f"self.{key}")


def _digest(array: AnyArray) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(array).view(np.uint8).data, digest_size=16).digest()


class Watcher:
    """Watches one call of the user's code; `found` says what it saw.

    Attributes:
        found: mappings with `kind` (cache, upstream, precision, integer), `name`, `function`, `file`, `line`, `sentence`.
    """

    def __init__(self, is_users: Callable[[str], bool], dtype: str, shapes: set[tuple[int, ...]]) -> None:
        """Args: is_users: whether a file is the user's. dtype: of the run. shapes: of all parameters, however turned."""
        self.found: list[Found] = []
        self._is_users, self._dtype, self._shapes = is_users, dtype, shapes
        self._left = MOST_BYTES
        self._users: dict[CodeType, bool] = {}
        self._returns: dict[CodeType, int] = {}
        self._given: dict[FrameType, list[tuple[str, AnyArray, bytes]]] = {}
        # What forward functions returned and what their objects held then, kept alive so that ids stay theirs.
        self._products: dict[int, AnyArray] = {}
        self._left_behind: dict[int, AnyArray] = {}

    def run(self, work: Callable[[], Any]) -> Any:
        """Call something and watch it; what it raises is raised."""
        before = sys.getprofile()
        sys.setprofile(self._on_event)
        try:
            return work()
        finally:
            sys.setprofile(before)
            self._given.clear()

    def _on_event(self, frame: FrameType, event: str, value: Any) -> None:
        if event not in ("call", "return"):
            return
        code = frame.f_code
        users = self._users.get(code)
        if users is None:
            plain = not code.co_name.startswith("<") and not code.co_flags & inspect.CO_GENERATOR
            users = self._users[code] = plain and self._is_users(code.co_filename)
        if not users:
            return
        with suppress(Exception):  # watching must not change what the code does
            if event == "call":
                self._called(frame)
            else:
                self._returned(frame, value)

    def _called(self, frame: FrameType) -> None:
        code = frame.f_code
        if not _named(code.co_name, BACKWARD):
            return
        count = code.co_argcount + code.co_kwonlyargcount
        held = [(name, frame.f_locals.get(name)) for name in code.co_varnames[:count]]
        arrays = [pair for name, value in held for pair in _arrays(value, name)]
        arrays += [(name, array) for name, array in _own_arrays(frame) if id(array) in self._left_behind]
        kept = [(name, array) for name, array in arrays if array.dtype.kind in "fiub" and array.size]
        self._given[frame] = [(name, array, self._hashed(array)) for name, array in kept]

    def _hashed(self, array: AnyArray) -> bytes:
        self._left -= array.nbytes
        return _digest(array) if self._left >= 0 else b""

    def _returned(self, frame: FrameType, value: Any) -> None:
        code = frame.f_code
        for name, array, before in self._given.pop(frame, ()):
            if before and self._hashed(array) not in (before, b""):
                self._changed(code, name, array)
        if _named(code.co_name, FORWARD):
            self._products |= {id(array): array for _, array in _arrays(value, "")}
            left = [array for _, array in _own_arrays(frame) if array.shape not in self._shapes and array.any()]
            self._left_behind |= {id(array): array for array in left}
        count = self._returns.get(code, 0)
        if count < MOST_RETURNS:
            self._returns[code] = count + 1
            self._look_at_kinds(frame)

    def _say(self, kind: str, code: CodeType, name: str, line: int, sentence: str) -> None:
        place = {"function": code.co_name, "file": code.co_filename, "line": line}
        if not any((one["kind"], one["name"], one["file"]) == (kind, name, code.co_filename) for one in self.found):
            self.found.append({"kind": kind, "name": name, **place, "sentence": sentence})

    def _changed(self, code: CodeType, name: str, array: AnyArray) -> None:
        """A backward function changed an array that it was given."""
        line = written_line(code, name)
        where = f"{code.co_name}() of {Path(code.co_filename).name}, line {line}"
        base = name.split("[")[0].split(".")[0]
        if base == "self":
            if adds_only(code, name.split("[")[0]):
                said = f"{where}, changes {name}, which forward left there: a second call would start from other values"
                self._say("cache", code, name, line, said)
        elif self._is_product(array):
            said = f"{where}, changes {name}, which forward returned: a second call would start from other values"
            self._say("cache", code, name, line, said)
        elif base == name and array.shape not in self._shapes and adds_and_reads(code, name):
            said = f"{where}, changes its argument {name} in place: the caller's array changes with it"
            self._say("upstream", code, name, line, said)

    def _is_product(self, array: AnyArray) -> bool:
        """Whether a forward function returned an array, or one that it is a part of."""
        latest = list(self._products.values())[-MOST_PRODUCTS:]
        return id(array) in self._products or any(np.may_share_memory(array, one) for one in latest)

    def _look_at_kinds(self, frame: FrameType) -> None:
        code = frame.f_code
        held = dict(frame.f_locals)
        own = getattr(held.get("self"), "__dict__", {})
        for name, value in [*held.items(), *((f"self.{key}", item) for key, item in list(own.items()))]:
            if not isinstance(value, np.ndarray) or not value.size:
                continue
            if self._dtype == "float64" and value.dtype in (np.float32, np.float16) and _rounded(value):
                line = written_line(code, name)
                said = (
                    f"{name} in {code.co_name}() of {Path(code.co_filename).name}, line {line}, is {value.dtype} "
                    "in a run in float64: it holds only half the digits"
                )
                self._say("precision", code, name, line, said)
            elif value.dtype.kind in "iu":
                line = fractions_written(code, name, held)
                if line:
                    said = (
                        f"{name} in {code.co_name}() of {Path(code.co_filename).name}, line {line}, is {value.dtype} "
                        "and is given fractions: they are cut off"
                    )
                    self._say("integer", code, name, line, said)


def _rounded(array: AnyArray) -> bool:
    """Whether an array holds numbers that need more than a few digits, so that they may have been rounded."""
    wide = np.asarray(array, "float64") * 1024
    return bool((wide != np.rint(wide)).any())
