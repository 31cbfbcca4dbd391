"""What is known of the lines of one source file whatever the step: the text, how often each ran, the worst it ever wrote."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.debugger.records import Moment, Overview, Source

LINE_ENDS = re.compile(r"\r\n|\r")

STAND_INS = {"\u2028": "\u21b5", "\u2029": "\u21b5", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd"}
"""Signs that end a line for Qt's documents, though not for Python, are shown by another sign."""

LEAST_RELATIVE = 1e-8
"""Relative error from which on a line's colour grows; anything wrong can be seen."""

LEAST_SEVERITY = 0.45


@dataclass(frozen=True, eq=False)
class Sheet:
    """One file as it is shown.

    Attributes:
        source: the file. text: what is shown. numbers: of the shown lines, where there is no source and only some are known.
    """

    source: Source
    text: str
    numbers: tuple[int, ...] = ()

    def line_at(self, block: int) -> int:
        """Number of the line that a block of the document shows, blocks counted from 0."""
        if not self.numbers:
            return block + 1
        return self.numbers[min(max(block, 0), len(self.numbers) - 1)]

    def block_of(self, line: int) -> int:
        """The block that shows a line; -1 where none does."""
        if not self.numbers:
            return line - 1
        return self.numbers.index(line) if line in self.numbers else -1

    def first(self, line: int) -> int | None:
        """First line of the statement that a line belongs to; None where it belongs to none."""
        return line if self.numbers else self.source.first_lines.get(line)

    def last(self, line: int) -> int:
        """Last line of the statement that begins at a line."""
        return self.source.last_lines.get(line, line)


@dataclass(frozen=True, eq=False)
class Facts:
    """What the whole run says of a file's lines, each by its statement's first one.

    Attributes:
        hits: how often it was executed. worst: largest relative error it ever made; 0 always right, not judged where missing.
        blamed: what is wrong with it, where it is to blame, be what it writes judged or not.
    """

    hits: Mapping[int, int] = field(default_factory=dict)
    worst: Mapping[int, float] = field(default_factory=dict)
    blamed: Mapping[int, str] = field(default_factory=dict)


def shown_text(text: str) -> str:
    """A source as Qt's documents can hold it, line for line."""
    if "\r" in text:
        text = LINE_ENDS.sub("\n", text)
    for sign, shown in STAND_INS.items():
        text = text.replace(sign, shown)
    return text


def sheet_of(source: Source, overview: Overview | None) -> Sheet:
    """A file as it is shown: its text, or, where there is no source, the lines that are known to have run."""
    if source.text:
        return Sheet(source, shown_text(source.text))
    known = () if overview is None else tuple(sorted(line for file, line in overview.hits if file == source.number))
    return Sheet(source, "\n".join(f"line {line} (source not recorded)" for line in known), known)


def facts_of(overview: Overview | None, file: int) -> Facts:
    """What a whole run says of one file's lines."""
    if overview is None:
        return Facts()
    path = next((one.path for one in overview.sources if one.number == file), "")
    blamed = {
        int(one["line"]): str(one["sentence"])
        for one in overview.findings
        if one["kind"] == "blame" and one["file"] == path
    }
    return Facts(_of_file(overview.hits, file), _of_file(overview.line_worst, file), blamed)


def _of_file(table: Mapping[tuple[int, int], Any], file: int) -> dict[int, Any]:
    return {line: value for (number, line), value in table.items() if number == file}


def not_executed(moment: Moment, sheet: Sheet, facts: Facts) -> frozenset[int]:
    """Lines of statements that this iteration does not execute; outside of loops, those that were never executed."""
    first, last = moment.loop_lines
    starts = {line: sheet.first(line) for line in range(first, last + 1)} if first and not sheet.numbers else {}
    ran: Container[int] = moment.ran if moment.here.iteration >= 0 else {*moment.ran, *facts.hits}
    return frozenset(line for line, start in starts.items() if start is not None and start not in ran)


def source_of(recording: Any, number: int) -> Source:
    """A file of a recording of which no overview is known yet; the file on the disk is not looked at."""
    file = recording.tables.files[number]
    table = file.table
    firsts = {line: table.statements[one].line for line, one in table.by_line.items()}
    lasts = {one.line: one.end_line for one in table.statements}
    return Source(file.number, file.path, table.text, table.problem, False, firsts, lasts)


def severity(worst: float | None) -> float:
    """How strongly a line is coloured, 0 to 1, on a log scale; 0 where it was always right or never judged."""
    if not worst:
        return 0.0
    if not math.isfinite(worst):
        return 1.0
    decades = -math.log10(LEAST_RELATIVE)
    part = min(max(math.log10(worst) / decades + 1, 0.0), 1.0)
    return LEAST_SEVERITY + (1 - LEAST_SEVERITY) * part


def short_count(count: int) -> str:
    """A count in at most four characters up to 999M: 999, 1.2k, 12k, 3.4M."""
    for limit, unit in ((1_000, ""), (1_000_000, "k"), (1_000_000_000, "M")):
        if count < limit:
            return _in_units(count, limit // 1000, unit)
    return f"{count / 1e9:.0f}G"


def _in_units(count: int, size: int, unit: str) -> str:
    if size <= 1:
        return str(count)
    tenths = count * 10 // size  # rounded down: 999,999 is not a million
    return f"{tenths / 10:.1f}{unit}" if tenths < 100 else f"{tenths // 10}{unit}"
