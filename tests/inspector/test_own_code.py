"""What the window does about the user's own code, with a stand-in for the engine: saves, history, limits, offers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.own_code import Sketched
from inspector.pictures import Pictures
from inspector.records import IDLE
from inspector.settings import Memory
from inspector.state import State
from inspector.verdict_history import AGREE, DIFFER, FAILED

sys.path.insert(0, str(Path(__file__).parent))
from doubles import FakeEngine, inspection, result_file

CASE = 'CASE = dict(cell="rnn", x="TBD")\ndef run(problem):\n    return {}\n'
WAIT_MS = 20_000


class Bench:
    """A state with a case of the user's, what it imports, and the answers of the engine."""

    def __init__(self, state: State, engine: FakeEngine, folder: Path, qtbot: QtBot) -> None:
        self.state, self.engine, self.folder, self.qtbot = state, engine, folder, qtbot
        self.case, self.cell = folder / "net.py", folder / "cell.py"
        self.case.write_text(CASE)
        self.cell.write_text("x = 1\n")
        state.open_files([str(self.case)])

    def files(self) -> dict[str, list[Any]]:
        """What the engine would say of the files as they are now."""
        stats = {path: os.stat(path) for path in (self.case, self.cell) if path.exists()}
        return {str(p): [s.st_mtime_ns, s.st_size, p.read_text()] for p, s in stats.items()}

    def answer(self, verdict: str = DIFFER, printed: str = "") -> None:
        """The engine is done."""
        good = tuple(replace(each, verdict="agrees") for each in inspection().parameters)
        more = (
            {"parameters": good, "intermediates": (), "verdict": AGREE, "headline": "All agree."}
            if verdict == AGREE
            else {}
        )
        path = result_file(self.folder, f"{len(self.engine.asked)}.bptt", **more)
        self.engine.answer(path, files=self.files(), printed=printed)

    def fail(self, sentence: str = "oh", **more: Any) -> None:
        """The code fails."""
        self.engine.refuse(sentence, extra={"files": self.files(), "printed": ""}, **more)

    def save(self, text: str = "x = 2 + 2\n") -> None:
        """Somebody saves what the case imports; waits until the window has asked for a run."""
        before = len(self.engine.asked)
        self.cell.write_text(text)
        self.qtbot.waitUntil(lambda: len(self.engine.asked) > before, timeout=WAIT_MS)

    @property
    def kinds(self) -> list[str]:
        return [asked[0] for asked in self.engine.asked]


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot, settings_file: Path, tmp_path: Path) -> Iterator[Bench]:
    engine, pictures = FakeEngine(), Pictures()
    state = State(engine, pictures, Memory(settings_file))  # type: ignore[arg-type]
    yield Bench(state, engine, tmp_path, qtbot)
    state.own.close()
    state.debugger.close()
    pictures.close()


@pytest.fixture
def ran(bench: Bench) -> Bench:
    """A case that was agreed to and has run once."""
    bench.state.trust_and_run()
    bench.answer()
    return bench


def test_a_first_run_that_hangs_is_watched_already(bench: Bench) -> None:
    bench.state.trust_and_run()
    assert bench.state.own.watching.files == (str(bench.case.resolve()),)
    bench.state.cancel()
    bench.case.write_text(CASE + "# mended\n")
    bench.qtbot.waitUntil(lambda: len(bench.engine.asked) == 2, timeout=WAIT_MS)


def test_a_save_whose_run_is_cancelled_leaves_the_result_stale(ran: Bench) -> None:
    ran.save()
    ran.state.cancel()
    assert ran.state.stale
    ran.state.run()
    ran.answer()
    assert not ran.state.stale


def test_nothing_is_watched_before_the_first_run(bench: Bench) -> None:
    assert bench.state.own.watching.files == ()
    bench.case.write_text(CASE + "# more\n")
    bench.state.refuse_trust()
    assert bench.kinds == []


def test_a_save_of_what_is_imported_runs_the_case_without_asking(ran: Bench) -> None:
    assert set(ran.state.own.watching.files) == {str(ran.case), str(ran.cell)}
    ran.save()
    assert ran.kinds == ["inspect", "inspect"]
    assert ran.state.pending_trust is None
    assert ran.state.remark.startswith("cell.py was saved")


def test_a_save_of_the_case_itself_runs_what_it_says_now(ran: Bench) -> None:
    ran.case.write_text(CASE.replace("TBD", "TD"))
    ran.qtbot.waitUntil(lambda: len(ran.engine.asked) == 2, timeout=WAIT_MS)
    assert ran.state.settings.batch == 1


def test_without_the_setting_a_save_only_marks_the_result(ran: Bench, settings_file: Path) -> None:
    ran.state.own.toggle_run_on_save()
    assert not Memory(settings_file).run_on_save()
    ran.cell.write_text("x = 2 + 2\n")
    ran.qtbot.waitUntil(lambda: ran.state.stale, timeout=WAIT_MS)
    assert (ran.kinds, ran.state.remark) == (["inspect"], "cell.py was saved; F5 runs it")
    ran.state.own.toggle_run_on_save()
    assert ran.state.own.run_on_save


def test_a_save_while_it_runs_drops_that_run(ran: Bench) -> None:
    ran.state.run()
    ran.save()
    assert ran.engine.cancelled == [2]
    ran.answer(AGREE)
    assert not ran.state.stale


def test_a_save_waits_for_what_else_is_being_done(ran: Bench) -> None:
    ran.state.asking.save_weights(str(ran.folder / "w.npz"))
    ran.cell.write_text("x = 2 + 2\n")
    ran.qtbot.waitUntil(lambda: ran.state.stale, timeout=WAIT_MS)
    assert (ran.kinds[-1], ran.engine.cancelled) == ("save_weights", [])
    ran.engine.answer(ran.folder / "w.npz")
    assert ran.kinds[-1] == "inspect"


def test_a_broken_file_says_where_and_the_next_good_save_clears_it(ran: Bench) -> None:
    result = ran.state.result
    ran.case.write_text(CASE + "def (:\n")
    ran.qtbot.waitUntil(lambda: ran.state.failure is not None, timeout=WAIT_MS)
    failure = ran.state.failure
    assert "line 4: this is no Python" in failure.sentence
    assert (failure.file, failure.line) == (str(ran.case), 4)
    assert ran.state.result is result and ran.state.stale
    ran.case.write_text(CASE + "# good\n")
    ran.qtbot.waitUntil(lambda: len(ran.engine.asked) == 2, timeout=WAIT_MS)
    ran.answer(AGREE)
    assert ran.state.failure is None and not ran.state.stale


def test_code_that_fails_on_save_keeps_the_result_until_it_runs_again(ran: Bench) -> None:
    ran.save()
    ran.fail("raised ValueError", file=str(ran.cell), line=1)
    assert ran.state.stale and ran.state.result is not None
    ran.save("x = 3 + 3 + 3\n")
    ran.answer(AGREE)
    assert ran.state.failure is None and not ran.state.stale


def test_a_file_that_is_removed_is_said_and_runs_when_it_is_back(ran: Bench) -> None:
    ran.cell.unlink()
    ran.qtbot.waitUntil(lambda: "no longer there" in ran.state.notice, timeout=WAIT_MS)
    assert ran.state.notice.startswith("cell.py is no longer there; the last result is kept")
    assert ran.state.stale and ran.kinds == ["inspect"]
    ran.save()
    assert ran.kinds == ["inspect", "inspect"]


def test_another_case_is_no_longer_watched(ran: Bench) -> None:
    ran.state.choose_case("question-2014")
    assert ran.state.own.watching.files == ()
    assert not ran.state.own.is_users


def test_every_run_is_kept_with_what_it_changed(ran: Bench) -> None:
    ran.save()
    ran.answer(AGREE)
    ran.save("x =\n")
    ran.fail("raised SyntaxError")
    entries = ran.state.own.history.entries
    assert [(each.verdict, each.changes) for each in entries] == [
        (DIFFER, "first run"), (AGREE, "cell.py edited: dW_hh, dh, dx no longer wrong"), (FAILED, "cell.py edited: no longer runs"),
    ]  # fmt: skip
    assert entries[-1].headline == "raised SyntaxError"


def test_examples_and_the_built_in_leave_no_entry(bench: Bench) -> None:
    bench.state.choose_case("question-2014")
    bench.state.run()
    bench.answer()
    assert bench.state.result is not None
    assert bench.state.own.history.entries == ()


def test_an_earlier_run_is_shown_as_one_and_the_newest_as_what_it_is(ran: Bench) -> None:
    ran.save()
    ran.answer(AGREE)
    assert ran.state.result.verdict == AGREE
    ran.state.own.show_run(1)
    assert (ran.state.result.verdict, ran.state.stale, ran.state.own.history.shown) == (DIFFER, True, 1)
    assert "an earlier one of net.py" in ran.state.notice
    ran.state.own.offer.do()  # type: ignore[union-attr]
    assert (ran.state.result.verdict, ran.state.stale, ran.state.notice) == (AGREE, False, "")
    assert len(ran.engine.asked) == 2


def test_a_result_from_elsewhere_is_none_of_these_runs(ran: Bench) -> None:
    assert ran.state.own.history.shown == 1
    ran.state.change_settings(seed=4)
    assert ran.state.own.history.shown == 1
    ran.state.open_files([str(result_file(ran.folder, "saved.bptt"))])
    assert ran.state.own.history.shown == 0
    ran.state.own.show_run(1)
    assert ran.state.own.history.shown == 1


def test_a_run_without_a_result_says_why(ran: Bench) -> None:
    ran.state.run()
    ran.fail()
    before = ran.state.result
    ran.state.own.show_run(2)
    assert ran.state.result is before and "it failed" in ran.state.remark
    entry = ran.state.own.history.entry(1)
    assert entry is not None
    os.unlink(entry.result)
    ran.state.own.show_run(1)
    assert "only the newest results are kept" in ran.state.remark
    ran.state.own.show_run(77)


@pytest.mark.parametrize(
    ("limit", "raised"), [("time", {"seconds": 240.0, "gib": 8.0}), ("memory", {"seconds": 60.0, "gib": 16.0})]
)
def test_a_limit_that_stopped_the_code_can_be_raised(ran: Bench, limit: str, raised: dict[str, float]) -> None:
    ran.state.run()
    ran.fail("was stopped", limit=limit)
    offer = ran.state.own.offer
    assert offer is not None and offer.text == "Raise the limit and run again"
    offer.do()
    assert ran.engine.asked[-1][3]["job_limits"] == raised
    assert ran.state.own.offer is None
    ran.answer()
    assert not ran.state.stale


def test_what_was_no_run_is_not_run_again_by_a_raised_limit(ran: Bench) -> None:
    ran.state.asking.ask_itemised(str(ran.case))
    ran.fail("was stopped", limit="time")
    offer = ran.state.own.offer
    assert offer is not None and offer.text == "Raise the limit"
    offer.do()
    assert (ran.kinds[-1], ran.state.failure, ran.state.own.limits) == ("itemised", None, (240.0, 8.0))


def test_no_more_than_the_most_is_offered(ran: Bench) -> None:
    ran.state.own.set_limits(7 * 24 * 3600.0, 8)
    ran.state.run()
    ran.fail("was stopped", limit="time")
    assert ran.state.failure is not None and ran.state.own.offer is None


def test_another_failure_offers_nothing(ran: Bench) -> None:
    ran.state.run()
    ran.fail()
    assert ran.state.own.offer is None


def test_what_was_printed_is_that_of_the_last_run(ran: Bench) -> None:
    ran.state.run()
    ran.answer(printed="one\ntwo\n")
    assert ran.state.own.printed == "one\ntwo\n"
    ran.state.run()
    ran.answer()
    assert ran.state.own.printed == ""


def test_a_proposed_case_is_told(bench: Bench) -> None:
    told: list[Sketched] = []
    bench.state.own.sketched.connect(told.append)
    bench.state.own.ask_sketch(str(bench.cell))
    kind, case, _, extra = bench.engine.asked[-1]
    assert (kind, case, extra["file"]) == ("sketch", "", str(bench.cell))
    bench.engine.answer("", file=str(bench.cell), text="CASE = {}\n", found=["a"], unsure=[], declaration={"x": "'TD'"})
    assert told == [Sketched(str(bench.cell), "CASE = {}\n", ("a",), (), {"x": "'TD'"})]
    assert bench.state.status.phase == IDLE


def test_code_for_which_nothing_can_be_proposed_is_said(bench: Bench) -> None:
    bench.state.own.ask_sketch(str(bench.cell))
    bench.engine.refuse("cell.py holds no network")
    assert bench.state.failure.sentence == "cell.py holds no network"
    assert not bench.state.stale


def test_forgetting_trusted_files_forgets_those_of_the_session(ran: Bench) -> None:
    ran.state.own._memory.forget_trusted()
    ran.state.run()
    assert ran.state.pending_trust == str(ran.case)
    assert ran.kinds == ["inspect"]
