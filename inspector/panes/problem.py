"""The problem panel: every setting, and the case that is checked."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from inspector.assets import examples
from inspector.panes.controls import Slide, make_control, show_value
from inspector.panes.field import GROUPS, Field
from inspector.panes.fields import FIELDS
from inspector.pictures import Pictures
from inspector.records import IDLE, CaseInfo
from inspector.state import State
from rnn.errors import InputError
from rnn.settings import ProblemSettings

BUILT_IN = "built-in BPTT"
LARGEST_SEED = 99_999

SHOWN_CHARACTERS = {" ": "\u2423", "\n": "\\n", "\t": "\\t"}


def visible_vocabulary(vocabulary: list[str]) -> str:
    """The characters of a text in a line, those that can't be seen by a sign."""
    return " ".join(SHOWN_CHARACTERS.get(c, c if c.isprintable() else f"U+{ord(c):04X}") for c in vocabulary)


def contradiction(settings: ProblemSettings) -> str:
    """Why settings can't go together, in a sentence; empty where they can."""
    from rnn.build import check_settings
    from rnn.problem import network_for

    try:
        check_settings(settings)
        network_for(settings)
    except InputError as error:
        said = str(error)
        return f"{said[0].upper()}{said[1:]}."
    return ""


class ProblemPane(QWidget):
    """A form over the settings; every change is one call on the state."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self._examples = {name: name for name in examples()}
        self._controls: dict[str, QWidget] = {}
        self._rows: dict[str, tuple[QFormLayout, QWidget]] = {}
        self._slides: dict[str, Slide] = {}
        self._case = QComboBox(self)
        self._case.setAccessibleName("What is checked")
        self._case.setToolTip("An example, your own case file, or the program's own backward pass")
        self._case.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._case.setMinimumContentsLength(8)
        self._case.activated.connect(lambda index: state.choose_case(self._case.itemData(index)))
        self._about = QLabel(self)
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setWordWrap(True)
        self._about.setProperty("role", "faint")
        self._sizes = QLabel(self)
        self._sizes.setTextFormat(Qt.TextFormat.PlainText)
        self._sizes.setWordWrap(True)
        self._sizes.setProperty("role", "faint")
        self._contradiction = QLabel(self)
        self._contradiction.setTextFormat(Qt.TextFormat.PlainText)
        self._contradiction.setWordWrap(True)
        self._contradiction.setProperty("role", "wrong")
        self._contradiction.setAccessibleName("Why this can't be run")
        self._run = QPushButton("Run", self)
        self._run.setProperty("primary", "true")
        self._run.setToolTip("Run hand-written BPTT and JAX side by side (F5)")
        self._run.clicked.connect(state.run)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setToolTip("Stop what is running (Esc)")
        self._cancel.clicked.connect(state.cancel)
        self._build()
        for signal in (state.settings_changed, state.result_changed):
            signal.connect(self.synchronize)
        state.status_changed.connect(self._show_running)

    def _build(self) -> None:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(10, 6, 10, 10)
        column.setSpacing(5)
        column.addWidget(self._case)
        column.addWidget(self._about)
        for group in GROUPS:
            heading = QLabel(group, inner)
            heading.setProperty("role", "heading")
            column.addSpacing(7)
            column.addWidget(heading)
            form = QFormLayout()
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
            form.setHorizontalSpacing(10)
            form.setVerticalSpacing(4)
            for field in (field for field in FIELDS if field.group == group):
                self._add(field, form, inner)
            column.addLayout(form)
        column.addWidget(self._sizes)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setAccessibleName("Settings of the problem")
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._contradiction.setContentsMargins(10, 6, 10, 0)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(10, 6, 10, 8)
        buttons.addWidget(self._run, 1)
        buttons.addWidget(self._cancel)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self._contradiction)
        outer.addLayout(buttons)

    def _add(self, field: Field, form: QFormLayout, parent: QWidget) -> None:
        control = make_control(field, parent, partial(self._on_field_changed, field))
        self._controls[field.name] = control
        row: QWidget = control
        if field.name == "seed":
            row = QWidget(parent)
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            fresh = QPushButton("New", row)
            fresh.setToolTip("Take another seed and run")
            fresh.setAccessibleName("New seed")
            fresh.clicked.connect(self._on_new_seed_clicked)
            line.addWidget(control, 1)
            line.addWidget(fresh)
        if field.slider is not None:
            row = self._with_slide(field, control, parent)
        form.addRow(field.label, row)
        self._rows[field.name] = (form, row)
        caption = form.labelForField(row)
        if isinstance(caption, QLabel):
            caption.setBuddy(control)
            caption.setMinimumWidth(96)

    def _with_slide(self, field: Field, control: QWidget, parent: QWidget) -> QWidget:
        """The number, and a slider below it."""
        row, slide = QWidget(parent), Slide(field, parent)
        self._slides[field.name] = slide
        slide.slid.connect(lambda value: self.state.drag_settings(f"slide {field.name}", **{field.name: value}))
        slide.sliderReleased.connect(self.state.end_drag)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(control)
        column.addWidget(slide)
        return row

    def _on_field_changed(self, field: Field, value: Any) -> None:
        self.state.change_settings(**field.changes(self.state.settings, value))

    @Slot()
    def _on_new_seed_clicked(self) -> None:
        self.state.change_settings(seed=random.randrange(LARGEST_SEED))
        self.state.run()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        settings, info = self.state.settings, self.state.case_info
        fixed = frozenset() if info is None else info.fixed
        reason = "" if info is None else self._reason(info)
        for field in FIELDS:
            control, (form, row) = self._controls[field.name], self._rows[field.name]
            dictated = field.belongs_to in fixed
            show_value(control, field.value(settings))
            control.setEnabled(not dictated)
            tip = f"{field.tip}. {reason}" if dictated else field.tip
            control.setToolTip(tip)
            control.setAccessibleDescription(tip)
            caption = form.labelForField(row)
            if caption is not None:
                caption.setToolTip(tip)
            form.setRowVisible(row, field.shown(settings))
            if field.name in self._slides:
                self._slides[field.name].show_number(field.value(settings))
                self._slides[field.name].setEnabled(not dictated)
        self._contradiction.setText(contradiction(settings))
        self._contradiction.setVisible(bool(self._contradiction.text()))
        self._show_case()
        self._show_running()
        result = self.state.result
        self._sizes.setText("" if result is None else self._result_words(result.problem))

    @staticmethod
    def _reason(info: CaseInfo) -> str:
        """Why a field of a case can't be changed here."""
        if not info.needs_trust:
            return "The example's code dictates this"
        return "CASE in your file says this, as your code computes it; Ctrl+Shift+D changes it there"

    @Slot()
    def _show_running(self) -> None:
        self._cancel.setEnabled(self.state.status.phase != IDLE)
        self._run.setText("Run" if not self.state.stale else "Run  (changed)")

    @staticmethod
    def _result_words(problem: Any) -> str:
        sizes = ", ".join(f"{letter} = {problem[letter]}" for letter in "TBDHK")
        words = f"Shown result: {sizes}"
        return words + (f"\nVocabulary: {visible_vocabulary(problem['vocabulary'])}" if "vocabulary" in problem else "")

    def _show_case(self) -> None:
        names = {"": BUILT_IN, **self._examples}
        case, info = self.state.case, self.state.case_info
        if case not in names:
            names[case] = case.replace("\\", "/").rsplit("/", 1)[-1]
        self._case.clear()
        for value, text in names.items():
            self._case.addItem(text, value)
        self._case.setCurrentIndex(self._case.findData(case))
        self._about.setText(
            "The program's own backward pass" if info is None else "\n".join((info.title, *info.declared))
        )
