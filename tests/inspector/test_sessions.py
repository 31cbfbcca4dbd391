"""Sessions in the window: saved, opened elsewhere without the code, read-only, asked about, and what fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from inspector.assets import example_path
from inspector.records import CODE, PICTURES
from inspector.sessions.locks import FileLock, Owner, owner_in, this_process, write_owner
from inspector.watching import mark_of
from rnn.errors import InputError
from rnn.jobs.alive import process_mark
from rnn.sessions import Note, Session, load_session, save_session

WAIT_MS = 20_000


def _wait(desk: Any, condition: Callable[[], Any]) -> None:
    desk.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)


def _save(desk: Any, path: Path) -> None:
    desk.state.session.save(str(path))
    _wait(desk, lambda: desk.state.session.progress is None)


def _open(desk: Any, path: Path) -> None:
    opened = []
    desk.state.session.restored.connect(opened.append)
    desk.state.session.open(str(path))
    _wait(desk, lambda: opened or desk.state.failure is not None)


def _bar(desk: Any, name: str) -> str:
    bar = desk.window.pane(name)
    return "" if bar.isHidden() else bar._sentence.text()


def _button(desk: Any, bar: str, text: str) -> QPushButton:
    return next(one for one in desk.window.pane(bar).findChildren(QPushButton) if one.text() == text)


@pytest.fixture
def worked(code_desk: Any) -> Any:
    """The question of 2014 as a file of the user's, with its result and recording, and all that a user does to them."""
    desk = code_desk
    state = desk.state
    (desk.folder / "work").mkdir()
    path = desk.folder / "work" / "mine.py"
    shutil.copyfile(example_path("question-2014"), path)
    result, recording = state.asking.result_path, str(state.debugger.recording.path)
    beside = state.requests.beside_path
    state.choose_case(str(path))
    state.trust_and_run()
    desk.engine.answer(result, files={str(path): [*mark_of(str(path)), "ab"]})
    desk.settle()
    state.requests.recorded = state.situation
    assert str(state.debugger.recording.path) == recording
    assert state.requests.beside_path == beside
    state.look.go_to("dW_hh", (1, 2))
    state.notes.put(Note("cell", "too large", "dW_hh", (1, 2)))
    source = state.debugger.overview.sources[0]
    state.notes.put(Note("line", "look here", file=source.path, line=54, code="x"))
    state.debugger.stops.add("line 54")
    state.debugger.go_to(30)
    state.debugger.go_to(41)
    state.debugger.visits.notes[41] = "here it is"
    state.set_view(metric="ulp")
    desk.window.show_page(CODE)
    desk.settle_code()
    return desk


def test_another_machine_without_the_code_shows_everything_recorded(
    worked: Any, new_desk: Callable[..., Any], tmp_path: Path
) -> None:
    file = worked.folder / "F.bptt"
    _save(worked, file)
    before = worked.state
    facts = (before.selection, before.notes.all, before.debugger.stops.breakpoints, before.diagnosis.findings,
             list(before.debugger.visits.steps), before.settings, before.result.headline, before.view.metric)  # fmt: skip
    runs = [(one.verdict, one.wrong, one.headline, one.at.replace(microsecond=0)) for one in before.own.history.entries]
    text, value = before.debugger.overview.sources[0].text, before.debugger.recording.value("dcdHin", 41)
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "renamed.bptt"
    shutil.move(file, moved)
    shutil.rmtree(worked.folder / "work")
    worked.window._closes = True
    worked.window.close()

    desk = new_desk(tmp_path / "other.ini")
    _open(desk, moved)
    after = desk.state
    _wait(desk, lambda: after.debugger.overview is not None and after.debugger.overview.matches is not None)
    desk.settle_code()
    assert after.failure is None
    assert facts == (after.selection, after.notes.all, after.debugger.stops.breakpoints, after.diagnosis.findings,
                     after.debugger.visits.steps, after.settings, after.result.headline, after.view.metric)  # fmt: skip
    assert [(one.verdict, one.wrong, one.headline, one.at) for one in after.own.history.entries] == runs
    assert after.debugger.visits.notes == {41: "here it is"}
    assert (after.debugger.here.step, after.debugger.overview.sources[0].text) == (41, text)
    assert (after.debugger.recording.value("dcdHin", 41) == value).all()
    assert after.debugger.walk("over", 1)
    assert (desk.window.page, after.stale, after.session.modified) == (CODE, False, False)
    assert desk.engine.asked == []
    assert "The code of this session, mine.py, is not on this machine" in _bar(desk, "session")
    assert desk.window.pane("session")._details.toPlainText().endswith(example_path("question-2014").read_text())
    desk.window.show_page(PICTURES)
    desk.settle()
    assert desk.pictures.current.quantity == "dW_hh"


def test_running_without_the_code_says_so_and_offers_to_choose_it(
    worked: Any, new_desk: Callable[..., Any], tmp_path: Path
) -> None:
    _save(worked, worked.folder / "F.bptt")
    shutil.move(worked.folder / "work", tmp_path / "away")
    desk = new_desk(tmp_path / "other.ini")
    _open(desk, worked.folder / "F.bptt")
    desk.state.run()
    assert desk.engine.asked == []
    assert "is not on this machine" in desk.state.failure.sentence
    assert desk.state.own.offer.text == "Choose the file..."
    assert not desk.state.stale
    desk.state.own.offer.do()
    assert [dialog.windowTitle() for dialog in desk.dialogs()] == ["Where is the code of this session?"]
    desk.state.session.locate(str(tmp_path / "away" / "mine.py"))
    assert (desk.state.session.missing, desk.state.stale, desk.state.failure) == ("", False, None)
    desk.state.run()
    assert desk.state.pending_trust == str(tmp_path / "away" / "mine.py")  # trust is of this machine, not of the session
    desk.state.trust_and_run()
    assert desk.engine.asked[-1][:2] == ("inspect", str(tmp_path / "away" / "mine.py"))


def test_a_strangers_code_beside_the_session_is_not_run_nor_read_before_the_user_agrees(
    worked: Any, new_desk: Callable[..., Any], tmp_path: Path
) -> None:
    """The code lies where the session says, in the other folder too; running asks first, for the file as it is."""
    _save(worked, worked.folder / "work" / "F.bptt")
    shutil.copytree(worked.folder / "work", tmp_path / "theirs")
    shutil.rmtree(worked.folder / "work")
    desk = new_desk(tmp_path / "other.ini")
    _open(desk, tmp_path / "theirs" / "F.bptt")
    assert desk.state.case_path == str(tmp_path / "theirs" / "mine.py")
    assert "not yet trusted; nothing of it was run" in _bar(desk, "session")
    assert not desk.state.may_run
    (tmp_path / "theirs" / "mine.py").write_text("CASE = {}\n")
    desk.state.drag_settings("", seed=5)
    desk.state.edit_weight("W_hh", (0, 0), 1.0)
    assert desk.engine.asked == []
    assert desk.state.failure is not None or desk.state.pending_trust is not None


def test_the_title_shows_the_name_and_whether_it_is_saved(worked: Any) -> None:
    assert not worked.window.isWindowModified()
    _save(worked, worked.folder / "F.bptt")
    assert worked.window.windowTitle().startswith("F.bptt[*] - ")
    assert not worked.window.isWindowModified()
    worked.state.select_t(2)
    worked.state.set_view(metric="relative")
    assert not worked.window.isWindowModified()  # looking is no work
    worked.state.notes.put(Note("cell", "another", "dW_hh", (0, 0)))
    assert worked.window.isWindowModified()
    worked.state.undo()
    assert not worked.window.isWindowModified()
    worked.state.redo()
    worked.press("Ctrl+S")
    _wait(worked, lambda: worked.state.session.progress is None)
    assert not worked.window.isWindowModified()
    assert len(load_session(worked.folder / "F.bptt").notes) == 3
    assert worked.state.recent[0] == str(worked.folder / "F.bptt")


def test_a_failed_save_leaves_the_old_file_and_the_session_modified(worked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = worked.folder / "F.bptt"
    _save(worked, file)
    before = file.read_bytes()
    worked.state.notes.put(Note("cell", "another", "dW_hh", (0, 0)))

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        _save(worked, file)
    assert "could not be saved: No space left on device" in worked.state.failure.sentence
    assert worked.state.session.modified
    assert file.read_bytes() == before
    assert [one.name for one in worked.folder.glob(".*")] == []
    worked.state.dismiss_notice()
    _save(worked, worked.folder / "gone" / "G.bptt")
    assert "could not be saved: No such file" in worked.state.failure.sentence
    assert worked.state.session.path == str(file)


def test_a_file_that_another_program_changed_is_not_overwritten(worked: Any) -> None:
    file = worked.folder / "F.bptt"
    _save(worked, file)
    save_session(Session(saved="theirs"), file)
    worked.state.session.save()
    _wait(worked, lambda: worked.state.failure is not None)
    assert "was changed by another program" in worked.state.failure.sentence
    assert load_session(file).saved == "theirs"


def test_notes_that_are_not_saved_are_asked_about_before_another_session_takes_their_place(worked: Any) -> None:
    other = worked.folder / "other.bptt"
    save_session(Session(saved="x"), other)
    worked.state.session.open(str(other))
    assert "Save them before you open other.bptt?" in _bar(worked, "unsaved")
    _button(worked, "unsaved", "Cancel").click()
    assert _bar(worked, "unsaved") == ""
    assert worked.state.result is not None
    worked.state.session.open(str(other))
    _button(worked, "unsaved", "Don't save").click()
    _wait(worked, lambda: worked.state.session.path == str(other))
    assert worked.state.result is None
    assert worked.state.notes.all == ()
    assert not worked.state.can_undo


def test_closing_asks_only_where_notes_would_be_lost(worked: Any) -> None:
    worked.window.close()
    assert worked.closed == []
    assert "Save them before you quit?" in _bar(worked, "unsaved")
    _button(worked, "unsaved", "Save").click()
    dialog = worked.dialogs()[0]
    assert dialog.windowTitle() == "Save session"
    dialog.fileSelected.emit(str(worked.folder / "kept.bptt"))
    _wait(worked, lambda: worked.closed)
    assert len(load_session(worked.folder / "kept.bptt").notes) == 2


def test_closing_without_notes_asks_nothing(shown_desk: Any) -> None:
    shown_desk.window.close()
    assert shown_desk.closed == [True]


@pytest.fixture
def other_process() -> Iterator[Owner]:
    """A process that lives as long as the test."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield Owner(child.pid, process_mark(child.pid), this_process().host)
    child.kill()
    child.communicate()


def test_a_session_that_another_window_has_open_is_only_read(
    worked: Any, new_desk: Callable[..., Any], other_process: Owner
) -> None:
    file = worked.folder / "F.bptt"
    _save(worked, file)
    lock = next((worked.memory.folder / "locks").iterdir())
    lock.unlink()
    write_owner(lock, other_process)
    before = file.read_bytes()
    desk = new_desk()
    _open(desk, file)
    assert f"open in another window (process {other_process.pid})" in _bar(desk, "session")
    assert "(read-only)" in desk.window.windowTitle()
    desk.state.notes.put(Note("cell", "mine", "dW_hh", (0, 0)))
    desk.state.session.save()
    assert "only read here" in desk.state.failure.sentence
    assert file.read_bytes() == before
    _save(desk, worked.folder / "mine.bptt")
    assert desk.state.session.read_only == ""
    assert len(load_session(worked.folder / "mine.bptt").notes) == 3


def test_a_stale_lock_is_taken_over(tmp_path: Path, other_process: Owner) -> None:
    """Of a process that is gone, and of one whose number another process has now."""
    for stale in (Owner(other_process.pid, "another start", other_process.host), Owner(4_000_000, "x", other_process.host)):
        held = FileLock(tmp_path, tmp_path / "s.bptt")
        lock = next(tmp_path.glob("*.lock"))
        lock.unlink()
        write_owner(lock, stale)
        held = FileLock(tmp_path, tmp_path / "s.bptt")
        assert held.holder is None
        assert owner_in(lock) == this_process()
        held.release()
        assert list(tmp_path.iterdir()) == []
    elsewhere = Owner(1, "x", "another machine")
    FileLock(tmp_path, tmp_path / "s.bptt")
    next(tmp_path.glob("*.lock")).unlink()
    write_owner(lock, elsewhere)
    assert FileLock(tmp_path, tmp_path / "s.bptt").holder == elsewhere
    lock.write_text("[1, 2")
    assert FileLock(tmp_path, tmp_path / "s.bptt").holder is None


def test_a_newer_session_opens_and_is_saved_under_another_name_only(worked: Any, new_desk: Callable[..., Any]) -> None:
    from tests.rnn.sessions.made import changed

    file = worked.folder / "F.bptt"
    _save(worked, file)
    newer = changed(file, worked.folder / "newer.bptt", lambda one: one.update(format=[7, 1]))
    desk = new_desk()
    _open(desk, newer)
    assert "saved by a newer version (format 7.1" in _bar(desk, "session")
    desk.state.session.save()
    assert "newer version" in desk.state.failure.sentence
    _save(desk, worked.folder / "as.bptt")
    assert load_session(worked.folder / "as.bptt").read_only == ""


def test_what_can_not_be_opened_changes_nothing(worked: Any) -> None:
    bad = worked.folder / "bad.bptt"
    _save(worked, worked.folder / "F.bptt")
    bad.write_bytes((worked.folder / "F.bptt").read_bytes()[:-30])
    notes = worked.state.notes.all
    worked.state.open_files([str(bad)])
    _wait(worked, lambda: worked.state.failure is not None)
    assert "damaged or cut short" in worked.state.failure.sentence
    assert (worked.state.notes.all, worked.state.session.path) == (notes, str(worked.folder / "F.bptt"))


@pytest.mark.parametrize(("count", "seed"), [(16, 3), pytest.param(300, 4, marks=pytest.mark.whole)])
def test_strangers_sessions_never_break_the_window(
    worked: Any, new_desk: Callable[..., Any], count: int, seed: int
) -> None:
    """Any value at any place of what a session says: the window shows what it can, and goes on."""
    import copy
    import json
    import random

    from tests.rnn.sessions.made import document, with_text
    from tests.rnn.sessions.test_hostile import WRONG, _places, _put

    file = worked.folder / "F.bptt"
    _save(worked, file)
    whole, draw, opened = document(file), random.Random(seed), 0
    places = [place for place in _places(whole["index"]["session"]) if place]
    desk = new_desk(worked.folder / "other.ini")
    for number in range(count):
        mutant = copy.deepcopy(whole)
        for _ in range(1 + number % 3):
            try:
                _put(mutant["index"]["session"], draw.choice(places), draw.choice(WRONG))
            except (KeyError, IndexError, TypeError):
                continue
        path = with_text(file, worked.folder / "mutant.bptt", json.dumps(mutant).encode())
        before = path.read_bytes()
        desk.state.dismiss_notice()
        _open(desk, path)
        opened += desk.state.session.path == str(path)
        desk.settle_code()
        try:
            load_session(path)
        except InputError:
            assert desk.state.failure is not None
        assert path.read_bytes() == before
        desk.state.session._saved_notes = desk.state.session._notes()
    assert opened > count / 2
    assert desk.engine.asked == []
    _open(desk, file)
    desk.settle_code()
    assert len(desk.state.notes.all) == 2
