"""The export dialog's widgets: they show what is chosen, choose what is shown, and tell what is being done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QLineEdit, QSpinBox

from inspector.dialogs.export import ExportPage
from inspector.dialogs.export_preview import FIT, PAGE, TRUE
from inspector.figures.kinds import FIGURES
from inspector.figures.request import FigureRequest

if TYPE_CHECKING:
    from tests.inspector.conftest import Desk

WAIT_MS = 20_000


class Stand:
    """The dialog over a window that shows the question of 2014."""

    def __init__(self, desk: Desk) -> None:
        desk.press("Ctrl+E")
        self.desk, self.exporting = desk, desk.window.commands.export.exporting
        (self.dialog,) = (one for one in desk.dialogs() if one.windowTitle() == "Export figure")
        self.page = self.dialog.findChild(ExportPage)
        self.fields, self.preview = self.page.choices.fields, self.page.preview

    def answer(self, width: int = 1400, height: int = 600) -> None:
        """The preview that was asked for is drawn."""
        path = self.desk.folder / "preview.png"
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.red)
        image.save(str(path))
        self.desk.engine.answer(path, command="bptt-inspector figure")

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a box, as a click does."""
        box = self.fields[name]
        assert isinstance(box, QComboBox)
        place = next(place for place in range(box.count()) if box.itemText(place).startswith(text))
        box.setCurrentIndex(place)
        box.activated.emit(place)

    @property
    def drawn(self) -> FigureRequest:
        """The figure that was asked for last."""
        previews = [extra for kind, _, _, extra in self.desk.engine.asked if kind == "figure_preview"]
        return FigureRequest.from_json(previews[-1]["request"])

    def wait(self, **fields: Any) -> None:
        """Until a figure with these fields was asked for."""
        self.desk.qtbot.waitUntil(lambda: fields.items() <= vars(self.drawn).items(), timeout=WAIT_MS)


@pytest.fixture
def stand(shown_desk: Desk) -> Stand:
    return Stand(shown_desk)


def test_every_choice_reaches_the_request(stand: Stand) -> None:
    stand.choose("quantity", "dW_hh")
    stand.choose("metric", "ULP")
    stand.choose("scale", "log")
    stand.choose("preset", "One column")
    stand.choose("panes", "Hand and JAX")
    stand.choose("colour_map", stand.fields["colour_map"].itemText(1))
    for name, expected in (("colour_bar", False), ("statistics", False), ("locked", True)):
        box = stand.fields[name]
        assert isinstance(box, QCheckBox)
        box.click()
        assert getattr(stand.exporting.choice.request, name) is expected
    dpi = stand.fields["dpi"]
    assert isinstance(dpi, QSpinBox)
    dpi.setValue(600)
    for name, text in (("value_bound", "0,5"), ("title", "Mine")):
        line = stand.fields[name]
        assert isinstance(line, QLineEdit)
        line.setFocus()
        stand.desk.qtbot.keyClicks(line, text)
    stand.wait(title="Mine")
    request = stand.drawn
    assert (request.quantity, request.metric, request.scale, request.preset) == ("dW_hh", "ulp", "log", "one_column")
    assert (request.panes, request.dpi, request.value_bound) == (("hand", "reference"), 600, 0.5)
    assert (request.colour_bar, request.statistics, request.locked) == (False, False, True)
    assert request.colour_map == stand.fields["colour_map"].itemText(1)


def test_a_word_where_a_number_belongs_is_said_and_stays_to_be_mended(stand: Stand) -> None:
    stand.answer()
    line = stand.fields["value_bound"]
    assert isinstance(line, QLineEdit)
    line.setFocus()
    stand.desk.qtbot.keyClicks(line, "1e")
    paper = stand.preview.view.paper
    stand.fields["title"].setFocus()
    assert "type a number" in paper.sentence and line.text() == "1e"
    assert not stand.page.buttons["export"].isEnabled()
    line.setFocus()
    line.end(False)
    stand.desk.qtbot.keyClicks(line, "-3")
    stand.wait(value_bound=1e-3)
    stand.answer()
    assert (paper.sentence, line.text()) == ("", "1e-3") and stand.page.buttons["export"].isEnabled()


def test_only_choices_that_mean_something_are_shown(stand: Stand) -> None:
    assert not stand.fields["metric"].isHidden() and stand.fields["curve"].isHidden()
    assert stand.fields["sample"].isHidden(), "the question has one sequence"
    stand.choose("kind", FIGURES["hand"].title)
    assert stand.fields["metric"].isHidden() and not stand.fields["scale"].isHidden()
    stand.choose("suffix", "Numbers")
    assert stand.fields["dpi"].isHidden()


def test_kinds_that_cannot_be_drawn_are_grey_and_say_why(stand: Stand) -> None:
    box = stand.fields["kind"]
    assert isinstance(box, QComboBox)
    reasons = stand.exporting.choice.reasons()
    for place, name in enumerate(FIGURES):
        enabled = bool(box.model().flags(box.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled)
        assert enabled == (name not in reasons)
        assert box.itemText(place).endswith(reasons.get(name, FIGURES[name].title))


def test_the_preview_has_its_true_size_in_words_and_in_pixels(stand: Stand) -> None:
    stand.answer(1400, 600)
    words = stand.preview.words
    assert words.text().startswith("7.00 \u00d7 3.00 in, 2100 \u00d7 900 px; shown at")
    paper, buttons = stand.preview.view.paper, stand.preview.zooms.buttons()
    for button, zoom in zip(buttons, (FIT, TRUE, PAGE), strict=True):
        button.click()
        assert paper.zoom == zoom
    buttons[1].click()
    assert words.text().endswith("shown at 100 %")
    assert paper.scale() == paper.logicalDpiX()
    stand.choose("suffix", "PDF")
    assert "px" not in words.text()


def test_the_figure_is_painted_in_every_zoom(stand: Stand) -> None:
    for preset in ("one_column", "two_columns", "slide"):
        stand.exporting.choice.choose("preset", preset)
        stand.wait(preset=preset)
        stand.answer()
        for button, zoom in zip(stand.preview.zooms.buttons(), (FIT, TRUE, PAGE), strict=True):
            button.click()
            image = stand.preview.view.paper.grab().toImage()
            colours = {
                image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
            }
            assert "#ff0000" in colours
            assert ("#d5d8dd" in colours) == (zoom == PAGE and preset != "slide"), "text stands around it in a page"


def test_a_sign_of_drawing_comes_only_when_it_takes_long(stand: Stand) -> None:
    busy = stand.preview._busy
    assert not busy.isVisible() and stand.exporting.lane.waits
    stand.desk.qtbot.waitUntil(busy.isVisible, timeout=WAIT_MS)
    stand.answer()
    assert not busy.isVisible()


def test_a_preview_that_would_be_blurred_is_drawn_again(stand: Stand) -> None:
    stand.answer()
    previews = [extra["width_px"] for kind, _, _, extra in stand.desk.engine.asked if kind == "figure_preview"]
    assert previews == [1400]
    stand.dialog.resize(2400, 1300)
    stand.desk.qtbot.waitUntil(lambda: stand.desk.engine.asked[-1][3].get("width_px") == 2600, timeout=WAIT_MS)
    stand.answer()
    assert stand.preview.words.text().endswith(f"shown at {stand.preview.view.paper.percent()} %")
    assert not stand.exporting.lane.waits


def test_a_preview_that_is_no_picture_is_said(stand: Stand) -> None:
    path = stand.desk.folder / "preview.png"
    path.write_bytes(b"no picture")
    stand.desk.engine.answer(path)
    assert "can't be shown" in stand.preview.view.paper.sentence


def test_exporting_asks_for_a_place_and_shows_what_came_of_it(stand: Stand) -> None:
    stand.answer()
    stand.page.buttons["export"].click()
    (chooser,) = (one for one in stand.dialog.findChildren(QDialog) if isinstance(one, QFileDialog) and one.isVisible())
    target = stand.desk.folder / "mine.svg"
    chooser.fileSelected.emit(str(target))
    chooser.close()
    assert stand.desk.engine.asked[-1][0] == "figure" and not stand.page.buttons["export"].isEnabled()
    stand.desk.engine.refuse(f"{target} could not be written: No space left on device")
    assert stand.page.bar.isVisible() and stand.dialog.isVisible() and stand.page.buttons["export"].isEnabled()
    stand.exporting.export(str(target))
    assert not stand.page.bar.isVisible()
    target.write_text("<svg/>")
    stand.desk.engine.answer(target)
    assert stand.page.bar.isVisible()


def test_the_progress_of_many_can_be_seen_and_stopped(stand: Stand) -> None:
    stand.answer()
    cancel = stand.page.buttons["cancel"]
    assert not cancel.isVisible()
    stand.exporting.export_all(str(stand.desk.folder))
    stand.desk.engine.say("dh, 2 of 4", 0.5)
    assert cancel.isVisible() and stand.page._doing.text() == "dh, 2 of 4" and stand.page._progress.value() == 500
    cancel.click()
    assert not cancel.isVisible() and stand.page.buttons["export"].isEnabled()


def test_one_dialog_is_enough_and_closing_it_ends_the_drawing(stand: Stand) -> None:
    stand.desk.window.commands.export.show()
    assert len([one for one in stand.desk.dialogs() if one.windowTitle() == "Export figure"]) == 1
    stand.page.buttons["close"].click()
    assert not stand.exporting.choice.is_open and not stand.exporting.lane.waits
    stand.desk.window.commands.export.show()
    assert len([one for one in stand.desk.dialogs() if one.windowTitle() == "Export figure"]) == 1


@pytest.mark.parametrize("keys", ["Ctrl+E", "Ctrl+Shift+E", "Ctrl+Shift+C"])
def test_keys_of_the_window_work_in_the_dialog(stand: Stand, keys: str) -> None:
    stand.answer()
    stand.dialog.activateWindow()
    stand.desk.qtbot.waitUntil(stand.dialog.isActiveWindow, timeout=WAIT_MS)
    combination = QKeySequence(keys)[0]
    stand.desk.qtbot.keyClick(stand.dialog, combination.key(), combination.keyboardModifiers())
    if keys == "Ctrl+Shift+C":
        assert stand.desk.engine.asked[-1][0] == "figure_copies"
    else:
        shown = [one.windowTitle() for one in stand.dialog.findChildren(QFileDialog) if one.isVisible()]
        assert shown == ["Export figure as" if keys == "Ctrl+E" else "Export all into"]


def test_a_pane_asks_for_its_kind(shown_desk: Desk, tmp_path: Path) -> None:
    shown_desk.state.asking.want_figure("difference", quantity="dW_hh")
    request = shown_desk.window.commands.export.exporting.choice.request
    assert (request.kind, request.quantity) == ("difference", "dW_hh")


def test_no_two_controls_have_the_same_letter(stand: Stand) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLabel

    texts = [one.text() for kind in (QAbstractButton, QLabel) for one in stand.page.findChildren(kind)]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert sorted(letters) == sorted(set(letters))
