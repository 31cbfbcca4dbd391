"""What a report says, whatever it is written in: plain texts in their order, taken from a result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.reporting.code import Excerpt, excerpt
from inspector.table import number, remark, tables_of
from inspector.versions import version_of
from rnn.errors import InputError
from rnn.finding_lines import Line, finding_lines
from rnn.results import Inspection, QuantityReport
from rnn.through_time import flow_words, stored_gain

VERDICT_WORDS = {
    "agree": "All gradients agree",
    "undecided": "Not decided",
    "differ": "Gradients differ",
    "error": "Failed",
}

STATES = {"ok": "ok", "failed": "failed", "unknown": "?", "skipped": "-"}

HASHED_BYTES = 1 << 20


@dataclass(frozen=True)
class Row:
    """One gradient: its name, its verdict of `rnn.results.VERDICTS`, a text a column of `inspector.table.COLUMNS`, and remarks."""

    name: str
    verdict: str
    cells: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True)
class Block:
    """One finding: what kind it is, what it says, and the lines under it with their styles."""

    title: str
    sentence: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A figure: its PNG, a caption, and a name for a file."""

    name: str
    caption: str
    png: bytes


@dataclass(frozen=True)
class Again:
    """How to make it again: a command line, the files that it reads, and versions."""

    command: str
    hashes: Sequence[tuple[str, str]] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """Everything, in the order in which it is read.

    Attributes:
        title, verdict, headline: of the result. facts: pairs of a name and a text. checks: triples of name, state and
            sentence. tables: rows by title. divergence: a sentence, empty for none. excerpts: source around the lines that
            are to blame. findings: see `Block`. pictures: see `Picture`. notes: sentences. again: see `Again`.
        date: as it is printed, mostly empty, so that the same result has the same bytes.
    """

    title: str
    verdict: str
    headline: str
    facts: Sequence[tuple[str, str]]
    checks: Sequence[tuple[str, str, str]]
    tables: Mapping[str, Sequence[Row]]
    divergence: str
    excerpts: Sequence[Excerpt]
    findings: Sequence[Block]
    pictures: Sequence[Picture]
    notes: Sequence[str]
    again: Again
    date: str = ""


def _row(report: QuantityReport) -> Row:
    shape = " x ".join(map(str, report.shape)) or "1"
    verdict = {"nonfinite": "NaN/Inf"}.get(report.verdict, report.verdict)
    if report.verdict == "shape":
        return Row(report.name, report.verdict, (shape, verdict, *["-"] * 7), remark(report))
    worst = "-" if report.worst_index is None else ", ".join(map(str, report.worst_index))
    first = "-" if report.first_wrong_t is None else str(report.first_wrong_t)
    sizes = [number(value) for value in (report.max_abs, report.sum_abs, report.sum_signed, report.max_rel)]
    cells = (shape, verdict, *sizes, f"{report.ratio:.3g}", worst, first)
    return Row(report.name, report.verdict, cells, remark(report))


def _facts(result: Inspection) -> list[tuple[str, str]]:
    problem, (first, second) = result.problem, result.side_names
    if not result.has_problem:
        return [("compared", f"{first} with {second}; neither is known to be right"), ("d", f"{first} minus {second}")]
    truth = "JAX" if result.truth == "jax" else "central differences of the code's own loss"
    sizes = ", ".join(f"{letter} = {problem[letter]}" for letter in "TBDHK")
    more = [f"{problem[name]} layers" for name in ("layers",) if problem.get(name, 1) != 1]
    more += ["both directions"] if problem.get("bidirectional") else []
    network = " ".join(str(problem[name]) for name in ("activation", "cell") if problem.get(name))
    return [
        ("compared", f"{first} with {truth}"),
        ("network", ", ".join([network, str(problem["loss"]), *more])),
        ("sizes", sizes),
        ("precision", f"{problem['dtype']}, seed {problem['seed']}"),
    ]


def _blocks(findings: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Findings in the words of the command line, each with its lines."""
    blocks: list[Block] = []
    for style, text in finding_lines(findings):
        if text.startswith("    ") and blocks:
            last = blocks.pop()
            blocks.append(Block(last.title, last.sentence, (*last.lines, (style, text[4:]))))
            continue
        title, colon, sentence = text.partition(": ")
        title = title[:1].upper() + title[1:]
        blocks.append(Block(title, sentence) if colon else Block("", text))
    return blocks


def is_code(line: Line) -> bool:
    """Whether a line under a finding belongs to an edit."""
    style, text = line
    return (
        style in ("green", "red") or text[:3] in ("---", "+++") or text[:2] == "@@" or (style == "" and text[:1] == " ")
    )


def _divergence(result: Inspection) -> str:
    first = result.first_divergence
    if first is None:
        return ""
    steps = int(result.problem.get("T", 0))
    later = steps - 1 - first.t
    right = "it is the last step" if not later else f"{later} later step{'s are' if later > 1 else ' is'} right"
    index = ", ".join(map(str, first.index))
    return f"Walking back from the last step, {first.quantity} differs first at t = {first.t} ({right}); most at [{index}]."


def _excerpts(findings: Iterable[Mapping[str, Any]]) -> list[Excerpt]:
    """Source around the line that a repair changes; else that is to blame first, or that the mistake is named in."""
    placed = [one for one in findings if one.get("line") and one.get("file")]
    by_kind = {kind: [one for one in placed if one["kind"] == kind] for kind in ("repair", "blame", "explain")}
    changed = {(one["file"], one["line"]) for one in by_kind["repair"]}
    mended = [one for one in by_kind["blame"] if (one["file"], one["line"]) in changed] or by_kind["repair"]
    chosen = (mended or by_kind["blame"] or by_kind["explain"])[:1]
    return [excerpt(Path(str(one["file"])), int(one["line"]), str(one.get("text", ""))) for one in chosen]


def digest_of(path: Path) -> str:
    """SHA-256 of a file; raises `InputError` where it can't be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while data := stream.read(HASHED_BYTES):
                found.update(data)
    except OSError as error:
        raise InputError(f"{path} can't be read ({error.strerror}); make the report where it is") from error
    return found.hexdigest()


def gather(
    result: Inspection, pictures: Sequence[Picture], command: str, files: Sequence[Path], date: str = ""
) -> Report:
    """What a report of a result says.

    Args:
        result: with its findings. pictures: figures of it. command: that makes the result again. files: what it reads, whose
            hashes are told. date: to be printed, empty for none.
    """
    gain = stored_gain(result.arrays) if result.has_problem else None
    carried = [] if gain is None else [flow_words(gain)]
    versions = {"bptt-inspector": version_of("bptt-inspector"), **result.versions}
    checks = [(str(one["name"]), str(one["state"]), str(one["sentence"])) for one in result.checks]
    return Report(
        title=Path(result.case).name if result.has_problem else result.case,
        verdict=result.verdict,
        headline=result.headline,
        facts=_facts(result),
        checks=checks if result.has_problem else (),
        tables={title: [_row(report) for report in reports] for title, reports in tables_of(result).items()},
        divergence=_divergence(result),
        excerpts=_excerpts(result.findings),
        findings=_blocks(result.findings),
        pictures=pictures,
        notes=[note for note in (*result.notes, *carried) if note],
        again=Again(command, [(path.name, digest_of(path)) for path in files if path.is_file()], versions),
        date=date,
    )
