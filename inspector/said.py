"""Sentences and lines that the window shows or copies: the read-out, counts, engine state, diagnostics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from inspector.action import CODE
from inspector.picture.side_words import short_label
from inspector.records import IDLE, RunStatus
from inspector.versions import version_lines
from rnn.units import ulp_distance

if TYPE_CHECKING:
    from inspector.pictures import Picture
    from inspector.state import State

Cell = tuple[int, int]


def element_name(picture: Picture, cell: Cell) -> str:
    """`dW_hh[3, 4]`; a per-step entry with its sample, `dh[t=3, sample 0, 4]`; a vector's with one number."""
    row, column = cell
    if picture.per_step:
        return f"{picture.quantity}[t={row}, sample {picture.sample}, {column}]"
    entry = f"[{column}]" if picture.is_vector else f"[{row}, {column}]"
    return f"{picture.quantity}{entry}{gate_words(picture, column)}"


def gate_words(picture: Picture, column: int) -> str:
    """Which unit of which gate a column belongs to, in words; empty where there are no gates."""
    if not picture.gates or picture.reference is None:
        return ""
    width = picture.reference.shape[1] // len(picture.gates)
    return f" (gate {picture.gates[column // width]}, unit {column % width})"


def values(picture: Picture, cell: Cell) -> tuple[float, float, float, float, float] | None:
    """Hand, reference, difference, relative difference and ULP distance of one cell; None outside the picture."""
    hand, reference = picture.hand, picture.reference
    if hand is None or reference is None or not (0 <= cell[0] < hand.shape[0] and 0 <= cell[1] < hand.shape[1]):
        return None
    one, other = float(hand[cell]), float(reference[cell])
    largest = max(abs(one), abs(other))
    relative = abs(one - other) / largest if one != other else 0.0
    return one, other, one - other, relative, float(ulp_distance(hand[cell], reference[cell], picture.dtype))


def read_out(picture: Picture | None, cell: Cell | None) -> str:
    """One line about a cell, empty where there is none."""
    found = None if picture is None or cell is None else values(picture, cell)
    if picture is None or cell is None or found is None:
        return ""
    hand, reference, difference, relative, distance = found
    name = element_name(picture, cell)
    first, second = map(short_label, picture.sides)
    return f"{name}   {first} {hand!r}   {second} {reference!r}   D {difference:.2g}   rel {relative:.2g}   ulp {distance:.3g}"


def tab_separated(picture: Picture | None, cell: Cell | None) -> str:
    """A header and one row with all digits, for a spreadsheet; empty where there is no cell."""
    found = None if picture is None or cell is None else values(picture, cell)
    if picture is None or cell is None or found is None:
        return ""
    head = "\t".join(("element", "hand", "reference", "difference", "relative", "ulp"))
    return head + "\n" + "\t".join((element_name(picture, cell), *(repr(value) for value in found))) + "\n"


MOST_COPIED = 1_000_000


def region_table(picture: Picture | None, region: tuple[int, int, int, int]) -> str:
    """The marked rectangle of hand, JAX and their difference, one below the other, for a spreadsheet."""
    if picture is None or picture.hand is None or picture.reference is None:
        return ""
    cut = slice(region[0], region[2] + 1), slice(region[1], region[3] + 1)
    parts = []
    for name, side in zip(picture.sides, (picture.hand, picture.reference), strict=True):
        if side[cut].size > MOST_COPIED:
            return ""
        rows = "\n".join("\t".join(map(repr, row)) for row in side[cut].astype("float64").tolist())
        first = f"{picture.quantity}, {name}, rows {region[0]} to {region[2]}, columns {region[1]} to {region[3]}"
        parts.append(f"{first}\n{rows}\n")
    return "\n".join(parts)


def counts(picture: Picture | None) -> str:
    """How many NaN and infinities a picture has, empty for none."""
    if picture is None:
        return ""
    found = ((picture.nan_count, "NaN"), (picture.inf_count, "Inf"))
    return "  ".join(f"{count} {name}" for count, name in found if count)


def engine_line(status: RunStatus, ready: bool) -> str:
    """What the engine is doing."""
    if status.phase == IDLE:
        return "engine ready" if ready else "engine starting"
    percent = "" if status.fraction is None else f" {round(100 * status.fraction)} %"
    return f"{status.text}{percent}"


def printed_words(printed: str) -> str:
    """How much code printed, empty for nothing."""
    lines = len(printed.splitlines())
    more = "more than " if printed.startswith("[") and "bytes dropped]" in printed[:80] else ""
    return f"{more}{lines} line{'s' * (lines != 1)} printed" if lines else ""


def diagnostics(state: State) -> str:
    """Versions, problem and the last failure, for a report."""
    case, settings = state.case or "built-in BPTT", json.dumps(state.settings.to_json())
    lines = [*version_lines(), f"case: {case}", f"settings: {settings}"]
    if state.result is not None:
        lines += [f"result: {state.result.verdict}: {state.result.headline}"]
        lines += [f"  {name} {version}" for name, version in state.result.versions.items()]
    if state.failure is not None:
        lines += [f"failure: {state.failure.sentence}", state.failure.details]
    return "\n".join(lines)


def window_title(state: State, page: str) -> str:
    """What the shown page is about: the case, or beside the code the recording."""
    overview, keeper = state.debugger.overview, state.session
    name = keeper.path.replace("\\", "/").rpartition("/")[2]
    file = f"{name}{' (read-only)' if keeper.read_only else ''}[*] - " if name else ""
    if page == CODE and overview is not None:
        return f"{file}recording of {overview.title} - BPTT inspector"
    if state.result is not None and state.result.labels:
        return f"{file}{state.result.case} - BPTT inspector"
    subject = state.case_info.title if state.case_info else state.case or "built-in BPTT"
    repaired = " (repaired)" if state.diagnosis.repairing.shown is not None else ""
    return f"{file}{subject}{repaired}{' (stale)' if state.stale else ''} - BPTT inspector"
