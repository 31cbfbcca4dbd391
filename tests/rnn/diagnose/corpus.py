"""A corpus of known mistakes: every entry of the table and random bundles, made on one problem after another and explained.

    python -m tests.rnn.diagnose.corpus                all single mistakes and 200 bundles of rnn, lstm and gru
    python -m tests.rnn.diagnose.corpus --cells gru --bundles 20 --singles 50 --dtype float32 --layout out,in

A subject's "code" is the editable reference with some edits, behind the same border of layouts that real code is behind. Right is
an explanation that names the mistakes, or others that give the same numbers on a problem that neither side has seen.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from rnn import InputError, ProblemSettings
from rnn.arrays import AnyArray
from rnn.build import build
from rnn.cases import Case, CaseResult
from rnn.cases.layout import Layout
from rnn.diagnose.explain import EXPLAINED, PARTLY, Explanation, explain
from rnn.diagnose.mistakes import Mistake, mistakes_of
from rnn.diagnose.reference import Reference
from rnn.diagnose.subject import RESIDUAL, Subject, relative_residual
from rnn.problem import Problem

UNSEEN = {"steps": 9, "batch": 4, "inputs": 5, "hidden": 3, "outputs": 6}
COMMON = 3
"""Mistakes up to this rank are drawn; slips, which come behind, stand for whatever has no name."""

RIGHT, SAME, PARTLY_RIGHT, OPEN, WRONG = (
    "named",
    "named otherwise, the same numbers",
    "partly",
    "not explained",
    "WRONG",
)


def edits_of(keys: Sequence[str], problem: Problem) -> dict[str, str]:
    """The slots that some mistakes edit; raises `InputError` where one can't be made on a problem."""
    known = {one.key: one for one in mistakes_of(problem)}
    if any(key not in known for key in keys):
        raise InputError("that mistake can't be made here")
    return {slot: text for key in keys for slot, text in known[key].edits}


@dataclass(frozen=True)
class Program:
    """Code that makes some mistakes, in a precision and a layout of its own."""

    keys: tuple[str, ...]
    dtype: str = "float64"
    layout: str = "in,out"

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Gradients of the parameters, as they come back from the declared layout."""
        try:
            made = Reference(problem).gradients(edits_of(self.keys, problem))
        except ZeroDivisionError as error:  # a mean over T - 1 steps has none where there is one step
            raise InputError("that mistake can't be made here") from error
        layout = Layout.of({"weights": self.layout, "cell": problem.cell}, problem.cell)
        found: dict[str, AnyArray] = {}
        for name, value in made.items():
            if name[1:] not in problem.parameters:
                continue
            narrow = np.asarray(value, self.dtype)
            given = (
                layout.returned_as({name: narrow})[name]
                if narrow.shape == problem.parameters[name[1:]].shape
                else narrow
            )
            turned = self.layout == "out,in" and narrow.ndim == 2 and given.shape == narrow.shape[::-1]
            found[name] = np.ascontiguousarray(given.T) if turned else narrow
        return CaseResult(found, None)


def case_of(cell: str) -> Case:
    """A case that exists in the tests only."""
    return Case(Path("corpus.py"), "corpus", {"cell": cell}, "0")


def explained(cell: str, program: Program, seconds: float = 20.0) -> Explanation:
    """What explaining says of a program."""
    problem = build(ProblemSettings(cell=cell))
    values = program.run(case_of(cell), problem).values
    subject = Subject(problem, values, Reference(problem).gradients(), case_of(cell), program)
    return explain(subject, lambda text, fraction: None, seconds)


def shows(cell: str, keys: Sequence[str]) -> bool:
    """Whether each of some mistakes changes the parameters' gradients besides the others, and no gradient's shape."""
    problem = build(ProblemSettings(cell=cell))
    reference = Reference(problem)

    def made(some: Sequence[str]) -> Mapping[str, AnyArray]:
        edits = edits_of(some, problem)
        return {name: reference.gradient(f"d{name}", edits) for name in problem.parameters}

    try:
        whole = made(keys)
        if any(
            value.shape != problem.parameters[name].shape or not np.isfinite(value).all()
            for name, value in whole.items()
        ):
            return False
        without = [made([one for one in keys if one != key]) for key in keys]
    except (ValueError, IndexError):
        return False
    return all(any(relative_residual(whole[name], rest[name]) > 1e-9 for name in whole) for rest in without)


def singles(cell: str, rng: random.Random) -> Iterator[tuple[str, ...]]:
    """Every mistake of the table that shows alone, in any order."""
    found = [one for one in mistakes_of(build(ProblemSettings(cell=cell))) if one.rank <= COMMON]
    rng.shuffle(found)
    yield from ((one.key,) for one in found if shows(cell, [one.key]))


def bundles(cell: str, count: int, seed: int = 5) -> Iterator[tuple[str, ...]]:
    """Random sets of two to four mistakes at different places, all of which show."""
    rng, known = (
        random.Random(seed),
        [one for one in mistakes_of(build(ProblemSettings(cell=cell))) if one.rank <= COMMON],
    )
    made = 0
    while made < count:
        chosen: list[Mistake] = rng.sample(known, rng.choice((2, 3, 4)))
        slots = [slot for one in chosen for slot, _ in one.edits]
        keys = tuple(one.key for one in chosen)
        if len(slots) == len(set(slots)) and shows(cell, keys):
            made += 1
            yield keys


def judged(cell: str, program: Program, found: Explanation) -> str:
    """What an explanation is worth."""
    if {one.key for one in found.mistakes} == set(program.keys) and found.status == EXPLAINED:
        return RIGHT
    if not found.mistakes:
        return OPEN
    problem = build(ProblemSettings(cell=cell, **UNSEEN, seed=99))
    reference, limit = Reference(problem), RESIDUAL[program.dtype]
    theirs, ours = edits_of(program.keys, problem), found.edits
    same = [
        relative_residual(reference.gradient(f"d{name}", ours), reference.gradient(f"d{name}", theirs)) <= limit
        for name in problem.parameters
    ]
    if found.status == EXPLAINED:
        return SAME if all(same) else WRONG
    return PARTLY_RIGHT if any(same) or found.status == PARTLY else WRONG


def _measure(cell: str, sets: Sequence[tuple[str, ...]], dtype: str, layout: str, words: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    worst = 0.0
    for keys in sets:
        program, start = Program(keys, dtype, layout), time.perf_counter()
        found = explained(cell, program)
        worst = max(worst, time.perf_counter() - start)
        verdict = judged(cell, program, found)
        counted[verdict] += 1
        if verdict in (OPEN, WRONG, PARTLY_RIGHT):
            print(f"  {verdict}: {', '.join(keys)} -> {', '.join(one.key for one in found.mistakes) or '-'}")
    said = ", ".join(f"{count} {verdict}" for verdict, count in counted.most_common())
    print(f"{cell}, {dtype}, {layout}, {words}: {said} of {len(sets)}; the slowest took {worst:.1f} s", flush=True)
    return counted


def main() -> None:
    """Print what becomes of the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="rnn,lstm,gru")
    parser.add_argument("--singles", type=int, default=1 << 30)
    parser.add_argument("--bundles", type=int, default=200)
    parser.add_argument("--dtype", default="float64,float32")
    parser.add_argument("--layout", default="in,out;out,in")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    for cell in options.cells.split(","):
        alone = list(islice(singles(cell, random.Random(3)), options.singles))
        together = list(bundles(cell, options.bundles))
        for dtype in options.dtype.split(","):
            for layout in options.layout.split(";"):
                total += _measure(cell, alone, dtype, layout, "single mistakes")
                total += _measure(cell, together, dtype, layout, "bundles")
    print(dict(total))


if __name__ == "__main__":
    main()
