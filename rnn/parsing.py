"""Parsing of Python source, one thread at a time.

In Python 3.11, two threads in `ast.parse` at once may both fail with `SystemError: AST constructor recursion depth mismatch`:
the depth is counted for the whole interpreter (https://github.com/python/cpython/issues/106905).
"""

from __future__ import annotations

import ast
import threading
import warnings
from typing import Any


class NotPlain(ValueError):
    """An expression that is no literal.

    Attributes:
        node: the innermost part that is none.
    """

    def __init__(self, node: ast.expr) -> None:
        """Args: as the attribute."""
        super().__init__(f"{ast.unparse(node)!r} is no plain value")
        self.node = node


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


def literal_value(node: ast.expr) -> Any:
    """The value of a literal, where `dict(a=1)` counts as one; nothing is evaluated. Raises `NotPlain` for anything else."""
    try:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
            if all(word.arg is not None for word in node.keywords):
                return {word.arg: literal_value(word.value) for word in node.keywords}
        if isinstance(node, ast.Dict) and None not in node.keys:
            keys = [ast.literal_eval(key) for key in node.keys if key is not None]
            return {key: literal_value(value) for key, value in zip(keys, node.values, strict=True)}
        return ast.literal_eval(node)
    except NotPlain:
        raise
    except (ValueError, TypeError) as error:
        raise NotPlain(node) from error
