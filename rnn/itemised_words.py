"""The itemised matrix in words, and as named arrays for a file."""

from __future__ import annotations

import numpy as np

from .arrays import AnyArray
from .itemised import Itemised

FRACTION = 1e-3
"""Of its own dh; below it, a loss no longer reaches."""


def _reach(found: Itemised) -> str:
    """How far back the last loss reaches."""
    counted = np.flatnonzero(found.reference.any(axis=1))
    if not len(counted):
        return "No loss reaches any dh."
    s = int(counted[-1])
    row, step = found.reference[s, : s + 1], found.first + s
    own = row[s]
    broken = np.flatnonzero(~np.isfinite(row))
    if len(broken):
        return f"What the loss of s = {step} gives to dh is not finite at t = {found.first + broken[-1]}."
    there = np.flatnonzero(row >= FRACTION * own)
    if there[0] > 0:
        t = found.first + int(there[0])
        return f"The loss of s = {step} reaches back to t = {t}; before, less than a thousandth of its own dh is left."
    return f"The loss of s = {step} reaches back to t = {found.first}, where {row[0] / own:.3g} of its own dh is left."


def _apart(found: Itemised) -> str:
    """Where hand and JAX differ most; what is not finite comes first."""
    if found.difference is None:
        return ""
    largest = np.where(np.isfinite(found.difference), found.difference, np.inf)
    s, t = (int(i) for i in np.unravel_index(int(largest.argmax()), largest.shape))
    if largest[s, t] == 0:
        return "Hand's is the same, to the last bit."
    place = f"at s = {found.first + s}, t = {found.first + t}"
    if not np.isfinite(largest[s, t]):
        return f"Hand and JAX can't be compared {place}: one of them is not finite there."
    gap, size = found.difference[s, t], found.reference[s, t]
    of_what = f"{gap / size:.2g} of JAX's" if size > 0 else "where JAX has 0"
    return f"Hand differs most {place}, by {gap:.3g}, {of_what}."


def itemised_words(found: Itemised) -> str:
    """How far back the last loss reaches, where hand differs most, and the note."""
    return " ".join(text for text in (_reach(found), _apart(found), found.note) if text)


def itemised_arrays(found: Itemised) -> dict[str, AnyArray]:
    """The matrices that there are, by name, with the window's `first` step and the `sample`."""
    matrices = {name: getattr(found, name) for name in ("reference", "hand", "difference")}
    there = {name: value for name, value in matrices.items() if value is not None}
    return {**there, "first": np.array(found.first), "sample": np.array(found.sample)}
