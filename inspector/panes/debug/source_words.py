"""The words of the source view: where the user stands, what a line did in the whole run, what a name holds now."""

from __future__ import annotations

import math
from collections.abc import Sequence

from inspector.debugger.records import ArrayRow, Breakpoint, Here, Hits, Inline, Overview, Source
from inspector.panes.debug.common import RIGHT, WRONG
from inspector.panes.debug.shades import plain_tip
from inspector.panes.debug.source_lines import Facts


def file_name(path: str) -> str:
    """The last part of a path of any platform; what is no path, as a console's `<stdin>`, stays as it is."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path or "(no name)"


def error_text(relative: float) -> str:
    """A relative error: `1.2e-3`, `inf`."""
    if not math.isfinite(relative):
        return "inf"
    mantissa, _, power = f"{relative:.1e}".partition("e")
    return f"{mantissa}e{int(power)}"


def place_text(here: Here | None, overview: Overview | None, last: int) -> str:
    """Where the user stands: `backward() · t = 3 · iteration 2 · step 41 of 62`; `last` is the last step's number."""
    if here is None:
        return ""
    words = [f"{here.function}()" if here.function.isidentifier() else here.function]
    if here.t is not None:
        words.append(f"t = {here.t:,}")
    if here.iteration >= 0:
        words.append(f"iteration {here.iteration:,}")
    so_far = " so far" if overview is not None and overview.growing else ""
    words.append(f"step {here.step:,} of {last:,}{so_far}")
    kinds = {"raised here": here.raised, "the loop ends": here.loop_ended, "the call begins": here.entered}
    words += [word for word, holds in kinds.items() if holds]
    if here.returned and not here.raised:
        words.append("the call returns")
    return " \u00b7 ".join(words)


def notes_of(source: Source | None, overview: Overview | None) -> list[str]:
    """Sentences about the shown file and the recording."""
    found = []
    if source is not None and not source.text:
        found.append(source.problem or "The source of this file was not recorded")
    elif source is not None and source.changed:
        found.append("The file has changed since it was recorded; this is the text that ran")
    if overview is not None and overview.ended:
        found.append(overview.ended)
    if overview is not None and overview.matches is None and overview.note:
        found.append(overview.note)
    return [text[:1].upper() + text[1:].rstrip(".") + "." for text in found]


def breakpoint_words(one: Breakpoint, hits: Hits | None) -> str:
    """One breakpoint: its condition, whether it is on, how often it stops."""
    words = f"Breakpoint: {one.text}" + ("" if one.enabled else " (off)")
    if hits is not None:
        words += f"; {hits.problem}" if hits.problem else f"; {len(hits.steps):,} stops"
    return words + (f"\nNotes: {one.log}" if one.log else "")


def line_words(first: int | None, facts: Facts, ran: bool | None, one: Breakpoint | None, hits: Hits | None) -> str:
    """Everything about a line, for the gutter's tooltip.

    Args:
        first: of its statement. facts: of the file. ran: whether this iteration executed it, None where that is not asked.
        one, hits: its breakpoint.
    """
    if first is None:
        return "No statement stands here"
    count = facts.hits.get(first, 0)
    words = [f"Line {first}: executed {count:,} times" if count != 1 else f"Line {first}: executed once"]
    if not count:
        words = [f"Line {first}: never executed in this recording"]
    elif ran is False:
        words.append("Not executed in this iteration")
    worst = facts.worst.get(first)
    if first in facts.blamed:
        words.append(f"{WRONG} to blame: it {facts.blamed[first]}")
    if worst:
        words.append(f"{WRONG} wrong at worst by a relative {error_text(worst)}")
    elif worst is not None:
        words.append(f"{RIGHT} always right, where JAX could be asked")
    if one is None:
        return "\n".join([*words, "Click: stop here (F9)"])
    change = "switch it on or off" if is_special(one) else "stop here no more"
    return "\n".join([*words, breakpoint_words(one, hits), f"Click: {change} (F9); right click: condition"])


def is_special(one: Breakpoint) -> bool:
    """Whether a line's breakpoint holds more than its line: a click must not lose what was typed."""
    return " if " in one.text or " hits " in one.text or bool(one.log)


def value_text(one: Inline, length: int = 0) -> str:
    """`dWhh (64x64) norm 3.21, 4,096 changed`, `t = 3`; shorter as in `parts_of`."""
    if not one.text:
        return one.name
    if not one.text.startswith("("):
        return f"{one.name} = {one.text}"
    text = (one.text, one.text.partition(", ")[0], "")[length]
    return f"{one.name} {text}".rstrip()


def judged_text(one: Inline) -> str:
    """The verdict behind an inline value."""
    if one.wrong is not None:
        return f"  {WRONG}{error_text(one.wrong)}"
    return f"  {RIGHT}" if one.judged else ""


def inline_words(things: Sequence[Inline]) -> str:
    """What a statement wrote, one thing a line."""
    return "\n".join(f"{value_text(one)}{judged_text(one)}" for one in things)


def row_words(row: ArrayRow) -> str:
    """One row of the table of arrays in words."""
    if row.kind == "container":
        return f"{row.path}: {row.dtype} of {row.entries:,}"
    if row.kind != "array":
        return f"{row.path}: {row.text}"
    shape = "x".join(map(str, row.shape)) or "scalar"
    words = [f"{row.path}: ({shape}) {row.dtype}" + ("" if row.norm is None else f", norm {row.norm:.4g}")]
    if not row.finite:
        words.append("holds NaN or infinity")
    if row.changed:
        words.append("changed by this step" if row.changed < 0 else f"{row.changed:,} changed by this step")
    words.append(_verdict(row))
    return "\n".join(words)


def _verdict(row: ArrayRow) -> str:
    stands = "" if row.match is None else f" (it stands for {row.match.quantity})"
    if row.judged is None:
        return f"not judged{stands}"
    if row.judged.partial:
        return f"in the middle of being computed, not judged{stands}"
    if row.judged.wrong:
        return f"{WRONG} wrong by a relative {error_text(row.judged.relative)}{stands}"
    return f"{RIGHT} right{stands}"


def tip(text: str) -> str:
    """A text as a tooltip that shows it as it is, be it HTML or not."""
    return plain_tip(text) if text else ""
