"""The problem panel: its groups, why a field can't be changed, and what can't go together."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from inspector.panes.field import GROUPS
from inspector.panes.fields import FIELDS
from inspector.panes.problem import contradiction
from rnn.settings import ProblemSettings
from tests.inspector.conftest import Desk


def test_no_group_is_longer_than_a_page() -> None:
    assert {field.group for field in FIELDS} == set(GROUPS)
    for cell in ("rnn", "lstm", "gru", "leaky"):
        for group in GROUPS:
            settings = ProblemSettings(cell=cell, truncation=("sliding", 3), clip=("norm", 1.0))
            assert sum(field.group == group and field.shown(settings) for field in FIELDS) <= 9


def test_what_a_case_dictates_says_why_and_where_it_is_changed(desk: Desk) -> None:
    path = desk.folder / "mine.py"
    path.write_text("CASE = dict(cell='gru')\ndef run(problem):\n    return {}\n", encoding="utf-8")
    desk.state.choose_case(str(path))
    pane = desk.window.pane("problem")
    control, (form, row) = pane._controls["cell"], pane._rows["cell"]
    assert not control.isEnabled() and "Ctrl+Shift+D" in control.toolTip()
    assert control.accessibleDescription() == control.toolTip() == form.labelForField(row).toolTip()
    assert pane._controls["layers"].isEnabled() and "CASE" not in pane._controls["layers"].toolTip()
    desk.state.choose_case("dict-lstm")
    assert "example" in control.toolTip() and "Ctrl+Shift+D" not in control.toolTip()
    desk.state.choose_case("")
    assert control.isEnabled() and control.toolTip() == control.accessibleDescription() == "The recurrent cell"


@pytest.mark.parametrize(("changes", "word"), [
    ({"bidirectional": True, "truncation": ("sliding", 3)}, "bidirectional"),
    ({"cell": "own"}, "own"),
])  # fmt: skip
def test_what_cant_go_together_is_said_at_once(desk: Desk, changes: dict[str, object], word: str) -> None:
    pane = desk.window.pane("problem")
    said = next(label for label in pane.findChildren(QLabel) if label.accessibleName() == "Why this can't be run")
    assert not said.isVisible()
    desk.state.change_settings(**changes)
    assert said.isVisible() and word in said.text() and said.text().count(".") == 1
    desk.state.undo()
    assert not said.isVisible()


def test_right_settings_contradict_nothing() -> None:
    assert contradiction(ProblemSettings()) == ""
