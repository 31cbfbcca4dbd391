"""What all figures share: matplotlib's settings, how wide words are, and words that are safe to draw."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

STYLE: dict[str, Any] = {
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "bptt-inspector",
    "font.family": "DejaVu Sans",
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "mathtext.default": "regular",
    "text.parse_math": False,
    "text.usetex": False,
    "path.simplify": True,
    "savefig.bbox": None,
}
"""Over matplotlib's own defaults, so that no file of the user's changes a figure."""

INK, FAINT, LINE = "#000000", "#404040", "#b0b0b0"
HAND, JAX, DIFFERENCE, BAD = "#a8480b", "#1f5fbf", "#6b2fa0", "#b3141f"
"""Of curves: those of the light theme."""

POINTS_PER_INCH = 72.0
MEASURED = 96.0

LEADING = 1.3
"""Distance of two lines, in sizes of the font."""


def settings(points: float) -> dict[str, Any]:
    """Everything that `matplotlib.rc_context` needs."""
    import matplotlib

    # rcdefaults without the backend, which is not ours to choose
    base = {name: value for name, value in matplotlib.rcParamsDefault.items() if "backend" not in name}
    return {**base, **STYLE, "font.size": points}


@contextmanager
def styled(points: float) -> Iterator[None]:
    """Figures are drawn and printed in our style meanwhile."""
    import matplotlib

    with matplotlib.rc_context(settings(points)), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box in PNG and PDF; SVG has it as text.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


def plain_text(text: str) -> str:
    """The text with everything written out that would not be seen: control characters, marks of direction."""
    hidden = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return "".join(
        letter if unicodedata.category(letter) not in hidden else letter.encode("unicode_escape").decode()
        for letter in text
    )


@lru_cache(8192)
def width_of(text: str, points: float, mono: bool = False) -> float:
    """Width of a line in inches."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family="DejaVu Sans Mono" if mono else "DejaVu Sans")))
    # Measured large, since small letters are moved to whole dots; printed ones are a little, too.
    font.set_size(MEASURED, POINTS_PER_INCH)
    font.set_text(text, 0.0)
    return 1.02 * float(font.get_width_height()[0]) / 64 / POINTS_PER_INCH * points / MEASURED


def widest(texts: Iterable[str], points: float) -> float:
    """Width of the widest of some lines in inches."""
    return max((width_of(text, points) for text in texts), default=0.0)


def elided(text: str, width: float, points: float, mono: bool = False, end: bool = False) -> str:
    """The text, cut in the middle, or at its end, where it is wider."""
    if width_of(text, points, mono) <= width:
        return text
    cut = _cut_end if end else _cut
    low, high = 0, len(text)
    while low < high:  # how many letters may stay
        middle = (low + high + 1) // 2
        if width_of(cut(text, middle), points, mono) <= width:
            low = middle
        else:
            high = middle - 1
    return cut(text, low)


def _cut_end(text: str, letters: int) -> str:
    return text[:letters].rstrip() + "…"


def _cut(text: str, letters: int) -> str:
    tail = letters // 2
    return text[: letters - tail] + "…" + (text[-tail:] if tail else "")


def wrapped(parts: Iterable[str], width: float, points: float, between: str = ";   ") -> list[str]:
    """Parts of a sentence in lines of at most a width; a part that is wider is broken at its spaces."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}{between[lines[-1].endswith('.') :]}{part}" if lines else part
        if lines and width_of(joined, points) <= width:
            lines[-1] = joined
        elif part:
            lines += _broken(part, width, points)
    return lines


def _broken(text: str, width: float, points: float) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(joined, points) <= width:
            lines[-1] = joined
        elif lines[-1]:
            lines.append(elided(word, width, points))
        else:
            lines[-1] = elided(word, width, points)
    return lines
