"""Parsing of Python source, one thread at a time.

In Python 3.11, two threads in `ast.parse` at once may both fail with `SystemError: AST constructor recursion depth mismatch`:
the depth is counted for the whole interpreter (https://github.com/python/cpython/issues/106905).
"""

from __future__ import annotations

import ast
import threading
import warnings
from typing import Any

_ONE_AT_A_TIME = threading.Lock()


def parse_module(text: str, path: str = "<text>") -> ast.Module:
    """The syntax tree of a source file; raises what `ast.parse` does. What Python warns of in it is not shown."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, path)


def parse_eval(text: str) -> ast.expr:
    """The syntax tree of an expression; raises what `ast.parse` does."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def literal(text: str) -> Any:
    """The value of a literal; raises what `ast.literal_eval` does."""
    return ast.literal_eval(parse_eval(text))
