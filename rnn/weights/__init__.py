"""Weights: random schemes, file formats, and the matching of foreign names.

Most names below are loaded when they are asked for: the window wants `SCHEMES` alone, and quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .schemes import SCHEMES, randomise

if TYPE_CHECKING:
    from .base import Entry, Listing
    from .files import FORMATS, list_file, read_arrays, save_arrays, stream_arrays
    from .matching import AmbiguousWeights, Match, Question, match
    from .selecting import named, wanted
    from .translating import Plan, plan_for, translated, translated_gradients
    from .wish import Wish

_HOMES = {
    "Entry": "base", "Listing": "base",
    "FORMATS": "files", "list_file": "files", "read_arrays": "files", "save_arrays": "files", "stream_arrays": "files",
    "AmbiguousWeights": "matching", "Match": "matching", "Question": "matching", "match": "matching",
    "named": "selecting", "wanted": "selecting",
    "Plan": "translating", "plan_for": "translating", "translated": "translating", "translated_gradients": "translating",
    "Wish": "wish",
}  # fmt: skip

__all__ = [
    "FORMATS",
    "SCHEMES",
    "AmbiguousWeights",
    "Entry",
    "Listing",
    "Match",
    "Plan",
    "Question",
    "Wish",
    "list_file",
    "match",
    "named",
    "plan_for",
    "randomise",
    "read_arrays",
    "save_arrays",
    "stream_arrays",
    "translated",
    "translated_gradients",
    "wanted",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
