"""Exporting: writes what is chosen in the export dialog: one figure, all of them, or the clipboard. No widgets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.figure_choice import FigureChoice, name_of
from inspector.figure_lane import FigureLane
from inspector.figures.every import INDEX, names_for
from inspector.records import Failure, Offer
from inspector.written import Written

if TYPE_CHECKING:
    from inspector.engine.client import Engine
    from inspector.figures.request import FigureRequest
    from inspector.runs import Answer
    from inspector.settings import Memory
    from inspector.state import State

FIGURE, ALL, COPIES = "figure", "figures_all", "figure_copies"

PICTURE, NUMBERS = "picture", "numbers"
"""What is copied."""

COPIED = {PICTURE: (".png", ".svg", ".pdf"), NUMBERS: (".tsv",)}
"""Formats in which it is put on the clipboard."""

BUSY = "Something is still being drawn; wait for it, or cancel it"


@dataclass(frozen=True)
class Said:
    """What is said about the last thing that was done.

    Attributes:
        sentence: empty for nothing. is_error: whether something went wrong. offers: what can be done about it.
    """

    sentence: str = ""
    is_error: bool = False
    offers: tuple[Offer, ...] = ()


class Exporting(QObject):
    """The model of the export dialog.

    Attributes:
        lane: the way to the process that draws. choice: what is chosen, and its preview.
        said: see there. progress: text and fraction of the export that runs, None while none does.

    Signals:
        changed: `said` or `progress` is another. wanted: the dialog is to be shown.
        copied: (what, files by suffix) for the clipboard. folder_wanted: a folder is to be shown in the file manager.
    """

    changed = Signal()
    wanted = Signal()
    copied = Signal(str, object)
    folder_wanted = Signal(str)

    def __init__(self, state: State, engine: Engine, memory: Memory) -> None:
        """Args: state: what is on the screen. engine: draws. memory: remembers choices by kind."""
        super().__init__(state)
        self._state = state
        self.lane = FigureLane(engine, self)
        self.choice = FigureChoice(state, self.lane, memory, self)
        self._written, self._targets = Written(), list[Path]()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._copying = ""
        self.said = Said()
        self.progress: tuple[str, float | None] | None = None
        self.lane.told.connect(self._on_lane_told)
        self.lane.answered.connect(self._on_lane_answered)
        self.lane.cancelled.connect(self._on_lane_cancelled)
        self.choice.changed.connect(self.hush)

    def open(self, kind: str, **more: Any) -> None:
        """Show the dialog on a kind of figure, with what the screen shows and what else the caller knows of it."""
        self.choice.open(kind, **more)
        self.wanted.emit()

    def export(self, path: str, replace_others: bool = False) -> None:
        """Write the figure to a file, format by suffix; asks first where that would replace somebody's work."""
        target = Path(path)
        if not replace_others and self._written.others([target]):
            self._ask_to_replace(f"{target.name} is there already.", partial(self.export, path, True))
        else:
            self._start(FIGURE, f"Drawing {target.name}", [target], path=path)

    def export_all(self, folder: str, replace_others: bool = False) -> None:
        """Write every quantity of the result into a folder, as the chosen kind of figure in the chosen format."""
        suffix = self.choice.suffix
        names = self.choice.quantities()
        targets = [Path(folder) / name for name in (*names_for(names, suffix).values(), INDEX)]
        others = [] if replace_others else self._written.others(targets)
        if others:
            more = f"{others[0].name} and {len(others) - 1} more are" if len(others) > 1 else f"{others[0].name} is"
            self._ask_to_replace(f"{more} in {folder} already.", partial(self.export_all, folder, True))
        else:
            self._start(ALL, "Drawing all quantities", targets, folder=folder, suffix=suffix, quantities=names)

    def copy(self, what: str, request: FigureRequest | None = None) -> None:
        """Put the chosen figure, or another, or its numbers on the clipboard as soon as they are drawn."""
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="bptt-inspector-copy-", ignore_cleanup_errors=True)
        if not self.lane.working:
            self._copying = what
        order = self.choice.order(request, folder=self._scratch.name, suffixes=list(COPIED[what]))
        self._send(COPIES, "Drawing for the clipboard", order)

    def copy_shown(self, kind: str, what: str, **more: Any) -> None:
        """Copy the figure of what the screen shows, or its numbers."""
        reason = self.choice.reasons().get(kind, "")
        if reason:
            self._state.say(f"Nothing to copy: {reason}")
        else:
            self.copy(what, self.choice.shown(kind, **more))

    def command(self, request: FigureRequest | None = None) -> str:
        """The command line that makes the chosen figure, or another."""
        from inspector.figures.command import command
        from inspector.figures.drawing import Source

        wanted = request or self.choice.request
        files = self.choice.order(wanted)
        result = self._state.result if "result" in files else None
        recording = self._state.debugger.recording if "recording" in files else None
        source = Source(result, recording=recording, given=files.get("given", ""))
        return command(source, wanted, f"{name_of(wanted)}{self.choice.suffix if request is None else '.pdf'}")

    def cancel(self) -> None:
        """Stop what is being written; what is finished stays."""
        self.lane.cancel()

    def close(self) -> None:
        """The program ends."""
        if self._scratch is not None:
            self._scratch.cleanup()

    def _start(self, kind: str, text: str, targets: list[Path], **order: Any) -> None:
        if not self.lane.working:
            self.choice.remember()
            self._written.watch(targets)
            self._targets = targets
        self._send(kind, text, self.choice.order(**order))

    def _send(self, kind: str, text: str, order: Mapping[str, Any]) -> None:
        if self.lane.working:
            self.say(BUSY, True)
            return
        self.said, self.progress = Said(), (text, None)
        self.lane.export(kind, order)
        self.changed.emit()

    def _ask_to_replace(self, sentence: str, do: Callable[[], object]) -> None:
        keep = Offer("Keep it", "Write nothing", self.hush)
        self.say(sentence, False, Offer("Replace", "What is there now is lost", do), keep)

    @Slot()
    def hush(self) -> None:
        """Say nothing any more."""
        if self.said.sentence:
            self.say("")

    def say(self, sentence: str, is_error: bool = False, *offers: Offer) -> None:
        """Say something; where the dialog is closed, in the window."""
        self.said = Said(sentence, is_error, offers)
        self.changed.emit()
        if self.choice.is_open or not sentence:
            return
        if is_error:
            self._state.report(Failure(sentence))
        elif offers:
            self._state.note(sentence, offer=offers[0])
        else:
            self._state.say(sentence)

    # Answers

    @Slot(str, object)
    def _on_lane_told(self, text: str, fraction: float | None) -> None:
        self.progress = text, fraction
        self.changed.emit()

    @Slot()
    def _on_lane_cancelled(self) -> None:
        self.progress = None
        self._written.settle()
        self.say("Cancelled; files that were finished stay")

    @Slot(object)
    def _on_lane_answered(self, answer: Answer) -> None:
        self.progress = None
        self._written.settle()
        if answer.failure is not None:
            self.say(answer.failure.sentence, True)
        elif answer.kind == COPIES:
            self.copied.emit(self._copying, {suffix: str(path) for suffix, path in answer.extra["files"].items()})
            self.say(f"Copied the {'figure' if self._copying == PICTURE else 'numbers'}")
        else:
            self._say_saved(answer.kind, answer.extra)

    def _say_saved(self, kind: str, extra: Mapping[str, Any]) -> None:
        folder = str(self._targets[0].parent)
        what = f"Saved {self._targets[0]}"
        if kind == ALL:
            what = f"Saved {len(extra['files']) - 1} figures in {folder}, and {INDEX}, which says what they show"
        self.say(what, False, Offer("Open folder", f"Show {folder}", partial(self.folder_wanted.emit, folder)))
