"""Statements of a source file: which lines belong together, which loops they stand in.

The table is made from the text alone, so that whoever reads a recording makes the same one from the text that is
stored in it. Nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..parsing import parse_module

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

KINDS: dict[type[ast.AST], str] = {
    ast.Assign: "assign",
    ast.AnnAssign: "assign",
    ast.AugAssign: "augment",
    ast.For: "for",
    ast.AsyncFor: "for",
    ast.While: "while",
    ast.If: "if",
    ast.Return: "return",
    ast.With: "with",
    ast.AsyncWith: "with",
    ast.Expr: "call",
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Delete: "delete",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
}
SILENT = (ast.Try, ast.TryStar, ast.Global, ast.Nonlocal, ast.ClassDef, ast.Pass, ast.Break, ast.Continue)
"""Nothing of a user's happens in them, and whether Python reports their lines differs between versions."""


@dataclass(frozen=True, eq=False)
class Statement:
    """One step's worth of source: a simple statement, the header of a compound one, or all that shares its line.

    Attributes:
        number: in its file.
        line, end_line: of the statement or header, from 1.
        kind: one of the values of `KINDS`, or `other`.
        function: qualified name of the function it stands in; empty at module level.
        loops: numbers of the headers of the loops around it, outermost first (a header is not in its own loop).
        body: first and last line of a loop's body; (0, 0) for anything else.
        nodes: the syntax trees; several where several statements share a line.
        text: of the statement or header.
    """

    number: int
    line: int
    end_line: int
    kind: str
    function: str
    loops: tuple[int, ...]
    body: tuple[int, int]
    nodes: tuple[ast.stmt, ...]
    text: str

    def parts(self) -> Iterator[ast.stmt]:
        """Its statements: of a loop on one line, those of its body too."""
        for node in self.nodes:
            inner = ast.walk(node) if self.one_line else [node]
            yield from (part for part in inner if isinstance(part, ast.stmt))

    @property
    def is_loop(self) -> bool:
        """Whether this is a loop's header."""
        return self.kind in ("for", "while")

    @property
    def one_line(self) -> bool:
        """Whether a whole loop stands on this line."""
        return self.is_loop and self.body[0] <= self.end_line


@dataclass(eq=False)
class SourceTable:
    """All statements of one file.

    Attributes:
        path: the file's name as Python knows it.
        text: its text; empty where there is none.
        statements: in the order of their lines.
        by_line: number of the statement that a line belongs to.
        definitions: number of a function's `def` statement by the line at which Python says the function begins.
        problem: why there are no statements, in words; empty where there are.
    """

    path: str
    text: str
    statements: list[Statement] = field(default_factory=list)
    by_line: dict[int, int] = field(default_factory=dict)
    definitions: dict[int, int] = field(default_factory=dict)
    problem: str = ""

    def at(self, line: int) -> Statement | None:
        """The statement that a line belongs to."""
        number = self.by_line.get(line)
        return None if number is None else self.statements[number]


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks inside a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body


def _header_end(node: ast.stmt) -> int:
    """Last line of a header, or of a simple statement."""
    end = node.end_lineno or node.lineno
    if not any(True for _ in _bodies(node)):
        return end
    parts = [
        child for child in ast.iter_child_nodes(node) if isinstance(child, (ast.expr, ast.withitem, ast.arguments))
    ]
    ends = [getattr(inner, "end_lineno", None) for part in parts for inner in ast.walk(part)]
    return max([node.lineno, *(end for end in ends if isinstance(end, int))])


def constant_loop(node: ast.stmt) -> bool:
    """`while True`: its header is not run again for every iteration."""
    return isinstance(node, ast.While) and isinstance(node.test, ast.Constant)


@dataclass
class _Found:
    node: ast.stmt
    function: str
    loops: tuple[ast.stmt, ...]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _walk(block: list[ast.stmt], function: str, loops: tuple[ast.stmt, ...]) -> Iterator[_Found]:
    """Every statement in order, with the function and loops around it."""
    for node in block:
        if not isinstance(node, SILENT) and not _is_docstring(node):
            yield _Found(node, function, loops)
        inside, name = loops, function
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            inside, name = (), f"{function}.{node.name}" if function else node.name
        for body in _bodies(node):
            looped = isinstance(node, (ast.For, ast.AsyncFor, ast.While)) and body is node.body
            yield from _walk(body, name, (*inside, node) if looped else inside)


def _text(lines: list[str], first: int, last: int) -> str:
    return " ".join(part.strip() for part in lines[first - 1 : last])


def _body_lines(node: ast.stmt) -> tuple[int, int]:
    if not isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return 0, 0
    return node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno


def _table(path: str, text: str, tree: ast.Module) -> SourceTable:
    table, lines = SourceTable(path, text), text.splitlines()
    groups: dict[int, list[_Found]] = {}
    found_all = list(_walk(tree.body, "", ()))
    for found in found_all:
        groups.setdefault(found.node.lineno, []).append(found)
    numbers: dict[int, int] = {}
    for line in sorted(groups):
        group, number = groups[line], len(table.statements)
        first = group[0]
        end = max(_header_end(found.node) for found in group)
        kind = KINDS.get(type(first.node), "other")
        loops = tuple(numbers[id(loop)] for loop in first.loops if id(loop) in numbers)
        nodes = tuple(found.node for found in group)
        body = _body_lines(first.node)
        table.statements.append(
            Statement(number, line, end, kind, first.function, loops, body, nodes, _text(lines, line, end))
        )
        for found in group:
            numbers[id(found.node)] = number
        if not constant_loop(first.node) or table.statements[number].one_line:
            for inner in range(line, end + 1):
                table.by_line.setdefault(inner, number)
        if isinstance(first.node, FUNCTIONS):
            starts = [line, *(decorator.lineno for decorator in first.node.decorator_list)]
            table.definitions[min(starts)] = number
    for found in found_all:
        if isinstance(found.node, ast.Match):
            _add_cases(table, found.node, numbers[id(found.node)])
    return table


def _add_cases(table: SourceTable, node: ast.Match, number: int) -> None:
    """Patterns belong to the `match`; a body on the line of its pattern writes the pattern's names too."""
    for case in node.cases:
        end = max(case.pattern.end_lineno, 0 if case.guard is None else case.guard.end_lineno or 0)
        for line in range(case.pattern.lineno, end + 1):
            body = table.by_line.setdefault(line, number)
            if body != number:
                statement = table.statements[body]
                table.statements[body] = replace(statement, nodes=(*statement.nodes, node))


def read_statements(path: str, text: str) -> SourceTable:
    """The statements of a file's text; without any where the text is no Python that this interpreter reads."""
    try:
        return _table(path, text, parse_module(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return SourceTable(path, text, problem=f"its text can't be read as Python ({type(error).__name__})")


def expressions_of(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement or header, without its blocks."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.withitem):
            yield child.context_expr
        elif isinstance(child, ast.match_case) and child.guard is not None:
            yield child.guard


def walk_expression(node: ast.AST) -> Iterator[ast.AST]:
    """As `ast.walk`, without the insides of functions and comprehensions, whose names are their own."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if not isinstance(found, (*SCOPES, *COMPREHENSIONS)):
            waiting.extend(ast.iter_child_nodes(found))
