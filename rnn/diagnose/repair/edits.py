"""Edits: from the text of a function all ways to change it by one small edit, each with its words."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ...cases.edited import Candidate, SourceEdit
from ...parsing import parse_module
from .code import Change, Code, Piece
from .families import EDITS, Family

MOST_SHOWN = 90
"""Characters of an expression that are shown in a sentence."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """One way to change a file.

    Attributes:
        candidate: the edits, in the order of the text. family: of what kind. tier: how common the mistake is, 0 first.
        line: the first that is changed.
    """

    candidate: Candidate
    family: str
    tier: int
    line: int
    _words: Callable[[], str]

    @property
    def sentence(self) -> str:
        """What it repairs, in words, made only where somebody wants to read them."""
        return self._words()


def applied(text: str, changes: Sequence[Change], start: int = 0, end: int | None = None) -> str:
    """A part of a text after changes; those outside of the part are left out.

    Args: text: all of it. changes: in the order of the text. start, end: of the part.
    """
    end = len(text) if end is None else end
    parts, place = [], start
    for first, last, now in changes:
        if start <= first and last <= end:
            parts += [text[place:first], now]
            place = last
    return "".join([*parts, text[place:end]])


def trimmed(text: str, change: Change) -> Change:
    """The same change without what stands there already, whole words kept."""
    start, end, now = change
    was, front = text[start:end], 0
    while front < min(len(was), len(now)) and was[front] == now[front]:
        front += 1
    while front and _in_word(now, front) | _in_word(was, front):
        front -= 1
    back = 0
    while back < min(len(was), len(now)) - front and was[-1 - back] == now[-1 - back]:
        back += 1
    while back and _in_word(now, len(now) - back) | _in_word(was, len(was) - back):
        back -= 1
    return start + front, end - back, now[front : len(now) - back]


def _in_word(text: str, place: int) -> bool:
    """Whether a place lies inside a word."""
    return 0 < place < len(text) and (text[place - 1] + text[place]).replace("_", "a").isalnum()


def proposals(code: Code, function: ast.AST, lines: Collection[int] | None = None) -> Iterator[Proposal]:
    """All single edits of a function's own statements; of edits that say the same only the first.

    Args: code: it stands in. function: it, or the module. lines: of which the edits are; None for all.
    """
    seen: set[object] = set()
    nodes = code.scope(function if function is code.tree else _inside(function)).nodes
    for node in nodes if lines is None else [node for node in nodes if getattr(node, "lineno", 0) in lines]:
        for family in EDITS:
            for piece in family.make(node, code):
                changes = tuple(sorted(trimmed(code.text, change) for change in piece.changes))
                if changes not in seen and any(code.text[start:end] != now for start, end, now in changes):
                    seen.add(changes)
                    yield _proposal(code, node, family, piece, changes)


def _inside(function: ast.AST) -> ast.AST:
    """A node whose function this is."""
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    return function.body[0]


def _proposal(code: Code, node: ast.AST, family: Family, piece: Piece, changes: tuple[Change, ...]) -> Proposal:
    candidate = tuple(SourceEdit(code.file, *change) for change in changes)
    words = partial(_sentence, code, node, family, piece, changes)
    return Proposal(candidate, family.name, piece.tier, code.line(changes[0][0]), words)


def _short(text: str) -> str:
    text = re.sub(r"\s+", " ", text.strip())
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """A part of a text from where the brackets begin that are closed in it."""
    while start and text.count(")", start, end) > text.count("(", start, end) and text[start - 1] in "( \n":
        start -= 1
    return start, end


def _sentence(code: Code, node: ast.AST, family: Family, piece: Piece, changes: Sequence[Change]) -> str:
    """`line 61 reads dcdHin[t] where dcdHin[t + 1] is needed`."""
    start, end = piece.shown
    was, now = code.text[start:end], applied(code.text, changes, start, end)
    if was == now and "{now}" in family.words:  # what is changed lies around it
        start, end = _with_brackets(code.text, min(start, changes[0][0]), max(end, changes[-1][1]))
        was, now = code.text[start:end], applied(code.text, changes, start, end)
    added = next((text for _, _, text in changes if text.strip()), "")
    reads = "writes" if isinstance(getattr(node, "ctx", None), ast.Store) else "reads"
    words = family.words.format(was=_short(was), now=_short(now), added=_short(added), reads=reads)
    return f"line {code.line(piece.shown[0])} {words}"


class Sense:
    """Which proposals say something new: those that change what the file says, and not what another one said."""

    def __init__(self, code: Code) -> None:
        """Args: code: what is changed."""
        self._code = code
        self._seen: set[object] = set()
        self._was: dict[tuple[int, int], str] = {}

    def new(self, proposal: Proposal) -> bool:
        """Whether a proposal is Python and says what no other one said before."""
        changes = [(edit.start, edit.end, edit.now) for edit in proposal.candidate]
        part = self._part(changes)
        if part is None:
            return True
        said = _said(applied(self._code.text, changes, *part))
        if part not in self._was:
            self._was[part] = _said(self._code.text[slice(*part)])
        if not said or said == self._was[part] or (part, said) in self._seen:
            return False
        self._seen.add((part, said))
        return True

    def _part(self, changes: Sequence[Change]) -> tuple[int, int] | None:
        """From and to where the one simple statement, or head of a statement, stands that is changed; None for others."""
        if any(not now.strip() and not self._code.text[start:end].strip() for start, end, now in changes):
            return None  # another indent is another block
        found = {self._statement(place) for start, end, _ in changes for place in (start, max(start, end - 1))}
        return found.pop() if len(found) == 1 else None

    def _statement(self, place: int) -> tuple[int, int] | None:
        """The innermost part that holds a character."""
        for start, end in self._parts:
            if start <= place <= end:
                return start, end
        return None

    @property
    def _parts(self) -> list[tuple[int, int]]:
        if not hasattr(self, "_known"):
            self._known = [_head(node, self._code) for node in ast.walk(self._code.tree) if isinstance(node, ast.stmt)]
        return self._known


def _head(node: ast.stmt, code: Code) -> tuple[int, int]:
    start, end = code.span(node)
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return start, end
    first = min(one.lineno for one in body)
    return start, max(start, code.span(body[0])[0] if first == node.lineno else code.line_start(code.span(body[0])[0]))


def _said(text: str) -> str:
    """What a statement says, whatever its spaces and brackets are; empty for what is not Python."""
    text = textwrap.dedent(text).strip()
    for whole in (text, f"{text} pass", f"{text}\n pass"):
        try:
            return ast.dump(parse_module(whole))
        except (SyntaxError, ValueError):
            continue
    return ""
