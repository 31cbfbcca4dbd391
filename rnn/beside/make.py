"""Making JAX's values beside a recording: which array is which, which t an iteration stands for, what is right and wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..blame.flow import Flow
from ..blame.matching import BY_VALUE, Match, Slot, general_path, match_slots
from ..blame.packing import packing_of
from ..blame.quantities import Truth, make_lean_library
from ..blame.reference import SURE, is_judged
from ..cases import Case
from ..cases.layout import Layout
from ..cases.matches import said_matches
from ..recorder import Recording
from .beside import PARTIAL, RIGHT, WRONG, Beside, Rows
from .histories import judge_histories
from .judging import judge_steps, judge_sums
from .laying import Arrangement
from .moments import Moments, slots_of
from .returned import returned_of, returned_wrong, with_returned
from .right import Right
from .running import Known
from .scene import Row, Scene, cast_votes
from .turns import find_turns, times_of

Say = Callable[[str, float | None], None]

Key = tuple[str, str, int, int]
"""Quantity, form, storage and layout."""


def _judge(
    scene: Scene, match: Match, slots: Sequence[Slot], arranged: dict[tuple[int, int], Arrangement]
) -> Iterable[Row]:
    if match.quantity not in scene.right.judged:
        return ()
    if match.form == "history":
        return judge_histories(scene, match, slots, arranged)
    return (judge_sums if match.form == "sum" else judge_steps)(scene, match, slots)


def _counted(match: Match, rows: Sequence[Row]) -> Match:
    """The match of a sum or a history, as sure as its judged values make it."""
    judged = [row for row in rows if row.judged]
    if match.said or match.form not in ("sum", "history") or not judged:
        return match
    right = sum(row.right for row in judged)
    certainty = round(max(match.certainty, BY_VALUE * right / len(judged)), 3)
    return replace(match, right=right, seen=len(judged), certainty=certainty)


class _Table:
    """Rows of all matches, one for every view and step; where several slots share them, the judged one counts."""

    def __init__(self) -> None:
        self.rows: dict[Key, dict[int, Row]] = defaultdict(dict)
        self.match: dict[Key, int] = {}

    def add(self, number: int, match: Match, row: Row) -> None:
        """Take in a row."""
        key = (match.quantity, match.form, *row.view)
        self.match.setdefault(key, number)
        old = self.rows[key].get(row.step)
        if old is None or _rank(row) > _rank(old):
            self.rows[key][row.step] = row

    def done(self) -> tuple[Rows, dict[Key, int]]:
        """All rows, and the numbers of their keys."""
        keys: dict[Key, int] = {}
        ordered: list[Row] = []
        of_key: list[int] = []
        heads: list[tuple[int, int, int, int]] = []
        for number, (key, rows) in enumerate(self.rows.items()):
            keys[key] = number
            heads.append((self.match[key], key[2], key[3], len(ordered)))
            ordered += [rows[step] for step in sorted(rows)]
            of_key += [number] * len(rows)
        places = {id(row): place for place, row in enumerate(ordered)}
        chain, spans = _chains(ordered)
        columns = {
            "key": of_key,
            "step": [row.step for row in ordered],
            "t": [row.t for row in ordered],
            "start": [start for start, _ in spans],
            "stop": [stop for _, stop in spans],
            "before": [-1 if row.before is None else places.get(id(row.before), -1) for row in ordered],
            "flags": [WRONG * row.wrong + PARTIAL * row.partial + RIGHT * row.right for row in ordered],
        }
        whole = {name: np.array(values, np.int32) for name, values in columns.items()}
        return Rows(
            **whole,
            error=np.array([0.0 if row.excused else row.error for row in ordered]),
            relative=np.array([0.0 if row.excused else row.relative for row in ordered]),
            chain=np.array(chain, np.int32),
            keys=np.array(heads, np.int64).reshape(-1, 4),
        ), keys


def _rank(row: Row) -> tuple[bool, bool]:
    return not row.partial, row.judged


def _chains(rows: Sequence[Row]) -> tuple[list[int], list[tuple[int, int]]]:
    """Chains of steps one after another, and where each row's stands; one that goes on another is written once."""
    chain: list[int] = []
    spans = []
    start = 0
    for row in rows:
        own = list(row.chain or ())
        if chain[start : start + len(own)] != own[: len(chain) - start]:
            start = len(chain)
        chain += own[len(chain) - start :]
        spans.append((start, start + len(own)) if own else (0, 0))
    return chain, spans


def make_beside(
    recording: Recording,
    truth: Truth,
    case: Case | None,
    *,
    said: Mapping[str, str] | None = None,
    say: Say | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
    note: str = "",
) -> Beside:
    """Put JAX's values beside a recording.

    Args:
        recording: finished. truth: the problem that the case was run on, and the oracle's answer.
        case: the user's code; None for the built-in BPTT. said: quantities by path; by default what the case says.
        say: is told what is being done, and the part of it that is done. findings, note: kept in the result.
    """
    tell = say or (lambda text, part: None)
    if said is None:
        said = {} if case is None or case.built_in else said_matches(case)
    flow = Flow(recording)
    packing = packing_of(flow, truth.problem)
    right = Right(truth, packing)
    turns = find_turns(recording, right.steps)
    moments, slots, library = Moments(flow, turns), list(slots_of(recording)), Known(make_lean_library(truth, packing), right)
    tell("Finding which array is which", 0.0)
    matches = match_slots(flow, library, slots, moments.sampled, said)
    returned = {} if case is None else returned_of(recording, truth, Layout.of(case.declaration, truth.problem.cell))
    matches = with_returned(matches, slots, moments, returned)
    own = _slots_by_match(matches, slots)
    tell("Finding which step an iteration stands for", 0.3)
    votes = cast_votes(library, moments, turns, [(matches[n], slot) for n in own for slot in own[n]])
    scene = Scene(flow, right, library, turns, moments, times_of(turns, votes, right.steps), returned)
    table, worst = _Table(), np.full(len(recording), np.nan, np.float32)
    arranged = _judge_all(scene, matches, own, table, worst, tell)
    found, keys = table.done()
    surest = _surest_first(matches, found)
    return Beside(
        right,
        surest,
        found,
        {keys[key]: how for key, how in arranged.items() if key in keys},
        turns.of,
        scene.times,
        worst,
        tuple(findings),
        note,
    )


def _judge_all(
    scene: Scene, matches: list[Match], own: Mapping[int, list[Slot]], table: _Table, worst: Any, tell: Say
) -> dict[Key, Arrangement]:
    """Judge all matched arrays into the table; returns how histories are laid out, by key. `matches` learn what was right."""
    arranged: dict[Key, Arrangement] = {}
    for number, match in enumerate(matches):
        tell(f"Judging {match.path}", 0.4 + 0.6 * number / len(matches))
        views: dict[tuple[int, int], Arrangement] = {}
        rows = list(_judge(scene, match, own[number], views))
        matches[number] = match = _counted(match, rows)
        if is_judged(match) and not _serves_two(match):
            _take(table, worst, number, match, rows)
            arranged |= {(match.quantity, match.form, *view): how for view, how in views.items()}
    _judge_the_end(scene, table, worst)
    return arranged


def _surest_first(matches: Sequence[Match], found: Rows) -> tuple[Match, ...]:
    """The matches in the order in which they are shown; the numbers in the table of keys follow them."""
    order = sorted(range(len(matches)), key=lambda n: (-matches[n].certainty, matches[n].function, matches[n].path))
    place = {old: new for new, old in enumerate(order)}
    found.keys[:, 0] = [place[old] for old in found.keys[:, 0].tolist()]
    return tuple(matches[n] for n in order)


def _serves_two(match: Match) -> bool:
    """Whether a name of the forward pass is surely not always this quantity: a loop's variable over several arrays."""
    return not match.said and not match.quantity.startswith("d") and match.certainty < SURE and match.right < match.seen


def _judge_the_end(scene: Scene, table: _Table, worst: Any) -> None:
    """A returned gradient in which nothing was wrong on the way, but something is missing, is wrong where it is returned."""
    wrong = {view[0] for (_, _, *view), rows in table.rows.items() if any(row.wrong for row in rows.values())}
    error = returned_wrong(scene.flow.recording, scene.right, scene.returned, wrong)
    if error > 0:
        worst[-1] = np.fmax(worst[-1], error)


def _slots_by_match(matches: Sequence[Match], slots: Sequence[Slot]) -> dict[int, list[Slot]]:
    numbers = {(one.function, one.path): number for number, one in enumerate(matches)}
    own: dict[int, list[Slot]] = {number: [] for number in range(len(matches))}
    for slot in slots:
        number = numbers.get((slot[0], general_path(slot[1])))
        if number is not None:
            own[number].append(slot)
    return own


def _take(table: _Table, worst: Any, number: int, match: Match, rows: Sequence[Row]) -> None:
    for row in rows:
        table.add(number, match, row)
        if not np.isnan(row.own) and row.step < len(worst):
            worst[row.step] = np.fmax(worst[row.step], row.own)
