"""Edits of a whole statement: one name or one index changed everywhere in it, as in `o[t] * (1 - o[t])`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..code import Code, Piece
from .indices import elements, shifted
from .names import alike

SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)

MOST_NAMES = 12


def _put(nodes: Sequence[ast.AST], text: str, tier: int, code: Code, shown: ast.AST) -> Piece:
    """Several nodes replaced by the same text."""
    return Piece(tuple((*code.span(node), code.fit(node, text)) for node in nodes), tier, code.span(shown))


def _groups(nodes: Sequence[ast.expr], code: Code) -> list[list[ast.expr]]:
    """Those that say the same, where that are two or more, none inside of another."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        found.setdefault(code.bare(node), []).append(node)
    return [group for group in found.values() if len(group) > 1]


def index(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The step before or after, everywhere in a statement: `out[t] - target[t]` for `out[t - 1] - target[t - 1]`."""
    if not isinstance(node, SIMPLE) or node.value is None:
        return
    subscripts = [one for one in ast.walk(node.value) if isinstance(one, ast.Subscript)]
    items = [item for one in subscripts for item in elements(one) if not isinstance(item, (ast.Slice, ast.Tuple))]
    for group in _groups(items, code):
        for text, tier in shifted(group[0], code, isinstance(group[0], ast.Call)):
            yield _put(group, text, tier + 1, code, node.value)


def name(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another variable, everywhere in a product: `1 - h1 * h1` for `1 - h2 * h2`."""
    if not isinstance(node, ast.BinOp) or isinstance(code.parents[node], ast.BinOp):
        return
    scope = code.scope(node)
    own = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    for group in _groups(own, code):
        was = code.bare(group[0])
        if was in scope.called | scope.modules | scope.indices or was == "self":
            continue
        others = [one for one in scope.names if one != was and one not in scope.indices and alike(was, one)]
        for other in others[:MOST_NAMES]:
            yield _put(group, other, 1, code, node)
