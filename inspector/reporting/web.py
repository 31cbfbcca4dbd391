"""A report as one HTML file that needs nothing else: no network, no script, figures inside."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from itertools import groupby

from inspector.reporting.code import Excerpt
from inspector.reporting.document import STATES, VERDICT_WORDS, Block, Report, Row, is_code
from inspector.reporting.escape import for_html
from inspector.reporting.style import STYLE
from inspector.table import COLUMNS

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Nothing is loaded and nothing is run, whatever a name in the report says."""


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"<h3>{for_html(title)}</h3>"
    yield f'<div class="wide" role="region" aria-label="{for_html(title)}" tabindex="0"><table><thead><tr>'
    yield "".join(f'<th scope="col">{for_html(name)}</th>' for name in ("gradient", *COLUMNS)) + "</tr></thead><tbody>"
    for row in rows:
        cells = [f"<td>{for_html(row.name)}</td>"]
        for column, text in zip(COLUMNS, row.cells, strict=True):
            shade = f' class="{for_html(row.verdict)}"' if column == "verdict" else ""
            cells.append(f"<td{shade}>{for_html(text)}</td>")
        told = ' class="told"' if row.remark else ""
        yield f"<tr{told}>{''.join(cells)}</tr>"
        if row.remark:
            yield f'<tr class="remark"><td colspan="{len(COLUMNS) + 1}">{for_html(row.remark)}</td></tr>'
    yield "</tbody></table></div>"


def _checks(report: Report) -> Iterator[str]:
    if not report.checks:
        return
    yield '<h2>Checks</h2><div class="wide"><table class="checks"><tbody>'
    for name, state, sentence in report.checks:
        word = STATES.get(state, state)
        yield f'<tr><td>{for_html(name)}</td><td class="{for_html(state)}">{for_html(word)}</td><td>{for_html(sentence)}</td></tr>'
    yield "</tbody></table></div>"


def _excerpt(found: Excerpt) -> Iterator[str]:
    yield f"<p>{for_html(found.file)}, line {found.line}:</p>"
    lines = []
    for number, text in found.lines:
        here = ' class="here"' if number == found.line else ""
        lines.append(f'<span{here}><span class="number">{number}</span>{for_html(text) or " "}</span>')
    yield f"<pre>{''.join(lines)}</pre>" if lines else ""
    if found.note:
        yield f'<p class="faint">{for_html(found.note)}</p>'


def _block(block: Block) -> Iterator[str]:
    yield '<div class="finding">'
    kind = f'<span class="kind">{for_html(block.title)}</span>: ' if block.title else ""
    yield f"<p>{kind}{for_html(block.sentence)}</p>"
    for code, lines in groupby(block.lines, is_code):
        if code:
            yield f"<pre>{''.join(_edited(style, text) for style, text in lines)}</pre>"
            continue
        for style, text in lines:
            shade = ' class="faint"' if style == "dim" else ""
            yield f"<p{shade}>{for_html(text)}</p>"
    yield "</div>"


def _edited(style: str, text: str) -> str:
    shade = {"green": "plus", "red": "minus"}.get(style, "faint" if style == "dim" else "")
    return f'<span class="{shade}">{for_html(text) or " "}</span>'


def _again(report: Report) -> Iterator[str]:
    yield "<h2>How to make it again</h2>"
    if report.again.command:
        yield f"<pre><span>{for_html(report.again.command)}</span></pre>"
    yield "<dl>"
    for name, digest in report.again.hashes:
        yield f"<dt>SHA-256 of {for_html(name)}</dt><dd><code>{for_html(digest)}</code></dd>"
    versions = ", ".join(f"{name} {version}" for name, version in report.again.versions.items())
    yield f"<dt>versions</dt><dd>{for_html(versions)}</dd></dl>"


def _body(report: Report) -> Iterator[str]:
    word = VERDICT_WORDS.get(report.verdict, report.verdict)
    yield f'<header><h1>{for_html(report.title)}</h1><p><span class="badge {for_html(report.verdict)}">{for_html(word)}</span></p>'
    yield f'<p class="headline">{for_html(report.headline)}</p><dl>'
    yield "".join(f"<dt>{for_html(name)}</dt><dd>{for_html(text)}</dd>" for name, text in report.facts)
    yield "</dl></header><main>"
    if report.divergence or report.excerpts:
        yield "<h2>Where it goes wrong first</h2>"
        yield f"<p>{for_html(report.divergence)}</p>" if report.divergence else ""
        for found in report.excerpts:
            yield from _excerpt(found)
    if report.findings:
        yield "<h2>Findings</h2>"
        for block in report.findings:
            yield from _block(block)
    yield "<h2>Verdicts</h2>"
    for title, rows in report.tables.items():
        yield from _table(title, rows)
    if report.pictures:
        yield "<h2>Figures</h2>"
    for picture in report.pictures:
        data, caption = base64.b64encode(picture.png).decode("ascii"), for_html(picture.caption)
        yield f'<figure><img alt="{caption}" src="data:image/png;base64,{data}"><figcaption>{caption}</figcaption></figure>'
    yield from _checks(report)
    if report.notes:
        yield f"<h2>Notes</h2><ul>{''.join(f'<li>{for_html(note)}</li>' for note in report.notes)}</ul>"
    yield from _again(report)
    date = f", {for_html(report.date)}" if report.date else ""
    yield f"</main><footer>Made by bptt-inspector{date}. d is the first side minus the second.</footer>"


def as_html(report: Report) -> str:
    """The whole file."""
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{for_html(POLICY)}">'
        f"<title>{for_html(report.title)}: {for_html(VERDICT_WORDS.get(report.verdict, report.verdict))}</title>"
        f"<style>{STYLE}</style>"
    )
    body = "\n".join(_body(report))
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'
