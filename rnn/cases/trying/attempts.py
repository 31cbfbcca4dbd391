"""Running one candidate after another on the problems, and comparing what comes back with the truth."""

from __future__ import annotations

import io
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np

from ...arrays import AnyArray
from ...errors import InputError
from ..call import said_error
from ..edited import Candidate
from .guard import Guard
from .limited import Limited, TooLong
from .live import NeedsLoading, patched
from .loaded import Program, Running
from .names import MEMORY, TIME, WRITES
from .posed import LEAST_S, Posed, Residuals

SEED = 0
TIMES, MOST_MORE_S = 20.0, 5.0
"""A candidate may take so many times what the code as it is takes, and at most so many seconds more."""

SAME = 1e-9
"""Relative difference up to which two runs of the same code give the same."""


class _Nowhere(io.TextIOBase):
    """Where candidates print to."""

    def write(self, text: str) -> int:
        """Throw it away."""
        return len(text)


@contextmanager
def silently() -> Iterator[None]:
    """Throw away what is printed."""
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = _Nowhere()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


class Attempts:
    """Tries candidates.

    Attributes:
        program: the user's. problems: in the order in which they are tried. guard, limited: around the user's code.
        loading_s: what loading once more may take.
    """

    def __init__(self, program: Program, problems: Sequence[Posed], guard: Guard, limited: Limited) -> None:
        """Args: as the attributes."""
        self.program, self.problems, self.guard, self.limited = program, problems, guard, limited
        self.loading_s = LEAST_S

    def values(self, running: Running, problem: Posed, seconds: float | None = None) -> dict[str, AnyArray]:
        """What a program gives on a problem; raises whatever it raises, and `TooLong`."""
        running.state.restore()
        os.chdir(self.program.folder)
        given = problem.given()
        random.seed(SEED)
        np.random.seed(SEED)
        limit = self.limited.to(problem.allowed_s if seconds is None else seconds) if seconds != 0 else nullcontext()
        with np.errstate(all="ignore"), self.guard.watching(), limit:
            returned = running.run(given)
            return problem.brought(returned)

    def attempt(self, candidate: Candidate, thorough: bool = False) -> dict[str, Any]:
        """Try one candidate: `residuals` by problem, as far as it came, and why it `failed`, if it did.

        Args: candidate: the edits. thorough: whether it runs on all problems, whatever came of it on the first.
        """
        found: list[Residuals] = []
        try:
            try:
                with self.program.edited(candidate) as (patches, texts), patched(patches):
                    if not patches and not texts:
                        return {"residuals": [one.before for one in self.problems], "failed": ""}
                    self._into(found, self.program.running, thorough)
                if thorough or not self._repaired(found):
                    return {"residuals": found, "failed": ""}
                found.clear()  # what seems to be a repair has to be one in a program that nothing else ran in
            except NeedsLoading:
                pass
            self._loaded_again(candidate, found, thorough)
            return {"residuals": found, "failed": ""}
        except TooLong:
            return {"residuals": found, "failed": TIME}
        except MemoryError:
            return {"residuals": found, "failed": MEMORY}
        except BaseException as error:  # a candidate may raise anything, exits and interrupts included
            said = str(error) if isinstance(error, InputError) else said_error(error)
            return {"residuals": found, "failed": WRITES if self.guard.refused else said}

    def _repaired(self, found: Sequence[Residuals]) -> bool:
        """Whether everything is right on all problems."""
        return len(found) == len(self.problems) and all(
            one.right(residuals) >= one.before.keys() for one, residuals in zip(self.problems, found, strict=True)
        )

    def _into(self, found: list[Residuals], running: Running, thorough: bool) -> None:
        """Residuals on the problems, up to the first one that is not worth going on from, put into a list as they come."""
        for problem in self.problems:
            found.append(problem.residuals(self.values(running, problem)))
            if not thorough and not problem.goes_on(found[-1]):
                return

    def _loaded_again(self, candidate: Candidate, found: list[Residuals], thorough: bool) -> None:
        with self.program.loaded_again(candidate) as load:
            with np.errstate(all="ignore"), self.guard.watching(), self.limited.to(self.loading_s):
                running = load()
            self._into(found, running, thorough)

    def first(self, problem: Posed) -> None:
        """Run the code as it is for the first time; modules that it imports on the way become part of the program."""
        with self.program.loading.watching():
            problem.values = self.values(self.program.running, problem, 0)

    def measure(self, problem: Posed) -> None:
        """Run the code as it is again: how long it takes, and whether it gives the same.

        Raises:
            InputError: it does not.
        """
        start = time.perf_counter()
        again = self.values(self.program.running, problem, 0)
        problem.allowed_s = allowed(time.perf_counter() - start)
        if not alike(problem.values, again):
            raise InputError("the code gives other numbers when it is run again, so nothing can be said of edits of it")
        problem.before = problem.residuals(again)

    def spoiled(self) -> bool:
        """Whether the code as it is no longer gives what it gave: something is left behind that could not be put back."""
        problem = self.problems[0]
        try:
            return not alike(problem.values, self.values(self.program.running, problem))
        except BaseException:  # whatever it is now, it did not raise before
            return True

    @property
    def allowed_s(self) -> list[float]:
        """What loading may take, and a run on each of the problems."""
        return [self.loading_s, *(problem.allowed_s for problem in self.problems)]


def allowed(took_s: float) -> float:
    """What a candidate may take where the code as it is took some seconds."""
    return max(LEAST_S, min(TIMES * took_s, took_s + MOST_MORE_S))


def alike(one: Mapping[str, AnyArray], other: Mapping[str, AnyArray]) -> bool:
    """Whether two runs gave the same, to rounding: a product may be summed in another order where its memory lies elsewhere."""
    return one.keys() == other.keys() and all(
        value.shape == other[name].shape
        and np.allclose(value, other[name], SAME, SAME * float(np.abs(value).max(initial=0.0)), equal_nan=True)
        for name, value in one.items()
    )
