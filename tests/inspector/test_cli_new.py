"""The command `new` as a user types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli import main

CODE = """import numpy as np


def forward(x, h0, Wx, Wh):
    T, B, D = x.shape
    h = h0
    for t in range(T):
        h = np.tanh(x[t] @ Wx + h @ Wh)
    return h
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def test_it_writes_beside_the_code_and_tells(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(source)]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0] == str(source.with_name("mine_case.py"))
    assert "Not sure:" in said
    assert "def run(problem):" in source.with_name("mine_case.py").read_text(encoding="utf-8")


def test_it_never_overwrites_unless_forced(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = source.with_name("mine_case.py")
    case.write_text("mine\n", encoding="utf-8")
    assert main(["new", str(source)]) == 2
    assert "--force" in capsys.readouterr().err and case.read_text(encoding="utf-8") == "mine\n"
    assert main(["new", str(source), "--force"]) == 0
    assert case.read_text(encoding="utf-8") != "mine\n"


def test_it_writes_where_it_is_told_and_never_on_the_code(source: Path, tmp_path: Path) -> None:
    assert main(["new", str(source), "-o", str(tmp_path / "other.py")]) == 0
    assert (tmp_path / "other.py").is_file() and not (tmp_path / "mine_case.py").exists()
    assert main(["new", str(source), "-o", str(source), "--force"]) == 2
    assert source.read_text(encoding="utf-8") == CODE


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / "none.py")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
