"""What a guilty statement does wrong, as a sentence: which inputs agree, which output does not, and by how much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .guilty import Guilty

MOST_INPUTS = 4


def _needed(guilty: Guilty, verb: str) -> str:
    if not guilty.needed:
        return ""
    text = f"{guilty.needed} {verb}"
    return f"{text}, which stands in {guilty.found}" if guilty.found else text


def _agreeing(guilty: Guilty) -> str:
    """The inputs that are right values, by their names."""
    right = [f"{text} is {name}" for text, name in guilty.inputs if name and name != "0"]
    return ", ".join(right[:MOST_INPUTS]) + (", ..." if len(right) > MOST_INPUTS else "")


def _read(guilty: Guilty) -> str:
    return "an array" if guilty.read is None else guilty.read.text


def _is(guilty: Guilty) -> str:
    """What the array that is read holds."""
    text = _read(guilty)
    name = next((name for known, name in guilty.inputs if known == text and name), "")
    return f", which is {name} here" if name and name != guilty.needed else ""


def _unwritten(guilty: Guilty) -> str:
    return f"reads {_read(guilty)}, which no line has written yet; {_needed(guilty, 'is needed') or 'another entry is needed'}"


def _elsewhere(guilty: Guilty) -> str:
    return f"reads {_read(guilty)}{_is(guilty)}, where {_needed(guilty, 'is needed') or 'another value is needed'}"


def _orientation(guilty: Guilty) -> str:
    return f"uses {_read(guilty)} ({guilty.needed}) in the wrong orientation: its transpose gives what is needed"


def _computes(guilty: Guilty) -> str:
    if guilty.read is not None and guilty.needed:
        return f"reads {_read(guilty)}{_is(guilty)}, where {_needed(guilty, 'is needed')}"
    agreeing = _agreeing(guilty)
    inputs = f"its inputs agree ({agreeing}), " if agreeing and guilty.certain else ""
    output = guilty.output or "the result"
    by = f" by up to {guilty.error:.3g}" if guilty.error else ""
    return (
        f"{inputs}{'and ' if inputs else ''}what it gives is not {output}: it is off{by}"
        if by
        else f"{inputs}does not give {output}"
    )


def _never(guilty: Guilty) -> str:
    return f"never comes to the entry that should hold {guilty.needed or 'the rest'}: it stays as it was made"


def _missing(guilty: Guilty) -> str:
    return f"leaves out {guilty.needed or 'a step'}: no iteration makes it"


def _skipped(guilty: Guilty) -> str:
    what = guilty.output or guilty.needed
    return "keeps back a statement that other iterations carry out" + (f"; {what} lacks it" if what else "")


def _placed(guilty: Guilty) -> str:
    return f"puts a right value in the wrong place: {guilty.needed or 'another step'} belongs there"


def _overwrites(guilty: Guilty) -> str:
    return f"{guilty.needed or 'a right value'} stood there and is written over: two names share one array, or one is used again"


SENTENCES = {
    "unwritten": _unwritten,
    "elsewhere": _elsewhere,
    "orientation": _orientation,
    "computes": _computes,
    "never": _never,
    "missing": _missing,
    "skipped": _skipped,
    "placed": _placed,
    "overwrites": _overwrites,
}
"""By what is wrong."""


def place(file: str, line: int, t: int | None) -> str:
    """`question-2014.py, line 53, t = 3`."""
    return f"{Path(file).name}, line {line}" + ("" if t is None else f", t = {t}")


def sentence(guilty: Guilty) -> str:
    """The sentence about a guilty statement; its place is said by whoever prints it."""
    text = SENTENCES[guilty.why](guilty)
    doubt = "" if guilty.certain else " (what it reads may be wrong already)"
    return text + doubt
