"""A job that tries edits of the user's source, and another one in its place when a candidate takes it along."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..cases.edited import Candidate, to_json
from ..cases.trying.names import CRASH, NOTE
from .job import Cancelled, Job, JobFailure
from .limits import MEMORY, TIME, Limits
from .requests import Asked

SECONDS = 0.05
"""So long a job works before it answers."""

SLACK_S = 1.5
"""What a job may take beyond what its candidate may."""


class TrialJob:
    """One process in which candidates are tried.

    Attributes:
        ready: the answer to the request that it began with.
    """

    def __init__(self, asked: Asked, limits: Limits, what: str) -> None:
        """Args: asked: the request to get ready. limits: of the job. what: whose code it is, for sentences."""
        self._header, self._arrays = asked
        self._limits, self._what = limits, what
        self._job: Job | None = None
        self._cancelled = self._preparing = False
        self._folder = tempfile.TemporaryDirectory(prefix="bptt-inspector-")
        self._note = Path(self._folder.name) / "note"
        self.ready: Mapping[str, Any] = {}

    def start(self) -> None:
        """Get ready, if it is not.

        Raises:
            JobFailure: the code as it is can't be run again and again.
            Cancelled: by `cancel`.
        """
        if self._job is not None and self._job.alive:
            return
        self.end()
        self._preparing = True
        self._write_note(-1)
        self._job = Job(self._limits).__enter__()
        if self._cancelled:
            raise Cancelled
        header = {**self._header, "operation": "prepare_edits", "note": str(self._note)}
        self.ready = self._job.request(header, self._arrays, self._what)[0].header
        self._preparing = False
        seconds = float(sum(self.ready["allowed"]))
        # A candidate that seems to be right is run on all problems twice.
        self._job.limits = replace(self._limits, wall_s=SLACK_S + 2 * seconds)

    def _write_note(self, number: int) -> None:
        """Write into the file, which stays the same one: the job has it in memory."""
        mode = "r+b" if self._note.exists() else "wb"
        with self._note.open(mode) as file:
            file.write(NOTE.pack(number, 0))

    def some(self, candidates: Sequence[Candidate], thorough: bool = False) -> list[dict[str, Any]]:
        """What came of the first so many candidates, at least one of them; `thorough`: on all problems in any case.

        Raises:
            Cancelled: by `cancel`. JobFailure: the code as it is fails now.
        """
        try:
            found = self._asked(candidates, thorough, careful=False)
            if found["spoiled"]:
                # One of them left something behind; in a new process it is looked after each which one does.
                self.end()
                found = self._asked(candidates, thorough, careful=True)
            if found["spoiled"]:
                self.end()
            return list(found["tried"])
        except JobFailure as failure:
            if self._preparing:
                raise
            guilty, late = NOTE.unpack(self._note.read_bytes())
            self.end()
            guilty = max(guilty, 0)
            limit = TIME if late else failure.limit
            ended = {"residuals": [], "failed": limit if limit in (TIME, MEMORY) else CRASH}
            # What was known of those before it went with the process.
            return [*self._all(candidates[:guilty], thorough), ended]

    def _asked(self, candidates: Sequence[Candidate], thorough: bool, careful: bool) -> Mapping[str, Any]:
        self.start()
        assert self._job is not None
        self._write_note(-1)
        asked = {"candidates": [to_json(one) for one in candidates], "seconds": SECONDS}
        header = {"operation": "try_edits", **asked, "thorough": thorough, "careful": careful}
        return self._job.request(header, what=self._what)[0].header

    def _all(self, candidates: Sequence[Candidate], thorough: bool) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < len(candidates):
            found += self.some(candidates[len(found) :], thorough)
        return found

    def cancel(self) -> None:
        """Kill it, from another thread; the waiting call raises `Cancelled`."""
        self._cancelled = True
        job = self._job
        if job is not None:
            job.cancel()

    def end(self) -> None:
        """End the process; the next candidates start another."""
        if self._job is not None:
            self._job.close()
        self._job = None

    def close(self) -> None:
        """End the process and take away what it left."""
        self.end()
        self._folder.cleanup()
