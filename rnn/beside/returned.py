"""Returned gradients: what the case hands back says what its arrays are meant to be, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import base_of
from ..blame.matching import Match, Slot, general_path, is_summed
from ..blame.quantities import Truth
from ..cases.layout import Layout
from ..recorder import Recording
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, view_of
from ..recorder.recording import Held
from .moments import Moments
from .records import Gradient, Returned
from .right import Right
from .scene import Row, difference, largest

BY_RETURN = 0.9
"""How sure an array is that the case returns as a gradient."""


def returned_of(recording: Recording, truth: Truth, layout: Layout) -> Returned:
    """The gradients that `run(problem)` returned as arrays."""
    try:
        root = recording.returned(0)
    except Unreadable:
        return {}
    found = {}
    wanted_by_name = layout.returned_as(truth.gradients.named()) if isinstance(root, Held) else {}
    for name, value in wanted_by_name.items():
        row = recording.binding(root.owner, f"[{name!r}]", len(recording))
        if row is not None and row["kind"] == ARRAY:
            view = view_of(row["payload"])
            shape, wanted = recording.tables.layouts[view[1]].shape, np.asarray(value, "float64")
            if wanted.size == np.prod(shape):
                found[view] = Gradient(name, wanted.reshape(shape))
    return found


def with_returned(matches: Sequence[Match], slots: Sequence[Slot], moments: Moments, returned: Returned) -> list[Match]:
    """Matches, of which those of returned arrays say what these were returned as."""
    known = {(one.function, one.path): one for one in matches}
    for function, path, owner, key in slots:
        name = function, general_path(path)
        old, own = known.get(name), moments.of(owner, key)
        gradient = returned.get(own[-1].view) if own else None
        if (
            gradient is None
            or base_of(gradient.name)[0] in ("dh0", "dc0")
            or (old is not None and (old.said or old.quantity == gradient.name))
        ):
            continue
        form = "sum" if is_summed(gradient.name) else "history"
        seen = 0 if old is None else old.seen
        known[name] = Match(*name, gradient.name, form, BY_RETURN, 0, seen, tuple(gradient.wanted.shape))
    return list(known.values())


def ends_wrong(row: Row, recording: Recording, right: Right, returned: Returned) -> bool:
    """Whether a row is of an array that was returned, and held something else than it should have in the end."""
    gradient = returned.get(row.view)
    if gradient is None:
        return False
    value = recording.replay.view(*row.view, row.step)
    return not difference(value, gradient.wanted) <= right.limit(gradient.wanted)


def returned_wrong(recording: Recording, right: Right, returned: Returned, wrong: set[int]) -> float:
    """Largest relative error of the returned gradients; 0 where all are right, or were found wrong on the way.

    Args:
        recording, right, returned: of the case. wrong: storages that hold something wrong.
    """
    worst = 0.0
    for view, gradient in returned.items():
        value, scale = recording.replay.view(*view, len(recording)), largest(gradient.wanted)
        error = difference(value, gradient.wanted)
        if view[0] not in wrong and not error <= right.limit(gradient.wanted):
            worst = max(worst, error / scale if scale > 0 else float("inf"))
    return worst
