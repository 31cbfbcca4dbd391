"""The source of the user's functions, parsed once: runs in a job only."""

from __future__ import annotations

import ast
from functools import lru_cache

from ..parsing import parse_module


@lru_cache(maxsize=16)
def parsed(text: str, file: str) -> ast.Module:
    """The tree of a source text."""
    return parse_module(text, file)
