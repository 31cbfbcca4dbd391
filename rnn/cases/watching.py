"""A run of the user's code with an eye on every function that it calls: runs in a job only.

A profile hook sees calls and returns. It reads arrays only at the ends of functions that are named like a forward or a
backward pass, and the kinds of arrays at the first returns of each function, so that a run costs little more than alone.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from ..arrays import AnyArray
from .lines import parsed
from .recorded import BACKWARD, FORWARD

MOST_BYTES = 256 << 20
"""Arrays are hashed up to so many bytes in all."""

MOST_PRODUCTS = 200
"""Arrays that forward functions returned which others are looked for in."""

MOST_RETURNS = 3
"""Returns of one function at which its arrays' kinds are looked at."""

FLOATING = ("tanh", "exp", "dot", "matmul", "einsum", "sqrt", "log", "tensordot", "outer", "inner", "sigmoid", "mean")
WHOLE = ("argmax", "argmin", "argsort", "astype", "int", "len", "round", "rint", "searchsorted", "randint", "integers")
"""What makes fractions of what it is given, and what makes whole numbers of it."""

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
        self._products: dict[int, AnyArray] = {}  # what forward functions returned, kept alive so that ids stay theirs

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
        if self._is_product(array):
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


def _body(code: CodeType) -> ast.AST | None:
    """The definition of a function, from its source."""
    tree = parsed("".join(linecache.getlines(code.co_filename)), code.co_filename)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            if first <= code.co_firstlineno <= node.lineno:
                return node
    return None


def _root(node: ast.expr) -> str:
    """`H` for `H[t][0]`, `self.h` for `self.h[t]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return ast.unparse(node)


def _writes(code: CodeType, name: str) -> Iterator[tuple[ast.stmt | ast.expr, ast.expr, ast.expr | None]]:
    """Statements that write into what a name stands for: (statement, target, value), in the order of the source."""
    body = _body(code)
    if body is None:
        return
    names = {name} | _aliases(body, name)
    for node in ast.walk(body):
        if isinstance(node, ast.AugAssign) and _root(node.target) in names:
            yield node, node.target, node.value
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and _root(target) in names:
                    yield node, target, node.value
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg == "out" and _root(word.value) in names:
                    yield node, word.value, None


def _aliases(body: ast.AST, name: str) -> set[str]:
    """Other names of an array, or of a part of it: `dy` after `dy = probs`."""
    return {
        target.id
        for node in ast.walk(body)
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Subscript))
        for target in node.targets
        if isinstance(target, ast.Name) and _root(node.value) == name
    }


def written_line(code: CodeType, name: str) -> int:
    """The first line of a function that writes into what a name stands for, or the function's own line."""
    whole = [node.lineno for node, _, _ in _writes(code, name)]
    base = name.split("[")[0].split(".")[0]
    return min(whole or [node.lineno for node, _, _ in _writes(code, base)] or [code.co_firstlineno])


def adds_and_reads(code: CodeType, name: str) -> bool:
    """Whether a function adds to its own argument as if it were a copy: `dh += ...`, then reads it, and never fills it."""
    writes = list(_writes(code, name))
    body = _body(code)
    plain = [node for node, to, _ in writes if isinstance(node, ast.AugAssign) and ast.unparse(to) == name]
    if body is None or not plain or len(plain) < len(writes):
        return False
    loads = [n for n in ast.walk(body) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    return any(load.lineno > min(node.lineno for node in plain) for load in loads)


def fractions_written(code: CodeType, name: str, held: dict[str, Any]) -> int:
    """The line at which a function puts something with fractions into part of an array; 0 where none does."""
    for node, target, value in _writes(code, name):
        if isinstance(target, ast.Subscript) and value is not None and _is_fraction(value, held):
            return node.lineno
    return 0


def _is_fraction(node: ast.expr, held: dict[str, Any]) -> bool:
    for part in ast.walk(node):
        if isinstance(part, ast.Compare):
            return False
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            return True
        if isinstance(part, ast.Constant) and isinstance(part.value, float) and not part.value.is_integer():
            return True
        if isinstance(part, ast.Call):
            called = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            if called in FLOATING:
                return True
            if called in WHOLE:
                return False
        if isinstance(part, ast.Name) and _holds_floats(held.get(part.id)):
            return True
    return False


def _holds_floats(value: Any) -> bool:
    if isinstance(value, (list, tuple)) and value:
        return _holds_floats(value[-1])
    return isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f"
