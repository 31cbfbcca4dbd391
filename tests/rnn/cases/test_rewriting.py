"""CASE is rewritten entry by entry, and the rest of the file stays as it is, to the byte."""

from __future__ import annotations

from typing import Any

import pytest

from rnn.cases.rewriting import REMOVED, read_value, rewrite, value_text
from rnn.errors import InputError

HEAD = '"""Mine."""\nimport numpy as np  # first\n\n'
TAIL = "\n\ndef run(problem):\n    CASE = 3  # another\n    return {}\n"

PAIRS: list[tuple[str, dict[str, Any], str]] = [
    ('CASE = dict(cell="rnn", x="TD")', {"x": "TBD"}, 'CASE = dict(cell="rnn", x="TBD")'),
    ("CASE = {'cell': 'rnn', 'x': 'TD'}", {"x": "TBD"}, "CASE = {'cell': 'rnn', 'x': \"TBD\"}"),
    ('CASE = dict(cell="rnn")', {"biases": False}, 'CASE = dict(cell="rnn", biases=False)'),
    ('CASE = dict(cell="rnn",)', {"biases": False}, 'CASE = dict(cell="rnn", biases=False,)'),
    ("CASE = dict()", {"x": "TD"}, 'CASE = dict(x="TD")'),
    ("CASE = {}", {"x": "TD"}, 'CASE = {"x": "TD"}'),
    ("CASE: dict = {}", {"x": "TD"}, 'CASE: dict = {"x": "TD"}'),
    ("CASE = dict(a=1, b=2, c=3)", {"b": REMOVED}, "CASE = dict(a=1, c=3)"),
    ("CASE = dict(a=1, b=2, c=3)", {"a": REMOVED}, "CASE = dict(b=2, c=3)"),
    ("CASE = dict(a=1, b=2, c=3)", {"c": REMOVED}, "CASE = dict(a=1, b=2)"),
    ("CASE = dict(a=1, b=2,)", {"b": REMOVED}, "CASE = dict(a=1,)"),
    ("CASE = dict(a=1)", {"a": REMOVED}, "CASE = dict()"),
    ("CASE = dict(a=1)", {"b": REMOVED}, "CASE = dict(a=1)"),
    (
        'CASE = dict(\n    cell="rnn",  # vanilla\n    x="TD",  # one sequence\n)  # end',
        {"x": "BTD", "dtype": "float32"},
        'CASE = dict(\n    cell="rnn",  # vanilla\n    x="BTD",  # one sequence\n    dtype="float32",\n)  # end',
    ),
    (
        'CASE = dict(\n    cell="rnn",  # vanilla\n    x="TD"  # one sequence\n)',
        {"dtype": "float32"},
        'CASE = dict(\n    cell="rnn",  # vanilla\n    x="TD",  # one sequence\n    dtype="float32",\n)',
    ),
    (
        'CASE = dict(\n    cell="rnn",  # vanilla\n    # what comes in\n    x="TD",  # one sequence\n    dtype="float32",\n)',
        {"x": REMOVED},
        'CASE = dict(\n    cell="rnn",  # vanilla\n    # what comes in\n    dtype="float32",\n)',
    ),
    (
        'CASE = dict(\n    cell="rnn",  # vanilla\n    x="TD"  # one sequence\n)',
        {"x": REMOVED},
        'CASE = dict(\n    cell="rnn",  # vanilla\n)',
    ),
    (
        'CASE = dict(cell="rnn",\n            x="TD")',
        {"dtype": "float32"},
        'CASE = dict(cell="rnn",\n            x="TD",\n            dtype="float32")',
    ),
    (
        'CASE = dict(\n    cell="rnn", activation="tanh",\n    x="TD", weights="in,out",\n)',
        {"h0": "zero", "activation": REMOVED},
        'CASE = dict(\n    cell="rnn",\n    x="TD", weights="in,out",\n    h0="zero",\n)',
    ),
    (
        'CASE = {\n    "sizes": {"H": 4},  # mine, "x": 3\n    "x": ("TD"),\n}',
        {"x": "TBD", "sizes": {"H": 5}},
        'CASE = {\n    "sizes": dict(H=5),  # mine, "x": 3\n    "x": "TBD",\n}',
    ),
    (
        'CASE = dict(declared=["a, b", "c: d = e"], settings=dict(seed=3, steps=4))',
        {"settings": {"seed": 5}},
        'CASE = dict(declared=["a, b", "c: d = e"], settings=dict(seed=5))',
    ),
    ("CASE = dict(\n    title='Größe \\U0001f600 ß', x='TD',\n)", {"x": "TBD"},
     "CASE = dict(\n    title='Größe \\U0001f600 ß', x=\"TBD\",\n)"),
    ("CASE = dict(a=1, b=2,  # both\n    c=3)", {"b": REMOVED}, "CASE = dict(a=1,  # both\n    c=3)"),
    ("CASE = (dict(a=1))", {"a": 2}, "CASE = (dict(a=2))"),
    ("CASE = dict(a=1)  # dict(a=0)", {"a": 1}, "CASE = dict(a=1)  # dict(a=0)"),
    ("CASE = dict(biases=True)", {"biases": 1}, "CASE = dict(biases=1)"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "changes", "after"), PAIRS)
def test_only_what_changes_is_written(before: str, changes: dict[str, Any], after: str) -> None:
    assert rewrite(HEAD + before + TAIL, changes) == HEAD + after + TAIL


@pytest.mark.parametrize(("before", "changes", "after"), PAIRS)
def test_windows_line_ends_stay(before: str, changes: dict[str, Any], after: str) -> None:
    made = rewrite((HEAD + before + TAIL).replace("\n", "\r\n"), changes)
    assert made == (HEAD + after + TAIL).replace("\n", "\r\n")


@pytest.mark.parametrize(("text", "said"), [
    ("x = 1\n", "no CASE"),
    ("CASE = dict(a=1\n", "no Python"),
    ("CASE = dict(a=f())\n", "more than plain values"),
    ("CASE = dict(**other)\n", "more than plain values"),
    ("CASE = 3\n", "expected a dict"),
    ("CASE = dict(a=1)\r", "CR alone"),
])  # fmt: skip
def test_what_cannot_be_rewritten_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rewrite(text, {"a": 2})


def test_a_key_twice_is_refused_and_not_half_changed() -> None:
    with pytest.raises(InputError, match="change it in the file itself"):
        rewrite("CASE = {'a': 1, 'a': 2}\n", {"a": 3})


def test_a_key_that_is_no_name_fits_a_literal_only() -> None:
    assert rewrite("CASE = {}\n", {"a b": 1}) == 'CASE = {"a b": 1}\n'
    with pytest.raises(InputError, match="a name"):
        rewrite("CASE = dict()\n", {"a b": 1})


@pytest.mark.parametrize("value", [
    "TD", 'a "word"', "it's", "both \" and '", "a\\b\n", "", 3, -0.5, 1e-8, True, None, [1, "a"], (1,), (), ("chunked", 3),
    {"H": 4}, {"a b": [1]}, {}, "Größe",
])  # fmt: skip
def test_values_come_back_as_they_were_written(value: Any) -> None:
    found = read_value(value_text(value))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["TD", "1 +", "open('x')", "", "a = 1", "dict(**x)"])
def test_what_is_no_plain_value_is_said(text: str) -> None:
    with pytest.raises(InputError, match="no plain value"):
        read_value(text)
