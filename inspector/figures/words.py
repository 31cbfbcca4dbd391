"""A figure's choices as options of the command line: the parser's and those of the command that makes a figure again."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from inspector.figures.request import CURVES, DPI, KINDS, PRESETS, FigureRequest
from inspector.picture.colours import MAPS, SCALES
from inspector.picture.difference import METRICS
from rnn.errors import InputError


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        field: of `FigureRequest`. flag: how it is written. metavar: what stands after it, empty for a switch. help: a line.
        read: from the word to the value. said: from the value to the word. switch: the value that a switch sets.
    """

    field: str
    flag: str
    metavar: str
    help: str
    read: Callable[[str], Any] = str
    said: Callable[[Any], str] = str
    switch: Any = True


def _pair(text: str) -> tuple[float, ...]:
    try:
        atol, rtol = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"--tolerance has {text!r}; expected ATOL,RTOL, as in 1e-8,1e-5") from None
    return atol, rtol


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _paths(text: str) -> tuple[str, ...]:
    """Paths apart by commas, but not by those inside brackets: `dW,cache[t - 1, 0]`."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and depth <= 0:
            found.append("")
        else:
            found[-1] += letter
    return tuple(part.strip() for part in found if part.strip())


def _joined(values: tuple[Any, ...]) -> str:
    return ",".join(one if isinstance(one, str) else repr(one) for one in values)


def _number(kind: type[int] | type[float], flag: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            whole = "whole " if kind is int else ""
            raise InputError(f"{flag} has {text!r}; expected a {whole}number") from None

    return read


def _numbered(field: str, flag: str, metavar: str, text: str, kind: type[int] | type[float] = int) -> Option:
    return Option(field, flag, metavar, text, _number(kind, flag), repr)


OPTIONS: tuple[Option, ...] = (
    Option("kind", "--kind", "KIND", f"{', '.join(KINDS)} (default triptych)"),
    Option("quantity", "--quantity", "Q", "dW_hh, dh, ... (default: the worst)"),
    _numbered("sample", "--sample", "B", "sample of a per-step quantity (default 0)"),
    Option("metric", "--metric", "M", ", ".join(METRICS)),
    Option("scale", "--colour-scale", "S", f"{', '.join(SCALES)} (default asinh)"),
    Option("locked", "--lock", "", "the difference has the colours' range of hand and JAX"),
    _numbered("value_bound", "--largest-value", "V", "value of the end colours of hand and JAX", float),
    _numbered("difference_bound", "--largest-difference", "V", "value of the end colours of the difference", float),
    Option("colour_map", "--colours", "MAP", ", ".join(MAPS)),
    Option(
        "tolerance",
        "--tolerance",
        "A,R",
        "draw |d| <= A + R |JAX| faded, instead of the measured noise",
        _pair,
        _joined,
    ),
    Option("curve", "--curve", "C", f"of traces: {', '.join(CURVES)}"),
    Option("element", "--of", "Q[I,J]", "of history: the entry, 'dW_hh[3,4]' (default: the worst)"),
    _numbered("at", "--at", "T", "of itemised, above 1000 steps: the middle of the window"),
    _numbered(
        "step", "--step", "N", "of a recording (default: the first wrong write, else the last step); -1 is the last"
    ),
    Option(
        "arrays", "--arrays", "A,B", "of a recording: which (default: what the line writes and reads)", _paths, _joined
    ),
    Option("panes", "--panes", "P,P", "of hand, reference, difference: which", _names, _joined),
    Option("preset", "--preset", "P", f"{', '.join(PRESETS)} (default two_columns)"),
    _numbered("dpi", "--dpi", "N", f"of a PNG and of images in PDF and SVG, {DPI[0]} to {DPI[1]} (default 300)"),
    Option("title", "--title", "TEXT", "above the figure"),
    Option("title", "--no-title", "", "nothing above the figure", switch=""),
    _numbered("font_size", "--font-size", "PT", "size of the words in points", float),
    Option("colour_bar", "--no-colour-bar", "", "no colour bars", switch=False),
    Option("scale_note", "--no-scale-note", "", "don't say how the colours are scaled", switch=False),
    Option("tolerance_note", "--no-tolerance", "", "don't say what is drawn faded", switch=False),
    Option("statistics", "--no-statistics", "", "no largest difference and rounding noise", switch=False),
    _numbered("rate", "--rate", "N", "pictures a second of an animation (default 4)", float),
)
"""In the order in which they are written."""


def add_request_options(parser: argparse.ArgumentParser) -> None:
    """Options that say how a figure looks; one that isn't given is None."""
    group = parser.add_argument_group("figure")
    for one in OPTIONS:
        name = f"figure_{one.field}"
        if one.metavar:
            group.add_argument(one.flag, dest=name, metavar=one.metavar, help=one.help)
        else:
            group.add_argument(one.flag, dest=name, action="store_const", const=one, help=one.help)


def request_of(options: argparse.Namespace) -> FigureRequest:
    """What the command line asks for; raises `InputError` for what can't be drawn."""
    given: dict[str, Any] = {}
    for one in OPTIONS:
        value = getattr(options, f"figure_{one.field}")
        if isinstance(value, Option):
            given[value.field] = value.switch
        elif value is not None and one.metavar:
            given[one.field] = one.read(value)
    return FigureRequest(**given)


def request_words(request: FigureRequest) -> list[str]:
    """The options that say the same, without those that say what is said anyway."""
    plain, words = FigureRequest(), []
    for name in dict.fromkeys(one.field for one in OPTIONS):
        value = getattr(request, name)
        if value == getattr(plain, name):
            continue
        ways = [one for one in OPTIONS if one.field == name]
        switch = next((one for one in ways if not one.metavar and one.switch == value), None)
        if switch is not None:
            words.append(switch.flag)
        else:
            said = ways[0].said(value)
            # A value that begins with a dash would be taken for an option.
            words += [f"{ways[0].flag}={said}"] if said.startswith("-") else [ways[0].flag, said]
    return words


assert {one.field for one in OPTIONS} == {field.name for field in fields(FigureRequest)}
