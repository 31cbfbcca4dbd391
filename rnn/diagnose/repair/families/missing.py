"""Edits that add a statement which stands elsewhere in like form: a buffer set to zero, the target subtracted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..code import Code, Piece, block_of
from .statements import SIMPLE, ended, indent_of, lines_of, shifted_lines

ZEROS = re.compile(r"zeros|\b0(\.0*)?\b")


def _stored(node: ast.AST) -> set[str]:
    """Names that a statement writes, also those of which it writes an item."""
    found = set()
    for one in ast.walk(node):
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AugAssign) else []
        for target in targets:
            while isinstance(target, (ast.Subscript, ast.Attribute)):
                target = target.value
            found |= {target.id} if isinstance(target, ast.Name) else set()
    return found


def reset(node: ast.AST, code: Code) -> Iterator[Piece]:
    """What is set to zero before a loop set to zero in it as well, before it is added to: `nxt = [0.0] * n`."""
    if not isinstance(node, ast.Assign) or not ZEROS.search(code.bare(node.value)):
        return
    own, lines = _stored(node), lines_of(node, code)
    block = list(block_of(node, code.parents[node]))
    for loop in block[block.index(node) + 1 :]:
        if lines is None or not isinstance(loop, (ast.For, ast.While)):
            continue
        for inner in loop.body:
            place = lines_of(inner, code)
            if place is not None and own & _stored(inner):
                moved = shifted_lines(code.text[slice(*lines)], indent_of(node, code), indent_of(inner, code))
                yield Piece(((place[0], place[0], ended(moved)),), 1, code.span(node))


def target(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The one-hot target subtracted from a softmax: `dx[np.arange(n), ids] -= 1`, with the index that the loss reads."""
    if not isinstance(node, SIMPLE) or not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return
    lines, known = lines_of(node, code), set(code.scope(node).names)
    name = node.targets[0].id
    for text, names in _read_of_loss(code):
        if lines is not None and names <= known:
            added = f"{indent_of(node, code)}{name}[{text}] -= 1\n"
            yield Piece(((lines[1], lines[1], added),), 1, code.span(node))


def _read_of_loss(code: Code) -> dict[tuple[str, frozenset[str]], None]:
    """Indices, and their names, of what a logarithm is taken of."""
    found: dict[tuple[str, frozenset[str]], None] = {}
    for call in ast.walk(code.tree):
        if not isinstance(call, ast.Call) or not code.bare(call.func).endswith("log"):
            continue
        for one in ast.walk(call):
            inside = isinstance(code.parents.get(one), ast.Subscript)
            if isinstance(one, ast.Subscript) and not inside:
                names = {part.id for part in ast.walk(one.slice) if isinstance(part, ast.Name)}
                found[code.bare(one.slice), frozenset(names - code.scope(one).modules - {"range", "len"})] = None
    return found
