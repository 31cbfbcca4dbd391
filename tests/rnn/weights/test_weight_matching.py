"""Which array is which parameter: conventions, shapes, and what is asked."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.weights import SCHEMES, AmbiguousWeights, match, randomise

NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
FREE: dict[str, int | None] = {"D": None, "H": None, "K": None}
D, H, K = 4, 6, 3


def _canonical(rng: np.random.Generator) -> dict[str, AnyArray]:
    shapes = {"W_xh": (D, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, K), "b_y": (K,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


CONVENTIONS = {
    "canonical": ({name: name for name in NAMES}, False),
    "min-char": ({"W_xh": "Wxh", "W_hh": "Whh", "b_h": "bh", "W_hy": "Why", "b_y": "by"}, True),
    "question": ({"W_xh": "Wxh", "W_hh": "Whh", "b_h": "bhh", "W_hy": "Who", "b_y": "bho"}, False),
    "torch": (
        {
            "W_xh": "rnn.weight_ih_l0",
            "W_hh": "rnn.weight_hh_l0",
            "b_h": "rnn.bias_ih_l0",
            "W_hy": "fc.weight",
            "b_y": "fc.bias",
        },
        True,
    ),
    "keras": ({"W_xh": "rnn/kernel:0", "W_hh": "rnn/recurrent_kernel:0", "b_h": "rnn/bias:0"}, False),
    "by shape": ({"W_xh": "p0", "W_hh": "p1", "b_h": "p2", "W_hy": "p3", "b_y": "p4"}, False),
}


@pytest.mark.parametrize("convention", list(CONVENTIONS))
def test_conventions(convention: str) -> None:
    """Names and orientation are recognised, and every number lands in its place."""
    names, transposed = CONVENTIONS[convention]
    right = _canonical(np.random.default_rng(0))
    stored = {key: right[name].T if transposed else right[name] for name, key in names.items()}
    found = match(stored, NAMES, FREE, "", ())
    assert set(found.parameters) == set(names)
    for name in names:
        assert np.array_equal(found.parameters[name], right[name]), name


def test_letters_that_authors_use_differently_are_asked_unless_shapes_decide() -> None:
    """U (H, D) and V (K, H) may change roles; an orientation settles it."""
    right = _canonical(np.random.default_rng(0))
    stored = {"U": right["W_xh"].T, "W": right["W_hh"].T, "V": right["W_hy"].T}
    with pytest.raises(AmbiguousWeights, match=r"W_xh may be"):
        match(stored, NAMES, FREE, "", ())
    found = match(stored, NAMES, FREE, "out,in", ())
    assert found.taken_from == {"W_xh": "U.T", "W_hh": "W.T", "W_hy": "V.T"}
    assert match(stored, NAMES, {**FREE, "D": D}, "", ()).taken_from["W_xh"] == "U.T"


def test_two_biases_of_torch_are_summed() -> None:
    right = _canonical(np.random.default_rng(0))
    stored = {
        "weight_ih_l0": right["W_xh"].T,
        "weight_hh_l0": right["W_hh"].T,
        "bias_ih_l0": right["b_h"],
        "bias_hh_l0": 2 * right["b_h"],
    }
    found = match(stored, NAMES, FREE, "", ())
    np.testing.assert_allclose(found.parameters["b_h"], 3 * right["b_h"])
    assert any("bias_ih_l0 + bias_hh_l0" in note for note in found.notes)


def test_all_square_is_asked() -> None:
    stored = {"Wxh": np.eye(4), "Whh": np.eye(4)}
    with pytest.raises(AmbiguousWeights) as caught:
        match(stored, NAMES, FREE, "", ())
    assert "--orientation" in str(caught.value)
    assert {question.parameter for question in caught.value.questions} == {"W_xh", "W_hh"}


@pytest.mark.parametrize("orientation", ["in,out", "out,in"])
def test_orientation_answers(orientation: str) -> None:
    rng = np.random.default_rng(0)
    stored = {"Wxh": rng.normal(size=(4, 4)), "Whh": rng.normal(size=(4, 4))}
    found = match(stored, NAMES, FREE, orientation, ())
    expected = stored["Whh"].T if orientation == "out,in" else stored["Whh"]
    assert np.array_equal(found.parameters["W_hh"], expected)


def test_answers_by_name() -> None:
    rng = np.random.default_rng(0)
    stored = {"a": rng.normal(size=(4, 4)), "b": rng.normal(size=(4, 4))}
    found = match(stored, NAMES, FREE, "", (("W_xh", "b"), ("W_hh", "a.T")))
    assert np.array_equal(found.parameters["W_hh"], stored["a"].T)
    assert np.array_equal(found.parameters["W_xh"], stored["b"])


def test_a_square_matrix_follows_its_siblings_and_says_so() -> None:
    rng = np.random.default_rng(0)
    stored = {"Wxh": rng.normal(size=(H, D)), "Whh": rng.normal(size=(H, H))}
    found = match(stored, NAMES, FREE, "", ())
    assert np.array_equal(found.parameters["W_hh"], stored["Whh"].T)
    assert any("out,in" in note for note in found.notes)


def test_biases_of_equal_size_and_unknown_names_are_asked() -> None:
    rng = np.random.default_rng(0)
    stored = {
        "p": rng.normal(size=(D, H)),
        "q": rng.normal(size=(H, H)),
        "r": rng.normal(size=(H, H)),
        "s": np.ones(H),
        "t": np.zeros(H),
    }
    with pytest.raises(AmbiguousWeights, match=r"weights-map|orientation"):
        match(stored, NAMES, FREE, "", ())


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({}, "nothing for W_xh"),
        ({"Wxh": np.ones((3, 4))}, "nothing for W_hh"),
        ({"Wxh": np.ones((3, 4)), "Whh": np.ones((5, 5))}, "no reading"),
        ({"Wxh": np.ones((3, 4)), "Whh": np.full((4, 4), np.nan)}, "not finite"),
        ({"Wxh": np.ones((3, 4)), "Whh": np.ones((4, 4, 2))}, "nothing for W_hh"),
        ({"Wxh": np.ones((0, 4)), "Whh": np.ones((4, 4))}, "nothing for W_xh"),
    ],
)
def test_bad_files_get_a_sentence(stored: dict[str, AnyArray], said: str) -> None:
    with pytest.raises(InputError, match=said):
        match(stored, NAMES, FREE, "", ())


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_schemes_draw_the_same_for_the_same_seed(scheme: str) -> None:
    shapes = {"W_xh": (D, H), "W_hh": (H, H), "b_h": (H,)}
    first, second = (randomise(shapes, scheme, None, 0.9, np.random.default_rng(3)) for _ in range(2))
    for name, shape in shapes.items():
        assert first[name].shape == shape
        assert np.array_equal(first[name], second[name])
    assert np.abs(np.linalg.eigvals(first["W_hh"])).max() == pytest.approx(0.9)
    other = randomise(shapes, scheme, None, None, np.random.default_rng(4))
    assert scheme == "identity" or not np.array_equal(first["W_xh"], other["W_xh"])


@pytest.mark.parametrize(("scale", "radius"), [(float("nan"), None), (None, -1.0), (None, float("inf"))])
def test_bad_scales_get_a_sentence(scale: float | None, radius: float | None) -> None:
    with pytest.raises(InputError):
        randomise({"W_hh": (3, 3)}, "normal", scale, radius, np.random.default_rng(0))
