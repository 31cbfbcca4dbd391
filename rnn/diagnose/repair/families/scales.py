"""Edits of scale: a number or a size as a factor, a mean for a sum, another operator."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..code import OPERATORS as SIGNS
from ..code import Code, Piece
from .factors import added_to, binds
from .statements import beside


def numbers(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A number or a size as a factor: `2 *`, `/ T`."""
    for place, tier in added_to(node, code):
        text = code.piece(place) if binds(place) else f"({code.bare(place)})"
        for factor in ("2 * ", "0.5 * "):
            yield code.put(place, factor + text, tier)
        for size in code.scope(node).sizes:
            yield code.put(place, f"{text} / {size}", tier)
            yield code.put(place, f"{text} * {size}", tier + 1)
        yield from _of_mean_square(place, tier, code)


def _of_mean_square(place: ast.expr, tier: int, code: Code) -> Iterator[Piece]:
    """The factors of a mean squared error's gradient: `2 * diff / diff.size` for `diff / n`."""
    bare = place
    while isinstance(bare, ast.BinOp) and (isinstance(bare.op, ast.Div) or isinstance(bare.left, ast.Constant)):
        bare = bare.left if isinstance(bare.op, ast.Div) else bare.right
    text = code.piece(bare) if binds(bare) else f"({code.bare(bare)})"
    arrays = dict.fromkeys(one.id for one in ast.walk(bare) if isinstance(one, ast.Name))
    for name in (name for name in arrays if name in code.scope(place).names):
        yield code.put(place, f"2 * {text} / {name}.size", tier + 1)


def divided(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A mean that is missing behind what is changed in part: `dy /= B` behind `dy[target] -= 1`."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
        scope = code.scope(node)
        for size in (
            *scope.sizes,
            *(f"{one} * {other}" for one in scope.sizes for other in scope.sizes if one < other),
        ):
            yield from beside(node, f"{code.bare(node.target.value)} /= {size}", code)


def means(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A mean for a sum, and the other way round."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.func.attr not in ("mean", "sum")
    ):
        return
    end = code.span(node.func)[1]
    name = "sum" if node.func.attr == "mean" else "mean"
    yield code.cut(end - len(node.func.attr), end, name, 0, node)
    if not node.args and not node.keywords:
        yield code.put(node, code.piece(node.func.value), 1)


OFTEN = ({"*", "/"}, {"*", "+"}, {"*", "-"}, {"+", "-"})
OPERATORS = ("*", "/", "+", "-", "@", "**")


def operators(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another operator: / for *, + for *."""
    if not isinstance(node, ast.BinOp) or type(node.op) not in SIGNS:
        return
    was = SIGNS[type(node.op)]
    start, end = code.operator(node.left, node.right, was)
    one = isinstance(node.left, ast.Constant) and node.left.value == 1
    for sign in ("+", "-") if code.counts(node) else OPERATORS:
        if sign != was and not (one and sign in ("*", "@", "**")):  # `1 * z` is z, which is said so elsewhere
            yield code.cut(start, end, sign, 1 if {sign, was} in OFTEN else 2, node)


def sizes(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another size: `/ x.size` for `/ T`."""
    parent = code.parents.get(node)
    divides = isinstance(parent, (ast.BinOp, ast.AugAssign)) and isinstance(parent.op, ast.Div)
    if (
        not isinstance(node, ast.expr)
        or not divides
        or node not in (getattr(parent, "right", None), getattr(parent, "value", None))
    ):
        return
    scope, was = code.scope(node), code.bare(node)
    arrays = [name for name in scope.names if name not in scope.indices and name not in scope.sizes]
    found = [*scope.sizes, *(f"{one} * {other}" for one in scope.sizes for other in scope.sizes if one < other)]
    for text in dict.fromkeys([*found, *(f"{name}.size" for name in arrays), *(f"len({name})" for name in arrays)]):
        if text != was:
            yield code.put(node, text, 1 if text in scope.sizes else 2, parent)
