"""Situation: what a run is asked to check (case and settings); History: undo and redo of it and of the view."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inspector.records import CaseInfo, Failure, ViewState
from rnn.errors import InputError
from rnn.results import Inspection
from rnn.sessions.document import Note
from rnn.settings import NETWORK, ProblemSettings

DEFAULTS = ProblemSettings()

LONGEST_HISTORY = 100

REDRAWS = frozenset({"cell", "weights", "weights_file", "inputs", "hidden", "outputs", "seed", "output_layer"})
"""Settings of which another value makes other weights, so that single ones set by hand mean nothing any more."""


@dataclass(frozen=True)
class Situation:
    """What a run checks: `case` as `State.case` names it, what its file declares, and the settings.

    `told`: settings that are as a weight file tells; another file makes them what they are by default.
    """

    case: str = ""
    info: CaseInfo | None = None
    settings: ProblemSettings = field(default_factory=ProblemSettings)
    told: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The case's file, empty for the built-in BPTT."""
        return self.info.path if self.info else ""

    def changed(self, **changes: Any) -> Situation:
        """With other settings; what the case's code dictates stays; other weights drop old answers and edits."""
        fixed = self.info.fixed if self.info else frozenset()
        free = {name: value for name, value in changes.items() if name not in fixed}
        told = tuple(name for name in self.told if name not in free)
        if "weights_file" in free:
            free = {"weights_map": (), "orientation": "", **{name: getattr(DEFAULTS, name) for name in told}, **free}
            told = ()
        said = {name for name in free if name in NETWORK}
        if said & set(self.settings.dictated):
            free["dictated"] = tuple(name for name in self.settings.dictated if name not in said or name in fixed)
        if any(free.get(name, getattr(self.settings, name)) != getattr(self.settings, name) for name in REDRAWS):
            free = {"edits": (), **free}
        return replace(self, settings=replace(self.settings, **free), told=told)


def _case_path(name_or_path: str) -> tuple[Path, bool]:
    from inspector.assets import examples

    shipped = examples()
    if name_or_path in shipped:
        return shipped[name_or_path], True
    return Path(name_or_path), False


def start_of(name_or_path: str, base: ProblemSettings | None = None) -> Situation:
    """The situation of a case (empty: the built-in BPTT), over `base` or the case's own settings.

    The file is read, never run. What its code dictates overrides `base`.

    Raises:
        InputError: neither an example nor a readable case file.
    """
    if not name_or_path:
        return Situation(settings=base or ProblemSettings())
    from rnn.cases import read_case
    from rnn.settings_for import declared, fixed_settings, settings_for

    path, shipped = _case_path(name_or_path)
    if not path.is_file():
        raise InputError(f"{name_or_path} is neither a file nor an example; open a case file or choose an example")
    case = read_case(path)
    declaration = case.declaration
    title, sentences = str(declaration.get("title", case.name)), tuple(declaration.get("declared", ()))
    fixed = fixed_settings(case)
    own = not (shipped or case.built_in)
    info = CaseInfo(title, sentences, frozenset(fixed), str(path), case.digest, shipped, own, case.built_in)
    return Situation(name_or_path, info, settings_for(case) if base is None else declared(case, base))


EARLIER = Situation("an earlier run")
"""Stands for a situation that is past; no other is equal to it."""


def failure_of(error: InputError, path: str) -> Failure:
    """What is said about a file that can't be used; with the line, where Python itself names it."""
    line = getattr(error.__cause__, "lineno", None)
    return Failure(str(error), file=path, line=line if type(line) is int else None)


def situation_of(result: Inspection, present: Situation) -> Situation:
    """The situation that makes a saved result again; `present` where its case file is not at hand."""
    from inspector.assets import examples
    from rnn.handwritten import BUILT_IN

    settings = ProblemSettings.from_json(dict(result.settings))
    if result.case == BUILT_IN:
        return Situation(settings=settings)
    return start_of(result.case, settings) if result.case in examples() else present


def with_told(asked: Situation, result: Inspection) -> Situation:
    """A situation with what the weight file of its result told of the network."""
    if asked.settings.weights != "file":
        return asked
    made = ProblemSettings.from_json(dict(result.settings))
    free = [name for name in NETWORK if name not in asked.settings.dictated]
    told = {name: getattr(made, name) for name in free if getattr(made, name) != getattr(asked.settings, name)}
    if not told:
        return asked
    names = tuple(dict.fromkeys((*asked.told, *told)))
    return replace(asked, settings=replace(asked.settings, **told), told=names)


@dataclass(frozen=True)
class Moment:
    """What undo goes back to: the situation, the view, the quantity that the view belongs to, and the notes."""

    situation: Situation = field(default_factory=Situation)
    view: ViewState = field(default_factory=ViewState)
    quantity: str | None = None
    notes: tuple[Note, ...] = ()


class History:
    """The present moment and the ones before and after it."""

    def __init__(self, start: Moment) -> None:
        """Starts without a past."""
        self.present = start
        self.past: list[Moment] = []
        self.future: list[Moment] = []
        self._merging = ""

    def restart(self, start: Moment) -> None:
        """Begin anew, without a past."""
        self.present, self.past, self.future, self._merging = start, [], [], ""

    def take(self, merge: str = "", **changes: Any) -> bool:
        """Change fields of the present moment; False where nothing is another.

        Args:
            merge: changes in a row with the same name, as of one drag, are one step of undo; empty never merges.
            changes: fields of `Moment`.
        """
        moment = replace(self.present, **changes)
        if moment == self.present:
            return False
        if not (merge and merge == self._merging):
            self.past = [*self.past[1 - LONGEST_HISTORY :], self.present]
        self.future, self._merging = [], merge
        self.present = moment
        return True

    def end_merge(self) -> None:
        """The drag is over: the next change is a step of its own."""
        self._merging = ""

    def amend(self, **changes: Any) -> None:
        """Change the present moment without a step of undo."""
        self.present = replace(self.present, **changes)

    def undo(self) -> bool:
        """Go one back; False at the beginning."""
        return self._move(self.past, self.future)

    def redo(self) -> bool:
        """Go one forward; False at the end."""
        return self._move(self.future, self.past)

    def _move(self, source: list[Moment], target: list[Moment]) -> bool:
        self._merging = ""
        if not source:
            return False
        target.append(self.present)
        self.present = source.pop()
        return True


def asked_for(history: History, result: Inspection, asked: Situation | None) -> Situation:
    """The situation that a result belongs to, with what its weight file told; it becomes the present one where it was that.

    Args: asked: what was run; None for a saved result, whose own situation is taken.
    """
    if asked is None:
        asked = situation_of(result, history.present.situation)
        history.take(situation=asked)
    told = with_told(asked, result)
    if told != asked and history.present.situation == asked:
        history.amend(situation=told)
    return told
