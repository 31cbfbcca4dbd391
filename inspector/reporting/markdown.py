"""A report as Markdown, with its figures in a folder beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

from inspector.reporting.code import Excerpt
from inspector.reporting.document import STATES, VERDICT_WORDS, Block, Report, Row, is_code
from inspector.reporting.escape import fenced, for_markdown
from inspector.table import COLUMNS


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"### {for_markdown(title)}\n"
    yield _row([for_markdown(name) for name in ("gradient", *COLUMNS)])
    yield _row(["---", "---:", "---", *["---:"] * (len(COLUMNS) - 2)])
    for row in rows:
        yield _row([f"**{for_markdown(row.name)}**", *map(for_markdown, row.cells)])
    yield ""
    for row in rows:
        if row.remark:
            yield f"- **{for_markdown(row.name)}**: {for_markdown(row.remark)}"
    yield ""


def _excerpt(found: Excerpt) -> Iterator[str]:
    yield f"{for_markdown(found.file)}, line {found.line}:\n"
    lines = [f"{'>' if number == found.line else ' '} {number:4} | {text}" for number, text in found.lines]
    yield fenced("\n".join(lines)) + "\n"
    if found.note:
        yield for_markdown(found.note) + "\n"


def _block(block: Block) -> Iterator[str]:
    kind = f"**{for_markdown(block.title)}**: " if block.title else ""
    yield f"{kind}{for_markdown(block.sentence)}\n"
    for code, lines in groupby(block.lines, is_code):
        if code:
            yield fenced("\n".join(text for _, text in lines), "diff") + "\n"
        else:
            yield from (f"- {for_markdown(text)}" for _, text in lines)
    yield ""


def _parts(report: Report, folder: str) -> Iterator[str]:
    yield f"# {for_markdown(report.title)}: {for_markdown(VERDICT_WORDS.get(report.verdict, report.verdict))}\n"
    yield for_markdown(report.headline) + "\n"
    for name, text in report.facts:
        yield f"- {for_markdown(name)}: {for_markdown(text)}"
    yield ""
    if report.divergence or report.excerpts:
        yield "## Where it goes wrong first\n"
        yield for_markdown(report.divergence) + "\n" if report.divergence else ""
        for found in report.excerpts:
            yield from _excerpt(found)
    if report.findings:
        yield "## Findings\n"
        for block in report.findings:
            yield from _block(block)
    yield "## Verdicts\n"
    for title, rows in report.tables.items():
        yield from _table(title, rows)
    if report.pictures:
        yield "## Figures\n"
    for picture in report.pictures:
        caption = for_markdown(picture.caption)
        yield f"![{caption}]({quote(folder)}/{quote(picture.name)})\n\n{caption}\n"
    if report.checks:
        yield "## Checks\n\n| check | | |\n| --- | --- | --- |"
        for name, state, sentence in report.checks:
            yield _row([for_markdown(name), for_markdown(STATES.get(state, state)), for_markdown(sentence)])
        yield ""
    if report.notes:
        yield "## Notes\n"
        yield "\n".join(f"- {for_markdown(note)}" for note in report.notes) + "\n"
    yield "## How to make it again\n"
    if report.again.command:
        yield fenced(report.again.command) + "\n"
    for name, digest in report.again.hashes:
        yield f"- SHA-256 of {for_markdown(name)}: {for_markdown(digest)}"
    versions = ", ".join(f"{name} {version}" for name, version in report.again.versions.items())
    yield f"- versions: {for_markdown(versions)}"
    yield f"\nMade by bptt-inspector{', ' + for_markdown(report.date) if report.date else ''}."


def as_markdown(report: Report, folder: str) -> str:
    """The whole file.

    Args: folder: of the figures, as the file names it.
    """
    return "\n".join(_parts(report, folder)).rstrip("\n") + "\n"
