"""SourcePane: the source view of the debugger: the text that ran, where the user stands in it, and what every line did."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Slot
from PySide6.QtWidgets import QLabel, QStackedLayout, QToolTip, QVBoxLayout, QWidget

from inspector.debugger.records import Source
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.source_editor import SourceEditor
from inspector.panes.debug.source_finding import Finder
from inspector.panes.debug.source_gutter import SourceGutter
from inspector.panes.debug.source_header import SourceHeader
from inspector.panes.debug.source_lines import Facts, facts_of, not_executed, sheet_of, source_of
from inspector.panes.debug.source_menu import BETWEEN, Entry, run_entries, show_menu
from inspector.panes.debug.source_painting import Stand
from inspector.panes.debug.source_reader import Reader
from inspector.panes.debug.source_stops import LineStops
from inspector.panes.debug.source_under import Under
from inspector.panes.debug.source_words import notes_of, place_text, tip
from inspector.pictures import Pictures
from inspector.state import State


class SourcePane(QWidget):
    """Header, text with gutter, find bar. The focus is the text's."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.debugger = debugger = state.debugger
        self._file: int | None = None
        self._recording: Any = None
        self._shown: tuple[object, ...] = ()
        self._followed: tuple[object, int] | None = None
        self.header = SourceHeader(self)
        self.editor = SourceEditor(self)
        self.gutter = SourceGutter(self.editor, debugger.stops, state.notes)
        self.finder = Finder(self.editor, self)
        self._line_stops = LineStops(debugger, self)
        self._under = Under(debugger, self.editor)
        self._state = state
        self._reader = Reader(debugger, self.editor, self)
        self._empty = QLabel(NO_RECORDING, self)
        self._build()
        self.setFocusProxy(self.editor)
        self.ask_line, self.go_to_line = self._reader.ask_line, self._reader.go_to_line
        self.zoom_in, self.zoom_out, self.zoom_reset = (
            self._reader.zoom_in,
            self._reader.zoom_out,
            self._reader.zoom_reset,
        )
        self._connect_editor()
        debugger.opened_changed.connect(self.synchronize)
        debugger.here_changed.connect(self._on_here_changed)
        debugger.moment_changed.connect(self._on_moment_changed)
        debugger.stops_changed.connect(self.gutter.forget_stops)
        debugger.choice_changed.connect(self._on_choice_changed)
        debugger.busy_changed.connect(self._on_busy_changed)
        state.view_changed.connect(self._on_view_changed)
        self._on_view_changed()

    def _build(self) -> None:
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "faint")
        self._empty.setAccessibleName("Why there is no source")
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(self._pages, 1)
        layout.addWidget(self.finder.bar)
        self._reader.zoom(0)

    def _connect_editor(self) -> None:
        editor, gutter, stops = self.editor, self.gutter, self._line_stops
        editor.line_chosen.connect(self._on_editor_line_chosen)
        editor.name_chosen.connect(self._under.choose)
        editor.hovered.connect(self._on_editor_hovered)
        editor.zoomed.connect(self._reader.zoom)
        editor.menu_asked.connect(self._on_editor_menu_asked)
        editor.find_asked.connect(self.show_find)
        editor.escaped.connect(self.finder.close)
        gutter.clicked.connect(stops.toggle)
        gutter.double_clicked.connect(self._on_gutter_double_clicked)
        gutter.menu_asked.connect(stops.show_menu)
        self.header.file_chosen.connect(self._show_file)

    # Drawing

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the debugger."""
        if not self.isVisible():
            return
        here, recording = self.debugger.here, self.debugger.recording
        known = {one.number for one in self._sources()}
        if recording is not self._recording or (self._file not in known and known):
            self._recording = recording
            self._file = min(known, default=None) if here is None else here.file
        self._show_file(None if recording is None else self._file)
        self._on_busy_changed()
        self._on_here_changed()
        self.gutter.forget_stops()

    def _sources(self) -> tuple[Source, ...]:
        overview = self.debugger.overview
        return () if overview is None else overview.sources

    def _source(self, number: int | None) -> Source | None:
        """A file of the recording, from its tables as long as there is no overview that knows it."""
        found = next((one for one in self._sources() if one.number == number), None)
        recording = self.debugger.recording
        if found is None and number is not None and recording is not None and number < len(recording.tables.files):
            return source_of(recording, number)
        return found

    @Slot(int)
    def _show_file(self, number: int | None) -> None:
        """Show a file of the recording, unless it is shown already and nothing new is known of it."""
        overview = self.debugger.overview
        key = self.debugger.recording, number, overview
        if key == self._shown:
            return
        self._file, self._shown = number, key
        source = self._source(number)
        sheet = None if source is None else sheet_of(source, overview)
        self.editor.show_sheet(sheet)
        self._line_stops.sheet = sheet
        self.editor.show_facts(Facts() if number is None else facts_of(overview, number))
        self.gutter.show_file(number or 0)
        self.gutter.place()
        self.finder.look_again()
        self.header.show_notes(notes_of(source, overview))
        self._pages.setCurrentIndex(0 if sheet is None else 1)
        self._show_files()
        self._show_stand()
        self._on_moment_changed()

    def _show_files(self) -> None:
        here = self.debugger.here
        source = self._source(self._file)
        sources = self._sources() or (() if source is None else (source,))
        self.header.show_files(sources, self._file, None if here is None else here.file)

    @Slot()
    def _on_here_changed(self) -> None:
        if not self.isVisible():
            return
        debugger, here = self.debugger, self.debugger.here
        last = 0 if debugger.recording is None else len(debugger.recording) - 1
        self.header.place.set_text(place_text(here, debugger.overview, last))
        stand = None if here is None else (debugger.recording, here.step)
        if here is not None and stand != self._followed:
            self._show_file(here.file)
            self._show_files()
        self._show_stand()
        if here is not None and stand != self._followed:
            self.editor.places.reveal(here.line)
            self.editor.put_cursor(here.line)
            debugger.set_cursor(self.cursor_place())
        self._followed = stand

    def _show_stand(self) -> None:
        here, moment = self.debugger.here, self.debugger.moment
        if here is None:
            self.editor.show_stand(Stand())
            return
        is_shown = here.file == self._file
        upcoming = here.upcoming[1] if here.upcoming is not None and here.upcoming[0] == self._file else 0
        raised = "an exception" if here.raised else ""
        if raised and moment is not None and moment.here.step == here.step:
            raised = moment.raised or raised
        if is_shown:
            self.editor.show_stand(Stand(here.line, max(here.line, here.end_line), upcoming, raised))
        else:
            self.editor.show_stand(Stand(upcoming=upcoming))

    @Slot()
    def _on_moment_changed(self) -> None:
        """Values of the step before are kept until the new ones are there: they are the same but for a line or two."""
        moment, sheet = self.debugger.moment, self.editor.look.sheet
        if not self.isVisible() or sheet is None:
            return
        if moment is None or moment.here.file != self._file:
            self.editor.show_values({}, frozenset())
            return
        grey = not_executed(moment, sheet, self.editor.look.facts)
        self.editor.show_values(moment.inline, grey)
        if moment.here.raised:
            self._show_stand()

    @Slot()
    def _on_busy_changed(self) -> None:
        busy = self.debugger.busy
        self.header.show_busy(busy)
        self._empty.setText(f"{busy}..." if busy else NO_RECORDING)

    @Slot()
    def _on_view_changed(self) -> None:
        self.header.take_theme()
        self.finder.bar.update()
        self.editor.take_theme()

    @Slot()
    def _on_choice_changed(self) -> None:
        """Another pane has put the cursor on a line: show it."""
        cursor = self.debugger.cursor
        if not self.isVisible() or cursor is None or cursor == self.cursor_place():
            return
        if self._source(cursor[0]) is not None:
            self._show_file(cursor[0])
            self.editor.go_to(cursor[1])

    def showEvent(self, event: Any) -> None:
        """What was left out while nobody looked."""
        super().showEvent(event)
        self.synchronize()

    # The user

    def cursor_place(self) -> tuple[int, int] | None:
        """File and line of the text cursor: the first line of the statement, where there is one."""
        sheet, line = self.editor.look.sheet, self.editor.cursor_line()
        if sheet is None or not line:
            return None
        return sheet.source.number, sheet.first(line) or line

    @Slot(int)
    def _on_editor_line_chosen(self, line: int) -> None:
        self.debugger.set_cursor(self.cursor_place())

    @Slot(QPoint)
    def _on_editor_hovered(self, point: QPoint) -> None:
        words = self._under.words(point)
        viewport = self.editor.viewport()
        QToolTip.showText(viewport.mapToGlobal(point), tip(words), viewport, QRect(point, point).adjusted(-4, -4, 4, 4))

    @Slot(int)
    def _on_gutter_double_clicked(self, line: int) -> None:
        """The first click has made or taken a breakpoint: that is taken back."""
        self._line_stops.toggle(line)
        self._line_stops.run_to(line, 1)

    @Slot(QPoint, QPoint)
    def _on_editor_menu_asked(self, point: QPoint, place: QPoint) -> None:
        seen, path = self.editor.places.seen_at(point.y()), self._under.path(point)
        selected = self.editor.textCursor().hasSelection()
        entries: list[Entry] = [("Copy\tCtrl+C", self.copy if selected else None), ("Find...\tCtrl+F", self.show_find)]
        if path:
            entries.insert(0, (f"Show {path} in detail", lambda: self.debugger.select_array(path)))
        if seen is not None:
            line = seen.line
            entries += [BETWEEN, *run_entries(lambda direction: self._line_stops.run_to(line, direction))]
            entries.append(("Breakpoint on this line\tF9", lambda: self._line_stops.toggle(line)))
        entries += [
            BETWEEN,
            ("Export figure of this step...", lambda: self._state.asking.want_figure("step", arrays=())),
        ]
        entries.append(("Open in your editor", self.open_in_editor))
        show_menu(self, "Source", entries, place)

    # For actions

    def show_line(self, file: int, line: int) -> None:
        """Show a line of one of the recording's files, by its number."""
        self._show_file(file)
        self.editor.go_to(line)

    def show_find(self) -> None:
        """Open the find bar."""
        self.finder.open()

    def find_next(self, direction: int = 1) -> None:
        """Go to the next (+1) or the previous (-1) find."""
        self.finder.step(direction)

    def toggle_breakpoint(self) -> None:
        """Stop at the cursor's line, or no more."""
        self._line_stops.toggle(self.editor.cursor_line())

    def edit_condition(self) -> QWidget | None:
        """Ask for a condition for the cursor's line."""
        return self._line_stops.edit(self.editor.cursor_line())

    def copy(self) -> None:
        """Copy what is selected."""
        self.editor.copy()

    def open_in_editor(self) -> None:
        """Open the shown file at the cursor's line in the user's own editor."""
        self._reader.open_in_editor(self._source(self._file))
