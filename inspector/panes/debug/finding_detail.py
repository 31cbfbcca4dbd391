"""A finding in full: its statement, which inputs agree and which don't, what it gives, and what that leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextBlockFormat, QTextCharFormat, QTextOption
from PySide6.QtWidgets import QTextEdit, QWidget

from inspector.panes.debug.common import RIGHT, WRONG
from inspector.panes.debug.finding_rows import Entry
from inspector.theme import current

HEADING, CODE, PLAIN, FAINT, GOOD, BAD = "heading", "code", "text", "faint", "good", "bad"

Line = tuple[str, str]
"""A text and how it is written."""


def _inputs(finding: Mapping[str, Any]) -> Iterator[Line]:
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


def _output(finding: Mapping[str, Any]) -> Iterator[Line]:
    output, error = str(finding.get("output", "")), float(finding.get("error") or 0.0)
    if output or error:
        by = f", off by up to {error:.3g}" if error else ""
        yield f"{WRONG} what it gives is not {output or 'right'}{by}", BAD


def _leads(finding: Mapping[str, Any]) -> Iterator[Line]:
    names = [str(name) for name in finding.get("quantities", ())]
    if names:
        yield f"Makes wrong: {', '.join(names)}", PLAIN
    if finding.get("certain"):
        yield "Shown: with right values put in, right values come out", FAINT
    else:
        yield "Not shown for certain: what it reads may be wrong already", FAINT


def _elsewhere(entry: Entry, finding: Mapping[str, Any]) -> Iterator[Line]:
    problem = str(finding.get("problem", ""))
    if problem:
        t = finding.get("t")
        yield f"Found on {problem}" + (f", at t = {t} there" if t is not None else ""), FAINT
        if entry.step < 0:
            yield "This recording does not execute the line", FAINT


def _of_blame(entry: Entry) -> Iterator[Line]:
    assert entry.finding is not None
    yield entry.sentence, PLAIN
    yield from _inputs(entry.finding)
    yield from _output(entry.finding)
    yield from _leads(entry.finding)
    yield from _elsewhere(entry, entry.finding)


def _of_fact(entry: Entry) -> Iterator[Line]:
    assert entry.finding is not None
    yield entry.sentence, PLAIN
    fact = str(entry.finding.get("fact", ""))
    yield f"{fact[:1].upper()}{fact[1:]}: this often goes with a mistake; whether it is one, the wrong lines say", FAINT
    yield from _elsewhere(entry, entry.finding)


def _of_alert(entry: Entry) -> Iterator[Line]:
    yield entry.sentence, PLAIN


DETAILS: dict[str, Callable[[Entry], Iterator[Line]]] = {"blame": _of_blame, "doubtful": _of_blame, "dynamic": _of_fact}


def lines_of(entry: Entry) -> list[Line]:
    """All lines about a finding."""
    where = f"  {entry.place}" if entry.place else ""
    heading = f"{entry.sort.sign} {entry.sort.word}{where}" + (f", t = {entry.t}" if entry.t else "")
    lines = [(heading, HEADING)]
    if entry.finding is not None:
        function = str(entry.finding.get("function", ""))
        lines[0] = heading + (f", in {function}" if function else ""), HEADING
        lines.append((str(entry.finding.get("text", "")), CODE))
    return [*lines, *DETAILS.get(entry.kind, _of_alert)(entry)]


class FindingDetail(QTextEdit):
    """The lines of one finding; they can be read with the keyboard and copied."""

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName("The chosen finding in full")
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self._shown: tuple[Any, ...] = ()

    def show_entry(self, entry: Entry | None) -> None:
        """Write a finding; None writes nothing."""
        lines = [] if entry is None else lines_of(entry)
        shown = lines, current().name
        if shown == self._shown:
            return
        self._shown = shown
        theme = current()
        self.setStyleSheet(
            f"QTextEdit {{ background: {theme.base}; border: 1px solid {theme.line}; border-radius: 4px; }}"
        )
        self.clear()
        cursor = self.textCursor()
        for number, (text, how) in enumerate(lines):
            block = QTextBlockFormat()
            block.setBottomMargin(4 if how in (HEADING, CODE) else 1)
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(block)
            cursor.insertText(text, self._format(how, entry))
        self.moveCursor(cursor.MoveOperation.Start)

    def _format(self, how: str, entry: Entry | None) -> QTextCharFormat:
        made, theme = QTextCharFormat(), current()
        role = entry.sort.role if how == HEADING and entry is not None else PLAIN if how == CODE else how
        made.setForeground(QColor(getattr(theme, role)))
        if how == HEADING:
            made.setFontWeight(QFont.Weight.DemiBold)
        if how == CODE:
            made.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            made.setBackground(QColor(theme.raised))
        return made
