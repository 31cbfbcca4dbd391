"""The preview of a figure: as large as there is room, in its true size, or as it would stand in a page or on a slide."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from inspector.theme import current

FIT, TRUE, PAGE = "fit", "true", "page"
ZOOMS = {
    FIT: ("F&it", "As large as there is room"),
    TRUE: ("&100 %", "In its true size: an inch on paper is an inch here, as far as the screen knows its own"),
    PAGE: ("In a pa&ge", "As it would stand in a two-column page"),
}

SLIDE = "slide"
"""A preset that is a page by itself."""

LETTER = (8.5, 11.0)
COLUMN, GUTTER, MARGIN, TOP = 3.4, 0.2, 0.75, 1.0
"""Inches. Two columns and what is between them are 7.0 wide, as conferences and journals have it."""

LINE, LINE_HEIGHT, PARAGRAPH = 0.165, 0.07, 7
"""Inches from line to line of 10 point text, and of the grey that stands for it; lines a paragraph."""

ROOM_PX = 16
PAPER, INK, EDGE = "#ffffff", "#d5d8dd", "#9aa1aa"
"""Paper is white, whatever the theme."""


class FigurePaper(QWidget):
    """Paints the figure, or the sentence that says why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(parent)
        self._image, self._inches, self._preset = QImage(), (1.0, 1.0), ""
        self._scaled = QImage()
        self.zoom, self.sentence, self.room = FIT, "", QSize(1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def has_picture(self) -> bool:
        """Whether there is a figure to show."""
        return not self._image.isNull()

    def show_picture(self, image: QImage, inches: tuple[float, float], preset: str) -> None:
        """Show a figure.

        Args:
            image: its pixels. inches: width and height on paper. preset: of the request.
        """
        self._image, self._inches, self._preset = image, inches, preset
        self.sentence, self._scaled = "", QImage()
        self.fit()

    def say(self, sentence: str) -> None:
        """Show a sentence in the figure's place."""
        self.sentence = sentence
        self.fit()

    def _sheet(self) -> tuple[float, float]:
        """Inches of what is painted: the figure, the page or the slide."""
        return LETTER if self.zoom == PAGE and self._preset != SLIDE else self._inches

    def scale(self) -> float:
        """Pixels an inch."""
        width, height = self._sheet()
        if self.zoom == TRUE:
            return float(self.logicalDpiX())
        across = (self.room.width() - 2 * ROOM_PX) / width
        down = (self.room.height() - 2 * ROOM_PX) / height
        if self.zoom == PAGE and self._preset != SLIDE:
            return max(min(across, float(self.logicalDpiX())), 20.0)  # a page is scrolled, and never larger than it is
        return max(min(across, down), 20.0)

    def fit(self) -> None:
        """Take the size that the zoom wants."""
        width, height = self._sheet()
        scale = self.scale()
        size = QSize(round(width * scale) + 2 * ROOM_PX, round(height * scale) + 2 * ROOM_PX)
        self.setFixedSize(self.room if self.sentence or not self.has_picture else size.expandedTo(self.room))
        self.update()

    def percent(self) -> int:
        """Of its true size."""
        return round(100 * self.scale() / self.logicalDpiX())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, the grey of text around it, and the figure."""
        painter = QPainter(self)
        if self.sentence or not self.has_picture:
            painter.setPen(QColor(current().bad if self.sentence else current().faint))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self.sentence)
        else:
            width, height = self._sheet()
            scale = self.scale()
            sheet = QRectF(0, 0, width * scale, height * scale)
            sheet.moveCenter(QPointF(self.width() / 2, self.height() / 2))
            painter.fillRect(sheet, QColor(PAPER))
            painter.setPen(QColor(EDGE))
            painter.drawRect(sheet.adjusted(-0.5, -0.5, 0.5, 0.5))
            self._paint_figure(painter, sheet, scale)
        painter.end()

    def _paint_figure(self, painter: QPainter, sheet: QRectF, scale: float) -> None:
        width, height = self._inches
        if self.zoom != PAGE or self._preset == SLIDE:
            self._draw(painter, sheet)
        else:
            self._draw(painter, _inches(sheet, scale, MARGIN, TOP, width, height))
            _paint_text(painter, sheet, scale, self._inches)

    def _draw(self, painter: QPainter, place: QRectF) -> None:
        """The figure, made smaller once and not at every painting."""
        ratio = self.devicePixelRatioF()
        size = QSize(max(1, round(place.width() * ratio)), max(1, round(place.height() * ratio)))
        if self._scaled.size() != size:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter.drawImage(place, self._scaled, QRectF(self._scaled.rect()))


def _inches(sheet: QRectF, scale: float, left: float, top: float, width: float, height: float) -> QRectF:
    """A rectangle of a sheet, given in inches."""
    return QRectF(sheet.left() + left * scale, sheet.top() + top * scale, width * scale, height * scale)


def _paint_text(painter: QPainter, sheet: QRectF, scale: float, inches: tuple[float, float]) -> None:
    """Grey lines where a page has text: under the figure and in the columns beside it."""
    width, height = inches
    below = TOP + height + 0.12
    spans = width > COLUMN + GUTTER
    starts = below + 0.5, (below + 0.5 if spans else TOP)
    for row in range(2):  # the caption
        share = (1.0, 0.55)[row]
        across = (2 * COLUMN + GUTTER if spans else COLUMN) * share
        painter.fillRect(_inches(sheet, scale, MARGIN, below + row * LINE, across, LINE_HEIGHT), QColor(INK))
    bottom = LETTER[1] - TOP
    for column, start in enumerate(starts):
        for number in range(int((bottom - start) / LINE)):
            share = 0.6 if number % PARAGRAPH == PARAGRAPH - 1 else 1.0
            left = MARGIN + column * (COLUMN + GUTTER)
            painter.fillRect(
                _inches(sheet, scale, left, start + number * LINE, COLUMN * share, LINE_HEIGHT), QColor(INK)
            )


class FigureView(QScrollArea):
    """The paper with scroll bars where it is larger than the room.

    Signals:
        resized: there is another room.
    """

    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self.paper = FigurePaper()
        self.setWidget(self.paper)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Preview of the figure")
        self.setMinimumSize(320, 240)

    def show_zoom(self, zoom: str) -> None:
        """Show it in another zoom of `ZOOMS`."""
        self.paper.zoom = zoom
        self.paper.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The paper takes what room there is."""
        super().resizeEvent(event)
        self.paper.room = self.viewport().size()
        self.paper.fit()
        self.resized.emit()
