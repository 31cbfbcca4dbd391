"""Weights that are set by hand, what a result keeps of the reference, and where the program keeps weights of its own."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn import InputError, ProblemSettings, inspect_gradients, oracle
from rnn.build import build
from rnn.element import problem_of
from rnn.folders import cache_folder
from rnn.jobs import JobRunner
from rnn.network import Network
from rnn.settings_for import changed_fields, random_problems
from rnn.weights import kept, save_arrays
from rnn.weights.kept import keep_weights
from tests.hands import Hand, case
from tests.problems import make_problem

EDITS = (("W_hh", (3, 4), 0.5), ("b_y", (0,), -2.0), ("W_hh", (3, 4), 0.75))


def test_only_the_named_entries_change() -> None:
    """The last of two edits of one entry holds; everything else is drawn as without them."""
    plain, edited = build(ProblemSettings()), build(ProblemSettings(edits=EDITS))
    for name, value in plain.parameters.items():
        expected = value.copy()
        if name == "W_hh":
            expected[3, 4] = 0.75
        if name == "b_y":
            expected[0] = -2.0
        assert np.array_equal(edited.parameters[name], expected)
    for name in ("x", "h0", "target", "loss_weights"):
        assert np.array_equal(getattr(plain, name), getattr(edited, name))


def test_edits_travel() -> None:
    """As JSON, and with a result: the problem of a result has them, and so has the same run made again."""
    settings = ProblemSettings(edits=EDITS)
    assert ProblemSettings.from_json(settings.to_json()) == settings
    assert changed_fields(settings) == {"edits": EDITS}
    result = inspect_gradients(settings, None, Hand())
    assert result.verdict == "agree"
    assert problem_of(result).parameters["W_hh"][3, 4] == 0.75
    assert build(ProblemSettings.from_json(dict(result.settings))).parameters["b_y"][0] == -2.0


def test_edits_are_rounded_to_the_precision() -> None:
    problem = build(ProblemSettings(edits=(("W_hh", (0, 0), 0.1),), dtype="float32"))
    assert problem.parameters["W_hh"][0, 0] == np.float32(0.1)


def test_edits_of_a_file(tmp_path: Path) -> None:
    """A weight that was read from a file is replaced after reading; the file stays as it is."""
    weights = {name: np.array(value) for name, value in build(ProblemSettings()).parameters.items()}
    save_arrays(weights, tmp_path / "w.npz")
    before = (tmp_path / "w.npz").read_bytes()
    settings = ProblemSettings(weights="file", weights_file=str(tmp_path / "w.npz"), edits=(("W_xh", (0, 1), 9.0),))
    with JobRunner() as runner:
        problem = build(settings, runner)
    assert problem.parameters["W_xh"][0, 1] == 9.0
    assert np.array_equal(problem.parameters["W_xh"][1:], weights["W_xh"][1:])
    assert (tmp_path / "w.npz").read_bytes() == before


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("W_q", (0, 0), 1.0), "W_q is set by hand, and the parameters are W_xh"),
        (("W_hh", (6, 0), 1.0), r"W_hh\[6, 0\].*shape \(6, 6\)"),
        (("W_hh", (-1, 0), 1.0), r"W_hh\[-1, 0\]"),
        (("W_hh", (0,), 1.0), r"W_hh\[0\]"),
        (("b_h", (0, 0), 1.0), r"b_h\[0, 0\]"),
        (("W_hh", (0, 0), float("nan")), r"W_hh has nan at \(0, 0\)"),
    ],
)
def test_an_edit_that_cannot_be(edit: tuple[str, tuple[int, ...], float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        build(ProblemSettings(edits=(edit,)))


def test_an_edit_of_a_bias_that_is_not_there() -> None:
    with pytest.raises(InputError, match="b_h is set by hand, and the parameters are W_xh, W_hh, W_hy"):
        build(ProblemSettings(biases=False, edits=(("b_h", (0,), 1.0),)))


@pytest.mark.parametrize(
    "edits", [[["W_hh", 3, 0.5]], [["W_hh", [0, 0]]], [["W_hh", ["a"], 0.5]], 7, [["W", [0], "x"]]]
)
def test_nonsense_in_a_file_gets_a_sentence(edits: Any) -> None:
    with pytest.raises(InputError, match="weights_map, tied or edits can't be read"):
        ProblemSettings.from_json({"edits": edits})


def test_random_problems_keep_edits_to_the_first() -> None:
    """The others have other sizes, in which the entry may not exist."""
    first, *others = random_problems(ProblemSettings(edits=EDITS), 4)
    assert first.edits == EDITS
    assert [one.edits for one in others] == [(), (), ()]


@pytest.mark.parametrize("output_layer", [True, False])
def test_the_reference_is_kept_whole(output_layer: bool) -> None:
    """Code that returns one gradient still leaves all of the reference's behind, with their sizes over time."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", output_layer))
    hand = Hand(lambda values: {"dW_hh": values["dW_hh"]})
    result = inspect_gradients(problem, case(), hand)
    expected = oracle.reference(problem)[1]
    names = set(result.arrays.names())
    for name, value in expected.named().items():
        assert np.array_equal(result.arrays.read(f"reference/{name}"), value)
    assert {name for name in names if name.startswith("hand/")} == {"hand/dW_hh"}
    assert {name.split("/")[1] for name in names if name.startswith("steps/")} == set(expected.steps)
    assert [report.name for report in result.reports()] == ["dW_hh"]


def test_kept_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same weights give the same file, others another; the oldest go when there are too many."""
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(kept, "MOST_KEPT", 3)
    parameters = build(ProblemSettings()).parameters
    path = keep_weights(parameters, "step-7")
    assert path.name.startswith("step-7-") and path.suffix == ".npz"
    assert keep_weights(parameters, "step-7") == path
    with np.load(path) as stored:
        assert all(np.array_equal(stored[name], value) for name, value in parameters.items())
    os.utime(path, (1, 1))
    for number in range(3):
        newest = keep_weights({"W_hh": np.full((2, 2), float(number))}, "more")
        os.utime(newest, (10 + number, 10 + number))
    assert newest.exists() and not path.exists()
    assert len(list(path.parent.iterdir())) == 3


def test_weights_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path / "file")
    with pytest.raises(InputError, match="can't be written"):
        keep_weights({"W_hh": np.zeros((1, 1))}, "w")


@pytest.mark.parametrize(
    ("platform", "variable", "tail"),
    [("win32", "LOCALAPPDATA", ()), ("linux", "XDG_CACHE_HOME", ()), ("darwin", "HOME", ("Library", "Caches"))],
)
def test_the_cache_is_where_the_platform_has_it(
    platform: str, variable: str, tail: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path.joinpath(*tail, "bptt-inspector")


def test_edits_of_a_wrong_network_are_said_before_anything_runs() -> None:
    hand = Hand()
    with pytest.raises(InputError, match="is set by hand"):
        inspect_gradients(replace(ProblemSettings(hidden=2), edits=EDITS), case(), hand)
    assert hand.asked == []
