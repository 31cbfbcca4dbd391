"""What every step contributes to an entry: the contributions add up to it, on both sides, and a wrong sum is said."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnn import blocks
from rnn.history import element_history
from rnn.inspection import inspect_gradients, load_inspection, save_inspection
from rnn.network import Network
from rnn.problem import Problem
from rnn.results import Inspection
from tests.hands import Hand, Values, case
from tests.problems import ODD_SIZES, make_problem


def _entries(result: Inspection) -> list[tuple[str, tuple[int, ...]]]:
    """Every entry of every parameter."""
    names = [name[8:] for name in result.arrays.names() if name.startswith("weights/")]
    shapes = {f"d{name}": result.arrays.shape(f"weights/{name}") for name in names}
    return [(name, index) for name, shape in shapes.items() for index in product(*map(range, shape))]


def _adds_up(result: Inspection, digits: float = 1e-11) -> None:
    """Contributions of every entry add up to it by JAX and by hand, and nothing is said against hand's sum."""
    for name, index in _entries(result):
        found = element_history(result, name, index)
        assert found is not None
        assert found.reference.shape == (result.problem["T"],)
        for side, curve in (("reference", found.reference), ("hand", found.hand)):
            assert curve is not None
            entry = float(result.arrays.read(f"{side}/{name}")[index])
            bound = digits * max(abs(entry), float(np.abs(curve).sum()))
            assert curve.sum() == pytest.approx(entry, rel=digits, abs=bound), (name, index, side)
        assert found.note == ""


def _inspected(problem: Problem, change: object = None) -> Inspection:
    if change is None:
        return inspect_gradients(problem, None, Hand())
    return inspect_gradients(problem, case(), Hand(change))  # type: ignore[arg-type]


@pytest.mark.parametrize("sizes", ODD_SIZES)
@pytest.mark.parametrize("output_layer", [True, False])
@pytest.mark.parametrize("biases", [True, False])
def test_contributions_add_up(sizes: tuple[int, int, int, int, int], output_layer: bool, biases: bool) -> None:
    network = Network("rnn", "tanh", "half_squared_error", output_layer)
    _adds_up(_inspected(make_problem(network, sizes, biases=biases, counted="mask")))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from(["relu", "sigmoid", "identity"]), st.floats(0.01, 3))
def test_contributions_add_up_for_any_weights(seed: int, activation: str, scale: float) -> None:
    network = Network("rnn", activation, "softmax_cross_entropy_mean", True)
    _adds_up(_inspected(make_problem(network, (4, 2, 3, 3, 2), scale=scale, seed=seed, ids=True)))


@pytest.mark.parametrize("steps", [6, 300])
def test_float32_adds_up_to_its_rounding(steps: int) -> None:
    """Right code in float32 is not accused of a wrong sum, however long it runs."""
    network = Network("rnn", "tanh", "half_squared_error", True)
    problem = make_problem(network, (steps, 2, 3, 3, 2), dtype="float32", scale=0.8)
    _adds_up(_inspected(problem), 1e-4)


def test_slices_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays that are read in many slices give the same curves as in one."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True))
    result = _inspected(problem)
    whole = {key: element_history(result, *key) for key in _entries(result)}
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 2 * 8 * 3 * 6)
    assert len(list(blocks.blocks(result.arrays, "reference/da"))) > 2
    for key, before in whole.items():
        after = element_history(result, *key)
        assert before is not None and after is not None and after.hand is not None and before.hand is not None
        assert np.array_equal(before.reference, after.reference)
        assert np.array_equal(before.hand, after.hand)


def test_contribution_by_its_definition() -> None:
    """Step by step: left factor times delta, summed over samples; W_hh's left factor at step 0 is h0."""
    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True)))
    h0, h, da = (result.arrays.read(name) for name in ("data/h0", "trace/h", "reference/da"))
    found = element_history(result, "dW_hh", (1, 4))
    assert found is not None
    for t in range(len(da)):
        before = h0 if t == 0 else h[t - 1]
        assert found.reference[t] == pytest.approx((before[:, 1] * da[t, :, 4]).sum(), rel=1e-12)


def test_a_gradient_between_steps_is_its_own_history() -> None:
    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True)))
    for name in ("dy", "dh_out", "dh_next", "dh", "da", "dx"):
        found = element_history(result, name, (2, 1, 0))
        assert found is not None and found.hand is not None
        assert np.array_equal(found.reference, result.arrays.read(f"reference/{name}")[:, 1, 0])
        assert np.array_equal(found.hand, result.arrays.read(f"hand/{name}")[:, 1, 0])
        assert found.note == ""
    found = element_history(result, "dh", (0, 2, 5))
    assert found is not None
    assert set(found.parts) == {"dh_out", "dh_next"}
    assert sum(found.parts.values()) == pytest.approx(found.reference, rel=1e-13)


def test_what_has_no_history() -> None:
    """dh0, a bias that the network lacks, and a unit that is not there."""
    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True), biases=False))
    assert element_history(result, "dh0", (0, 0)) is None
    assert element_history(result, "db_h", (0,)) is None
    assert element_history(result, "dh", (0, 0, 99)) is None
    assert element_history(result, "dh", (0, 99, 0)) is None


def _without(*names: str) -> object:
    return lambda values: {name: value for name, value in values.items() if name not in names}


def test_without_da_hand_has_no_curve_and_it_is_said() -> None:
    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True)), _without("da"))
    found = element_history(result, "dW_hh", (0, 1))
    assert found is not None and found.hand is None
    assert "no da" in found.note
    found = element_history(result, "dW_hy", (0, 1))
    assert found is not None and found.hand is not None and found.note == ""


def test_a_parameter_that_hand_did_not_return_still_has_curves() -> None:
    """The reference's curve is there, and hand's too where its delta is; nothing is said about a sum it never made."""
    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True)), _without("dW_hh", "dh"))
    found = element_history(result, "dW_hh", (0, 1))
    assert found is not None and found.hand is not None
    assert found.reference.sum() == pytest.approx(result.arrays.read("reference/dW_hh")[0, 1])
    assert found.note == ""
    found = element_history(result, "dh", (0, 0, 0))
    assert found is not None and found.hand is None


def test_another_shape_is_no_curve() -> None:
    def cut(values: Values) -> Values:
        return {**values, "da": values["da"][1:], "dh": values["dh"][:-1], "dW_hh": values["dW_hh"][:2]}

    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True)), cut)
    for name, index in (("dW_hh", (0, 1)), ("dW_hh", (5, 1)), ("dh", (0, 0, 0))):
        found = element_history(result, name, index)
        assert found is not None and found.hand is None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("steps", [7, 300])
def test_a_wrong_sum_is_said(dtype: str, steps: int) -> None:
    """One step left out of the sum of right deltas: the note names both numbers and the entry."""
    network = Network("rnn", "tanh", "half_squared_error", True)
    problem = make_problem(network, (steps, 3, 4, 6, 5), dtype=dtype)

    def change(values: Values) -> Values:
        return {**values, "dW_xh": values["dW_xh"] - np.einsum("bi,bj->ij", problem.x[2], values["da"][2])}

    result = _inspected(problem, change)
    missing = np.einsum("bi,bj->ij", problem.x[2], result.arrays.read("hand/da")[2])
    index = tuple(int(i) for i in np.unravel_index(int(np.abs(missing).argmax()), missing.shape))
    found = element_history(result, "dW_xh", index)
    assert found is not None and found.hand is not None
    assert f"dW_xh[{index[0]},{index[1]}] is {result.arrays.read('hand/dW_xh')[index]:.6g}" in found.note
    assert f"add up to {found.hand.sum():.6g}" in found.note
    other = element_history(result, "dW_hh", (0, 0))
    assert other is not None and other.note == ""


def test_wrong_deltas_summed_rightly_are_no_wrong_sum() -> None:
    """A hand that forgets the carry sums its own wrong da rightly: nothing is said about the sum."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True))

    def forgets(values: Values) -> Values:
        da = values["dh_out"] * (1 - values["h"] ** 2)
        return {**values, "da": da, "dW_xh": np.einsum("tbi,tbj->ij", problem.x, da)}

    result = _inspected(problem, forgets)
    assert result.report("dW_xh").wrong
    for index in product(range(4), range(6)):
        found = element_history(result, "dW_xh", index)
        assert found is not None and found.note == ""


def test_overflow_and_nan_are_curves_like_any_other() -> None:
    """No warning and no note where hand is not finite."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True))

    def breaks(values: Values) -> Values:
        da = values["da"].copy()
        da[1, 0, 0], da[2, 0, 0], da[3, 0, 1] = np.inf, -np.inf, np.nan
        return {**values, "da": da}

    result = _inspected(problem, breaks)
    for index in ((0, 0), (0, 1), (0, 2)):
        found = element_history(result, "dW_xh", index)
        assert found is not None and found.hand is not None and found.note == ""
        assert np.isfinite(found.hand).all() == (index[1] == 2)


def test_a_saved_result_has_the_same_history(tmp_path: Path) -> None:
    result = _inspected(make_problem(Network("rnn", "tanh", "half_squared_error", True)))
    path = tmp_path / "r.bptt"
    save_inspection(result, path)
    back = load_inspection(path)
    for key in (("dW_hh", (1, 2)), ("db_y", (3,)), ("dh", (0, 1, 2))):
        before, after = element_history(result, *key), element_history(back, *key)
        assert before is not None and after is not None
        assert np.array_equal(before.reference, after.reference)
    lacking = replace(back, arrays=_Lacking(back.arrays, "reference/da"))
    assert element_history(lacking, "dW_hh", (1, 2)) is None
    back.arrays.close()  # type: ignore[attr-defined]


class _Lacking:
    """The arrays of a result without one, as an older file may have them."""

    def __init__(self, arrays: object, lacks: str) -> None:
        self._arrays, self._lacks = arrays, lacks

    def __getattr__(self, name: str) -> object:
        return getattr(self._arrays, name)

    def names(self) -> list[str]:
        return [name for name in self._arrays.names() if name != self._lacks]  # type: ignore[attr-defined]
