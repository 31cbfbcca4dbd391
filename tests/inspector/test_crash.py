"""What a crash leaves is offered again: once, whole, and only what nobody works on any more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from inspector.panes.session_bars import ago, left_words
from inspector.sessions.autosaves import ABOUT, LOCK, SESSION, Autosaves, Left
from inspector.sessions.locks import Owner, this_process
from rnn.container import ContainerReader
from rnn.errors import InputError
from rnn.sessions import KeptResult, Note, Session, load_session
from tests.rnn.sessions.made import container, full_session

ROOT = Path(__file__).parents[2]
WAIT_MS = 30_000
ABOUT_IT = {"title": "my net", "path": "", "notes": 1}


def _end(autosaves: Autosaves) -> Path:
    """The window's process is gone."""
    assert autosaves.own is not None
    gone = Owner(4_000_000, "long ago", this_process().host)
    (autosaves.own / LOCK).write_text(json.dumps(vars(gone)))
    return autosaves.own


def test_what_was_kept_comes_back_after_its_files_are_gone(tmp_path: Path) -> None:
    session = full_session(tmp_path / "here")
    first = Autosaves(tmp_path / "kept")
    first.write(session, ABOUT_IT)
    assert Autosaves(tmp_path / "kept").left() == []  # its window is at work
    _end(first)
    assert session.result is not None
    for one in (session.result.file, session.recordings[0].file, session.recordings[0].beside, session.runs[0].result):
        os.unlink(one)  # as the engine's folder goes with it
    second = Autosaves(tmp_path / "kept")
    left = second.left()
    assert [(one.title, one.notes) for one in left] == [("my net", 1)]
    back = second.take(left[0])
    assert (back.notes, back.findings, back.breakpoints) == (session.notes, session.findings, session.breakpoints)
    assert back.problems == ()
    assert back.result is not None
    with ContainerReader(Path(back.result.file)) as reader:
        assert reader.shape("x") == (200,)
    third = Autosaves(tmp_path / "kept")
    assert third.left() == []
    with pytest.raises(InputError, match="taken over by another window"):
        third.take(left[0])


def test_nothing_large_is_copied_or_written_twice(tmp_path: Path) -> None:
    large = container(tmp_path / "large.bptt", 1, 1_000_000)
    kept = Autosaves(tmp_path / "kept")
    session = Session(result=KeptResult(large), notes=(Note("cell", "a", "dW_hh", (0,)),))
    kept.write(session, ABOUT_IT)
    assert kept.own is not None
    first = next(one for one in kept.own.iterdir() if one.name not in (LOCK, SESSION, ABOUT))
    assert os.path.samefile(first, large)
    kept.write(session, ABOUT_IT)
    assert sum(1 for _ in kept.own.iterdir()) == 4
    assert (kept.own / SESSION).stat().st_size < 20_000
    kept.write(Session(), ABOUT_IT)
    assert not first.exists()  # nothing refers to it any more
    assert os.path.exists(large)


def test_a_part_of_an_opened_session_is_kept_although_that_is_replaced(tmp_path: Path) -> None:
    from rnn.sessions import save_session

    opened = save_session(full_session(tmp_path / "here"), tmp_path / "F.bptt")
    kept = Autosaves(tmp_path / "kept")
    kept.write(opened, ABOUT_IT)
    save_session(Session(), tmp_path / "F.bptt")
    _end(kept)
    second = Autosaves(tmp_path / "kept")
    back = second.take(second.left()[0])
    assert back.result is not None
    with ContainerReader(Path(back.result.file)) as reader:
        assert reader.shape("x") == (200,)


def test_a_file_that_can_have_no_second_name_is_copied_or_pointed_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    small, large = container(tmp_path / "small.bptt", 1), container(tmp_path / "large.bptt", 2, 3_000_000)
    for path, inside in ((small, True), (large, False)):
        kept = Autosaves(tmp_path / Path(path).stem)
        kept.write(Session(result=KeptResult(path)), ABOUT_IT)
        assert kept.own is not None
        found = load_session(kept.own / SESSION, beside=True)
        assert found.result is not None
        assert (Path(found.result.file).parent == kept.own) == inside


def test_damaged_and_empty_leftovers_harm_nobody(tmp_path: Path) -> None:
    root = tmp_path / "kept"
    for name in ("1-a", "2-b", "3-c"):
        (root / name).mkdir(parents=True)
        (root / name / LOCK).write_text(json.dumps(vars(Owner(4_000_000, "x", this_process().host))))
    (root / "1-a" / SESSION).write_bytes(b"not a session")
    (root / "2-b" / SESSION).write_bytes(b"")
    (root / "2-b" / ABOUT).write_text('{"title": [1], "notes": "many", "path": 5}')
    (root / "fresh").mkdir()
    kept = Autosaves(root)
    left = kept.left()
    assert {one.folder.name for one in left} == {"1-a", "2-b"}
    assert not (root / "3-c").exists()  # nothing to offer
    assert (root / "fresh").exists()  # its window has just begun
    with pytest.raises(InputError):
        kept.take(left[0])
    kept.discard(left[1])


@pytest.mark.parametrize(("seconds", "words"), [(-5, "just now"), (70, "1 minute ago"), (7300, "2 hours ago"), (200_000, "2 days ago")])
def test_how_long_ago_in_words(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_the_sentence_names_what_was_left() -> None:
    left = Left(Path("x"), "my net", "/a/F.bptt", 2, 100.0)
    assert left_words(left, 100.0) == "The program ended before F.bptt was saved; it was kept just now, with 2 notes."
    assert left_words(Left(Path("x"), "my net", "", 0, 40.0), 100.0) == (
        "The program ended before my net was saved; it was kept 1 minute ago."
    )


WINDOW = """
import sys
from pathlib import Path
from inspector.app import Program, prepare_environment
prepare_environment()
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from inspector.situation import Situation
from rnn.sessions import Note
application = QApplication([])
program = Program(application, Path(sys.argv[1]), [sys.executable, "-c", "input()"])
program.show()
state = program.state
state.show_result(sys.argv[2])
number = 0
def write():
    global number
    number += 1
    state.notes.put(Note("cell", f"note {number}", "dW_hh", (number % 3, number // 3 % 3)))
    print(number, flush=True)
if sys.argv[3] == "busy":
    from inspector.sessions import keeper
    state.session._settles.setInterval(5)
    timer = QTimer(interval=3); timer.timeout.connect(write); timer.start()
else:
    QTimer.singleShot(0, write)
application.exec()
"""


def _window(folder: Path, result: Path, how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-B", "-c", WINDOW, str(folder / "remembered.ini"), str(result), how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_kill_of_the_window_and_restore_in_the_next(
    tmp_path: Path, question_file: Path, new_desk: Callable[..., Any]
) -> None:
    """kill -9 a few seconds after the last note: the next start offers everything, and it is taken over by a click."""
    child = _window(tmp_path, question_file, "once")
    root = tmp_path / "remembered-kept" / "sessions"
    assert child.stdout is not None
    assert child.stdout.readline() == "1\n"
    end = time.monotonic() + 30
    while not list(root.glob("*/about.json")) and time.monotonic() < end:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    desk = new_desk(tmp_path / "remembered.ini")
    bar = desk.window.pane("left")
    desk.state.session.start()
    desk.qtbot.waitUntil(lambda: not bar.isHidden(), timeout=WAIT_MS)
    assert "with 1 note." in bar._sentence.text()
    restore = next(one for one in bar.findChildren(QPushButton) if one.text() == "Restore")
    restore.click()
    desk.qtbot.waitUntil(lambda: bool(desk.state.notes.all), timeout=WAIT_MS)
    desk.settle()
    assert [(one.text, one.index) for one in desk.state.notes.all] == [("note 1", (1, 0))]
    assert desk.state.result.headline == load_inspection_headline(question_file)
    assert bar.isHidden()
    assert desk.state.session.modified
    assert desk.engine.asked == []


def load_inspection_headline(path: Path) -> str:
    from rnn.inspection import load_inspection

    return load_inspection(path).headline


def _kill_often(tmp_path: Path, question_file: Path, times: int) -> None:
    """Whenever the window is killed while it keeps what is done: what is there can be read, and is at most a moment old."""
    import random

    draw, root = random.Random(9), tmp_path / "remembered-kept" / "sessions"
    for _ in range(times):
        child = _window(tmp_path, question_file, "busy")
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(draw.uniform(0.2, 0.8))
        child.send_signal(signal.SIGKILL)
        child.wait()
        written = [line for line in child.stdout.read().split() if line.isdigit()]
        child.stdout.close()
        kept = Autosaves(root)
        left = kept.left()
        assert len(left) == 1
        back = kept.take(left[0])
        assert back.problems == ()
        newest = max(int(one.text.split()[1]) for one in back.notes)
        assert int(written[-1]) - newest < 200
        kept.close(keep=False)


@pytest.mark.whole
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_killed_at_many_moments(tmp_path: Path, question_file: Path) -> None:
    _kill_often(tmp_path, question_file, 25)


def test_discard_throws_it_away(tmp_path: Path, new_desk: Callable[..., Any]) -> None:
    desk = new_desk()
    kept = Autosaves(desk.memory.folder / "sessions")
    kept.write(Session(notes=(Note("cell", "a", "dW_hh", (0,)),)), ABOUT_IT)
    folder = _end(kept)
    desk.state.session.start()
    bar = desk.window.pane("left")
    desk.qtbot.waitUntil(lambda: not bar.isHidden(), timeout=WAIT_MS)
    next(one for one in bar.findChildren(QPushButton) if one.text() == "Discard").click()
    desk.qtbot.waitUntil(lambda: not folder.exists(), timeout=WAIT_MS)
    assert bar.isHidden()


def test_a_clean_end_leaves_nothing_and_unsaved_notes_are_kept(shown_desk: Any) -> None:
    session, root = shown_desk.state.session, shown_desk.memory.folder / "sessions"
    session.start()
    session._on_settled()
    shown_desk.qtbot.waitUntil(lambda: bool(list(root.glob("*/session.bptt"))), timeout=WAIT_MS)
    shown_desk.state.notes.put(Note("cell", "a", "dW_hh", (0, 0)))
    session.close()  # the program is ended from outside, without a word
    assert len(load_session(next(root.glob("*/session.bptt")), beside=True).notes) == 1
    shown_desk.state.undo()
    session.close()
    assert list(root.iterdir()) == []


def test_a_full_disk_is_said_once_and_nothing_else_suffers(shown_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session = shown_desk.state.session
    session.start()

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        session._on_settled()
        shown_desk.qtbot.waitUntil(lambda: shown_desk.state.failure is not None, timeout=WAIT_MS)
        assert "No space left on device" in shown_desk.state.failure.sentence
        shown_desk.state.dismiss_notice()
        session._on_settled()
        shown_desk.qtbot.waitUntil(lambda: session.leftovers._worker.is_idle, timeout=WAIT_MS)
    assert shown_desk.state.failure is None
    assert shown_desk.state.result is not None
