"""Places: which lines of the source are in sight and where, and how to bring another one there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QPlainTextEdit

from inspector.panes.debug.source_lines import Sheet

MARGIN_LINES = 3
"""Lines between the line the user stands on and the edge."""


@dataclass(frozen=True)
class Seen:
    """A line in sight: its number, its block, and its place in the viewport in pixels."""

    line: int
    block: QTextBlock
    top: int
    height: int


class Places:
    """Where the lines of an editor's sheet are; remembered until they move."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        """Args: editor: that shows the sheet, in lines that don't wrap."""
        self._editor = editor
        self._seen: list[Seen] | None = None
        self.sheet: Sheet | None = None

    def forget(self) -> None:
        """The lines have moved."""
        self._seen = None

    def block(self, line: int) -> QTextBlock:
        """The block that shows a line; one that is not valid where none does."""
        return self._editor.document().findBlockByNumber(-1 if self.sheet is None else self.sheet.block_of(line))

    def line(self, block: QTextBlock) -> int:
        """Number of the line that a block shows; 0 for none."""
        return 0 if self.sheet is None or not block.isValid() else self.sheet.line_at(block.blockNumber())

    def seen(self) -> list[Seen]:
        """The lines in sight, from above."""
        if self._seen is None:
            self._seen = list(self._see()) if self.sheet is not None else []
        return self._seen

    def _see(self) -> Iterator[Seen]:
        editor = self._editor
        block, bottom = editor.firstVisibleBlock(), editor.viewport().height()
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
        while block.isValid() and top < bottom:
            height = editor.blockBoundingRect(block).height()
            after = block.next()
            # The last block's height holds the document's margin, too.
            own = height if after.isValid() else height - editor.document().documentMargin()
            yield Seen(self.line(block), block, round(top), round(top + own) - round(top))
            top += height
            block = after

    def lay_out(self, block: QTextBlock) -> bool:
        """See that a line is laid out, which it is no more when it has got its colours; asking where its words are crashes."""
        self._editor.blockBoundingRect(block)
        return block.layout().lineCount() > 0

    def seen_at(self, y: float) -> Seen | None:
        """The line at a height of the viewport."""
        return next((one for one in self.seen() if one.top <= y < one.top + one.height), None)

    def column_at(self, point: QPoint) -> tuple[str, int] | None:
        """Text of the line at a point of the viewport, and the column in it; None beside the text."""
        seen = self.seen_at(point.y())
        if seen is None or not self.lay_out(seen.block):
            return None
        line = seen.block.layout().lineAt(0)
        x = point.x() - self._editor.contentOffset().x()
        if not line.x() <= x < line.x() + line.naturalTextWidth():
            return None
        text = seen.block.text()
        column = line.xToCursor(x, line.CursorPosition.CursorOnCharacter)
        before = text.encode("utf-16-le", "surrogatepass")[: 2 * column]
        return text, len(before.decode("utf-16-le", "ignore"))

    def reveal(self, line: int) -> None:
        """Scroll so that a line is in sight with some lines around it; where it is far away, to a third from above."""
        block, bar, page = self.block(line).blockNumber(), self._editor.verticalScrollBar(), self.page()
        if block < 0:
            return
        above, below = block - bar.value(), bar.value() + page - 1 - block
        margin = min(MARGIN_LINES, (page - 1) // 2)
        if above < -margin or below < -margin:
            bar.setValue(max(0, block - page // 3))
        elif above < margin:
            bar.setValue(max(0, block - margin))
        elif below < margin:
            bar.setValue(block - page + 1 + margin)

    def page(self) -> int:
        """How many lines have room, at least one."""
        editor = self._editor
        height = editor.blockBoundingRect(editor.firstVisibleBlock()).height() or editor.fontMetrics().height()
        return max(1, int(editor.viewport().height() // height))
