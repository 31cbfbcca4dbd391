"""Edits of calls and constants: axes, copies, clips, numbers, comparisons."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..code import Code, Piece

AXES = ("0", "1", "-1", "2", "(0, 1)", "None")

SUMS = ("sum", "mean", "max", "min", "argmax")


def axes(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another axis; one dropped or added."""
    if not isinstance(node, ast.Call):
        return
    for word in node.keywords:
        if word.arg == "axis":
            for text in AXES:
                if text != code.bare(word.value):
                    yield code.put(word.value, text, 1, node)
        if word.arg == "keepdims":
            yield code.put(word.value, "False" if code.bare(word.value) == "True" else "True", 1, node)
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in SUMS:
        return
    method = code.bare(node.func.value) not in ("np", "numpy")
    if method and isinstance(node.func.value, ast.Subscript):
        for text in AXES:
            yield code.put(node, f"{code.piece(node.func.value.value)}.{node.func.attr}(axis={text})", 2)
    given = node.args[0 if method else 1 :]
    if given:
        for text in AXES:
            if text != code.bare(given[0]):
                yield code.put(given[0], text, 1, node)
    elif not any(word.arg == "axis" for word in node.keywords):
        end = code.span(node)[1] - 1
        comma = ", " if node.args or node.keywords else ""
        for text in AXES[:2]:
            yield code.cut(end, end, f"{comma}axis={text}", 1, node)


def copies(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A copy made where one array would have two names."""
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Attribute, ast.Subscript)):
        yield code.put(node.value, f"{code.bare(node.value)}.copy()", 1, node)
        for maker in ("zeros_like", "empty_like"):
            yield code.put(node.value, f"np.{maker}({code.bare(node.value)})", 3, node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "insert"):
        if node.args and isinstance(node.args[-1], (ast.Name, ast.Attribute)):
            yield code.put(node.args[-1], f"{code.bare(node.args[-1])}.copy()", 2, node)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}.get(type(node.op))
        if sign:
            start, end = code.operator(node.target, node.value, f"{sign}=")
            value = code.right_of(node.value, type(node.op))
            changes = ((start, end, f"= {node.target.id} {sign}"), (*code.whole(node.value), value))
            yield Piece(changes, 1, code.span(node))
    parent = code.parents.get(node)
    used = not isinstance(code.parents.get(parent or node), ast.Expr)  # without `out=` nothing would be left of it
    if isinstance(node, ast.keyword) and node.arg == "out" and isinstance(parent, ast.Call) and used:
        start, end = code.whole(parent.args[-1])[1], code.span(node)[1]
        yield code.cut(start, end, "", 1, parent)


def fresh(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Zeros for what is not zero, where something is carried or summed."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr in ("copy", "ones_like", "empty_like", "ones", "empty"):
        end = code.span(node.func)[1]
        name = "zeros" if node.func.attr in ("ones", "empty") else "zeros_like"
        yield code.cut(end - len(node.func.attr), end, name, 1, node)


def clips(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A clip left out."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.func.attr not in ("clip", "minimum", "maximum")
    ):
        return
    method = code.bare(node.func.value) not in ("np", "numpy")
    value = node.func.value if method else node.args[0] if node.args else None
    if value is None:
        return
    yield code.put(node, code.bare(value), 0)
    statement = code.statement(node)
    if any(word.arg == "out" for word in node.keywords) and isinstance(statement, ast.Expr):
        yield code.cut(*code.span(statement), "pass", 0, statement)


def constants(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another number."""
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield code.put(node, str(not node.value), 2)
        return
    was, shown = node.value, code.parents[node]
    number = shown if isinstance(shown, ast.expr) else node
    near = (
        [0, 1, 2, 3, 4, was - 1, was + 1]
        if isinstance(was, int)
        else [0.0, 1.0, 2.0, 0.5, was - 1, was + 1, was * 2, was / 2]
    )
    added = isinstance(shown, ast.BinOp) and isinstance(shown.op, (ast.Add, ast.Sub)) and node is shown.right
    for value in dict.fromkeys(near):
        if value != was and value >= 0 and not (added and value == 0):  # `t` for `t - 1` is another family's
            yield code.put(
                node, f"{value:g}" if isinstance(value, float) and value != int(value) else str(value), 1, number
            )


COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def comparisons(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another comparison; `not` dropped or added; a condition that always holds."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        was = COMPARED[type(node.ops[0])]
        start, end = code.operator(node.left, node.comparators[0], was)
        for sign in COMPARED.values():
            if sign != was:
                yield code.cut(start, end, sign, 1, node)
        bound = node.comparators[0]
        if not isinstance(bound, ast.Constant):
            for number in (-1, 1):
                yield code.put(bound, code.plus(code.bare(bound), number), 1, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield code.put(node, code.bare(node.operand), 1)
    if isinstance(node, (ast.If, ast.IfExp, ast.While)) and not isinstance(node, ast.While):
        yield code.put(node.test, f"not ({code.bare(node.test)})", 2)
    if isinstance(node, ast.IfExp):
        yield code.put(node, code.bare(node.body), 2)
        yield code.put(node, code.bare(node.orelse), 2)
    if isinstance(node, ast.BoolOp) and len(node.values) == 2:
        for value in node.values:
            yield code.put(node, code.bare(value), 2)
