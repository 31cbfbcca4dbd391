"""A key that is held plays at the chosen speed, and stops when it is let go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from inspector.debugger.records import PLAY_SPEEDS
from inspector.window.player import USUAL_SPEED, Player

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Keyboard:
    """A widget that gets key events as the platform sends them."""

    def __init__(self, application: QApplication, player: Player, widget: QWidget) -> None:
        self.application, self.player, self.widget = application, player, widget
        self.moves = 0
        self.left = 10**6

    def move(self) -> bool:
        """What a command does."""
        self.moves += 1
        self.left -= 1
        return self.left > 0

    def down(self, again: bool = False) -> None:
        """The key goes down, or is reported again because it is held: then the command's handler is called."""
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_F10, NO_MODIFIER, "", again)
        self.application.sendEvent(self.widget, event)
        self.player.press(self.move)

    def up(self) -> None:
        """The key is let go."""
        event = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_F10, NO_MODIFIER, "", False)
        self.application.sendEvent(self.widget, event)


@pytest.fixture
def keyboard(qapp: QApplication, qtbot: Any) -> Iterator[Keyboard]:
    widget = QWidget()
    qtbot.addWidget(widget)
    player = Player(60, widget)
    player.watch(True)
    yield Keyboard(qapp, player, widget)
    player.watch(False)


def test_one_press_is_one_move(keyboard: Keyboard, qtbot: Any) -> None:
    keyboard.down()
    keyboard.up()
    qtbot.wait(100)
    assert keyboard.moves == 1


def test_two_quick_presses_are_two_moves(keyboard: Keyboard, qtbot: Any) -> None:
    for _ in range(2):
        keyboard.down()
        keyboard.up()
    qtbot.wait(100)
    assert keyboard.moves == 2
    assert not keyboard.player.is_playing


def test_a_held_key_plays_until_it_is_let_go(keyboard: Keyboard, qtbot: Any) -> None:
    keyboard.down()
    keyboard.down(again=True)
    assert keyboard.player.is_playing
    qtbot.waitUntil(lambda: keyboard.moves >= 5, timeout=5000)
    keyboard.up()
    assert not keyboard.player.is_playing
    moves = keyboard.moves
    qtbot.wait(100)
    assert keyboard.moves == moves


def test_reports_of_a_held_key_do_not_move_by_themselves(keyboard: Keyboard) -> None:
    keyboard.down()
    for _ in range(20):
        keyboard.down(again=True)
    assert keyboard.moves == 1


def test_playing_ends_where_there_is_nothing_more(keyboard: Keyboard, qtbot: Any) -> None:
    keyboard.left = 4
    keyboard.down()
    keyboard.down(again=True)
    qtbot.waitUntil(lambda: not keyboard.player.is_playing, timeout=5000)
    assert keyboard.moves == 4


def test_a_click_on_a_button_is_one_move(keyboard: Keyboard, qtbot: Any) -> None:
    keyboard.player.press(keyboard.move)
    keyboard.player.press(keyboard.move)
    qtbot.wait(50)
    assert (keyboard.moves, keyboard.player.is_playing) == (2, False)


def test_the_speed_is_one_of_those_that_there_are(qapp: QApplication, qtbot: Any) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert Player(0, widget).speed == USUAL_SPEED
    assert [Player(speed, widget).speed for speed in PLAY_SPEEDS] == list(PLAY_SPEEDS)


def test_nothing_is_watched_while_the_pictures_are_shown(keyboard: Keyboard) -> None:
    keyboard.player.watch(False)
    keyboard.down()
    keyboard.down(again=True)
    assert (keyboard.moves, keyboard.player.is_playing) == (2, False)
