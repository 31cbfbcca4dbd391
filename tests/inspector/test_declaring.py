"""Changing CASE in the user's file: what is written, what is refused before it is, and taking it back."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from inspector import declaring
from inspector.declaring import keys_of, rewritten, tables, write_safely
from inspector.pictures import Pictures
from inspector.settings import Memory
from inspector.state import State
from rnn.cases.rewriting import REMOVED
from rnn.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))
from doubles import FakeEngine

CASE = 'CASE = dict(cell="rnn", x="TBD")  # mine\n\ndef run(problem):\n    return {}\n'


@pytest.fixture
def state(qapp: QApplication, settings_file: Path, tmp_path: Path) -> Iterator[State]:
    pictures = Pictures()
    made = State(FakeEngine(), pictures, Memory(settings_file))  # type: ignore[arg-type]
    (tmp_path / "net.py").write_bytes(CASE.encode())
    made.open_files([str(tmp_path / "net.py")])
    made.trust_and_run()
    yield made
    made.own.close()
    made.debugger.close()
    pictures.close()


def asked(state: State) -> int:
    return len(state.own._runs._engine.asked)  # type: ignore[attr-defined]


def text(state: State) -> str:
    return Path(state.case_path).read_bytes().decode()


def test_every_key_that_a_case_may_have_is_shown() -> None:
    keys = {key.name: key for key in keys_of({"weights": "out,in", "sizes": {"H": 4}})}
    assert tuple(keys) == tables()[1] and {"cell", "x", "title", "declared"} <= set(keys)
    assert (keys["weights"].text, keys["weights"].choices) == ('"out,in"', ('"in,out"', '"out,in"'))
    assert (keys["sizes"].text, keys["sizes"].choices, keys["cell"].text) == ("dict(H=4)", (), "")


def test_a_change_is_written_and_run_and_can_be_undone(state: State) -> None:
    state.own.declaring.apply({"x": '"TD"', "title": '"My net"', "cell": REMOVED})
    assert text(state) == CASE.replace('cell="rnn", x="TBD"', 'x="TD", title="My net"')
    assert (state.settings.batch, state.case_info.title, asked(state)) == (1, "My net", 2)
    assert state.notice == "x, title, cell changed in CASE of net.py"
    assert [path.name for path in Path(state.case_path).parent.glob("*.py")] == ["net.py"]
    state.own.offer.do()  # type: ignore[union-attr]
    assert (text(state), asked(state)) == (CASE, 3)
    state.own.declaring.undo()
    assert asked(state) == 3


def test_undo_leaves_a_file_alone_that_was_changed_since(state: State) -> None:
    state.own.declaring.apply({"x": '"TD"'})
    Path(state.case_path).write_text(CASE + "# by hand\n")
    state.own.declaring.undo()
    assert text(state).endswith("# by hand\n")
    assert "was changed since" in state.failure.sentence


@pytest.mark.parametrize(("changes", "said"), [
    ({"weights": '"up"'}, "net.py: CASE has weights = 'up'; expected one of"),
    ({"x": '"TD"', "sizes": "dict(B=3)"}, "net.py: CASE has x = 'TD', one sequence, and fixes B at 3"),
    ({"sizes": "3"}, "net.py: CASE has sizes = 3; expected a dict"),
    ({"title": "My net"}, "'My net' is no plain value"),
    ({"title": "open('x')"}, "no plain value"),
])  # fmt: skip
def test_what_cannot_be_used_is_said_and_nothing_is_written(state: State, changes: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        state.own.declaring.apply(changes)
    assert said in str(caught.value)
    assert (text(state), asked(state)) == (CASE, 1)
    assert sorted(path.name for path in Path(state.case_path).parent.glob("*.py*")) == ["net.py"]


def test_no_change_writes_and_runs_nothing(state: State) -> None:
    before = os.stat(state.case_path)
    state.own.declaring.apply({"x": "'TBD'"})
    assert (os.stat(state.case_path), asked(state)) == (before, 1)


def test_a_file_that_went_away_is_said(state: State) -> None:
    Path(state.case_path).unlink()
    with pytest.raises(InputError, match=r"net\.py could not be read"):
        state.own.declaring.apply({"x": '"TD"'})


@pytest.mark.parametrize(
    "head", [b"\xef\xbb\xbf", b"# -*- coding: latin-1 -*-\n# gr\xfc\xdfe\n", "# grüße\r\n".encode()]
)
def test_encoding_and_line_ends_stay(head: bytes) -> None:
    made = rewritten(head + b'CASE = dict(x="TBD")\r\n', {"x": "TD"})
    assert made == head + b'CASE = dict(x="TD")\r\n'


def test_a_text_that_the_encoding_cannot_hold_is_said() -> None:
    with pytest.raises(InputError, match="encoding"):
        rewritten(b"# -*- coding: latin-1 -*-\nCASE = dict(x=1)\n", {"title": "\u221e"})


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_mode_and_link_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "net.py", tmp_path / "link.py"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_safely(link, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode), link.is_symlink()) == (b"new", 0o640, True)


def test_a_disk_that_refuses_leaves_the_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "net.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(declaring.os, "replace", refuse)
    with pytest.raises(InputError, match=r"net\.py could not be written: No space left"):
        write_safely(path, b"new")
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"old", ["net.py"])
