"""Slips: what a tired hand does to any equation. A name taken for a like one, a factor or a term left out, a sign, another step.

The other tables hold mistakes that have a reason; these have none, so they are made from the equations themselves and come
after all others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ...network import Network
from ...parsing import parse_eval
from ...problem import Problem
from ..equations import AFTER, BEFORE, EQUATIONS, Equation
from .base import Mistake

RANK = 4
Slip = tuple[str, str, str, str]
"""Id, what is done, the place in it, and the text that stands there then."""

STATES = ("h", "h_prev", "c", "c_prev", "s")
READ = re.compile(r"\b([A-Za-z_]\w*)\[t( \+ 1)?\]")
WEIGHTS = re.compile(r"\b(W_[hx]\w)\b")


WORDS = {
    "carried": "what is carried", "kept": "the direct way to h_{t-1}", "dc_prev": "what is carried to c_{t-1}",
    "dc_own": "the part of dc that comes from h", "new": "the share of the candidate", "old": "the share of the old state",
    "change": "h_{t-1} - n",
}  # fmt: skip
"""What the equations' own names are called; `back_f` is what f gives to h_{t-1}, `into_f` what it gives to the input."""


GIVEN = {"back": "h_{t-1}", "into": "the input", "peep": "the cell"}


def _called(name: str) -> str:
    kind, _, gate = name.partition("_")
    if kind in GIVEN:
        return f"what {gate} gives to {GIVEN[kind]}"
    return f"the slope of {gate}" if kind == "slope" and gate else WORDS.get(name, name)


def _text(node: ast.expr) -> str:
    return ast.unparse(node)


def _factors(node: ast.expr) -> list[ast.expr]:
    """Factors of an elementwise product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _terms(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _said(text: str) -> str:
    """An expression as a person writes it: `dc[t]` is dc, `after(f, t)` is f of the next step."""
    text = re.sub(r"\b([A-Za-z_]\w*)\[t \+ 1\]", lambda found: f"{_called(found[1])} of the next step", text)
    return re.sub(r"\b([A-Za-z_]\w*)\[t\]", lambda found: _called(found[1]), text)


def _left_out(name: str, node: ast.expr) -> Iterator[Slip]:
    """A factor or a term less, or one with the other sign."""
    terms = _terms(node)
    if len(terms) > 1:
        for k, term in enumerate(terms):
            rest = [_text(one) for i, one in enumerate(terms) if i != k]
            said = _said(_text(term))
            yield "term-left-out", f"{name} is made without {said}", said, " + ".join(rest)
            yield (
                "term-subtracted",
                f"{name} is made with {said} subtracted, not added",
                said,
                f"{' + '.join(rest)} - {_text(term)}",
            )
        return
    factors = _factors(node)
    for k, factor in enumerate(factors):
        rest = [f"({_text(one)})" for i, one in enumerate(factors) if i != k]
        if rest:
            said = _said(_text(factor))
            yield "factor-left-out", f"{name} is made without the factor {said}", said, " * ".join(rest)
            yield (
                "factor-twice",
                f"{name} is made with the factor {said} twice",
                said,
                f"{_text(node)} * ({_text(factor)})",
            )
    yield "sign", f"{name} has the other sign", name, f"-({_text(node)})"


def _groups(equations: Sequence[Equation], network: Network) -> list[list[str]]:
    """Names that may be taken for each other: values of the forward pass, slopes, gradients."""
    gates = list(network.cell_object.gates)
    carried = network.cell_object.carried
    states = [name for name in STATES if name[0] in carried or (name == "s" and "c" in carried)]
    slopes = [one.name for one in equations if one.name.startswith("slope")]
    shares = [one.name for one in equations if one.name in ("new", "old", "change")]
    gradients = ["dh_out", *(one.name for one in equations if one.stage not in (BEFORE, AFTER) and one.name[0] == "d")]
    return [[*gates, *states, *shares], slopes, gradients]


def _exchanged(equation: Equation, groups: Sequence[Sequence[str]], known: set[str]) -> Iterator[Slip]:
    """Another name of the same kind, or another step of the same name."""
    for found in READ.finditer(equation.text):
        name, later = found[1], found[2]
        start, end = found.span()
        before, behind = equation.text[:start], equation.text[end:]
        for group in (one for one in groups if name in one):
            for other in group:
                if other in (name, equation.name) or (other not in known and not later and other[0] == "d"):
                    continue  # what is made later in the step is not there yet
                step = "[t + 1]" if later and other[0] == "d" else "[t]"
                put = f"after({other}, t)" if later and other == "dh_out" else f"{other}{step}"
                said = f"{_called(equation.name)} is made with {_called(other)} where {_said(found[0])} is needed"
                yield "another-name", said, f"{other} for {name}", f"{before}{put}{behind}"
        if not later and name[0] != "d":
            for word, text in (("next", f"after({name}, t)"), ("previous", f"after({name}, t, -1)")):
                said = f"{_called(equation.name)} is made with {_called(name)} of the {word} step"
                yield "another-step", said, f"{name}, {word}", f"{before}{text}{behind}"


def _weights(equation: Equation) -> Iterator[Slip]:
    """The weights of another gate."""
    for found in WEIGHTS.finditer(equation.text):
        yield from (
            ("another-weight", f"{_called(equation.name)} goes through {other} where {found[1]} is needed", f"{other} for {found[1]}",
             f"{equation.text[: found.start()]}{other}{equation.text[found.end():]}")
            for other in _like_weights(found[1])
        )  # fmt: skip


def _like_weights(name: str) -> list[str]:
    return [f"{name[:3]}{gate}" for gate in "ifgorzn" if gate != name[3]]


@cache
def _slips(network: Network) -> tuple[tuple[str, Slip], ...]:
    """Every slip in a cell's equations, with the equation's name."""
    equations = EQUATIONS[network.cell](network.cell_object)
    groups, known = _groups(equations, network), {"dh_out"}
    gates = set(network.cell_object.gates)
    made: list[tuple[str, Slip]] = []
    for one in equations:
        node = parse_eval(one.text)
        slips = [*_left_out(_called(one.name), node)] if one.stage != BEFORE else []
        slips += _exchanged(one, groups, known)
        slips += [slip for slip in _weights(one) if slip[3] and set(re.findall(r"W_[hx](\w)\b", slip[3])) <= gates]
        made += [(one.name, slip) for slip in slips]
        known.add(one.name)
    return tuple(made)


def slips(problem: Problem, slots: Mapping[str, str]) -> Iterator[Mistake]:
    """All slips in all units of a problem's network."""
    for unit in problem.network.units:
        for name, (id, said, place, text) in _slips(problem.network):
            slot = f"{name}{unit.suffix}"
            where = f"{slot}, {place}"
            if slots.get(slot) not in (None, text):
                formula = f"{name} = {text}".replace("[t + 1]", "_{t+1}").replace("[t]", "_t")
                yield Mistake(id, where, said, formula, ((slot, text),), RANK)
