"""A finding in full, to be read with the keyboard and copied."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextBlockFormat, QTextCharFormat, QTextOption
from PySide6.QtWidgets import QTextEdit, QWidget

from inspector.panes.debug.finding_entries import Entry
from inspector.panes.debug.finding_words import ADDED, BESIDE, CODE, DIFF, HEADING, PLAIN, REMOVED, lines_of
from inspector.panes.debug.shades import blend
from inspector.theme import current

ROLES = {CODE: PLAIN, BESIDE: PLAIN, ADDED: "good", REMOVED: "bad"}
"""Roles of colours of what is written otherwise than its name says."""

DIFF_SHADE = 0.13


class FindingDetail(QTextEdit):
    """The lines of one finding."""

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName("The chosen finding in full")
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self._shown: tuple[Any, ...] = ()

    def show_entry(self, entry: Entry | None, which: int = 0) -> None:
        """Write a finding, `which` of its repairs where it holds several; None writes nothing."""
        lines = [] if entry is None else lines_of(entry, which)
        shown = lines, current().name
        if shown == self._shown:
            return
        self._shown = shown
        theme = current()
        self.setStyleSheet(
            f"QTextEdit {{ background: {theme.base}; border: 1px solid {theme.line}; border-radius: 4px; }}"
        )
        self.clear()
        cursor = self.textCursor()
        for number, (text, how) in enumerate(lines):
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(self._block(how, lines[number + 1][1] if number + 1 < len(lines) else ""))
            cursor.insertText(text, self._format(how, entry))
        self.moveCursor(cursor.MoveOperation.Start)

    @staticmethod
    def _block(how: str, after: str) -> QTextBlockFormat:
        """Lines of a diff are one block of code that is not wrapped; other lines have room around them."""
        made, theme = QTextBlockFormat(), current()
        if how in DIFF:
            made.setNonBreakableLines(True)
            back = theme.raised if how == BESIDE else blend(getattr(theme, ROLES[how]), theme.base, DIFF_SHADE)
            made.setBackground(QColor(back))
            made.setBottomMargin(0 if after in DIFF else 5)
        else:
            made.setBottomMargin(4 if how in (HEADING, CODE) or after in DIFF else 2)
        return made

    def _format(self, how: str, entry: Entry | None) -> QTextCharFormat:
        made, theme = QTextCharFormat(), current()
        role = entry.sort.role if how == HEADING and entry is not None else ROLES.get(how, how)
        made.setForeground(QColor(getattr(theme, role)))
        if how == HEADING:
            made.setFontWeight(QFont.Weight.DemiBold)
        if how == CODE or how in DIFF:
            made.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        if how == CODE:
            made.setBackground(QColor(theme.raised))
        return made
