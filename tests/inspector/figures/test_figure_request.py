"""What a person can choose: checked when it is made, the same as JSON, as options and as a command."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import fields

import pytest

from inspector.figures.command import command
from inspector.figures.kinds import FIGURES
from inspector.figures.request import KINDS, FigureRequest
from inspector.figures.words import OPTIONS, add_request_options, request_of, request_words
from rnn.errors import InputError
from tests.inspector.figures.figured import result_of

FULL = FigureRequest(
    kind="difference", quantity="dW_hh.0.reverse", metric="ulp", scale="log", locked=True, value_bound=1e-9,
    difference_bound=2.5, colour_map="orange-purple", tolerance=(1e-8, 0.0), sample=2, curve="gain", element="dW_hh[3,4]",
    at=7, step=-1, arrays=("dW", "cache[t - 1, 0]"), panes=("hand", "difference"), preset="one_column", dpi=600,
    title="-it's $x_1$; \"a\"", font_size=6.5, colour_bar=False, scale_note=False, tolerance_note=False, statistics=False,
    rate=12.0,
)  # fmt: skip


def _read(words: list[str]) -> FigureRequest:
    parser = argparse.ArgumentParser()
    add_request_options(parser)
    return request_of(parser.parse_args(words))


def test_every_kind_is_in_the_table() -> None:
    assert tuple(FIGURES) == KINDS
    known = {field.name for field in fields(FigureRequest)}
    assert all(kind.title and kind.help and kind.options <= known for kind in FIGURES.values())


def test_every_field_has_an_option_that_says_it() -> None:
    assert {option.field for option in OPTIONS} == {field.name for field in fields(FigureRequest)}
    assert all(getattr(FULL, field.name) != field.default for field in fields(FigureRequest))


@pytest.mark.parametrize(
    "request_", [FigureRequest(), FULL, FigureRequest(title="")], ids=["plain", "full", "untitled"]
)
def test_options_and_json_give_the_same_back(request_: FigureRequest) -> None:
    assert _read(request_words(request_)) == request_
    assert FigureRequest.from_json(request_.to_json()) == request_


def test_only_what_is_not_said_anyway_is_said() -> None:
    assert request_words(FigureRequest()) == []
    assert request_words(FigureRequest(dpi=600, colour_bar=False)) == ["--dpi", "600", "--no-colour-bar"]


def test_the_command_is_one_line_for_a_shell() -> None:
    said = shlex.split(command(result_of(), FULL, "my figure.pdf"))
    assert said[:3] == ["bptt-inspector", "figure", "my case"]
    assert said[-2:] == ["-o", "my figure.pdf"]
    assert f"--title={FULL.title}" in said


WRONG = [
    ({"kind": "pie"}, "kind of figure 'pie'; known are triptych"),
    ({"metric": "best"}, "metric 'best'; known are difference"),
    ({"scale": "cubic"}, "colour scale 'cubic'; known are linear"),
    ({"colour_map": "jet"}, "colour map 'jet'; known are red-blue"),
    ({"preset": "poster"}, "preset 'poster'; known are one_column"),
    ({"panes": ["left"]}, "pane 'left'; known are hand"),
    ({"size": 3}, "choice of a figure 'size'; known are kind"),
    ({"dpi": 5}, "dpi is 5; expected 36 to 2400"),
    ({"dpi": "300"}, "dpi is '300'; expected a whole number"),
    ({"dpi": True}, "dpi is True; expected a whole number"),
    ({"sample": -1}, "sample is -1"),
    ({"quantity": None}, "quantity is None; expected a text"),
    ({"value_bound": float("nan")}, "expected a number above 0"),
    ({"difference_bound": 0}, "expected a number above 0"),
    ({"tolerance": [1]}, "expected two numbers"),
    ({"tolerance": [1, -1]}, "none of them below 0"),
    ({"tolerance": "1,1"}, "expected two numbers"),
    ({"font_size": 1000}, "font size is 1000; expected 4 to 48"),
    ({"colour_bar": 1}, "expected true or false"),
    ({"arrays": [3]}, "expected names"),
]


@pytest.mark.parametrize(("values", "said"), WRONG, ids=[str(values) for values, _ in WRONG])
def test_what_can_not_be_drawn_is_refused_with_what_is_known(values: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        FigureRequest.from_json(values)


@pytest.mark.parametrize(
    "words", [["--dpi", "many"], ["--tolerance", "1e-8"], ["--largest-value", "x"], ["--panes", "left"]]
)
def test_options_that_make_no_sense_are_named(words: list[str]) -> None:
    with pytest.raises(InputError, match=words[1]):
        _read(words)
