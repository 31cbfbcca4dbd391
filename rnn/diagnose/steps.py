"""Steps: the true step back in time of one unit, from rows that need not be the reference's.

A backward loop is a chain of steps, each an affine map: what the step after gives, and the gradient from the output.
Applied to the user's own row it says what the user's next row should have been; without the output's part it says what
becomes of an error further back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np

from ..arrays import FloatArray
from ..stacking import Unit
from .equations import AFTER, BEFORE, EQUATIONS, value
from .reference import Reference
from .seen import Names

Row = Mapping[str, FloatArray]
"""Values of one step by name without suffix: (B, H), or several one above the other (n, B, H)."""

READ, USED = re.compile(r"(\w+)\[t \+ 1\]"), re.compile(r"(\w+)\[t\]")


class Steps:
    """The true steps of one unit, without truncation, in the order of its own steps (a reverse direction is turned round).

    Attributes:
        carried: names of the states' gradients, `dh` and `dc`. names: everything that a step makes, in order.
    """

    def __init__(self, reference: Reference, unit: Unit) -> None:
        """Args: reference: of the problem. unit: whose steps."""
        cell = reference.problem.network.cell_object
        equations = EQUATIONS[reference.problem.network.cell](cell)
        before, self._after = (
            {one.name: one.text for one in equations if one.stage == stage} for stage in (BEFORE, AFTER)
        )
        self._loop = {one.name: one.text for one in equations if one.stage not in (BEFORE, AFTER)}
        self._names: Names = reference.seen(unit)
        with np.errstate(all="ignore"):
            for name, text in before.items():
                self._names[name] = value(text, self._names)
        sizes = reference.problem.sizes
        self._none = np.zeros((sizes["B"], sizes["H"]))
        self.carried = tuple(f"d{name}" for name in cell.carried)
        self.names = tuple(self._loop)
        self._reads = set(READ.findall(" ".join(self._loop.values())))

    def state(self, known: Collection[str]) -> tuple[str, ...]:
        """Of the quantities that are known those from which a whole step follows; nothing where they don't suffice."""
        if set(self.carried) <= set(known):
            return self.carried
        found = [name for name in self.names if name in known]
        if not self._suffices(found):
            return ()
        for name in list(found):
            fewer = [one for one in found if one != name]
            found = fewer if self._suffices(fewer) else found
        return tuple(found)

    def follows(self, known: Collection[str]) -> set[str]:
        """Everything of a step that follows from some of its quantities, without any other step."""
        found = set(known)
        for name, text in self._loop.items():
            used = set(USED.findall(text))
            if "dh_out" not in used and not READ.findall(text) and used & set(self._loop) <= found:
                found.add(name)
        return found

    def _suffices(self, known: Collection[str]) -> bool:
        return self._reads <= self.follows(known)

    def row(self, t: int, fixed: Row, later: Row, dh_out: FloatArray | None = None) -> dict[str, FloatArray]:
        """Everything that step t makes.

        Args:
            t: the step. fixed: values that are taken as they are. later: the step after, as this gives it; empty for none.
            dh_out: the gradient (B, H) from above; None for none.
        """
        names = dict(self._names)
        names |= {name: {t + 1: later.get(name, self._none)} for name in self._loop}
        names |= {"t": t, "dh_out": {t: self._none if dh_out is None else dh_out}}
        for name, text in self._loop.items():
            names[name][t] = fixed[name] if name in fixed else value(text, names)
        return {name: names[name][t] for name in self._loop}

    def back(self, t: int, state: Row, dh_out: FloatArray | None = None) -> dict[str, FloatArray]:
        """Everything that step t makes from the state of step t + 1 (empty: there is none) and the gradient from above."""
        with np.errstate(all="ignore"):
            return self.row(t, {}, self.row(t + 1, state, {}) if state else {}, dh_out)

    def below(self, state: Row) -> FloatArray:
        """What the unit gives to what it sees (T, B, D), from its states at all steps (T, B, H)."""
        with np.errstate(all="ignore"):
            steps = len(next(iter(state.values())))
            rows = [self.row(t, {name: rows[t] for name, rows in state.items()}, {}) for t in range(steps)]
            names = dict(self._names)
            names |= {name: np.stack([row[name] for row in rows]) for name in self._loop}
            for name, text in self._after.items():
                names[name] = value(text, names)
        return np.asarray(names["dx"])
