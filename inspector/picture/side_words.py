"""What both sides are called in words that were written for hand and JAX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnn.results import Inspection

SIDES = re.compile(r"\b(hand|Hand|HAND|JAX)\b")
LONGEST = 24


def short_label(label: str, longest: int = LONGEST) -> str:
    """A side's name for a title: its beginning and end where it is long."""
    half = (longest - 1) // 2
    return label if len(label) <= longest else f"{label[:half]}…{label[-half:]}"


def sides_of(result: Inspection | None, longest: int = LONGEST) -> tuple[str, str]:
    """What both sides of a result are called, short enough for a title; hand and JAX where there is none."""
    first, second = ("hand", "JAX") if result is None else result.side_names
    return short_label(first, longest), short_label(second, longest)


def sided(text: str, names: tuple[str, str]) -> str:
    """The text with both sides called by their names.

    Args:
        text: of the program's own, without anything from a file. names: of the compared side and of the reference.
    """
    if names == ("hand", "JAX"):
        return text
    first, second = map(short_label, names)
    return SIDES.sub(lambda found: second if found[1] == "JAX" else first if names[0] != "hand" else found[1], text)
