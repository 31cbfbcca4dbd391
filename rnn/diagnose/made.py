"""Made here or inherited: where in time an error comes into being, exactly, without running the user's code again.

    made_t = the user's dh_t - the true step applied to the user's own dh_{t+1}

A step that is right makes nothing: its error is what came from the step after. So the books close: the error at any step is
what was made at it and at every later step, carried back by true steps. In a lower layer what comes from the layer above is an
entry of its own, where the user's gradients of that layer are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..compare import ranges
from ..noise import Noise, measure
from ..problem import Problem
from ..stacking import Unit, flipped
from ..truncation import CHUNKED
from ..units import rms, step_rms
from ..verdict import LIMIT
from .equations import EQUATIONS
from .finding import MADE, evidence, finding
from .reference import Reference
from .steps import Row, Steps
from .subject import RESIDUAL, Values

Arrays = Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Made:
    """The books of one layer or direction.

    Attributes:
        unit: which. quantity: the gradient that is looked at: `dh`, or `da` where no dh is known; with the unit's suffix.
        error: hand - reference, by quantity of the state without suffix, (T, B, H). made: what each step made of it.
        above: what came from the layer above at each step. inherited: what came from the step after.
        wrong: steps at which something was made. off: steps at which there is an error at all.
        arrives: steps at which something wrong came from above.
        note: what could not be told apart, in a sentence, or empty.
    """

    unit: Unit
    quantity: str
    error: Arrays
    made: Arrays
    above: Arrays
    inherited: Arrays
    wrong: tuple[int, ...]
    off: tuple[int, ...]
    arrives: tuple[int, ...]
    note: str
    _steps: Steps
    _cut: int

    @property
    def base(self) -> str:
        """The quantity without suffix."""
        return self.quantity.removesuffix(self.unit.suffix) if self.unit.suffix else self.quantity

    def curves(self) -> dict[str, list[float]]:
        """Root mean square over samples and units, by step: `made`, `inherited`, `error`, in a lower layer `above`.

        What was made counts from the rounding noise on, and what is inherited of rounding is none.
        """
        kinds = {"made": self.made, "inherited": self.inherited, "error": self.error}
        if any(value.any() for value in self.above.values()):
            kinds["above"] = self.above
        found = {kind: [float(size) for size in step_rms(arrays[self.base])] for kind, arrays in kinds.items()}
        least = 1e-12 * max(found["error"])
        inherited = [size if size > least else 0.0 for size in found["inherited"]]
        return {
            **found,
            "made": [size if t in self.wrong else 0.0 for t, size in enumerate(found["made"])],
            "inherited": inherited,
        }

    def arrays(self) -> dict[str, FloatArray]:
        """For pictures: `made/dh`, `inherited/dh`, (T, B, H) each."""
        return {
            f"{kind}/{name}{self.unit.suffix}": value
            for kind, arrays in (("made", self.made), ("inherited", self.inherited))
            for name, value in arrays.items()
        }

    def parts(self, t: int) -> FloatArray:
        """The error at a step by the step at which it came into being: (T, B, H), entry s made at s and carried back to t.

        What came from above at a step counts as that step's.
        """
        turned, steps = self.unit.reverse, len(self.error[self.base])
        sources = {name: flipped(self.made[name] + self.above[name], turned) for name in self.made}
        end = steps - 1 - t if turned else t
        carried = {name: value[:0] for name, value in sources.items()}
        for s in range(steps - 1, end - 1, -1):
            if s < steps - 1:
                back = self._steps.back(s, carried)
                carried = {name: back[name] * (not is_cut(s, self._cut)) for name in sources}
            carried = {name: np.concatenate([value[s : s + 1], carried[name]]) for name, value in sources.items()}
        found = np.zeros_like(self.error[self.base])
        found[end:] = carried[self.base]
        return np.asarray(flipped(found, turned))

    def carried(self, t: int) -> FloatArray:
        """How much of the error at a step came into being at which step: (T,), root mean square over samples and units."""
        return step_rms(self.parts(t))


def is_cut(t: int, length: int) -> bool:
    """Whether a declared truncation carries nothing from step t + 1 to t."""
    return length > 0 and (t + 1) % length == 0


def known_state(problem: Problem, unit: Unit, values: Values, steps: Steps) -> dict[str, FloatArray]:
    """The user's per-step gradients of a unit from which its steps follow, in the order of its own steps; empty where unknown."""
    shape = (problem.sizes["T"], problem.sizes["B"], problem.sizes["H"])
    found: dict[str, FloatArray] = {}
    for name in (*steps.names, "dh_out"):
        value = values.get(name + unit.suffix)
        if value is not None and value.shape == shape and np.isfinite(value).all():
            found[name] = np.asarray(flipped(np.asarray(value, "float64"), unit.reverse))
    if "dh" not in found and {"dh_out", "dh_next"} <= set(found):
        found["dh"] = found["dh_out"] + found["dh_next"]
    return {name: found[name] for name in steps.state(found)}


def missing(problem: Problem, unit: Unit, values: Values) -> str:
    """Why it can't be told where an error of a unit was made; empty where it can."""
    if problem.network.cell not in EQUATIONS:
        return "where the error was made can't be told: the program has no step of its own for this cell"
    if problem.settings.truncation is not None and problem.settings.truncation[0] != CHUNKED:
        return (
            "where the error was made can't be told: with sliding windows dh is a sum over windows, and what one step gives "
            "to the step before is not seen in the sum"
        )
    steps = Steps(Reference(problem), unit)
    if known_state(problem, unit, values, steps):
        return ""
    others = steps.state([name for name in problem.network.cell_object.quantities if name in steps.names])
    ways = [" and ".join(name + unit.suffix for name in names) for names in (steps.carried, others) if names]
    return f"where the error was made can't be told: return {', or '.join(ways)} of every step"


def made_here(
    problem: Problem, values: Values, unit: Unit, noise: Noise | None = None, reference: Reference | None = None
) -> Made | None:
    """The books of one unit from the user's own per-step gradients; None where they don't suffice (`missing` says why).

    Args:
        problem: that they are of. values: by name in the program's layout. unit: which.
        noise: of the problem, measured here where it is not given. reference: of the problem, made here likewise.
    """
    network, truncation = problem.network, problem.settings.truncation
    if network.cell not in EQUATIONS or (truncation is not None and truncation[0] != CHUNKED):
        return None
    right = Reference(problem) if reference is None else reference
    steps = Steps(right, unit)
    hand = known_state(problem, unit, values, steps)
    if not hand:
        return None
    truth = {name: flipped(right.gradient(name + unit.suffix, {}), unit.reverse) for name in hand}
    dh_out = flipped(right.gradient("dh_out" + unit.suffix, {}), unit.reverse)
    arriving, note = _from_above(right, unit, values)
    came = dh_out if arriving is None else flipped(arriving, unit.reverse)
    cut = truncation[1] if truncation is not None else 0
    true, plain = _one_step(steps, hand, came, cut), _one_step(steps, hand, dh_out, cut)
    made = {name: hand[name] - true[name] for name in hand}
    above = {name: true[name] - plain[name] for name in hand}
    error = {name: hand[name] - truth[name] for name in hand}
    inherited = {name: error[name] - made[name] - above[name] for name in hand}
    limits = {name: _limits(problem, name, unit, (hand[name], true[name], came), noise) for name in hand}

    def beyond(arrays: Arrays) -> tuple[int, ...]:
        over = np.any([step_rms(arrays[name]) > limits[name] for name in hand], axis=0)
        return tuple(int(t) for t in np.flatnonzero(flipped(over, unit.reverse)))

    def turned(arrays: Arrays) -> Arrays:
        return {name: flipped(value, unit.reverse) for name, value in arrays.items()}

    quantity = ("dh" if "dh" in hand else next(iter(hand))) + unit.suffix
    arrays = turned(error), turned(made), turned(above), turned(inherited)
    return Made(unit, quantity, *arrays, beyond(made), beyond(error), beyond(above), note, steps, cut)


def _one_step(steps: Steps, hand: Arrays, dh_out: FloatArray, cut: int) -> dict[str, FloatArray]:
    """The true step applied to every one of the user's own rows."""
    rows = []
    for t in range(len(dh_out)):
        later: Row = (
            {} if t + 1 == len(dh_out) or is_cut(t, cut) else {name: rows[t + 1] for name, rows in hand.items()}
        )
        rows.append(steps.back(t, later, dh_out[t]))
    return {name: np.stack([row[name] for row in rows]) for name in hand}


def _from_above(right: Reference, unit: Unit, values: Values) -> tuple[FloatArray | None, str]:
    """What the user's own gradients of the layer above give to a unit's h; None where right ones are taken, with a note."""
    network = right.problem.network
    over = [other for other in network.units if other.layer == unit.layer + 1]
    if not over:
        return None, ""
    total = np.zeros(())
    for other in over:
        steps = Steps(right, other)
        state = known_state(right.problem, other, values, steps)
        if not state:
            names = " and ".join(name + other.suffix for name in steps.carried)
            return None, f"what comes wrong from the layer above counts as made here, since {names} is not known"
        total = total + flipped(steps.below(state), other.reverse)
    size = right.problem.sizes["H"]
    return np.asarray(total[..., size:] if unit.reverse else total[..., :size]), ""


def _limits(
    problem: Problem, name: str, unit: Unit, involved: tuple[FloatArray, ...], noise: Noise | None
) -> FloatArray:
    """What every step's error may be and still be rounding (T,), in the order of the unit's own steps."""
    floor = measure(problem) if noise is None else noise
    size = np.max([step_rms(array) for array in involved], axis=0)
    carried = flipped(floor.carried[unit.suffix], unit.reverse)
    measured = flipped(floor.steps[name + unit.suffix], unit.reverse)
    after = np.append(size[1:], 0.0)  # what is carried may be large and cancel
    size = np.maximum(size, after)
    with np.errstate(all="ignore"):
        limit = np.fmax(LIMIT * np.fmax(measured, carried * size), RESIDUAL[problem.dtype] * size)
    return np.asarray(limit)


def _at(steps: tuple[int, ...]) -> str:
    return f"t = {ranges(steps)}"


def sentence(made: Made) -> str:
    """Where the error was made, in a sentence."""
    if not made.wrong:
        return (
            f"{made.quantity}: no step makes an error; what is wrong comes from the layer above at {_at(made.arrives)}, "
            "and right steps carry it on"
        )
    said = f"{made.quantity}: made at {_at(made.wrong)}"
    if len(made.wrong) < len(made.error[made.base]):
        said += " and at no other step"
    if made.arrives:
        said += f"; more comes from the layer above at {_at(made.arrives)}"
    rest = tuple(sorted(set(made.off) - set(made.wrong)))
    if not rest:
        return said
    behind = min(rest) > max(made.wrong) if made.unit.reverse else max(rest) < min(made.wrong)
    place = ("further on" if made.unit.reverse else "further back") if behind else f"at {_at(rest)}"
    return f"{said}; what is wrong {place} is inherited"


def finding_of(made: Made, problem: Problem) -> dict[str, Any] | None:
    """The finding of one unit's books; None where nothing was made and nothing came from above."""
    if not made.wrong and not made.arrives:
        return None
    return finding(
        MADE,
        sentence(made),
        quantity=made.quantity,
        t=(min if made.unit.reverse else max)(made.wrong or made.arrives),
        steps=list(made.wrong),
        curves=made.curves(),
        certain=True,
        evidence=evidence(_closing(made), [problem.sizes], made.note),
        fix=f"look at the step of the loop at {_at(made.wrong)}" if made.wrong else "look at the layer above first",
    )


def _closing(made: Made) -> float:
    """How far the books are from closing, relative to the error: what is inherited is the true step of the later error."""
    turned, base = made.unit.reverse, made.base
    error, inherited = (
        {name: flipped(value, turned) for name, value in kind.items()} for kind in (made.error, made.inherited)
    )
    off = 0.0
    for t in range(len(error[base]) - 1):
        back = made._steps.back(t, {name: value[t + 1] for name, value in error.items()})[base]
        off = max(off, float(rms(inherited[base][t] - back * (not is_cut(t, made._cut)))))
    size = float(rms(error[base]))
    return off / size if size else 0.0


def made_findings(problem: Problem, values: Mapping[str, AnyArray], noise: Noise | None = None) -> list[dict[str, Any]]:
    """The findings of all units, the top layer first."""
    floor = noise or measure(problem)
    if problem.network.cell not in EQUATIONS:
        return []
    reference = Reference(problem)
    books = [made_here(problem, values, unit, floor, reference) for unit in reversed(problem.network.units)]
    found = [finding_of(one, problem) for one in books if one is not None]
    return [one for one in found if one is not None]
