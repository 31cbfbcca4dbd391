"""Running a flat script with some of its top-level names pinned to other values."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterable, Mapping
from importlib.util import decode_source
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..parsing import parse_module
from .places import near
from .python2 import syntax_sentence
from .texts import source_of

PIN = "__pinned__"
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


def _bound(node: ast.AST) -> set[str]:
    """Names that a target binds: not what an item or an attribute is set of."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Starred):
        return _bound(node.value)
    if isinstance(node, (ast.Tuple, ast.List)):
        return set().union(*map(_bound, node.elts))
    return set()


def _only_names(node: ast.AST) -> bool:
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(map(_only_names, node.elts))
    return isinstance(node, ast.Name)


def _own_break(nodes: Iterable[ast.AST]) -> bool:
    """Whether the statements of a loop's body leave that loop by themselves."""
    return any(
        isinstance(node, ast.Break)
        or (not isinstance(node, (*SCOPES, *LOOPS, ast.expr)) and _own_break(ast.iter_child_nodes(node)))
        for node in nodes
    )


class _Pinning(ast.NodeTransformer):
    """Puts our values where a module's own statements bind pinned names; all else keeps its place in the file.

    Attributes:
        bound: all names that the module's own statements bind.
    """

    def __init__(self, names: Collection[str]) -> None:
        self.names, self.bound = set(names), set[str]()

    def _pins(self, bound: set[str], place: ast.stmt) -> list[ast.stmt]:
        """Assignments of the pinned ones among some names, as if they stood at a statement."""
        made: list[ast.stmt] = []
        for name in sorted(bound & self.names):
            call = ast.Call(ast.Name(PIN, ast.Load()), [ast.Constant(name)], [])
            pin = ast.Assign([ast.Name(name, ast.Store())], call)
            made.append(ast.fix_missing_locations(ast.copy_location(pin, place)))
        return made

    def _after(self, node: ast.stmt, bound: set[str]) -> Any:
        self.bound |= bound
        pins = self._pins(bound, node)
        return [node, *pins] if pins else node

    def _assigned(self, node: ast.stmt, targets: list[ast.expr]) -> Any:
        bound = set().union(*map(_bound, targets))
        if bound and bound <= self.names and all(map(_only_names, targets)):
            self.bound |= bound
            return self._pins(bound, node)  # what the script would have computed is not asked for
        return self._after(node, bound)

    def visit_Assign(self, node: ast.Assign) -> Any:
        return self._assigned(node, node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        return self._assigned(node, [node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        return self._assigned(node, [node.target]) if node.value is not None else node

    def visit_Import(self, node: ast.Import) -> Any:
        return self._after(node, {alias.asname or alias.name.partition(".")[0] for alias in node.names})

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        return node if node.module == "__future__" else self._after(node, {a.asname or a.name for a in node.names})

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._after(node, {node.name})

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return self._after(node, {node.name})

    def visit_With(self, node: ast.With) -> Any:
        self.generic_visit(node)
        return self._inside(node, [item.optional_vars for item in node.items if item.optional_vars is not None])

    def visit_For(self, node: ast.For) -> Any:
        """A loop over a pinned name has one pass: the others would be the same."""
        self.generic_visit(node)
        if _bound(node.target) & self.names:
            node.body.append(ast.copy_location(ast.Break(), node.body[-1]))
        return self._inside(node, [node.target])

    def visit_While(self, node: ast.While) -> Any:
        """A loop that would never end has one pass."""
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value) and not _own_break(node.body)
        self.generic_visit(node)
        if endless:
            node.body.append(ast.copy_location(ast.Break(), node.body[-1]))
        return node

    def _inside(self, node: ast.For | ast.With, targets: list[ast.expr]) -> Any:
        bound = set().union(*map(_bound, targets))
        self.bound |= bound
        node.body[:0] = self._pins(bound, node.body[0])
        return node


def _parsed(path: Path) -> ast.Module:
    try:
        found = source_of(path)
        return parse_module(found if isinstance(found, str) else decode_source(found), str(path))
    except OSError as error:
        there = ", ".join(sorted(one.name for one in path.parent.glob("*.py"))[:12]) or "no Python file"
        raise InputError(
            f"script() found no {path.name} ({error.strerror or error}); {path.parent} has {there}"
        ) from None
    except (SyntaxError, ValueError) as error:
        raise InputError(syntax_sentence(error, path.name, "")) from None


def _fresh(value: Any) -> Any:
    """A copy of arrays and of plain containers of them; anything else as it is."""
    return copy.deepcopy(value) if isinstance(value, (np.ndarray, list, dict, tuple)) else value


def run_script(path: Path, pinned: Mapping[str, Any], keep: Collection[str] | None) -> dict[str, Any]:
    """Run a script; see `UserProblem.script`.

    Raises:
        InputError: no such file, no Python, a pinned name that it never assigns, or a name to keep that is not there.
    """
    pinning = _Pinning(pinned)
    tree = pinning.visit(_parsed(path))
    for name in pinned:
        if name not in pinning.bound:
            raise InputError(
                f"{path.name} never assigns {name} at its top level, so it can't be pinned; "
                f"{near(name, pinning.bound)}it assigns {', '.join(sorted(pinning.bound)) or 'nothing'}"
            )
    code = compile(tree, str(path), "exec", dont_inherit=True)
    space: dict[str, Any] = {
        "__name__": "__main__", "__file__": str(path), "__builtins__": __builtins__, PIN: lambda name: _fresh(pinned[name]),
    }  # fmt: skip
    try:
        exec(code, space)
    except SystemExit as error:
        if error.code not in (None, 0):
            raise
    found = {name: value for name, value in space.items() if not name.startswith("__")}
    if keep is None:
        return found
    wanted = [keep] if isinstance(keep, str) else list(keep)
    for name in wanted:
        if name not in found:
            raise InputError(f"{path.name} leaves no {name}; {near(name, found)}it leaves {', '.join(sorted(found))}")
    return {name: found[name] for name in wanted}
