"""Whatever happens while a session is saved: the old file is whole, or the new one; and it is said."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rnn.container_writer import STRAY, sweep
from rnn.errors import InputError
from rnn.sessions import Session, load_session, save_session
from tests.rnn.sessions.made import full_session

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes are POSIX's")


class Faults:
    """Counts the calls that change the disk, and lets one of them fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails_at: int, code: int) -> None:
        self.count, self._fails_at, self._code = 0, fails_at, code
        real_open = Path.open

        def opened(path: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if "x" not in mode:
                return real_open(path, mode, *arguments, **named)
            self.call()
            file = real_open(path, mode, 0)  # unbuffered: every write is a call of the system
            return _Watched(file, self.call)

        for name in ("fsync", "replace", "chmod"):
            monkeypatch.setattr(os, name, self._counted(getattr(os, name)))
        monkeypatch.setattr(Path, "open", opened)

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.call()
            return real(*arguments, **named)

        return call

    def call(self) -> None:
        self.count += 1
        if self.count == self._fails_at:
            raise OSError(self._code, os.strerror(self._code))


class _Watched:
    """A file whose writes, flushes and closing are counted."""

    def __init__(self, file: Any, call: Callable[[], None]) -> None:
        self._file, self._call = file, call

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._file, name)
        if name not in ("write", "flush", "close", "truncate"):
            return real

        def call(*arguments: Any) -> Any:
            try:
                self._call()
            except OSError:
                if name == "close":
                    real()
                raise
            return real(*arguments)

        return call


def _attempt(session: Session, path: Path, fails_at: int, code: int) -> int:
    """Save with the n-th call failing; returns how many calls there were."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        faults = Faults(monkeypatch, fails_at, code)
        save_session(session, path)
    return faults.count


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EDQUOT])
def test_every_write_call_may_fail(tmp_path: Path, code: int) -> None:
    """The old file survives each of them, byte for byte; nothing is left beside it; one sentence says which file."""
    session, path = full_session(tmp_path / "here"), tmp_path / "s.bptt"
    save_session(session, path)
    before = path.read_bytes()
    count = _attempt(replace(session, saved="counted"), tmp_path / "other.bptt", 0, code)
    assert count > 12
    path_of_mode = {errno.EACCES: "chmod"}.get(code)
    failed = 0
    for fails_at in range(1, count + 2):
        try:
            _attempt(replace(session, saved="new"), path, fails_at, code)
        except InputError as error:
            failed += 1
            assert str(path) in str(error)
            assert "\n" not in str(error)
            assert path.read_bytes() == before
        else:  # only the mode could not be kept, or nothing failed
            assert load_session(path).saved == "new"
            path.write_bytes(before)
        assert sorted(one.name for one in tmp_path.iterdir()) == ["here", "other.bptt", "s.bptt"]
    assert failed >= count - 1, path_of_mode


def test_a_full_disk_says_how_much_is_free(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"No space left on device, [\d.e+]+ MB are free; choose another place"):
        _attempt(full_session(tmp_path / "here"), tmp_path / "s.bptt", 5, errno.ENOSPC)


def test_the_folder_vanishes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"could not be saved: No such file"):
        save_session(Session(), tmp_path / "gone" / "s.bptt")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "no" / "s.bptt"
    path.parent.mkdir()
    save_session(Session(), path)
    path.parent.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied"):
        save_session(Session(saved="new"), path)
    path.parent.chmod(0o700)
    assert load_session(path).saved == ""


def test_a_source_that_is_cut_while_it_is_saved(tmp_path: Path) -> None:
    session, path = full_session(tmp_path / "here"), tmp_path / "s.bptt"
    save_session(session, path)
    before = path.read_bytes()
    assert session.result is not None
    os.truncate(session.result.file, 10)
    cut = save_session(session, tmp_path / "cut.bptt")  # a file that is short from the start is copied as it is
    assert cut.result is not None
    os.unlink(session.result.file)
    with pytest.raises(InputError, match="could not be opened"):
        save_session(session, path)
    assert path.read_bytes() == before


SAVES = """
import sys
from dataclasses import replace
from pathlib import Path
from rnn.sessions import load_session, save_session
session = load_session(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(100000):
    save_session(replace(session, saved=str(number), window={"fill": "x" * (number % 7) * 20000}), Path(sys.argv[2]))
"""


def _kill_while_saving(tmp_path: Path, times: int) -> None:
    session, path = full_session(tmp_path / "here"), tmp_path / "saved" / "s.bptt"
    path.parent.mkdir()
    save_session(session, tmp_path / "from.bptt")
    save_session(session, path)
    draw = random.Random(5)
    newest = set()
    for _ in range(times):
        child = subprocess.Popen(
            [sys.executable, "-B", "-c", SAVES, str(tmp_path / "from.bptt"), str(path)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(draw.uniform(0.001, 0.03))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        loaded = load_session(path)
        assert loaded.problems == ()
        assert loaded.notes == session.notes
        newest.add(loaded.saved)
    strays = [one for one in path.parent.iterdir() if one.name != "s.bptt"]
    assert all(STRAY.fullmatch(one.name) for one in strays)
    assert len(newest) > 1  # some saves came through
    for one in strays:
        os.utime(one, (0, 0))
    assert sweep(path.parent, lambda pid: False) == len(strays)
    assert [one.name for one in path.parent.iterdir()] == ["s.bptt"]


@POSIX
def test_killed_in_the_middle_of_saving(tmp_path: Path) -> None:
    _kill_while_saving(tmp_path, 8)


@POSIX
@pytest.mark.whole
def test_killed_in_the_middle_of_saving_often(tmp_path: Path) -> None:
    _kill_while_saving(tmp_path, 150)


def test_only_what_writers_left_is_swept(tmp_path: Path) -> None:
    """Not what a running process writes, what is young, or what merely looks like it."""
    for name in (
        ".s.bptt.7-0123abcd.tmp",
        ".s.bptt.8-0123abcd.tmp",
        ".notes.tmp",
        "s.bptt.7-0123abcd.tmp",
        ".s.7-xyz.tmp",
    ):
        (tmp_path / name).write_text("x")
    (tmp_path / ".d.7-0123abcd.tmp").mkdir()
    assert sweep(tmp_path, lambda pid: pid == 8) == 0
    for one in tmp_path.iterdir():
        os.utime(one, (0, 0))
    assert sweep(tmp_path, lambda pid: pid == 8) == 1
    assert not (tmp_path / ".s.bptt.7-0123abcd.tmp").exists()
    assert len(list(tmp_path.iterdir())) == 5
    assert sweep(tmp_path / "none", lambda pid: False) == 0
