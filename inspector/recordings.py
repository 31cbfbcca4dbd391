"""What the commands `record` and `ask` print about a recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from inspector.listing import MOST_ROWS, fitted, listing, print_rest
from inspector.recordings_beside import print_blame, print_kept, print_matches, print_reference
from inspector.table import console_for, number

Facts = Mapping[str, Any]

MOST_NOTES = 10


def size_words(size: float) -> str:
    """Bytes for a person."""
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.3g} {unit}" if unit != "B" else f"{size:.0f} B"
        size /= 1024
    return f"{size:.3g} GiB"


def counted(count: int, word: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def _name(facts: Facts) -> str:
    return str(facts["case"]["name"]) if facts.get("case") else str(facts["function"])


def _print_notes(facts: Facts, console: Any) -> None:
    for words in facts["remarks"]:
        console.print(f"note: {words}")
    for weaker in facts["weaker"][:MOST_NOTES]:
        console.print(f"less exact from step {weaker['step']} on: {weaker['words']}")
    if len(facts["weaker"]) > MOST_NOTES:
        console.print(f"... and {len(facts['weaker']) - MOST_NOTES} more such notes; --json has them all")
    for path in facts["changed_since"]:
        console.print(f"note: {path} has changed since it was recorded; the lines shown are those that ran")


def _print_functions(facts: Facts, console: Any) -> None:
    if not facts["functions"]:
        return
    table = listing("function", "file", "calls", "steps", left=("function", "file"))
    for one in facts["functions"][:MOST_ROWS]:
        table.add_row(one["name"], Path(one["file"]).name, f"{one['calls']:,}", f"{one['steps']:,}")
    console.print(fitted(table))
    print_rest(len(facts["functions"]), "functions", console)


def _print_head(facts: Facts, console: Any) -> None:
    ended = facts.get("failure") or facts["ended"] or "recorded to its end"
    console.print(f"{_name(facts)}: {ended}", style="bold")
    spent = f"{facts['seconds']:.3g} s, Python {facts['python']}"
    console.print(f"{counted(facts['steps'], 'step')} in {spent}; {size_words(facts['bytes'])}: {facts['path']}")


def print_recorded(facts: Facts, stream: TextIO) -> None:
    """Print what was recorded just now."""
    console = console_for(stream)
    _print_head(facts, console)
    _print_functions(facts, console)
    _print_notes(facts, console)
    console.print(f"look at it with: bptt-inspector ask {facts['path']}")


def print_overview(facts: Facts, stream: TextIO) -> None:
    """Print what a recording holds."""
    console = console_for(stream)
    _print_head(facts, console)
    case = facts.get("case")
    if case:
        sizes = ", ".join(f"{letter} = {case['sizes'][letter]}" for letter in "TBDHK")
        console.print(
            f"{case['activation']} {case['cell']}, {case['loss']}, {sizes}, {case['dtype']}, seed {case['seed']}"
        )
    _print_functions(facts, console)
    _print_lines(facts["lines"], console)
    for one in facts["exceptions"][-MOST_ROWS:]:
        console.print(f"step {one['step']} raised {one['type']}" + (f": {one['text']}" if one["text"] else ""))
    _print_notes(facts, console)


def _print_lines(lines: Sequence[Facts], console: Any) -> None:
    table = listing("file", "line", "hits", "source", left=("file", "source"))
    for one in lines[:MOST_ROWS]:
        table.add_row(Path(one["file"]).name, str(one["line"]), f"{one['hits']:,}", one["text"])
    console.print(fitted(table))
    print_rest(len(lines), "lines", console)


def _shape(one: Facts) -> str:
    return "x".join(map(str, one["shape"])) or "-"


def _place(one: Facts) -> str:
    t = "" if one["t"] is None else f", t = {one['t']}"
    return f"step {one['step']}: {Path(one['file']).name}, line {one['line']}{t}"


def _items(change: Facts) -> str:
    return "?" if change["changed"] < 0 else f"{change['changed']:,}"


def _changed(changes: Facts | None, path: str) -> str:
    """How many items of an array the step changed."""
    for one in (changes or {"changes": []})["changes"]:
        if path == one["path"] or path in one["also"]:
            return _items(one)
    return ""


def print_moment(facts: Facts, stream: TextIO) -> None:
    """Print one step: where it is, and what its call sees."""
    console = console_for(stream)
    console.print(_place(facts), style="bold")
    console.print(f"    {facts['text']}")
    depth = f", {counted(facts['depth'], 'call')} deep" if facts["depth"] else ""
    iteration = "" if facts["iteration"] is None else f", iteration {facts['iteration']} of its loop"
    console.print(f"in {facts['function']} (call {facts['frame']}){depth}{iteration}")
    if facts["raised"]:
        console.print(f"it raised {facts['raised']}")
    if facts["loop_ended"]:
        console.print("the loop is over")
    if facts["output"]:
        console.print(f"printed: {facts['output']!r}")
    if facts["numbers"]:
        console.print(", ".join(f"{name} = {value!r}" for name, value in facts["numbers"].items()))
    table = listing("array", "shape", "dtype", "norm", "changed", "", left=("array", "dtype", ""))
    for one in facts["arrays"][:MOST_ROWS]:
        changed = _changed(facts["changes"], one["path"])
        if "unreadable" in one:
            table.add_row(one["path"], "-", "-", "-", changed, one["unreadable"])
        else:
            words = "" if one["finite"] else "NaN or infinity"
            table.add_row(one["path"], _shape(one), one["dtype"], number(one["norm"]), changed, words)
    if facts["arrays"]:
        console.print(fitted(table))
    print_rest(len(facts["arrays"]), "arrays", console)


def print_changes(facts: Facts, stream: TextIO) -> None:
    """Print what a step changed."""
    console = console_for(stream)
    console.print(f"{_place(facts)}: {facts['text']}", style="bold")
    if not facts["changes"]:
        console.print("nothing that is recorded changed")
        return
    table = listing("path", "what", "items", "largest |d|", "also seen as", left=("path", "what", "also seen as"))
    for one in facts["changes"][:MOST_ROWS]:
        largest = "-" if one["largest"] != one["largest"] else number(one["largest"])
        what = one["what"] + (f" (after step {one['since']})" if one["since"] != facts["step"] else "")
        table.add_row(one["path"], what, _items(one), largest, ", ".join(one["also"][:4]))
    console.print(fitted(table))
    print_rest(len(facts["changes"]), "changes", console)


def print_value(facts: Facts, stream: TextIO) -> None:
    """Print a value, a large array without its middle."""
    console = console_for(stream)
    kind = f" ({_shape(facts)}, {facts['dtype']}), norm {number(facts['norm'])}" if "shape" in facts else ""
    console.print(f"{facts['path']} after step {facts['step']}{kind}", style="bold")
    print(facts["text"], file=stream)


def print_who(facts: Facts, stream: TextIO) -> None:
    """Print who wrote an element last, and all its writes."""
    console = console_for(stream)
    last = facts["last"]
    said = "was not written yet" if last is None else f"was written last in {_place(last)}: {last['text']}"
    console.print(f"{facts['element']}, seen from step {facts['step']}, {said}", style="bold")
    table = listing("step", "file", "line", "t", "how", "before", "after", "source", left=("file", "how", "source"))
    for one in facts["writes"][:MOST_ROWS]:
        how = one["how"] + (" (same bits)" if one["same"] else "")
        how += "" if one["exact"] else f" (after step {one['since']})"
        values = ("-" if value is None else repr(value) for value in (one["old"], one["new"]))
        t = "-" if one["t"] is None else str(one["t"])
        row = (str(one["step"]), Path(one["file"]).name, str(one["line"]), t, how, *values, one["text"])
        table.add_row(*row)
    console.print(f"all {counted(len(facts['writes']), 'write')}:")
    console.print(fitted(table))
    print_rest(len(facts["writes"]), "writes", console)


def _print_steps(said: str, facts: Facts, stream: TextIO) -> None:
    console = console_for(stream)
    console.print(f"{said}: {counted(facts['count'], 'step')}", style="bold")
    if not facts["shown"]:
        return
    table = listing("step", "file", "line", "t", "source", left=("file", "source"))
    left_out = facts["count"] - len(facts["shown"])
    for place, one in enumerate(facts["shown"]):
        if left_out and place == len(facts["shown"]) // 2:
            table.add_row("...", f"{left_out:,} more", "", "", "")
        t = "-" if one["t"] is None else str(one["t"])
        table.add_row(str(one["step"]), Path(one["file"]).name, str(one["line"]), t, one["text"])
    console.print(fitted(table))


def print_stops(facts: Facts, stream: TextIO) -> None:
    """Print where a condition holds."""
    _print_steps(facts["condition"], facts, stream)


def print_line(facts: Facts, stream: TextIO) -> None:
    """Print the executions of a line."""
    _print_steps(f"line {facts['line']}", facts, stream)


def print_what_if(facts: Facts, stream: TextIO) -> None:
    """Print what came of other values in an array."""
    console = console_for(stream)
    console.print(facts["sentence"], style="bold")
    for words in facts["notes"]:
        console.print(f"note: {words}")


PRINTERS: dict[str, Callable[[Any, TextIO], None]] = {
    "overview": print_overview,
    "stops": print_stops,
    "line": print_line,
    "moment": print_moment,
    "changes": print_changes,
    "value": print_value,
    "who": print_who,
    "what_if": print_what_if,
    "kept": print_kept,
    "matches": print_matches,
    "blame": print_blame,
    "reference": print_reference,
}
"""By the kind of answer."""
