"""Restore: the window as a session says it was. Nothing is run, and no file but the session is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.assets import examples
from inspector.debugger.records import Breakpoint
from inspector.debugger.visits import Visits
from inspector.kept_views import kept_fields
from inspector.records import UNREAD, CaseInfo, Selection, ViewState
from inspector.sessions.findings import read_findings
from inspector.situation import Moment, Situation, start_of
from inspector.verdict_history import AGREE, DIFFER, FAILED, UNDECIDED, Verdict
from rnn.errors import InputError
from rnn.sessions import KeptCase, KeptRecording, KeptRun, Session
from rnn.sessions.again import place_of, settings_of
from rnn.sessions.typed import WrongValue, typed
from rnn.settings import ProblemSettings

if TYPE_CHECKING:
    from inspector.settings import Memory
    from inspector.state import State


def _view(values: Any, present: ViewState) -> ViewState:
    """The kept view, as far as it makes sense; the theme is the user's own."""
    names = (one.name for one in fields(ViewState) if one.name != "theme")
    return replace(present, **kept_fields(values, names))


def situation_in(session: Session, folder: Path, memory: Memory) -> tuple[Situation, list[str]]:
    """What the session checks, and what could not be read. A file that the user agreed to run before is read again."""
    problems, settings, case = [], ProblemSettings(), session.case
    try:
        settings = settings_of(session.settings)
    except InputError as error:
        problems.append(str(error))
    if case is None:
        return Situation(settings=settings), problems
    path = place_of(case, folder)
    known = set(ProblemSettings.__dataclass_fields__)
    info = CaseInfo(
        case.title or path.stem,
        case.declared,
        frozenset(case.fixed) & known,
        str(path),
        UNREAD + case.sha256,
        False,
        True,
        case.built_in,
    )
    situation = Situation(str(path), info, settings)
    name = case.name if case.name in examples() else str(path)
    if name in examples() or (path.is_file() and memory.trusts(case.sha256)):
        try:
            situation = start_of(name, settings)
        except InputError as error:
            problems.append(str(error))
    return situation, problems


def _when(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return datetime.fromtimestamp(0)


def verdict_in(run: KeptRun, case: KeptCase | None, situation: Situation) -> Verdict:
    """An earlier run as the history of runs has it; runs of the case belong to where its file is now."""
    own = case is not None and run.path == case.path
    belongs = None
    if own and run.settings is not None:
        try:
            belongs = replace(situation, settings=settings_of(run.settings))
        except InputError:
            belongs = None
    plain = {name: getattr(run, name) for name in
             ("number", "wrong", "compared", "quantity", "t", "headline", "result", "changes", "runs")}  # fmt: skip
    verdict = run.verdict if run.verdict in (AGREE, DIFFER, UNDECIDED, FAILED) else UNDECIDED
    path = situation.path if own else run.path
    return Verdict(**plain, at=_when(run.at), path=path, files=dict(run.files), situation=belongs, verdict=verdict)


def _visits(kept: KeptRecording) -> Visits:
    made = Visits()
    made.steps = [step for step in kept.visits if step >= 0][:200]
    made.place = min(max(kept.place, -1), len(made.steps) - 1)
    made.notes = dict(kept.notes)
    return made


def _selection(values: Any) -> Selection | None:
    try:
        made: Selection = typed(values, Selection)
    except WrongValue:
        return None
    return made if made.t >= 0 and made.sample >= 0 else None


def _breakpoints(session: Session, problems: list[str]) -> Iterator[Breakpoint]:
    """Those that can be used."""
    from rnn.recorder.conditions import Condition
    from rnn.recorder.conditions_text import plain_expression

    for one in session.breakpoints:
        try:
            yield Breakpoint(str(Condition.parse(one.text)), one.enabled, plain_expression(one.log) if one.log else "")
        except InputError as error:
            problems.append(str(error))


def reopen(state: State, kept: KeptRecording, situation: Situation) -> None:
    """Open a session's recording where the user stood in it; nobody is asked for anything."""
    debugger, requests = state.debugger, state.requests
    requests.recorded, requests.note = situation if kept.of_problem else None, kept.note
    requests.recording_path, requests.beside_path, requests.runs_of_what_if = kept.file, kept.beside, ("", "")
    debugger.returning = _visits(kept)
    debugger.open(kept.file, step=max(kept.step, 0), path=kept.array)
    if kept.beside:
        debugger.take_beside(kept.beside)
    elif kept.note:
        debugger.take_note(kept.note)


def restore(state: State, session: Session, folder: Path, memory: Memory, own: bool = False) -> list[str]:
    """Show a session; returns what of it could not be shown, in sentences.

    Args:
        folder: in which the session file stands, from which its case is sought. own: whether this program kept it itself.
    """
    situation, problems = situation_in(session, folder, memory)
    window = session.window
    moment = Moment(situation, _view(window.get("view"), state.view), None, session.notes)
    state.restore(moment, session.result, _selection(window.get("selection")), window)
    state.diagnosis.restore(read_findings(session.findings, own, problems), session.searched)
    state.own.history.restore([verdict_in(one, session.case, situation) for one in session.runs])
    state.debugger.stops.restore(tuple(_breakpoints(session, problems)))
    for kept in session.recordings[:1]:
        reopen(state, kept, situation)
    return [*session.problems, *problems]
