"""Source: what a figure is drawn from. Drawing: a figure that is ready to be drawn, with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.figures.request import FigureRequest
from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.results import Inspection

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rnn.beside import Beside
    from rnn.itemised import Itemised
    from rnn.recorder import Recording

Say = Callable[[str, float | None], None]
"""Is told what is being done and how far it is; may raise to cancel."""


def silent(text: str, fraction: float | None) -> None:
    """For whoever does not want to hear it."""


@dataclass(frozen=True, eq=False)
class Source:
    """What a figure is drawn from; a kind of figure says which of these it needs.

    Attributes:
        result: of a check. itemised: its itemised matrix. recording: of its code. beside: JAX's values beside that.
        given: what a command line names to have the same again: a case file, a saved result, a recording, an itemised
            file. Empty takes what the result says of itself: an example's name, or the built-in BPTT.
    """

    result: Inspection | None = None
    itemised: Itemised | None = None
    recording: Recording | None = None
    beside: Beside | None = None
    given: str = ""

    @property
    def checked(self) -> Inspection:
        """The result; raises `InputError` where there is none."""
        if self.result is None:
            raise InputError(
                "this figure is drawn from the result of a check; give a case or a saved result (of a recording --kind step and "
                "--kind loop --arrays NAME are drawn, of an itemised matrix --kind itemised)"
            )
        return self.result


def narrowed(source: Source, request: FigureRequest) -> Source:
    """Only what a figure is drawn from: a recording's says nothing of a result that happens to be open as well."""
    if source.recording is not None and source.result is not None and request.of_recording:
        return replace(source, result=None, given="")
    return source


def as_source(source: Source | Inspection) -> Source:
    """A result alone is a source as well."""
    return Source(source) if isinstance(source, Inspection) else source


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure that is ready to be drawn.

    Attributes:
        draw: makes the figure.
        numbers: arrays by name, for `.npz` and `.csv`. about: makes what is said of them inside the file.
        name: for a file, without suffix. frames: of an animation, one sheet after another; pictures: how many.
    """

    draw: Callable[[], Figure]
    numbers: Mapping[str, AnyArray]
    about: Callable[[], Mapping[str, Any]] = dict
    name: str = "figure"
    frames: Callable[[], Any] | None = None
    pictures: int = 1
