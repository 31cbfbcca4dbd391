"""A finding in full, as lines: what is wrong, how to mend it, what it rests on, and what else would look the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from inspector.panes.debug.common import RIGHT, WRONG
from inspector.panes.debug.finding_entries import Entry, element_of
from inspector.repairing import choices_of

HEADING, CODE, PLAIN, FAINT, GOOD, BAD = "heading", "code", "text", "faint", "good", "bad"
ADDED, REMOVED, BESIDE = "added", "removed", "beside"
"""Lines of a diff: what comes, what goes, what stays."""

DIFF = (ADDED, REMOVED, BESIDE)

Line = tuple[str, str]
"""A text and how it is written."""

Fact = Mapping[str, Any]


def _inputs(finding: Fact) -> Iterator[Line]:
    """Every array that the statement reads, with the right value that it is."""
    reads = str(finding.get("reads", ""))
    needed, found = str(finding.get("needed", "")), str(finding.get("found", ""))
    wanted = f"; {needed} is needed" + (f", which stands in {found}" if found else "") if needed else ""
    for text, name in finding.get("inputs", ()):
        if text == reads:
            holds = f"is {name}" if name else "is no right value"
            yield f"{WRONG} {text} {holds}{wanted}", BAD
        elif name:
            yield f"{RIGHT} {text} is {name}", GOOD
        else:
            yield f"{WRONG} {text} is no right value", BAD


def _output(finding: Fact) -> Iterator[Line]:
    output, error = str(finding.get("output", "")), float(finding.get("error") or 0.0)
    if output or error:
        by = f", off by up to {error:.3g}" if error else ""
        yield f"{WRONG} what it gives is not {output or 'right'}{by}", BAD


def _leads(finding: Fact) -> Iterator[Line]:
    names = [str(name) for name in finding.get("quantities", ())]
    if names:
        yield f"Makes wrong: {', '.join(names)}", PLAIN
    if finding.get("certain"):
        yield "Shown: with right values put in, right values come out", FAINT
    else:
        yield "Not shown for certain: what it reads may be wrong already", FAINT


def _elsewhere(entry: Entry, finding: Fact) -> Iterator[Line]:
    problem = str(finding.get("problem", ""))
    if problem:
        t = finding.get("t")
        yield f"Found on {problem}" + (f", at t = {t} there" if t is not None else ""), FAINT
        if entry.step < 0:
            yield "No open recording executes the line", FAINT


def _of_blame(entry: Entry, finding: Fact, which: int) -> Iterator[Line]:
    yield entry.sentence, PLAIN
    yield from _inputs(finding)
    yield from _output(finding)
    yield from _leads(finding)
    yield from _elsewhere(entry, finding)


def _of_fact(entry: Entry, finding: Fact, which: int) -> Iterator[Line]:
    yield entry.sentence, PLAIN
    fact = str(finding.get("fact", ""))
    yield f"{fact[:1].upper()}{fact[1:]}: this often goes with a mistake; whether it is one, the wrong lines say", FAINT
    yield from _elsewhere(entry, finding)


def _sizes(problems: Sequence[Fact]) -> str:
    return "; ".join(", ".join(f"{name} = {size}" for name, size in one.items()) for one in problems)


def _evidence(finding: Fact) -> Iterator[Line]:
    """What it rests on, and how certain that is."""
    found: Fact = finding.get("evidence") or {}
    problems = [dict(sizes) for sizes in found.get("problems") or finding.get("problems") or ()]
    if problems:
        yield f"Holds on {len(problems)} problem{'s' * (len(problems) != 1)}: {_sizes(problems)}", FAINT
    residual = found.get("residual")
    if residual:
        yield f"What is left unexplained: {float(residual):.2g} of the gradient's size", FAINT
    note = str(found.get("note", ""))
    if note:
        yield f"{note[:1].upper()}{note[1:]}", FAINT
    if finding.get("certain") is False:
        yield "Not certain", FAINT


def _alike(finding: Fact) -> Iterator[Line]:
    others = [] if finding.get("others") else [str(one) for one in finding.get("alike", ())]
    if others:
        yield "What would look the same:", PLAIN
        yield from ((f"\u2022 {one}", FAINT) for one in others)


def _mistakes(finding: Fact) -> Iterator[Line]:
    """Every mistake of a set with its formula; of a single one only the formula, as the sentence is said already."""
    mistakes = list(finding.get("mistakes", ()))
    for number, one in enumerate(mistakes):
        if len(mistakes) > 1 and one.get("sentence"):
            line = f" (line {one['line']})" if one.get("line") else ""
            yield f"{number + 1}. {one['sentence']}{line}", PLAIN
        if one.get("formula"):
            yield str(one["formula"]), CODE


def diff_lines(diff: str) -> Iterator[Line]:
    """A unified diff, every line as what it is, without the room that all lines begin with; files are named where it has several."""
    lines = diff.splitlines()
    follows = ("--- ", "+++ ", "@@ ")
    names = {n for n in range(len(lines) - 2) if all(map(str.startswith, lines[n : n + 3], follows))}
    heads = {n for n, text in enumerate(lines) if n in names or n - 1 in names or text.startswith(("@@", "\\"))}
    code = [text[1:] for n, text in enumerate(lines) if n not in heads and text[1:].strip()]
    common = min((len(text) - len(text.lstrip()) for text in code), default=0)
    for n, text in enumerate(lines):
        if n not in heads:
            how = ADDED if text[:1] == "+" else REMOVED if text[:1] == "-" else BESIDE
            yield f"{text[:1]} {text[1 + common :]}", how
        elif text.startswith("@@"):
            yield f"From line {text.partition('+')[2].partition(',')[0].split()[0]} on:", FAINT
        elif n - 1 in names and len(names) > 1:
            yield f"In {text[4:]}:", PLAIN


def _repairs(finding: Fact, which: int) -> Iterator[Line]:
    choices = choices_of(finding)
    if which and choices[which].sentence:
        yield choices[which].sentence, PLAIN
    yield from diff_lines(choices[which].diff)


def _of_any(entry: Entry, finding: Fact, which: int) -> Iterator[Line]:
    if not which:
        yield entry.sentence, PLAIN
    if finding.get("fix"):
        yield f"Fix: {finding['fix']}", GOOD
    if finding.get("kind") == "repair":
        yield from _repairs(finding, which)
    yield from _mistakes(finding)
    if finding.get("formula"):
        yield str(finding["formula"]), CODE
    settings = dict(finding.get("settings") or {})
    if settings:
        yield f"Shown by a problem with {', '.join(f'{name} = {value}' for name, value in settings.items())}", PLAIN
    yield from _evidence(finding)
    yield from _alike(finding)
    yield from _elsewhere(entry, finding)


DETAILS: dict[str, Callable[[Entry, Fact, int], Iterator[Line]]] = {
    "blame": _of_blame,
    "doubtful": _of_blame,
    "dynamic": _of_fact,
}


def _where(entry: Entry) -> str:
    """Line, quantity and step."""
    element = "" if entry.finding is None else element_of(entry.finding)
    places = dict.fromkeys(place for place in (entry.place, element) if place)
    return ", ".join([*places, *([f"t = {entry.t}"] if entry.t else [])])


def lines_of(entry: Entry, which: int = 0) -> list[Line]:
    """All lines about a finding, `which` of its repairs where it holds several."""
    where, finding = _where(entry), entry.finding
    heading = f"{entry.sort.sign} {entry.sort.word}{'  ' if where else ''}{where}"
    if finding is None:
        return [(heading, HEADING), (entry.sentence, PLAIN)]
    function, text = str(finding.get("function", "")), str(finding.get("text", ""))
    lines = [(heading + (f", in {function}" if function else ""), HEADING)]
    lines += [(text, CODE)] if text else []
    return [*lines, *DETAILS.get(entry.kind, _of_any)(entry, finding, which)]
