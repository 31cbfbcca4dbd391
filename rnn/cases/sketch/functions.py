"""The functions of a file, and which of them go forward, backward or both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .names import ARGUMENTS, one_of, without_gradient


@dataclass(frozen=True, eq=False)
class Function:
    """A function, or a method of the class `owner`."""

    owner: str
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    @cached_property
    def arguments(self) -> list[str]:
        """Names of what it takes, without `self`."""
        names = [one.arg for one in (*self.node.args.posonlyargs, *self.node.args.args)]
        return names[1:] if self.owner and names and names[0] in ("self", "cls") else names

    @cached_property
    def required(self) -> int:
        """How many of the arguments have no default."""
        return len(self.arguments) - len(self.node.args.defaults)

    @cached_property
    def roles(self) -> dict[str, str]:
        """What the arguments stand for, by their names."""
        return {name: one_of(ARGUMENTS, name) for name in self.arguments}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that is in it."""
        return list(ast.walk(self.node))

    @cached_property
    def returned(self) -> ast.expr | None:
        """What its last return gives."""
        found = [node for node in self.nodes if isinstance(node, ast.Return) and node.value is not None]
        return max(found, key=lambda node: node.lineno).value if found else None

    @cached_property
    def stored(self) -> set[str]:
        """Names of variables, attributes and items that it sets."""
        found = {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        found |= {node.attr for node in self.nodes if isinstance(node, ast.Attribute)}
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                found.add(node.value)
        return found

    @cached_property
    def loops(self) -> bool:
        """Whether it has a loop; one over what is written out, such as its gates, is none over time."""
        written = (ast.Tuple, ast.List, ast.Constant)
        return any(
            isinstance(node, ast.While) or (isinstance(node, ast.For) and not isinstance(node.iter, written))
            for node in self.nodes
        )

    @cached_property
    def multiplies(self) -> bool:
        """Whether it multiplies matrices."""
        return any(True for _ in products(self.node))


@dataclass(frozen=True)
class Chosen:
    """Which functions the case calls; `both` goes forward and backward at once."""

    forward: Function | None = None
    backward: Function | None = None
    both: Function | None = None
    others: tuple[str, ...] = ()


def functions_of(tree: ast.Module) -> list[Function]:
    """The functions of a module and the methods of its classes."""
    found = [Function("", node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        found += [Function(owner.name, node) for node in owner.body if isinstance(node, ast.FunctionDef)]
    return found


def products(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Left and right side of every matrix product."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            yield node.left, node.right
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("dot", "matmul"):
                if len(node.args) == 2:
                    yield node.args[0], node.args[1]
                elif len(node.args) == 1:
                    yield node.func.value, node.args[0]


def _score_backward(one: Function) -> int:
    name = one.name.lower()
    score = 3 * any(word in name for word in ("backward", "bptt", "backprop", "bwd"))
    score += 2 * any(role == "upstream" for role in one.roles.values())
    score += 2 * (sum(bool(without_gradient(name)) for name in one.stored) >= 2)
    score += any(role == "cache" for role in one.roles.values()) + one.loops
    return score - 6 * any(word in name for word in ("step", "cell", "_t", "check")) * (not one.owner)


def _score_forward(one: Function) -> int:
    name = one.name.lower()
    score = 4 * any(word in name for word in ("forward", "fwd", "predict")) + 2 * ("x" in one.roles.values())
    return score + one.loops - 6 * any(word in name for word in ("step", "cell", "_t", "sample")) * (not one.owner)


def _score_both(one: Function) -> int:
    roles = set(one.roles.values())
    name = one.name.lower()
    if not {"x", "target"} <= roles:
        return 0
    score = 3 + one.loops + any(word in name for word in ("loss", "bptt", "train", "step", "grad", "backprop", "fit"))
    if sum(bool(without_gradient(name)) for name in one.stored) >= 2:
        score += 3
    if any(word in name for word in ("bptt", "loss", "grad")):
        score += 1
    return score - 8 * any(word in name for word in ("check", "calculate", "sgd", "accuracy"))


def choose(functions: list[Function]) -> Chosen:
    """The functions that a case would call; the best of several is taken, and the others are named."""
    able = [one for one in functions if one.multiplies or one.loops]
    backs = sorted(able, key=_score_backward, reverse=True)
    whole = sorted(able, key=_score_both, reverse=True)
    back = backs[0] if backs and _score_backward(backs[0]) >= 4 else None
    if whole and _score_both(whole[0]) >= 6:
        best = whole[0]
        same = tuple(one.name for one in whole[1:] if _score_both(one) == _score_both(best))
        return Chosen(both=best, others=same)
    if back is None:
        return Chosen()
    fronts = [one for one in able if one.owner == back.owner and one is not back]
    fronts = [one for one in fronts if _score_backward(one) < 5]
    fronts.sort(key=_score_forward, reverse=True)
    front = fronts[0] if fronts and _score_forward(fronts[0]) >= 3 else None
    same = tuple(one.name for one in backs[1:] if _score_backward(one) == _score_backward(back))
    return Chosen(front, back, None, same)


def label(one: Function) -> str:
    """How a sentence calls a function."""
    return f"{one.owner + '.' if one.owner else ''}{one.name}() in line {one.node.lineno}"


__all__ = ["Chosen", "Function", "choose", "functions_of", "label", "products"]
