"""Two files of gradients: rounding is not called a mistake, no mistake passes for rounding, relations are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.filed import compare_files
from rnn.handwritten import run_by_hand
from rnn.saving import load_inspection, save_inspection
from tests.rnn.filed.files import gradients, problem, written
from tests.rnn.weights.in_process import InProcess

CELLS = ("rnn", "lstm", "gru")
SCALES = (0.3, 1.0, 2.0, 6.0)


def compared(folder: Path, first: dict[str, Any], second: dict[str, Any], **more: Any) -> Any:
    return compare_files(written(folder, "a.npz", first), written(folder, "b.npz", second), InProcess(), **more)


def verdicts(result: Any) -> dict[str, str]:
    return {report.name: report.verdict for report in result.reports()}


def networks(count: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(20260101)
    made = []
    for _ in range(count):
        hidden = int(rng.choice([4, 8, 16, 32]))
        made.append(
            {
                "cell": str(rng.choice(CELLS)),
                "steps": int(rng.choice([3, 8, 20, 60])),
                "hidden": hidden,
                "batch": int(rng.choice([1, 3, 8])),
                "weight_scale": float(rng.choice(SCALES)) / hidden**0.5,
                "loss": str(rng.choice(["half_squared_error", "softmax_cross_entropy", "mean_squared_error"])),
                "counted": str(rng.choice(["all", "last"])),
                "seed": int(rng.integers(1 << 30)),
            }
        )
    return made


def test_right_gradients_are_never_called_different(tmp_path: Path) -> None:
    """float32 against float64, and float64 against itself on inputs of another rounding: no alarm, and few undecided."""
    unsure = total = 0
    rng = np.random.default_rng(3)
    for settings in networks(60):
        one = problem(**settings)
        wide, narrow = gradients(one), gradients(one.cast("float32"))
        moved = {
            name: value * (1 + 2.0**-53 * rng.uniform(-1, 1, value.shape)) for name, value in one.parameters.items()
        }
        other = dict(run_by_hand(replace(one, parameters=moved))[1].parameters)
        for first, second in (
            (narrow, wide),
            (other, wide),
            (narrow, {n: v.astype("float64") for n, v in narrow.items()}),
        ):
            result = compared(tmp_path, first, second)
            assert result.verdict != "differ", (settings, result.headline)
            found = list(verdicts(result).values())
            unsure, total = unsure + found.count("undecided"), total + len(found)
    assert unsure <= 0.06 * total


MISTAKES = {
    "sign": lambda g, rng: {**g, "dW_hh": -g["dW_hh"]},
    "one row": lambda g, rng: {**g, "dW_xh": np.concatenate([g["dW_xh"][:1] * 0, g["dW_xh"][1:]])},
    "one entry by a tenth": lambda g, rng: {**g, "db_h": g["db_h"] * (1 + 0.5 * (np.arange(g["db_h"].size) == 1))},
    "transposed": lambda g, rng: {**g, "dW_hh": g["dW_hh"].T.copy()},
    "mean": lambda g, rng: {name: value / 24 for name, value in g.items()},
    "another network": lambda g, rng: {**g, "dW_hy": rng.permutation(g["dW_hy"].ravel()).reshape(g["dW_hy"].shape)},
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_found(name: str, dtype: str, tmp_path: Path) -> None:
    """In both precisions, in networks of usual scale."""
    rng = np.random.default_rng(5)
    for seed in range(6):
        right = gradients(problem(steps=8, seed=seed))
        wrong = MISTAKES[name](right, rng)
        wrong = {key: np.asarray(value, dtype) for key, value in wrong.items()}
        result = compared(tmp_path, wrong, right)
        assert result.verdict == "differ"
        same = [key for key in right if np.array_equal(right[key].astype(dtype), wrong[key])]
        assert all(verdicts(result)[key] in ("identical", "agrees") for key in same)


def test_a_small_mistake_is_found_in_float64_and_not_hidden_in_float32(tmp_path: Path) -> None:
    """A thousandth of a per cent: far above the rounding of float64; float32 says what it can't see."""
    right = gradients(problem(steps=8))
    wrong = {**right, "dW_hh": right["dW_hh"] * np.where(np.arange(6) == 2, 1 + 1e-5, 1.0)}
    assert verdicts(compared(tmp_path, wrong, right))["dW_hh"] == "differs"
    narrow = compared(tmp_path, {name: value.astype("float32") for name, value in wrong.items()}, right)
    assert verdicts(narrow)["dW_hh"] in ("agrees", "undecided")
    assert any("a smaller mistake would not be seen" in note for note in narrow.notes)
    wrong["dW_hh"] = right["dW_hh"] * np.where(np.arange(6) == 2, 1 + 1e-3, 1.0)
    middle = compared(tmp_path, {name: value.astype("float32") for name, value in wrong.items()}, right)
    assert verdicts(middle)["dW_hh"] == "undecided"
    assert "save both in float64" in middle.report("dW_hh").note


def test_float32_numbers_stored_as_float64_are_judged_as_float32(tmp_path: Path) -> None:
    """What came out of float32 has its rounding, whatever it is stored as; a mistake in float64 is not excused by it."""
    one = problem(steps=20)
    wide, narrow = gradients(one), gradients(one.cast("float32"))
    assert compared(tmp_path, {n: v.astype("float64") for n, v in narrow.items()}, wide).verdict == "agree"
    mixed = compared(
        tmp_path, {n: v.astype("float64") / 3 for n, v in narrow.items()}, {n: v / 3 for n, v in wide.items()}
    )
    assert set(verdicts(mixed).values()) == {"undecided"}
    assert "computed in float32?" in mixed.report("dW_hh").note


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: -w, "-1 times the other (the sign)"),
        (lambda w: w / 24, "over 24?"),
        (lambda w: 2 * w, "2 times the other (a missing or an extra 1/2)"),
        (lambda w: w.T.copy(), "transposed"),
        (lambda w: -3 * w.T, "transposed, -3 times the other"),
    ],
)
def test_relations_are_named(change: Any, said: str, tmp_path: Path) -> None:
    """A factor, a transpose, and both."""
    right = gradients(problem(steps=8))
    found = compared(tmp_path, {**right, "dW_hh": change(right["dW_hh"])}, right).report("dW_hh")
    assert said in found.note and found.verdict in ("factor", "differs")


@pytest.mark.parametrize(("cell", "count"), [("lstm", 4), ("gru", 3)])
def test_another_order_of_gates_is_named(cell: str, count: int, tmp_path: Path) -> None:
    """With the order, also of transposed matrices and of biases; a gate that is wrong itself is not explained away."""
    right = gradients(problem(cell=cell, steps=8))
    order = [1, 0, *range(2, count)]
    moved = {
        name: np.concatenate([np.split(value, count, -1)[k] for k in order], -1)
        if name in ("dW_xh", "dW_hh", "db_h")
        else value
        for name, value in right.items()
    }
    result = compared(tmp_path, moved, right)
    for name in ("dW_xh", "dW_hh", "db_h"):
        assert f"gates 0 to {count - 1} are the other's {', '.join(map(str, order))}" in result.report(name).note
    moved["dW_hh"] = moved["dW_hh"] * np.where(np.arange(moved["dW_hh"].shape[1]) == 0, 1.01, 1.0)
    assert "gate" not in compared(tmp_path, moved, right).report("dW_hh").note


def test_the_first_step_that_differs_is_found(tmp_path: Path) -> None:
    """Walking back from the last; curves for the trace are kept; time the other way round is named."""
    right = gradients(problem(steps=12), steps=True)
    wrong = {
        **right,
        "dh": np.where(np.arange(12)[:, None, None] <= 6, 1.01, 1.0) * right["dh"],
        "da": right["da"][::-1],
    }
    result = compared(tmp_path, wrong, right)
    assert result.report("dh").first_wrong_t == 6
    assert "time the other way round" in result.report("da").note
    assert result.first_divergence is not None and result.first_divergence.quantity == "da"
    assert result.arrays.read("steps/dh/difference").shape == (12,)
    assert result.problem["T"] == 12 and result.problem["B"] == 3


def test_two_layouts_are_brought_together(tmp_path: Path) -> None:
    """PyTorch's names and orientation against ours: said, and no difference; both of its biases have one gradient."""
    right = gradients(problem(steps=8))
    names = {
        "dW_xh": "weight_ih_l0",
        "dW_hh": "weight_hh_l0",
        "db_h": "bias_ih_l0",
        "dW_hy": "fc.weight",
        "db_y": "fc.bias",
    }
    torch = {f"model.{'rnn.' if 'l0' in names[n] else ''}{names[n]}.grad": v.T for n, v in right.items()}
    torch["model.rnn.bias_hh_l0.grad"] = right["db_h"]
    result = compared(tmp_path, torch, right)
    assert set(verdicts(result)) == set(right) and set(verdicts(result).values()) == {"identical"}
    assert any("lie the other way round" in note for note in result.notes)
    assert any("bias_hh_l0" in note and "only in a.npz" in note for note in result.notes)


def test_missing_and_extra_names_are_said(tmp_path: Path) -> None:
    """They are no difference; nothing in common is."""
    right = gradients(problem(steps=8))
    result = compared(tmp_path, {"dW_hh": right["dW_hh"], "step": np.ones(2)}, right)
    assert result.verdict == "agree"
    assert any("only in a.npz" in note and "'step'" in note for note in result.notes)
    assert any("only in b.npz" in note and "'dW_xh'" in note for note in result.notes)
    with pytest.raises(InputError, match="have no array in common"):
        compared(tmp_path, {"one": np.ones(3), "two": np.ones(2)}, right)


def test_shapes_and_numbers_that_are_none(tmp_path: Path) -> None:
    """Another shape, NaN and infinities, empty arrays, zeros, one number."""
    right = {
        "dW": np.arange(6.0).reshape(2, 3) + 1,
        "db": np.ones(3),
        "e": np.zeros((0, 3)),
        "z": np.zeros(4),
        "loss": np.float64(2),
    }
    wrong = {**right, "dW": right["dW"].ravel(), "db": np.array([1, np.nan, np.inf]), "z": np.full(4, 1e-320)}
    result = compared(tmp_path, wrong, right)
    found = verdicts(result)
    assert found == {"dW": "shape", "db": "nonfinite", "e": "identical", "z": "agrees", "loss": "identical"}
    assert "the same numbers in another shape" in result.report("dW").note
    assert "1 NaN, 1 Inf of 3" in result.report("db").note


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    """They are shown as one plain line, are kept apart, and don't keep a result from being saved and read."""
    names = ["<img src=x onerror=1>", "a/../../b", "x\u202ey", "n" * 5000, "a.b", "a'b", "[bold]c", "b\nc"]
    arrays = {name: np.arange(3.0) + k for k, name in enumerate(names)}
    from safetensors.numpy import save_file

    save_file(arrays, tmp_path / "a.safetensors")
    save_file(arrays, tmp_path / "b.safetensors")
    result = compare_files(tmp_path / "a.safetensors", tmp_path / "b.safetensors", InProcess())
    assert len(result.parameters) == len(names) and result.verdict == "agree"
    assert all(one.name.isprintable() and len(one.name) < 80 for one in result.parameters)
    save_inspection(result, tmp_path / "r.bptt")
    read = load_inspection(tmp_path / "r.bptt")
    assert read.side_names == ("a.safetensors", "b.safetensors") and not read.has_problem
    assert {one.name for one in read.parameters} == {one.name for one in result.parameters}


def test_only_what_is_wanted(tmp_path: Path) -> None:
    """By its name here or in a file; the rule of rounding is that of the whole files."""
    right = gradients(problem(steps=8))
    wrong = {**right, "db_y": right["db_y"] + 1}
    assert compared(tmp_path, wrong, right, quantities=("dW_hh",)).verdict == "agree"
    assert list(verdicts(compared(tmp_path, wrong, right, quantities=("db_y",)))) == ["db_y"]
    with pytest.raises(InputError, match="is not in both files"):
        compared(tmp_path, wrong, right, quantities=("dV",))
