"""What the source of the user's functions says about the arrays they write into: runs in a job only."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

from ..parsing import parse_module

FLOATING = ("tanh", "exp", "dot", "matmul", "einsum", "sqrt", "log", "tensordot", "outer", "inner", "sigmoid", "mean")
WHOLE = ("argmax", "argmin", "argsort", "astype", "int", "len", "round", "rint", "searchsorted", "randint", "integers")
"""What makes fractions of what it is given, and what makes whole numbers of it."""


@lru_cache(maxsize=16)
def parsed(text: str, file: str) -> ast.Module:
    """The tree of a source text."""
    return parse_module(text, file)


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
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Attribute, ast.Subscript))
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


def adds_only(code: CodeType, name: str) -> bool:
    """Whether all that a function writes into something is added to what is there: `self.p[t] -= 1`, and no `self.p[t] = 1`."""
    writes = list(_writes(code, name))
    return bool(writes) and all(isinstance(node, ast.AugAssign) for node, _, _ in writes)


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
