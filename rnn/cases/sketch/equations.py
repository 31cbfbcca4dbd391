"""What the forward step computes: the order of products, of stacking and of gates, activations and losses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .functions import products
from .names import gate_letters, plain
from .weights import pairs

X_LIKE = re.compile(r"x|xs|xt|xi|xn|inputs?|inp|xrow|xcur|currentx|xstep|xseq|xtrans")
H_LIKE = re.compile(
    r"(h|hs|s|a|hidden|state|hstate|states)(prev|t|next|last|0|old|before)?|prevh|preva|prev[shax]|before|hp|hpre|lasth|rh|hr|hm1|htm1"
)
C_LIKE = re.compile(r"(c|cs|cell|cells)(prev|t|last|0|old|before)?|prevc|cprev|ct1|cm1|cold|lastc")
JOINS = ("hstack", "vstack", "concatenate", "row_stack", "column_stack", "r_", "c_")


@dataclass
class Equations:
    """What was read; lists hold line numbers.

    Attributes:
        columns, rows: lines with W x and with x W.
        stacked: "xh", "hx" or "".
        assigned: values by the base name that they are given to.
    """

    columns: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    by_weight: dict[str, set[str]] = field(default_factory=dict)
    stacked: str = ""
    stacked_line: int = 0
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    ids: int = 0


def base(node: ast.AST) -> str:
    """The name that an expression begins with: `hs` of `hs[t - 1]`, `h` of `self.h`, `Wx` of `p["Wx"].T`."""
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return node.slice.value
        return base(node.value)
    if isinstance(node, ast.Attribute):
        return base(node.value) if node.attr == "T" else node.attr
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("reshape", "copy", "transpose", "ravel")
    ):
        return base(node.func.value)
    return node.id if isinstance(node, ast.Name) else ""


def kind(node: ast.AST, found: Equations) -> str:
    """What an operand is: "x", "h", a stack "xh" or "hx", or nothing known."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return "h" if "h" in (kind(node.left, found), kind(node.right, found)) else ""
    join = _join(node, found)
    if join:
        return join
    name = base(node)
    for value in found.assigned.get(name, ()):
        join = _join(value, found)
        if join:
            return join
    short = plain(name)
    return "x" if X_LIKE.fullmatch(short) else "h" if H_LIKE.fullmatch(short) else ""


def _join(node: ast.AST, found: Equations) -> str:
    """The order in which x and h are put together, where an expression does so."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in JOINS and node.args:
        parts = list(getattr(node.args[0], "elts", []))
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr in JOINS:
        parts = list(getattr(node.slice, "elts", []))
    kinds = []
    for part in parts:
        short = plain(base(part)) if not (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult)) else "h"
        kinds.append("x" if X_LIKE.fullmatch(short) else "h" if H_LIKE.fullmatch(short) else "")
    text = "".join(kinds)
    return text if text in ("xh", "hx") else ""


def _slice_writes(tree: ast.AST, found: Equations) -> None:
    """Stacks that are filled by slices: `concat[:n_a, :] = a_prev`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            where = node.targets[0]
            first = where.slice.elts[0] if isinstance(where.slice, ast.Tuple) and where.slice.elts else where.slice
            if isinstance(first, ast.Slice) and first.lower is None and first.upper is not None:
                name, what = plain(base(where)), kind(node.value, found)
                if name in ("concat", "stack", "stacked", "z", "xh", "hx", "joined") and what in ("x", "h"):
                    found.stacked, found.stacked_line = ("xh" if what == "x" else "hx"), node.lineno


def read_equations(tree: ast.AST, names: dict[str, str]) -> Equations:
    """Read all products of the weights `names`."""
    found = Equations()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in pairs(node):
                if value is not None and base(target):
                    found.assigned.setdefault(base(target), []).append(value)
    _slice_writes(tree, found)
    for left, right in products(tree):
        for weight, other, lines in ((left, right, found.columns), (right, left, found.rows)):
            name = base(weight)
            if name not in names or (isinstance(weight, ast.Attribute) and weight.attr == "T"):
                continue
            what = kind(other, found)
            if what:
                lines.append(weight.lineno)
                found.by_weight.setdefault(name, set()).add(what)
            if len(what) == 2 and not found.stacked:
                found.stacked, found.stacked_line = what, weight.lineno
    _by_ids(tree, names, found)
    return found


def _by_ids(tree: ast.AST, names: dict[str, str], found: Equations) -> None:
    """Columns or rows of a weight that are chosen by ids, and one-hot vectors that are built."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and names.get(base(node.value)) == "W_xh":
            index = node.slice
            column = isinstance(index, ast.Tuple) and len(index.elts) == 2 and isinstance(index.elts[0], ast.Slice)
            what = index.elts[1] if column and isinstance(index, ast.Tuple) else index
            if isinstance(what, (ast.Subscript, ast.Name)) and X_LIKE.fullmatch(plain(base(what))):
                (found.columns if column else found.rows).append(node.lineno)
                found.ids = node.lineno
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value in (1, 1.0):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and X_LIKE.fullmatch(plain(base(target))):
                    if any(
                        isinstance(one, ast.Name) and X_LIKE.fullmatch(plain(one.id)) for one in ast.walk(target.slice)
                    ):
                        found.ids = node.lineno


def tell_cell(tree: ast.Module, names: set[str]) -> tuple[str, int]:
    """The cell, and the line that tells it (0 where nothing but names does)."""
    packed = [
        (node.lineno, node.left.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult)
        and isinstance(node.left, ast.Constant)
        and node.left.value in (3, 4)
        and not isinstance(node.right, ast.Constant)
    ]
    if gate_letters("lstm", names):
        return "lstm", 0
    if gate_letters("gru", names):
        return "gru", 0
    fours, threes = [line for line, count in packed if count == 4], [line for line, count in packed if count == 3]
    if fours:
        return "lstm", fours[0]
    if len(threes) > 1 or (threes and "gru" in ast.unparse(tree).lower()):
        return "gru", threes[0]
    return "rnn", 0


def activation(tree: ast.AST, cell: str) -> tuple[str, int]:
    """The activation and the line it stands in; empty where none was found."""
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("tanh", "relu", "sigmoid"):
                found.setdefault(name, node.lineno)
            if name == "maximum" and any(isinstance(one, ast.Constant) and one.value == 0 for one in node.args):
                found.setdefault("relu", node.lineno)
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Div)
            and re.fullmatch(r"1(\.0?)? / \(1(\.0?)? \+ np\.exp\(-.*\)\)", ast.unparse(node))
        ):
            found.setdefault("sigmoid", node.lineno)
    for name in ("tanh", "relu", *(("sigmoid",) if cell == "rnn" else ())):
        if name in found:
            return name, found[name]
    return "", 0


def terms(tree: ast.AST) -> Iterator[tuple[str, list[ast.expr], int]]:
    """Sums of two products, as four factors: f * c_prev + i * g, by the name they are given to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in pairs(node):
                if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
                    parts = (value.left, value.right)
                    if all(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult) for part in parts):
                        factors = [
                            one for part in parts if isinstance(part, ast.BinOp) for one in (part.left, part.right)
                        ]
                        yield base(target), factors, node.lineno


def calls(node: ast.AST, name: str) -> bool:
    """Whether an expression is a call of a function of that name."""
    return isinstance(node, ast.Call) and (getattr(node.func, "attr", "") or getattr(node.func, "id", "")) == name
