"""What each statement can write, told from its syntax tree, so that only that has to be looked at when it is done."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace

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

MAKING = frozenset(
    f"numpy.{name}" for name in "zeros ones empty full arange linspace eye identity array shape size ndim errstate split "
    "array_split argsort unique nonzero flatnonzero meshgrid indices finfo iinfo dtype allclose isclose triu tril".split()
)
"""Functions of NumPy that change nothing, besides those that the evaluator knows."""

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
        touched: expressions whose arrays and entries a call in it may change.
        calls: how many calls may change something. called: those calls.
        deleted: names, attributes and entries it deletes.
        again: the `+=` whose right side can be carried out again, or None. reads: the names and paths in it.
        names: every name it mentions.
        everything: whether all that the call can see has to be looked at, for want of source.
        writes: whether anything has to be looked at when the statement is done. early: whether the place that `+=` writes has to be found before the statement's calls can move it.
    """

    targets: tuple[Target, ...]
    touched: tuple[ast.expr, ...]
    calls: int
    deleted: tuple[Target, ...]
    again: ast.AugAssign | None
    names: tuple[str, ...]
    everything: bool = False
    called: tuple[Called, ...] = ()
    reads: tuple[ast.expr, ...] = ()
    early: bool = False
    writes: bool = True


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


def is_harmless(call: ast.Call, aliases: Mapping[str, str]) -> bool:
    """Whether a call writes into nothing that it is given."""
    name = dotted_name(call.func)
    known = numpy_name(name, aliases)
    out = any(word.arg in ("out", "overwrite_input", None) for word in call.keywords)
    if known:
        return known in MAKING or (known in FUNCTIONS and not out and not _has_out(known, call))
    if isinstance(call.func, ast.Name):
        return call.func.id in HARMLESS
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in HARMLESS_METHODS and not out and not _method_has_out(call)
    return False


def _out_place(function: object) -> int:
    """The place among a function's arguments from which on it may write into them."""
    inputs = getattr(function, "nin", None)
    if isinstance(inputs, int):
        return inputs
    try:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 2
    words = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    return min((words.index(word) for word in ("out", "overwrite_input") if word in words), default=99)


OUT_PLACES = {name: _out_place(function) for name, function in FUNCTIONS.items()}
METHOD_OUT_PLACES = {
    "dot": 1, "max": 1, "min": 1, "any": 1, "all": 1, "argmax": 1, "argmin": 1, "round": 1, "clip": 2, "sum": 2, "mean": 2,
    "prod": 2, "std": 2, "var": 2, "cumsum": 2, "trace": 4,
}  # fmt: skip
"""The same for methods of arrays."""


def _has_out(known: str, call: ast.Call) -> bool:
    """Whether a function of NumPy is given its output by place: `np.add(a, b, c)`."""
    starred = any(isinstance(part, ast.Starred) for part in call.args)
    return OUT_PLACES[known] < 99 and (starred or len(call.args) > OUT_PLACES[known])


def _method_has_out(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return len(call.args) > METHOD_OUT_PLACES.get(name, 99)


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
            if _has_out(known, part) if known in FUNCTIONS else method and _method_has_out(part):
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


def _bound(expression: ast.expr) -> dict[str, tuple[ast.expr, ...]]:
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
    written = {target.name for target in targets if target.kind == "name"}
    written |= {target.name for target in targets if target.kind == "attribute"}
    marked = []
    for target in targets:
        parts = [] if target.kind == "name" else [target.root, *([target.key] if target.key is not None else [])]
        names = {getattr(part, "id", getattr(part, "attr", "")) for one in parts for part in ast.walk(one)}
        marked.append(replace(target, mixed=bool(names & written)))
    return tuple(marked)


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
    nodes = [n for node in statement.nodes for n in (ast.walk(node) if statement.one_line else [node])]
    for node in nodes:
        if not isinstance(node, ast.stmt):
            continue
        targets += _assigned(node)
        if isinstance(node, ast.Delete):
            deleted += [target for one in node.targets for target in _targets(one)]
        for expression in expressions_of(node):
            bound = _bound(expression)
            for part in ast.walk(expression):
                if isinstance(part, ast.Name):
                    names.add(part.id)
                elif isinstance(part, ast.NamedExpr):
                    targets += _targets(part.target)
                elif isinstance(part, ast.Call) and not is_harmless(part, aliases):
                    called.append(_called(part, bound))
    again, touched = _again(statement, aliases), tuple(node for call in called for node in call.given)
    return Plan(
        _mark_mixed(targets), touched, len(called), tuple(deleted), again, tuple(sorted(names)), False, tuple(called),
        _reads(again), bool(called) and any(one.augmented and one.kind != "name" for one in targets),
    )  # fmt: skip
