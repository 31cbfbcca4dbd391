"""The window's side of the engine, against a real process with handlers that behave badly on demand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from inspector.engine.client import Engine
from inspector.launch import python_command

FAKE = Path(__file__).with_name("fake_engine.py")
WAIT_MS = 30_000


@pytest.fixture
def engine(qapp):
    made = Engine(python_command(f"import runpy; runpy.run_path({str(FAKE)!r}, run_name='__main__')"))
    made.heard = []
    for signal in (made.progressed, made.done, made.failed):
        signal.connect(made.heard.append)
    yield made
    made.close()


def ask(engine, kind, **extra):
    return engine.submit(kind, "", {"seed": 1}, extra)


def test_an_answer_comes_after_its_progress(engine, qtbot, tmp_path):
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        number = ask(engine, "write", path=str(tmp_path / "made"))
    assert [(type(m).__name__, m.number) for m in engine.heard] == [("Progress", number)] * 2 + [("Done", number)]
    assert (tmp_path / "made").read_text(encoding="utf-8") == "{'seed': 1}"
    assert engine.is_ready


def test_a_check_is_given_a_file_in_a_folder_that_goes_at_the_end(engine, qtbot):
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        ask(engine, "inspect")
    made = Path(engine.heard[-1].path)
    assert made.is_file()
    engine.close()
    assert not made.parent.exists()


def test_only_the_last_two_results_are_kept(engine, qtbot):
    for _ in range(3):
        with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
            ask(engine, "inspect")
    made = [Path(m.path) for m in engine.heard if type(m).__name__ == "Done"]
    assert [path.exists() for path in made] == [False, True, True]


@pytest.mark.parametrize(("kind", "sentence", "is_bug"), [
    ("blame", "W_hh is missing; add it", False),
    ("user_code", "ValueError: oh", False),
    ("bug", "A mistake of the program itself (KeyError); please report it with the details", True),
    ("unheard_of", "A mistake of the program itself (KeyError); please report it with the details", True),
])
def test_a_failure_is_told_and_the_engine_lives_on(engine, qtbot, tmp_path, kind, sentence, is_bug):
    with qtbot.waitSignal(engine.failed, timeout=WAIT_MS):
        ask(engine, kind)
    process = engine.process_id
    assert (engine.heard[-1].sentence, engine.heard[-1].is_bug) == (sentence, is_bug)
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        ask(engine, "write", path=str(tmp_path / "made"))
    assert engine.process_id == process


def test_the_users_line_is_told(engine, qtbot):
    with qtbot.waitSignal(engine.failed, timeout=WAIT_MS):
        ask(engine, "user_code")
    told = engine.heard[-1]
    assert (told.details, told.file, told.line) == ("line 3\n", "net.py", 3)


def test_questions_arrive(engine, qtbot):
    with qtbot.waitSignal(engine.failed, timeout=WAIT_MS):
        ask(engine, "ask")
    (question,) = engine.heard[-1].questions
    assert (question.parameter, question.options) == ("W_hh", ("w", "w.T"))


def test_printing_disturbs_nothing(engine, qtbot, tmp_path):
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        ask(engine, "chatter", path=str(tmp_path / "made"))


def test_after_a_cancel_nothing_more_is_heard_and_the_same_process_goes_on(engine, qtbot, tmp_path):
    with qtbot.waitSignal(engine.progressed, timeout=WAIT_MS):
        number = ask(engine, "patient")
    process = engine.process_id
    engine.cancel(number)
    engine.heard.clear()
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        second = ask(engine, "write", path=str(tmp_path / "made"))
    assert {message.number for message in engine.heard} == {second}
    assert engine.process_id == process


def test_a_request_cancelled_while_it_waits_is_never_begun(engine, qtbot, tmp_path):
    with qtbot.waitSignal(engine.progressed, timeout=WAIT_MS):
        first = ask(engine, "patient")
    waiting = ask(engine, "write", path=str(tmp_path / "never"))
    engine.cancel(waiting)
    engine.cancel(first)
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        ask(engine, "write", path=str(tmp_path / "made"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made"]


def test_an_engine_deaf_to_a_cancel_is_replaced_and_what_waited_is_done(engine, qtbot, tmp_path):
    with qtbot.waitSignal(engine.progressed, timeout=WAIT_MS):
        number = ask(engine, "deaf")
    process = engine.process_id
    engine.cancel(number)
    engine.heard.clear()
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        second = ask(engine, "write", path=str(tmp_path / "made"))
    assert {message.number for message in engine.heard} == {second}
    assert engine.process_id != process


def test_a_crash_is_one_more_message_and_the_next_request_is_answered(engine, qtbot, tmp_path):
    with qtbot.waitSignals([engine.failed, engine.died], timeout=WAIT_MS):
        ask(engine, "die")
    told = engine.heard[-1]
    assert told.sentence.startswith("The engine stopped (")
    assert "last words" in told.details
    with qtbot.waitSignal(engine.done, timeout=WAIT_MS):
        ask(engine, "write", path=str(tmp_path / "made"))


def test_an_engine_that_cannot_start_is_told_once(qapp, qtbot, tmp_path):
    engine = Engine([str(tmp_path / "no_such_program")])
    heard = []
    engine.failed.connect(heard.append)
    with qtbot.waitSignal(engine.died, timeout=WAIT_MS):
        number = engine.submit("write", "", {}, {})
    assert [message.number for message in heard] == [number]
    assert "could not be started" in heard[0].sentence
    engine.close()


def test_an_engine_that_talks_nonsense_is_stopped(qapp, qtbot):
    engine = Engine([sys.executable, "-c", "print('no frame at all ' * 10, flush=True); input()"])
    heard = []
    engine.failed.connect(heard.append)
    with qtbot.waitSignal(engine.died, timeout=WAIT_MS):
        engine.submit("write", "", {}, {})
    assert "not the start of a frame" in heard[0].details
    engine.close()


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for a process by sending signal 0")
def test_closing_ends_the_process(engine, qtbot):
    with qtbot.waitSignal(engine.progressed, timeout=WAIT_MS):
        ask(engine, "deaf")
    process = engine.process_id
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
