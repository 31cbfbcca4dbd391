"""MISTAKES: every mistake of a backward pass that is known here, one entry each; and slips in any equation.

    for mistake in mistakes_of(problem):
        Reference(problem).gradients(dict(mistake.edits))

A new one is one entry: words, formula, the edit on the reference, what it fits. Everything that searches, explains and lists
blind spots goes over this table.
"""

from __future__ import annotations

from ...problem import Problem
from ..slots import slots_of
from .apart import apart
from .base import Entry, Mistake, instances
from .caches import caches
from .carry import CARRY
from .embedding import EMBEDDINGS
from .ends import ENDS
from .gates import GATE_ENTRIES
from .gru import GRU_ENTRIES
from .gru_reset import RESET_ENTRIES
from .lstm import LSTM_ENTRIES
from .outputs import OUTPUTS
from .packed import PACKED
from .scale import FACTORS, SCALES
from .slips import slips
from .slopes import SLOPES
from .stacked import STACKED_ENTRIES
from .steps import STEP_ENTRIES
from .sums import SUM_ENTRIES

MISTAKES: tuple[Entry, ...] = (
    *SCALES, *OUTPUTS, *CARRY, *LSTM_ENTRIES, *GRU_ENTRIES, *RESET_ENTRIES, *GATE_ENTRIES, *STEP_ENTRIES, *PACKED, *SLOPES,
    *SUM_ENTRIES, *STACKED_ENTRIES, *EMBEDDINGS, *ENDS,
)  # fmt: skip
"""The table."""


def mistakes_of(problem: Problem) -> tuple[Mistake, ...]:
    """All mistakes that can be made in a problem's network, the commonest first; of two with the same edits the commoner."""
    slots = slots_of(problem)
    found: dict[tuple[tuple[str, str], ...], Mistake] = {}
    named = [one for entry in MISTAKES for one in instances(entry, problem, slots)]
    for one in (*named, *apart(named, problem.network, slots), *caches(problem, slots), *slips(problem, slots)):
        key = tuple(sorted(one.edits))
        if key not in found or one.rank < found[key].rank:
            found[key] = one
    return tuple(sorted(found.values(), key=lambda one: one.rank))


__all__ = ["FACTORS", "MISTAKES", "Entry", "Mistake", "mistakes_of"]
