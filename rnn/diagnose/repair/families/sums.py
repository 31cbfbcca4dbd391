"""Edits of assignments and sums: = and +=, signs, terms, what is carried and never added."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..code import OPERATORS, Code, Piece
from ..scope import own_nodes
from .names import alike, keys_of

MOST_TERMS = 24


def _is_sum(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def _sign(node: ast.BinOp | ast.AugAssign) -> str:
    return OPERATORS.get(type(node.op), "")


def accumulate(node: ast.AST, code: Code) -> Iterator[Piece]:
    """`+=` for `=`, and the other way round."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        start, end = code.operator(node.targets[0], node.value, "=")
        tier = 0 if any(True for _ in code.loops(node)) else 2
        yield code.cut(start, end, "+=", tier, node)
        yield code.cut(start, end, "-=", 3, node)
        yield code.cut(start, end, "*=", 3, node)
    if isinstance(node, ast.AugAssign) and _sign(node):
        start, end = code.operator(node.target, node.value, f"{_sign(node)}=")
        for sign in ("=", "+=", "-=", "*="):
            yield code.cut(start, end, sign, 0 if sign in ("=", "+=") else 1 if sign == "-=" else 3, node)


def repeated(node: ast.AST, code: Code) -> Iterator[Piece]:
    """`np.add.at(dE, ids, g)` for `dE[ids] += g`, which loses what comes twice."""
    if isinstance(node, (ast.AugAssign, ast.Assign)):
        target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
        adds = isinstance(node, ast.Assign) or isinstance(node.op, ast.Add)
        if isinstance(target, ast.Subscript) and adds and not isinstance(target.slice, ast.Slice):
            owner, index = code.piece(target.value), code.bare(target.slice)
            start, end = code.span(node)
            yield code.cut(start, end, f"np.add.at({owner}, {index}, {code.bare(node.value)})", 1, node)


def signs(node: ast.AST, code: Code) -> Iterator[Piece]:
    """- for +, a sign dropped or added."""
    if isinstance(node, ast.BinOp) and _is_sum(node):
        start, end = code.operator(node.left, node.right, _sign(node))
        yield code.cut(start, end, "-" if _sign(node) == "+" else "+", 0, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        start, end = code.span(node)[0], code.whole(node.operand)[0]
        yield code.cut(start, end, "", 0, node)
        if not isinstance(node.operand, ast.Constant):
            yield code.cut(start, end, "1 - ", 2, node)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and isinstance(node.value, ast.expr):
        text = code.piece(node.value)
        if not isinstance(node.value, (ast.Tuple, ast.Dict, ast.List, ast.UnaryOp)):
            yield code.put(node.value, f"-({text})" if _is_sum(node.value) else f"-{text}", 1)


def term_dropped(node: ast.AST, code: Code) -> Iterator[Piece]:
    """One term of a sum left out."""
    if isinstance(node, ast.BinOp) and _is_sum(node):
        yield code.put(node, code.bare(node.left), 0)
        yield code.put(
            node, code.bare(node.right) if _sign(node) == "+" else f"-{code.right_of(node.right, ast.Mult)}", 0
        )
        if _sign(node) == "-":
            yield code.put(node, code.bare(node.right), 1)


def _sum_of(node: ast.AST) -> ast.expr | None:
    """The value of a statement to which a term can be added."""
    value = node.value if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) else None
    return None if isinstance(value, (ast.Tuple, ast.List, ast.Dict, ast.Constant, ast.Lambda)) else value


def carry(node: ast.AST, code: Code) -> Iterator[Piece]:
    """What is computed and never used, added where it belongs."""
    value, scope = _sum_of(node), code.scope(node)
    places = [value] if value is not None else []
    if isinstance(node, ast.Call):
        places = [arg for arg in node.args if isinstance(arg, (ast.Subscript, ast.Name))]
    for place in places:
        for name in scope.unread:
            yield code.put(place, f"{code.piece(place)} + {name}", 1 if place is value else 2)


def term_added(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A term that stands elsewhere in the function, or a name, added."""
    value = _sum_of(node)
    places: list[tuple[ast.expr, int]] = [] if value is None else [(value, 2)]
    if isinstance(node, ast.Call) and not code.bare(node.func).startswith(("range", "np.zeros", "len")):
        places = [(arg, 3) for arg in node.args if isinstance(arg, (ast.Subscript, ast.Name))]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        places = [(node.left, 3)]
    scope = code.scope(node)
    for place, tier in places:
        text, bare = code.piece(place), code.bare(place)
        for number, term in enumerate(dict.fromkeys([*scope.terms, *scope.names])):
            if term not in bare and term != "1" and term not in scope.indices:
                yield code.put(place, f"{text} + {term}", tier if number < MOST_TERMS else 3)


def brackets(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Brackets around another part: `(a + b) * c` for `a + b * c`, and the other way round."""
    if not isinstance(node, ast.BinOp):
        return
    if (
        isinstance(node.op, (ast.Mult, ast.Div, ast.MatMult))
        and _is_sum(node.left)
        and isinstance(node.left, ast.BinOp)
    ):
        (start, end), inner = code.whole(node.left), code.span(node.left)
        yield Piece(((start, inner[0], ""), (inner[1], end, "")), 1, code.span(node))
    if (
        _is_sum(node)
        and isinstance(node.right, ast.BinOp)
        and isinstance(node.right.op, (ast.Mult, ast.Div, ast.MatMult))
    ):
        if code.whole(node.right) == code.span(node.right):
            first = node.right
            while isinstance(first.left, ast.BinOp) and code.whole(first.left) == code.span(first.left):
                first = first.left
            start, end = code.whole(node.left)[0], code.whole(first.left)[1]
            yield Piece(((start, start, "("), (end, end, ")")), 1, code.span(node))


def hand_on(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A name of the step's end handed on to the next: `dh_next = dh` at the end of a loop that lacks it."""
    if not isinstance(node, (ast.For, ast.While)):
        return
    inside = [one for statement in node.body for one in (statement, *own_nodes(statement))]
    stored = {one.id for one in inside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    read = [one.id for one in inside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    before = {
        one.id for one in code.scope(node).nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    } - stored
    start, end = code.line_start(code.span(node.body[0])[0]), code.span(node.body[0])[0]
    last = code.line_end(code.span(node.body[-1])[1] - 1)
    indent = code.text[start:end]
    if indent.strip():
        return
    for name in dict.fromkeys(one for one in read if one in before):
        for value in (*sorted(stored), *_items(name, stored, code)):
            yield Piece(((last, last, f"{indent}{name} = {value}\n"),), 2, code.span(node.body[-1]))


def _items(name: str, stored: set[str], code: Code) -> list[str]:
    """Items of a loop's dictionaries that are called like a name: `gradients["dh_prev"]` for `dh_prevt`."""
    read = [
        node for node in ast.walk(code.tree) if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
    ]
    held = {
        code.bare(node.value)
        for node in read
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    }
    return [
        f'{one}["{key}"]' for one in sorted(stored & held) for key in keys_of(code) if len(key) > 1 and alike(name, key)
    ]
