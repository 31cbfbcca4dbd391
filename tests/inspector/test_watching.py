"""Files that are saved, replaced, removed and put back, as editors do it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector import watching
from inspector.watching import Watching, mark_of

WAIT_MS = 20_000


class Heard:
    """Two files that are watched, and what was told of them by name."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.one, self.two, self.qtbot = folder / "one.py", folder / "two.py", qtbot
        for path in (self.one, self.two):
            path.write_text("x = 1\n")
        self.watching = Watching()
        self.told: list[tuple[str, list[str]]] = []
        self.watching.changed.connect(lambda paths: self.told.append(("changed", self.names(paths))))
        self.watching.gone.connect(lambda paths: self.told.append(("gone", self.names(paths))))
        self.watch()

    @staticmethod
    def names(paths: frozenset[str]) -> list[str]:
        return sorted(os.path.basename(path) for path in paths)

    def watch(self) -> None:
        self.watching.watch({str(path): mark_of(str(path)) or (0, 0) for path in (self.one, self.two)})

    def wait_for(self, *told: tuple[str, list[str]]) -> None:
        self.qtbot.waitUntil(lambda: self.told[-len(told) :] == list(told), timeout=WAIT_MS)


@pytest.fixture
def heard(qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    monkeypatch.setattr(watching, "GONE_MS", 300)
    made = Heard(tmp_path, qtbot)
    yield made
    made.watching.watch({})


def test_a_save_is_told_once(heard: Heard) -> None:
    for text in ("x = 2\n", "x = 22\n", "x = 222\n"):
        heard.one.write_text(text)
    heard.wait_for(("changed", ["one.py"]))
    heard.watching.look()
    assert heard.told == [("changed", ["one.py"])]


def test_files_that_are_saved_together_are_told_together(heard: Heard) -> None:
    heard.one.write_text("x = 2 + 2\n")
    heard.two.write_text("x = 2 + 2\n")
    heard.wait_for(("changed", ["one.py", "two.py"]))


def test_a_file_that_is_replaced_is_watched_again_and_again(heard: Heard, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "swap").write_text(f"x = {10**number}\n")
        os.replace(tmp_path / "swap", heard.one)
        heard.qtbot.waitUntil(lambda: len(heard.told) == number + 1, timeout=WAIT_MS)  # noqa: B023
    assert heard.told == [("changed", ["one.py"])] * 3


def test_a_file_that_is_removed_and_put_back(heard: Heard) -> None:
    heard.one.unlink()
    heard.wait_for(("gone", ["one.py"]))
    heard.one.write_text("x = 1\n")
    heard.wait_for(("gone", ["one.py"]), ("changed", ["one.py"]))


def test_a_file_that_is_away_for_a_moment_is_not_gone(heard: Heard) -> None:
    heard.one.unlink()
    heard.watching.look()
    heard.one.write_text("x = 1 + 1\n")
    heard.wait_for(("changed", ["one.py"]))
    heard.watching._on_late()
    assert heard.told == [("changed", ["one.py"])]


def test_what_changed_before_it_was_watched_is_told(heard: Heard) -> None:
    heard.watching.watch({str(heard.one): (1, 1)})
    heard.wait_for(("changed", ["one.py"]))
    assert heard.watching.files == (str(heard.one),)


def test_what_we_write_ourselves_is_no_news(heard: Heard) -> None:
    heard.one.write_text("x = 1 + 1 + 1\n")
    heard.watching.take_as_known([str(heard.one), "/elsewhere.py"])
    heard.watching.look()
    heard.two.write_text("x = 1 + 1 + 1\n")
    heard.wait_for(("changed", ["two.py"]))
    assert heard.told == [("changed", ["two.py"])]


def test_nothing_is_told_of_files_that_are_no_longer_watched(heard: Heard, tmp_path: Path) -> None:
    heard.watching.watch({str(heard.two): mark_of(str(heard.two)) or (0, 0)})
    heard.one.write_text("x = 1 + 1\n")
    (tmp_path / "other.py").write_text("")
    heard.watching.look()
    heard.two.write_text("x = 1 + 1\n")
    heard.wait_for(("changed", ["two.py"]))
    assert heard.told == [("changed", ["two.py"])]


def test_without_files_nothing_of_the_system_is_held(heard: Heard) -> None:
    assert len(heard.watching.findChildren(QFileSystemWatcher)) == 1
    heard.watching.watch({})
    assert heard.watching.findChildren(QFileSystemWatcher) == []
    heard.watching.look()
    heard.watch()
    heard.one.write_text("x = 1 + 1\n")
    heard.wait_for(("changed", ["one.py"]))


def test_where_nothing_is_told_files_are_looked_at(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    heard.watching.watch({})
    monkeypatch.setattr(QFileSystemWatcher, "addPaths", lambda watcher, paths: paths)
    heard.watching._poll.setInterval(20)
    heard.watch()
    heard.one.write_text("x = 1 + 1\n")
    heard.wait_for(("changed", ["one.py"]))
    assert heard.watching._poll.isActive()
