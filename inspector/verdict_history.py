"""The verdicts of the user's code over its edits: what every run found, and what it changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rnn.container import is_there

if TYPE_CHECKING:
    from inspector.situation import Situation
    from rnn.results import Inspection

MOST = 200
MOST_KEPT, MOST_KEPT_BYTES = 40, 1 << 30
"""So many results are kept to be shown again, and so many bytes of them."""

MOST_COPIED_BYTES = 16 << 20
"""Where a result can't be kept by a second name, it is copied up to this size."""

AGREE, DIFFER, UNDECIDED, FAILED = "agree", "differ", "undecided", "failed"


@dataclass(frozen=True)
class Verdict:
    """What one run found.

    Attributes:
        number: of the run, from 1. at: when it ended. path: of the case's file.
        files: digest by path of everything that was run. situation: what was asked for.
        verdict: `agree`, `differ`, `undecided` or `failed`. wrong: names of wrong gradients. compared: how many there are.
        quantity, t: what is wrong first, empty and None where that is not known.
        headline: in words. result: file of the result, empty for none.
        changes: since the run of this case before, in words. runs: how often the same code gave the same verdict.
    """

    number: int
    at: datetime
    path: str
    files: Mapping[str, str]
    situation: Situation | None
    verdict: str
    wrong: tuple[str, ...] = ()
    compared: int = 0
    quantity: str = ""
    t: int | None = None
    headline: str = ""
    result: str = ""
    changes: str = ""
    runs: int = 1

    @property
    def code(self) -> str:
        """Digest of all that was run."""
        text = "\n".join(f"{path}\0{digest}" for path, digest in sorted(self.files.items()))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def is_there(self) -> bool:
        """Whether its result can be shown again."""
        return bool(self.result) and is_there(Path(self.result))


def verdict_of(result: Inspection) -> Verdict:
    """What a result says, without number, files and file; the first wrong one as far as that is known."""
    wrong = tuple(report.name for report in result.reports() if report.wrong)
    first = result.first_divergence
    quantity, t = ("", None) if first is None else (first.quantity, first.t)
    if first is None and wrong:
        quantity, t = wrong[0], result.report(wrong[0]).first_wrong_t
    return Verdict(
        0, datetime.now(), "", {}, None, result.verdict, wrong, len(result.reports()), quantity, t, result.headline
    )


def _listed(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _code_words(before: Verdict, now: Verdict) -> str:
    """Which files were edited."""
    files = {**before.files, **now.files}
    if FAILED in (before.verdict, now.verdict):  # a run that failed does not tell of all files
        files = {path: "" for path in before.files if path in now.files}
    edited = [os.path.basename(path) for path in files if before.files.get(path) != now.files.get(path)]
    return f"{_listed(edited)} edited" if edited else ""


def since(before: Verdict | None, now: Verdict) -> str:
    """What changed from one run of a case to the next, in words."""
    if before is None:
        return "first run"
    causes = [_code_words(before, now)]
    if before.situation is not None and now.situation is not None:
        causes += ["other settings"] if before.situation.settings != now.situation.settings else []
    if now.verdict == FAILED or before.verdict == FAILED:
        failed = before.verdict == FAILED, now.verdict == FAILED
        effects = [{(True, True): "still fails", (True, False): "runs again"}.get(failed, "no longer runs")]
    else:
        right = [name for name in before.wrong if name not in now.wrong]
        broken = [name for name in now.wrong if name not in before.wrong]
        effects = [f"{_listed(right)} no longer wrong"] if right else []
        effects += [f"{_listed(broken)} now wrong"] if broken else []
        effects = effects or ["the same verdict"]
    cause = ", ".join(filter(None, causes))
    return f"{cause}: {'; '.join(effects)}" if cause else "; ".join(effects)


class KeptResults:
    """Results that are kept under a second name after their owner forgets them; the names go with this object.

    Attributes:
        paths: oldest first.
    """

    def __init__(self) -> None:
        """Makes no folder yet."""
        self.paths: list[Path] = []
        self._folder: Path | None = None

    def keep(self, path: str, number: int) -> str:
        """Keep a file; returns its second name, empty where it can't be kept."""
        try:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="bptt-inspector-runs-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            target = self._folder / f"run-{number}.bptt"
            target.unlink(missing_ok=True)
            try:
                os.link(path, target)
            except OSError:
                if os.path.getsize(path) > MOST_COPIED_BYTES:
                    return ""
                shutil.copyfile(path, target)
            self.paths = [*(each for each in self.paths if each != target), target]
            self._drop_old()
        except OSError:
            return ""
        return str(target)

    def _drop_old(self) -> None:
        sizes = {path: path.stat().st_size for path in self.paths if path.exists()}
        while len(self.paths) > 1 and (len(self.paths) > MOST_KEPT or sum(sizes.values()) > MOST_KEPT_BYTES):
            oldest = self.paths.pop(0)
            sizes.pop(oldest, None)
            oldest.unlink(missing_ok=True)


class VerdictHistory(QObject):
    """The runs of the user's code in this session, oldest first.

    Attributes:
        entries: at most `MOST`. shown: number of the run whose result is shown, 0 for none of them.

    Signals:
        changed: there is another entry, or another is shown.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Empty."""
        super().__init__(parent)
        self.entries: tuple[Verdict, ...] = ()
        self.shown = 0
        self._number = 0
        self._kept = KeptResults()

    def entry(self, number: int) -> Verdict | None:
        """The run of a number."""
        return next((each for each in self.entries if each.number == number), None)

    def newest(self, path: str) -> Verdict | None:
        """The last run of a case."""
        return next((each for each in reversed(self.entries) if each.path == path), None)

    def add(self, found: Verdict) -> Verdict:
        """Add a run that has ended, with `result` as the engine made it; returns the entry.

        The same code with the same verdict as in the run before it counts as one entry.
        """
        self._number += 1
        entries, before = self.entries, self.newest(found.path)
        made = replace(found, number=self._number, changes=since(before, found))
        if before is not None and before == entries[-1]:
            same = (before.code, before.verdict, before.wrong) == (made.code, made.verdict, made.wrong)
            if same and before.verdict != FAILED:
                made = replace(made, runs=before.runs + 1, changes=before.changes)
                entries = entries[:-1]
        if made.result:
            made = replace(made, result=self._kept.keep(made.result, made.number))
        self.entries = (*entries, made)[-MOST:]
        self.shown = made.number if made.result else self.shown
        self.changed.emit()
        return made

    def restore(self, entries: Sequence[Verdict]) -> None:
        """Take over the runs that a session tells of, in place of all that were known."""
        self.entries = tuple(replace(one, number=place + 1) for place, one in enumerate(entries[-MOST:]))
        self._number, self.shown = len(self.entries), 0
        self.changed.emit()

    def mark_shown(self, number: int) -> None:
        """Another run's result is shown; 0 for none of these."""
        if number != self.shown:
            self.shown = number
            self.changed.emit()
