"""Edits of products: transposes, order of factors, elementwise for matrix product."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations

from ..code import Code, Piece

PRODUCTS = ("dot", "matmul", "outer", "multiply", "inner", "tensordot")


def product_of(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The two factors of a matrix product, however it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Mult)):
        return node.left, node.right
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in PRODUCTS:
        return None
    if len(node.args) >= 2:
        return node.args[0], node.args[1]
    return (node.func.value, node.args[0]) if len(node.args) == 1 else None


def _is_matrix_product(node: ast.AST) -> bool:
    elementwise = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult)
    return product_of(node) is not None and not elementwise


def matrix_factors(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The two factors of a product that is not elementwise."""
    return product_of(node) if _is_matrix_product(node) else None


def _turned(node: ast.expr, code: Code) -> tuple[ast.AST, str]:
    """A factor with its transpose dropped or added: the node, and its new text."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node, code.piece(node.value)
    text = code.piece(node)
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)) or text.startswith("(")
    return node, f"{text}.T" if simple else f"({text}).T"


def transpose(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A transpose dropped or added."""
    factors = matrix_factors(node)
    for factor in factors or ():
        place, text = _turned(factor, code)
        yield code.put(place, text, 0, node)
    if isinstance(node, ast.Attribute) and node.attr == "T" and not _in_product(node, code):
        yield code.put(node, code.piece(node.value), 1)
    if (
        isinstance(node, ast.Call)
        and code.bare(node.func) in ("np.transpose", "numpy.transpose")
        and len(node.args) == 1
    ):
        yield code.put(node, code.piece(node.args[0]), 0)
    if isinstance(node, (ast.Assign, ast.Return)) and isinstance(
        node.value, (ast.Name, ast.Call, ast.Attribute, ast.BinOp)
    ):
        place, text = _turned(node.value, code)
        yield code.put(place, text, 2, node.value)


def _in_product(node: ast.AST, code: Code) -> bool:
    parent = code.parents[node]
    return _is_matrix_product(parent) and node in (product_of(parent) or ())


def exchanged(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The two sides of a product or difference exchanged; also `b.T @ a` for `a.T @ b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        left, right = code.left_of(node.right, ast.MatMult), code.right_of(node.left, ast.MatMult)
        yield code.put(node, f"{left} @ {right}", 1)
    elif _is_matrix_product(node) and isinstance(node, ast.Call) and len(node.args) >= 2:
        yield _swapped(node.args[0], node.args[1], code, 1, node)
    elif _is_matrix_product(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield _swapped(node.func.value, node.args[0], code, 1, node)
    factors = matrix_factors(node)
    if factors is not None:
        inner = [side.value if isinstance(side, ast.Attribute) and side.attr == "T" else side for side in factors]
        if inner != list(factors) and all(isinstance(one, (ast.Name, ast.Attribute, ast.Subscript)) for one in inner):
            yield _swapped(inner[0], inner[1], code, 1, node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div)):
        op = type(node.op)
        sign = "-" if op is ast.Sub else "/"
        text = f"{code.left_of(node.right, op)} {sign} {code.right_of(node.left, op)}"
        yield code.put(node, text, 0 if op is ast.Sub else 3)


def _swapped(one: ast.expr, other: ast.expr, code: Code, tier: int, shown: ast.AST) -> Piece:
    """Two parts of a text exchanged."""
    first, second = code.whole(one), code.whole(other)
    changes = ((*first, code.text[slice(*second)]), (*second, code.text[slice(*first)]))
    return Piece(changes, tier, code.span(shown))


def exchanged_items(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Two items of a list, of a tuple, or two arguments exchanged: gates in another order."""
    items: list[ast.expr] = []
    if isinstance(node, (ast.Tuple, ast.List)):
        items = node.elts
    elif isinstance(node, ast.Call) and not _is_matrix_product(node):
        items = node.args
    elif isinstance(node, ast.Dict):
        items = node.values
    if len(items) < 2 or isinstance(code.parents.get(node), ast.Subscript):
        return
    for number, one in enumerate(items):
        for other in items[number + 1 : number + 4]:
            near = other is items[number + 1]
            yield _swapped(one, other, code, 1 if near else 2, node)
    if isinstance(node, (ast.Tuple, ast.List)) and len(items) in (3, 4):
        yield from _reordered(items, code, node)


def _reordered(items: Sequence[ast.expr], code: Code, shown: ast.AST) -> Iterator[Piece]:
    """Three or four items in any other order, two or more of them moved at once."""
    places = [code.span(one) for one in items]
    for order in permutations(range(len(items))):
        if sum(place != k for place, k in enumerate(order)) > 2:
            changes = ((*places[n], code.bare(items[k])) for n, k in enumerate(order) if n != k)
            yield Piece(tuple(changes), 2, code.span(shown))


def kind(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Elementwise product for matrix product, and the other way round."""
    factors = product_of(node)
    if factors is None:
        return
    left, right = factors
    if isinstance(node, ast.BinOp):
        other = "*" if isinstance(node.op, ast.MatMult) else "@"
        start, end = code.operator(left, right, "@" if other == "*" else "*")
        yield code.cut(start, end, other, 1 if other == "*" else 2, node)
        yield code.put(node, f"np.outer({code.bare(left)}, {code.bare(right)})", 3)
        return
    yield code.put(node, f"{code.left_of(left, ast.Mult)} * {code.right_of(right, ast.Mult)}", 1)
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if len(node.args) == 2:
        end = code.span(node.func)[1]
        for name in ("dot", "outer", "multiply", "matmul"):
            if name != node.func.attr:
                yield code.cut(end - len(node.func.attr), end, name, 1, node)


def letters(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Two letters of a string of `einsum` exchanged."""
    if not isinstance(node, ast.Call) or not code.bare(node.func).endswith("einsum") or not node.args:
        return
    text = node.args[0]
    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        return
    start, value = code.span(text)[0] + 1, code.bare(text)[1:-1]
    for place in range(len(value)):
        for other in range(place + 1, min(place + 3, len(value))):
            one, two = value[place], value[other]
            if one != two and value[place : other + 1].isalpha():
                yield Piece(
                    ((start + place, start + place + 1, two), (start + other, start + other + 1, one)),
                    1,
                    code.span(node),
                )
        if value[place].isalpha():
            for letter in sorted(set(filter(str.isalpha, value)) - {value[place]}):
                yield code.cut(start + place, start + place + 1, letter, 2, node)
