"""Files of gradients and reports in the window: the dialog, what the engine does, names of both sides, what can't be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton

from inspector.dialogs import show_gradients
from inspector.engine.filing import compare, report
from inspector.engine.messages import Submit
from inspector.said import read_out, region_table, window_title
from rnn import InputError, ProblemSettings
from rnn.filed import compare_files
from rnn.jobs import JobRunner
from rnn.saving import load_inspection, save_inspection
from rnn.sessions import Note
from tests.rnn.filed.files import gradients, problem, written
from tests.rnn.weights.in_process import InProcess


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Gradients of some steps, and the same with another sign of dW_hh."""
    right = gradients(problem(steps=8), steps=True)
    names = written(tmp_path, "ours.npz", {**right, "dW_hh": -right["dW_hh"]}), written(tmp_path, "theirs.npz", right)
    return names


@pytest.fixture
def result_path(files: tuple[Path, Path], tmp_path: Path) -> Path:
    path = tmp_path / "compared.bptt"
    save_inspection(compare_files(*files, InProcess()), path)
    return path


def _say(text: str, fraction: float | None, extra: Any = None) -> None:
    """Nobody listens."""


def _wait(desk: Any, condition: Any) -> None:
    desk.qtbot.waitUntil(condition, timeout=10_000)


def test_the_engine_compares_and_reports(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Two files, one against JAX on the settings of the problem, and a report of either."""
    with JobRunner() as runner:
        extra: dict[str, Any] = {"first": str(files[0]), "second": str(files[1]), "path": str(tmp_path / "r.bptt")}
        path, _ = compare(Submit(1, "compare", "", ProblemSettings().to_json(), extra), runner, _say)
        result = load_inspection(Path(path))
        assert result.side_names == ("ours.npz", "theirs.npz") and result.report("dW_hh").verdict == "factor"
        settings = ProblemSettings(steps=8).to_json()
        path, _ = compare(Submit(2, "compare", "", settings, {**extra, "second": ""}), runner, _say)
        assert load_inspection(Path(path)).side_names == ("ours.npz", "JAX")
        asked = {"result": path, "path": str(tmp_path / "r.html"), "gradients": [str(files[0])], "findings": []}
        where, told = report(Submit(3, "report", "", {}, asked), runner, _say)
        assert "bptt-inspector compare" in Path(where).read_text() and told["files"] == [where]
        assert "ours.npz --weights normal" in Path(where).read_text(), "without weights compare would ask for another file"
        with pytest.raises(InputError, match="no array in common"):
            data = written(tmp_path, "data.npz", {"x": np.ones(3), "target": np.ones(2)})
            compare(Submit(4, "compare", "", settings, {**extra, "second": str(data)}), runner, _say)


def test_the_dialog_asks_for_what_is_needed(desk: Any, files: tuple[Path, Path]) -> None:
    """Two files, or one and JAX on the problem, which is told; Compare sends it."""
    dialog = show_gradients(desk.window, desk.state)
    first, second = dialog.findChildren(QLineEdit)
    go = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Compare")
    other = dialog.findChild(QComboBox)
    assert not go.isEnabled()
    first.setText(str(files[0]))
    assert not go.isEnabled()
    second.setText(str(files[1]))
    assert go.isEnabled()
    second.clear()
    other.setCurrentIndex(1)
    assert go.isEnabled() and not second.isEnabled()
    assert any("random weights" in label.text() for label in dialog.findChildren(QLabel))
    go.click()
    kind, _, settings, extra = desk.engine.asked[-1]
    assert kind == "compare" and extra["first"] == str(files[0]) and extra["second"] == ""
    assert settings["cell"] == "rnn"


def test_both_sides_are_called_by_their_files(desk: Any, result_path: Path) -> None:
    """Over the pictures, in the read-out, in what is copied, in the title; and hand and JAX come back with a run."""
    desk.show(result_path)
    desk.state.select_quantity("dW_hh")
    _wait(desk, lambda: desk.pictures.current is not None and desk.pictures.current.quantity == "dW_hh")
    views = desk.window.pane("triptych").canvas.views
    _wait(desk, lambda: [view.title for view in views] == ["ours.npz", "theirs.npz", "ours.npz - theirs.npz"])
    picture = desk.pictures.current
    assert read_out(picture, (0, 0)).startswith("dW_hh[0, 0]   ours.npz ")
    assert "dW_hh, theirs.npz, rows 0 to 1" in region_table(picture, (0, 0, 1, 1))
    assert window_title(desk.state, "pictures") == "ours.npz against theirs.npz - BPTT inspector"
    assert not desk.state.stale
    headings = [label.text() for label in desk.window.pane("levels").findChildren(QLabel)]
    assert "ours.npz (orange) and theirs.npz (blue)" in headings


def test_every_pane_shows_it(desk: Any, result_path: Path) -> None:
    """None needs a network that is not there."""
    desk.show(result_path)
    for name in ("dh", "dW_xh", "db_h"):
        desk.state.select_quantity(name)
        desk.state.look.go_to_worst()
        for pane in ("cell", "levels", "table", "problem", "itemised", "descent", "many", "findings"):
            desk.window.raise_pane(pane)
            desk.window.pane(pane).synchronize()
    assert desk.state.failure is None


@pytest.mark.parametrize(
    "ask", ["ask_jacobian", "save_weights", "ask_element", "ask_itemised"],
)  # fmt: skip
def test_what_needs_a_network_is_refused(ask: str, desk: Any, result_path: Path) -> None:
    """With a sentence, and the engine hears nothing of it."""
    desk.show(result_path)
    desk.state.look.go_to_worst()
    verb = getattr(desk.state.asking, ask)
    verb(*{"save_weights": ("w.npz",), "ask_itemised": ("",)}.get(ask, ()))
    assert "there is no network to ask" in desk.state.failure.sentence
    assert not desk.engine.asked


def test_no_cause_is_sought(desk: Any, result_path: Path) -> None:
    desk.show(result_path)
    desk.state.diagnosis.start()
    assert "tell no cause" in desk.state.notice and not desk.engine.asked


def test_two_weight_files_may_be_compared(desk: Any, files: tuple[Path, Path]) -> None:
    """Dropped together, only the second would be used: a button compares them instead."""
    desk.state.open_files([str(path) for path in files])
    assert desk.state._notices.offer is not None and desk.state._notices.offer.text == "Compare as gradients"
    desk.state._notices.offer.do()
    kind, _, _, extra = desk.engine.asked[-1]
    assert kind == "compare" and (extra["first"], extra["second"]) == tuple(map(str, files))


def test_a_report_has_what_the_window_knows(shown_desk: Any, tmp_path: Path) -> None:
    """Findings and notes go along; when it is written, a button opens it."""
    assert shown_desk.state.notes.put(Note("cell", "odd", "dW_hh", (3, 2))) == ""
    shown_desk.window.commands.gradients._write_report(str(tmp_path / "r.html"))
    kind, _, _, extra = shown_desk.engine.asked[-1]
    assert kind == "report" and extra["path"] == str(tmp_path / "r.html")
    assert extra["findings"] == list(shown_desk.state.diagnosis.findings)
    assert extra["remarks"] == ["Your note on dW_hh[3, 2]: odd"]
    shown_desk.state.asking.reported.emit(str(tmp_path / "r.html"))
    assert "r.html" in shown_desk.state.notice and shown_desk.state._notices.offer.text == "Open it"
