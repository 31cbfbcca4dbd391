"""Edits of names: a sibling for another one, of variables, gates, keys, attributes and functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from ..code import Code, Piece
from ..scope import is_operand

PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

OPPOSITES = (
    {"prev", "next"},
    {"old", "new"},
    {"before", "after"},
    {"in", "out"},
    {"last", "first"},
    {"past", "future"},
)


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether one name may have been written for another: they differ by a letter, an end, or prev and next."""
    if len(one) == len(other) == 1:
        return True
    if sum(a != b for a, b in zip(one, other)) + abs(len(one) - len(other)) <= 1:
        return True
    parts, others = (set(PARTS.findall(name.lower())) for name in (one, other))
    differing = parts ^ others
    if any(differing == pair for pair in OPPOSITES) or len(differing) == 1:
        return True
    shared = one.startswith(other) or other.startswith(one) or one.endswith(other) or other.endswith(one)
    return shared or SequenceMatcher(None, one, other).ratio() >= 0.7


def names(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another variable of the function."""
    if (
        not isinstance(node, ast.Name)
        or node.id in code.scope(node).called | code.scope(node).modules
        or node.id == "self"
    ):
        return
    scope, store = code.scope(node), isinstance(node.ctx, ast.Store)
    near = {one.id for one in ast.walk(code.statement(node)) if isinstance(one, ast.Name)}
    forgotten = _never_written(node, code) if store else set(scope.unread)
    for name in scope.names:
        if name != node.id:
            found = name in forgotten or alike(node.id, name)
            tier = int(store) if found else 3 if store else 1 if name in near else 2
            yield code.put(node, name, tier, _shown(node, code))


def _never_written(node: ast.AST, code: Code) -> set[str]:
    """Names that the innermost loop around a node, or its function, reads and does not write."""
    loop = next(code.loops(node), None)
    inside = list(ast.walk(loop)) if loop is not None else list(code.scope(node).nodes)
    named = [one for one in inside if isinstance(one, ast.Name)]
    return {one.id for one in named if isinstance(one.ctx, ast.Load)} - {
        one.id for one in named if isinstance(one.ctx, ast.Store)
    }


def _shown(node: ast.AST, code: Code) -> ast.AST:
    """What is worth showing of a changed name: the operation that it stands in."""
    parent = code.parents[node]
    while isinstance(parent, (ast.Attribute, ast.Subscript)) and not isinstance(code.parents[parent], ast.stmt):
        node, parent = parent, code.parents[parent]
    return parent if isinstance(parent, (ast.BinOp, ast.Subscript, ast.Call, ast.Attribute)) else node


def operands(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another array, item or attribute that is read in the function."""
    parent = code.parents.get(node)
    operand = is_operand(node, parent)
    bracketed = isinstance(node, ast.BinOp) and code.whole(node) != code.span(node)
    if not operand and not bracketed:
        return
    assert isinstance(node, ast.expr)
    was, scope = code.bare(node), code.scope(node)
    if isinstance(node, ast.Name) and (node.id in scope.called | scope.modules | scope.indices or node.id == "self"):
        return
    own = _base(was)
    for text in scope.operands:
        if text != was and not (isinstance(node, ast.Name) and text.isidentifier()):
            tier = 0 if _base(text) == own else 1 if alike(own, _base(text)) else 2
            yield code.put(node, text, tier if operand else 3, _shown(node, code))


def _base(text: str) -> str:
    return re.split(r"[\[(]", text.removeprefix("self."))[0]


def attributes(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another attribute of the same object."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return
    owner = code.bare(node.value)
    if owner in code.scope(node).modules or node.attr in ("T", "shape", "size"):
        return
    end = code.span(node)[1]
    parent = code.parents.get(node)
    called = isinstance(parent, ast.Call) and node is parent.func
    for attr in (_methods if called else _attributes)(code).get(owner, ()):
        if attr != node.attr:
            yield code.cut(end - len(node.attr), end, attr, 0 if alike(node.attr, attr) else 2, _shown(node, code))


@lru_cache(maxsize=64)
def _methods(code: Code) -> dict[str, tuple[str, ...]]:
    """Methods by the text of what they are called of."""
    found: dict[str, dict[str, None]] = {}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.setdefault(code.bare(node.func.value), {})[node.func.attr] = None
    return {owner: tuple(attrs) for owner, attrs in found.items()}


@lru_cache(maxsize=64)
def _attributes(code: Code) -> dict[str, tuple[str, ...]]:
    """Attributes by the text of what has them; methods that are only called are left out."""
    found: dict[str, dict[str, None]] = {}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
            parent = code.parents[node]
            if not (isinstance(parent, ast.Call) and node is parent.func) and node.attr not in ("T", "shape", "size"):
                found.setdefault(code.bare(node.value), {})[node.attr] = None
    return {owner: tuple(attrs) for owner, attrs in found.items()}


def keys(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another key of the same dictionary; another part of a key that is put together."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or not node.value or len(node.value) > 30:
        return
    statement = code.parents.get(node)
    if isinstance(statement, (ast.Expr, ast.JoinedStr, ast.FormattedValue)) or "\n" in node.value:
        return
    start, end = code.span(node)
    quote = code.text[start]
    if quote not in "'\"" or code.text[start : start + 3] == quote * 3:
        return
    for key in keys_of(code):
        if key != node.value:
            yield code.cut(start, end, f"{quote}{key}{quote}", 0 if alike(node.value, key) else 2, _shown(node, code))


@lru_cache(maxsize=64)
def keys_of(code: Code) -> tuple[str, ...]:
    """Short texts in quotes in the file, outside the declaration of the case, and names given by keyword."""
    found: dict[str, None] = {}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.]{1,16}", node.value):
            found[node.value] = None
    return tuple(found)[:40]


def keywords(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The values of two keywords exchanged."""
    if not isinstance(node, ast.Call):
        return
    words = [word for word in node.keywords if word.arg is not None]
    for number, one in enumerate(words):
        for other in words[number + 1 : number + 3]:
            first, second = code.span(one.value), code.span(other.value)
            changes = ((*first, code.bare(other.value)), (*second, code.bare(one.value)))
            yield Piece(changes, 2, (code.span(one)[0], code.span(other)[1]))


def functions(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another function of a module: `np.zeros_like` for `np.empty_like`."""
    if (
        not isinstance(node, ast.Attribute)
        or not isinstance(node.value, ast.Name)
        or node.value.id not in code.scope(node).modules
    ):
        return
    end = code.span(node)[1]
    for name in dict.fromkeys((*_functions(code).get(node.value.id, ()), *USUAL)):
        if name not in (node.attr, "copy", "array", "asarray"):
            yield code.cut(end - len(node.attr), end, name, 1 if alike(node.attr, name) else 2, code.parents[node])


USUAL = ("zeros_like", "dot", "tanh", "exp", "sum")


@lru_cache(maxsize=64)
def _functions(code: Code) -> dict[str, tuple[str, ...]]:
    """Functions of modules that are called in the file, by the module's name."""
    found: dict[str, dict[str, None]] = {}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, {})[node.attr] = None
    return {owner: tuple(names) for owner, names in found.items()}
