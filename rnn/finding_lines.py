"""Findings, and what they are about, as lines of text, for the command line and for a test that fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Line = tuple[str, str]
"""A style and a text."""

TITLES = {
    "purity": "Not pure",
    "explain": "Mistake",
    "scale": "Scale",
    "repair": "Repair",
    "made": "Made here",
    "right": "What is right",
    "law": "Law broken",
    "blind_spot": "Blind spot",
}
"""What a kind of finding is called, in the order in which they are printed; `forward`, which is a headline, is not."""

MOST_ALIKE = 3

BRIEF = {"law": "Laws broken", "blind_spot": "Blind spots"}
"""Kinds of which all are said in one line where the cause is known, or, of blind spots, where anything is wrong."""

MOST_BRIEF = 3

CALLER = "run"
"""The function of a case file, in which nothing is wrong but what it was given back."""


def _blamed(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Blamed lines that are told: where a repair is known those that it changes; else all, or the first that is certain."""
    blames = [finding for finding in findings if finding["kind"] == "blame"]
    edits = [edit for one in findings if one["kind"] == "repair" for edit in one.get("edits", ())]
    if not edits:
        return blames
    changed = {(edit["file"], edit["line"]) for edit in edits}
    return [one for one in blames if (one["file"], one["line"]) in changed] or [
        one for one in blames if one["certain"] and one["function"] != CALLER
    ][:1]


def _blames(findings: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    for number, one in enumerate(_blamed(findings)):
        place = f"{Path(one['file']).name}, line {one['line']}" + ("" if one["t"] is None else f", t = {one['t']}")
        seen = f" (seen on {one['problem']})" if one["problem"] else ""
        function = f", in {one['function']}" if one["function"] else ""
        yield "bold", f"{'Also' if number else 'First wrong line'}: {place}{function}{seen}"
        yield "", f"    {one['text']}"
        yield "", f"    {one['sentence']}"
        yield "", f"    leads to: {', '.join(one['quantities'])}"


def _title(one: Mapping[str, Any]) -> str:
    if one.get("status") == "unexplained":
        return "Not explained"
    return "Mistakes" if len(one.get("mistakes", ())) > 1 and one["kind"] == "explain" else TITLES[one["kind"]]


def _evidence(one: Mapping[str, Any]) -> Iterator[Line]:
    found = one.get("evidence") or {}
    problems = found.get("problems") or []
    said = []
    if problems and one["kind"] in ("explain", "scale") and one.get("mistakes"):
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        what = "what it explains is exact" if one.get("status") == "partly" else "gives these numbers"
        said.append(f"{what} on {count}, largest relative residual {found.get('residual', 0.0):.1e}")
    if found.get("note"):
        said.append(str(found["note"]))
    if said:
        yield "dim", f"    {'; '.join(said)}"


def _where(one: Mapping[str, Any]) -> str:
    return f" ({Path(one['file']).name}, line {one['line']})" if one.get("line") else ""


def _whole(one: Mapping[str, Any]) -> Iterator[Line]:
    """One finding with its formula, its diff and what would look the same."""
    named = one.get("mistakes", ()) if one["kind"] in ("explain", "scale") else ()
    formulas = {str(mistake["formula"]): mistake for mistake in reversed(named)}
    where = _where(one) if one["kind"] != "repair" and len(formulas) < 2 else ""
    yield "bold", f"{_title(one)}: {str(one['sentence']).removeprefix('not explained: ')}{where}"
    for formula, mistake in reversed(formulas.items()):
        yield "", f"    {formula}{_where(mistake) if len(formulas) > 1 else ''}"
    for line in str(one.get("diff", "")).splitlines():
        yield {"+": "green", "-": "red"}.get(line[:1], "") if line[:3] not in ("+++", "---") else "dim", f"    {line}"
    alike = list(one.get("alike", ()))
    for other in alike[:MOST_ALIKE]:
        yield "dim", f"    the same: {other}"
    if len(alike) > MOST_ALIKE:
        yield "dim", f"    and {len(alike) - MOST_ALIKE} more that are the same"
    yield from _evidence(one)


def _is_settled(findings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the cause is known: explained, or repaired."""
    return any(one["kind"] == "repair" or one.get("status") == "explained" for one in findings)


def _briefly(kind: str, some: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """What several findings say first, in one line."""
    heads = [str(one["sentence"]).partition("; look for ")[0] for one in some]
    heads = [head.partition(": ")[0] if kind == "blind_spot" else head for head in heads]
    more = [f"{len(heads) - MOST_BRIEF} more"] if len(heads) > MOST_BRIEF else []
    yield "dim", f"{BRIEF[kind]}: {'; '.join([*heads[:MOST_BRIEF], *more])}"


def _of_kind(kind: str, findings: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """The findings of one kind; in short where they say little besides others."""
    some, settled = [one for one in findings if one["kind"] == kind], _is_settled(findings)
    wrong = settled or any(one["kind"] in ("explain", "scale", "blame", "law") for one in findings)
    if some and kind in BRIEF and (settled if kind == "law" else wrong):
        yield from _briefly(kind, some)
        return
    for one in some:
        if kind != "right" or not settled or one.get("certain"):  # right for a reason that nobody knows
            yield from _whole(one)


def problem_line(problem: Mapping[str, Any]) -> str:
    """The network, its sizes and the precision of a result's `problem`."""
    sizes = ", ".join(f"{letter} = {problem[letter]}" for letter in "TBDHK")
    kind = f"{problem['activation']} {problem['cell']}, {problem['loss']}"
    return f"{kind}, {sizes}, {problem['dtype']}, seed {problem['seed']}"


def finding_lines(findings: Sequence[Mapping[str, Any]]) -> list[Line]:
    """All that is known about what is wrong, what matters most first: pairs of style and text."""
    lines: list[Line] = []
    for kind in TITLES:
        if kind == "made":
            lines += _blames(findings)
        lines += _of_kind(kind, findings)
    return [*lines, *(("", f"fact: {one['sentence']}") for one in findings if one["kind"] == "dynamic")]
