"""Arrays as text: read back they are the same to the last bit, and short where they are simple."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.diagnose.minimal.literals import array_text
from rnn.diagnose.minimal.sources import text_literal

RNG = np.random.default_rng(0)
ARRAYS = [
    np.zeros((3, 4)), np.ones(7), np.eye(3), np.eye(2, 4), np.array([[0.1, -0.5]]), RNG.standard_normal((3, 2, 4)),
    RNG.standard_normal((4, 30)).astype("float32"), RNG.integers(0, 9, (3, 5)), np.float64(2.5), np.array([], "float64"),
    np.array([1e-300, 1e300, 1 / 3]), RNG.standard_normal((40, 40)), np.zeros((2, 9), "float32"),
]  # fmt: skip


@pytest.mark.parametrize("value", ARRAYS, ids=lambda value: f"{value.shape}-{value.dtype}")
def test_what_is_written_is_read_back(value: np.ndarray) -> None:
    text = array_text(value, 4)
    found = np.asarray(eval(text, {"np": np}))
    assert np.array_equal(found, value) and found.dtype == value.dtype
    assert max(len(line) for line in text.splitlines()) <= 125


def test_lists_stay_lists() -> None:
    value = [[np.array([[1.0], [2.0]])], [np.array([[0.5], [0.0]])]]
    found = eval(array_text(value), {"np": np})
    assert isinstance(found[0], list) and np.array_equal(found, value)
    assert array_text([3, 1]) == "[3, 1]"


def test_simple_arrays_are_short() -> None:
    assert array_text(np.zeros((3, 4))) == "np.zeros((3, 4))"
    assert array_text(np.ones(5)) == "np.ones(5)"
    assert array_text(np.eye(3)) == "np.eye(3)"
    assert array_text(np.array([[-0.0, 0.5]])) == "np.array([[0.0, 0.5]])"


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n",
        '"""doc"""\n',
        "'''a''' + \"\"\"b\"\"\"\n",
        "x = 'a\\n'\\\n",
        'ends = "',
        "tab\there\n",
        "é\n",
        "",
        "no newline",
    ],
)
def test_a_files_text_is_kept(text: str) -> None:
    assert eval(text_literal(text)) == text
