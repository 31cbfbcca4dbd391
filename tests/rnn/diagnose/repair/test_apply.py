"""Writing a repair into the user's file, and taking it back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rnn.cases.edited import SourceEdit
from rnn.diagnose.repair import apply, undo
from rnn.diagnose.repair.apply import digest
from rnn.diagnose.repair.diff import edit_facts
from rnn.errors import InputError


def _finding(path: Path, text: str, was: str, now: str) -> dict[str, Any]:
    start = text.index(was)
    edits = edit_facts({str(path): text}, (SourceEdit(str(path), start, start + len(was), now),))
    return {"kind": "repair", "edits": edits, "digests": {str(path): digest(path)}, "others": [{"edits": edits}]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_bytes_around_the_edit_stay(tmp_path: Path, encoding: str, end: str) -> None:
    """Encoding, mark, line ends and permissions are what they were; undo gives the very bytes back."""
    head = "# -*- coding: latin-1 -*-" if encoding == "latin-1" else "# ä"
    text = end.join([head, "ü = h[t]", "b = 2", ""])
    path = tmp_path / "net.py"
    path.write_bytes(text.encode(encoding))
    path.chmod(0o640)
    before = path.read_bytes()
    done = apply(_finding(path, text, "h[t]", "h[t + 1]\nc = 3"))
    assert path.read_bytes() == text.replace("h[t]", f"h[t + 1]{end}c = 3").encode(encoding)
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["net.py"]
    undo(done)
    assert path.read_bytes() == before


def test_another_repair_can_be_chosen(tmp_path: Path) -> None:
    """From 1 on, those that do the same."""
    path = tmp_path / "net.py"
    path.write_text("a = h[t]\n")
    apply(_finding(path, "a = h[t]\n", "t", "s"), 1)
    assert path.read_text() == "a = h[s]\n"


def test_a_file_that_changed_is_left_alone(tmp_path: Path) -> None:
    """Neither repair nor undo writes over what somebody else wrote."""
    path = tmp_path / "net.py"
    path.write_text("a = h[t]\n")
    found = _finding(path, "a = h[t]\n", "t", "s")
    path.write_text("a = h[t] # mine\n")
    with pytest.raises(InputError, match="was changed since the repair was found"):
        apply(found)
    assert path.read_text() == "a = h[t] # mine\n"
    path.write_text("a = h[t]\n")
    done = apply(found)
    path.write_text("a = h[s] # mine\n")
    with pytest.raises(InputError, match="was changed after the repair"):
        undo(done)
    assert path.read_text() == "a = h[s] # mine\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it leads to is changed."""
    path, link = tmp_path / "net.py", tmp_path / "link.py"
    path.write_text("a = h[t]\n")
    link.symlink_to(path)
    apply(_finding(link, "a = h[t]\n", "t", "s"))
    assert link.is_symlink() and path.read_text() == "a = h[s]\n"


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    """With its name."""
    path = tmp_path / "net.py"
    path.write_text("a = h[t]\n")
    found = _finding(path, "a = h[t]\n", "t", "s")
    path.unlink()
    with pytest.raises(InputError, match=r"net\.py can't be read: No such file"):
        apply(found)
