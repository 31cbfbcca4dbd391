"""What each statement can write, told from its syntax tree, so that only that has to be looked at when it is done."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .expressions import IN_PLACE
from .harmless import HARMLESS, HARMLESS_METHODS, is_harmless, is_replayable
from .statements import FUNCTIONS as DEFINITIONS
from .statements import Statement, expressions_of

__all__ = ["EVERYTHING", "HARMLESS", "HARMLESS_METHODS", "Called", "Plan", "Target", "bound_names", "make_plan"]


@dataclass(frozen=True, eq=False)
class Target:
    """One place that a statement writes.

    Attributes:
        kind: `name`, `attribute` or `item`.
        root: the expression whose attribute or entry is written; for a name, the name itself.
        name: of the name or attribute.
        key: the expression in the brackets.
        augmented: whether it is written with `+=` or the like.
        given: whether the value comes from an iterator or a context manager, which may have written into it.
        mixed: whether the statement also writes names that the place is found by.
    """

    kind: str
    root: ast.expr
    name: str = ""
    key: ast.expr | None = None
    augmented: bool = False
    given: bool = False
    mixed: bool = False

    def node(self) -> ast.expr:
        """The target as an expression that is assigned to."""
        if self.kind == "name":
            return ast.Name(self.name, ast.Store())
        if self.kind == "attribute":
            return ast.Attribute(self.root, self.name, ast.Store())
        return ast.Subscript(self.root, self.key or ast.Constant(None), ast.Store())


@dataclass(frozen=True, eq=False)
class Called:
    """A call that may change what it is given: the function's expression, and the expressions of what it can change."""

    function: ast.expr
    given: tuple[ast.expr, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """What one statement can write.

    Attributes:
        targets: places it assigns to.
        called: calls that may change something. touched: expressions whose arrays and entries they may change.
        deleted: names, attributes and entries it deletes.
        again: the `+=` whose right side can be carried out again, or None. reads: the names and paths in it.
        names: every name it mentions.
        everything: whether all that the call can see has to be looked at, for want of source.
        early: whether it has to be prepared for: the place that `+=` writes found before the statement's calls can move it, an
            array that is resized let go of.
    """

    targets: tuple[Target, ...] = ()
    called: tuple[Called, ...] = ()
    touched: tuple[ast.expr, ...] = ()
    deleted: tuple[Target, ...] = ()
    again: ast.AugAssign | None = None
    reads: tuple[ast.expr, ...] = ()
    names: tuple[str, ...] = ()
    everything: bool = False
    early: bool = False


EVERYTHING = Plan(everything=True)


def _targets(node: ast.expr, augmented: bool = False) -> list[Target]:
    if isinstance(node, ast.Name):
        return [Target("name", node, node.id, augmented=augmented)]
    if isinstance(node, ast.Attribute):
        return [Target("attribute", node.value, node.attr, augmented=augmented)]
    if isinstance(node, ast.Subscript):
        return [Target("item", node.value, key=node.slice, augmented=augmented)]
    if isinstance(node, ast.Starred):
        return _targets(node.value)
    if isinstance(node, (ast.Tuple, ast.List)):
        return [target for part in node.elts for target in _targets(part)]
    return []


def _patterns(node: ast.Match) -> list[ast.AST]:
    return [part for case in node.cases for part in ast.walk(case.pattern)]


def _assigned(node: ast.stmt) -> list[Target]:
    if isinstance(node, ast.Assign):
        return [target for one in node.targets for target in _targets(one)]
    if isinstance(node, ast.AugAssign):
        return _targets(node.target, augmented=True)
    if isinstance(node, ast.AnnAssign):
        return _targets(node.target) if node.value is not None else []
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [replace(target, given=True) for target in _targets(node.target)]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        names = [item.optional_vars for item in node.items if item.optional_vars is not None]
        return [replace(target, given=True) for name in names for target in _targets(name)]
    if isinstance(node, ast.Match):
        captured = [getattr(part, "name", None) or getattr(part, "rest", None) for part in _patterns(node)]
        return [Target("name", ast.Name(name, ast.Load()), name) for name in captured if isinstance(name, str)]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        words = [(alias.asname or alias.name).split(".")[0] for alias in node.names]
        return [Target("name", ast.Name(name, ast.Load()), name) for name in words if name != "*"]
    if isinstance(node, (*DEFINITIONS, ast.ClassDef)):
        return [Target("name", ast.Name(node.name, ast.Load()), node.name)]
    return []


def _base(node: ast.expr) -> ast.expr:
    """The name, attribute or entry that an expression looks into: `a` for `a[3].T`, `-a`."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr in ("T", "flat", "real"):
            node = node.value
        elif isinstance(node, (ast.Starred, ast.UnaryOp)):
            node = node.value if isinstance(node, ast.Starred) else node.operand
        else:
            return node


def _given(call: ast.Call) -> list[ast.expr]:
    """Expressions whose insides a call may change: its arguments and what it is a method of."""
    given = [*call.args, *(word.value for word in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        given.append(call.func.value)
    found: list[ast.expr] = []
    for node in map(_base, given):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            found.append(node)
        elif isinstance(node, (ast.Tuple, ast.List)):
            found += [
                part for part in map(_base, node.elts) if isinstance(part, (ast.Name, ast.Attribute, ast.Subscript))
            ]
    return found


def _again(statement: Statement, aliases: Mapping[str, str]) -> ast.AugAssign | None:
    if len(statement.nodes) != 1:  # none where there is no source
        return None
    node = statement.nodes[0]
    if not isinstance(node, ast.AugAssign) or type(node.op) not in IN_PLACE:
        return None
    simple = isinstance(node.target, ast.Name) or (
        isinstance(node.target, (ast.Attribute, ast.Subscript)) and is_replayable(node.target, aliases)
    )
    return node if simple and is_replayable(node.value, aliases) else None


def bound_names(expression: ast.expr) -> dict[str, tuple[ast.expr, ...]]:
    """Names that mean something else inside an expression's comprehensions and lambdas, and what they run through."""
    found: dict[str, tuple[ast.expr, ...]] = {}
    for part in ast.walk(expression):
        if isinstance(part, ast.comprehension):
            through = (part.iter,)
            for name in ast.walk(part.target):
                if isinstance(name, ast.Name):
                    found[name.id] = (*found.get(name.id, ()), *through)
        elif isinstance(part, ast.arg):
            found.setdefault(part.arg, ())
    return found


def _called(call: ast.Call, bound: Mapping[str, tuple[ast.expr, ...]]) -> Called:
    """A call, by expressions that mean the same outside of comprehensions and lambdas; `None` calls nobody knows what."""
    given = _given(call)
    used = {part.id for node in (call.func, *given) for part in ast.walk(node) if isinstance(part, ast.Name)}
    if not used & bound.keys():
        return Called(call.func, tuple(given))
    own = [node for node in given if not {getattr(part, "id", "") for part in ast.walk(node)} & bound.keys()]
    return Called(ast.Constant(None), (*own, *(node for name in sorted(used & bound.keys()) for node in bound[name])))


def _reads(again: ast.AugAssign | None) -> tuple[ast.expr, ...]:
    """Names and paths that a statement to be carried out again reads, without those inside others."""
    found: list[ast.expr] = []
    waiting: list[ast.AST] = [] if again is None else [again.value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            found.append(node)
            while not isinstance(node, ast.Name) and isinstance(node, (ast.Attribute, ast.Subscript)):
                waiting += [node.slice] if isinstance(node, ast.Subscript) else []
                node = node.value
            waiting += [] if isinstance(node, ast.Name) else [node]
        elif isinstance(node, ast.Call):
            waiting += [*node.args, *(word.value for word in node.keywords)]
            waiting += [node.func.value] if isinstance(node.func, ast.Attribute) else []
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return tuple(found)


def _mark_mixed(targets: list[Target]) -> tuple[Target, ...]:
    """Mark the targets whose place is found by names that the same statement writes."""
    written = [target.name for target in targets if target.kind != "item"]
    marked = []
    for target in targets:
        parts = [] if target.kind == "name" else [target.root, *([target.key] if target.key is not None else [])]
        names = {getattr(part, "id", getattr(part, "attr", "")) for one in parts for part in ast.walk(one)}
        twice = target.augmented and target.kind != "item" and written.count(target.name) > 1
        marked.append(replace(target, mixed=twice or not names.isdisjoint(written)))
    return tuple(marked)


def _apart(called: list[Called], targets: list[Target]) -> list[Called]:
    """Of several statements on a line: a call that is given a name written on that line is given nobody knows what."""
    written = {target.name for target in targets if target.kind != "item"}
    apart = []
    for one in called:
        parts = [part for node in (one.function, *one.given) for part in ast.walk(node)]
        names = {getattr(part, "id", getattr(part, "attr", "")) for part in parts}
        apart.append(one if written.isdisjoint(names) else replace(one, function=ast.Constant(None)))
    return apart


def _is_early(called: list[Called], targets: list[Target]) -> bool:
    if any(getattr(one.function, "attr", "") == "resize" for one in called):
        return True
    return bool(called) and any(one.augmented and one.kind != "name" for one in targets)


def make_plan(statement: Statement, aliases: Mapping[str, str]) -> Plan:
    """The plan of one statement.

    Args:
        statement: of a source table.
        aliases: names that mean NumPy in its file, as `expressions.numpy_aliases` finds them.
    """
    targets: list[Target] = []
    deleted: list[Target] = []
    called: list[Called] = []
    names: set[str] = set()
    nodes = list(statement.parts())
    for node in nodes:
        targets += _assigned(node)
        if isinstance(node, ast.Delete):
            deleted += [target for one in node.targets for target in _targets(one)]
        for expression in expressions_of(node):
            bound = bound_names(expression)
            for part in ast.walk(expression):
                if isinstance(part, ast.Name):
                    names.add(part.id)
                elif isinstance(part, ast.NamedExpr):
                    targets += _targets(part.target)
                elif isinstance(part, ast.Call) and not is_harmless(part, aliases):
                    called.append(_called(part, bound))
    if len(nodes) > 1:
        called = _apart(called, targets)
    again = _again(statement, aliases)
    return Plan(
        targets=_mark_mixed(targets),
        called=tuple(called),
        touched=tuple(node for call in called for node in call.given),
        deleted=tuple(deleted),
        again=again,
        reads=_reads(again),
        names=tuple(sorted(names)),
        early=_is_early(called, targets),
    )
