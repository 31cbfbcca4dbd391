"""The right side of the export dialog: the live preview, its true size in words, and how large it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from inspector.dialogs.base import SMALLEST_TARGET, plain_label
from inspector.dialogs.export_preview import FIT, ZOOMS, FigureView
from inspector.figure_choice import PICTURES
from inspector.figures.animation import MOVING
from inspector.figures.request import PRESETS

if TYPE_CHECKING:
    from inspector.exporting import Exporting
    from inspector.figure_choice import Preview

SPINNER_MS = 300
"""A preview that is there sooner needs no sign that it is being drawn."""

UNREADABLE = "The preview can't be shown; choose something else, and it is drawn again"


def inches_of(preview: Preview, image: QImage) -> tuple[float, float]:
    """Width and height on paper: the width is the preset's, the height in proportion."""
    width = PRESETS[preview.request.preset][0]
    return width, width * image.height() / max(1, image.width())


class PreviewPage(QWidget):
    """Follows the exporting's choice."""

    def __init__(self, exporting: Exporting, parent: QWidget) -> None:
        """Args: exporting: has the choice and the lane."""
        super().__init__(parent)
        self._choice, self._lane = exporting.choice, exporting.lane
        self.view = FigureView(self)
        self.words, self._busy = plain_label("", self), QProgressBar(self)
        self._shown: Preview | None = None
        self.inches = (0.0, 0.0)
        self._late = QTimer(self, singleShot=True, interval=SPINNER_MS)
        self._late.timeout.connect(self._show_busy)
        self._build()
        self.view.resized.connect(self._say_size)
        self._choice.preview_changed.connect(self.synchronize)
        self._choice.changed.connect(self._say_size)
        self._lane.waits_changed.connect(self._on_lane_waits_changed)
        self.synchronize()
        self._on_lane_waits_changed()

    def _build(self) -> None:
        self.words.setAccessibleName("Size of the figure")
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(90)
        self._busy.setAccessibleName("The preview is being drawn")
        keep = self._busy.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(keep)
        self._busy.hide()
        self.zooms = QButtonGroup(self)
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        head.addWidget(self._busy)
        for zoom, (text, tip) in ZOOMS.items():
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            button.setMinimumHeight(SMALLEST_TARGET)
            button.setChecked(zoom == FIT)
            button.clicked.connect(lambda _=False, zoom=zoom: self._show_zoom(zoom))
            self.zooms.addButton(button)
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.view, 1)

    def _show_zoom(self, zoom: str) -> None:
        self.view.show_zoom(zoom)
        self._say_size()

    @Slot()
    def synchronize(self) -> None:
        """Show the newest preview, or why there is none."""
        preview, paper = self._choice.preview, self.view.paper
        if preview is not None and preview is not self._shown:
            self._shown = preview
            image = QImage.fromData(preview.image)
            if image.isNull():
                paper.say(UNREADABLE)
                return
            self.inches = inches_of(preview, image)
            paper.show_picture(image, self.inches, preview.request.preset)
        paper.say(self._choice.problem)
        self._say_size()

    @Slot()
    def _say_size(self) -> None:
        if self._shown is None or self._choice.problem:
            self.words.setText("")
            return
        width, height = self.inches
        words = f"{width:.2f} \u00d7 {height:.2f} in"
        if self._choice.suffix in MOVING:
            words += ", the last picture of the animation"
        elif self._choice.suffix == PICTURES[0]:
            dpi = self._choice.request.dpi
            words += f", {round(width * dpi)} \u00d7 {round(height * dpi)} px"
        self.words.setText(f"{words}; shown at {self.view.paper.percent()} %")
        shown_px = width * self.view.paper.scale() * self.devicePixelRatioF()
        QTimer.singleShot(0, self, lambda: self._choice.look_at(round(shown_px)))
        self.view.setAccessibleDescription(
            f"{self._shown.request.kind} of {self._shown.request.quantity or 'the worst'}, {words}"
        )

    @Slot()
    def _on_lane_waits_changed(self) -> None:
        if self._lane.waits:
            self._late.start()
        else:
            self._late.stop()
            self._busy.hide()

    @Slot()
    def _show_busy(self) -> None:
        self._busy.setVisible(self._lane.waits)
