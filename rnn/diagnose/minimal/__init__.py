"""The minimal case: the smallest problem on which the finding stays, as a script and a test that need only NumPy and JAX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ...problem import Problem
from ..subject import Say, Subject
from .judging import Judge
from .shrink import SECONDS, StillThere, shrink
from .sizes import settled
from .writing import write_script, write_test


@dataclass(frozen=True, eq=False)
class Minimal:
    """The smallest problem that was found.

    Attributes:
        problem: it. names: gradients that are wrong on it, as the code calls them. sentence: what was shrunk, `T 8 -> 2, B 3 -> 1`.
    """

    problem: Problem
    names: tuple[str, ...]
    sentence: str


def _shrunk(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    changed = [f"{letter} {size} -> {after[letter]}" for letter, size in before.items() if after[letter] != size]
    return ", ".join(changed) or "no size can be smaller"


def minimal_case(subject: Subject, say: Say, quantity: str | None = None, seconds: float = SECONDS) -> Minimal:
    """Shrink a subject's problem while the same gradients are wrong, and see that JAX says so of the small one too.

    Args:
        subject: whose code can be run, with a cell that the program knows. say: told what is done.
        quantity: a gradient that has to stay wrong, whatever the others do; by default all that are.
        seconds: how long the shrinking may take.

    Raises:
        InputError: nothing is wrong, there is no code, or the cell is the user's own.
    """
    judge = Judge.of(subject, quantity)
    small = shrink(subject, judge, say, seconds)
    if not judge.confirmed(small):
        small = settled(subject.problem)
        if not judge.confirmed(small):
            raise InputError("what is wrong on this problem is not so plain that JAX and the built-in BPTT agree on it")
    return Minimal(small, judge.users_names(small), _shrunk(subject.problem.sizes, small.sizes))


def write_minimal(
    subject: Subject, folder: Path, say: Say, quantity: str | None = None, seconds: float = SECONDS
) -> tuple[Path, ...]:
    """Write the minimal case of a subject as `minimal_NAME.py` and `test_minimal_NAME.py` into a folder.

    What was shrunk is said, and kept in `subject.notes`.

    Args: subject, say, quantity, seconds: as in `minimal_case`. folder: is made where it is not there.

    Raises:
        InputError: as `minimal_case`; a layout or files that can't be written down; a folder that can't be written to.
    """
    found = minimal_case(subject, say, quantity, seconds)
    assert subject.case is not None
    verb = "differs" if len(found.names) == 1 else "differ"
    names, file = ", ".join(found.names), subject.case.path.name
    said = f"{names} of {file} {verb} from JAX, on the smallest problem that shows it: {found.sentence}."
    name = "".join(letter if letter.isalnum() else "_" for letter in subject.case.name)
    paths = Path(folder) / f"minimal_{name}.py", Path(folder) / f"test_minimal_{name}.py"
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        write_script(subject.case, found.problem, paths[0], said)
        write_test(subject.case, found.problem, paths[1], said)
    except OSError as error:
        raise InputError(f"the minimal case could not be written to {folder}: {error.strerror or error}") from error
    sentence = f"minimal case: {found.sentence}; {names} {verb} on it"
    subject.notes.append(sentence)
    say(sentence, 1.0)
    return paths


__all__ = ["Minimal", "StillThere", "minimal_case", "shrink", "write_minimal", "write_script", "write_test"]
