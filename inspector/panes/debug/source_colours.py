"""Colours of Python's syntax: a text is read once, on a thread of its own; a line is dressed when it first comes into sight."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from inspector.theme import current

ASK_MS = 15
"""How often the thread is asked whether it is done."""

Span = tuple[int, int, str]
"""Where a word begins in its line and how long it is, in Qt's units (UTF-16), and its key in `STYLES`."""


@dataclass(frozen=True)
class Style:
    """How a kind of word is written: a role of the theme, and more than colour where it matters."""

    role: str
    bold: bool = False
    italic: bool = False


STYLES: dict[str, Style] = {
    "Token.Comment": Style("faint", italic=True),
    "Token.Keyword": Style("accent"),
    "Token.Keyword.Constant": Style("difference"),
    "Token.Operator.Word": Style("accent"),
    "Token.Literal.String": Style("good"),
    "Token.Literal.String.Interpol": Style("text"),
    "Token.Literal.Number": Style("difference"),
    "Token.Name.Function": Style("text", bold=True),
    "Token.Name.Class": Style("text", bold=True),
    "Token.Name.Decorator": Style("unsure"),
}
"""By the name of Pygments' type of token; what is not here looks like its parent, or like plain text."""


def style_of(kind: str) -> str:
    """Key in `STYLES` of a type of token, empty for plain text."""
    while kind and kind not in STYLES:
        kind = kind.rpartition(".")[0]
    return kind


def units(text: str) -> int:
    """Length of a text as Qt counts it, in units of UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_spans(text: str) -> list[list[Span]]:
    """Words that are not plain, by line. Pygments comes with rich; it is imported here, as it is only used on a thread."""
    lexer: Any = import_module("pygments.lexers.python").PythonLexer()
    lines: list[list[Span]] = [[]]
    styles: dict[Any, str] = {}
    column = 0
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        style = styles.get(kind)
        if style is None:
            style = styles[kind] = style_of(str(kind))
        for number, piece in enumerate(value.split("\n")):
            if number:
                lines.append([])
                column = 0
            length = units(piece)
            if style and length:
                lines[-1].append((column, length, style))
            column += length
    return lines


def _answer(answers: SimpleQueue[tuple[int, list[list[Span]]]], number: int, text: str) -> None:
    answers.put((number, read_spans(text)))


class Colours(QObject):
    """Dresses the lines of a document.

    Signals:
        ready: the text has been read, its lines can be dressed.
    """

    ready = Signal()

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        """Args: document: whose lines are dressed."""
        super().__init__(parent)
        self._document = document
        self._number = 0
        self._spans: list[list[Span]] = []
        self._dressed: set[int] = set()
        self._formats: dict[str, QTextCharFormat] = {}
        self._theme = ""
        # Asked by a timer: a thread that emits a signal while the window is destroyed ends the process.
        self._answers: SimpleQueue[tuple[int, list[list[Span]]]] = SimpleQueue()
        self._timer = QTimer(self, interval=ASK_MS)
        self._timer.timeout.connect(self._on_timer)

    @property
    def is_ready(self) -> bool:
        """Whether the present text has been read."""
        return bool(self._spans)

    def read(self, text: str) -> None:
        """Read another text, which the document is about to get; nothing of it is dressed until that is done."""
        self._number += 1
        self._spans = []
        self._dressed.clear()
        self._timer.stop()
        if text:
            work = partial(_answer, self._answers, self._number, text)
            threading.Thread(target=work, name="source: colours", daemon=True).start()
            self._timer.start()

    @Slot()
    def _on_timer(self) -> None:
        while not self._answers.empty():
            number, spans = self._answers.get()
            if number == self._number:
                self._timer.stop()
                self._spans = spans
                self.ready.emit()

    def dress(self, blocks: Iterable[QTextBlock]) -> None:
        """Give lines their colours, those that have them already excepted."""
        self._take_theme()
        for block in blocks:
            number = block.blockNumber()
            if number in self._dressed or number >= len(self._spans):
                continue
            self._dressed.add(number)
            if self._spans[number]:
                block.layout().setFormats([self._range(span) for span in self._spans[number]])
                self._document.markContentsDirty(block.position(), block.length())

    def _range(self, span: Span) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = span[0], span[1], self._formats[span[2]]
        return made

    def _take_theme(self) -> None:
        theme = current()
        if theme.name == self._theme:
            return
        self._theme = theme.name
        self._dressed.clear()
        for key, style in STYLES.items():
            form = QTextCharFormat()
            form.setForeground(QColor(getattr(theme, style.role)))
            form.setFontItalic(style.italic)
            if style.bold:
                form.setFontWeight(QFont.Weight.Bold)
            self._formats[key] = form
