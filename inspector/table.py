"""The table that `check` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from rnn.finding_lines import finding_lines, problem_line
from rnn.results import Inspection, QuantityReport
from rnn.through_time import flow_words, stored_gain

if TYPE_CHECKING:
    from rnn.descent import Descent
    from rnn.diagnose.provenance import Provenance
    from rnn.element import Element

COLOURS = {"identical": "green", "agrees": "green", "undecided": "yellow"}
WIDTH = 118
FORWARD_TITLE = "Forward pass"
COLUMNS = ("shape", "verdict", "max |d|", "sum |d|", "sum d", "max rel", "x noise", "worst at", "first t")
"""What is told of a gradient besides its name."""

ROWS = 10
"""Steps of a descent, and contributions to an entry, that are printed."""


def console_for(stream: TextIO) -> Any:
    """Where tables are printed to."""
    from rich.console import Console

    # A pipe gets the same table at a fixed width; on a terminal the terminal's own width counts.
    return Console(file=stream, width=None if stream.isatty() else WIDTH, highlight=False, emoji=False, markup=False)


def number(value: float | None) -> str:
    """Three digits, or a dash."""
    return "-" if value is None else "0" if value == 0 else f"{value:.2e}"


def _row(report: QuantityReport) -> list[str]:
    word = {"nonfinite": "NaN/Inf"}.get(report.verdict, report.verdict)
    where = "-" if report.worst_index is None else ",".join(map(str, report.worst_index))
    if report.verdict == "shape":
        return [report.name, "x".join(map(str, report.shape)), word, *["-"] * 7]
    first = "-" if report.first_wrong_t is None else str(report.first_wrong_t)
    signed = number(report.sum_signed) + (" !" if report.cancels else "")
    return [
        report.name,
        "x".join(map(str, report.shape)),
        word,
        number(report.max_abs),
        number(report.sum_abs),
        signed,
        number(report.max_rel),
        f"{report.ratio:.3g}",
        where,
        first,
    ]


def _table(title: str, reports: Sequence[QuantityReport]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("quantity" if title == FORWARD_TITLE else "gradient", *COLUMNS):
        table.add_column(
            heading, justify="left" if heading in ("quantity", "gradient", "verdict") else "right", no_wrap=True
        )
    for report in reports:
        cells = _row(report)
        table.add_row(*cells[:2], Text(cells[2], style=COLOURS.get(report.verdict, "bold red")), *cells[3:])
    return table


def remark(report: QuantityReport, mark: str = "") -> str:
    """What the table can't say of a gradient in numbers; `mark` stands before what its column of signed sums marks."""
    said = [report.note] if report.note and report.verdict not in ("agrees", "identical") else []
    said += [report.rows_right] if report.rows_right else []
    if report.cancels:
        sums = number(report.sum_signed), number(report.sum_abs)
        said.append(f"{mark}the signed sum {sums[0]} hides an absolute sum of {sums[1]}")
    said += [SIDES[report.sides_with]] if report.sides_with else []
    return "; ".join(said)


def remarks(result: Inspection) -> list[str]:
    """What the tables can't say in numbers, a line each."""
    lines = [f"{report.name}: {said}" for report in result.reports() if (said := remark(report, "! "))]
    gain = stored_gain(result.arrays)
    carried = "" if gain is None else flow_words(gain)
    return lines + [f"note: {note}" for note in (*result.notes, carried) if note]


def tables_of(result: Inspection) -> dict[str, Sequence[QuantityReport]]:
    """What is shown in tables, by title; the forward pass only where it is wrong."""
    forward = result.forward if any(report.wrong for report in result.forward) else ()
    tables = {FORWARD_TITLE: forward, "Parameters": result.parameters, "Through time": result.intermediates}
    return {title: reports for title, reports in tables.items() if reports}


SIDES = {
    "reference": "central differences side with JAX",
    "hand": "central differences side with the hand-written code, against JAX",
    "neither": "central differences side with neither",
    "both": "central differences cannot tell the two apart",
}


STATES = {"ok": ("ok", "green"), "failed": ("FAILED", "bold red"), "unknown": ("?", "yellow"), "skipped": ("-", "dim")}
"""What is printed for the state of a check, and how."""


def print_checks(checks: Sequence[Mapping[str, Any]], console: Any, details: bool = False) -> None:
    """Print a line for each check; with `details` also what else is known about one that failed."""
    from rich.text import Text

    for check in checks:
        word, style = STATES[check["state"]]
        line = Text.assemble(f"{check['name']:10}", (f"{word:7}", style), str(check["sentence"]))
        line.overflow = "fold"
        console.print(line)
        if details and check["state"] == "failed":
            for one in check["details"]:
                console.print(f"    {one}")


def compared_line(result: Inspection) -> str:
    """What was compared: the network, its sizes and the precision; of two files which is which."""
    if result.has_problem:
        return problem_line(result.problem)
    first, second = result.side_names
    return f"d is {first} minus {second}; neither is known to be right"


def print_inspection(result: Inspection, stream: TextIO) -> None:
    """Print headline, tables and remarks."""
    console = console_for(stream)
    console.print(f"{result.case}: {result.headline}", style="bold")
    console.print(compared_line(result))
    if result.has_problem:
        print_checks(result.checks, console)
    for style, line in finding_lines(result.findings):
        console.print(line, style=style)
    for title, reports in tables_of(result).items():
        console.print(_table(title, reports))
    for line in remarks(result):
        console.print(line)


def print_findings(result: Inspection, stream: TextIO) -> None:
    """Print the headline and everything that is known about the cause."""
    console = console_for(stream)
    console.print(f"{result.case}: {result.headline}", style="bold")
    lines = finding_lines(result.findings)
    for style, line in lines:
        console.print(line, style=style or None)
    if not lines:
        console.print("Nothing is wrong, and this problem would have shown every mistake that is known.")
    for note in result.notes:
        console.print(f"note: {note}")


def print_problems(results: Sequence[Inspection], stream: TextIO) -> None:
    """Print a line for each of several problems."""
    console = console_for(stream)
    agreeing = sum(result.verdict == "agree" for result in results)
    console.print(f"\n{agreeing} of {len(results)} problems agree", style="bold")
    for result in results:
        problem = result.problem
        sizes = " ".join(f"{letter}={problem[letter]}" for letter in "TBDHK")
        wrong = ", ".join(report.name for report in result.reports() if report.wrong)
        console.print(f"  seed {problem['seed']:<4} {sizes:28} {result.verdict:10} {wrong}")


def print_descent(found: Descent, stream: TextIO) -> None:
    """Print what came of a descent, and ten of its steps."""
    from rich import box
    from rich.table import Table

    from rnn.descent import descent_words

    console = console_for(stream)
    console.print(descent_words(found), style="bold")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("step", "loss, hand", "loss, JAX", "distance"):
        table.add_column(heading, justify="right", no_wrap=True)
    last = len(found.distance) - 1
    for step in sorted({round(last * i / (ROWS - 1)) for i in range(ROWS)}):
        values = (found.loss_hand[step], found.loss_reference[step], found.distance[step])
        table.add_row(str(step), *(f"{value:.6g}" for value in values))
    console.print(table)


def element_line(element: Element) -> str:
    """One entry's three values in a line."""
    where = ",".join(map(str, element.index))
    return (
        f"{element.name}[{where}]: hand {element.hand!r}, JAX {element.reference!r}, "
        f"central differences {element.measured!r} +- {element.error:.1e}; {SIDES[element.side]}"
    )


def print_provenance(found: Provenance, stream: TextIO) -> None:
    """Print what an entry is made of: the worst contributions."""
    from rich import box
    from rich.table import Table

    console = console_for(stream)
    console.print(f"{found.name}[{','.join(map(str, found.index))}]: {found.words()}", style="bold")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("t", "sample", "hand", "JAX", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.rows[:ROWS]:
        values = ("-" if value is None else f"{value:.6g}" for value in (row.hand, row.reference, row.difference))
        table.add_row(str(row.t), str(row.sample), *values)
    console.print(table)
    if found.note:
        console.print(found.note)
