"""Calls that change nothing they are given, and expressions that can be carried out again, told from their text."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping

from .expressions import BUILTINS, CONSTANTS, FUNCTIONS, METHODS, dotted_name, numpy_name

HARMLESS = frozenset(
    "range len zip enumerate reversed list dict tuple set sum abs min max print float int bool str isinstance sorted map filter "
    "round type any all divmod pow complex id hash repr format slice super iter getattr hasattr".split()
)
"""Built-in functions that change nothing they are given."""

MAKING = frozenset(
    f"numpy.{name}"
    for name in "zeros ones empty full arange linspace eye identity array shape size ndim errstate split "
    "array_split argsort unique nonzero flatnonzero meshgrid indices finfo iinfo dtype allclose isclose triu tril".split()
)
"""Functions of NumPy that change nothing, besides those that the evaluator knows."""

HARMLESS_METHODS = METHODS | frozenset(
    "items keys values get copy join split strip format index count lower upper startswith endswith tolist tobytes view "
    "nonzero searchsorted ptp".split()
)
"""Methods that change nothing, whatever they belong to; a user's own method of such a name records its own lines."""


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


def is_replayable(node: ast.expr, aliases: Mapping[str, str]) -> bool:
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
