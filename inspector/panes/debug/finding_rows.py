"""What is wrong and where, as rows: lines to blame, then facts, then alerts; and the model of the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt
from PySide6.QtGui import QColor

from inspector.debugger.debugger import Debugger
from inspector.debugger.findings import step_of
from inspector.debugger.records import Alert
from inspector.panes.debug.rows_view import RIGHT, STRETCH, Index, here_back, tip
from inspector.theme import current

COLUMNS = (("", 28), ("what", 104), ("where", 150), ("t", 44), ("what is wrong", STRETCH))
SIGN, WHAT, WHERE, T, SENTENCE = range(len(COLUMNS))


@dataclass(frozen=True)
class Sort:
    """A sort of finding: sign and word, and the role of its colour."""

    sign: str
    word: str
    role: str


SORTS = {
    "blame": Sort("\u2717", "Wrong line", "bad"),
    "doubtful": Sort("?", "Doubtful line", "unsure"),
    "dynamic": Sort("!", "Fact", "unsure"),
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
        kind: key of `SORTS`. place: `model.py:57`, empty for none. t: of the step that it goes to, as text.
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


def _of_finding(debugger: Debugger, finding: Mapping[str, Any]) -> Entry:
    step = step_of(debugger, finding)
    name, line = Path(str(finding.get("file", ""))).name, finding.get("line")
    kind = str(finding.get("kind", ""))
    if kind == "blame" and not finding.get("certain", True):
        kind = "doubtful"
    sentence = str(finding.get("sentence", ""))
    place = f"{name}, line {line}"
    if sentence.startswith(place):  # of a fact, whose place has a column of its own
        sentence = sentence.partition(": ")[2] or sentence
    return Entry(
        kind,
        f"{name}:{line}",
        "" if step is None else _t_of(debugger, step),
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


def entries_of(debugger: Debugger) -> Iterator[Entry]:
    """Rows of the open recording: what is worst first."""
    overview = debugger.overview
    if overview is None or debugger.recording is None:
        return
    for finding in overview.findings:
        yield _of_finding(debugger, finding)
    for alert in overview.alerts:
        yield _of_alert(debugger, alert)


class FindingRows(QAbstractTableModel):
    """The rows, and which of them the present step stands on."""

    def __init__(self, parent: QObject) -> None:
        """Empty."""
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self._step = -1

    def show_entries(self, entries: tuple[Entry, ...]) -> bool:
        """Hold other rows; the same ones are only taken anew. Returns whether they are others."""
        same = [(one.key, one.t, one.step) for one in entries] == [(one.key, one.t, one.step) for one in self.entries]
        if same:
            self.entries = entries
            return False
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()
        return True

    def show_step(self, step: int) -> None:
        """Mark the rows of another step."""
        before, self._step = self._step, step
        for row, entry in enumerate(self.entries):
            if before != step and entry.step in (before, step):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def repaint(self) -> None:
        """Colours are others."""
        if self.entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.entries) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """Findings and alerts."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == T:
            return RIGHT
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, colour and words of a cell."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry, column = self.entries[index.row()], index.column()
        is_here = entry.step >= 0 and entry.step == self._step
        if role == Qt.ItemDataRole.DisplayRole:
            return (entry.sort.sign, entry.sort.word, entry.place, entry.t, entry.sentence)[column]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = entry.words + (" (you are here)" if is_here else "")
            return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        if role == Qt.ItemDataRole.ForegroundRole and column in (SIGN, WHAT):
            return QColor(getattr(current(), entry.sort.role))
        if role == Qt.ItemDataRole.BackgroundRole and is_here:
            return here_back()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column == T else int(Qt.AlignmentFlag.AlignCenter) if column == SIGN else None
        return None
