"""The model of the export dialog, without a window and with a stand-in for the process that draws."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles import FakeEngine, result_file
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.exporting import ALL, COPIES, FIGURE, NUMBERS, PICTURE, Exporting
from inspector.figure_lane import PREVIEW
from inspector.figures.request import FigureRequest
from inspector.pictures import Pictures
from inspector.settings import Memory
from inspector.state import State

WAIT_MS = 20_000


class Office:
    """A state with the small result of `doubles`, a drawing stand-in of its own, and the model."""

    def __init__(self, settings: Path, folder: Path) -> None:
        self.engine, self.pictures, self.memory, self.folder = FakeEngine(), Pictures(), Memory(settings), folder
        self.state = State(FakeEngine(), self.pictures, self.memory)
        self.state.show_result(str(result_file(folder)))
        self.exporting = Exporting(self.state, self.engine, self.memory)
        self.choice = self.exporting.choice

    @property
    def asked(self) -> list[str]:
        """Kinds of requests."""
        return [kind for kind, *_ in self.engine.asked]

    @property
    def last(self) -> dict[str, Any]:
        """What the last request said."""
        return self.engine.asked[-1][3]

    @property
    def drawn(self) -> FigureRequest:
        """The figure that was asked for last."""
        return FigureRequest.from_json(self.last["request"])

    def close(self) -> None:
        """End the threads, and leave nothing to be collected by one of the next test's: Qt's objects mind in which they end."""
        self.state.debugger.close()
        self.state.own.close()
        self.pictures.close()
        self.exporting.close()
        vars(self).clear()
        gc.collect()

    def answer_preview(self, content: bytes = b"png") -> None:
        """The newest preview is there."""
        path = self.folder / "preview.png"
        path.write_bytes(content)
        self.engine.answer(path, command="bptt-inspector figure")


@pytest.fixture
def office(qapp: QApplication, settings_file: Path, tmp_path: Path) -> Iterator[Office]:
    made = Office(settings_file, tmp_path)
    yield made
    made.close()


def test_it_opens_with_what_the_screen_shows(office: Office) -> None:
    state = office.state
    state.select_quantity("dh")
    state.select_sample(1)
    state.set_view(metric="ulp", scale="log", locked=True, value_bound=2.0, custom_tolerance=True)
    office.exporting.open("triptych")
    expected = FigureRequest(
        quantity="dh", sample=1, metric="ulp", scale="log", locked=True, value_bound=2.0, tolerance=(1e-8, 1e-5)
    )
    assert (office.asked, office.drawn) == ([PREVIEW], expected)
    assert office.last["result"] == state.asking.result_path


def test_only_what_a_kind_understands_is_asked_for(office: Office) -> None:
    office.state.set_view(metric="ulp", locked=True)
    office.exporting.open("hand")
    assert office.drawn == FigureRequest("hand", quantity=office.state.selection.quantity)
    assert not office.choice.uses("metric") and office.choice.uses("scale") and office.choice.uses("preset")


def test_changes_in_a_row_are_drawn_once_and_the_newest_wins(office: Office, qtbot: QtBot) -> None:
    office.exporting.open("triptych")
    for preset in ("one_column", "slide", "one_column"):
        office.choice.choose("preset", preset)
    qtbot.waitUntil(lambda: len(office.asked) == 2, timeout=WAIT_MS)
    assert office.engine.cancelled == [1]
    assert office.drawn.preset == "one_column"
    office.engine.done.emit(type("Done", (), {"number": 1, "path": "old", "extra": {}})())
    assert office.choice.preview is None and office.exporting.lane.waits
    office.answer_preview()
    assert office.choice.preview.request.preset == "one_column" and not office.exporting.lane.waits


def test_the_old_preview_stays_until_the_new_one_is_there(office: Office, qtbot: QtBot) -> None:
    office.exporting.open("triptych")
    office.answer_preview(b"first")
    office.choice.choose("preset", "slide")
    assert office.choice.preview.image == b"first" and office.choice.problem == ""
    qtbot.waitUntil(lambda: len(office.asked) == 2, timeout=WAIT_MS)
    office.engine.refuse("dW_hh can't be drawn")
    assert office.choice.problem == "dW_hh can't be drawn"
    office.choice.choose("preset", "two_columns")
    qtbot.waitUntil(lambda: len(office.asked) == 3, timeout=WAIT_MS)
    office.answer_preview(b"third")
    assert (office.choice.preview.image, office.choice.problem) == (b"third", "")


@pytest.mark.parametrize(("name", "value", "words"), [("dpi", 3, "36 to 2400"), ("value_bound", -1.0, "above 0")])
def test_what_makes_no_sense_is_said_and_not_drawn(office: Office, name: str, value: Any, words: str) -> None:
    office.exporting.open("triptych")
    before = office.choice.request
    office.choice.choose(name, value)
    assert words in office.choice.problem and office.choice.request == before and not office.exporting.lane.waits
    office.choice.choose(name, None if name == "value_bound" else 300)
    assert office.exporting.lane.waits


def test_choices_are_remembered_by_kind(office: Office, settings_file: Path) -> None:
    office.exporting.open("triptych")
    for name, value in {"preset": "slide", "statistics": False, "suffix": ".pdf", "title": "", "metric": "ulp"}.items():
        office.choice.choose(name, value)
    office.choice.choose("kind", "hand")
    assert (office.choice.request.preset, office.choice.suffix) == ("two_columns", ".png")
    office.choice.close()
    again = Exporting(office.state, FakeEngine(), Memory(settings_file)).choice
    again.open("triptych")
    request = again.request
    assert (request.preset, request.statistics, again.suffix, request.title) == ("slide", False, ".pdf", "")
    assert request.metric == "difference", "what is drawn is what the screen shows"


def test_spoilt_memory_means_defaults(office: Office) -> None:
    office.memory.set_figure_look(
        "triptych", {"preset": "poster", "dpi": "many", "panes": 3, "suffix": ".exe", "else": 1}
    )
    office.exporting.open("triptych")
    assert (office.drawn, office.choice.suffix) == (FigureRequest(quantity=office.drawn.quantity), ".png")


def test_a_kind_that_cannot_be_drawn_says_why(office: Office) -> None:
    reasons = office.choice.reasons()
    assert "triptych" not in reasons
    bare = State(FakeEngine(), office.pictures, office.memory)
    none = Exporting(bare, FakeEngine(), office.memory)
    none.open("triptych")
    assert "no result yet" in none.choice.problem and none.lane._engine.asked == []
    bare.debugger.close()
    bare.own.close()


def test_another_result_is_drawn_at_once(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    office.exporting.open("triptych")
    other = result_file(tmp_path, "other.bptt")
    office.state.show_result(str(other))
    qtbot.waitUntil(lambda: len(office.asked) == 2, timeout=WAIT_MS)
    assert office.last["result"] == str(other)
    office.choice.close()
    office.state.show_result(str(result_file(tmp_path, "third.bptt")))
    assert not office.exporting.lane.waits


def test_a_figure_is_written_and_its_folder_offered(office: Office, tmp_path: Path) -> None:
    office.exporting.open("triptych")
    target = tmp_path / "f.pdf"
    office.exporting.export(str(target))
    assert (office.asked[-1], office.last["path"], office.exporting.lane.working) == (FIGURE, str(target), FIGURE)
    office.exporting.export(str(tmp_path / "g.pdf"))
    assert "still being drawn" in office.exporting.said.sentence and office.last["path"] == str(target)
    target.write_bytes(b"%PDF")
    office.engine.answer(target)
    said = office.exporting.said
    assert (said.sentence, said.is_error, [offer.text for offer in said.offers]) == (
        f"Saved {target}",
        False,
        ["Open folder"],
    )
    folders: list[str] = []
    office.exporting.folder_wanted.connect(folders.append)
    said.offers[0].do()
    assert folders == [str(tmp_path)]


def test_only_the_work_of_others_is_asked_about(office: Office, tmp_path: Path) -> None:
    exporting, target = office.exporting, tmp_path / "f.pdf"
    target.write_bytes(b"somebody's")
    exporting.open("triptych")
    exporting.export(str(target))
    assert office.asked == [PREVIEW] and "f.pdf is there already" in exporting.said.sentence
    replace, keep = exporting.said.offers
    keep.do()
    assert (exporting.said.sentence, office.asked) == ("", [PREVIEW])
    replace.do()
    assert office.asked[-1] == FIGURE
    target.write_bytes(b"%PDF of ours")
    office.engine.answer(target)
    exporting.export(str(target))
    assert (office.asked.count(FIGURE), exporting.lane.working) == (2, FIGURE)
    office.engine.refuse("f.pdf could not be written: No space left on device")
    target.write_bytes(b"changed by hand since")
    exporting.export(str(target))
    assert office.asked.count(FIGURE) == 2 and "is there already" in exporting.said.sentence


def test_a_failure_is_said_and_the_dialog_keeps_its_choices(office: Office, tmp_path: Path) -> None:
    office.exporting.open("triptych")
    office.choice.choose("preset", "slide")
    office.exporting.export(str(tmp_path / "f.pdf"))
    office.engine.refuse("f.pdf could not be written: No space left on device; choose another place or make room")
    assert office.exporting.said.is_error and "No space left" in office.exporting.said.sentence
    assert (office.choice.is_open, office.choice.request.preset) == (True, "slide")


def test_all_quantities_go_into_a_folder_with_progress_and_can_be_cancelled(office: Office, tmp_path: Path) -> None:
    exporting, folder = office.exporting, tmp_path / "all"
    folder.mkdir()
    exporting.open("triptych")
    office.choice.choose("suffix", ".svg")
    (folder / "dh.svg").write_text("mine")
    exporting.export_all(str(folder))
    assert "dh.svg is in" in exporting.said.sentence and ALL not in office.asked
    exporting.said.offers[0].do()
    assert (office.asked[-1], office.last["folder"], office.last["suffix"]) == (ALL, str(folder), ".svg")
    office.engine.say("dW_hh, 1 of 4", 0.25)
    assert exporting.progress == ("dW_hh, 1 of 4", 0.25)
    exporting.cancel()
    assert (exporting.progress, exporting.lane.working, office.engine.cancelled[-1]) == (None, "", len(office.asked))
    exporting.export_all(str(folder), True)
    files = [folder / f"{name}.svg" for name in office.choice.quantities()] + [folder / "figures.md"]
    for file in files:
        file.write_text("<svg/>")
    office.engine.answer(folder, files=[str(file) for file in files])
    assert exporting.said.sentence.startswith(f"Saved {len(files) - 1} figures in {folder}")
    exporting.export_all(str(folder))
    assert exporting.lane.working == ALL, "our own files are replaced without a question"


@pytest.mark.parametrize(("what", "suffixes"), [(PICTURE, [".png", ".svg", ".pdf"]), (NUMBERS, [".tsv"])])
def test_copies_come_as_files(office: Office, what: str, suffixes: list[str]) -> None:
    heard: list[Any] = []
    office.exporting.copied.connect(lambda *said: heard.append(said))
    office.exporting.copy_shown("triptych", what)
    assert (office.asked, office.last["suffixes"]) == ([COPIES], suffixes)
    office.engine.answer("", files={suffixes[0]: "x"})
    assert heard == [(what, {suffixes[0]: "x"})]
    assert office.state.remark == f"Copied the {'figure' if what == PICTURE else 'numbers'}"


def test_what_ends_after_the_dialog_is_told_in_the_window(office: Office, tmp_path: Path) -> None:
    office.exporting.open("triptych")
    office.exporting.export(str(tmp_path / "f.pdf"))
    office.choice.close()
    (tmp_path / "f.pdf").write_bytes(b"%PDF")
    office.engine.answer(tmp_path / "f.pdf")
    assert office.state.notice == f"Saved {tmp_path / 'f.pdf'}"
    office.exporting.export(str(tmp_path / "f.pdf"))
    office.engine.refuse("it could not be written")
    assert office.state.failure.sentence == "it could not be written"


def test_copying_what_is_shown_leaves_the_dialogs_choice_alone(office: Office) -> None:
    office.exporting.open("triptych")
    office.choice.choose("quantity", "dW_hh")
    office.state.select_quantity("dh")
    office.exporting.copy_shown("hand", PICTURE)
    assert (office.drawn.kind, office.drawn.quantity) == ("hand", "dh")
    assert (office.choice.request.kind, office.choice.request.quantity) == ("triptych", "dW_hh")
    assert "--kind hand --quantity dh" in office.exporting.command(office.drawn)
    assert "--quantity dW_hh -o dW_hh.png" in office.exporting.command()
