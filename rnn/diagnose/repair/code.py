"""Code: a source text with its syntax tree, every part of it found again to the character."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ...parsing import parse_eval, parse_module
from .scope import FUNCTIONS, Function, Scope

Change = tuple[int, int, str]
"""Where a text is changed (characters, from and to) and what stands there then."""

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**", ast.FloorDiv: "//",
    ast.Mod: "%",
}  # fmt: skip

BINDS: dict[type[ast.operator], int] = {
    ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2, ast.FloorDiv: 2, ast.Mod: 2, ast.Pow: 4,
}  # fmt: skip
"""How closely an operator binds; a sign binds 3, anything that needs no brackets 9."""

LOOSER = (ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.Tuple, ast.NamedExpr, ast.Starred)
NEWLINE = re.compile(r"\r\n|\r|\n")
CLOSED_BY = re.compile(r"\s*(?:#[^\n]*\s*)*([)\]},:;]|$|\n|\r|#|for\b|if\b|else\b)")
OPENED_BY = re.compile(r"(?:[(\[{,=:;]|\breturn|\bin|\bif|\belse|\band|\bor|\byield|^|\n|\r)[ \t]*$")


@dataclass(frozen=True)
class Piece:
    """One way to change a text.

    Attributes:
        changes: what is changed, in order. tier: how common the mistake is that it repairs, 0 first.
        shown: from and to which character the text is worth showing, before the change.
    """

    changes: tuple[Change, ...]
    tier: int
    shown: tuple[int, int]


@lru_cache(maxsize=65536)
def binding(text: str) -> int:
    """How closely an expression holds together: 9 needs no brackets anywhere, 0 does everywhere; -1 is no expression."""
    try:
        node = parse_eval(text)
    except (SyntaxError, ValueError):
        return -1
    if node.col_offset or (isinstance(node, ast.Tuple) and text.startswith("(")):
        return 9  # what stands in front is a bracket
    if isinstance(node, ast.BinOp):
        return BINDS.get(type(node.op), 0)
    if isinstance(node, ast.UnaryOp):
        return 3 if isinstance(node.op, (ast.USub, ast.UAdd)) else 0
    return 0 if isinstance(node, LOOSER) else 9


class Code:
    """A file of the user's.

    Attributes:
        file: its path. text: as it is decoded. tree: what it says. parents: of every node of the tree.
    """

    def __init__(self, file: str, text: str) -> None:
        """Args: as the attributes. Raises: what `ast.parse` does."""
        self.file, self.text = file, text
        self.tree = parse_module(text, file)
        self._starts = [0, *(found.end() for found in NEWLINE.finditer(text))]
        self._wide = [not line.isascii() for line in NEWLINE.split(text)]
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        self._scopes: dict[ast.AST, Scope] = {}

    def _place(self, line: int, column: int) -> int:
        """Character of a line, counted from 1, and a column, counted in bytes."""
        start = self._starts[line - 1]
        if not self._wide[line - 1]:
            return start + column
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return start + len(self.text[start:end].encode()[:column].decode(errors="ignore"))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """From and to which character a node stands, without brackets around it."""
        assert isinstance(node, (ast.expr, ast.stmt, ast.keyword, ast.arg, ast.alias, ast.excepthandler))
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def line(self, place: int) -> int:
        """Line, counted from 1, of a character."""
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._starts[middle] <= place else (low, middle)
        return low + 1

    def line_start(self, place: int) -> int:
        """First character of the line of a character."""
        return self._starts[self.line(place) - 1]

    def line_end(self, place: int) -> int:
        """First character behind the line of a character, its line break included."""
        line = self.line(place)
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def whole(self, node: ast.AST) -> tuple[int, int]:
        """As `span`, with the brackets that stand around the node only to hold it together."""
        start, end = self.span(node)
        low, high = self._inside(node)
        while True:
            before, after = start - 1, end
            while before >= low and self.text[before].isspace():
                before -= 1
            while after < high and self.text[after].isspace():
                after += 1
            if before < low or after >= high or self.text[before] != "(" or self.text[after] != ")":
                return start, end
            start, end = before, after + 1

    def _inside(self, node: ast.AST) -> tuple[int, int]:
        """Where brackets around a node can be its own and not its parent's."""
        parent = self.parents[node]
        if isinstance(parent, ast.Call) and node is not parent.func:
            return self.whole(parent.func)[1] + 1, self.span(parent)[1] - 1
        if not isinstance(parent, (ast.expr, ast.stmt)):
            return self.span(node)
        low, high = self.span(parent)
        if isinstance(parent, ast.Tuple) and self.text[low] == "(":
            return low + 1, high - 1
        return low, high

    def piece(self, node: ast.AST) -> str:
        """The text of a node, with its brackets."""
        start, end = self.whole(node)
        return self.text[start:end]

    def bare(self, node: ast.AST) -> str:
        """The text of a node, without brackets around it."""
        start, end = self.span(node)
        return self.text[start:end]

    def fit(self, node: ast.AST, text: str) -> str:
        """A text that can stand where a node stands: in brackets where the place needs them."""
        start, end = self.span(node)
        opened = OPENED_BY.search(self.text[max(0, start - 40) : start])
        if opened and CLOSED_BY.match(self.text, end):
            return text
        needed = self._needed(node)
        return text if binding(text) >= needed else f"({text})"

    def _needed(self, node: ast.AST) -> int:
        """How closely what stands in the place of a node has to hold together."""
        parent = self.parents[node]
        if isinstance(parent, ast.BinOp):
            binds = BINDS.get(type(parent.op), 5)
            if isinstance(parent.op, ast.Pow):
                return binds + 1 if node is parent.left else 3
            return binds + 1 if node is parent.right else binds
        if isinstance(parent, ast.UnaryOp):
            return 3
        if isinstance(parent, ast.Attribute) or (
            isinstance(parent, (ast.Subscript, ast.Call)) and not self._item(node)
        ):
            return 9
        return 1

    def _item(self, node: ast.AST) -> bool:
        parent = self.parents[node]
        return node is not (parent.value if isinstance(parent, ast.Subscript) else getattr(parent, "func", None))

    def right_of(self, node: ast.expr, op: type[ast.operator]) -> str:
        """The text of a node as it can stand at the right of an operator."""
        text = self.piece(node)
        return text if binding(text) > BINDS[op] else f"({text})"

    def left_of(self, node: ast.expr, op: type[ast.operator]) -> str:
        """The text of a node as it can stand at the left of an operator."""
        text = self.piece(node)
        return text if binding(text) >= BINDS[op] else f"({text})"

    def put(self, node: ast.AST, text: str, tier: int, shown: ast.AST | None = None) -> Piece:
        """A node replaced by a text, in brackets where they are needed; `shown`: the node that is worth showing."""
        start, end = self.whole(node) if node in self.parents else self.span(node)
        if (start, end) != self.span(node) and binding(text) >= self._needed(node):
            return Piece(((start, end, text),), tier, self.span(shown or node))
        start, end = self.span(node)
        return Piece(((start, end, self.fit(node, text)),), tier, self.span(shown or node))

    def cut(self, start: int, end: int, text: str, tier: int, shown: ast.AST) -> Piece:
        """Some characters replaced by others."""
        return Piece(((start, end, text),), tier, self.span(shown))

    def operator(self, left: ast.AST, right: ast.AST, sign: str) -> tuple[int, int]:
        """Where an operator stands between two nodes."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = re.sub(r"#[^\r\n]*", lambda found: " " * len(found[0]), self.text[start:end])
        place = start + gap.index(sign)
        return place, place + len(sign)

    def counts(self, node: ast.AST) -> bool:
        """Whether a node is part of what stands in square brackets or says how far a loop runs, so that it counts something."""
        while node in self.parents and not isinstance(node, ast.stmt):
            above = self.parents[node]
            if isinstance(above, ast.Subscript) and node is above.slice:
                return True
            if isinstance(above, ast.Call) and self.bare(above.func) in ("range", "np.arange"):
                return True
            node = above
        return False

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node stands in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def loops(self, node: ast.AST) -> Iterator[ast.For | ast.While]:
        """The loops around a node, the innermost first."""
        while node in self.parents and not isinstance(node, FUNCTIONS):
            node = self.parents[node]
            if isinstance(node, (ast.For, ast.While)):
                yield node

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All functions, as they stand."""
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS))

    def function(self, node: ast.AST) -> ast.AST:
        """The function that a node stands in, or the module."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, FUNCTIONS):
                return node
        return self.tree

    def scope(self, node: ast.AST) -> Scope:
        """What is known of the function that a node stands in."""
        function = self.function(node)
        if function not in self._scopes:
            self._scopes[function] = Scope(function, self)
        return self._scopes[function]

    @cached_property
    def spaced(self) -> bool:
        """Whether this person writes `t - 1` rather than `t-1`."""
        tight = len(re.findall(r"\w[-+]\d", self.text))
        return len(re.findall(r"\w [-+] \d", self.text)) >= tight

    def plus(self, text: str, number: int) -> str:
        """A text with a number added, the way this person writes it."""
        if not number:
            return text
        gap = " " if self.spaced else ""
        return f"{text}{gap}{'-' if number < 0 else '+'}{gap}{abs(number)}"


def block_of(statement: ast.stmt, parent: ast.AST) -> Sequence[ast.stmt]:
    """The statements among which one stands."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return [statement]
