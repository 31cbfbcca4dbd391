"""The itemised matrix: how much of the gradient at step t comes from the loss at step s."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from . import oracle
from .arrays import AnyArray, FloatArray, freeze, freeze_all
from .cases import Case, CaseResult
from .container import ContainerReader
from .container_writer import ContainerWriter
from .errors import InputError
from .handwritten import run_by_hand
from .problem import Problem
from .settings_for import fixed_settings
from .stacking import state_of
from .units import rms

Progress = Callable[[str, float | None], None]

LONGEST = 1000
"""Above so many steps only a window of them is itemised."""

BUDGET_BYTES = 256 << 20
ARRAYS = 12
"""About how many arrays (n, B, H) a run of either side holds."""


class Runner(Protocol):
    """Runs user code."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem."""


@dataclass(frozen=True, eq=False)
class Itemised:
    """Norms over the hidden units of d(loss at s)/dh_t, for one sample.

    Attributes:
        first: first step of the window; row r is s = first + r, column c is t = first + c.
        sample: of the batch.
        reference, hand: (n, n), zero for t > s; hand is None where it can't be had, and `note` says why.
        difference: (n, n) norm of the difference of the two vectors, not the difference of the norms.
    """

    first: int
    sample: int
    reference: FloatArray
    hand: FloatArray | None
    difference: FloatArray | None
    note: str = ""


class _NoHand(Exception):
    """Why there is no matrix by hand."""


def _window(problem: Problem, sample: int, cursor: int) -> tuple[int, Problem]:
    """One sample from the window's first step on; the state before it comes from the forward pass."""
    steps = problem.sizes["T"]
    count = min(steps, LONGEST)
    first = min(max(cursor - count // 2, 0), steps - count)
    cut = slice(first, first + count)
    one = slice(sample, sample + 1)
    starts = {name: value[one] for name, value in problem.starts.items()}
    if count < steps and problem.network.bidirectional:
        raise InputError(
            f"with both directions a window can't be itemised by itself, and T = {steps} is above {LONGEST}; use fewer steps"
        )
    if first:
        before = slice(0, first)
        data = (problem.target[before, one], problem.loss_weights[before, one])
        with np.errstate(all="ignore"):
            trace = problem.network.forward(problem.parameters, problem.x[before, one], starts, *data)
        starts = {name: trace.steps[state_of(name)][-1] for name in starts}
    return first, replace(
        problem,
        x=freeze(problem.x[cut, one]),
        starts=freeze_all(starts),
        target=freeze(problem.target[cut, one]),
        loss_weights=freeze(problem.loss_weights[cut, one]),
    )


def _one_loss_each(window: Problem, steps: Sequence[int]) -> Problem:
    """The window's sample once for each of some steps; in copy b only the loss at `steps[b]` counts."""
    copies = len(steps)
    weights = np.zeros((window.sizes["T"], copies), window.loss_weights.dtype)
    columns = np.arange(copies)
    weights[list(steps), columns] = window.loss_weights[list(steps), 0]
    target = np.repeat(window.target, copies, axis=1)
    if window.loss == "upstream":  # the target is dL/dy itself: the weights' effect on it is made plain
        alone = np.zeros_like(target)
        alone[list(steps), columns] = target[list(steps), columns]
        target = alone
    return replace(
        window,
        x=freeze(np.repeat(window.x, copies, axis=1)),
        starts=freeze_all({name: np.repeat(value, copies, axis=0) for name, value in window.starts.items()}),
        target=freeze(target),
        loss_weights=freeze(weights),
    )


def _blocks(counted: Sequence[int], size: int) -> Iterator[tuple[list[int], int]]:
    """Steps in blocks of one size, so that JAX compiles once; the last is filled up. With how many are meant."""
    for start in range(0, len(counted), size):
        block = list(counted[start : start + size])
        yield block + block[-1:] * (size - len(block)), len(block)


def _share(problem: Problem, part: Problem) -> float:
    """What turns a block's gradient into that of the whole loss: a mean divides by other weights in a block."""
    if not problem.network.loss_object.mean:
        return 1.0
    return float(part.loss_weights.sum() / problem.loss_weights.sum())


def _take(values: AnyArray, part: Problem, share: float, meant: int) -> FloatArray:
    """dh of a block as (s, t, H), scaled to the whole loss."""
    expected = (part.sizes["T"], part.sizes["B"], part.sizes["H"])
    if values.shape != expected:
        raise _NoHand(f"The code's dh has the shape {values.shape}, expected {expected}: hand can't be itemised.")
    with np.errstate(all="ignore"):
        return share * np.asarray(values, "float64").transpose(1, 0, 2)[:meant]


def _run_hand(part: Problem, case: Case | None, runner: Runner | None) -> AnyArray:
    if case is None or case.built_in:
        return run_by_hand(part)[1].steps[_dh(part)]
    if runner is None:
        raise InputError(f"{case.name} is a file of code, and nothing was given to run it with")
    values = runner.run(case, part).values
    if _dh(part) not in values:
        raise _NoHand(
            "The code returns no dh of every step: only JAX can be itemised. Return dh to have hand's beside it."
        )
    return values[_dh(part)]


def _dh(problem: Problem) -> str:
    """The gradient that is itemised: dh, of several layers that of the top one."""
    return "dh" + problem.network.top.suffix


class _HandRows:
    """dh by hand, block by block; once it has found out that the code can't be asked, it knows why."""

    def __init__(self, problem: Problem, window: Problem, first: int, case: Case | None, runner: Runner | None) -> None:
        self._problem, self._window, self._case, self._runner = problem, window, case, runner
        self._copies: int | None = None
        self._last: tuple[int, FloatArray] | None = None
        self.reason = "" if case is None or case.built_in else self._declared(case, first)

    def _declared(self, case: Case, first: int) -> str:
        """Why the code can't be asked, from what it declares; learns how many copies it can do at once."""
        fixed, steps = fixed_settings(case), self._window.sizes["T"]
        self._copies = fixed.get("batch")
        if first and fixed.get("h0") == "zero":
            return "The code begins at h0 = 0 and this is a window in the middle: only JAX can be itemised here."
        if fixed.get("steps", steps) != steps:
            return f"The code is made for T = {fixed['steps']}: only JAX can be itemised in a window."
        return ""

    def rows(self, block: list[int], meant: int, say: Callable[[int], None]) -> FloatArray | None:
        """(meant, T, H) for the first `meant` steps of a block, None where there is a `reason`.

        `say` is told before every run how many of them are done, and may raise to cancel.
        """
        found: list[FloatArray] = []
        try:
            for some, count in _blocks(block[:meant], self._copies or len(block)) if not self.reason else ():
                say(len(found))
                part = _one_loss_each(self._window, some)
                values = _run_hand(part, self._case, self._runner)
                found.extend(_take(values, part, _share(self._problem, part), count))
                self._check_weights_count(some[:count], found[-count:])
        except _NoHand as reason:
            self.reason = str(reason)
        return None if self.reason else np.stack(found)

    def _check_weights_count(self, steps: Sequence[int], rows: Sequence[FloatArray]) -> None:
        """Whether the code takes loss weights at all: two different losses must not have the same gradient."""
        for step, row in zip(steps, rows, strict=True):
            if self._last is not None and self._last[0] != step and row.any() and np.array_equal(self._last[1], row):
                raise _NoHand(
                    "The code's dh is the same whichever step's loss counts: it doesn't use problem.loss_weights. "
                    "Multiply dy by problem.loss_weights to have hand itemised."
                )
            self._last = step, row


def _norms(rows: FloatArray) -> FloatArray:
    """Euclidean norms over the hidden units, (..., H) to (...); scaled, so that 1e-200 does not become 0."""
    norms: FloatArray = rms(rows, (rows.ndim - 1,)) * np.sqrt(rows.shape[-1])
    return norms


def _counted_steps(window: Problem) -> list[int]:
    return [int(s) for s in np.flatnonzero(window.loss_weights[:, 0])]


def _fill(matrices: Sequence[FloatArray], problem: Problem, window: Problem, by_hand: _HandRows, say: Progress) -> None:
    """Write the norms of reference, hand and difference into the rows (n, n) of the steps that count."""
    reference, hand, difference = matrices
    counted = _counted_steps(window)
    column = 8 * ARRAYS * window.sizes["T"] * max(window.sizes[letter] for letter in "DHK")
    size = int(min(max(1, BUDGET_BYTES // column), len(counted)))
    done = 0

    def tell(more: int) -> None:
        say("Taking the loss apart, step by step", (done + more) / len(counted))

    for block, meant in _blocks(counted, size):
        tell(0)
        part = _one_loss_each(window, block)
        truth = oracle.reference(part, lambda text: say(text, None))[1].steps[_dh(part)]
        known, here = _take(truth, part, _share(problem, part), meant), block[:meant]
        reference[here] = _norms(known)
        rows = by_hand.rows(block, meant, tell)
        if rows is not None:
            with np.errstate(all="ignore"):
                hand[here], difference[here] = _norms(rows), _norms(rows - known)
        done += meant


def itemised(
    problem: Problem,
    case: Case | None,
    runner: Runner | None,
    sample: int,
    cursor: int = 0,
    progress: Progress | None = None,
) -> Itemised:
    """Entry (s, t): norm of d(loss at step s)/dh_t for one sample, by JAX and, where the code can be asked, by hand.

    The sample is repeated once for every step s, and in each copy only the loss of that step counts; all copies run
    as one batch, in blocks that fit into memory. A step that doesn't count in the loss has a row of zeros.

    Args:
        problem: what is itemised. case: the user's file, None for the built-in BPTT. runner: runs it.
        sample: of the batch. cursor: above 1000 steps, the middle of the window. progress: may raise to cancel.

    Raises:
        InputError: no such sample, or user code that fails.
    """
    if not 0 <= sample < problem.sizes["B"]:
        raise InputError(f"sample is {sample}; the batch has samples 0 to {problem.sizes['B'] - 1}")
    first, window = _window(problem, sample, cursor)
    steps = window.sizes["T"]
    reference, hand, difference = (np.zeros((steps, steps)) for _ in range(3))
    notes = [f"Steps {first} to {first + steps - 1} of {problem.sizes['T']}."] if steps < problem.sizes["T"] else []
    if not _counted_steps(window):
        notes.append("No step counts in this sample's loss.")
        return Itemised(first, sample, reference, hand, difference, " ".join(notes))
    by_hand = _HandRows(problem, window, first, case, runner)
    _fill((reference, hand, difference), problem, window, by_hand, progress or (lambda text, fraction: None))
    if by_hand.reason:
        return Itemised(first, sample, reference, None, None, " ".join((*notes, by_hand.reason)))
    return Itemised(first, sample, reference, hand, difference, " ".join(notes))


def save_itemised(found: Itemised, path: Path) -> None:
    """Write a matrix into a file; raises `InputError` where that is not possible."""
    with ContainerWriter(path) as writer:
        for name in ("reference", "hand", "difference"):
            value = getattr(found, name)
            if value is not None:
                writer.add(name, value)
        writer.finish({"kind": "itemised", "first": found.first, "sample": found.sample, "note": found.note})


def load_itemised(path: Path) -> Itemised:
    """Read a matrix back; raises `InputError` where the file holds none."""
    with ContainerReader(path) as reader:
        index = reader.index
        if index.get("kind") != "itemised":
            raise InputError(f"{path} holds {index.get('kind', 'something unknown')!r}, expected an itemised matrix")
        found = {name: reader.read(name) for name in reader.names()}
    return Itemised(
        int(index["first"]),
        int(index["sample"]),
        found["reference"],
        found.get("hand"),
        found.get("difference"),
        str(index["note"]),
    )
