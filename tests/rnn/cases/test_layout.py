"""Arrays come home from the declared layout; only axes of length 1 are forgiven."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.cases.layout import Layout


@pytest.mark.parametrize(
    ("declared", "name", "returned", "expected", "wanted"),
    [
        ("TBD", "dh", (7, 6), (7, 1, 6), (7, 1, 6)),
        ("TBD", "dh", (7, 6), (7, 2, 6), (7, 6)),
        ("BTD", "dh", (7, 6), (7, 1, 6), (7, 1, 6)),
        ("BTD", "dh", (3, 7, 6), (7, 3, 6), (7, 3, 6)),
        ("TD", "dh", (7, 6, 1), (7, 1, 6), (7, 1, 6)),
        ("TD", "dh", (6, 7), (7, 1, 6), (6, 7)),
        ("TBD", "dh0", (6,), (1, 6), (1, 6)),
        ("TBD", "dh0", (6, 3), (3, 6), (6, 3)),
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
    if not (declared == "BTD" and len(returned) == 3):
        assert np.array_equal(home.ravel(), values.ravel())


def test_matrices_are_turned_round() -> None:
    matrix = np.arange(24.0).reshape(6, 4)
    assert np.array_equal(Layout("TBD", True).from_user("dW_xh", matrix, (4, 6)), matrix.T)
    assert np.array_equal(Layout("TBD", True).to_user("W_xh", matrix.T), matrix)
