"""Scope: what stands in one function, from which its repairs are made."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BUILTINS = frozenset(dir(builtins))

NOT_COMPUTING = (
    *(*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.Global, ast.Nonlocal),
    ast.JoinedStr,  # Python 3.11 does not say where the parts of one stand
)

LONGEST = 60
"""Characters up to which an expression is taken for one that is meant elsewhere."""

MAKERS = tuple(f"np.{name}" for name in ("zeros", "ones", "empty", "array", "asarray", "copy", "arange", "eye"))
"""Functions that compute nothing of their argument."""

INDEX_NAMES = frozenset("i j k l m n s t tt step timestep time bptt_step index idx pos tau".split())


class Texts(Protocol):
    """What a scope needs of the code it stands in."""

    tree: ast.Module
    parents: dict[ast.AST, ast.AST]

    def piece(self, node: ast.AST) -> str:
        """The text of a node, with its brackets."""

    def bare(self, node: ast.AST) -> str:
        """The text of a node, without brackets around it."""


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function, or of a module, without those of functions and classes inside it, in the order of the text."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, NOT_COMPUTING) or _declares(child):
            continue
        yield child
        yield from own_nodes(child)


def _declares(node: ast.AST) -> bool:
    """Whether a statement is the declaration of a case, which may stand at the end of the program's own file."""
    return isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "CASE" for one in node.targets)


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if len(text) <= LONGEST and "\n" not in text))


def is_operand(node: ast.AST, parent: ast.AST | None) -> bool:
    """Whether a node is a name, attribute or item that is read as a whole."""
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) or not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("T", "shape", "size", "dtype", "ndim") or parent.attr in METHODS
    if isinstance(parent, ast.Call):
        return node is not parent.func
    if isinstance(node, ast.Attribute) and node.attr in ("T", "shape", "size", "dtype", "ndim"):
        return False
    return not (isinstance(parent, ast.Subscript) and node is parent.value)


METHODS = frozenset("dot sum mean copy reshape astype ravel flatten transpose max min clip".split())


class Scope:
    """One function, or the module itself.

    Attributes:
        node: it. nodes: its own nodes.
    """

    def __init__(self, node: ast.AST, code: Texts) -> None:
        """Args: node: the function or the module. code: that it stands in."""
        self.node, self._code = node, code
        self.nodes = tuple(own_nodes(node))

    @cached_property
    def modules(self) -> frozenset[str]:
        """Names of imported modules."""
        found = [node for node in ast.walk(self._code.tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        return frozenset(alias.asname or alias.name.partition(".")[0] for node in found for alias in node.names)

    @cached_property
    def called(self) -> frozenset[str]:
        """Names that are only called."""
        names = [
            node.func.id
            for node in ast.walk(self._code.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        return frozenset(names) | {
            node.name for node in ast.walk(self._code.tree) if isinstance(node, (*FUNCTIONS, ast.ClassDef))
        }

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of variables, in the order in which they come; those of functions around it last."""
        found = [] if isinstance(self.node, ast.Module) else [arg.arg for arg in _arguments(self.node)]
        found += [node.id for node in self.nodes if isinstance(node, ast.Name)]
        around = self._code.parents.get(self.node)
        while around is not None and not isinstance(around, ast.Module):
            if isinstance(around, FUNCTIONS):
                found += [arg.arg for arg in _arguments(around)]
                found += [
                    node.id
                    for node in own_nodes(around)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                ]
            around = self._code.parents.get(around)
        other = self.modules | self.called | BUILTINS | {"self", "_"}
        return tuple(name for name in dict.fromkeys(found) if name not in other)

    @cached_property
    def indices(self) -> frozenset[str]:
        """Names that count steps: of loops, or as people call them where they stand alone in square brackets."""
        found = set()
        for node in self.nodes:
            if isinstance(node, (ast.For, ast.comprehension)):
                found |= {one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)} & (
                    INDEX_NAMES | self._subscripts
                )
        return frozenset(found | (INDEX_NAMES & self._subscripts))

    @cached_property
    def _subscripts(self) -> set[str]:
        """Names that stand in square brackets, alone or with a number added."""
        found = set()
        for node in self.nodes:
            if isinstance(node, ast.Subscript):
                for one in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
                    one = one.left if isinstance(one, ast.BinOp) else one
                    found |= {one.id} if isinstance(one, ast.Name) else set()
        return found

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """Names, attributes and items that are read, and names that are written."""
        parents = self._code.parents
        read = [node for node in self.nodes if is_operand(node, parents.get(node))]
        texts = _unique(self._code.bare(node) for node in read)
        known = [text for text in texts if text not in self.called | self.modules | BUILTINS | {"self"}]
        return tuple(dict.fromkeys([*known, *self.names]))

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """What something is multiplied with somewhere in the function."""
        sides = [side for node in self.nodes for side in sides_of(node)]
        texts = [self._code.piece(side) for side in sides if not sides_of(side)]
        texts += [
            self._code.piece(node.value)
            for node in self.nodes
            if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult)
        ]
        return _unique(iter(text for text in texts if not text.isdigit()))

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """What is added to something somewhere in the function."""
        sums = [node for node in self.nodes if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))]
        sides = [side for node in sums for side in (node.left, node.right) if not isinstance(side, ast.Constant)]
        return _unique(self._code.piece(side) for side in sides if not _is_sum(side))

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """Names that are written and never read in the function: computed for nothing."""
        read = {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        written = [node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        given = [arg.arg for arg in _arguments(self.node)] if not isinstance(self.node, ast.Module) else []
        return tuple(name for name in dict.fromkeys([*written, *given]) if name not in read | {"self", "_"})

    @cached_property
    def slices(self) -> tuple[str, ...]:
        """Texts of slices."""
        return _unique(_slice_text(node, self._code) for node in self.nodes if isinstance(node, ast.Slice))

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """What counts something: arguments of `range`, names unpacked from a shape, `x.size`, `len(x)`."""
        texts: list[str] = []
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("range", "len"):
                texts += [self._code.bare(node)] if node.func.id == "len" else []
                args = (
                    [arg.left if isinstance(arg, ast.BinOp) else arg for arg in node.args]
                    if node.func.id == "range"
                    else []
                )
                texts += [self._code.bare(arg) for arg in args if isinstance(arg, (ast.Name, ast.Attribute))]
            if isinstance(node, ast.Attribute) and node.attr == "size":
                texts.append(self._code.bare(node))
            shape = node.value if isinstance(node, ast.Subscript) else None
            if isinstance(shape, ast.Attribute) and shape.attr == "shape":
                texts += [f"{self._code.bare(shape)}[{axis}]" for axis in range(3)]
            if isinstance(node, ast.Assign) and "shape" in self._code.bare(node.value):
                texts += [one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        return tuple(text for text in _unique(iter(texts)) if text != "_")

    @cached_property
    def applied(self) -> tuple[str, ...]:
        """Functions of one argument that are called in the file, `np.tanh` and the user's own."""
        calls = [node for node in ast.walk(self._code.tree) if isinstance(node, ast.Call)]
        plain = [node for node in calls if len(node.args) == 1 and not node.keywords and _is_plain_name(node.func)]
        texts = _unique(self._code.bare(node.func) for node in plain)
        return tuple(text for text in texts if text not in BUILTINS and not text.startswith(MAKERS))


def _is_plain_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("np", "numpy", "self", "math")
    )


def sides_of(node: ast.AST | None) -> tuple[ast.expr, ...]:
    """The two factors of an elementwise product, `a * b` or `np.multiply(a, b)`; none of anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return node.left, node.right
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "multiply"
    return tuple(node.args) if isinstance(node, ast.Call) and called and len(node.args) == 2 else ()


def _is_sum(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def _slice_text(node: ast.Slice, code: Texts) -> str:
    parts = [code.bare(part) if part is not None else "" for part in (node.lower, node.upper)]
    return ":".join(parts) + (f":{code.bare(node.step)}" if node.step is not None else "")


def _arguments(node: ast.AST) -> list[ast.arg]:
    given = getattr(node, "args", None)
    if not isinstance(given, ast.arguments):
        return []
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]
