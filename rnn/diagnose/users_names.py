"""What the user's own code calls the gradients that `run(problem)` returns, read from its return statement; nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from ..cases import Case
from ..cases.declaration import read_source
from ..errors import InputError


def _pairs(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Keys and values of every dictionary that `run` returns or builds."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "run"]
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            yield from ((key.arg, key.value) for key in node.keywords if key.arg)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value


def _name(node: ast.expr) -> str:
    """The name by which an expression is known: `g["dcdWxh"]` -> `dcdWxh`, `net.dWx.T` -> `dWx`; empty where there is none."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return node.slice.value
    if isinstance(node, ast.Attribute):
        return _name(node.value) if node.attr == "T" else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def users_names(case: Case | None) -> dict[str, str]:
    """The user's names by ours, `dW_hh` -> `dcdWhh`; only those that differ."""
    if case is None or case.built_in:
        return {}
    try:
        tree = read_source(case.path)[1]
    except InputError:
        return {}
    found = {key: _name(value) for key, value in _pairs(tree) if key.startswith("d")}
    return {key: name for key, name in found.items() if name and name != key}


def in_users_words(sentence: str, names: Mapping[str, str]) -> str:
    """A sentence with the user's name in front of ours, the first time each is said: `dcdWhh (dW_hh)`."""
    for ours, theirs in names.items():
        sentence = re.sub(rf"(?<![\w.]){re.escape(ours)}(?![\w.])", f"{theirs} ({ours})", sentence, count=1)
    return sentence
