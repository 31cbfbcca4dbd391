"""A statement to blame, as the search finds it."""

from __future__ import annotations

from dataclasses import dataclass

from .reading import Read


@dataclass(frozen=True, eq=False)
class Guilty:
    """A statement to blame.

    Attributes:
        step: of the recording. why: `unwritten`, `elsewhere`, `orientation`, `computes`, `never`, `missing`, `skipped`.
        read: what it reads wrongly, where it is that. needed: the right value's name. found: where the right value stands.
        certain: whether putting the right values in was shown to give the right result.
        inputs: (text, name) of the arrays it reads; the name is empty where it is nothing right.
        output: name of what it should give. error: largest difference of what it gives.
        chain: steps that were passed on the way, from the gradient down.
    """

    step: int
    why: str
    read: Read | None = None
    needed: str = ""
    found: str = ""
    certain: bool = True
    inputs: tuple[tuple[str, str], ...] = ()
    output: str = ""
    error: float = 0.0
    chain: tuple[int, ...] = ()
