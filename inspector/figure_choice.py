"""FigureChoice: what is chosen about a figure in the export dialog, and its live preview. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector import screen
from inspector.figures.animation import MOVING
from inspector.figures.kinds import FIGURES
from inspector.figures.render import file_name, suffixes_for
from inspector.figures.request import FigureRequest
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.figure_lane import FigureLane
    from inspector.runs import Answer
    from inspector.settings import Memory
    from inspector.state import State

PREVIEW_PX = (1400, 2600)
"""Least and largest width of a preview: the least is sharp at twice the true size of two columns."""

PICTURES = (".png", ".pdf", ".svg", *MOVING)
"""Formats that hold pixels somewhere."""


@dataclass(frozen=True, eq=False)
class Preview:
    """A drawn figure.

    Attributes:
        image: PNG. request: what it is of. command: the command line that makes it.
    """

    image: bytes
    request: FigureRequest
    command: str


def name_of(request: FigureRequest) -> str:
    """A name for a figure's file, without suffix."""
    kind = "" if request.kind == "triptych" else f"_{request.kind}"
    return file_name(f"{request.quantity}{kind}".strip("_"))


class FigureChoice(QObject):
    """A request that is changed field by field; what changes is drawn again.

    Attributes:
        request, suffix: what is chosen. is_open: whether somebody looks.
        wrong: what is wrong with a field that holds what makes no sense, by name.
        preview: the newest one that was drawn, None before. problem: why there is none of what is chosen, else empty.

    Signals:
        changed: `request`, `suffix` or what is available is another. preview_changed: `preview` or `problem` is.
    """

    changed = Signal()
    preview_changed = Signal()

    def __init__(self, state: State, lane: FigureLane, memory: Memory, parent: QObject) -> None:
        """Args: state: what is on the screen. lane: draws. memory: remembers choices by kind."""
        super().__init__(parent)
        self._state, self._lane, self._memory = state, lane, memory
        self.wrong: dict[str, str] = {}
        self._drawn: FigureRequest | None = None
        self.request, self.suffix, self.is_open = FigureRequest(), ".png", False
        self.preview: Preview | None = None
        self.problem = ""
        self._width_px = PREVIEW_PX[0]
        lane.previewed.connect(self._on_lane_previewed)
        state.result_changed.connect(self._on_state_moved)
        state.asking.changed.connect(self._on_state_moved)
        state.debugger.opened_changed.connect(self._on_state_moved)

    def open(self, kind: str, **more: Any) -> None:
        """Choose a kind of figure with what the screen shows, and what else the caller knows; it is drawn from now on."""
        self.take_screen(kind, **more)
        self.is_open = True
        self._lane.warm_up()
        self._draw(at_once=True)

    def close(self) -> None:
        """Nobody looks any more."""
        self.remember()
        self.is_open = False
        self._lane.drop_preview()

    def take_screen(self, kind: str, **more: Any) -> None:
        """Choose what the screen shows, as a kind of figure, with that kind's remembered choices."""
        self.wrong.clear()
        self.request = self.shown(kind, **more)
        known, look = self.suffixes(), self._memory.figure_look(kind)
        self.suffix = look["suffix"] if look.get("suffix") in known else known[0]

    def shown(self, kind: str, **more: Any) -> FigureRequest:
        """What the screen shows, as a kind of figure, with that kind's remembered choices; nothing is chosen by that."""
        look = self._memory.figure_look(kind)
        return replace(screen.with_look(screen.request_of_screen(self._state, kind), look), **more)

    def remember(self) -> None:
        """Keep the choices for the next figure of this kind."""
        self._memory.set_figure_look(self.request.kind, {**screen.look_of(self.request), "suffix": self.suffix})

    def choose(self, name: str, value: Any) -> None:
        """Take another value of a field of the request, or of `suffix`; one that makes no sense is said to be wrong."""
        self.wrong.pop(name, None)
        try:
            if name == "kind":
                self.remember()
                self.take_screen(value)
            elif name == "suffix":
                self.suffix = value
            else:
                self.request = replace(self.request, **{name: value})
        except InputError as error:
            self.wrong[name] = str(error)
        self._draw()

    def refuse(self, name: str, sentence: str) -> None:
        """A field holds what can't be read: nothing is drawn until it is changed."""
        self.wrong[name] = sentence
        self._draw()

    def look_at(self, width_px: int) -> None:
        """The preview is shown so wide: it is drawn again where it would be blurred."""
        if min(width_px, PREVIEW_PX[1]) > self._width_px:
            self._width_px = PREVIEW_PX[1]
            if self.is_open:
                self._draw()

    def uses(self, name: str) -> bool:
        """Whether a choice means something to the chosen kind and format."""
        options = FIGURES[self.request.kind].options
        if name == "sample":
            return name in options and self.samples() > 1
        if name == "dpi":
            return self.suffix in PICTURES
        return name in (*screen.COMMON, "suffix", "kind") or name in options

    def reasons(self) -> dict[str, str]:
        """Why a kind can't be drawn now, by kind."""
        return screen.reasons(self._state)

    def quantities(self) -> list[str]:
        """What can be chosen as the quantity, and what *Export all* draws."""
        return screen.quantities_for(self._state, self.request.kind) if self.uses("quantity") else []

    def suffixes(self) -> list[str]:
        """Formats of the chosen kind, the usual one first."""
        return sorted(suffixes_for(self.request.kind), key=lambda suffix: suffix not in MOVING)

    def samples(self) -> int:
        """How many entries the batch has."""
        result = self._state.result
        return 1 if result is None else int(result.problem.get("B", 1))

    def steps(self) -> int:
        """How many steps the open recording has."""
        overview = self._state.debugger.overview
        return 0 if overview is None else int(overview.steps)

    def order(self, request: FigureRequest | None = None, **more: Any) -> dict[str, Any]:
        """What is drawn, as the process that draws wants it; what is chosen, where no other figure is meant."""
        request = request or self.request
        return {**screen.files_of_screen(self._state, request), "request": request.to_json(), **more}

    def _draw(self, at_once: bool = False) -> None:
        problem = next(iter(self.wrong.values()), "") or self.reasons().get(self.request.kind, "")
        if problem:
            self._lane.drop_preview()
            self._set_problem(problem[:1].upper() + problem[1:])
        else:
            self._drawn = self.request
            self._lane.preview(self.order(width_px=self._width_px), at_once)
        self.changed.emit()

    def _set_problem(self, problem: str) -> None:
        self.problem = problem
        self.preview_changed.emit()

    @Slot(object)
    def _on_lane_previewed(self, answer: Answer) -> None:
        if not self.is_open or self._drawn is None:
            return
        if answer.failure is not None:
            self._set_problem(answer.failure.sentence)
            return
        try:
            image = Path(answer.path).read_bytes()
        except OSError as error:
            self._set_problem(
                f"The preview can't be read ({error.strerror}); choose something else, and it is drawn again"
            )
            return
        self.preview = Preview(image, self._drawn, str(answer.extra.get("command", "")))
        self._set_problem("")

    @Slot()
    def _on_state_moved(self) -> None:
        """Another result, matrix or recording is open: the figure follows."""
        if self.is_open:
            self._draw()
