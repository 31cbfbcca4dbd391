"""What JAX says an array of the user's should be at a step, in the array's own shape; and where it is not that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import base_of
from ..cases.layout import Layout
from ..errors import InputError
from ..recorder.expressions import Unreadable
from .flow import Flow
from .judge import species
from .library import PART, SUM, Item, Library, Recogniser
from .made_from import is_part, unfinished
from .matching import Match, general_path, is_summed, moments_of, quantity_of
from .memory import Items
from .writing import makes_empty

CARRIES = ("dh_next", "dc_next")
"""Quantities that are judged by their name alone."""

OURS = Layout("TBD", transposed=False)
SURE = 0.5
"""Certainty from which an array is judged by its quantity; less will do where some values are right, or the name is a carry's."""


def _of_quantity(library: Library, quantity: str, form: str) -> list[Item]:
    """Right values that an array of a quantity may hold."""
    found = [item for item in library.items if item.factor == 1.0 and quantity_of(item) == quantity]
    if form == "history":
        return [item for item in found if item.t is None]
    return [
        item for item in found if (item.kind == SUM) == (form == "sum") and item.kind != PART and item.sample is None
    ]


def _arranged(items: Sequence[Item], actual: Any, layout: Layout) -> list[tuple[Item, Any]]:
    """The values laid out as the array is; where several ways fit, as most of its entries are, or else as the case declares."""
    laid = []
    for item in items:
        ways = list(item.laid(np.shape(actual)))
        if len(ways) > 1 and layout.transposed and is_summed(quantity_of(item)):
            ways.reverse()  # of a matrix, the transpose comes last
        if ways:
            near = [int(np.isclose(way, actual, rtol=1e-6, atol=0).sum()) for way in ways]
            laid.append((item, ways[int(np.argmax(near))]))
    return laid


def match_of(matches: Sequence[Match], function: str, path: str) -> Match | None:
    """The match of a path, seen from a function."""
    wanted = general_path(path)
    own = [one for one in matches if one.path == wanted]
    return next((one for one in own if one.function == function), own[0] if own else None)


def reference_for(
    flow: Flow, library: Library, matches: Sequence[Match], path: str, step: int, layout: Layout = OURS
) -> tuple[str, Any]:
    """What an array should be at a step: the name of the right value, and the value in the array's shape.

    For a sum over steps that is the sum so far: of the same steps that have been added by hand. `layout` is the case's own,
    for square matrices that are wrong throughout.

    Raises:
        InputError: no array, one that stands for no quantity, or for one that has no value of that shape.
    """
    recording = flow.recording
    try:
        actual = recording.value(path, step)
    except Unreadable as error:
        raise InputError(f"{path} can't be had at step {step}: {error}") from error
    if not isinstance(actual, np.ndarray):
        raise InputError(f"{path} is no array at step {step}; only an array has a reference")
    function = recording.tables.texts[int(recording.frames[flow.frame(step)]["name"])]
    match = match_of(matches, function, path)
    if match is None:
        raise InputError(
            f"{path} stands for none of JAX's quantities; say which one with --match {path}=da, for example"
        )
    laid = _arranged(_of_quantity(library, match.quantity, match.form), actual, layout)
    if not laid:
        raise InputError(f"{path} has the shape {actual.shape}, and {match.quantity} none that fits; correct the match")
    exact = [pair for pair in laid if np.allclose(pair[1], actual, rtol=1e-7, atol=0)]
    item, value = exact[0] if exact else _at(laid, flow, match, step)
    return item.label, np.array(value, actual.dtype)


def _at(laid: list[tuple[Item, Any]], flow: Flow, match: Match, step: int) -> tuple[Item, Any]:
    """Of several steps' values, the one of the step that is meant."""
    t = flow.recording.step(step).t
    if match.form == "sum":
        whole = [pair for pair in laid if pair[0].t is None]
        down = [pair for pair in laid if pair[0].t == t and "down" in pair[0].name]
        return (down or whole or laid)[0]
    meant = None if t is None else t + (match.offset or 0)
    return next((pair for pair in laid if pair[0].t == meant), laid[0])


def diverging_steps(flow: Flow, library: Library, matches: Sequence[Match], quantity: str = "") -> Any:
    """Steps after which an array that stands for a quantity does not hold what it should: its last value in each iteration.

    Args:
        flow: of the recording. library: right values. matches: which array is which. quantity: only of this one, where given.
    """
    found: set[int] = set()
    names = {one.path: one for one in matches if one.quantity.startswith("d") and is_judged(one)}
    for owner, key, path in flow.memory.array_slots():
        match = names.get(general_path(path))
        if match is None or (quantity and match.quantity != quantity):
            continue
        last: dict[tuple[int, int], int] = {}
        values = moments_of(flow, owner, key)
        for step, _ in values:
            row = flow.recording.steps[min(step, len(flow.recording) - 1)]
            last[int(row["frame"]), int(row["iteration"])] = step
        for step, row in values:
            if step in last.values() and _wrong(flow, library, row, step, match):
                found.add(step)
    return np.array(sorted(found), "i8")


def is_judged(match: Match) -> bool:
    """Whether an array is sure enough to be what its match says, or was ever right."""
    return match.certainty >= SURE or match.right > 0 or base_of(match.quantity)[0] in CARRIES


def _wrong(flow: Flow, library: Library, row: Any, step: int, match: Match) -> bool:
    place = flow.place(row)
    assert place is not None  # a slot's moments are those of arrays
    try:
        value = flow.value(row, step)
    except Unreadable:
        return False
    if not np.any(value) or makes_empty(flow.statement(step)):
        return False
    if is_right(library, value, match):
        return False
    if match.form == "history":
        return _row_is_wrong(flow, library, place, step, value, match)
    if match.form != "sum":
        return True
    if not any(w.step > step and w.items.size for w in flow.writes(place[0])):
        return True
    if 2 * match.right < match.seen:
        return False  # added up in an order of its own: only the whole sum can be judged
    return not _comes_right(flow, library, place, match)


def is_right(library: Recogniser, value: Any, match: Match) -> bool:
    """Whether a value is a right one that the array may hold: of its quantity, or of another that the same name serves for."""
    found = {name for item in library.recognise(value) for name in (species(item), quantity_of(item))}
    if match.quantity in found:
        return True
    if found & unfinished(match.quantity):
        mostly_other = not match.said and 2 * match.right < match.seen
        return mostly_other and (match.form == "step" or match.path.endswith("[...]"))
    return bool(found)


def _comes_right(flow: Flow, library: Library, place: tuple[int, Items], match: Match) -> bool:
    """Whether a sum is right in the end, and so was right on the way: nothing takes a wrong addend out again."""
    try:
        value = flow.data(place[0], len(flow.recording) - 1)[place[1]]
    except Unreadable:
        return False
    return is_right(library, value, match)


def _row_is_wrong(flow: Flow, library: Library, place: tuple[int, Items], step: int, value: Any, match: Match) -> bool:
    """Of a history, only what the step wrote is judged."""
    storage, numbers = place
    written = [w.items for w in flow.writes(storage) if w.step == step and w.items.size]
    later = [np.ravel(w.items) for w in flow.writes(storage) if w.step > step and w.items.size]
    if not written:
        return False
    touched = np.isin(numbers, np.ravel(written[-1]))
    if later:
        touched &= ~np.isin(numbers, np.concatenate(later))  # a partial sum is not judged
    if not touched.any():
        return False
    if touched.all():
        return not any(quantity_of(item) == match.quantity for item in library.recognise(value))
    part = value[touched]
    names = [quantity_of(item) for item in library.recognise(part)]
    return bool(np.any(part)) and not any(name == match.quantity or is_part(name, match.quantity) for name in names)
