"""What is wrong, where and why, as entries of a list: findings as a person wants to read them, then alerts of the recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.debugger.debugger import Debugger
from inspector.debugger.findings import step_of
from inspector.debugger.records import Alert
from inspector.diagnosis import merged

if TYPE_CHECKING:
    from inspector.state import State


@dataclass(frozen=True)
class Sort:
    """A sort of finding: sign and word, the role of its colour, and how one and several are counted."""

    sign: str
    word: str
    role: str
    one: str = ""
    many: str = ""


SORTS = {
    "purity": Sort("\u2717", "Purity", "bad", "side effect", "side effects"),
    "forward": Sort("\u2717", "Forward", "bad", "wrong forward pass", "wrong forward passes"),
    "explain": Sort("\u2717", "Mistake", "bad", "mistake", "mistakes"),
    "partly": Sort("?", "Partly", "unsure", "mistake of several", "mistakes of several"),
    "unexplained": Sort("?", "Not explained", "unsure"),
    "scale": Sort("\u2717", "Scale", "bad", "wrong scale", "wrong scales"),
    "repair": Sort("\u2713", "Repair", "good", "repair", "repairs"),
    "blame": Sort("\u2717", "Wrong line", "bad", "wrong line", "wrong lines"),
    "doubtful": Sort("?", "Doubtful line", "unsure", "doubtful line", "doubtful lines"),
    "made": Sort("\u2717", "Made here", "bad"),
    "right": Sort("\u2713", "Right part", "good"),
    "law": Sort("\u2717", "Law", "bad", "broken law", "broken laws"),
    "dynamic": Sort("!", "Fact", "unsure", "fact", "facts"),
    "blind_spot": Sort("?", "Blind spot", "unsure", "blind spot", "blind spots"),
    "diverges": Sort("\u2717", "Diverges", "bad"),
    "nan": Sort("\u2717", "NaN or Inf", "bad"),
    "raised": Sort("\u2717", "Raised", "bad"),
    "ended": Sort("\u25a0", "Ended early", "bad"),
    "found": Sort("!", "Unseen change", "unsure"),
    "weaker": Sort("!", "Less exact", "unsure"),
    "changed": Sort("!", "File changed", "unsure"),
    "remark": Sort("i", "Remark", "faint"),
}
"""By kind of finding or alert."""

OTHER = Sort("i", "Remark", "faint")


@dataclass(frozen=True, eq=False)
class Entry:
    """One row.

    Attributes:
        kind: key of `SORTS`. place: `model.py:57`, or a quantity where there is no line; empty for none.
        t: of the step that it goes to, as text.
        sentence: what is wrong. step: where it goes, -1 for nowhere. finding: the finding, None for an alert.
    """

    kind: str
    place: str
    t: str
    sentence: str
    step: int
    finding: Mapping[str, Any] | None = None

    @property
    def sort(self) -> Sort:
        """Sign, word and colour."""
        return SORTS.get(self.kind, OTHER)

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same finding in another overview."""
        return self.kind, self.place, self.sentence

    @property
    def words(self) -> str:
        """All of it, in one line."""
        where = f"{self.place}{f', t = {self.t}' if self.t else ''}: " if self.place else ""
        return f"{self.sort.word}: {where}{self.sentence}"


def _t_of(debugger: Debugger, step: int) -> str:
    t = debugger.recording.step(step).t
    return "" if t is None else str(t)


def _kind_of(finding: Mapping[str, Any]) -> str:
    """Its kind; a line that is not certain, and what is explained in part or not at all, are sorts of their own."""
    kind = str(finding.get("kind", ""))
    if kind == "blame" and not finding.get("certain", True):
        return "doubtful"
    if kind == "explain" and finding.get("status") in ("partly", "unexplained"):
        return str(finding["status"])
    return kind


def element_of(finding: Mapping[str, Any]) -> str:
    """The quantity and its entry, as far as they are known: `dW_hh[3, 4]`."""
    index = ", ".join(map(str, finding.get("index") or ()))
    return f"{finding.get('quantity', '')}[{index}]" if index else str(finding.get("quantity", ""))


def _of_finding(debugger: Debugger, finding: Mapping[str, Any]) -> Entry:
    step = step_of(debugger, finding) if finding.get("line") else None
    name, line = Path(str(finding.get("file", ""))).name, finding.get("line")
    sentence = str(finding.get("sentence", ""))
    place = f"{name}, line {line}"
    if line and sentence.startswith(place):  # whose place has a column of its own
        sentence = sentence.partition(": ")[2] or sentence
    t = "" if finding.get("t") is None or finding.get("problem") else str(finding["t"])
    return Entry(
        _kind_of(finding),
        f"{name}:{line}" if line else element_of(finding),
        t if step is None else _t_of(debugger, step),
        sentence,
        -1 if step is None else step,
        finding,
    )


def _of_alert(debugger: Debugger, alert: Alert) -> Entry:
    if not 0 <= alert.step < len(debugger.recording):
        return Entry(alert.kind, "", "", alert.text, -1)
    one = debugger.recording.step(alert.step)
    place = f"{Path(one.file.path).name}:{one.line}"
    return Entry(alert.kind, place, "" if one.t is None else str(one.t), alert.text, alert.step)


def entries_of(state: State) -> Iterator[Entry]:
    """Rows of the shown result and the open recording, in the order in which a person wants to read them."""
    debugger, overview = state.debugger, state.debugger.overview
    is_open = overview is not None and debugger.recording is not None
    for finding in merged(overview.findings if overview is not None and is_open else (), state.diagnosis.findings):
        yield _of_finding(debugger, finding)
    for alert in overview.alerts if overview is not None and is_open else ():
        yield _of_alert(debugger, alert)


def counted_words(entries: tuple[Entry, ...]) -> str:
    """How many of each sort there are: `2 mistakes, 1 repair`."""
    counts: dict[Sort, int] = {}
    for entry in entries:
        finding = entry.finding or {}
        counts[entry.sort] = counts.get(entry.sort, 0) + (len(finding.get("mistakes", ())) or 1)
    return ", ".join(
        f"{count} {sort.one if count == 1 else sort.many}" for sort, count in counts.items() if sort.one
    )
