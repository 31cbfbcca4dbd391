"""Mutants: right programs with one token of their backward pass changed, as long as that changes a gradient and nothing before it."""

from __future__ import annotations

import ast
import io
import random
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path

from rnn.diagnose.repair.code import Code
from rnn.diagnose.repair.problems import Known, tried
from rnn.diagnose.repair.rank import sites
from rnn.diagnose.subject import RESIDUAL, relative_residual
from rnn.errors import InputError
from tests.rnn.diagnose.repair.standin import run_text, subject_of

EXAMPLES = Path(__file__).parents[4] / "resources" / "examples"
RIGHT = ("class-rnn", "dict-lstm", "function-rnn", "pair-lstm", "steps-gru", "trainer-rnn", "question-2014-fixed")

OPERATORS = (
    ("+", "-", "*", "/", "@", "**"),
    ("=", "+=", "-="),
    ("<", "<=", ">", ">=", "==", "!="),
)


@dataclass(frozen=True)
class Mutant:
    """A right program with one token changed.

    Attributes:
        name: of the program. line: that is changed. was, now: the token. text: of the whole file.
    """

    name: str
    line: int
    was: str
    now: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line} {self.was!r} -> {self.now!r}"


def _tokens(code: Code, function: ast.AST) -> Iterator[tuple[int, int, tokenize.TokenInfo]]:
    """The tokens of a function's body with their places, docstring and comments left out."""
    body = getattr(function, "body", [])
    first = body[1] if ast.get_docstring(function) and len(body) > 1 else body[0]  # type: ignore[arg-type]
    start, end = code.span(first)[0], code.span(body[-1])[1]
    starts = [0]
    for line in code.text.splitlines(True):
        starts.append(starts[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(code.text).readline):
        place = starts[token.start[0] - 1] + token.start[1]
        if start <= place < end and token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.OP, tokenize.STRING):
            yield place, place + len(token.string), token


def _others(token: tokenize.TokenInfo, names: list[str], strings: list[str]) -> list[str]:
    """What may stand for a token; the empty text where it is left out."""
    text = token.string
    if token.type == tokenize.NAME:
        return [*names, ""] if text in names or text == "T" else [""]
    if token.type == tokenize.NUMBER:
        number = float(text)
        return [f"{value:g}" for value in dict.fromkeys((0.0, 1.0, 2.0, number + 1, number - 1)) if value >= 0] + [""]
    if token.type == tokenize.STRING:
        return strings
    family = next((list(one) for one in OPERATORS if text in one), [])
    return [*family, ""]


def mutations(name: str, text: str, line: int | None = None) -> Iterator[Mutant]:
    """All single token-level mutations of the backward functions of a program that are Python and say something else.

    Args: name, text: of the program. line: only of this one.
    """
    path = EXAMPLES / f"{name}.py"
    code = Code(str(path), text)
    whole = ast.dump(code.tree)
    places = sites([code], (), str(path))
    likely = [site for site in places if site.lines is None and (site.place == places[0].place or site.place < 4)]
    seen: set[str] = set()
    for site in likely:
        tokens = list(_tokens(code, site.function))
        keywords = {
            "for",
            "in",
            "return",
            "if",
            "else",
            "not",
            "and",
            "or",
            "range",
            "len",
            "self",
            "np",
            "reversed",
            "dict",
        }
        names = list(
            dict.fromkeys(t.string for _, _, t in tokens if t.type == tokenize.NAME and t.string not in keywords)
        )
        strings = list(
            dict.fromkeys(t.string for _, _, t in tokens if t.type == tokenize.STRING and len(t.string) < 12)
        )
        for start, end, token in tokens:
            if line not in (None, code.line(start)):
                continue
            for now in _others(token, names, strings):
                changed = text[:start] + now + text[end:]
                try:
                    said = ast.dump(ast.parse(changed))
                except (SyntaxError, ValueError):
                    continue
                if said != whole and said not in seen:
                    seen.add(said)
                    yield Mutant(name, code.line(start), token.string, now, changed)


def _gradients_wrong(path: Path, mutant: Mutant, known: list[Known]) -> bool:
    """Whether a mutant runs, leaves the forward pass alone and makes a gradient wrong."""
    subject = subject_of(path)
    assert subject.case is not None
    wrong = False
    for one in known:
        try:
            values = run_text(subject.case, mutant.text, one.problem).values
        except InputError:
            return False
        wanted, limit = one.right, RESIDUAL[one.problem.dtype]
        off = {name for name in values if name in wanted and not relative_residual(values[name], wanted[name]) <= limit}
        if off - set(one.gradients.named()) or set(values) & set(wanted) != _returned(path, one):
            return False
        wrong |= bool(off)
    return wrong


def _returned(path: Path, known: Known) -> set[str]:
    """What the right program returns."""
    case = subject_of(path).case
    assert case is not None
    if path not in _names:
        _names[path] = set(run_text(case, decode_source(path.read_bytes()), known.problem).values) & set(known.right)
    return _names[path]


_names: dict[Path, set[str]] = {}


def mutants(name: str, count: int | None = None, seed: int = 0) -> list[Mutant]:
    """Mutants of one program whose gradient is wrong, all of them or a sample."""
    path = EXAMPLES / f"{name}.py"
    text = decode_source(path.read_bytes())
    known = tried(subject_of(path))
    found, every = [], list(mutations(name, text))
    if count is not None:
        random.Random(seed).shuffle(every)
    for mutant in every:
        if count is not None and len(found) >= count:
            break
        if _gradients_wrong(path, mutant, known):
            found.append(mutant)
    return found
