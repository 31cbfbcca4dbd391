"""All quantities into a folder, by the command line and by the engine; what is finished stays."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from inspector.cli import main
from inspector.engine.drawing import figure, figure_preview, figures_all
from inspector.engine.messages import Submit
from inspector.engine.work import HANDLERS
from inspector.figures.drawing import Source
from inspector.figures.every import save_all
from inspector.figures.request import FigureRequest
from rnn.container import MemoryArrays
from rnn.errors import InputError
from rnn.inspection import save_inspection
from rnn.jobs import Cancelled, JobRunner
from tests.inspector.figures.conftest import NAME, silent
from tests.inspector.figures.figured import HAND, REFERENCE, result_of

SMALL = FigureRequest(dpi=40)


def test_every_quantity_and_an_index(source: Source, tmp_path: Path) -> None:
    made = save_all(source, replace(SMALL, quantity="dW_hy"), tmp_path / "new" / "folder", ".npz")
    names = {report.name for report in source.checked.pictured()}
    assert {path.name for path in made} == {f"{name}.npz" for name in names} | {"figures.md"}
    index = made[-1].read_text(encoding="utf-8")
    assert "| dW\\_xh | differs | [dW_xh.npz](dW_xh.npz) |" in index
    assert f"bptt-inspector figure {NAME} --dpi 40 --all --format npz -o FOLDER/" in index


def test_names_of_files_are_ours_and_no_two_the_same(tmp_path: Path) -> None:
    one = result_of()
    names = ("d../../x", "d__.._x", "dA", "da", "d/b")
    reports = tuple(replace(one.parameters[0], name=name) for name in names)
    arrays = {f"{side}/{name}": value for side, value in (("hand", HAND), ("reference", REFERENCE)) for name in names}
    folder = tmp_path / "inside"
    made = save_all(replace(one, parameters=reports, arrays=MemoryArrays(arrays)), SMALL, folder, ".csv")
    assert len({path.name.lower() for path in made}) == len(names) + 1
    assert all(path.parent == folder and path.is_file() for path in made)
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


def test_cancelling_leaves_what_is_finished(source: Source, tmp_path: Path) -> None:
    def stop(text: str, fraction: float | None) -> None:
        if fraction and fraction > 0.15:
            raise Cancelled

    with pytest.raises(Cancelled):
        save_all(source, SMALL, tmp_path, ".npz", stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["da.npz", "dh.npz"]


def test_kinds_without_a_quantity_are_refused(source: Source, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not of one quantity"):
        save_all(source, FigureRequest("step"), tmp_path, ".png")
    assert "has no curve over the steps" in save_all(source, FigureRequest("traces"), tmp_path, ".csv")[-1].read_text()


def test_all_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figure", NAME, "--all", "--format", "csv", "-o", str(tmp_path / "all")]) == 0
    printed = capsys.readouterr().out.split()
    assert str(tmp_path / "all" / "dW_xh.csv") in printed
    assert all(Path(path).is_file() for path in printed)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--all", "--format", "bmp"], ".bmp"),
        (["--all", "--quantity", "dh"], "leave --quantity out"),
        (["--format", "pdf"], "--format is of --all"),
        (["--kind", "pie"], "known are triptych"),
        (["--kind", "loop", "--quantity", "dh0"], "dh0"),
    ],
)
def test_what_makes_no_sense_is_said(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figure", NAME, *words, "-o", str(tmp_path / "f.png")]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_engine_draws(source: Source, tmp_path: Path) -> None:
    save_inspection(source.checked, tmp_path / "result")
    shown = {"result": str(tmp_path / "result"), "request": SMALL.to_json()}
    assert {"figure", "figure_preview", "figures_all"} <= set(HANDLERS)
    with JobRunner() as runner:
        path, found = figure(Submit(1, "figure", extra={**shown, "path": str(tmp_path / "f.svg")}), runner, silent)
        assert Path(path).read_bytes().startswith(b"<?xml") and found["command"].endswith("-o f.svg")
        extra = {**shown, "path": str(tmp_path / "p.png"), "width_px": 500}
        path, found = figure_preview(Submit(2, "figure_preview", extra=extra), runner, silent)
        assert abs(Image.open(io.BytesIO(Path(path).read_bytes())).width - 500) <= 7
        extra = {**shown, "folder": str(tmp_path / "all"), "suffix": ".npz"}
        path, found = figures_all(Submit(3, "figures_all", extra=extra), runner, silent)
        assert all(Path(file).is_file() for file in found["files"])
        made = {**shown, "request": FigureRequest("made", dpi=40).to_json(), "path": str(tmp_path / "m.npz")}
        assert Path(figure(Submit(4, "figure", extra=made), runner, silent)[0]).is_file()
