"""What is kept of the runs of the user's code, and how two of them are told apart in words."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from inspector import verdict_history
from inspector.situation import Situation
from inspector.verdict_history import AGREE, DIFFER, FAILED, KeptResults, Verdict, VerdictHistory, since, verdict_of
from rnn.results import FirstDivergence
from rnn.settings import ProblemSettings

sys.path.insert(0, str(Path(__file__).parent))
from doubles import inspection

FILES = {"/a/net.py": "1", "/a/cell.py": "2"}


def run(
    verdict: str = DIFFER, wrong: tuple[str, ...] = ("dW_hh",), files: dict[str, str] = FILES, **more: object
) -> Verdict:
    situation = Situation(settings=ProblemSettings(seed=int(str(more.pop("seed", 0)))))
    return Verdict(0, datetime(2026, 1, 1), "/a/net.py", files, situation, verdict, wrong, 6, **more)  # type: ignore[arg-type]


EDITED = {**FILES, "/a/cell.py": "3"}


@pytest.mark.parametrize(("before", "now", "words"), [
    (None, run(), "first run"),
    (run(), run(AGREE, (), EDITED), "cell.py edited: dW_hh no longer wrong"),
    (run(AGREE, ()), run(DIFFER, ("db_h", "dh"), EDITED), "cell.py edited: db_h, dh now wrong"),
    (run(), run(DIFFER, ("db_h",), {"/a/net.py": "9", "/a/cell.py": "8"}),
     "net.py, cell.py edited: dW_hh no longer wrong; db_h now wrong"),
    (run(), run(files=EDITED), "cell.py edited: the same verdict"),
    (run(), run(seed=3), "other settings: the same verdict"),
    (run(), run(), "the same verdict"),
    (run(), run(FAILED, (), EDITED), "cell.py edited: no longer runs"),
    (run(FAILED, (), EDITED), run(FAILED, (), {"/a/net.py": "1", "/a/cell.py": "4"}), "cell.py edited: still fails"),
    (run(FAILED, (), {"/a/net.py": "7"}), run(AGREE, ()), "net.py edited: runs again"),
    (run(), run(wrong=tuple("abcdef")), "dW_hh no longer wrong; a, b, c, d and 2 more now wrong"),
])  # fmt: skip
def test_what_changed_in_words(before: Verdict | None, now: Verdict, words: str) -> None:
    assert since(before, now) == words


def test_a_result_says_what_is_wrong_and_where_first() -> None:
    made = verdict_of(replace(inspection(), first_divergence=FirstDivergence("dh", 3, (3, 1, 2))))
    assert (made.verdict, made.wrong, made.compared) == (DIFFER, ("dW_hh", "dh", "dx"), 5)
    assert (made.quantity, made.t, made.headline) == ("dh", 3, "dW_hh differs.")
    assert verdict_of(inspection()).quantity == "dW_hh"


def test_the_same_code_and_verdict_again_is_one_entry(qapp: object) -> None:
    history = VerdictHistory()
    for each in (run(), run(), run(seed=4), run(files=EDITED), run(AGREE, (), EDITED), run(AGREE, (), EDITED)):
        history.add(each)
    assert [(each.number, each.runs, each.verdict) for each in history.entries] == [
        (3, 3, DIFFER),
        (4, 1, DIFFER),
        (6, 2, AGREE),
    ]
    assert history.entries[-1].changes == "dW_hh no longer wrong"


def test_another_case_has_a_history_of_its_own(qapp: object) -> None:
    history = VerdictHistory()
    history.add(run())
    history.add(replace(run(), path="/b/other.py"))
    assert [each.changes for each in history.entries] == ["first run", "first run"]
    history.add(run(AGREE, ()))
    assert history.entries[-1].changes == "dW_hh no longer wrong"


def test_it_is_bounded(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_history, "MOST", 5)
    history = VerdictHistory()
    for number in range(9):
        history.add(run(files={"/a/net.py": str(number)}))
    assert [each.number for each in history.entries] == [5, 6, 7, 8, 9]
    assert history.entry(1) is None and history.newest("/a/net.py") == history.entries[-1]


def test_a_result_outlives_the_file_that_it_came_in(qapp: object, tmp_path: Path) -> None:
    made = tmp_path / "1.bptt"
    made.write_bytes(b"result")
    history = VerdictHistory()
    entry = history.add(run(result=str(made)))
    made.unlink()
    assert entry.is_there and Path(entry.result).read_bytes() == b"result"
    assert history.shown == entry.number
    assert not history.add(run(FAILED, (), EDITED)).is_there
    assert history.shown == entry.number


def test_only_the_newest_results_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_history, "MOST_KEPT", 3)
    kept = KeptResults()
    made = tmp_path / "r.bptt"
    made.write_bytes(b"12345")
    paths = [Path(kept.keep(str(made), number)) for number in range(5)]
    assert [path.exists() for path in paths] == [False, False, True, True, True]
    monkeypatch.setattr(verdict_history, "MOST_KEPT_BYTES", 11)
    paths.append(Path(kept.keep(str(made), 5)))
    assert [path.exists() for path in paths] == [False] * 4 + [True, True]


def test_what_was_kept_goes_with_its_keeper(tmp_path: Path) -> None:
    made = tmp_path / "r.bptt"
    made.write_bytes(b"12345")
    kept = KeptResults()
    folder = Path(kept.keep(str(made), 1)).parent
    assert folder.is_dir()
    del kept
    gc.collect()
    assert not folder.exists() and made.exists()


def test_a_result_that_cannot_be_linked_is_copied_if_it_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(verdict_history.os, "link", refuse)
    made = tmp_path / "r.bptt"
    made.write_bytes(b"12345")
    kept = KeptResults()
    assert Path(kept.keep(str(made), 1)).read_bytes() == b"12345"
    monkeypatch.setattr(verdict_history, "MOST_COPIED_BYTES", 4)
    assert kept.keep(str(made), 2) == ""
    assert kept.keep(str(tmp_path / "missing"), 3) == ""
