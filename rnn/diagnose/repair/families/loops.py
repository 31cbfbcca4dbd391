"""Edits of loops: where they begin and end, in which order they go."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..code import Code, Piece
from .indices import shifted


def _is_call(node: ast.AST, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return name in names


def ranges(node: ast.AST, code: Code) -> Iterator[Piece]:
    """One step more or less at either end: `range(T - 1)` for `range(T)`."""
    if not isinstance(node, ast.Call) or not _is_call(node, "range", "arange") or node.keywords:
        return
    for number, arg in enumerate(node.args[:2]):
        for text, tier in shifted(arg, code, True):
            yield code.put(arg, text, tier + (1 if number else 0), node)
    if len(node.args) == 1:
        start = code.whole(node.args[0])[0]
        yield code.cut(start, start, "1, ", 1, node)
    if len(node.args) == 2:
        start, end = code.whole(node.args[0])[0], code.whole(node.args[1])[0]
        yield code.cut(start, end, "", 1, node)
        yield code.put(node.args[0], "0", 1, node)


def order(node: ast.AST, code: Code) -> Iterator[Piece]:
    """From the end for from the start, and the other way round."""
    if isinstance(node, ast.Call) and _is_call(node, "reversed") and len(node.args) == 1:
        yield code.put(node, code.piece(node.args[0]), 1)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and code.bare(node.slice) == "::-1":
        yield code.put(node, code.piece(node.value), 1)
    parent = code.parents.get(node)
    if (
        not isinstance(node, ast.expr)
        or not isinstance(parent, (ast.For, ast.comprehension))
        or node is not parent.iter
    ):
        return
    if _is_call(node, "reversed"):
        return
    if _is_call(node, "range") and len(node.args) < 3:  # type: ignore[attr-defined]
        yield code.put(node, f"reversed({code.bare(node)})", 1)
    elif _is_call(node, "range"):
        yield from _other_way(node, code)
    else:
        yield code.put(node, f"{code.piece(node)}[::-1]", 1)
        yield code.put(node, f"reversed({code.bare(node)})", 2)


def _other_way(node: ast.AST, code: Code) -> Iterator[Piece]:
    """`range(T)` for `range(T - 1, -1, -1)`."""
    assert isinstance(node, ast.Call)
    first, last = code.bare(node.args[0]), code.bare(node.args[1])
    yield code.put(node, f"range({code.plus(last, 1)}, {code.plus(first, 1)})", 2)


def ends_of_lists(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The other end of a list: `pop()` for `pop(0)`, `append(x)` for `insert(0, x)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    owner, name, args = code.piece(node.func.value), node.func.attr, [code.bare(arg) for arg in node.args]
    if name == "pop" and len(args) < 2:
        yield code.put(node, f"{owner}.pop({'' if args == ['0'] else '0'})", 0 if args in ([], ["0"]) else 3)
    if name == "append" and len(args) == 1:
        yield code.put(node, f"{owner}.insert(0, {args[0]})", 1)
    if name == "insert" and len(args) == 2 and args[0] == "0":
        yield code.put(node, f"{owner}.append({args[1]})", 1)
    if name == "roll" and len(args) >= 2:
        yield code.put(node.args[1], args[1][1:] if args[1].startswith("-") else f"-{args[1]}", 1, node)
