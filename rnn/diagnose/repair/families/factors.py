"""Edits of factors: one dropped, one added, a derivative of another kind, a mean for a sum."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from ..code import Code, Piece
from ..scope import sides_of
from .products import matrix_factors

MOST_FACTORS = 40

WIDER = ("[:, None]", "[..., None]")
MASK = re.compile(r"mask|weight|valid|counts?$|lens?$", re.IGNORECASE)
"""What a gradient may have to be multiplied with, an axis wider."""

GRADIENT = re.compile(r"d[A-Z_]|d\w{1,3}$|g_|grad|delta|err|eps|carry|[A-Z]_?\w{0,3}$")
"""Names of what is no value of an activation: gradients and weights."""


def _is(node: ast.AST, *ops: type[ast.operator]) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ops)


def factor_dropped(node: ast.AST, code: Code) -> Iterator[Piece]:
    """One factor of a product left out."""
    if isinstance(node, ast.BinOp) and _is(node, ast.Mult, ast.MatMult, ast.Div, ast.Pow):
        yield code.put(node, code.bare(node.left), 0)
        yield code.put(node, code.bare(node.right), 0 if _is(node, ast.Mult) else 2)
        if isinstance(node.left, ast.BinOp) and _is(node, ast.Mult) and _is(node.left, ast.Mult):
            yield code.put(node, code.piece(node.left.left), 1)
    if isinstance(node, ast.Call) and sides_of(node):
        for side in sides_of(node):
            yield code.put(node, code.bare(side), 0)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Mult, ast.Div)):
        start, end = code.span(node)
        yield code.cut(start, end, "pass", 1, node)


def derivatives(name: str) -> tuple[str, ...]:
    """What stands for a slope, of the value of an activation function."""
    return f"(1 - {name} ** 2)", f"{name} * (1 - {name})", f"({name} > 0)"


def _squared(node: ast.expr, code: Code) -> str:
    """The text of what is squared; empty where nothing is."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return code.piece(node.left)
    if isinstance(node, ast.BinOp) and _is(node, ast.Mult) and code.piece(node.left) == code.piece(node.right):
        return code.piece(node.left)
    if isinstance(node, ast.Call) and code.bare(node.func).endswith("square") and len(node.args) == 1:
        return code.piece(node.args[0])
    return ""


def slope(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The slope of another function: `a * (1 - a)` for `1 - a ** 2`, `1 - tanh(a) ** 2` for `1 - a ** 2`."""
    if not isinstance(node, ast.BinOp) or not _is(node, ast.Sub) or not isinstance(node.left, ast.Constant):
        return
    one, squared = code.bare(node.left), _squared(node.right, code)
    if squared:
        yield code.put(node, squared, 2)
        yield code.put(node, f"{squared} * ({one} - {squared})", 1)
        yield code.put(node.right, squared, 0, node)
        yield code.put(node.right, f"np.tanh({squared}) ** 2", 1, node)
        return
    name = code.piece(node.right)
    yield code.put(node, f"{name} * ({one} - {name})", 1)
    yield code.put(node.right, f"{name} ** 2", 0, node)
    yield code.put(node, code.bare(node.right), 1)


def complement(node: ast.AST, code: Code) -> Iterator[Piece]:
    """1 - z for z."""
    parent = code.parents.get(node)
    if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) and node in sides_of(parent):
        yield code.put(node, f"1 - {code.bare(node)}", 1, parent)


def applied(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A function call dropped, added, or of another function: `x` for `dtanh(x)`."""
    functions = code.scope(node).applied
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and code.bare(node.func) in functions:
        yield code.put(node, code.bare(node.args[0]), 1)
        for name in functions:
            if name != code.bare(node.func):
                yield code.put(node.func, name, 1, node)
    parent = code.parents.get(node)
    if not isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return
    if isinstance(parent, (ast.BinOp, ast.Call)) and node is not getattr(parent, "func", None):
        for name in functions:
            yield code.put(node, f"{name}({code.bare(node)})", 2, parent)


def added_to(node: ast.AST, code: Code) -> list[tuple[ast.expr, int]]:
    """Places at which a factor can be added, and how common it is to have forgotten it there."""
    return [(place, tier) for place, tier in _places(node, code) if not isinstance(place, ast.Constant)]


def _places(node: ast.AST, code: Code) -> list[tuple[ast.expr, int]]:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and isinstance(node.value, ast.expr):
        value = node.value
        if isinstance(value, (ast.Tuple, ast.List)):
            return [(item, 1) for item in value.elts]
        plain = not isinstance(value, (ast.Dict, ast.Constant, ast.Lambda, ast.ListComp, ast.DictComp))
        return [(value, 1)] if plain else []
    if isinstance(node, ast.BinOp) and _is(node, ast.Add, ast.Sub):
        return [(node.left, 1), (node.right, 1)]
    if isinstance(node, ast.Call):
        args = [arg for arg in node.args if isinstance(arg, (ast.Name, ast.Subscript, ast.BinOp))]
        return [(arg, 2) for arg in args]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return [(node.left, 2), (node.right, 2)]
    if isinstance(node, ast.List):
        return [(item, 1) for item in node.elts]
    if isinstance(node, ast.Attribute) and node.attr == "T" and isinstance(node.value, (ast.Name, ast.Subscript)):
        return [(node.value, 2)]
    return []


def _pool(code: Code, place: ast.expr) -> list[str]:
    """Factors that may be missing at a place: those of the function, slopes of what has one there, unread names, kept values."""
    scope = code.scope(place)
    texts = [node for node in scope.nodes if isinstance(node, ast.BinOp) and _is(node, ast.Sub)]
    sloped = [_squared(one.right, code) or code.piece(one.right) for one in texts if isinstance(one.left, ast.Constant)]
    known = [*scope.factors, *(slope for name in dict.fromkeys(sloped) for slope in derivatives(name))]
    items = _items(code, place)
    unread = [name + item for name in scope.unread for item in ("", *items, *WIDER)]
    unread += [name + item for name in scope.names if MASK.search(name) for item in ("", *WIDER)]
    moved = [re.sub(r"\[[^\[\]]*\]", item, factor) for factor in known if factor.count("[") == 1 for item in items]
    values = [text for text in scope.operands if "[" in text and not GRADIENT.match(text.removeprefix("self."))]
    return list(dict.fromkeys([*unread, *known, *moved, *values]))


def _items(code: Code, place: ast.expr) -> list[str]:
    """What stands in square brackets in the statement of a place, brackets included."""
    found = [node for node in ast.walk(code.statement(place)) if isinstance(node, ast.Subscript)]
    return list(dict.fromkeys(f"[{code.bare(node.slice)}]" for node in found if len(code.bare(node.slice)) < 16))[:4]


def factor_added(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A factor that stands elsewhere in the function, or a slope, added."""
    for place, tier in added_to(node, code):
        text = code.piece(place) if binds(place) else f"({code.bare(place)})"
        for count, factor in enumerate(_pool(code, place)):
            yield code.put(place, f"{text} * {factor}", tier + (count >= MOST_FACTORS))


def factor_replaced(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another factor of the function in the place of one."""
    parent = code.parents.get(node)
    if not isinstance(node, ast.expr) or node not in sides_of(parent) or sides_of(node):
        return
    for factor in _pool(code, node):
        if factor != code.piece(node):
            yield code.put(node, factor, 2, parent)


def matrix_added(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A product with a matrix that is multiplied with somewhere in the file."""
    for place, tier in added_to(node, code):
        if tier == 1 and isinstance(place, (ast.Name, ast.Subscript, ast.Attribute, ast.BinOp)):
            text = code.piece(place) if binds(place) else f"({code.bare(place)})"
            for matrix in _matrices(code):
                yield code.put(place, f"{text} @ {matrix}", 2)
                yield code.put(place, f"{matrix} @ {text}", 2)


@lru_cache(maxsize=64)
def _matrices(code: Code) -> tuple[str, ...]:
    """What is a factor of matrix products, and its transpose."""
    factors = [factor for node in ast.walk(code.tree) for factor in matrix_factors(node) or ()]
    texts = [code.bare(one) for one in factors if isinstance(one, (ast.Name, ast.Attribute, ast.Subscript))]
    names = dict.fromkeys(text.removesuffix(".T") for text in texts if len(text) < 24 and re.search(r"[A-Zw]", text))
    return tuple(text for name in names for text in (f"{name}.T", name))[:24]


def binds(node: ast.expr) -> bool:
    """Whether an expression can be a factor without brackets around it."""
    return not isinstance(node, (ast.Compare, ast.IfExp)) and not _is(node, ast.Add, ast.Sub)


def slope_added(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The slope of a name that has none there: of a factor of the same product first."""
    scope = code.scope(node)
    for place, tier in added_to(node, code):
        text = code.piece(place) if binds(place) else f"({code.bare(place)})"
        own = {code.bare(factor) for factor in _flat(place)}
        value = place is getattr(node, "value", None)
        multiplied = set(scope.factors) if tier == 1 else set()
        for name in scope.operands:
            forward = value and not GRADIENT.match(name.removeprefix("self."))
            if (name in own | multiplied or forward) and "(" not in name and not name.endswith(".T"):
                for slope in (*derivatives(name)[:2], f"(1 - {name})"):
                    yield code.put(place, f"{text} * {slope}", tier if name in own else 3)


def _flat(node: ast.AST) -> list[ast.AST]:
    """The factors of a product."""
    sides = sides_of(node)
    return [factor for side in sides for factor in _flat(side)] if sides else [node]
