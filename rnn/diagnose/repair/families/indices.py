"""Edits of what stands in square brackets: the step read or written, slices of steps and of gates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..code import Code, Piece, binding


def elements(node: ast.Subscript) -> list[ast.expr]:
    """What stands in the square brackets, one for each axis."""
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def _number(node: ast.expr | None) -> int | None:
    """The number that an expression is, signs included."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        found = _number(node.operand)
        return None if found is None else -found
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def shifted(node: ast.expr, code: Code, any_name: bool = False) -> Iterator[tuple[str, int]]:
    """Other texts for an index, each with how common it is to have meant it.

    Args: node: the index. code: that it stands in. any_name: whether a name that is not known to count steps is one.
    """
    number = _number(node)
    if number is not None:
        yield from ((str(other), 1) for other in (number - 1, number + 1))
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        added, subtracted = _number(node.right), isinstance(node.op, ast.Sub)
        if added is not None:
            base, was = code.piece(node.left), -added if subtracted else added
            near = [number for number in (0, was - 1, was + 1, -was) if number != was]
            yield from ((code.plus(base, number), min(abs(number - was) - 1, 1)) for number in dict.fromkeys(near))
            return
        yield from ((code.plus(code.bare(node), number), 1) for number in (-1, 1))
        if subtracted:
            yield code.piece(node.right), 1
        return
    name = node.id if isinstance(node, ast.Name) else ""
    if any_name or name in code.scope(node).indices or isinstance(node, (ast.Attribute, ast.Call)):
        yield from ((code.plus(code.bare(node), number), 0) for number in (-1, 1))


def index(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The step before or after: `h[t]` for `h[t - 1]`, `state(t)` for `state(t - 1)`, `a[-1]` for `a[0]`."""
    if isinstance(node, ast.Call):
        items = [arg for arg in node.args if _counts(arg, code)]
    else:
        items = elements(node) if isinstance(node, ast.Subscript) else []
    for element in items:
        if not isinstance(element, (ast.Slice, ast.Tuple)):
            for text, tier in shifted(element, code):
                yield code.put(element, text, tier + isinstance(node, ast.Call), node)
            if isinstance(node, ast.Subscript) and _number(element) is not None:
                for name in _counters(node, code):
                    yield code.put(element, name, 1, node)


def _counters(node: ast.AST, code: Code) -> list[str]:
    """Names that the loops around a node count with."""
    loops = [loop.target for loop in code.loops(node) if isinstance(loop, ast.For)]
    return [target.id for target in loops if isinstance(target, ast.Name) and target.id in code.scope(node).indices]


def exchanged(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Two indices exchanged: `W[j][i]` for `W[i][j]`, `W[j, i]` for `W[i, j]`."""
    if not isinstance(node, ast.Subscript):
        return
    inner = node.value
    items = elements(node)
    if len(items) == 1 and isinstance(inner, ast.Subscript) and len(elements(inner)) == 1:
        items = [elements(inner)[0], items[0]]
    if len(items) != 2 or code.bare(items[0]) == code.bare(items[1]):
        return
    one, other = code.span(items[0]), code.span(items[1])
    yield Piece(((*one, code.text[slice(*other)]), (*other, code.text[slice(*one)])), 1, code.span(node))


def _counts(node: ast.expr, code: Code) -> bool:
    """Whether an argument is a step: `t` or `t - 1`."""
    base = node.left if isinstance(node, ast.BinOp) and _number(node.right) is not None else node
    return isinstance(base, ast.Name) and base.id in code.scope(node).indices


STARTS = re.compile(r"0$|init|prev|start", re.I)
"""Ends of names of initial states, and of what came before."""


def wrapped(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The initial state at the first step, where `h[t - 1]` would be the last one: `(h[t - 1] if t > 0 else h0)`."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return
    for element in elements(node):
        if not isinstance(element, ast.BinOp) or not isinstance(element.op, ast.Sub) or _number(element.right) != 1:
            continue
        step, scope = element.left, code.scope(node)
        if not isinstance(step, ast.Name) or step.id not in scope.indices:
            continue
        known = [text for text in scope.operands if STARTS.search(re.sub(r"\W+$", "", text)) and len(text) < 30]
        for start in (f"np.zeros_like({_with(node, element, step.id, code)})", *known):
            yield code.put(node, f"({code.bare(node)} if {step.id} > 0 else {start})", 2)


def _with(node: ast.Subscript, element: ast.expr, text: str, code: Code) -> str:
    """A subscript with another element."""
    start, end = code.span(node)
    first, last = code.span(element)
    return code.text[start:first] + text + code.text[last:end]


def turned(node: ast.AST, code: Code) -> Iterator[Piece]:
    """The step counted from the other end: `x[T - 1 - t]` for `x[t]`."""
    if not isinstance(node, ast.Subscript):
        return
    for element in elements(node):
        if isinstance(element, ast.Name) and element.id in code.scope(node).indices:
            for size in code.scope(node).sizes:
                yield code.put(element, code.plus(size, -1) + f" - {element.id}", 2, node)
            yield code.put(element, f"-{element.id} - 1", 3, node)


ENDS = (":-1", "1:", ":")


def slices(node: ast.AST, code: Code) -> Iterator[Piece]:
    """Another part of an array: `h[1:]` for `h[:-1]`, `a[:, n:2*n]` for `a[:, :n]`."""
    if not isinstance(node, ast.Slice):
        return
    shown = code.parents[node]
    shown = shown if isinstance(shown, ast.Subscript) else code.parents[shown]
    start, end = code.span(node)
    bounds = [node.lower, node.upper]
    simple = all(bound is None or _number(bound) in (1, -1) for bound in bounds) and node.step is None
    scope = code.scope(node)
    ends = ENDS if simple and any(bounds) else ()
    others = [text for text in scope.slices if text not in (":", "::-1", *ends)] if any(bounds) else []
    for text in ends:
        yield code.cut(start, end, text, 0, shown)
    for text in others:
        yield code.cut(start, end, text, 1, shown)
    for bound in bounds:
        if bound is not None:
            for text, _ in shifted(bound, code, True):
                yield code.put(bound, text, 1, shown)
    if node.lower is not None and node.upper is not None and node.step is None:
        for by in (-1, 1):
            moved = ":".join(_moved(code.bare(bound), by, code) for bound in (node.lower, node.upper))
            yield code.cut(start, end, moved, 1, shown)
    if sum(bound is not None for bound in bounds) == 1 and node.step is None:
        yield from _other_end(node, code, shown)
    first, last = node.lower, node.upper
    if isinstance(first, ast.Name) and isinstance(last, ast.BinOp) and code.bare(last.left) == first.id:
        count = code.piece(last.right)
        yield code.cut(start, end, f"{first.id} * {count}:({first.id} + 1) * {count}", 1, shown)
    if not any(bounds) and node.step is None:
        for text, tier in ((":-1", 2), ("1:", 2), ("::-1", 2)):
            yield code.cut(start, end, text, tier, shown)


def _moved(text: str, by: int, code: Code) -> str:
    """A bound one further on or back: `D` for `D + 1`, `0` for `1`."""
    if text.isdigit() and int(text) + by >= 0:
        return str(int(text) + by)
    one = r"\s*-\s*1\b(?!\s*[*/.@%])" if by > 0 else r"\s*\+\s*1\b(?!\s*[*/.@%])|^1\s*\+\s*(?=\w)"
    found, count = re.subn(one, "", text, count=1)
    if count and found and "(" not in text:
        return found
    return code.plus(text, by)


def _other_end(node: ast.Slice, code: Code, shown: ast.AST) -> Iterator[Piece]:
    """The other side of a bound: `a[:n]` for `a[n:]` and for `a[-n:]`."""
    bound = node.lower or node.upper
    assert bound is not None
    text, span = code.bare(bound), code.span(node)
    plain = text.removeprefix("-") if isinstance(bound, ast.UnaryOp) else text
    signed = f"-{plain}" if binding(plain) == 9 else f"-({plain})"
    for other in (f":{plain}", f"{plain}:", f"{signed}:", f":{signed}"):
        yield code.cut(*span, other, 1, shown)


def sliced(node: ast.AST, code: Code) -> Iterator[Piece]:
    """A part of an array for all of it, and the other way round: `zip(states[1:], errors)` for `zip(states, errors)`."""
    parent = code.parents.get(node)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        plain = isinstance(node.slice, ast.Slice)
        yield code.put(node, code.piece(node.value), 1 if plain else 3)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Constant):
        if isinstance(parent, (ast.BinOp, ast.Assign, ast.Call)):
            yield code.put(node, f"{code.bare(node)}[::-1]", 2)
    read = isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load)
    if not read or not isinstance(parent, (ast.Call, ast.For, ast.BinOp, ast.Attribute, ast.Assign, ast.comprehension)):
        return
    if isinstance(parent, ast.Call) and node is parent.func:
        return
    if isinstance(parent, ast.Attribute) and parent.attr not in ("T", "dot", "reshape"):
        return
    if isinstance(node, ast.Attribute) and (node.attr in ("T", "shape") or code.bare(node.value) in ("np", "numpy")):
        return
    if isinstance(node, ast.Name) and (
        node.id in code.scope(node).indices | code.scope(node).modules or node.id == "self"
    ):
        return
    common = 1 if isinstance(parent, (ast.For, ast.comprehension)) or _zipped(parent) else 2
    for text in ("[1:]", "[:-1]", "[::-1]"):
        yield code.put(node, code.bare(node) + text, common)
    for name in sorted(code.scope(node).indices):
        if any(isinstance(loop, ast.For) and name in code.bare(loop.target) for loop in code.loops(node)):
            yield code.put(node, f"{code.bare(node)}[{name}]", 3)


def _zipped(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("zip", "enumerate", "reversed")
    )
