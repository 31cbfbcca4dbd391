"""Search: one edit after the other that makes something right and nothing wrong, until all is right.

singles    every single edit, in the order of `rank`: of the code as it is, then on top of what made most right so far
together   those that made something right, two, three and four at once
pairs      where no single edit makes anything right: two of the likeliest at once
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, islice, pairwise
from typing import Any

from ...cases.trying.names import TIME
from .ahead import Codes
from .diff import composed, edited_files
from .edits import Proposal
from .port import Candidate, Trial, Trier
from .probe import MOST_PROBES, Suspicions, probes, suspicion
from .rank import CALLED, Site, ranked, sites

Key = tuple[int, str]
"""A problem's number and a quantity on it, or a part of one."""

BEAM = 4
MOST_EDITS = 4
RARE = 3
"""Characters that a rarer mistake must save to be shown before a commoner one."""
TOGETHER = 24
"""So many edits that made something right are put together."""
PAIRED, MOST_LIKELY = 50, 2000
"""So many of the likeliest edits, of all and of each line, are tried two at once; so many are looked at for that."""
SLICE_S = 0.5
"""So long edits are tried on top of one set before others have their turn; then twice as long."""
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
    def size(self) -> tuple[int, float, int]:
        """How much is changed: number of edits; characters, those taken away a quarter, and how rare the mistake is; place."""
        written = sum(len(edit.now) + (edit.end - edit.start) / 4 for edit in self.candidate)
        rare = sum(proposal.tier for proposal in self.proposals)
        edits = min(len(self.proposals), len(self.candidate))
        return edits, written + RARE * rare, min((edit.start for edit in self.candidate), default=0)


@dataclass
class _Node:
    """A set of edits on top of which more are tried: with which ones, how long that was done, and whether all were."""

    step: Step
    more: Iterator[Step]
    spent: float = 0.0
    done: bool = False


def _next(nodes: Sequence[_Node]) -> _Node:
    """The one that had least time, of the first and those that make most right."""
    still = [node for node in nodes if not node.done]
    best = sorted(still, key=lambda node: (-len(node.step.right), node.step.size))[:BEAM]
    return min([*best, still[0]], key=lambda node: node.spent)


@dataclass
class Search:
    """A search for what makes everything right.

    Attributes:
        trier: runs the code with edits. case_file: the case. findings: what is known already.
        deadline: by `time.monotonic`. say: is told how far it is. codes: the files, as far as they are known already.
        enough: set by who verifies: no larger set of edits is sought. tried: how many were.
        best: the set that makes most right so far.
    """

    trier: Trier
    case_file: str
    findings: Sequence[Mapping[str, Any]]
    deadline: float
    say: Callable[[str, float | None], None]
    codes: Codes = field(default_factory=Codes)
    enough: bool = False
    tried: int = 0
    best: Step = field(default_factory=lambda: Step((), (), frozenset()))
    _told: float = 0.0
    _late: set[Candidate] = field(default_factory=set)
    _seen: set[Candidate] = field(default_factory=set)
    _found: list[Step] = field(default_factory=list)
    _first: list[Step] = field(default_factory=list)
    _begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """What of the code as it is is right, and what is to become right."""
        before = self.trier.before
        self.texts = dict(self.trier.sources)
        for file, text in self.texts.items():
            self.codes.keep(file, text)
        self._all = frozenset((number, name) for number, known in enumerate(before.right) for name in known or ())
        self.start = self.best = Step((), (), _right(before, frozenset()))

    def hits(self) -> Iterator[Step]:
        """Sets of edits that make everything right; each is to be verified by who takes it.

        Time goes in slices to the set that has had least of it, of those that make most right: what looks right may lead
        nowhere, and what was found late may be worth more.
        """
        start = _Node(self.start, self._singles(self.start))
        nodes, last = [start] if self.start.right != self._all else [], start
        while self._goes_on(last, nodes):
            last = last if self.enough else _next(nodes)
            begun = time.monotonic()
            until = begun + max(SLICE_S, last.spent)
            for step in self._tried(last.more, last.step, until):
                if step.right == self._all:
                    yield step
                elif step.candidate not in self._seen:
                    self._seen.add(step.candidate)
                    self._found.append(step)
            last.spent += time.monotonic() - begun
            last.done = time.monotonic() < min(until, self.deadline)
            nodes += self._new(last, start)

    def _goes_on(self, last: _Node, nodes: Sequence[_Node]) -> bool:
        """Whether there is time and something to try; where a repair is known, only what is as large as that."""
        left = time.monotonic() < self.deadline
        return left and (not last.done if self.enough else any(not node.done for node in nodes))

    def _new(self, last: _Node, start: _Node) -> list[_Node]:
        """What to go on from after a slice of time."""
        found, self._found = self._found, []
        new = [_Node(step, self._singles(step)) for step in found if len(step.proposals) < MOST_EDITS]
        if last is start and found:
            self._first += found
            new.append(_Node(self.start, self._together(self._first)))
        if last is start and start.done and not self._first:
            new.append(_Node(self.start, self._pairs()))
        return new

    def _singles(self, step: Step) -> Iterator[Step]:
        """A set of edits with each one more."""
        texts = edited_files(self.texts, step.candidate)
        codes = [self.codes.of(file, text) for file, text in texts.items()]
        places = sites(codes, self.findings, self.case_file)
        for proposal in ranked(places, partial(self._suspected, step, places), self.codes.edits):
            yield Step(self._composed(step.candidate, proposal.candidate), (*step.proposals, proposal), frozenset())

    def _suspected(self, step: Step, places: Sequence[Site]) -> Suspicions:
        """Which values of the code with some edits are likely to be wrong."""
        likely = [site for site in places if site.place <= CALLED and site.lines is None]
        found = [probe for site in likely for probe in probes(site.code, site.function)]
        asked = {self._composed(step.candidate, probe.candidate): probe for probe in found[:MOST_PROBES]}
        before, result = self.trier.before, Suspicions()
        for trial in self.trier.try_all([step.candidate, *asked] if step.candidate else asked, thorough=True):
            if trial.candidate in asked:
                result.add(asked[trial.candidate], suspicion(before, trial))
            else:
                before = trial
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
        edits = sorted(
            (edit for step in parts for edit in step.candidate), key=lambda edit: (edit.file, edit.start, edit.end)
        )
        for one, other in pairwise(edits):
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
        """Two of the likeliest edits at once, then two of the likeliest of one line."""
        likely = list(islice(self._singles(self.start), MOST_LIKELY))
        yield from self._two_of(likely[:PAIRED])
        by_line: dict[tuple[str, int], list[Step]] = {}
        for step in likely:
            by_line.setdefault((step.candidate[0].file, step.proposals[0].line), []).append(step)
        for steps in by_line.values():
            yield from self._two_of(steps[:PAIRED])

    def _two_of(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Each two of some, the likeliest first."""
        for one, other in sorted(combinations(range(len(steps)), 2), key=sum):
            joined = self._joined((steps[one], steps[other]))
            if joined is not None:
                yield joined

    def _tried(self, steps: Iterator[Step], base: Step, until: float) -> Iterator[Step]:
        """Those that make more right than a base, and nothing of it wrong."""
        asked: dict[Candidate, Step] = {}
        late: list[Candidate] = []

        def candidates() -> Iterator[Candidate]:
            while time.monotonic() < min(until, self.deadline) and (step := next(steps, None)) is not None:
                if step.candidate not in asked:
                    asked[step.candidate] = step
                    yield step.candidate
                yield from (late.pop() for _ in range(len(late)))

        for trial in self.trier.try_all(candidates()):
            self.tried += 1
            self._tell()
            if trial.failed == TIME and trial.candidate not in self._late:
                self._late.add(trial.candidate)  # the machine may have been busy with something else
                late.append(trial.candidate)
            right = _right(trial, base.right)
            if not trial.failed and base.right < right:
                step = replace(asked[trial.candidate], right=right)
                if len(right) > len(self.best.right):
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


def _right(trial: Trial, otherwise: frozenset[Key]) -> frozenset[Key]:
    """What is right; on problems that a candidate was not run on, what was."""
    found = set[Key]()
    for number, known in enumerate(trial.right):
        if known is None:
            found |= {key for key in otherwise if key[0] == number}
        else:
            found |= {(number, name) for name, right in known.items() if right}
    return frozenset(found)
