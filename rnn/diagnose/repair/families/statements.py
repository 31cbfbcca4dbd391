"""Edits of whole statements: their order, which loop they stand in, one too many, one missing beside its like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..code import Code, Piece, block_of
from ..scope import Scope

SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)
TAB = "    "


def lines_of(statement: ast.stmt, code: Code) -> tuple[int, int] | None:
    """The whole lines of a statement; None where it shares one with others."""
    start, end = code.span(statement)
    first, last = code.line_start(start), code.line_end(end - 1 if end else end)
    alone = not code.text[first:start].strip() and not code.text[end:last].split("#")[0].strip()
    return (first, last) if alone else None


def ended(text: str) -> str:
    """A text that ends its line."""
    return text if text.endswith(("\n", "\r")) else text + "\n"


def order(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Two neighbouring statements exchanged, or one moved before or behind some others."""
    if not isinstance(node, SIMPLE):
        return
    block = list(block_of(node, code.parents[node]))
    place, lines = block.index(node), lines_of(node, code)
    for distance in range(1, 7):
        if lines is None or place + distance >= len(block):
            return
        other = block[place + distance]
        behind = lines_of(other, code)
        if behind is None:
            return
        own, rest = code.text[slice(*lines)], code.text[lines[1] : behind[1]]
        tier = 1 if distance == 1 else 2
        yield Piece(((lines[0], lines[1], ""), (behind[1], behind[1], ended(own))), tier, code.span(node))
        if distance > 1 and isinstance(other, SIMPLE):
            moved = code.text[slice(*behind)]
            yield Piece(((lines[0], lines[0], ended(moved)), (behind[0], behind[1], "")), tier, code.span(other))
        del rest


def out_of_loop(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A statement moved out of its loop: behind it, or before it."""
    parent = code.parents.get(node)
    if not isinstance(node, SIMPLE) or not isinstance(parent, (ast.For, ast.While, ast.If)) or len(parent.body) < 2:
        return
    lines, outer = lines_of(node, code), lines_of(parent, code)
    if lines is None or outer is None or node not in parent.body:
        return
    shift = len(indent_of(parent, code))
    moved = shifted_lines(code.text[slice(*lines)], indent_of(node, code), code.text[outer[0] : outer[0] + shift])
    if lines[1] == outer[1]:
        yield Piece(((*lines, moved),), 1, code.span(node))
    else:
        yield Piece(((*lines, ""), (outer[1], outer[1], ended(moved))), 2, code.span(node))
    yield Piece(((outer[0], outer[0], ended(moved)), (*lines, "")), 2, code.span(node))


def tail_out_of_loop(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The last statements of a loop moved behind it: updates or a `return` that stand one level too deep."""
    parent = code.parents.get(node)
    if not isinstance(node, (*SIMPLE, ast.Return)) or not isinstance(parent, (ast.For, ast.While)):
        return
    number = parent.body.index(node) if node in parent.body else 0
    alone = number == len(parent.body) - 1 and not isinstance(node, ast.Return)
    if number == 0 or alone or parent.orelse:
        return
    lines, last, outer = lines_of(node, code), lines_of(parent.body[-1], code), lines_of(parent, code)
    if lines is not None and last is not None and outer is not None:
        start = code.line_start(code.span(parent)[0])
        moved = shifted_lines(
            code.text[lines[0] : last[1]], indent_of(node, code), code.text[start : code.span(parent)[0]]
        )
        yield Piece(((lines[0], last[1], moved),), 0, (code.span(node)[0], code.span(parent.body[-1])[1]))


def into_loop(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A statement moved into the loop before or behind it."""
    if not isinstance(node, SIMPLE):
        return
    block = list(block_of(node, code.parents[node]))
    place, lines = block.index(node), lines_of(node, code)
    if lines is None:
        return
    later = next((n for n, one in enumerate(block) if n > place and isinstance(one, (ast.For, ast.While))), -1)
    for number in (place - 1, later):
        loop = block[number] if 0 <= number < len(block) else None
        if not isinstance(loop, (ast.For, ast.While)) or lines_of(loop, code) is None:
            continue
        inner = indent_of(loop.body[0], code)
        moved = ended(shifted_lines(code.text[slice(*lines)], indent_of(node, code), inner))
        where = lines_of(loop, code) if number < place else lines_of(loop.body[0], code)
        if where is None:
            continue
        if number < place:
            yield Piece(((where[1], lines[1], moved),), 1, code.span(node))
        else:
            yield Piece(((*lines, ""), (where[0], where[0], moved)), 1, code.span(node))


def indent_of(statement: ast.stmt, code: Code) -> str:
    """What stands before a statement on its line."""
    start = code.span(statement)[0]
    return code.text[code.line_start(start) : start]


def shifted_lines(text: str, was: str, now: str) -> str:
    """Lines with another indent."""
    return "".join(now + line.removeprefix(was) if line.startswith(was) else line for line in text.splitlines(True))


def dropped(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A statement that is too many; a condition around statements that always hold."""
    lines = lines_of(node, code) if isinstance(node, (*SIMPLE, ast.If, ast.Continue, ast.Break)) else None
    if lines is None or not isinstance(node, ast.stmt):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    alone = len(block_of(node, code.parents[node])) == 1
    yield Piece((((*code.span(node), "pass") if alone else (*lines, "")),), 2, code.span(node))


def _renamed(text: str, letters: tuple[str, str]) -> str:
    """A text with one gate's letter (or word) for another's in every name that has it as a part."""
    was, now = letters

    def other(found: re.Match[str]) -> str:
        name = found[0]
        for pattern in (
            rf"^(d|da|W|U|b|dW|dU|db|)({was})(s|t|_|$)",
            rf"(_|^)({was})()(?=_|$|[A-Z]|\d)",
            rf"^(d\w*?)({was})()$",
        ):
            if re.search(pattern, name):
                return re.sub(pattern, lambda m: m[1] + now + m[3], name, count=1)
        return name

    return re.sub(r"[A-Za-z_]\w*", other, text)


def _letter_pairs(one: ast.stmt, other: ast.stmt, code: Code) -> set[tuple[str, str]]:
    """How names at the left of one statement become those of another: `di`, `df`: i and f."""
    targets = []
    for statement in (one, other):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        targets.append(code.bare(target) if target is not None else "")
    was, now = targets
    start = next((n for n, (a, b) in enumerate(zip(was, now)) if a != b), min(len(was), len(now)))
    tail = next((n for n, (a, b) in enumerate(zip(was[start:][::-1], now[start:][::-1])) if a != b), 0)
    first, second = was[start : len(was) - tail], now[start : len(now) - tail]
    return {(first, second)} if first.isalnum() and second.isalnum() and len(first) < 5 and len(second) < 5 else set()


def like_its_sibling(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The value written as in the statement for another gate: `do * o * (1 - o)` beside `di * i * (1 - i)`."""
    if not isinstance(node, (ast.Assign, ast.AugAssign)):
        return
    block = [one for one in block_of(node, code.parents[node]) if isinstance(one, (ast.Assign, ast.AugAssign))]
    known = set(re.findall(r"[A-Za-z_]\w*", code.text))
    for other in block:
        if other is node:
            continue
        for letters in _letter_pairs(other, node, code):
            text = _renamed(code.bare(other.value), letters)
            if set(re.findall(r"[A-Za-z_]\w*", text)) <= known and text != code.bare(node.value):
                yield code.put(node.value, text, 1, node)
                yield from beside(node, _renamed(code.bare(other), letters), code)


def beside(node: ast.stmt, text: str, code: Code) -> Iterator[Piece]:
    """A statement put behind another, unless it would only take the place of what that one assigns."""
    lines = lines_of(node, code)
    replaced = isinstance(node, ast.Assign) and text.startswith(f"{code.bare(node.targets[0])} = ")
    if lines is not None and "\n" not in text and not replaced:
        yield Piece(((lines[1], lines[1], f"{indent_of(node, code)}{text}\n"),), 2, code.span(node))


def missing_sibling(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The statement for a gate that has none, written like that for another gate."""
    if not isinstance(node, (ast.Assign, ast.AugAssign)):
        return
    block = [one for one in block_of(node, code.parents[node]) if isinstance(one, (ast.Assign, ast.AugAssign))]
    own = code.bare(node)
    known = set(re.findall(r"[A-Za-z_]\w*", code.text))
    letters = {pair for one in block for other in block if one is not other for pair in _letter_pairs(one, other, code)}
    there = {code.bare(one) for one in block}
    for pair in sorted(letters):
        text = _renamed(own, pair)
        if text != own and text not in there and set(re.findall(r"[A-Za-z_]\w*", text)) <= known:
            yield from beside(node, text, code)
            if isinstance(node, ast.Assign) and len(node.targets) == 1:  # where what is to be added up is there already
                yield from beside(node, text.replace(" = ", " += ", 1), code)


def sibling_term(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The term for a gate that a sum lacks, written like that for another gate: `Wo.T @ do` beside `Wf.T @ df + Wi.T @ di`."""
    if not isinstance(node, (ast.Assign, ast.AugAssign)) or not isinstance(node.value, ast.BinOp):
        return
    terms = _terms(node.value)
    if len(terms) < 2:
        return
    texts = [code.piece(term) for term in terms]
    known = set(re.findall(r"[A-Za-z_]\w*", code.text))
    made: dict[str, None] = {}
    for pair in sorted(_gate_pairs(code.scope(node), code)):
        for text in texts:
            found = _renamed(text, pair)
            if found not in texts and set(re.findall(r"[A-Za-z_]\w*", found)) <= known:
                made[found] = None
    for text in made:
        yield code.put(node.value, f"{code.bare(node.value)} + {text}", 1, node)
    for text in dict.fromkeys(other for term in made for other in _with_another_name(term, code.scope(node).names)):
        if text not in made:
            yield code.put(node.value, f"{code.bare(node.value)} + {text}", 2, node)


def _with_another_name(text: str, names: Sequence[str]) -> Iterator[str]:
    """A term with one of its names exchanged for one that begins like it or that it begins with: `do` for `dot`."""
    for found in re.finditer(r"(?<![\w.\"'])[A-Za-z_]\w*(?![\w(.\"'])", text):
        for name in names:
            if name != found[0] and (name.startswith(found[0]) or found[0].startswith(name)):
                yield text[: found.start()] + name + text[found.end() :]


def _terms(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


@lru_cache(maxsize=64)
def _gate_pairs(scope: Scope, code: Code) -> frozenset[tuple[str, str]]:
    """How the name of one gate's gradient becomes that of another's, in a whole function."""
    plain = [one for one in scope.nodes if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)]
    first = {code.bare(one.targets[0]): one for one in plain}
    return frozenset(
        pair for one in first.values() for other in first.values() if one is not other for pair in _letter_pairs(one, other, code)
    )  # fmt: skip
