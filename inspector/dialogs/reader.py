"""Shows one page of the guide: Markdown in the colours of the theme, pictures no wider than the page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from inspector import theme
from inspector.dialogs.pages import folder

WIDEST_PICTURE = 640
MOST_MARKS = 500


def plain_of(markdown: str) -> str:
    """The words of a page without marks, as they are shown."""
    document = QTextDocument()
    document.setMarkdown(markdown)
    return document.toPlainText()


class Reader(QTextBrowser):
    """One page.

    Signals:
        rendered: the page has been drawn anew, in other colours.
    """

    rendered = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Empty at first."""
        super().__init__(parent)
        self._markdown = self._query = ""
        self.setOpenLinks(False)
        self.setAccessibleName("Page of the guide")
        self.document().setDocumentMargin(16)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures from the guide's own folder, made smaller where they are wider than a page; nothing else is loaded."""
        address = QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or not address.isRelative():
            return None
        image = QImage(str(folder() / address.path()))
        wide = round(WIDEST_PICTURE * self.devicePixelRatioF())
        if image.width() > wide:
            image = image.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(self.devicePixelRatioF())
        return image

    def show_markdown(self, markdown: str) -> None:
        """Show a page from its beginning."""
        self._markdown = markdown
        self._render()
        self.verticalScrollBar().setValue(0)

    def _render(self) -> None:
        document = self.document()
        document.clear()
        self.setMarkdown(self._markdown)
        self._dress_tables()
        self._dress_code()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.mark(self._query)

    def _dress_tables(self) -> None:
        """Thin lines and room around what stands in tables."""
        line = QColor(theme.current().line)
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format().toTableFormat()
                form.setBorder(1)
                form.setBorderCollapse(True)
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setBorderBrush(line)
                form.setCellPadding(5)
                form.setCellSpacing(0)
                form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                frame.setFormat(form)

    def _dress_code(self) -> None:
        """A background for code, so that it can be told from words without colour."""
        back = QColor(theme.current().raised)
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            if block.blockFormat().hasProperty(
                QTextFormat.Property.BlockCodeLanguage
            ) or block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence):
                form = QTextBlockFormat()
                form.setBackground(back)
                cursor.mergeBlockFormat(form)
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                if piece.charFormat().fontFixedPitch():
                    cursor.setPosition(piece.position())
                    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                    form_of_letters = QTextCharFormat()
                    form_of_letters.setBackground(back)
                    cursor.mergeCharFormat(form_of_letters)
                pieces += 1
            block = block.next()

    def mark(self, query: str) -> int:
        """Mark every place of a query; returns how many there are."""
        self._query = query
        colours = theme.current()
        found: list[QTextEdit.ExtraSelection] = []
        form = QTextCharFormat()
        form.setBackground(QColor(colours.note_back))
        form.setForeground(QColor(colours.note_text))
        form.setFontWeight(QFont.Weight.Bold)
        cursor = self.document().find(query) if query else QTextCursor()
        while not cursor.isNull() and len(found) < MOST_MARKS:
            place = QTextEdit.ExtraSelection()
            place.cursor, place.format = cursor, form
            found.append(place)
            cursor = self.document().find(query, cursor)
        self.setExtraSelections(found)
        return len(found)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: links and backgrounds take their colours when a page is read."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._markdown:
            before = self.verticalScrollBar().value()
            self._render()
            self.verticalScrollBar().setValue(before)
            self.rendered.emit()
