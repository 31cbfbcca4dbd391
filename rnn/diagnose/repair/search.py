"""Search: one edit after the other that makes something right and nothing wrong, until all is right.

level 1    every single edit, in the order of `rank`
together   those that made something right, two, three and four at once
level 2    every single edit on top of the best of them, a few at a time (a wrong one may have been taken); and so on
pairs      where no single edit makes anything right: two of the likeliest at once
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from typing import Any

from .code import Code
from .diff import composed, edited_files
from .edits import Proposal
from .port import Candidate, Trial, Trier
from .probe import MOST_PROBES, Suspicions, probes, suspicion
from .rank import CALLED, Site, ranked, sites

Key = tuple[int, str]
"""A problem's number and a quantity on it, or a part of one."""

BEAM = 4
MOST_EDITS = 4
TOGETHER = 24
"""So many edits that made something right are put together."""
PAIRED = 60
"""So many of the likeliest edits are tried two at once."""
FIRST_SHARE = 0.45
"""Share of the time after which the first level gives way to what it has found."""
TOLD_EVERY = 0.1


@dataclass(frozen=True)
class Step:
    """Some edits, and what they make right.

    Attributes:
        candidate: the edits, of the files as they are. proposals: of which they are made. right: what is right with them.
    """

    candidate: Candidate
    proposals: tuple[Proposal, ...]
    right: frozenset[Key]

    @property
    def size(self) -> tuple[int, int, int]:
        """How much is changed: number of edits, characters, place."""
        written = sum(len(edit.now) + edit.end - edit.start for edit in self.candidate)
        return len(self.proposals), written, min((edit.start for edit in self.candidate), default=0)


@dataclass
class Search:
    """A search for what makes everything right.

    Attributes:
        trier: runs the code with edits. case_file: the case. findings: what is known already.
        deadline: by `time.monotonic`. say: is told how far it is.
        enough: set by who verifies: no larger set of edits is sought. tried: how many were.
        best: the set that makes most right so far.
    """

    trier: Trier
    case_file: str
    findings: Sequence[Mapping[str, Any]]
    deadline: float
    say: Callable[[str, float | None], None]
    enough: bool = False
    tried: int = 0
    best: Step = field(default_factory=lambda: Step((), (), frozenset()))
    _told: float = 0.0
    _begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Try the code as it is: what of it is right, and what is to become right."""
        first = next(iter(self.trier.try_all([()])))
        self.texts = dict(self.trier.sources())
        self._all = frozenset((number, name) for number, known in enumerate(first.right) for name in known)
        self.start = Step((), (), _right(first))
        self.best = self.start
        self.failed = first.failed

    def hits(self) -> Iterator[Step]:
        """Sets of edits that make everything right, the smallest ones first; each is to be verified."""
        if self.start.right == self._all or self.failed:
            return
        first, beam = time.monotonic(), []
        share = first + (self.deadline - first) * FIRST_SHARE
        for step in self._tried(self._singles(self.start), self.start, share):
            if step.right == self._all:
                yield step
            else:
                beam.append(step)
        if not self.enough:
            yield from self._further(beam)

    def _further(self, beam: list[Step]) -> Iterator[Step]:
        """Two and more edits."""
        if beam:
            for step in self._tried(self._together(beam), self.start, self.deadline, any_progress=False):
                beam.append(step)
                if step.right == self._all:
                    yield step
        elif not self.enough:
            yield from (step for step in self._tried(self._pairs(), self.start, self.deadline) if step.right == self._all)
        while not self.enough and beam and time.monotonic() < self.deadline:
            chosen, beam = _best(beam), []
            for number, step in enumerate(chosen):
                if self.enough or len(step.proposals) >= MOST_EDITS:
                    break
                now = time.monotonic()
                until = now + (self.deadline - now) / (len(chosen) - number)
                for more in self._tried(self._singles(step), step, until):
                    if more.right == self._all:
                        yield more
                    else:
                        beam.append(more)

    def _singles(self, step: Step) -> Iterator[Step]:
        """A set of edits with each one more."""
        texts = edited_files(self.texts, step.candidate)
        codes = [Code(file, text) for file, text in texts.items()]
        places = sites(codes, self.findings, self.case_file)
        for proposal in ranked(places, self._suspected(step, places)):
            yield Step(self._composed(step.candidate, proposal.candidate), (*step.proposals, proposal), frozenset())

    def _suspected(self, step: Step, places: Sequence[Site]) -> Suspicions:
        """Which values of the code with some edits are likely to be wrong."""
        found = [probe for site in places if site.place <= CALLED for probe in probes(site.code, site.function)]
        asked = {self._composed(step.candidate, probe.candidate): probe for probe in found[:MOST_PROBES]}
        before = next(iter(self.trier.try_all([step.candidate])))
        result = Suspicions()
        for trial in self.trier.try_all(asked):
            result.add(asked[trial.candidate], suspicion(before, trial))
        return result

    def _composed(self, candidate: Candidate, more: Candidate) -> Candidate:
        """Edits of the files as they are, from some and those of what they give."""
        if not candidate:
            return more
        file = more[0].file
        own = [edit for edit in candidate if edit.file == file]
        return (*(edit for edit in candidate if edit.file != file), *composed(self.texts[file], own, more))

    def _joined(self, steps: Iterable[Step]) -> Step | None:
        """Several sets of edits in one; None where they touch each other."""
        parts = list(steps)
        edits = sorted((edit for step in parts for edit in step.candidate), key=lambda edit: (edit.file, edit.start, edit.end))
        for one, other in zip(edits, edits[1:]):
            if one.file == other.file and one.end >= other.start:
                return None
        return Step(tuple(edits), tuple(proposal for step in parts for proposal in step.proposals), frozenset())

    def _together(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Edits that each made something else right, put together."""
        chosen = sorted(steps, key=lambda step: (-len(step.right), step.size))[:TOGETHER]
        for count in (2, 3, MOST_EDITS):
            for some in combinations(chosen[: TOGETHER // (count - 1)], count):
                gains = [step.right - self.start.right for step in some]
                wider = all(len(frozenset().union(*gains)) > len(gain) for gain in gains)
                joined = self._joined(some) if wider else None
                if joined is not None:
                    yield joined

    def _pairs(self) -> Iterator[Step]:
        """Two of the likeliest edits at once."""
        likely = list(islice(self._singles(self.start), PAIRED))
        for one, other in sorted(combinations(range(len(likely)), 2), key=sum):
            joined = self._joined((likely[one], likely[other]))
            if joined is not None:
                yield joined

    def _tried(self, steps: Iterator[Step], base: Step, until: float, any_progress: bool = True) -> Iterator[Step]:
        """Those that make more right than a base, and nothing of it wrong."""
        waiting: dict[Candidate, Step] = {}

        def candidates() -> Iterator[Candidate]:
            for step in steps:
                if self.enough and len(step.proposals) > len(base.proposals) + 1:
                    return
                if time.monotonic() > min(until, self.deadline):
                    return
                waiting.setdefault(step.candidate, step)
                yield step.candidate

        for trial in self.trier.try_all(candidates()):
            self.tried += 1
            step = replace(waiting.pop(trial.candidate), right=_right(trial))
            self._tell()
            if not trial.failed and base.right < step.right:
                if len(step.right) > len(self.best.right):
                    self.best = step
                yield step

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told < TOLD_EVERY:
            return
        self._told = now
        fraction = min((now - self._begun) / max(self.deadline - self._begun, 1e-9), 1.0)
        more = ""
        if self.best.proposals:
            more = f"; {self.best.proposals[-1].sentence} makes {len(self.best.right)} of {len(self._all)} right"
        self.say(f"Trying repairs: {self.tried} tried{more}", fraction)


def _right(trial: Trial) -> frozenset[Key]:
    return frozenset((number, name) for number, known in enumerate(trial.right) for name, right in known.items() if right)


def _best(steps: Sequence[Step]) -> list[Step]:
    """The sets that are gone on with: those that make most right, no two that make the same right unless there is room."""
    ordered = sorted(steps, key=lambda step: (-len(step.right), step.size))
    first: dict[frozenset[Key], Step] = {}
    for step in ordered:
        first.setdefault(step.right, step)
    rest = [step for step in ordered if step not in first.values()]
    return [*first.values(), *rest][:BEAM]
