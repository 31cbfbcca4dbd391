"""The user's own files as text: the case, what it imports from its own folder, and what it runs or reads there."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...cases import Case
from ...errors import InputError
from ...parsing import parse_module

LARGEST = 1 << 18
"""Characters of all files together that a written file may hold."""

LARGEST_TEXT = 1 << 16
"""Bytes of a text that the code reads, such as a corpus, up to which it is taken along."""

LONGEST_NAME = 200
"""Longer texts in the code are no names of files."""


@dataclass(frozen=True)
class Sources:
    """The user's files.

    Attributes:
        folder: where they are. case: name of the case's file. files: text by path, seen from the folder.
    """

    folder: Path
    case: str
    files: dict[str, str]

    def names(self) -> set[str]:
        """Names of attributes that the files use: which helpers of `problem` are needed."""
        trees = [parse_module(text) for name, text in self.files.items() if name.endswith(".py")]
        return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
        if path.suffix != ".py":
            return data.decode("utf-8").replace("\r\n", "\n")
        return data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0]).replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise InputError(f"{path} can't be put into the minimal case: {error}") from error


def _imported(tree: ast.Module, folder: Path, here: Path) -> Iterator[Path]:
    """Files of the folder that a file may import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module(folder, alias.name)
        elif isinstance(node, ast.ImportFrom):
            start = folder if not node.level else here.parents[node.level - 1]
            yield from _module(start, node.module or "")
            for alias in node.names:
                yield from _module(start, f"{node.module}.{alias.name}" if node.module else alias.name)


def _module(folder: Path, name: str) -> Iterator[Path]:
    """The files that importing a name runs, packages on the way included."""
    place = folder
    for part in filter(None, name.split(".")):
        place = place / part
        for path in (place.with_name(f"{part}.py"), place / "__init__.py"):
            if path.is_file():
                yield path


def _named(tree: ast.Module, folder: Path) -> Iterator[Path]:
    """Files whose names stand as texts in a file: `problem.script("train.py")`, and small texts such as a corpus."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
            if len(node.value) < LONGEST_NAME and "\n" not in node.value and "\0" not in node.value:
                path = folder / node.value
                if (
                    path.is_file()
                    and path.resolve().is_relative_to(folder)
                    and (path.suffix == ".py" or _is_text(path))
                ):
                    yield path


def _is_text(path: Path) -> bool:
    try:
        if path.stat().st_size > LARGEST_TEXT:
            return False
        return "\0" not in path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def sources_of(case: Case) -> Sources:
    """Everything of the user's that running a case needs, as far as its text tells.

    Raises:
        InputError: a file that can't be read, that lies outside of the case's folder, or too much text.
    """
    first = case.path.resolve()
    folder, files, waiting = first.parent, dict[str, str](), [first]
    while waiting:
        path = waiting.pop().resolve()
        if not path.is_relative_to(folder):
            raise InputError(
                f"{path} is not in the folder of {first.name}; a minimal case takes only files beside the case"
            )
        name = path.relative_to(folder).as_posix()
        if name in files:
            continue
        files[name] = _read(path)
        if sum(map(len, files.values())) > LARGEST:
            raise InputError(
                f"{first.name} and what it imports have more than {LARGEST} characters; move what is not needed"
            )
        if path.suffix == ".py":
            tree = parse_module(files[name], name)
            waiting += [*_imported(tree, folder, path), *_named(tree, folder)]
    return Sources(folder, first.name, dict(sorted(files.items(), key=lambda item: item[0] != first.name)))


def text_literal(text: str) -> str:
    """A text as Python source, readable where that is possible."""
    for quotes in ('"""', "'''"):
        if quotes not in text and not text.endswith(("\\", quotes[0])) and "\r" not in text and "\0" not in text:
            return f"r{quotes}{text}{quotes}"
    lines = "".join(f"    {line!r}\n" for line in text.splitlines(keepends=True))
    return f"(\n{lines})"
