"""Reading a case file without running it: the dictionary CASE says what the user's code computes."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from ..errors import InputError
from ..parsing import NotPlain, literal_value, parse_module
from ..settings import ProblemSettings
from .keys import check_entry, check_together
from .python2 import syntax_sentence
from .quantities import declared_names

MAX_SOURCE_BYTES = 16 << 20


@dataclass(frozen=True, eq=False)
class Case:
    """A user's file and what it declares.

    Attributes:
        path: of the file.
        name: the file's name without `.py`.
        declaration: the checked CASE dictionary.
        digest: SHA-256 of the file as it was read.
    """

    path: Path
    name: str
    declaration: Mapping[str, Any]
    digest: str

    @property
    def built_in(self) -> bool:
        """Whether the program's own BPTT is checked, so that the file holds no code."""
        return bool(self.declaration.get("built_in", False))


def _parse(text: str, path: Path) -> ast.Module:
    try:
        return parse_module(text, str(path))
    except (SyntaxError, ValueError) as error:
        raise InputError(syntax_sentence(error, str(path), text)) from error
    except (RecursionError, MemoryError) as error:
        raise InputError(
            f"{path} is nested too deeply to be read; expected a Python file written by a person"
        ) from error


def _literal(node: ast.expr, path: Path) -> Any:
    """The value of a literal; one that is none is said with its line."""
    try:
        return literal_value(node)
    except NotPlain as error:
        raise InputError(
            f"{path}, line {error.node.lineno}: CASE is read without running the file, so its values must be plain: "
            f"found {ast.unparse(error.node)!r}, expected a text, a number, True, False, a list or a dict"
        ) from error


def _find(tree: ast.Module, path: Path) -> Any:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "CASE" for target in targets):
            value = getattr(node, "value", None)
            return _literal(value, path) if value is not None else None
    raise InputError(f"{path} has no CASE = dict(...); a case file says what its code computes (see the README)")


def _check_settings(settings: Mapping[Any, Any], path: Path) -> None:
    """Names and types; whether a value makes sense is for whoever builds the problem."""
    known = {field.name for field in fields(ProblemSettings)}
    hints = get_type_hints(ProblemSettings)
    for name, value in settings.items():
        if name not in known:
            raise InputError(f"{path}: CASE has the unknown setting {name!r}; known are {', '.join(sorted(known))}")
        if name in ("weights_map", "edits"):
            continue
        kind = hints[name]
        wanted = str(getattr(kind, "__name__", kind))
        number = type(value) is int and "float" in wanted
        if not (number or isinstance(value, kind)) or (isinstance(value, bool) and wanted != "bool"):
            raise InputError(
                f"{path}: CASE has the setting {name} = {value!r}; expected {wanted.replace(' | ', ' or ')}"
            )


def _check_sizes(sizes: Mapping[Any, Any]) -> None:
    for letter, size in sizes.items():
        same = size in tuple("TBDHKV") and size != letter
        if letter not in tuple("TBDHKV") or not (same or (type(size) is int and size >= 1)):
            raise InputError(
                f"CASE fixes the size {letter!r} at {size!r}; expected T, B, D, H or K (V with an embedding) and a number "
                "from 1, or another letter where the two are always the same"
            )


def _check(declaration: Any, path: Path) -> dict[str, Any]:
    if not isinstance(declaration, dict):
        raise InputError(f"{path}: CASE is {declaration!r}; expected a dict")
    try:
        for key, value in declaration.items():
            check_entry(key, value)
        _check_sizes(declaration.get("sizes", {}))
        check_together(declaration)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    for sentence in declaration.get("declared", ()):
        if not isinstance(sentence, str):
            raise InputError(f"{path}: CASE has {sentence!r} under declared; expected sentences in quotes")
    for name, quantity in declaration.get("matches", {}).items():
        quantities = declared_names(declaration)
        if not isinstance(name, str) or quantity not in quantities:
            known = ", ".join(quantities)
            raise InputError(
                f"{path}: CASE matches {name!r} with {quantity!r}; expected an array's name and one of {known}"
            )
    _check_settings(declaration.get("settings", {}), path)
    return declaration


def _names(tree: ast.Module) -> set[str]:
    """What the module's own statements bind, as far as it may be a function; `*` where anything may be."""
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    found |= {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return found | {target.id for target in targets if isinstance(target, ast.Name)}


def read_source(path: Path) -> tuple[bytes, ast.Module]:
    """A Python file's bytes and syntax tree; it is not run.

    Raises:
        InputError: missing, or not Python.
    """
    try:
        if not path.is_file():
            raise InputError(f"{path} is {'a folder' if path.is_dir() else 'not there'}; expected a Python file")
        if path.stat().st_size > MAX_SOURCE_BYTES:
            raise InputError(f"{path} has {path.stat().st_size} bytes; expected a Python file")
        data = path.read_bytes()
        text = data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
    except OSError as error:
        raise InputError(f"{path} could not be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, SyntaxError) as error:
        raise InputError(f"{path} is no text in UTF-8 and names no other encoding; expected a Python file") from error
    return data, _parse(text, path)


def read_case(path: Path) -> Case:
    """Read a case file without running it.

    Raises:
        InputError: missing, not Python, without CASE or `run`, or a CASE that can't be used; names the line or key.
    """
    path = Path(path)
    data, tree = read_source(path)
    declaration = _check(_find(tree, path), path)
    if not _names(tree) & {"run", "*"} and not declaration.get("built_in"):
        raise InputError(
            f"{path} has no function run(problem); it calls your code and returns its gradients (see the README)"
        )
    return Case(path, path.stem, declaration, hashlib.sha256(data).hexdigest())


__all__ = ["Case", "read_case"]
