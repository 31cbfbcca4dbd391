"""Arrays come home from the declared layout; only axes of length 1 are forgiven, and one row more than steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.cases.layout import Layout
from rnn.cases.returned import Home
from rnn.errors import InputError

STRINGS = "TBD BTD DBT BDT TDB DTB TB1D T1BD T,BD T,DB TB,D B,TD D,TB T,B1D".split()
SINGLE = "TD DT TD1 T1D 1TD T,D T,D1 T,1D D,T".split()


@pytest.mark.parametrize(
    ("declared", "name", "returned", "expected", "wanted"),
    [
        ("TBD", "dh", (7, 6), (7, 1, 6), (7, 1, 6)),
        ("TBD", "dh", (7, 6), (7, 2, 6), (7, 6)),
        ("BTD", "dh", (7, 6), (7, 1, 6), (7, 1, 6)),
        ("BTD", "dh", (3, 7, 6), (7, 3, 6), (7, 3, 6)),
        ("TD", "dh", (7, 6, 1), (7, 1, 6), (7, 1, 6)),
        ("TD", "dh", (6, 7), (7, 1, 6), (6, 7)),
        ("DBT", "dh", (6, 7), (7, 1, 6), (7, 1, 6)),
        ("T,D1", "dh", (7, 6), (7, 1, 6), (7, 1, 6)),
        ("T,D1", "dh", (7, 1, 6), (7, 1, 6), (7, 1, 6)),
        ("T,D1", "dh", (6, 7, 1), (7, 1, 6), (6, 7, 1)),
        ("DT", "dh0", (6, 1), (1, 6), (1, 6)),
        ("TBD", "dh0", (6,), (1, 6), (1, 6)),
        ("TBD", "dh0", (6, 3), (3, 6), (6, 3)),
        ("DBT", "dh0", (6, 3), (3, 6), (3, 6)),
        ("TBD", "db_h", (6, 1), (6,), (6,)),
        ("TBD", "db_h", (1, 6), (6,), (6,)),
        ("TBD", "db_h", (3, 2), (6,), (3, 2)),
        ("TBD", "dW_hy", (6,), (6, 1), (6, 1)),
        ("TBD", "dW_hy", (1, 6), (6, 1), (1, 6)),
        ("TBD", "dW_xh", (6, 4), (4, 6), (6, 4)),
    ],
)
def test_axes_of_length_one(
    declared: str, name: str, returned: tuple[int, ...], expected: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    """A wrong shape, a transposed matrix above all, is handed on for the comparison to name."""
    values = np.arange(float(np.prod(returned))).reshape(returned)
    home = Layout(declared, False).from_user(name, values, expected)
    assert home.shape == wanted
    if not (declared in ("BTD", "DBT") and len(returned) == len(wanted)) and not (declared == "DBT"):
        assert np.array_equal(home.ravel(), values.ravel())


def test_matrices_are_turned_round() -> None:
    matrix = np.arange(24.0).reshape(6, 4)
    assert np.array_equal(Layout("TBD", True).from_user("dW_xh", matrix, (4, 6)), matrix.T)
    assert np.array_equal(Layout("TBD", True).to_user("W_xh", matrix.T), matrix)


def _home(declaration: dict[str, Any], shapes: dict[str, tuple[int, ...]], **starts: AnyArray) -> Home:
    return Home(Layout.of(declaration), shapes, starts, lambda name, value: np.array(value))


@pytest.mark.parametrize("text", STRINGS + SINGLE)
def test_every_layout_comes_home(text: str) -> None:
    """What is handed to the code in a layout is, returned in the same, what it was."""
    batch = 3 if "B" in text else 1
    rng = np.random.default_rng(0)
    steps, state = rng.normal(size=(5, batch, 4)), rng.normal(size=(batch, 4))
    layout = Layout.of({"x": text})
    home = _home({"x": text}, {"dh": steps.shape, "dh0": state.shape})
    given = {"dh": layout.handed("dh", steps, 4), "dh0": layout.handed("dh0", state, 4)}
    found = home.bring(given)
    assert np.array_equal(found["dh"], steps) and np.array_equal(found["dh0"], state)
    assert np.array_equal(layout.from_user("dh", layout.to_user("dh", steps), steps.shape), steps)
    assert isinstance(given["dh"], list) == ("," in text)
    assert isinstance(given["dh0"], np.ndarray)


def test_layouts_are_what_they_are_called() -> None:
    x = np.arange(5.0 * 3 * 4).reshape(5, 3, 4)
    one = x[:, :1]
    assert Layout.of({"x": "DBT"}).to_user("x", x)[1, 2, 3] == x[3, 2, 1]
    columns = Layout.of({"x": "T,D1"}).handed("x", one, 2)
    assert len(columns) == 5 and columns[2].shape == (4, 1) and columns[2][3, 0] == x[2, 0, 3]
    sequences = Layout.of({"x": "B,TD"}).handed("x", x, 2)
    assert len(sequences) == 3 and np.array_equal(sequences[1], x[:, 1])
    columns[2][:] = 0
    assert x[2, 0, 3] != 0


def test_ids_and_targets() -> None:
    ids = np.array([[0, 2], [1, 1], [3, 0]])
    x = np.eye(4)[ids]
    assert np.array_equal(Layout.of({"ids": True}).handed("x", x, 4), ids)
    assert Layout.of({"ids": True, "x": "T,D1"}).handed("x", x[:, :1], 4) == [0, 1, 3]
    assert Layout.of({"embedding": True, "x": "BTD"}).handed("x", x, 4).shape == (2, 3)
    assert np.array_equal(Layout.of({"target": "rows", "x": "BTD"}).handed("target", ids, 4), x.swapaxes(0, 1))
    assert np.array_equal(Layout.of({"target": "ids"}).handed("target", x, 4), ids)
    assert np.array_equal(Layout.of({"target": "last", "x": "BTD"}).handed("target", ids, 4), [3, 0])
    assert Layout.of({"target": "last", "x": "TD"}).handed("target", ids[:, :1], 4) == 3
    assert Layout.of({"target": "last", "x": "T,D1"}).handed("target", x[:, :1], 4).shape == (4, 1)
    with pytest.raises(InputError, match="not one-hot"):
        Layout.of({"target": "ids"}).handed("target", 0.5 * x, 4)
    with pytest.raises(InputError, match="leave ids out"):
        Layout.of({"ids": True}).handed("x", 0.5 * x, 4)


def test_exceptions_and_what_they_lack() -> None:
    layout = Layout.of({"x": "TBD", "layouts": {"target": "BTD", "h0": "DB", "h": "T,BD"}})
    x = np.zeros((5, 3, 4))
    assert layout.handed("target", x, 4).shape == (3, 5, 4)
    assert layout.to_user("h0", x[0]).shape == layout.to_user("dh0", x[0]).shape == (4, 3)
    assert isinstance(layout.handed("dh_next", x, 4), list) and layout.to_user("x", x).shape == (5, 3, 4)
    with pytest.raises(InputError, match="B = 3, and its declared layout 'TD' has no axis B"):
        Layout.of({"x": "TD"}).to_user("x", x)


ROWS = np.random.default_rng(1).normal(size=(5, 3, 4))
START = np.random.default_rng(2).normal(size=(3, 4))
ZERO = np.zeros_like(START)
NEXT = np.concatenate([ROWS[1:], ZERO[None]])


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("h", [START, *ROWS], ROWS),
        ("h", [*ROWS, START], ROWS),
        ("h", {-1: START, **dict(enumerate(ROWS))}, ROWS),
        ("h", dict(enumerate(ROWS)), ROWS),
        ("h", [*ROWS, None], ROWS),
        ("dh", [*ROWS, ZERO], ROWS),
        ("dh", [ZERO, *ROWS], ROWS),
        ("dh", np.concatenate([ROWS, ZERO[None]]), ROWS),
        ("dh_next", [ROWS[0], *NEXT], NEXT),
        ("dh_next", [*NEXT, ZERO], NEXT),
        ("dh", [*ROWS, START], None),
        ("dh", ROWS[::-1], ROWS[::-1]),
    ],
)
@pytest.mark.parametrize("text", ["TBD", "T,BD", "BTD"])
def test_one_row_more_than_steps(text: str, name: str, value: Any, wanted: Any) -> None:
    """Of T + 1 rows the one that is no step is left out; where that can't be told, all are handed on."""
    if isinstance(value, np.ndarray) and text == "BTD":
        value = value.swapaxes(0, 1)
    home = _home({"x": text}, {name: ROWS.shape}, h0=START)
    found = home.bring({name: value})[name]
    assert found.shape[0] != 5 if wanted is None else np.array_equal(found, wanted)


def test_packed_gates_of_a_step() -> None:
    gates = {letter: np.random.default_rng(k).normal(size=(5, 3, 2)) for k, letter in enumerate("ifgo")}
    shapes = {f"da_{letter}.1": value.shape for letter, value in gates.items()} | {"dW_xh.1": (2, 8), "dW_hh.1": (2, 8)}
    home = _home({"cell": "lstm", "gates": "ofig", "x": "BTD"}, shapes)
    packed = np.concatenate([gates[letter] for letter in "ofig"], axis=-1).swapaxes(0, 1)
    home.check_names({"da.1": packed})
    found = home.bring({"da.1": packed})
    assert set(found) == {f"da_{letter}.1" for letter in gates}
    assert all(np.array_equal(found[f"da_{letter}.1"], value) for letter, value in gates.items())
    with pytest.raises(InputError, match=r"expected all gates side by side, \(3, 5, 8\)"):
        home.bring({"da.1": packed[..., :6]})
    with pytest.raises(InputError, match=r"twice, as da\.1 and as da_i\.1"):
        home.bring({"da.1": packed, "da_i.1": gates["i"].swapaxes(0, 1)})
