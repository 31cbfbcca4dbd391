"""Gather: what the window shows, as a session; only what lies in memory is touched, files are read in the background."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.records import UNREAD
from inspector.verdict_history import Verdict
from inspector.versions import version_lines
from inspector.watching import mark_of
from rnn.cases.matches import kept_beside
from rnn.container import is_there
from rnn.errors import InputError
from rnn.sessions import (
    KeptBreakpoint,
    KeptCase,
    KeptRecording,
    KeptResult,
    KeptRun,
    KeptSource,
    Session,
)

if TYPE_CHECKING:
    from inspector.state import State

MOST_SOURCES, MOST_SOURCE_BYTES = 50, 4 << 20
MOST_RUN_BYTES = 64 << 20
"""So many bytes of earlier runs' results go with a session, the newest first; they can be made again."""


def case_of(state: State) -> KeptCase | None:
    """The present case, without its text."""
    info = state.case_info
    if info is None:
        return None
    path = info.path if info.shipped else os.path.abspath(info.path)
    fixed = tuple(sorted(info.fixed))
    return KeptCase(
        state.case, path, info.digest.removeprefix(UNREAD), "", info.title, info.declared, fixed, info.built_in
    )


def _recording(state: State) -> tuple[KeptRecording, ...]:
    debugger, requests = state.debugger, state.requests
    if debugger.recording is None:
        return ()
    visits = debugger.visits
    return (
        KeptRecording(
            str(debugger.recording.path),
            requests.beside_path,
            requests.note,
            requests.is_present,
            0 if debugger.here is None else debugger.here.step,
            debugger.path,
            tuple(visits.steps),
            visits.place,
            tuple(sorted(visits.notes.items())),
        ),
    )


def _run(entry: Verdict) -> KeptRun:
    plain = {name: getattr(entry, name) for name in
             ("number", "path", "verdict", "wrong", "compared", "quantity", "t", "headline", "result", "changes", "runs")}  # fmt: skip
    settings = None if entry.situation is None else entry.situation.settings.to_json()
    return KeptRun(**plain, at=f"{entry.at:%Y-%m-%dT%H:%M:%S}", files=dict(entry.files), settings=settings)


def gather(state: State, window: Mapping[str, Any]) -> Session:
    """Everything that a session file holds, but for what `with_files` adds and leaves out; quick.

    Args:
        window: page and layout.
    """
    result_path = state.diagnosis.result_path
    stops = state.debugger.stops.breakpoints
    return Session(
        settings=state.settings.to_json(),
        case=case_of(state),
        result=KeptResult(result_path, state.outdated) if state.result is not None and result_path else None,
        recordings=_recording(state),
        runs=tuple(map(_run, state.own.history.entries)),
        findings=tuple(dict(one) for one in state.diagnosis.findings),
        searched=state.diagnosis.search.phase == "done",
        notes=state.notes.all,
        breakpoints=tuple(KeptBreakpoint(one.text, one.enabled, one.log) for one in stops),
        window={**state.look.kept(), **window, "view": asdict(state.view)},
        saved=f"{datetime.now():%Y-%m-%dT%H:%M:%S}",
        unknown=state.session.unknown,
    )


def paths_of_sources(state: State) -> list[str]:
    """The case's file, and what its last run imported of the user's."""
    path = state.case_path
    newest = state.own.history.newest(path) if path else None
    found = [os.path.abspath(path)] if path else []
    return list(dict.fromkeys([*found, *(newest.files if newest is not None else ())]))[:MOST_SOURCES]


def _source(path: str) -> KeptSource | None:
    with suppress(OSError, ValueError):
        if os.path.isfile(path) and os.path.getsize(path) <= MOST_SOURCE_BYTES:
            data = Path(path).read_bytes()
            return KeptSource(path, data.decode("utf-8", "replace"), hashlib.sha256(data).hexdigest())
    return None


def _with_results_that_fit(runs: Sequence[KeptRun]) -> tuple[KeptRun, ...]:
    """The runs, those whose result is gone or too much without it."""
    room, made = MOST_RUN_BYTES, []
    for run in reversed(runs):
        fits = bool(run.result) and is_there(Path(run.result))
        mark = mark_of(run.result) if fits else None
        if mark is not None:  # else it is a part of a session
            room -= mark[1]
            fits = room >= 0
        made.append(run if fits else replace(run, result=""))
    return tuple(reversed(made))


def with_files(session: Session, paths: Iterable[str], known: Iterable[KeptSource]) -> Session:
    """The session with versions, the texts of its code and the matches beside it; for a thread in the background.

    Results of earlier runs that are gone, or too much, are left out.

    Args:
        paths: files to read. known: texts that the session had, for files that are not there.
    """
    program = dict(line.partition(" ")[::2] for line in version_lines())
    session = replace(session, program=program, runs=_with_results_that_fit(session.runs))
    if session.case is None:
        return session
    found = [made for path in paths if (made := _source(path)) is not None]
    there = {one.path for one in found}
    matches: Mapping[str, str] = {}
    with suppress(InputError):
        matches = kept_beside(Path(session.case.path))
    kept = replace(session.case, sources=(*found, *(one for one in known if one.path not in there)))
    return replace(session, case=kept, matches=matches)
