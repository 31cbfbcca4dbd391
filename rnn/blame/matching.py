"""Which array is which: the user's arrays that stand for the oracle's quantities, by name, shape and value, with a certainty.

An array is looked at whenever it gets a value. Where its values are right ones (see `library`), they say what it is; its name
says so where they do not, or where two quantities have the same values. What the user says of an array (`matches` in CASE, or
`ask --match`) is certain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import base_of
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, CALL, GLOBALS, HANDED, OWNER, view_of
from .flow import Flow
from .judge import species_of
from .library import WEIGHT, Item, Library, Recogniser
from .made_from import related
from .said import meanings

MOST_MOMENTS = 200
"""Values of one array that are looked at."""

BY_NAME, BY_VALUE = 0.45, 0.95
"""How much a perfect name, and values that are right throughout, make certain."""

PARAMETER = re.compile(r"d?[Wbp](_|\.|$)")
"""Names of parameters, and of their gradients."""


Slot = tuple[str, str, int, str]
"""Function, path, owner and key of something named that may hold an array."""

Moments = Callable[[Flow, int, str], Sequence[tuple[int, Any]]]
"""Steps at which a slot, by owner and key, got another array, or its array other contents, each with the slot's row."""


@dataclass(frozen=True)
class Match:
    """An array that stands for a quantity.

    Attributes:
        function, path: the name in the function that has it, or an attribute's or entry's path from there.
        quantity: of the oracle: `da`, `dh_next`, `dW_hh`, `h`, ... form: `step`, `history`, `sum` or `weight`.
        certainty: 0 to 1; 1 for what the user says.
        right, seen: of its values that say something, how many are right ones of this quantity.
        shape: of its last value.
        offset: t of the quantity minus the loop's variable, where that is always the same.
        said: whether the user says so.
    """

    function: str
    path: str
    quantity: str
    form: str
    certainty: float
    right: int
    seen: int
    shape: tuple[int, ...]
    offset: int | None = None
    said: bool = False


@dataclass
class _Seen:
    """What was seen under one name."""

    values: int = 0
    shape: tuple[int, ...] = ()
    names: Counter[tuple[str, str]] = field(default_factory=Counter)
    offsets: dict[str, set[int]] = field(default_factory=dict)
    last: Any = None
    rows: Counter[str] = field(default_factory=Counter)


def _form(item: Item) -> str:
    if item.kind == WEIGHT:
        return "weight"
    if "all steps" in item.name:
        return "history"
    return "sum" if item.name.startswith(("dW", "db", "dp_")) else "step"


def quantity_of(item: Item) -> str:
    """The quantity that a right value is of, whatever its step: `da`, `dW_hh`, ..."""
    name = item.name
    for ending in (" of one", " from the last step down", " up", " from the loss at"):
        name = name.partition(ending)[0]
    return species_of(name)


def moments_of(flow: Flow, owner: int, key: str) -> list[tuple[int, Any]]:
    """Steps at which a slot got another array, or its array other contents."""
    rows = flow.recording.binding_rows(owner, key)
    found: dict[int, Any] = {}
    for number, row in enumerate(rows):
        if row["kind"] != ARRAY:
            continue
        end = int(rows[number + 1]["step"]) if number + 1 < len(rows) else len(flow.recording) + 1
        writes = flow.writes(view_of(row["payload"])[0])
        steps = [int(row["step"]), *(w.step for w in writes if int(row["step"]) < w.step < end)]
        for step in steps:
            found[step] = row
    return sorted(found.items())[:MOST_MOMENTS]


def _look(flow: Flow, library: Recogniser, moments: Sequence[tuple[int, Any]], seen: _Seen) -> None:
    for step, row in moments:
        try:
            value = flow.value(row, step)
        except Unreadable:
            continue
        seen.shape = tuple(value.shape)
        if not np.any(value) or value.dtype.kind not in "fiu":
            continue
        seen.values += 1
        if value.ndim > 1:
            seen.last = value
        loop = flow.recording.step(min(step, len(flow.recording) - 1)).t
        for name in {
            (quantity_of(item), _form(item)): item for item in library.recognise(value) if item.factor == 1.0
        }.items():
            (quantity, form), item = name
            seen.names[quantity, form] += 1
            if item.t is not None and loop is not None:
                seen.offsets.setdefault(quantity, set()).add(item.t - loop)


def spread(count: int, most: int = MOST_MOMENTS) -> Any:
    """At most so many of 0, 1, ... count - 1, with the first and the last."""
    return np.arange(count) if count <= most else np.unique(np.linspace(0, count - 1, most).astype(int))


def _rows(library: Recogniser, value: Any) -> Counter[str]:
    """What single steps of a history are, along the axis that tells most."""
    best: Counter[str] = Counter()
    for axis in range(value.ndim):
        if not library.holds(value.size // max(1, value.shape[axis])):
            continue
        found: dict[int | None, Counter[str]] = {}
        for i in spread(value.shape[axis]):
            items = [item for item in library.recognise(np.take(value, i, axis)) if item.t is not None]
            # The samples of one step are no history: only one sample's steps are.
            for quantity, sample in {(quantity_of(item), item.sample) for item in items if item.factor == 1.0}:
                found.setdefault(sample, Counter())[quantity] += 1
        best = max([best, *found.values()], key=Counter.total)
    return best


def _form_of(quantity: str, seen: _Seen) -> str:
    """The form of an array that is never right as a whole: from the kind of quantity, and from single steps that are."""
    if is_summed(quantity):
        return "sum" if quantity.startswith("d") else "weight"
    return "history" if seen.rows[quantity] else "step"


def is_summed(quantity: str) -> bool:
    """Whether a quantity is a parameter or its gradient."""
    return PARAMETER.match(quantity) is not None


def _spoiled(function: str, path: str, seen: _Seen, best: str, names: Sequence[str]) -> Match | None:
    """Spoiled from some step on: its name and the steps that are right say what it should be."""
    for quantity in seen.rows:
        if base_of(quantity)[0] in names and quantity != best and related(best, quantity):
            share = seen.rows[quantity] / max(1, max(seen.shape))
            certainty = round(1 - (1 - BY_VALUE * share) * (1 - BY_NAME), 3)
            return Match(function, path, quantity, "history", certainty, 0, seen.values, seen.shape)
    return None


def _most_seen(seen: _Seen, names: Sequence[str]) -> tuple[str, int, str]:
    """The quantity that most values are of, how many, and its form; of several the one that the name suggests."""
    best, count, form = "", 0, "step"
    for (quantity, kind), number in seen.names.most_common():
        if number > count or (number == count and base_of(quantity)[0] in names and base_of(best)[0] not in names):
            best, count, form = quantity, number, kind
    return best, count, form


def _match(function: str, path: str, seen: _Seen, said: str, cell: str, layered: bool) -> Match | None:
    names = meanings(path, cell)
    if said:
        right = sum(count for (quantity, _), count in seen.names.items() if quantity == said)
        form = next((form for (quantity, form), _ in seen.names.most_common() if quantity == said), "")
        form = form or _form_of(said, seen)
        return Match(function, path, said, form, 1.0, right, seen.values, seen.shape, said=True)
    best, count, form = _most_seen(seen, names)
    if base_of(best)[0] not in names and not (form == "history" and count == seen.values == 1):
        spoiled = _spoiled(function, path, seen, best, names)
        if spoiled is not None:
            return spoiled
    name = "" if layered or not names else names[0]
    if not best and not name:
        return None
    value = count / seen.values if seen.values else 0.0
    agrees = base_of(best)[0] in names
    if not best or (name and not agrees and seen.names.get((name, form), 0) == 0 and value < 0.5):
        best, value, count, agrees = name, 0.0, 0, True
    certainty = 1 - (1 - BY_VALUE * value) * (1 - (BY_NAME if agrees else 0.0))
    offsets = seen.offsets.get(best, set())
    return Match(
        function, path, best, form, round(certainty, 3), count, seen.values, seen.shape,
        next(iter(offsets)) if len(offsets) == 1 else None,
    )  # fmt: skip


def named_slots(flow: Flow) -> list[Slot]:
    """(function, path, owner, key) of everything named that may hold an array: names, and what containers and objects hold."""
    recording, found = flow.recording, []
    for frame in reversed(range(len(recording.frames))):
        owner = recording.frame_owner(frame)
        found += _inside(flow, flow.recording.tables.texts[int(recording.frames[frame]["name"])], "", owner, 0, set())
    return found


def _inside(flow: Flow, function: str, prefix: str, owner: int, depth: int, above: set[int]) -> list[Slot]:
    found: list[Slot] = []
    for key in flow.recording.all_keys(owner):
        if key in HANDED:
            continue
        rows = flow.recording.binding_rows(owner, key)
        kinds = {int(row["kind"]) for row in rows}
        if ARRAY in kinds:
            found.append((function, prefix + key, owner, key))
        if depth < 2:
            for inner in {int(row["payload"]) for row in rows if row["kind"] == OWNER} - above:
                if flow.recording.tables.owners[inner][0] not in (CALL, GLOBALS):
                    found += _inside(flow, function, prefix + key, inner, depth + 1, above | {inner})
    return found


def general_path(path: str) -> str:
    """`hs[3]` and `hs[4]` are one array of the user's: `hs[...]`; names in brackets stay."""
    return re.sub(r"\[-?\d+\]", "[...]", path)


def array_paths(flow: Flow) -> set[tuple[str, str]]:
    """(function, path) of everything named that ever was an array."""
    return {(function, general_path(path)) for function, path, _, _ in named_slots(flow)}


def match_arrays(flow: Flow, library: Library, said: Mapping[str, str] | None = None) -> list[Match]:
    """The user's arrays that stand for quantities of the oracle, the surest first.

    Args:
        flow: of the recording. library: right values of its problem.
        said: quantities by path (or `function:path`), as the user says.
    """
    slots, looked = [], set()
    for slot in named_slots(flow):
        if slot[2:] not in looked:  # an object's attribute is one array, whichever function sees it
            looked.add(slot[2:])
            slots.append(slot)
    return match_slots(flow, library, slots, moments_of, said)


def match_slots(
    flow: Flow, library: Recogniser, slots: Iterable[Slot], moments: Moments, said: Mapping[str, str] | None = None
) -> list[Match]:
    """As `match_arrays`, for slots and moments that the caller chooses.

    Args:
        flow, library, said: see `match_arrays`. slots: each once. moments: which moments of a slot are looked at.
    """
    told = {general_path(path): quantity for path, quantity in (said or {}).items()}
    groups: dict[tuple[str, str], _Seen] = {}
    for function, path, owner, key in slots:
        seen = groups.setdefault((function, general_path(path)), _Seen())
        _look(flow, library, moments(flow, owner, key), seen)
    found = []
    for (function, path), seen in groups.items():
        seen.rows = Counter() if seen.last is None else _rows(library, seen.last)
        meant = told.get(f"{function}:{path}", told.get(path, ""))
        match = _match(function, path, seen, meant, library.cell, library.layered)
        if match is not None and (match.seen or match.said):
            found.append(match)
    return sorted(found, key=lambda one: (-one.certainty, one.function, one.path))
