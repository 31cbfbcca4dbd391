"""The order of axes, read from loops, slices, unpacked shapes and the arrays that states are made with."""

from __future__ import annotations

import ast
import re

from .equations import H_LIKE, X_LIKE, base
from .names import SIZES, one_of, plain
from .weights import letter, pairs, shape_of

THREE = ("TBD", "BTD", "DBT", "BDT", "TDB")


def _unpacked(tree: ast.AST) -> tuple[str, int]:
    """The layout that `N, T, D = x.shape` says."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.Attribute)
        ):
            if node.value.attr == "shape" and X_LIKE.fullmatch(plain(base(node.value.value))):
                letters = [one_of(SIZES, base(one)) or "?" for one in node.targets[0].elts]
                text = "".join("D" if one == "V" else one for one in letters)
                if text in (*THREE, "TD", "DT"):
                    return text, node.lineno
    return "", 0


def _sliced(tree: ast.AST) -> tuple[str, int]:
    """The layout that `x[:, t, :]` says."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and X_LIKE.fullmatch(plain(base(node.value)))
            and isinstance(node.slice, ast.Tuple)
        ):
            parts = node.slice.elts
            whole = [isinstance(one, ast.Slice) and one.lower is None and one.upper is None for one in parts]
            if len(parts) == 3 and whole == [True, True, False]:
                return "DBT", node.lineno
            if len(parts) >= 2 and whole[0] and not whole[1] and not isinstance(parts[1], (ast.Slice, ast.Constant)):
                if len(parts) == 3:
                    return "BTD", node.lineno
                if plain(base(parts[1])) in ("t", "i", "step"):
                    return "?T", node.lineno
    return "", 0


def _states(tree: ast.AST) -> list[tuple[list[str], int]]:
    """Sizes that states, or what is carried back, are made with."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in pairs(node):
                name = plain(base(target))
                if (
                    H_LIKE.fullmatch(name)
                    or X_LIKE.fullmatch(name)
                    or re.fullmatch(r"d?[hs](next|prev|0|carry)|hprev", name)
                ):
                    sizes = shape_of(value)
                    if sizes:
                        found.append((sizes, node.lineno))
    return found


def tell_layout(tree: ast.AST, columns: bool, bias: str, ids: bool) -> tuple[str, int, bool]:
    """The layout of x, the line it was read from, and whether that is sure."""
    text, line = _unpacked(tree)
    if text:
        return text, line, True
    text, line = _sliced(tree)
    if text in THREE:
        return text, line, not (text == "DBT" and not columns)
    if text == "?T" and not ids:
        return ("DT", line, True) if columns and bias != "column" else ("BTD", line, False)
    for sizes, where in _states(tree):
        letters = [letter(one) for one in sizes]
        if letters in (["H", "1"], ["V", "1"], ["D", "1"]):
            return "TD1", where, True
        if letters in (["1", "H"], ["1", "V"], ["1", "D"]):
            return "T1D", where, True
        if letters == ["B", "H"]:
            return "TBD", where, True
        if letters == ["H", "B"]:
            return "TDB", where, True
        if letters in (["H"], ["T", "H"]) or (
            len(sizes) == 2 and letters[1] == "H" and sizes[0].startswith(("T +", "len(", "T", "1 +"))
        ):
            return "TD", where, True
    if columns and bias == "column":
        return "TD1", 0, False
    if columns:
        return "TD", 0, False
    return "TBD", 0, False


def tell_bias(names: dict[str, str], shapes: dict[str, list[str]]) -> str:
    """`vector`, `column`, `row`, or nothing where no bias is made."""
    for name, ours in names.items():
        if ours.startswith("b_") and shapes.get(name):
            sizes = shapes[name]
            if len(sizes) == 1:
                return "vector"
            if len(sizes) == 2:
                return "column" if sizes[1] == "1" else "row" if sizes[0] == "1" else ""
    return ""
