"""Under: what stands under the mouse in the source: which array a name means here, and what it holds."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import Moment
from inspector.panes.debug.source_editor import SourceEditor
from inspector.panes.debug.source_names import lookups, paths_at
from inspector.panes.debug.source_words import inline_words, row_words


class Under:
    """Answers for points of the editor's viewport, from what the moment knows."""

    def __init__(self, debugger: Debugger, editor: SourceEditor) -> None:
        """Args: debugger: that knows the moment. editor: that shows the text."""
        self._debugger, self._editor = debugger, editor

    def _paths(self, moment: Moment, point: QPoint) -> list[str]:
        found = self._editor.places.column_at(point)
        return [] if found is None else paths_at(*found, dict(moment.numbers))

    def path(self, point: QPoint) -> str:
        """The array that a point's name means, empty for none."""
        moment = self._debugger.moment
        if moment is None:
            return ""
        kinds = {row.path: row.kind for row in moment.rows}
        return next(lookups(self._paths(moment, point), kinds), "")

    def choose(self, point: QPoint, asked: bool) -> None:
        """Select the array that a name means; says so where it means none and the user has `asked` for one by Ctrl."""
        path, moment = self.path(point), self._debugger.moment
        if path:
            self._debugger.select_array(path)
        elif asked and moment is not None:
            paths = self._paths(moment, point)
            if paths:
                self._debugger.say(f"{paths[-1]} is no array that {moment.here.function} has at this step")

    def words(self, point: QPoint) -> str:
        """What a name holds; beside the text, what stands there in full."""
        moment, sheet = self._debugger.moment, self._editor.look.sheet
        seen = self._editor.places.seen_at(point.y())
        if moment is None or sheet is None or seen is None:
            return ""
        if self._editor.places.column_at(point) is None:
            return inline_words(self._editor.look.behind.get(seen.line, ()))
        rows, numbers = {row.path: row for row in moment.rows}, dict(moment.numbers)
        for path in self._paths(moment, point):
            if path in rows:
                return row_words(rows[path])
            if path in numbers:
                return f"{path} = {numbers[path]}"
        return ""
