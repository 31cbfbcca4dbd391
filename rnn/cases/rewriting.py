"""Rewriting CASE in a case file's text: the entries that change, and nothing else; comments and layout stay."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..errors import InputError
from ..parsing import literal_value, parse_eval, parse_module

LINE = re.compile(r"[^\n]*\n|[^\n]+")
OPENING, CLOSING = "([{", ")]}"
SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


class _Removed:
    """The type of `REMOVED`."""


REMOVED: Final = _Removed()
"""In the place of a value: the key is taken away."""


@dataclass(frozen=True)
class _Entry:
    """One key and its value; places are offsets into the text.

    Attributes:
        start, end: of the whole. value: where the value begins. comma: end of the comma behind it, 0 without one.
    """

    key: Any
    start: int
    end: int
    value: int
    comma: int


@dataclass(frozen=True)
class _Found:
    """CASE as it stands in the text; `start` and `end` are those of what is between its brackets."""

    entries: tuple[_Entry, ...]
    start: int
    end: int
    is_call: bool
    values: Mapping[Any, Any]


def read_value(text: str) -> Any:
    """The value that a person typed.

    Raises:
        InputError: no plain value.
    """
    try:
        return literal_value(parse_eval(text.strip()))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise InputError(
            f"{text.strip()!r} is no plain value; expected a text in quotes, a number, True, False, a list or a dict"
        ) from error


def value_text(value: Any) -> str:
    """A value as it is written into the file."""
    if isinstance(value, str):
        plain = repr(value)
        return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in value and "\\'" not in plain else plain
    if isinstance(value, dict):
        inside = [(key, value_text(each)) for key, each in value.items()]
        if all(isinstance(key, str) and key.isidentifier() for key in value):
            return f"dict({', '.join(f'{key}={text}' for key, text in inside)})"
        return f"{{{', '.join(f'{value_text(key)}: {text}' for key, text in inside)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(value_text, value))}{',' * (len(value) == 1)})"
    return repr(value)


def _assigned(text: str) -> ast.expr:
    """What CASE is set to."""
    try:
        tree = parse_module(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f"line {line} of the file" if line else "the file"
        raise InputError(f"{where} is no Python; mend it before CASE is changed") from error
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if any(isinstance(target, ast.Name) and target.id == "CASE" for target in targets) and value is not None:
            return value  # type: ignore[no-any-return]
    raise InputError("the file has no CASE = dict(...) that could be changed")


class _Reader:
    """Finds the entries of CASE among the tokens of a text."""

    def __init__(self, text: str) -> None:
        if "\r" in text.replace("\r\n", ""):
            raise InputError("the file ends its lines in an old way (CR alone); save it with usual line ends first")
        self.text, self.lines = text, LINE.findall(text)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def place(self, position: tuple[int, int]) -> int:
        """Offset of a token's (row, column)."""
        return self.starts[position[0] - 1] + position[1]

    def read(self) -> _Found:
        """CASE."""
        node = _assigned(self.text)
        try:
            values = literal_value(node)
        except (ValueError, TypeError) as error:
            raise InputError("CASE is more than plain values; change it in the file itself") from error
        if not isinstance(values, dict):
            raise InputError(f"CASE is {values!r}, expected a dict; change it in the file itself")
        column = len(self.lines[node.lineno - 1].encode()[: node.col_offset].decode())
        first = self.place((node.lineno, column))
        tokens = [
            token for token in tokenize.generate_tokens(io.StringIO(self.text).readline)
            if token.type not in SILENT and self.place(token.start) >= first
        ]  # fmt: skip
        is_call = isinstance(node, ast.Call)
        opening = next(n for n, token in enumerate(tokens) if token.string == ("(" if is_call else "{"))
        inside, closing = self._inside(tokens[opening:])
        entries = tuple(self._entry(part, comma, is_call) for part, comma in inside)
        return _Found(entries, self.place(tokens[opening].end), self.place(closing.start), is_call, values)

    @staticmethod
    def _inside(
        tokens: list[tokenize.TokenInfo],
    ) -> tuple[list[tuple[list[tokenize.TokenInfo], tokenize.TokenInfo | None]], tokenize.TokenInfo]:
        """The tokens of every entry and its comma, and the closing bracket, after an opening one."""
        depth, part, parts = 0, list[tokenize.TokenInfo](), []
        for token in tokens:
            depth += (token.string in OPENING) - (token.string in CLOSING) if token.type == tokenize.OP else 0
            if depth == 0:
                break
            if depth == 1 and token.string == "," and token.type == tokenize.OP:
                parts.append((part, token))
                part = []
            elif token is not tokens[0]:
                part.append(token)
        return [*parts, *([(part, None)] if part else [])], token

    def _entry(self, tokens: list[tokenize.TokenInfo], comma: tokenize.TokenInfo | None, is_call: bool) -> _Entry:
        divider = next(n for n, token in enumerate(tokens) if token.string == ("=" if is_call else ":"))
        start, split = self.place(tokens[0].start), self.place(tokens[divider].start)
        written = self.text[start:split].strip()
        key = written if is_call else ast.literal_eval(parse_eval(f"({written})"))
        end = self.place(tokens[-1].end)
        behind = 0 if comma is None else self.place(comma.end)
        return _Entry(key, start, end, self.place(tokens[divider + 1].start), behind)


def _entry_text(key: str, value: Any, is_call: bool) -> str:
    if is_call and not key.isidentifier():
        raise InputError(f"{key!r} can't be a key of CASE = dict(...); expected a name")
    return f"{key}={value_text(value)}" if is_call else f"{value_text(key)}: {value_text(value)}"


def _without(text: str, found: _Found, place: int) -> str:
    """The text without one entry; with its whole lines and their remark where it stands alone on them."""
    entry = found.entries[place]
    stop = entry.comma or entry.end
    line_start = text.rfind("\n", 0, entry.start) + 1
    line_end = text.find("\n", stop)
    rest = text[stop : line_end if line_end >= 0 else len(text)].strip()
    alone = not text[line_start : entry.start].strip() and found.start <= line_start and line_end >= 0
    if alone and (not rest or rest.startswith("#")) and line_end < found.end:
        return text[:line_start] + text[line_end + 1 :]
    if place + 1 < len(found.entries):
        following = found.entries[place + 1].start
        if "\n" not in text[stop:following]:
            return text[: entry.start] + text[following:]
        begins = not text[line_start : entry.start].strip()
        return text[: entry.start] + text[stop:].lstrip(" \t") if begins else text[: entry.start].rstrip() + text[stop:]
    before = found.entries[place - 1] if place else None
    cut = found.start if before is None else before.comma or before.end
    if "#" in text[cut : entry.start]:
        cut = entry.start  # a remark behind the entry before
    elif before is not None and not entry.comma:
        cut = before.end
    return text[:cut] + text[stop:]


def _with(text: str, found: _Found, written: str, newline: str) -> str:
    """The text with one more entry behind the last."""
    if not found.entries:
        return text[: found.start] + written + text[found.start :]
    last = found.entries[-1]
    line_start = text.rfind("\n", 0, last.start) + 1
    line_end = text.find("\n", last.comma or last.end)
    begins = text[line_start : last.start]
    indent = begins if not begins.strip() and found.start <= line_start else ""
    if found.start <= line_start and 0 <= line_end < found.end:  # the bracket closes on a line of its own
        first = text[line_start : next(e.start for e in found.entries if e.start >= line_start)]
        head = text[: last.end] + ("" if last.comma else ",") + text[last.end : line_end].removesuffix("\r")
        return f"{head}{newline}{first}{written},{text[line_end - (newline == chr(13) + chr(10)) :]}"
    glue = f",{newline}{indent}" if indent and len(found.entries) > 1 else ", "
    return text[: last.end] + glue + written + ("," if last.comma else "") + text[last.comma or last.end :]


def rewrite(text: str, changes: Mapping[str, Any]) -> str:
    """The text of a case file with other entries in CASE; everything else stays to the letter.

    Args:
        text: of the file. changes: values by key; `REMOVED` takes a key away.

    Raises:
        InputError: no Python, no CASE, or one that can't be changed without harm.
    """
    found = _Reader(text).read()
    wanted = {**found.values, **changes}
    wanted = {key: value for key, value in wanted.items() if value is not REMOVED}
    newline = "\r\n" if "\r\n" in text else "\n"
    for key, value in changes.items():
        found = _Reader(text).read()
        place = next((n for n, entry in enumerate(found.entries) if entry.key == key), None)
        if value is REMOVED:
            text = text if place is None else _without(text, found, place)
        elif place is None:
            text = _with(text, found, _entry_text(key, value, found.is_call), newline)
        elif repr(found.values[key]) != repr(value):
            entry = found.entries[place]
            text = text[: entry.value] + value_text(value) + text[entry.end :]
    if repr(sorted(_Reader(text).read().values.items(), key=repr)) != repr(sorted(wanted.items(), key=repr)):
        raise InputError("CASE is written in a way that can't be changed from here; change it in the file itself")
    return text
