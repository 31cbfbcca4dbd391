"""What can be done about a finding, as buttons: go to its line, show or write its repair, try a problem that shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from inspector.diagnosis import PLACES
from inspector.panes.debug.finding_entries import Entry
from inspector.panes.flow import FlowLayout
from inspector.repairing import Choice, choices_of
from inspector.state import State

TEXTS = {
    "line": ("Show line", "Go to this line of the source; records the case where that is needed"),
    "show": ("Show repaired run", "Run the case with this repair in all panes; nothing is written (Ctrl+F7)"),
    "write": ("Write into file", "Write this repair into your file, and run it (Ctrl+Shift+F7); it can be taken back"),
    "undo": ("Undo written repair", "Put your file back as it was before, and run it (Ctrl+Alt+Z)"),
    "copy": ("Copy diff", "Put the diff on the clipboard; patch and git apply read it"),
    "try": ("Try a problem that shows them", "Change the problem so that it can show these mistakes, and run it"),
}
"""Text and tip of every button."""

EXAMPLE = "The shipped examples stay as they are; work on a copy of the file, or copy the diff"


class FindingActions(QWidget):
    """Only the buttons that the finding has a use for.

    Attributes:
        which: number of the repair that is shown, where a finding holds several.

    Signals:
        changed: another repair was chosen. line_wanted: the finding's line shall be shown.
    """

    changed = Signal()
    line_wanted = Signal()

    def __init__(self, state: State, parent: QWidget) -> None:
        """Shows nothing yet."""
        super().__init__(parent)
        self.setStyleSheet("QPushButton { padding: 3px 8px; }")  # they share their row with more of their kind
        self._state, self.which = state, 0
        self._entry: Entry | None = None
        self._count = QLabel(self)
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._steps = QWidget(self)
        self._build_steps()
        layout = FlowLayout(self)
        layout.addWidget(self._steps)
        verbs = {
            "line": self.line_wanted.emit, "show": self.toggle_shown, "write": self._on_write, "undo": self._on_undo,
            "copy": self._on_copy, "try": self._on_try,
        }  # fmt: skip
        self._buttons = {name: self._button(layout, *TEXTS[name], verb) for name, verb in verbs.items()}
        self.show_entry(None)

    def _build_steps(self) -> None:
        """One repair of several."""
        row = QHBoxLayout(self._steps)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for arrow, name, direction in (
            (Qt.ArrowType.LeftArrow, "Repair before", -1),
            (Qt.ArrowType.RightArrow, "Next repair", 1),
        ):
            button = QToolButton(self._steps)
            button.setArrowType(arrow)
            button.setAccessibleName(name)
            button.setToolTip(f"{name}; all of them are verified, the shortest comes first")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _=False, direction=direction: self.step(direction))
            row.addWidget(button)
        row.insertWidget(1, self._count)

    def _button(self, layout: FlowLayout, text: str, tip: str, verb: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.clicked.connect(lambda *_: verb())  # type: ignore[operator]
        layout.addWidget(button)
        return button

    @property
    def repair(self) -> Choice | None:
        """The repair that is shown, None where the finding is none."""
        finding = None if self._entry is None else self._entry.finding
        return choices_of(finding)[self.which] if finding is not None and finding.get("kind") == "repair" else None

    def show_entry(self, entry: Entry | None) -> None:
        """Show what can be done about a finding; another one begins with its first repair."""
        before = None if self._entry is None else self._entry.key
        if entry is None or entry.key != before:
            self.which = 0
        self._entry = entry
        finding = {} if entry is None or entry.finding is None else entry.finding
        kind, line = finding.get("kind"), finding.get("line")
        count = len(choices_of(finding)) if kind == "repair" else 0
        self.which = min(self.which, max(0, count - 1))
        self._steps.setVisible(count > 1)
        self._count.setText(f"{self.which + 1} of {count}")
        repairing = self._state.diagnosis.repairing
        shown = {
            "line": bool(line) and kind in PLACES,  # to the others' lines a click leads
            "show": kind == "repair",
            "write": kind == "repair" and not repairing.can_undo,
            "undo": repairing.can_undo,
            "copy": kind == "repair",
            "try": kind == "blind_spot" and bool(finding.get("settings")),
        }
        for name, is_shown in shown.items():
            self._buttons[name].setVisible(is_shown)
        self._buttons["line"].setText(f"Show line {line}")
        self._buttons["show"].setText("Back to your own run" if self._is_shown(finding) else TEXTS["show"][0])
        self._buttons["write"].setEnabled(repairing.may_write)
        self._buttons["write"].setToolTip(
            self._buttons["write"].accessibleDescription() if repairing.may_write else EXAMPLE
        )
        self.setVisible(count > 1 or any(shown.values()))

    def _is_shown(self, finding: object) -> bool:
        shown = self._state.diagnosis.repairing.shown
        return shown is not None and (shown.finding, shown.which) == (finding, self.which)

    # Verbs

    def step(self, direction: int) -> None:
        """Show the next (+1) repair, or the one before (-1); the list is a ring."""
        if self.repair is not None and self._entry is not None and self._entry.finding is not None:
            self.which = (self.which + direction) % len(choices_of(self._entry.finding))
            self.show_entry(self._entry)
            self.changed.emit()

    @Slot()
    def toggle_shown(self) -> None:
        """Show the repaired run, or the user's own again."""
        repairing = self._state.diagnosis.repairing
        if self._entry is None or self._entry.finding is None or self._is_shown(self._entry.finding):
            repairing.back()
        else:
            repairing.show(self._entry.finding, self.which)

    @Slot()
    def _on_write(self) -> None:
        if self._entry is not None and self._entry.finding is not None:
            self._state.diagnosis.repairing.write(self._entry.finding, self.which)

    @Slot()
    def _on_undo(self) -> None:
        self._state.diagnosis.repairing.undo()

    @Slot()
    def _on_copy(self) -> None:
        if self.repair is not None:
            QGuiApplication.clipboard().setText(self.repair.diff)
            self._state.say("Copied the diff")

    @Slot()
    def _on_try(self) -> None:
        if self._entry is not None and self._entry.finding is not None:
            self._state.diagnosis.try_settings(self._entry.finding)
