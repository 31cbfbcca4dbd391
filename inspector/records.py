"""The frozen records that `State` is made of: selection, view, run status, failure, questions, case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

IDLE, STARTING, RUNNING = "idle", "starting", "running"

PICTURES, CODE = "pictures", "code"
"""The pages of the window."""

THEMES = ("light", "dark", "system")
SCALES = ("linear", "asinh", "log")
METRICS = ("difference", "absolute", "relative", "ulp", "classes")

TRIPTYCH, HAND, REFERENCE, DIFFERENCE, SPLIT = "triptych", "hand", "reference", "difference", "split"
MODES = (TRIPTYCH, HAND, REFERENCE, DIFFERENCE, SPLIT)


@dataclass(frozen=True)
class Selection:
    """What all panes look at.

    Attributes:
        quantity: `dW_hh`, `dh`, ... or None while there is no result.
        t: step, 0 to T - 1. sample: entry of the batch, 0 to B - 1.
        cell: (row, column) of the picked element of the shown picture, or None.
        region: (first row, first column, last row, last column) of a marked rectangle, or None.
    """

    quantity: str | None = None
    t: int = 0
    sample: int = 0
    cell: tuple[int, int] | None = None
    region: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class ViewState:
    """How pictures are drawn.

    Attributes:
        metric: one of `METRICS`. scale: one of `SCALES`.
        locked: whether the difference shares the range of hand and reference.
        colour_map: name in `inspector.picture`; empty for the first one.
        theme: one of `THEMES`.
        mode: one of `MODES`: three panes, one of them alone, or hand and reference on two sides of a line.
        split: where that line stands, 0 to 1 of the pane. profiles: whether row and column profiles are drawn.
        value_bound, difference_bound: values of the end colours, None for the largest that occurs.
        custom_tolerance: whether |d| <= atol + rtol |reference| says what is drawn faded, instead of the noise.
    """

    metric: str = "difference"
    scale: str = "asinh"
    locked: bool = False
    colour_map: str = ""
    theme: str = "system"
    mode: str = TRIPTYCH
    split: float = 0.5
    profiles: bool = False
    value_bound: float | None = None
    difference_bound: float | None = None
    custom_tolerance: bool = False
    atol: float = 1e-8
    rtol: float = 1e-5


PER_QUANTITY = ("metric", "scale", "locked", "value_bound", "difference_bound")
"""Fields of the view that every quantity keeps for itself."""


@dataclass(frozen=True)
class RunStatus:
    """What the engine is doing.

    Attributes:
        phase: `idle`, `starting` (the engine itself comes up) or `running`.
        text: what is being done, for the user. fraction: 0 to 1 where there is one.
        number: number of the request that runs, 0 when none does.
    """

    phase: str = IDLE
    text: str = ""
    fraction: float | None = None
    number: int = 0


@dataclass(frozen=True)
class Failure:
    """Something that went wrong, in one sentence.

    Attributes:
        sentence: for the user. details: traceback lines (the user's own where their code failed), may be empty.
        file, line: where, when it is known. is_bug: whether it is our fault and not the input's.
        limit: `time` or `memory` where the user's code was stopped by that limit.
    """

    sentence: str
    details: str = ""
    file: str = ""
    line: int | None = None
    is_bug: bool = False
    limit: str = ""


@dataclass(frozen=True)
class Offer:
    """What can be done about a message, by a button beside it.

    Attributes:
        text: of the button. tip: one sentence. do: called when it is pressed.
    """

    text: str
    tip: str
    do: Callable[[], object]


@dataclass(frozen=True)
class Question:
    """An ambiguity in a weight file that only the user can resolve.

    Attributes:
        parameter: `W_hh`, ... text: the question. options: answers, as `key` or `key.T`.
    """

    parameter: str
    text: str
    options: tuple[str, ...]


UNREAD = "as a session says: "
"""Stands before the digest of a file that was not read: it is no digest that anybody has agreed to."""


@dataclass(frozen=True)
class CaseInfo:
    """What a case's declaration says, read without running it.

    Attributes:
        title: for the user. declared: notes on conventions.
        fixed: fields of `ProblemSettings` that the case's code dictates.
        path: its file. digest: of the file's content. shipped: whether it is one of our examples.
        needs_trust: whether running it runs code that the user brought.
        built_in: whether it is a setting of the program's own BPTT, without code of its own.
    """

    title: str
    declared: tuple[str, ...]
    fixed: frozenset[str]
    path: str
    digest: str
    shipped: bool
    needs_trust: bool
    built_in: bool = False
