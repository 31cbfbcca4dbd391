"""Which values a view may have, and what every quantity kept for itself, read back from a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from inspector.records import METRICS, MODES, PER_QUANTITY, SCALES, THEMES, ViewState
from rnn.sessions.typed import WrongValue, hints, typed


def _not_negative(value: float) -> bool:
    return math.isfinite(value) and value >= 0


ALLOWED: dict[str, Callable[[Any], bool]] = {
    "metric": METRICS.__contains__,
    "scale": SCALES.__contains__,
    "theme": THEMES.__contains__,
    "mode": MODES.__contains__,
    "atol": _not_negative,
    "rtol": _not_negative,
    "split": lambda value: 0 <= value <= 1,
}
"""Which values a field of the view may have, where not all of its type."""


def kept_fields(values: Any, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a `ViewState`; what can't be read or may not be is left out."""
    declared, kept = hints(ViewState), {}
    for name in names if isinstance(values, Mapping) else ():
        try:
            value = typed(values[name], declared[name])
        except (KeyError, WrongValue):
            continue
        if name not in ALLOWED or ALLOWED[name](value):
            kept[name] = value
    return kept


def kept_cells(values: Any) -> dict[str, tuple[int, int] | None]:
    """Picked cells by quantity; what can't be read is left out."""
    found: dict[str, tuple[int, int] | None] = {}
    for name, cell in values.items() if isinstance(values, Mapping) else ():
        try:
            found[str(name)] = typed(cell, tuple[int, int])
        except WrongValue:
            continue
    return found


def kept_views(values: Any) -> dict[str, dict[str, Any]]:
    """What every quantity keeps for itself; what can't be read is left out."""
    found = {}
    for name, view in values.items() if isinstance(values, Mapping) else ():
        kept = kept_fields(view, PER_QUANTITY)
        if len(kept) == len(PER_QUANTITY):
            found[str(name)] = kept
    return found
