"""The bar of messages: what is offered beside a message, and the line that a failure names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from inspector.panes import bars
from inspector.records import Failure, Offer

if TYPE_CHECKING:
    from conftest import Desk


def shown(desk: Desk) -> list[str]:
    return [each.text() for each in desk.window.pane("failure").findChildren(QPushButton) if each.isVisible()]


def press(desk: Desk, text: str) -> None:
    buttons = desk.window.pane("failure").findChildren(QPushButton)
    desk.qtbot.mouseClick(next(each for each in buttons if each.text() == text), Qt.MouseButton.LeftButton)


def test_an_offer_stands_beside_its_message_and_goes_with_it(desk: Desk) -> None:
    done: list[int] = []
    desk.state.note("Changed", "", Offer("Undo", "Take it back", lambda: done.append(1)))
    assert shown(desk) == ["Undo", "Dismiss"]
    button = next(each for each in desk.window.pane("failure").findChildren(QPushButton) if each.text() == "Undo")
    assert button.toolTip() == button.accessibleDescription() == "Take it back"
    press(desk, "Undo")
    assert done == [1]
    desk.state.note("Another thing")
    assert shown(desk) == ["Dismiss"]
    desk.state.note("Changed", "", Offer("Undo", "Take it back", lambda: None))
    press(desk, "Dismiss")
    assert desk.state.own.offer is None and not desk.window.pane("failure").isVisible()


def test_the_line_of_a_failure_is_opened_in_the_users_editor(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, int]] = []
    monkeypatch.setattr(bars, "open_in_editor", lambda file, line: opened.append((file, line)) or "Opened it")
    desk.state.report(Failure("It raised.", "Traceback", "/a/net.py", 12))
    assert shown(desk) == ["Open line 12", "Details", "Dismiss"]
    press(desk, "Open line 12")
    assert (opened, desk.state.remark) == ([("/a/net.py", 12)], "Opened it")


@pytest.mark.parametrize("failure", [
    Failure("It raised."), Failure("It is no weight file.", file="/a/w.npz", line=3), Failure("It is gone.", file="/a/net.py"),
])  # fmt: skip
def test_without_a_line_of_code_there_is_nothing_to_open(desk: Desk, failure: Failure) -> None:
    desk.state.report(failure)
    assert shown(desk) == ["Dismiss"]
