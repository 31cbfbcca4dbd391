"""Data: probes, texts, array files, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.data import SOURCES, Data, DataRequest, read_data_file, read_text
from rnn.errors import InputError

BUDGET = 1 << 24


def _ask(source: str, **changes: Any) -> Data:
    fields: dict[str, Any] = dict.fromkeys(("steps", "batch", "inputs", "outputs", "data", "text", "target"))
    fields |= {"dtype": "float64", "rng": np.random.default_rng(0), "text_start": 0, "wants_ids": False}
    return SOURCES[source](DataRequest(**{**fields, **changes}))


def test_one_hot_probe() -> None:
    data = _ask("one_hot", inputs=5, batch=3)
    assert np.array_equal(data.x[:, 0], np.eye(5))
    assert (data.x.sum(axis=2) == 1).all() and (data.x.sum(axis=0) == 1).all()
    assert np.array_equal(data.target, data.x)
    with pytest.raises(InputError, match="T = D"):
        _ask("one_hot", inputs=5, steps=4)


def test_text_reads_the_next_character() -> None:
    data = _ask("text", text="abcabd", steps=2, batch=2, wants_ids=True)
    assert data.vocabulary == ("a", "b", "c", "d")
    assert data.x.argmax(2).T.tolist() == [[0, 1], [2, 0]]
    assert np.asarray(data.target).T.tolist() == [[1, 2], [0, 1]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, "0 characters"),
        ({"text": "aaaa"}, "1 different"),
        ({"text": "abab", "steps": 9}, "4 characters; 1 samples of 9 steps"),
        ({"text": "abab", "text_start": 3}, "need"),
        ({"text": "abab", "text_start": -1}, "text_start is -1"),
    ],
)
def test_short_texts_are_refused_with_numbers(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        _ask("text", **changes)


def test_not_utf8_names_the_byte(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes(b"abc\xff")
    with pytest.raises(InputError, match="byte 3 is 0xff"):
        read_text(tmp_path / "t.txt", BUDGET)


@pytest.mark.parametrize(
    ("text", "shape"),
    [("1,2\n3,4\n", (2, 2)), ("a;b\n1;2\n", (1, 2)), ("1\t2\n\n3\t4", (2, 2)), ("1 2  3\n", (1, 3)), ("0.5\n", (1, 1))],
)
def test_csv(text: str, shape: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    assert read_data_file(tmp_path / "x.csv", BUDGET)["x"].shape == shape


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("1,2\n3\n", "line 2 has 1 columns"),
        ("1,2\n3,x\n", "line 2, column 2 is 'x'"),
        ("1,2\n3,\n", "line 2, column 2"),
    ],
)
def test_bad_csv_names_line_and_column(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        read_data_file(tmp_path / "x.csv", BUDGET)


@pytest.mark.parametrize(("shape", "expected"), [((7,), (7, 1, 1)), ((7, 4), (7, 1, 4)), ((7, 3, 4), (7, 3, 4))])
def test_shapes_of_x(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert _ask("file", data={"anything": np.ones(shape)}).x.shape == expected


def test_targets_beside_the_data() -> None:
    arrays = {"x": np.ones((7, 3, 4)), "target": np.zeros((7, 3), int)}
    assert np.asarray(_ask("file", data=arrays, wants_ids=True).target).shape == (7, 3)
    assert np.asarray(_ask("file", data=arrays).target).shape == (7, 3, 1)
    rows = _ask("random", steps=7, batch=1, inputs=2, target={"t": np.ones((7, 5))}).target
    assert np.asarray(rows).shape == (7, 1, 5)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"a": np.ones((2, 2)), "b": np.ones((2, 2))}, "expected one array, or one called x"),
        ({"x": np.ones((0, 3))}, "empty"),
        ({"x": np.ones((2, 2, 2, 2))}, "shape"),
        ({"x": np.array([1.0, np.nan])}, r"nan at \[1\]"),
        ({"x": np.array([1j])}, "complex128"),
        ({"x": np.ones((7, 3, 4)), "target": np.ones((6, 3, 2))}, "T = 7"),
    ],
)
def test_bad_arrays_get_a_sentence(arrays: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        _ask("file", data=arrays)


def test_every_source_is_deterministic() -> None:
    more = {"text": {"text": "hello world, hello"}, "file": {"data": {"x": np.ones((3, 2))}}}
    for source in SOURCES:
        first, second = (_ask(source, **more.get(source, {})) for _ in range(2))
        assert np.array_equal(first.x, second.x)
