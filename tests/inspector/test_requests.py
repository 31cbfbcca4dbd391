"""What the debugger asks the engine for, and what becomes of the answers; the engine is a stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rnn.recorder import record

if TYPE_CHECKING:
    from conftest import Desk

MINE = '''
CASE = dict(cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="in,out", h0="zero")


def run(problem):
    return dict(loss=0.0)
'''


def _wait(desk: Desk, condition: Any) -> None:
    desk.qtbot.waitUntil(lambda: bool(condition()), timeout=20_000)


def _kinds(desk: Desk) -> list[str]:
    return [asked[0] for asked in desk.engine.asked]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MINE, encoding="utf-8")
    return path


def test_recording_a_file_asks_for_trust_first(desk: Desk, mine: Path) -> None:
    desk.state.choose_case(str(mine))
    desk.state.refuse_trust()
    desk.state.record()
    assert (_kinds(desk), desk.state.pending_trust) == ([], str(mine))
    desk.state.trust_and_run()
    assert _kinds(desk) == ["record"]
    assert desk.engine.asked[0][1] == str(mine)


def test_what_is_refused_is_not_recorded_later(desk: Desk, mine: Path) -> None:
    desk.state.choose_case(str(mine))
    desk.state.record()
    desk.state.refuse_trust()
    desk.state.trust_and_run()
    assert _kinds(desk) == []


def test_a_recording_is_opened_as_soon_as_it_begins(desk: Desk, question_recording: str) -> None:
    desk.state.choose_case("question-2014")
    desk.state.record()
    desk.engine.say("Recording", None)
    desk.state.requests._on_runs_told({"recording": question_recording})
    _wait(desk, lambda: desk.state.debugger.overview is not None)
    assert desk.state.debugger.overview.growing
    assert desk.window.page == "code"
    desk.engine.answer(question_recording)
    _wait(desk, lambda: not desk.state.debugger.overview.growing)
    assert _kinds(desk) == ["record", "beside"]


def test_one_that_is_not_there_yet_is_waited_for(desk: Desk, question_recording: str, tmp_path: Path) -> None:
    desk.state.choose_case("question-2014")
    desk.state.record()
    late = tmp_path / "late.rec"
    desk.state.requests._on_runs_told({"recording": str(late)})
    desk.qtbot.wait(300)
    assert desk.state.failure is None
    late.write_bytes(Path(question_recording).read_bytes())
    _wait(desk, lambda: desk.state.debugger.overview is not None)


def test_stopping_keeps_what_was_recorded(desk: Desk, question_recording: str) -> None:
    desk.state.choose_case("question-2014")
    desk.state.record()
    desk.state.requests._on_runs_told({"recording": question_recording})
    _wait(desk, lambda: desk.state.debugger.overview is not None)
    desk.press("Shift+F5")
    _wait(desk, lambda: not desk.state.debugger.overview.growing)
    assert desk.engine.cancelled == [1]
    assert desk.state.debugger.here is not None


def test_code_that_failed_says_so_and_shows_its_recording(desk: Desk, question_recording: str) -> None:
    from inspector.engine.messages import Done

    desk.state.choose_case("question-2014")
    desk.state.record()
    extra = {"failure": "your code raised ValueError", "details": "line 1", "file": "mine.py", "line": 7}
    desk.engine.done.emit(Done(1, question_recording, extra))
    _wait(desk, lambda: desk.state.debugger.overview is not None)
    assert (desk.state.failure.sentence, desk.state.failure.line) == ("your code raised ValueError", 7)


def test_without_a_reference_the_note_stays_and_stepping_works(desk: Desk, question_recording: str) -> None:
    from inspector.engine.messages import Done

    desk.state.requests.open(question_recording)
    desk.engine.done.emit(Done(1, "", {"note": "its case is not here"}))
    _wait(desk, lambda: desk.state.debugger.overview is not None and desk.state.debugger.overview.note)
    assert desk.state.debugger.overview.note == "its case is not here"
    step = desk.state.debugger.here.step
    desk.press("F10")
    assert desk.state.debugger.here.step == step + 1
    desk.window.commands.debug.go_to_first_wrong_line()
    assert desk.state.notice == "its case is not here"


def test_code_of_a_stranger_s_recording_is_not_run_again(desk: Desk, tmp_path: Path) -> None:
    def work() -> Any:
        import numpy as np

        dh = np.ones(3)
        dh += 1
        return dh

    facts = {"case": {"path": str(tmp_path / "theirs.py"), "digest": "0" * 64, "name": "theirs"}}
    record(work, path=tmp_path / "a.rec", extra=facts)
    desk.state.requests.open(str(tmp_path / "a.rec"))
    _wait(desk, lambda: desk.state.debugger.overview is not None)
    assert desk.engine.asked[-1][3]["may_run"] is False
    desk.state.debugger.select_array("dh")
    asked = len(desk.engine.asked)
    desk.state.requests.ask_what_if({"0": 1.0})
    assert len(desk.engine.asked) == asked
    assert "you have not agreed" in desk.state.notice
    desk.memory.trust("0" * 64)
    desk.state.requests.ask_what_if({"0": 1.0})
    assert desk.engine.asked[-1][0] == "what_if"


def test_a_correction_of_a_match_is_sent_with_the_question(code_desk: Desk) -> None:
    code_desk.state.requests.compare(match=("dcdHin", "dh"))
    kind, _, _, extra = code_desk.engine.asked[-1]
    assert (kind, extra["match"]) == ("beside", ("dcdHin", "dh"))


def test_the_first_wrong_line_needs_no_second_recording(code_desk: Desk) -> None:
    asked = len(code_desk.engine.asked)
    code_desk.state.debugger.go_to(0)
    code_desk.window.commands.debug.go_to_first_wrong_line()
    assert (code_desk.state.debugger.here.line, len(code_desk.engine.asked)) == (54, asked)
