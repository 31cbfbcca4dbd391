"""FigureRequest: everything a person can choose about a figure; the dialog, the command line and a report all fill one in."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from inspector.picture.colours import MAPS, SCALES
from inspector.picture.difference import METRICS
from rnn.errors import InputError

PRESETS = {"one_column": (3.4, None), "two_columns": (7.0, None), "slide": (13.333, 7.5)}
"""Width and height in inches; None: as high as what is drawn needs."""

FONT_POINTS = {"one_column": 6.5, "two_columns": 8.0, "slide": 18.0}
"""Size of the words where none is chosen."""

KINDS = ("triptych", "hand", "reference", "difference", "traces", "made", "history", "itemised", "step", "loop")
"""What can be drawn; `inspector.figures.kinds.FIGURES` says how."""

CURVES = ("norm", "gain")
"""What `traces` draws: the norm of a per-step quantity, or the gain with which the gradient is carried back."""

PANES = ("hand", "reference", "difference")
DPI = (36, 2400)
FONTS = (4.0, 48.0)
RATES = (0.2, 50.0)


@dataclass(frozen=True)
class FigureRequest:
    """How a figure looks. Everything has a default; a wrong value raises `InputError`, which lists what is known.

    Attributes:
        kind: one of `KINDS`.
        quantity: `dW_hh`, `dh`, ...; empty takes the worst.
        metric, scale, locked, value_bound, difference_bound, colour_map: as on the screen (see `ViewState`).
        tolerance: (atol, rtol): what |hand - JAX| <= atol + rtol |JAX| is drawn faded; None takes the measured noise.
        sample: of a per-step quantity. curve: of `CURVES`. element: `dW_hh[3,4]`, of `history`.
        at: middle of the window of `itemised` above 1000 steps. step: of a recording; None: a wrong one, else the last.
        arrays: of a recording's step, by their paths; empty takes what the line writes and reads.
        panes: which of `PANES`; empty takes all. preset: of `PRESETS`. dpi: of a PNG, and of images inside PDF and SVG.
        title: None for the generated one, empty for none. font_size: points, None for the preset's.
        colour_bar, scale_note, tolerance_note, statistics: whether there are colour bars; and, in the words below, how the
            colours are scaled, what is drawn faded, and the largest difference with its place and the rounding noise.
        rate: pictures a second of an animation.
    """

    kind: str = "triptych"
    quantity: str = ""
    metric: str = "difference"
    scale: str = "asinh"
    locked: bool = False
    value_bound: float | None = None
    difference_bound: float | None = None
    colour_map: str = ""
    tolerance: tuple[float, float] | None = None
    sample: int = 0
    curve: str = "norm"
    element: str = ""
    at: int | None = None
    step: int | None = None
    arrays: tuple[str, ...] = ()
    panes: tuple[str, ...] = ()
    preset: str = "two_columns"
    dpi: int = 300
    title: str | None = None
    font_size: float | None = None
    colour_bar: bool = True
    scale_note: bool = True
    tolerance_note: bool = True
    statistics: bool = True
    rate: float = 4.0

    def __post_init__(self) -> None:
        """Raises `InputError` for what can't be drawn."""
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name))
        for name, known in CHOICES.items():
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else (value,):
                check_choice(SAID.get(name, name), one, known)
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InputError(f"{SAID.get(name, name)} is {value:g}; expected {low:g} to {high:g}")
        for name in ("value_bound", "difference_bound"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InputError(f"{SAID[name]} is {value:g}; expected a number above 0")
        if self.tolerance is not None and not all(math.isfinite(one) and one >= 0 for one in self.tolerance):
            raise InputError(f"tolerance is {self.tolerance}; expected two numbers, none of them below 0")

    @property
    def colours(self) -> str:
        """The colour map's name, the first one where none is chosen."""
        return self.colour_map or next(iter(MAPS))

    @property
    def points(self) -> float:
        """Size of the words."""
        return self.font_size or FONT_POINTS[self.preset]

    @property
    def of_recording(self) -> bool:
        """Whether a recording is drawn: a step of it, or an array as its loop makes it."""
        return self.kind == "step" or (self.kind == "loop" and bool(self.arrays))

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> FigureRequest:
        """Read back; what is missing has its default.

        Raises:
            InputError: a name this version doesn't know, or a value that can't be drawn.
        """
        known = [field.name for field in fields(FigureRequest)]
        for name in values:
            check_choice("choice of a figure", name, known)
        given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return FigureRequest(**given)


CHOICES: Mapping[str, Collection[str]] = {
    "kind": KINDS,
    "metric": tuple(METRICS),
    "scale": SCALES,
    "colour_map": ("", *MAPS),
    "preset": tuple(PRESETS),
    "curve": CURVES,
    "panes": PANES,
}

RANGES: Mapping[str, tuple[float, float]] = {
    "dpi": DPI,
    "font_size": FONTS,
    "rate": RATES,
    "sample": (0, math.inf),
    "at": (0, math.inf),
}

SAID = {
    "kind": "kind of figure",
    "scale": "colour scale",
    "colour_map": "colour map",
    "panes": "pane",
    "value_bound": "the largest value of the colours",
    "difference_bound": "the largest difference of the colours",
    "font_size": "font size",
}
"""What a field is called in a sentence, where that is not its name."""

TYPES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    **dict.fromkeys(("sample", "dpi", "at", "step"), ("a whole number", (int,))),
    **dict.fromkeys(("value_bound", "difference_bound", "font_size", "rate"), ("a number", (int, float))),
    **dict.fromkeys(("locked", "colour_bar", "scale_note", "tolerance_note", "statistics"), ("true or false", (bool,))),
    **dict.fromkeys(("arrays", "panes"), ("names", (tuple,))),
    "tolerance": ("two numbers", (tuple,)),
}
MAY_BE_NONE = frozenset({"value_bound", "difference_bound", "tolerance", "at", "step", "title", "font_size"})


def check_choice(what: str, value: str, known: Collection[str]) -> None:
    """Raise `InputError`, which lists what is known, for a value that is not."""
    if value not in known:
        raise InputError(f"unknown {what} {value!r}; known are {', '.join(one for one in known if one)}")


def _check_type(name: str, value: Any) -> None:
    if value is None and name in MAY_BE_NONE:
        return
    said, types = TYPES.get(name, ("a text", (str,)))
    right = isinstance(value, types) and (not isinstance(value, bool) or bool in types)
    if right and isinstance(value, tuple):
        number = name == "tolerance"
        right = all(isinstance(one, (int, float) if number else str) for one in value) and (
            not number or len(value) == 2
        )
    if not right:
        raise InputError(f"{SAID.get(name, name)} is {value!r}; expected {said}")
