"""Texts that stand in for files of the user's while edits are tried: runs in a job only.

Whatever reads such a file gets the text: our own loading, `import`, scripts, and the code's own `open`.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_instead: dict[str, str] = {}
_open = open


def on_disk(path: Path) -> bytes:
    """The bytes of a file, whatever stands in for it; raises as `Path.read_bytes`."""
    with _open(path, "rb") as file:
        return file.read()


def source_of(path: Path) -> str | bytes:
    """The text that stands in for a source file, or the file's bytes; raises as `Path.read_bytes`."""
    text = _instead.get(str(path))
    return on_disk(path) if text is None else text


def _as_bytes(text: str) -> bytes:
    """A text in the encoding that its first lines name."""
    encoding = tokenize.detect_encoding(io.BytesIO(text.encode()).readline)[0]
    return text.encode(encoding)


def text_of(path: Any) -> str | None:
    """The text that stands in for a file, by any way of naming the file; None where there is none."""
    if not _instead or not isinstance(path, (str, os.PathLike)):
        return None
    name = os.path.abspath(os.fspath(path))
    return _instead.get(name) if isinstance(name, str) else None


@contextmanager
def standing_in(texts: Mapping[str, str]) -> Iterator[None]:
    """Let texts stand in for files, by path, while the block lasts."""
    before = dict(_instead)
    stand_in(texts)
    try:
        yield
    finally:
        _instead.clear()
        _instead.update(before)


def stand_in(texts: Mapping[str, str]) -> None:
    """Let texts stand in for files, by path, from now on."""
    _install()
    _instead.update(texts)


class _Loader(SourceFileLoader):
    """Loads a module from the text that stands in for its file."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the text; no compiled file is read or written."""
        code: CodeType = compile(_instead[self.path], self.path, "exec", dont_inherit=True)
        return code


class _Finder:
    """Finds modules whose file has a text that stands in for it; all else is left to the others."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As finders do."""
        if not _instead:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin not in _instead:
            return None
        assert spec.origin is not None
        spec.loader = _Loader(name, spec.origin)
        return spec


def _install() -> None:
    """Look here first on import and on `open`."""
    if _Finder in sys.meta_path:
        return
    sys.meta_path.insert(0, _Finder)
    read, read_code = builtins.open, io.open_code

    def open_text(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        """As the built-in `open`."""
        text = text_of(file) if not set(mode) & set("wxa+") else None
        if text is None:
            return read(file, mode, *rest, **named)
        return io.BytesIO(_as_bytes(text)) if "b" in mode else io.StringIO(text)

    def open_code(path: str) -> Any:
        text = text_of(path)
        return read_code(path) if text is None else io.BytesIO(_as_bytes(text))

    builtins.open = io.open = open_text
    io.open_code = open_code
