"""Repairing: what a repair of the user's source gives, shown before it is written; writing it, and taking that back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.records import Failure, Offer
from inspector.runs import Answer
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.runs import Runs
    from inspector.situation import Situation
    from inspector.state import State
    from rnn.diagnose.repair.apply import Applied

Finding = Mapping[str, Any]

REPAIRED = "repaired"


@dataclass(frozen=True, eq=False)
class Choice:
    """One way to repair: what it does in a sentence, its diff, and its edits.

    Attributes:
        sentence, diff: for the user. edits: as in the finding.
    """

    sentence: str
    diff: str
    edits: tuple[Mapping[str, Any], ...]


def choices_of(finding: Finding) -> tuple[Choice, ...]:
    """All repairs that a finding holds, the shortest first."""
    return tuple(
        Choice(str(one.get("sentence", "")), str(one.get("diff", "")), tuple(one.get("edits", ())))
        for one in (finding, *finding.get("others", ()))
    )


@dataclass(frozen=True, eq=False)
class Shown:
    """A repaired run that is shown, and what was shown before it.

    Attributes:
        finding, which: the repair. path, situation, number: result before it, what it was of, and its run in the history.
    """

    finding: Finding
    which: int
    path: str
    situation: Situation | None
    number: int


class Repairing:
    """Shows the run of a repair, and writes repairs.

    Attributes:
        shown: the repaired run that is shown, None where the user's own is. shown_path: its result file.
    """

    def __init__(self, state: State, runs: Runs, notices: Notices, tell: Callable[[], object]) -> None:
        """Args: tell: called when something is another."""
        self._state, self._runs, self._notices, self._tell = state, runs, notices, tell
        self._asked: Shown | None = None
        self._written: Applied | None = None
        self.shown: Shown | None = None
        self.shown_path = ""
        runs.answered.connect(self._on_runs_answered)

    # The repaired run

    def show(self, finding: Finding, which: int = 0) -> None:
        """Run the case with a repair that stands in no file, and show that in all panes."""
        state = self._state
        situation = state.belongs_to
        if not self._has_edits(finding, which):
            return
        if situation is None or state.stale or not state.may_run or not state.case_path:
            self._notices.note("A repair is run with the code that it repairs; run that first (F5)")
            return
        own = self.shown or Shown(finding, which, state.asking.result_path, situation, state.own.history.shown)
        self._asked = Shown(finding, which, own.path, own.situation, own.number)
        edits = [dict(edit) for edit in choices_of(finding)[which].edits]
        self._notices.clear()
        settings = situation.settings.to_json()
        self._runs.submit(REPAIRED, "Running the repair", state.case_path, settings, {"edits": edits})

    def _has_edits(self, finding: Finding, which: int) -> bool:
        """Whether a repair says what it changes: one out of a session does not, whoever made that."""
        has = bool(choices_of(finding)[which].edits)
        if not has:
            self._notices.note("This repair comes out of a session and changes no file; diagnose the code here (F7)")
        return has

    def back(self) -> None:
        """Show the user's own run again."""
        own = self.shown
        if own is not None:
            self.forget()
            self._state.show_result(own.path, own.situation)
            self._state.own.history.mark_shown(own.number)
            self._tell()

    def forget(self) -> None:
        """No repaired run is shown any more."""
        self.shown, self.shown_path = None, ""

    def _on_runs_answered(self, answer: Answer) -> None:
        asked, self._asked = self._asked, None
        if answer.kind == REPAIRED and answer.failure is None and asked is not None:
            self.shown, self.shown_path = asked, answer.path
            self._state.show_result(answer.path, asked.situation)
            self._tell()

    # The file

    @property
    def may_write(self) -> bool:
        """Whether the case is the user's own; shipped examples stay as they are."""
        return bool(self._state.own.is_users)

    @property
    def can_undo(self) -> bool:
        """Whether a repair was written that can be taken back."""
        return self._written is not None

    def write(self, finding: Finding, which: int = 0) -> None:
        """Write a repair into the user's file, and run it."""
        from rnn.diagnose.repair.apply import apply

        if not self.may_write:
            self._state.say("The shipped examples stay as they are; copy the diff, or work on a copy of the file")
            return
        if not self._has_edits(finding, which):
            return
        try:
            self._written = apply(finding, which)
        except InputError as error:
            self._notices.report(Failure(str(error), file=str(finding["file"])))
            return
        name = self._ran(self._written)
        offer = Offer("Undo", f"Put {name} back as it was before, and run it", self.undo)
        self._notices.note(f"The repair is written into {name}", "", offer)
        self._tell()

    def undo(self) -> None:
        """Take back the repair that was written last, unless the file was changed since."""
        from rnn.diagnose.repair.apply import undo

        written, self._written = self._written, None
        if written is None:
            self._state.say("No repair was written")
            return
        try:
            undo(written)
        except InputError as error:
            self._notices.report(Failure(str(error)))
        else:
            name = self._ran(written)
            self._state.say(f"{name} is as it was")
        self._tell()

    def _ran(self, written: Applied) -> str:
        """Run what we have written ourselves, once, where it is of the present case; returns the names of the files."""
        watched, case = self._state.own.watching, self._state.case_path
        paths = {file.path for file in written.files}
        known = [one for one in watched.files if Path(one).resolve() in paths]
        watched.take_as_known(known)
        if known or (case and Path(case).resolve() in paths):
            self._state.run()
        return ", ".join(file.path.name for file in written.files)
