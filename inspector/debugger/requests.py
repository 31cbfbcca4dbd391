"""Requests: what the debugger asks the engine for: a recording, JAX's values beside it, a run with other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from inspector.assets import examples
from inspector.debugger.findings import first_wrong, step_of
from inspector.debugger.linking import Linking
from inspector.debugger.records import WhatIf
from inspector.debugger.times import steps_of_quantity
from inspector.records import Failure

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger
    from inspector.notices import Notices
    from inspector.runs import Answer, Runs
    from inspector.situation import Situation
    from inspector.state import State

RECORD, BESIDE, WHAT_IF = "record", "beside", "what_if"

TEXTS = {RECORD: "Recording", BESIDE: "Asking JAX about the recording", WHAT_IF: "Running again with other values"}

KINDS = frozenset(TEXTS)
"""Kinds of request whose answers come here."""

NOT_RECORDED = "Record the case first (Ctrl+F5)"


def may_run_again(debugger: Debugger) -> bool:
    """Whether the code of a recording from a file may be run: our own, or what the user has agreed to before."""
    facts = debugger.recording.tables.extra.get("case")
    if not isinstance(facts, Mapping):
        return True  # of no case: the engine says that it can't be run again
    shipped = {str(path) for path in examples().values()}
    known = str(facts.get("path", "")) in shipped | {""}
    return known or debugger.memory.trusts(str(facts.get("digest", "")))


class Requests(QObject):
    """Asks, and puts the answers where they belong.

    Attributes:
        recorded: the situation that the open recording is of; None where it was opened from a file.
        note: why there are no values of JAX for the open recording; empty where there are, or none were asked for.
        comparing: whether JAX is being asked. recording_path, beside_path: files of the recording and of JAX's values for it.
        runs_of_what_if: files of a run and of the one with other values.
    """

    def __init__(self, runs: Runs, debugger: Debugger, notices: Notices, state: State) -> None:
        """Args: state: knows which problem is set now, and whether its code may be run."""
        super().__init__(state)
        self._runs, self._debugger, self._notices, self._state = runs, debugger, notices, state
        self._linking = Linking(debugger, state.look, self)
        self._asked: Situation | None = None
        self._then: Callable[[], None] | None = None
        self.beside_path = self.recording_path = ""
        self.runs_of_what_if = ("", "")
        self.recorded: Situation | None = None
        self.note = ""
        runs.told.connect(self._on_runs_told)
        runs.cancelled.connect(self._on_runs_cancelled)
        debugger.opened_changed.connect(self._on_debugger_opened_changed)

    @property
    def comparing(self) -> bool:
        """Whether JAX is being asked about the recording."""
        return bool(self._runs.kind == BESIDE and self._runs.status.number)

    @property
    def is_present(self) -> bool:
        """Whether the open recording is of the problem that is set now."""
        return self.recorded is not None and self.recorded == self._state.situation

    # Asking

    def record(self, limits: Mapping[str, Any] | None = None) -> None:
        """Record the present case on the present problem, and open the recording while it is made."""
        situation = self._state.situation
        self._asked, self.recording_path = situation, ""
        self._notices.clear()
        self._runs.submit(
            RECORD, TEXTS[RECORD], situation.path, situation.settings.to_json(), {"limits": dict(limits or {})}
        )

    def open(self, path: str) -> None:
        """Open a recording from a file; JAX is asked about it at once."""
        self.recorded, self.note, self.beside_path = None, "", ""
        self.recording_path = path
        self._debugger.open(path)
        self._compare(path)

    def compare(self, match: tuple[str, str] | None = None) -> None:
        """Ask JAX about the open recording.

        Args:
            match: a path and the quantity it stands for, to be kept with the case; an empty quantity takes that back.
        """
        overview = self._debugger.overview
        if overview is None:
            self._notices.note(NOT_RECORDED)
        else:
            self._compare(overview.path, match)

    def _compare(self, path: str, match: tuple[str, str] | None = None) -> None:
        self.note = ""
        extra = {"recording": path, "may_run": self.recorded is not None and self._state.may_run, "match": match}
        self._runs.submit(BESIDE, TEXTS[BESIDE], "", {}, extra)

    def ask_what_if(self, values: Mapping[str, float] | None = None) -> None:
        """Run again with other values in the selected array after the present step.

        Args:
            values: numbers by index (`3,4`); None takes what JAX says the array should be.
        """
        debugger = self._debugger
        overview, here = debugger.overview, debugger.here
        if overview is None or here is None or not debugger.path:
            self._notices.note("Select an array first: click its row")
        elif values is None and debugger.beside is None:
            self._notices.note(self.note or "JAX was not asked about this recording yet (Ctrl+Shift+J)")
        elif self.recorded is None and not may_run_again(debugger):
            self._notices.note(
                "This runs the recorded code again, and you have not agreed to that: open its case, record it (Ctrl+F5)"
            )
        else:
            extra = {
                "recording": overview.path,
                "beside": self.beside_path,
                "step": here.step,
                "frame": here.frame,
                "array": debugger.path,
                "values": None if values is None else dict(values),
            }
            self._runs.submit(WHAT_IF, TEXTS[WHAT_IF], "", {}, extra)

    def open_other_run(self) -> None:
        """Change between a run and the one with other values, at the same step."""
        debugger, (first, second) = self._debugger, self.runs_of_what_if
        overview, here = debugger.overview, debugger.here
        if not second or overview is None:
            self._notices.note("There is no second run; select an array and press J, or edit a value of it")
            return
        path = first if overview.path == second else second
        self.note, self.beside_path, self.recording_path = "", "", path
        debugger.open(path, step=None if here is None else here.step, path=debugger.path)
        self._compare(path)

    # Blame

    def go_to_first_wrong_line(self) -> None:
        """Go to the first wrong line; records and asks JAX first where that was not done for the present problem."""
        self._when_compared(self._go_to_blame)

    def _when_compared(self, then: Callable[[], None]) -> None:
        """Do something as soon as JAX has spoken about a recording of the present problem; records and asks where needed."""
        overview = self._debugger.overview
        self._then = then
        if overview is None or (self.recorded is not None and not self.is_present):
            self._state.record()
        elif overview.matches is None and not self.note:
            if not self.comparing:
                self.compare()
        else:
            self._do_what_waits()

    def _do_what_waits(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def _go_to_blame(self) -> None:
        overview = self._debugger.overview
        blames = [] if overview is None else [one for one in overview.findings if one["kind"] == "blame"]
        if blames:
            self.go_to_finding(blames[0])
        elif (step := first_wrong(self._debugger)) is not None:
            self._debugger.go_to(step)
            self._notices.say("No line could be named; this step is the first that writes something wrong")
        else:
            why = self.note or ("" if overview is None else overview.note)
            self._notices.note(why or "Nothing wrong is written in this recording: no line is to blame")

    def go_to_selection(self) -> None:
        """Go to the step that wrote the entry that is picked in the pictures; records first where that was not done."""
        self._when_compared(self._go_to_selection)

    def _go_to_selection(self) -> None:
        debugger, selection = self._debugger, self._state.look.selection
        if debugger.beside is None or selection.quantity is None:
            self._notices.note(self.note or "JAX was not asked about this recording yet (Ctrl+Shift+J)")
            return
        steps = steps_of_quantity(debugger.beside, debugger.recording, selection.quantity, selection.t)
        if not len(steps):
            self._notices.say(f"No array of the recording is known to stand for {selection.quantity}")
            return
        debugger.go_to(int(steps[-1]))
        debugger.select_written()

    def show_finding(self, finding: Mapping[str, Any]) -> None:
        """Go to the line of a finding; records the case first where that was not done for the present problem."""
        self._when_compared(lambda: self.go_to_finding(finding))

    def go_to_finding(self, finding: Mapping[str, Any]) -> None:
        """Go to the step of a finding; one that was made on a smaller problem is looked up by its line."""
        step = step_of(self._debugger, finding)
        if step is None:
            self._notices.say(f"line {finding.get('line')} is not executed in this recording")
        else:
            self._debugger.go_to(step)
            self._debugger.select_written()

    # Answers

    @Slot(object)
    def _on_runs_told(self, extra: Mapping[str, Any]) -> None:
        """A recording has begun: what is there can be stepped."""
        if "recording" in extra:
            self.recording_path = str(extra["recording"])
            self.recorded, self.note, self.beside_path = self._asked, "", ""
            self._debugger.open(self.recording_path, growing=True)

    @Slot()
    def _on_debugger_opened_changed(self) -> None:
        overview = self._debugger.overview
        if overview is not None and overview.matches is not None and not overview.growing:
            self._do_what_waits()

    def take(self, answer: Answer) -> None:
        """An answer of the engine, or why there is none."""
        if answer.failure is not None:
            self._take_failure(answer)
        elif answer.kind == RECORD:
            self._take_recorded(answer)
        elif answer.kind == BESIDE:
            self._take_beside(answer)
        else:
            known: dict[str, Any] = {name: answer.extra[name] for name in ("path", "step", "sentence", "by")}
            known |= {name: tuple(answer.extra[name]) for name in ("inherited", "remaining", "broken", "notes")}
            overview = self._debugger.overview
            self.runs_of_what_if = ("" if overview is None else overview.path, answer.path)
            self._debugger.take_what_if(WhatIf(**known, recording=answer.path))

    def _take_failure(self, answer: Answer) -> None:
        self._then = None
        if answer.kind == RECORD:
            self._debugger.finish_growing(opens=False)
        self._notices.report(answer.failure or Failure(""))

    def _take_recorded(self, answer: Answer) -> None:
        self.recorded, self.note, self.beside_path = self._asked, "", ""
        if self.recording_path == answer.path:
            self._debugger.finish_growing()
        else:
            self.recording_path = answer.path
            self._debugger.open(answer.path)
        failure = str(answer.extra.get("failure", ""))
        if failure:
            self._then = None
            self._notices.report(
                Failure(
                    failure,
                    str(answer.extra.get("details", "")),
                    str(answer.extra.get("file", "")),
                    answer.extra.get("line"),
                )
            )
        self._compare(answer.path)

    def _take_beside(self, answer: Answer) -> None:
        self.note = str(answer.extra.get("note", ""))
        if answer.path:
            self.beside_path = answer.path
            self._debugger.take_beside(answer.path)
        else:
            self._debugger.take_note(self.note)
            self._do_what_waits()

    @Slot()
    def _on_runs_cancelled(self) -> None:
        """The user stopped what ran: what was recorded stays."""
        self._then = None
        self._debugger.finish_growing(opens=False)


__all__ = ["BESIDE", "KINDS", "RECORD", "WHAT_IF", "Requests"]
