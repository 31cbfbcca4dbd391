"""MainWindow: panes laid out from PANES, menus and toolbar from ACTIONS."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QThread, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from inspector import menus
from inspector.action import ARRAYS, CODE, HEATMAP, PANELS, SOURCE
from inspector.actions import ACTIONS
from inspector.panes import PANES
from inspector.pictures import Pictures
from inspector.records import IDLE
from inspector.said import window_title
from inspector.settings import Memory
from inspector.state import State
from inspector.window.arrangement import Arrangement
from inspector.window.commands import Commands
from inspector.window.docks import AREAS, Docks, focus_next
from inspector.window.icons import Icons
from inspector.window.layout import clamped
from inspector.window.pages import Pages
from inspector.window.status import StatusBar
from inspector.window.touring import start_tour

KEYS_IN = {HEATMAP: {"triptych"}, SOURCE: {"source", "grid"}, ARRAYS: {"arrays"}}
"""Panes in which a scope's keys work."""

PaneEntry = tuple[str, str, Any, str]

SMALLEST = (1024, 640)
SMALLEST_WIDTHS = {"left": 200, "right": 284, "centre": 516, "welcome": 480, "code": 400}
"""Of panes, by area, whatever they ask for themselves: with the right docks they fit into the smallest window."""

FIRST_SIZE = (1280, 800)
TOUR_AFTER_MS = 600
"""The result is seen first, and then explained."""


class MainWindow(QMainWindow):
    """The main window.

    Signals:
        first_painted: it has been drawn for the first time.
        closed: the user closed it.
    """

    first_painted = Signal()
    closed = Signal()

    def __init__(
        self, state: State, pictures: Pictures, memory: Memory, panes: Iterable[PaneEntry] | None = None
    ) -> None:
        """Build everything; `show_as_remembered` puts it on the screen.

        Args:
            state: what panes and commands work on. pictures: read what is shown.
            memory: the remembered layout.
            panes: (id, title, class, area) of each pane; the table PANES by default.
        """
        super().__init__()
        self.state, self._pictures, self.memory = state, pictures, memory
        self.setObjectName("main")
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(False)
        self._panes: dict[str, Any] = {}
        self.docks = Docks(self)
        self._cell: tuple[int, int] | None = None
        self._painted = self._tour_due = self._closes = False
        self._pages = Pages(self)
        self.arrangement = Arrangement(self, self.docks, self._pages)
        self._build_panes(list(PANES if panes is None else panes))
        self.commands = Commands(self, state, pictures)
        self.made = menus.make_actions(self, self.commands)
        self.icons = Icons(self.made, self)
        self._build_menus()
        self._status = StatusBar(state, pictures, self)
        self.setStatusBar(self._status)
        self._first_layout = self.saveState()
        self._connect()
        self.synchronize()

    def _build_panes(self, panes: list[PaneEntry]) -> None:
        for name, title, kind, area in panes:
            pane = self._panes[name] = kind(self.state, self._pictures, self)
            pane.setAccessibleName(pane.accessibleName() or title)
            if area in AREAS:
                self.docks.add(name, title, pane, area)
            else:
                self._pages.add(pane, area)
            pane.setMinimumWidth(SMALLEST_WIDTHS.get(area, 0))
        self._pages.finish()
        self.setCentralWidget(self._pages)
        self.docks.size()
        for pane in self._panes.values():
            pane.synchronize()

    def _build_menus(self) -> None:
        from inspector.picture import COLOUR_MAPS

        filled = menus.fill_menus(self, self.made, [(name, name) for name in COLOUR_MAPS])
        reset = self.made["reset_layout"]
        filled[PANELS].insertActions(reset, [dock.toggleViewAction() for dock in self.docks.by_name.values()])
        filled[PANELS].insertSeparator(reset)
        self.arrangement.fill_toolbars(self.made)
        for toolbar in self.arrangement.toolbars.values():
            filled[PANELS].insertAction(reset, toolbar.toggleViewAction())
        for scope, names in KEYS_IN.items():
            for pane in names & self._panes.keys():
                menus.bind_keys(self.made, scope, self._panes[pane])
        menus.take_keys_of(self.made, self.page)

    def _connect(self) -> None:
        state = self.state
        debugger, diagnosis, own, keeper = state.debugger, state.diagnosis, state.own, state.session
        for signal in (state.result_changed, state.settings_changed, state.status_changed, state.view_changed, own.changed,
                       diagnosis.changed, state.look.flip_changed, debugger.opened_changed, debugger.choice_changed,
                       keeper.changed):  # fmt: skip
            signal.connect(self.synchronize)
        state.selection_changed.connect(self._on_selection_changed)
        state.result_changed.connect(self._on_result_changed)
        self._status.printed_wanted.connect(self.commands.own.show_printed)
        debugger.opening.connect(partial(self.show_page, CODE))
        self.arrangement.page_changed.connect(self._on_page_changed)
        for name, signal_name, slot in (
            ("welcome", "open_requested", self.commands.choose_files),
            ("welcome", "new_case_requested", self.commands.own.choose_code),
            ("welcome", "example_chosen", self._on_example_chosen),
            ("failure", "details_requested", self.commands.show_details),
            ("checks", "line_wanted", self.commands.debug.go_to_first_wrong_line),
            ("checks", "why_wanted", self.commands.why.diagnose),
            ("findings", "page_wanted", self.commands.why.show_page),
            ("questions", "look_wanted", self.commands.look.show_used),
            ("triptych", "hovered", self._status.show_hovered),
            ("arrays", "second_run_wanted", self.commands.debug.other_run),
            ("arrays", "pictures_wanted", self.commands.debug.show_pictures),
            ("notes", "note_wanted", self.commands.sessions.go_to_note),
            ("notes", "moment_wanted", self.commands.sessions.go_to_moment),
            ("notes", "edit_wanted", self.commands.sessions.edit_note),
        ):
            wanted = getattr(self._panes.get(name), signal_name, None)
            if wanted is not None:
                wanted.connect(slot)

    @Slot()
    def synchronize(self) -> None:
        """Follow the state: page, title, which commands make sense."""
        state = self.state
        recorded = state.debugger.overview is not None
        self._pages.follow(state.result is not None, recorded or self.page == CODE)
        self.setWindowTitle(window_title(state, self.page))
        self.setWindowModified(bool(state.session.path) and state.session.modified)
        for action in ACTIONS:
            self.made[action.id].setEnabled(action.makes_sense(state.result is not None, recorded))
            if action.checked is not None:
                self.made[action.id].setChecked(action.checked(state))
        for toolbar in self.arrangement.toolbars.values():
            stop = toolbar.widgetForAction(self.made["cancel"])
            stop.setEnabled(state.status.phase != IDLE)  # the key stays alive: it also lets go of the picked cell
        self.made["undo"].setEnabled(state.can_undo)
        self.made["redo"].setEnabled(state.can_redo)

    @Slot()
    def _on_example_chosen(self) -> None:
        """Who opens the example for the first time is shown around, once."""
        self._tour_due = not self.memory.tour_seen()

    @Slot()
    def _on_result_changed(self) -> None:
        if self._tour_due and self.state.result is not None:
            self._tour_due = False
            QTimer.singleShot(TOUR_AFTER_MS, self.start_tour)

    @Slot()
    def _on_selection_changed(self) -> None:
        """A cell that was just picked is what the user wants to know about."""
        cell, self._cell = self._cell, self.state.selection.cell
        if self._cell is not None and self._cell != cell:
            self.docks.raise_quietly("cell")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open them."""
        self.state.open_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when the first painting is over."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme needs icons of another colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._painted:
            self._draw_icons()

    def _draw_icons(self) -> None:
        self.icons.draw(self.palette().buttonText().color().name())

    def load_icons(self) -> None:
        """Load and draw the icons, in the background."""
        self._draw_icons()
        self.icons.load()

    # Layout

    def lay_out(self, name: str) -> None:
        """Arrange the panels as one of `LAYOUTS`."""
        self.arrangement.lay_out(name)

    @property
    def page(self) -> str:
        """What stands in the middle: `pictures` or `code`."""
        return self._pages.page

    def show_page(self, page: str) -> None:
        """Show the pictures or the code, with the panels as they were there last."""
        self.arrangement.show_page(page)

    @Slot()
    def _on_page_changed(self) -> None:
        menus.take_keys_of(self.made, self.page)
        self.commands.debug.player.watch(self.page == CODE)
        self.synchronize()
        if self.page == CODE and "source" in self._panes:
            self._panes["source"].setFocus()

    def raise_pane(self, name: str) -> None:
        """Bring a pane to the front."""
        self.docks.raise_pane(name)

    def focus_next(self, direction: int) -> None:
        """Move the focus to the next (+1) or previous (-1) panel."""
        focus_next(self._panes, direction)

    def start_tour(self) -> None:
        """Show the stops of the tour."""
        start_tour(self, self._panes)

    def show_as_remembered(self) -> None:
        """Show, then restore geometry (in this order: restoring first drifts), inside what screens there are."""
        self.show()
        focus_first = getattr(self._panes.get("welcome"), "focus_first", None)
        if focus_first is not None and self.state.result is None:
            focus_first()
        remembered = self.memory.layout()
        if remembered is not None:
            self.restoreGeometry(remembered[0])
            self.restoreState(remembered[1])
            self._pages.restore_sizes(self.memory.splitters())
        if not (self.isMaximized() or self.isFullScreen()):
            self.setGeometry(clamped(self.geometry(), [s.availableGeometry() for s in QGuiApplication.screens()]))

    def reset_layout(self) -> None:
        """Put panels, sizes and the window back as they come."""
        self.memory.forget_layout()
        self.restoreState(QByteArray(self._first_layout))
        self.resize(*FIRST_SIZE)
        self.docks.size()
        self.lay_out("first")

    def close_for_good(self) -> None:
        """Close without asking."""
        self._closes = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, and end the panes' threads: a running one aborts the process when it is destroyed."""
        if not self._closes and self.state.session.has_unsaved_notes:
            self.state.session.ask_first("quit", self.close_for_good)
            event.ignore()
            return
        for thread in self.findChildren(QThread):
            thread.quit()
            thread.wait()
        self.memory.set_layout(self.saveGeometry(), self.saveState())
        self.memory.set_splitters(self._pages.sizes())
        self.closed.emit()
        event.accept()

    def pane(self, name: str) -> Any:
        """The pane of an id."""
        return self._panes[name]
