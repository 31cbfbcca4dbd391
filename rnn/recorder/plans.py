"""What each statement can write, told from its syntax tree, so that only that has to be looked at when it is done."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from .expressions import BUILTINS, CONSTANTS, FUNCTIONS, IN_PLACE, METHODS, dotted_name, numpy_name
from .statements import FUNCTIONS as DEFINITIONS
from .statements import Statement, expressions_of

IMPURE = frozenset(
    "copyto put place putmask fill_diagonal at shuffle put_along_axis sort partition resize fill".split()
)
"""Names of NumPy's functions and methods that write into what they are given."""

HARMLESS = frozenset(
    "range len zip enumerate reversed list dict tuple set sum abs min max print float int bool str isinstance sorted map filter "
    "round type any all divmod pow complex id hash repr format slice super iter getattr hasattr".split()
)
"""Built-in functions that change nothing they are given."""

HARMLESS_METHODS = METHODS | frozenset(
    "items keys values get copy join split strip format index count lower upper startswith endswith tolist tobytes view "
    "nonzero searchsorted ptp".split()
)
"""Methods that change nothing, whatever they belong to; a user's own method of such a name records its own lines."""

APPEND = frozenset({"append", "extend", "insert", "add", "setdefault", "update"})


@dataclass(frozen=True, eq=False)
class Target:
    """One place that a statement writes.

    Attributes:
        kind: `name`, `attribute` or `item`.
        root: the expression whose attribute or entry is written; for a name, the name itself.
        name: of the name or attribute.
        key: the expression in the brackets.
        augmented: whether it is written with `+=` or the like.
    """

    kind: str
    root: ast.expr
    name: str = ""
    key: ast.expr | None = None
    augmented: bool = False


@dataclass(frozen=True, eq=False)
class Plan:
    """What one statement can write.

    Attributes:
        targets: places it assigns to.
        touched: expressions whose arrays and entries a call in it may change.
        calls: how many calls may change something; where as many of the user's own functions were recorded meanwhile,
            those have told it all.
        deleted: names, attributes and entries it deletes.
        again: the `+=` whose right side can be carried out again, or None.
        names: every name it mentions.
        everything: whether all that the call can see has to be looked at, for want of source.
    """

    targets: tuple[Target, ...]
    touched: tuple[ast.expr, ...]
    calls: int
    deleted: tuple[Target, ...]
    again: ast.AugAssign | None
    names: tuple[str, ...]
    everything: bool = False


EVERYTHING = Plan((), (), 0, (), None, (), True)


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


def _assigned(node: ast.stmt) -> list[Target]:
    if isinstance(node, ast.Assign):
        return [target for one in node.targets for target in _targets(one)]
    if isinstance(node, ast.AugAssign):
        return _targets(node.target, augmented=True)
    if isinstance(node, ast.AnnAssign):
        return _targets(node.target) if node.value is not None else []
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return _targets(node.target)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [
            target for item in node.items if item.optional_vars is not None for target in _targets(item.optional_vars)
        ]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        names = [(alias.asname or alias.name).split(".")[0] for alias in node.names]
        return [Target("name", ast.Name(name, ast.Load()), name) for name in names if name != "*"]
    if isinstance(node, (*DEFINITIONS, ast.ClassDef)):
        return [Target("name", ast.Name(node.name, ast.Load()), node.name)]
    return []


def _harmless(call: ast.Call, aliases: Mapping[str, str]) -> bool:
    """Whether a call writes into nothing that it is given."""
    name = dotted_name(call.func)
    known = numpy_name(name, aliases)
    out = any(word.arg in ("out", None) for word in call.keywords)
    if known:
        if known in FUNCTIONS:
            return not out and not _has_out(known, call)
        return not out and known.rpartition(".")[2] not in IMPURE and len(call.args) <= 2
    if isinstance(call.func, ast.Name):
        return call.func.id in HARMLESS
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in HARMLESS_METHODS and not out
    return False


def _has_out(known: str, call: ast.Call) -> bool:
    """Whether a function of NumPy is given its output by place: `np.add(a, b, c)`."""
    inputs = getattr(FUNCTIONS[known], "nin", None)
    return inputs is not None and len(call.args) > inputs


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


def _replayable(node: ast.expr, aliases: Mapping[str, str]) -> bool:
    """Whether an expression is of the kind that `expressions.Evaluator` evaluates to the same bits."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = dotted_name(part.func)
            known = numpy_name(name, aliases)
            method = isinstance(part.func, ast.Attribute) and not known and part.func.attr in METHODS
            if any(word.arg in ("out", None) for word in part.keywords):
                return False
            if known not in FUNCTIONS and not method and not (name in BUILTINS and not known):
                return False
            if known in FUNCTIONS and _has_out(known, part):
                return False
        elif isinstance(
            part, (ast.Lambda, ast.NamedExpr, ast.Starred, ast.JoinedStr, ast.Await, ast.Yield, ast.YieldFrom)
        ):
            return False
        elif isinstance(part, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Dict, ast.Set)):
            return False
        elif isinstance(part, ast.Attribute):
            known = numpy_name(dotted_name(part), aliases)
            if known and known not in FUNCTIONS and known not in CONSTANTS and known != "numpy.linalg":
                return False
    return True


def _again(statement: Statement, aliases: Mapping[str, str]) -> ast.AugAssign | None:
    node = statement.nodes[0]
    if len(statement.nodes) > 1 or not isinstance(node, ast.AugAssign) or type(node.op) not in IN_PLACE:
        return None
    simple = isinstance(node.target, ast.Name) or (
        isinstance(node.target, (ast.Attribute, ast.Subscript)) and _replayable(node.target, aliases)
    )
    return node if simple and _replayable(node.value, aliases) else None


def make_plan(statement: Statement, aliases: Mapping[str, str]) -> Plan:
    """The plan of one statement.

    Args:
        statement: of a source table.
        aliases: names that mean NumPy in its file, as `expressions.numpy_aliases` finds them.
    """
    targets, touched, deleted, names, calls = [], [], [], set(), 0
    nodes = [n for node in statement.nodes for n in (ast.walk(node) if statement.one_line else [node])]
    for node in nodes:
        if not isinstance(node, ast.stmt):
            continue
        targets += _assigned(node)
        if isinstance(node, ast.Delete):
            deleted += [target for one in node.targets for target in _targets(one)]
        for expression in expressions_of(node):
            for part in ast.walk(expression):
                if isinstance(part, ast.Name):
                    names.add(part.id)
                elif isinstance(part, ast.NamedExpr):
                    targets += _targets(part.target)
                elif isinstance(part, ast.Call) and not _harmless(part, aliases):
                    calls += 1
                    touched += _given(part)
    return Plan(tuple(targets), tuple(touched), calls, tuple(deleted), _again(statement, aliases), tuple(sorted(names)))
