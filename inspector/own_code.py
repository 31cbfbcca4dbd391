"""OwnCode: what the window does about the user's own code beside running it: saves, printed lines, limits, history."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.check_order import CheckOrder
from inspector.declaring import Declaring
from inspector.records import IDLE, Failure, Offer
from inspector.runs import INSPECT
from inspector.situation import EARLIER
from inspector.verdict_history import FAILED, Verdict, VerdictHistory, verdict_of
from inspector.watching import Watching, mark_of
from rnn.errors import InputError
from rnn.jobs.limits import GIB, MOST_GIB, MOST_SECONDS, SECONDS, TIME

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.runs import Answer, Runs
    from inspector.settings import Memory
    from inspector.state import State
    from rnn.results import Inspection

SKETCH = "sketch"
MORE_TIME, MORE_MEMORY = 4, 2
"""How much more a raised limit allows."""


@dataclass(frozen=True)
class Sketched:
    """A case file that was proposed for a file of code.

    Attributes:
        file: the code. text: of the proposed case file. found, unsure: in sentences. declaration: keys of CASE.
    """

    file: str
    text: str
    found: tuple[str, ...]
    unsure: tuple[str, ...]
    declaration: Mapping[str, str]


def _names(paths: Any) -> str:
    return ", ".join(sorted(os.path.basename(path) for path in paths))


class OwnCode(QObject):
    """Watches the user's files, keeps what their runs found and printed, and how much they may use.

    Attributes:
        order: the checks of a run, one after another.
        history: of verdicts. watching: the files of the last run. declaring: changes of CASE.
        printed: the end of what the last run printed.

    Signals:
        changed: what was printed, which files are watched, a limit, or whether a save runs.
        sketched: a case file was proposed (`Sketched`).
    """

    changed = Signal()
    sketched = Signal(object)

    def __init__(self, state: State, runs: Runs, memory: Memory, notices: Notices) -> None:
        """Joined by `State`, which hears of answers first."""
        super().__init__(state)
        self._state, self._runs, self._memory, self._notices = state, runs, memory, notices
        self.history = VerdictHistory(self)
        self.watching = Watching(self)
        self.declaring = Declaring(state, self.watching, notices)
        self.order = CheckOrder(state, runs)
        self.printed = ""
        self._case, self._shown_path, self._save_waits, self._unseen = "", "", False, False
        runs.limits = self._limits_said
        runs.answered.connect(self._on_runs_answered)
        runs.status_changed.connect(self._on_runs_status_changed)
        state.settings_changed.connect(self._on_settings_changed)
        state.result_changed.connect(self._on_result_changed)
        self.watching.changed.connect(self._on_watching_changed)
        self.watching.gone.connect(self._on_watching_gone)

    @property
    def is_users(self) -> bool:
        """Whether the present case is a file of the user's."""
        info = self._state.case_info
        return info is not None and info.needs_trust

    @property
    def offer(self) -> Offer | None:
        """What can be done about the message that is shown."""
        return self._notices.offer

    def close(self) -> None:
        """Watch nothing any more."""
        self.watching.watch({})

    # Saves

    @property
    def run_on_save(self) -> bool:
        """Whether a save of the user's file runs it again."""
        return self._memory.run_on_save()

    def toggle_run_on_save(self) -> None:
        """Run files when they are saved, or no longer."""
        self._memory.set_run_on_save(not self.run_on_save)
        self._state.say("Your file runs when it is saved" if self.run_on_save else "A save runs nothing; F5 does")
        self.changed.emit()

    @Slot()
    def _on_settings_changed(self) -> None:
        """Another case: the files of the one before are watched no longer."""
        if self._state.case_path != self._case:
            self._case, self.printed = self._state.case_path, ""
            self._save_waits = self._unseen = False
            self.watching.watch({})
            self.changed.emit()

    @Slot(object)
    def _on_watching_changed(self, paths: frozenset[str]) -> None:
        names = _names(paths)
        if not self.run_on_save or not self._state.may_run:
            self._state.outdate()
            self._state.say(f"{names} was saved; F5 runs it")
        elif self._state.status.phase != IDLE and self._runs.kind != INSPECT:
            self._state.outdate()
            self._save_waits = True
            self._state.say(f"{names} was saved and runs next")
        else:
            self._unseen = True
            self._state.run()
            self._state.say(f"{names} was saved, {datetime.now():%H:%M:%S}")

    @Slot()
    def _on_runs_status_changed(self) -> None:
        """A first run begins, which may hang; or what a save must not disturb is done; or a run was cancelled."""
        if self._state.status.phase != IDLE:
            if self._runs.kind == INSPECT and self.is_users and not self.watching.files:
                path = str(Path(self._state.case_path).resolve())
                mark = mark_of(path)
                self.watching.watch({} if mark is None else {path: mark})
        elif self._save_waits:
            self._save_waits = False
            self._state.run()
        elif self._unseen:
            self._unseen = False
            self._state.outdate()

    @Slot(object)
    def _on_watching_gone(self, paths: frozenset[str]) -> None:
        self._state.outdate()
        kept = "; the last result is kept" if self._state.result is not None else ""
        self._notices.note(f"{_names(paths)} is no longer there{kept}. It runs again as soon as it is back")

    # Limits

    @property
    def limits(self) -> tuple[float, float]:
        """Seconds and GiB that a run of the user's code may take."""
        return self._memory.limits()

    def set_limits(self, seconds: float, gib: float) -> None:
        """Allow more or less from the next run on; raises `InputError` for what makes no sense."""
        self._memory.set_limits(seconds, gib)
        self.changed.emit()

    def _limits_said(self) -> dict[str, float]:
        seconds, gib = self.limits
        return {} if (seconds, gib) == (SECONDS, GIB) else {"seconds": seconds, "gib": gib}

    def _raise(self, seconds: float, gib: float, again: bool) -> None:
        self.set_limits(seconds, gib)
        self._notices.clear()
        if again:
            self._state.run()

    def _offer_more(self, limit: str, again: bool) -> Offer | None:
        """To allow more, and to run `again` where it was a run; None where no more is possible."""
        seconds, gib = self.limits
        if limit == TIME:
            more = min(seconds * MORE_TIME, MOST_SECONDS), gib
            tip = f"Allow {more[0]:g} s instead of {seconds:g} s; the settings (Ctrl+,) take any number"
        else:
            more = seconds, min(gib * MORE_MEMORY, MOST_GIB)
            tip = f"Allow {more[1]:g} GiB instead of {gib:g} GiB; the settings (Ctrl+,) take any number"
        text = "Raise the limit and run again" if again else "Raise the limit"
        return None if more == (seconds, gib) else Offer(text, tip, partial(self._raise, *more, again))

    # Answers

    @Slot(object)
    def _on_runs_answered(self, answer: Answer) -> None:
        if answer.kind == SKETCH and answer.failure is None:
            said = answer.extra
            lines = {name: tuple(map(str, said[name])) for name in ("found", "unsure")}
            self.sketched.emit(Sketched(said["file"], said["text"], **lines, declaration=dict(said["declaration"])))
        if answer.failure is not None and answer.failure.limit:
            self._notices.report(answer.failure, self._offer_more(answer.failure.limit, answer.kind == INSPECT))
        if answer.kind == INSPECT:
            self._unseen = False
            self.printed = str(answer.extra.get("printed", ""))
            if self.is_users and answer.case_path == self._state.case_path:
                self._take_run(answer)
            self.changed.emit()

    def _take_run(self, answer: Answer) -> None:
        """Watch what was run, and keep what it found."""
        files = {str(path): (int(age), int(size), str(digest))
                 for path, (age, size, digest) in dict(answer.extra.get("files", {})).items()}  # fmt: skip
        marks = {path: (age, size) for path, (age, size, _) in files.items()}
        if answer.failure is not None and marks:
            before = {path: mark for path, mark in self.watching.marks().items() if path not in marks}
            marks = {**before, **marks}
        if marks:
            self.watching.watch(marks)
        result = self._state.result
        if answer.failure is None and (result is None or self._state.asking.result_path != answer.path):
            return  # it could not be read, and that has been said
        found = _failed(answer.failure) if answer.failure is not None or result is None else verdict_of(result)
        digests = {path: digest for path, (_, _, digest) in files.items()}
        situation = self._state.situation if found.verdict == FAILED else self._state.belongs_to
        made = replace(found, path=answer.case_path, files=digests, situation=situation, result=answer.path)
        self._shown_path = answer.path or self._shown_path
        self.history.add(made)
        if answer.failure is None and result is not None:
            self._offer_change(result)

    def _offer_change(self, result: Inspection) -> None:
        """Where it is known which function the code computes in place of the declared one: declare that, with one click."""
        found = next((one for one in result.findings if one["kind"] == "forward" and one.get("change")), None)
        if found is None:
            return
        texts = {str(name): repr(value) for name, value in dict(found["change"]).items()}
        what = ", ".join(f"{name} = {text}" for name, text in texts.items())
        offer = Offer(f"Set {what}", "Change CASE in the file of the case, and run it again", lambda: self._declare(texts))
        self._notices.note(str(found["sentence"]), "", offer)

    def _declare(self, texts: dict[str, str]) -> None:
        try:
            self.declaring.apply(texts)
        except InputError as error:
            self._notices.report(Failure(str(error)))

    @Slot()
    def _on_result_changed(self) -> None:
        """A result that is none of these runs is shown."""
        if self._state.result is not None and self._state.asking.result_path != self._shown_path:
            self.history.mark_shown(0)

    def show_run(self, number: int) -> None:
        """Show the result of an earlier run again; nothing is run."""
        entry = self.history.entry(number)
        if entry is None:
            return
        when = f"{entry.at:%H:%M:%S}"
        if not entry.is_there:
            why = "it failed" if entry.verdict == FAILED else "only the newest results are kept"
            self._state.say(f"The run of {when} has no result to show: {why}")
            return
        newest = self.history.newest(entry.path)
        is_newest = newest is not None and newest.number == number
        self._notices.clear()
        self._shown_path = entry.result
        self._state.show_result(entry.result, entry.situation if is_newest else EARLIER)
        self.history.mark_shown(number)
        if not is_newest:
            offer = None if newest is None or not newest.is_there else Offer(
                "Show the newest", "Show the result of the last run again", partial(self.show_run, newest.number)
            )  # fmt: skip
            name = os.path.basename(entry.path)
            self._notices.note(
                f"Shown is the run of {when}, an earlier one of {name}; F5 runs it as it is now", "", offer
            )

    # A new case

    def ask_sketch(self, path: str) -> None:
        """Have a case file proposed for a file of code; it is read and not run."""
        self._notices.clear()
        self._runs.submit(SKETCH, f"Reading {os.path.basename(path)}", "", {}, {"file": path})


def _failed(failure: Failure | None) -> Verdict:
    """A run that came to nothing."""
    sentence = "" if failure is None else failure.sentence
    return Verdict(0, datetime.now(), "", {}, None, FAILED, headline=sentence)
