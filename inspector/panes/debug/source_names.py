"""Names in a line of source: which of them stands at a column, and which path of an array it means."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from rnn.parsing import literal, parse_eval

NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def name_at(text: str, column: int) -> tuple[str, str]:
    """The name at a column with what stands before its dots, and the indices in brackets behind it; empty for none."""
    for found in NAME.finditer(text):
        if found.start() <= column < found.end():
            end = text.find(".", column, found.end())
            name = found[0] if end < 0 else found[0][: end - found.start()]
            return name, _brackets(text, found.end()) if end < 0 else ""
    return "", ""


def _brackets(text: str, start: int) -> str:
    """All brackets that follow each other from a place on."""
    end, depth = start, 0
    for place in range(start, len(text)):
        depth += (text[place] == "[") - (text[place] == "]")
        if not depth:
            if text[place] != "]":
                break
            end = place + 1
    return text[start:end]


def paths_at(text: str, column: int, numbers: Mapping[str, str]) -> list[str]:
    """Paths that a place in a line can mean, the most exact one first.

    Args:
        text: the line. column: of the place. numbers: what the names of indices stand for, as texts.
    """
    name, brackets = name_at(text, column)
    if not name:
        return []
    found = []
    resolved = resolve(brackets, numbers) if brackets else None
    while resolved:
        found.append(name + "".join(resolved))
        resolved = resolved[:-1]
    return [*found, name]


def resolve(brackets: str, numbers: Mapping[str, str]) -> list[str] | None:
    """`[t][k]` with numbers for the names, `['[3]', "['W']"]`; None where one is a slice or something to be computed."""
    try:
        node: ast.expr = parse_eval("_" + brackets)
    except (SyntaxError, ValueError):
        return None
    found = []
    while isinstance(node, ast.Subscript):
        value = _index(node.slice, numbers)
        if value is None:
            return None
        found.append(f"[{value!r}]")
        node = node.value
    return found[::-1]


def _index(node: ast.expr, numbers: Mapping[str, str]) -> int | str | None:
    """A whole number or a text: written so, a name for it, or such a name plus or minus a number."""
    if isinstance(node, ast.Constant):
        value: object = node.value
        return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    if isinstance(node, ast.Name):
        return _literal(numbers.get(node.id, ""))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _index(node.operand, numbers)
        return -inner if isinstance(inner, int) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _index(node.left, numbers), _index(node.right, numbers)
        if isinstance(left, int) and isinstance(right, int):
            return left + right if isinstance(node.op, ast.Add) else left - right
    return None


def _literal(text: str) -> int | str | None:
    try:
        value = literal(text)
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def lookups(paths: list[str], known: Mapping[str, str]) -> Iterator[str]:
    """Those paths that lead to an array: one that is known as one, or an entry of a container that is known.

    Args:
        paths: the most exact one first. known: kinds of the rows of the table of arrays, by path.
    """
    for path in paths:
        if known.get(path) == "array":
            yield path
        elif path not in known:
            root = path.partition("[")[0]
            if root != path and known.get(root) == "container":
                yield path
