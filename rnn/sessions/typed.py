"""JSON of a stranger's file as records: every value is checked against the type that its field declares."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

MOST_DEPTH = 40
MOST_WHOLE = 1 << 53
"""Whole numbers up to here are exact in every reader of JSON."""

NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


class WrongValue(ValueError):
    """A value is not what its field declares; its text says so. It never leaves this package."""


@cache
def hints(kind: type) -> dict[str, Any]:
    """The declared types of a record's fields."""
    return get_type_hints(kind)


def _said(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _scalar(value: Any, kind: Any) -> Any:
    if kind is float and type(value) in (int, float):
        return float(value)
    if type(value) is not kind or kind not in NAMES:
        raise WrongValue(f"{_said(value)} is not {NAMES[kind]}")
    if kind is int and abs(value) > MOST_WHOLE:
        raise WrongValue("a whole number is too large")
    if kind is str:
        try:
            value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise WrongValue("a text is no Unicode") from None
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """Any JSON that is not nested too deep; raises `WrongValue`."""
    if depth > MOST_DEPTH:
        raise WrongValue("it is nested too deep")
    if isinstance(value, Mapping):
        return {_scalar(name, str): plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, depth + 1) for one in value]
    return value if value is None else _scalar(value, type(value))


def _record(value: Any, kind: type) -> Any:
    if not isinstance(value, Mapping):
        raise WrongValue(f"{_said(value)} is not a table of names and values")
    made = {}
    for field in fields(kind):
        if field.name in value:
            try:
                made[field.name] = typed(value[field.name], hints(kind)[field.name])
            except WrongValue as error:
                raise WrongValue(f"{field.name}: {error}") from None
        elif field.default is MISSING and field.default_factory is MISSING:
            raise WrongValue(f"{field.name} is missing")
    return kind(**made)


def typed(value: Any, kind: Any) -> Any:
    """A value as a type declares it: scalars, records, tuples, mappings, `X | None`; raises `WrongValue`."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else typed(value, next(one for one in inner if one is not type(None)))
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(value, kind)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise WrongValue(f"{_said(value)} is not a list")
        if inner[-1] is Ellipsis:
            return tuple(typed(one, inner[0]) for one in value)
        if len(value) != len(inner):
            raise WrongValue(f"{_said(value)} has not {len(inner)} entries")
        return tuple(typed(one, each) for one, each in zip(value, inner, strict=True))
    if origin is not None:  # Mapping[str, X]
        if not isinstance(value, Mapping):
            raise WrongValue(f"{_said(value)} is not a table of names and values")
        return {_scalar(name, str): typed(one, inner[1]) for name, one in value.items()}
    return plain(value) if kind is Any else _scalar(value, kind)


def listed(value: Any, kind: Any) -> tuple[tuple[Any, ...], list[str]]:
    """Entries of a list that are as declared, and what is wrong with each of the others; raises `WrongValue` for no list."""
    if not isinstance(value, (list, tuple)):
        raise WrongValue(f"{_said(value)} is not a list")
    good, wrong = [], []
    for place, one in enumerate(value):
        try:
            good.append(typed(one, kind))
        except WrongValue as error:
            wrong.append(f"entry {place}: {error}")
    return tuple(good), wrong
