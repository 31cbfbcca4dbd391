"""What `ask` prints of a recording with JAX beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from inspector.listing import MOST_ROWS, fitted, listing, print_rest
from inspector.table import console_for, number
from rnn.finding_lines import finding_lines

Facts = Mapping[str, Any]


def print_matches(facts: Sequence[Facts], stream: TextIO) -> None:
    """Print which array is which."""
    console = console_for(stream)
    table = listing("array", "shape", "stands for", "as", "certainty", "right", left=("array", "stands for", "as"))
    for one in facts[:MOST_ROWS]:
        certainty = "you say so" if one["said"] else f"{one['certainty']:.0%}"
        shape = "x".join(map(str, one["shape"])) or "-"
        table.add_row(
            f"{one['function']}: {one['path']}",
            shape,
            one["quantity"],
            one["form"],
            certainty,
            f"{one['right']}/{one['seen']}",
        )
    console.print(fitted(table))
    print_rest(len(facts), "arrays", console)


def print_kept(facts: Sequence[str], stream: TextIO) -> None:
    """Print where corrections are kept."""
    console_for(stream).print(f"kept in {facts[-1]}")


def print_blame(facts: Facts, stream: TextIO) -> None:
    """Print the lines to blame."""
    console = console_for(stream)
    for style, line in finding_lines(facts["findings"]):
        console.print(line, style=style)
    if not any(finding["kind"] == "blame" for finding in facts["findings"]):
        console.print(facts["note"] or "every gradient that the case returns is right: no line is to blame")


def print_reference(facts: Facts, stream: TextIO) -> None:
    """Print what an array should be."""
    console = console_for(stream)
    shape = "x".join(map(str, facts["shape"])) or "scalar"
    console.print(f"{facts['path']} after step {facts['step']} should be {facts['is']} ({shape}):", style="bold")
    console.print(facts["text"])
    where = ",".join(map(str, facts["worst_index"]))
    differs = (
        f"it differs by up to {number(facts['max_abs'])} at [{where}], {number(facts['max_rel'])} of its largest entry"
    )
    console.print(differs if facts["max_abs"] else "it is exactly that")
