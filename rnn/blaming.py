"""The first wrong line of a case: records it on a small problem and asks `rnn.blame`.

A mistake is sought on the problem it was seen on where that is small; on a large one, on a small random problem of the same
kind, which shows the same lines in a fraction of the time; and where only the large problem's own numbers show it, on its
first steps.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from . import oracle
from .blame.blame import Blame, blame, library_for, not_followed
from .blame.facts import Fact, find_facts
from .blame.flow import Flow
from .blame.library import Library
from .blame.matching import Match, match_arrays
from .blame.quantities import Truth
from .build import build
from .cases import Case, RecordedCase
from .cases.layout import Layout
from .cases.matches import said_matches
from .errors import InputError
from .problem import Problem
from .problem_files import FileReader
from .recorder import Recording, RecordingLimits
from .settings import ProblemSettings
from .settings_for import fixed_settings

SMALL = {"T": 12, "B": 4, "D": 24, "H": 24, "K": 24}
"""Sizes up to which a problem is recorded as it is."""

PROBE = {"steps": 7, "batch": 2, "inputs": 4, "hidden": 5, "outputs": 3}
"""Sizes of the small random problem: all different, so that no two axes can be taken for each other."""

FIRST_STEPS = 8
LIMITS = RecordingLimits(steps=300_000, seconds=30.0, bytes=256 << 20)
MOST_ITEMS = 4_000_000
"""Items of the library of right values up to which a problem is small enough to be searched."""


@runtime_checkable
class Recorder(FileReader, Protocol):
    """The port to user code: in the program a `rnn.jobs.JobRunner`."""

    def record(
        self, case: Case | None, problem: Problem, path: Path | str, limits: RecordingLimits | None = None
    ) -> RecordedCase:
        """Run a case on a problem and record it."""


@dataclass(frozen=True, eq=False)
class Located:
    """What was found out about where a case goes wrong.

    Attributes:
        blames: statements to blame, the first one first; empty where none could be named.
        facts: what happened in the run that often goes with a mistake.
        matches: the user's arrays that stand for quantities.
        problem: what was recorded, in words where it was not the problem itself.
        note: why nothing could be named, in words; empty where something could.
    """

    blames: tuple[Blame, ...]
    facts: tuple[Fact, ...]
    matches: tuple[Match, ...]
    problem: str = ""
    note: str = ""

    def findings(self) -> tuple[Mapping[str, Any], ...]:
        """As findings of a result: blames, then facts."""
        told = [{**one.to_json(), "problem": self.problem} for one in self.blames]
        return (*told, *({**one.to_json(), "problem": self.problem} for one in self.facts))


def is_small(problem: Problem) -> bool:
    """Whether a problem is recorded as it is."""
    return all(problem.sizes[name] <= most for name, most in SMALL.items())


def probe_settings(problem: Problem, case: Case) -> ProblemSettings:
    """A small random problem of the same kind, with everything that the case dictates."""
    settings, fixed = problem.settings, fixed_settings(case)
    sizes: dict[str, Any] = {**PROBE, **{name: value for name, value in fixed.items() if name in PROBE}}
    data = "random" if settings.data in ("random", "file") else "one_hot"
    if data == "one_hot":
        sizes["steps"] = sizes["inputs"] = fixed.get("inputs", fixed.get("steps", PROBE["steps"]))
    if not problem.network.output_layer:
        sizes["outputs"] = None
    sizes |= {first: None for first, _ in settings.tied}
    return replace(
        settings, **sizes, data=data, data_file="", target_file="", text_start=0, weights="normal", weights_file="",
        weights_map=(), orientation="", weight_scale=None, spectral_radius=None, edits=(),
    )  # fmt: skip


def first_steps(problem: Problem) -> Problem:
    """The first steps of a problem, or the last ones where only those count in the loss."""
    part = slice(0, FIRST_STEPS) if problem.loss_weights[:FIRST_STEPS].any() else slice(-FIRST_STEPS, None)
    x, target, weights = (
        np.ascontiguousarray(array[part]) for array in (problem.x, problem.target, problem.loss_weights)
    )
    return replace(problem, x=x, target=target, loss_weights=weights)


def _candidates(problem: Problem, case: Case, reader: FileReader | None) -> Iterator[tuple[str, Problem]]:
    """Problems on which the mistake is sought, in order, with what to say about them."""
    if is_small(problem):
        yield "", problem
        return
    try:
        probe = build(probe_settings(problem, case), reader).cast(problem.dtype)
        sizes = ", ".join(f"{name} = {size}" for name, size in probe.sizes.items())
        yield f"a small random problem ({sizes})", probe
    except InputError:
        pass  # what the case dictates can't be had at random; its own first steps can
    if problem.sizes["H"] * max(problem.sizes["H"], problem.sizes["D"]) * FIRST_STEPS * 10 <= MOST_ITEMS:
        yield f"the first {FIRST_STEPS} steps", first_steps(problem)


def locate(problem: Problem, case: Case, recorder: Recorder) -> Located:
    """Find the lines that make a case's gradients wrong.

    Args:
        problem: on which something was wrong. case: the user's code. recorder: runs and records it.

    Code that can't be recorded to its end makes a note, not an error.
    """
    last = Located((), (), (), note="the problem is too large to be searched; give a smaller one")
    for words, one in _candidates(problem, case, recorder):
        last = _locate_on(one, case, recorder, words)
        if last.blames:
            return last
    return replace(last, note=last.note or f"no line could be named on {last.problem or 'this problem'}")


def _locate_on(problem: Problem, case: Case, recorder: Recorder, words: str) -> Located:
    truth = Truth(problem, *oracle.reference(problem, None))
    with tempfile.TemporaryDirectory(prefix="bptt-inspector-") as folder:
        made = recorder.record(case, problem, Path(folder) / "blame.rec", LIMITS)
        if made.result is None:
            return Located((), (), (), words, f"the code could not be recorded to its end: {made.ended}")
        recording = Recording(made.path)
        try:
            return examine(recording, truth, case, words)
        finally:
            recording.close()


def examine(recording: Recording, truth: Truth, case: Case, words: str = "") -> Located:
    """What a recording of a case says about where it goes wrong.

    Args:
        recording: of the case on the problem. truth: the problem and the oracle's answer. case: the user's code.
        words: about the problem, where it is not the one that was asked about.
    """
    flow = Flow(recording)
    return examine_flow(flow, library_for(flow, truth), truth, case, words)


def examine_flow(flow: Flow, library: Library, truth: Truth, case: Case, words: str = "") -> Located:
    """As `examine`, for a recording whose flow and right values are at hand.

    Args:
        flow: of the recording. library: right values of its problem. truth, case, words: see `examine`.
    """
    layout = Layout.of(case.declaration, truth.problem.cell)
    blames = blame(flow, library, truth, layout)
    lost = () if blames else not_followed(flow, truth, layout)
    note = f"{', '.join(lost)} can't be followed to a line: return it as one array" if lost else ""
    facts = tuple(find_facts(flow, truth.problem.dtype)) if blames else ()
    return Located(blames, facts, tuple(match_arrays(flow, library, said_matches(case))), words, note)
