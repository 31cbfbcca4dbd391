"""The words of a condition, as `conditions` explains them: what was typed, taken apart and checked."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import InputError
from .expressions import BINARY, COMPARE, METHODS, Evaluator, Unreadable, parse_expression
from .timeline import first_name, parse_path

HITS = re.compile(r"\s*(%|>=|<=|==|>|<|)\s*(\d{1,12})\s*")
LIMIT = re.compile(r"(.*?)\s+(\S+)\s*")
OPERATOR = re.compile(r"[=<>!+\-*/%&|^@.,:)\]]|(and|or|in|is|not|if|else)\b")
"""What may follow a name in an expression: `line == 3` is about a name of the user's."""


@dataclass(frozen=True)
class Typed:
    """What follows the word of a kind: a line, a path (perhaps always), a limit, a name."""

    line: bool = False
    path: bool = False
    needs_path: bool = False
    limit: bool = False
    name: bool = False


class Kind(Protocol):
    """A row of the table of kinds."""

    @property
    def example(self) -> str:
        """As it is typed."""

    @property
    def typed(self) -> Typed:
        """What follows its word."""


def plain_path(text: str) -> str:
    """A path without blanks around it; raises `InputError` where it is none."""
    if not text.strip():
        return ""
    try:
        node = parse_path(text)
    except Unreadable as error:
        raise InputError(
            f"{text.strip()[:60]!r} is no path; type a name, an attribute or an entry, such as dh[3]"
        ) from error
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript):
            _check(part.slice)
    return text.strip()


def _check(node: ast.expr) -> None:
    """Raise `InputError` for what the evaluator would refuse in any recording."""
    for part in ast.walk(node):
        if not isinstance(part, ast.expr):
            continue
        words = ast.unparse(part)[:60]
        if not hasattr(Evaluator, f"_{type(part).__name__.lower()}"):
            raise InputError(
                f"{words!r} can't be evaluated on a recording; use names, arithmetic, comparisons, NumPy functions"
            )
        if isinstance(part, ast.BinOp) and type(part.op) not in BINARY:
            raise InputError(
                f"the operator in {words!r} can't be evaluated on a recording; use + - * / // % ** @ & | ^"
            )
        if isinstance(part, ast.Compare) and any(type(op) not in COMPARE for op in part.ops):
            raise InputError(f"'in' can't be evaluated on a recording, but {words!r} has it; compare with == instead")
        if isinstance(part, ast.Call) and not first_name(part.func) and not _is_method(part.func):
            raise InputError(f"{words!r} can't be called on a recording; use functions of NumPy or methods of arrays")


def _is_method(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in METHODS


def plain_expression(text: str) -> str:
    """An expression without blanks around it; raises `InputError` where it is none that can be evaluated."""
    text = text.strip()
    try:
        node = parse_expression(text)
    except Unreadable as error:
        raise InputError(f"{error}; type a condition such as 't == 3', or a kind such as 'changed dh'") from error
    _check(node)
    return text


def _without_hits(text: str) -> tuple[str, str]:
    """The text before `hits ...`, and the filter."""
    before, word, after = f" {text}".rpartition(" hits ")
    if not word or not before.strip():
        if re.search(r"\shits\s*$", text):
            raise InputError("nothing was found after 'hits'; expected a filter, type %10, >=5 or ==3")
        return text.strip(), ""
    parts = HITS.fullmatch(after)
    if parts is None or (parts[1] == "%" and not int(parts[2])):
        raise InputError(f"{after.strip()!r} was found after 'hits'; expected a filter, type %10, >=5 or ==3")
    return before.strip(), (parts[1] or "==") + str(int(parts[2]))


def _without_condition(text: str) -> tuple[str, str]:
    before, word, after = f"{text} ".partition(" if ")
    if not word:
        return text.strip(), ""
    if not after.strip():
        raise InputError("nothing was found after 'if'; expected an expression, type one such as 't == 3'")
    return before.strip(), plain_expression(after)


def _line(rest: str, example: str) -> dict[str, Any]:
    number, _, file = (part.strip() for part in f"{rest} ".partition(" in "))
    if not number.isascii() or not number.isdigit() or not 0 < len(number) < 10:
        found = repr(number) if number else "nothing"
        raise InputError(f"{found} was found after 'line'; expected the number of a line, type '{example}'")
    return {"line": int(number), "file": file}


def _limit(kind: str, rest: str, example: str) -> dict[str, Any]:
    parts = LIMIT.fullmatch(rest)
    words = parts[2] if parts else rest or "nothing"
    relative = words[-1:] in ("x", "×") or words[:1] in ("x", "×")
    try:
        limit = float(words.strip("x×"))
    except ValueError:
        limit = math.nan
    if parts is None or not math.isfinite(limit) or limit < 0:
        raise InputError(
            f"{words!r} was found as the limit of {kind!r}; expected a path and a number, type '{example}'"
        )
    return {"path": plain_path(parts[1]), "limit": limit, "relative": relative}


def _details(kind: str, row: Kind, rest: str) -> dict[str, Any]:
    """What follows the word of a kind."""
    typed = row.typed
    if typed.line:
        return _line(rest, row.example)
    if typed.limit:
        return _limit(kind, rest, row.example)
    if typed.name:
        if not rest:
            raise InputError(f"nothing was found after {kind!r}; expected a name, type '{row.example}'")
        return {"name": rest}
    if typed.path:
        if typed.needs_path and not rest:
            raise InputError(f"nothing was found after {kind!r}; expected a path, type '{row.example}'")
        return {"path": plain_path(rest)}
    if rest:
        raise InputError(
            f"{rest!r} was found after {kind!r}; expected nothing, or 'if' or 'hits'; type '{row.example}'"
        )
    return {}


def kind_of(text: str, kinds: Mapping[str, Any]) -> tuple[str, str]:
    """The kind that a text begins with, and the rest; an expression where it begins with none."""
    parts = re.fullmatch(r"([a-z]+)(?:\s+(.*))?", text.strip(), re.DOTALL)
    if parts is None or parts[1] not in kinds or parts[1] == "expression":
        return "expression", text.strip()
    rest = (parts[2] or "").strip()
    if OPERATOR.match(rest) and not rest.startswith("if "):
        return "expression", text.strip()
    return parts[1], rest


def read_condition(text: str, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """The attributes of a condition, from what was typed; raises `InputError`."""
    if not text.strip():
        raise InputError("nothing was typed; expected a condition, type 'line 24', 't == 3' or 'changed dh'")
    bare, filtered = _without_hits(text)
    kind, rest = kind_of(bare, kinds)
    if kind == "expression":
        return {"kind": kind, "expression": plain_expression(rest), "hits": filtered}
    rest, expression = _without_condition(f" {rest}")
    return {"kind": kind, "expression": expression, "hits": filtered, **_details(kind, kinds[kind], rest)}
