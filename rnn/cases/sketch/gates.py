"""The order of packed gates, and which of the two forms a GRU or an LSTM has."""

from __future__ import annotations

import ast
import re

from .equations import C_LIKE, H_LIKE, Equations, base, calls, terms
from .functions import products
from .names import plain


def _block(node: ast.AST, count: int) -> int:
    """Which block of a packed array a slice is, -1 where that can't be told: `a[:, H:2 * H]` is 1."""
    if not isinstance(node, ast.Subscript):
        return -1
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for part in parts:
        if isinstance(part, ast.Slice) and (part.lower is not None or part.upper is not None):
            if part.lower is None:
                return 0 if isinstance(part.upper, (ast.Name, ast.Attribute)) else -1
            low = part.lower
            if isinstance(low, (ast.Name, ast.Attribute)):
                return 1
            if isinstance(low, ast.BinOp) and isinstance(low.op, ast.Mult) and isinstance(low.left, ast.Constant):
                value = low.left.value
                return value if isinstance(value, int) and 0 <= value < count else -1
    return -1


def blocks(tree: ast.AST, found: Equations, count: int) -> dict[str, int]:
    """Which block of the packed gates each variable comes from."""
    known: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Tuple, ast.List)):
            if any(calls(node.value, name) for name in ("split", "hsplit", "vsplit", "array_split")):
                names = [base(one) for one in node.targets[0].elts]
                if len(names) == count:
                    known |= {name: at for at, name in enumerate(names)}
    for _ in range(3):
        for name, values in found.assigned.items():
            for value in values:
                inner = value.args[0] if isinstance(value, ast.Call) and value.args else value
                at = _block(inner, count)
                if at < 0 and isinstance(inner, ast.Name):
                    at = known.get(inner.id, -1)
                if at >= 0:
                    known.setdefault(name, at)
    return known


def _like(pattern: re.Pattern[str], node: ast.AST) -> bool:
    return pattern.fullmatch(plain(base(node))) is not None


def lstm_letters(tree: ast.AST, found: Equations) -> tuple[dict[str, str], int]:
    """Our letters by the names of the gates' values, told from c = f * c_prev + i * g and h = o * tanh(c)."""
    letters: dict[str, str] = {}
    line, cell = 0, ""
    for target, (a, b, c, d), where in terms(tree):
        for one, before, left, right in ((a, b, c, d), (b, a, c, d), (c, d, a, b), (d, c, a, b)):
            if not letters and _like(C_LIKE, before) and C_LIKE.fullmatch(plain(target)):
                squashed = [
                    side
                    for side in (left, right)
                    if any(calls(value, "tanh") for value in found.assigned.get(base(side), ()))
                ]
                if len(squashed) == 1:
                    other = right if squashed[0] is left else left
                    letters = {base(one): "f", base(squashed[0]): "g", base(other): "i"}
                    line, cell = where, target
    for name, values in found.assigned.items():
        for value in values:
            if (
                letters
                and isinstance(value, ast.BinOp)
                and isinstance(value.op, ast.Mult)
                and H_LIKE.fullmatch(plain(name))
            ):
                for gate, other in ((value.left, value.right), (value.right, value.left)):
                    inner = other.args[0] if calls(other, "tanh") and isinstance(other, ast.Call) else other
                    squashed_cell = any(
                        calls(one, "tanh") and isinstance(one, ast.Call) and base(one.args[0]) == cell
                        for one in found.assigned.get(base(other), ())
                    )
                    if base(inner) == cell or squashed_cell:
                        letters.setdefault(base(gate), "o")
    return letters, line


def cell_tanh(tree: ast.AST, found: Equations) -> bool | None:
    """Whether h = o * tanh(c) or h = o * c; None where neither stands there."""
    for name, values in found.assigned.items():
        if not H_LIKE.fullmatch(plain(name)):
            continue
        for value in values:
            if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
                for side in (value.left, value.right):
                    if calls(side, "tanh") or (
                        any(calls(one, "tanh") for one in found.assigned.get(base(side), ()))
                        and not _like(C_LIKE, side)
                    ):
                        return True
                if _like(C_LIKE, value.left) or _like(C_LIKE, value.right):
                    return False
    return None


def gru_letters(tree: ast.AST, found: Equations) -> tuple[dict[str, str], str, int]:
    """Letters by names, and `keep` or `new`, told from h = z * h_prev + (1 - z) * n."""
    for target, (a, b, c, d), line in terms(tree):
        for gate, one, other, two in (
            (a, b, c, d),
            (a, b, d, c),
            (b, a, c, d),
            (b, a, d, c),
            (c, d, a, b),
            (c, d, b, a),
            (d, c, a, b),
            (d, c, b, a),
        ):
            if (
                isinstance(other, ast.BinOp)
                and isinstance(other.op, ast.Sub)
                and base(other.right) == base(gate)
                and base(gate)
            ):
                if _like(H_LIKE, one) and (not _like(H_LIKE, two) or base(one) == target or "prev" in ast.unparse(one)):
                    return {base(gate): "z", base(two): "n"}, "keep", line
                if _like(H_LIKE, two):
                    return {base(gate): "z", base(one): "n"}, "new", line
    return {}, "", 0


def reset_form(tree: ast.AST) -> tuple[str, int]:
    """`before` or `after`, where the reset gate multiplies h or what h was multiplied to."""
    for left, right in products(tree):
        for one in (left, right):
            for node in ast.walk(one):
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                    sides = (base(node.left), base(node.right))
                    if any(plain(name) in ("r", "rt", "rs", "reset", "resetgate") for name in sides):
                        return "before", node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for gate, other in ((node.left, node.right), (node.right, node.left)):
                if plain(base(gate)) in ("r", "rt", "rs", "reset", "resetgate") and any(True for _ in products(other)):
                    return "after", node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            both = {plain(base(node.left)), plain(base(node.right))}
            if both & {"r", "rt", "rs"} and any(H_LIKE.fullmatch(name) for name in both):
                return "before", node.lineno
    return "", 0
