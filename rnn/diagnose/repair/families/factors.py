"""Edits of factors: one dropped, one added, a derivative of another kind, a mean for a sum."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..code import Code, Piece

MOST_FACTORS = 40


def _is(node: ast.AST, *ops: type[ast.operator]) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ops)


def factor_dropped(node: ast.AST, code: Code) -> Iterator[Piece]:
    """One factor of a product left out."""
    if isinstance(node, ast.BinOp) and _is(node, ast.Mult, ast.MatMult, ast.Div, ast.Pow):
        yield code.put(node, code.bare(node.left), 0)
        yield code.put(node, code.bare(node.right), 0 if _is(node, ast.Mult) else 2)
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
    if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) and _is(parent or node, ast.Mult):
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


def _products(node: ast.AST, code: Code) -> list[tuple[ast.expr, int]]:
    """Places at which a factor can be added, and how common it is to have forgotten it there."""
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
    return []


def _pool(node: ast.AST, code: Code) -> list[str]:
    """Factors that may have been forgotten: those of the function, and slopes of what has one there."""
    scope = code.scope(node)
    texts = [node for node in scope.nodes if isinstance(node, ast.BinOp) and _is(node, ast.Sub)]
    sloped = [_squared(one.right, code) or code.piece(one.right) for one in texts if isinstance(one.left, ast.Constant)]
    return list(dict.fromkeys([*scope.factors, *(slope for name in dict.fromkeys(sloped) for slope in derivatives(name))]))


def factor_added(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A factor that stands elsewhere in the function, or a slope, added."""
    places = _products(node, code)
    if not places:
        return
    pool = _pool(node, code)
    for place, tier in places:
        number = isinstance(place, ast.Constant)
        if number:
            continue
        text = code.piece(place) if _binds(place) else f"({code.bare(place)})"
        for count, factor in enumerate(pool):
            yield code.put(place, f"{text} * {factor}", tier + (count >= MOST_FACTORS))


def _binds(node: ast.expr) -> bool:
    return not isinstance(node, (ast.Compare, ast.IfExp)) and not _is(node, ast.Add, ast.Sub)


def slope_added(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The slope of a name that has none there: of a factor of the same product first."""
    for place, tier in _products(node, code):
        text = code.piece(place) if _binds(place) else f"({code.bare(place)})"
        own = {code.bare(factor) for factor in _flat(place)}
        names = [name for name in code.scope(node).operands if "(" not in name and not name.endswith(".T") and len(name) < 24]
        for name in [] if isinstance(place, ast.Constant) else names:
            for slope in (*derivatives(name)[:2], f"(1 - {name})"):
                yield code.put(place, f"{text} * {slope}", tier if name in own else 3)


def _flat(node: ast.AST) -> list[ast.AST]:
    """The factors of a product."""
    return [*_flat(node.left), *_flat(node.right)] if isinstance(node, ast.BinOp) and _is(node, ast.Mult) else [node]


def numbers(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A number or a size as a factor: `2 *`, `/ T`."""
    for place, tier in _products(node, code):
        if isinstance(place, ast.Constant):
            continue
        text = code.piece(place) if _binds(place) else f"({code.bare(place)})"
        for factor in ("2 * ", "0.5 * "):
            yield code.put(place, factor + text, tier)
        for size in code.scope(node).sizes:
            yield code.put(place, f"{text} / {size}", tier)
            yield code.put(place, f"{text} * {size}", tier + 1)


def means(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A mean for a sum, and the other way round."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in ("mean", "sum"):
        return
    end = code.span(node.func)[1]
    name = "sum" if node.func.attr == "mean" else "mean"
    yield code.cut(end - len(node.func.attr), end, name, 0, node)
    if not node.args and not node.keywords:
        yield code.put(node, code.piece(node.func.value), 1)


def operators(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another operator: / for *, + for *."""
    if isinstance(node, ast.BinOp) and _is(node, ast.Mult, ast.Div, ast.Add, ast.Sub, ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod):
        names = {ast.Mult: "*", ast.Div: "/", ast.Add: "+", ast.Sub: "-", ast.Pow: "**", ast.MatMult: "@", ast.FloorDiv: "//", ast.Mod: "%"}
        was = names[type(node.op)]  # type: ignore[index]
        start, end = code.operator(node.left, node.right, was)
        for sign in ("*", "/", "+", "-", "@", "**"):
            if sign != was:
                yield code.cut(start, end, sign, 2 if {sign, was} in ({"*", "/"}, {"*", "+"}, {"*", "-"}, {"**", "*"}) else 3, node)
