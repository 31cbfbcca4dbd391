"""The repair corpus: how many mutants, and how many planted mistakes, are repaired, each on problems it never saw.

python -m tests.rnn.diagnose.repair.corpus                      # 40 mutants of each of the seven examples
python -m tests.rnn.diagnose.repair.corpus --all                # all mutants (hours)
python -m tests.rnn.diagnose.repair.corpus --planted            # the mistakes planted in programs of other styles
python -m tests.rnn.diagnose.repair.corpus --count 10 pair-lstm # some of one program
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rnn import oracle
from rnn.diagnose.repair import apply, repair
from rnn.diagnose.subject import RESIDUAL, Subject, relative_residual
from rnn.errors import InputError
from tests.rnn.diagnose.repair.mutants import EXAMPLES, RIGHT, Mutant, mutants
from tests.rnn.diagnose.repair.standin import InProcess, subject_of

UNSEEN = ((4001, {"steps": 8, "batch": 2, "inputs": 3, "hidden": 4, "outputs": 3}), (4002, {"steps": 3, "hidden": 6}))
"""Seeds and sizes of problems that neither search nor verification uses."""


@dataclass(frozen=True)
class Outcome:
    """What came of one mistake.

    Attributes:
        what: was wrong. sentence: of the repair, empty where there is none. right: whether it is, on unseen problems.
        first_s: until the first verified repair. total_s: until the end. others: how many more do the same.
    """

    what: str
    sentence: str
    right: bool
    first_s: float
    total_s: float
    others: int = 0


def right_on_unseen(subject: Subject) -> bool:
    """Whether a file as it stands is right on problems that nobody used before."""
    assert subject.case is not None
    for seed, sizes in UNSEEN:
        problem = subject.other(seed, **sizes)
        wanted = oracle.reference(problem)[1].named()
        values = InProcess().run(subject.case, problem).values
        limit = RESIDUAL[problem.dtype]
        if any(not relative_residual(values[name], wanted[name]) <= limit for name in values if name in wanted):
            return False
    return True


def outcome(path: Path, what: str, seconds: float) -> Outcome:
    """Search a repair of a wrong file, write it and try it on unseen problems; the file is changed."""
    begun, first = time.monotonic(), []

    def say(text: str, fraction: float | None, extra: Any = None) -> None:
        if extra and not first:
            first.append(time.monotonic() - begun)

    found = repair(subject_of(path), say, seconds)
    total = time.monotonic() - begun
    if not found:
        return Outcome(what, "", False, total, total)
    apply(found[0])
    return Outcome(
        what, found[0]["sentence"], right_on_unseen(subject_of(path)), first[0], total, len(found[0]["others"])
    )


def of_mutant(mutant: Mutant, seconds: float) -> Outcome:
    """What comes of a mutant."""
    with TemporaryDirectory() as folder:
        for file in EXAMPLES.iterdir():
            if file.suffix != ".py":
                shutil.copy(file, folder)
        path = Path(folder) / f"{mutant.name.replace('-', '_')}.py"
        path.write_text(mutant.text, encoding="utf-8")
        return outcome(path, str(mutant), seconds)


def planted_outcomes(seconds: float, part: str, every: int = 1) -> Iterator[Outcome]:
    """What comes of the mistakes planted in programs of other styles.

    Args: seconds: for each. part: of their names. every: only each so many-th of them.
    """
    from tests.rnn.blame.gated_planted import GATED
    from tests.rnn.blame.heldout_planted import HELDOUT
    from tests.rnn.blame.planted import PLANTED, plant
    from tests.rnn.cases.mutated import MUTATED

    for planted in [one for one in (*PLANTED, *HELDOUT, *GATED) if part in one.id][::every]:
        with TemporaryDirectory() as folder:
            yield _safely(plant(planted, Path(folder)), planted.id, seconds)
    styles = Path(__file__).parents[2] / "cases" / "styles"
    for mutation in [one for one in MUTATED if part in one.case and one.case == one.program][::every]:
        with TemporaryDirectory() as folder:
            yield _safely(mutation.plant(styles, Path(folder)), f"{mutation.case}: {mutation.id}", seconds)


def _safely(path: Path, what: str, seconds: float) -> Outcome:
    try:
        return outcome(path, what, seconds)
    except InputError as error:
        return Outcome(f"{what} ({error})", "", False, 0.0, 0.0)


def _told(found: Outcome) -> str:
    mark = "right" if found.right else "WRONG" if found.sentence else "none "
    return f"{mark} {found.first_s:6.2f} s {found.total_s:6.2f} s  +{found.others:<2} {found.what}  |  {found.sentence}"


def _outcomes(given: argparse.Namespace) -> Iterator[Outcome]:
    if given.planted:
        yield from planted_outcomes(given.seconds, given.part, given.every)
        return
    for name in RIGHT:
        if given.part in name:
            for mutant in mutants(name, None if given.all else given.count, given.seed):
                yield of_mutant(mutant, given.seconds)


def main() -> None:
    """Print what came of each mistake, and the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", default="", help="of a name")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10.0)
    found = []
    for one in _outcomes(parser.parse_args()):
        found.append(one)
        print(_told(one), flush=True)
    right, wrong = sum(one.right for one in found), sum(bool(one.sentence) and not one.right for one in found)
    times = sorted(one.first_s for one in found if one.right)
    middle = times[len(times) // 2] if times else 0.0
    share = 100 * right / max(len(found), 1)
    print(f"{right} of {len(found)} repaired ({share:.1f} %), {wrong} wrongly; half of them within {middle:.2f} s")


if __name__ == "__main__":
    main()
