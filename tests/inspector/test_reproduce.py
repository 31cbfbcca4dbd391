"""The words of a command line give the same problem again, whatever it is."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import pytest

from inspector.assets import examples
from inspector.cli.options import add_problem_options, settings_of
from inspector.reproduce import case_words, joined, problem_words, recorded_words
from rnn.build import build
from rnn.cases import read_case
from rnn.jobs import JobRunner
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for
from tests.inspector.figures.figured import result_of

PROBLEMS: tuple[dict[str, Any], ...] = (
    {},
    {"cell": "lstm", "cell_options": (("forget_bias", 1.0), ("peepholes", True)), "layers": 2, "bidirectional": True},
    {"cell": "gru", "cell_options": (("reset", "before"),), "truncation": ("sliding", 3), "clip": ("norm", 1.5)},
    {"embedding": True, "ids": True, "loss": "softmax_cross_entropy", "vocabulary": 9},
    {"biases": False, "output_layer": False, "outputs": None, "loss": "upstream", "h0": "zero", "counted": "padding"},
    {"steps": 12, "batch": 2, "hidden": 3, "seed": 41, "dtype": "float32", "weight_scale": 0.3, "spectral_radius": 0.9},
    {"weights": "orthogonal", "data": "one_hot", "steps": 4, "edits": (("W_hh", (1, 2), -1e-3), ("b_h", (0,), 2.0))},
    {"weights": "file", "weights_file": "my weights.npz", "orientation": "in,out", "weights_map": (("W_hh", "key.T"),)},
    {"data": "text", "data_file": "a.txt", "text_start": 7, "c0": "zero"},
)


def _settings(words: list[str], case: Any = None) -> ProblemSettings:
    parser = argparse.ArgumentParser()
    add_problem_options(parser)
    return _plain(settings_of(case, parser.parse_args(words)))


def _plain(settings: ProblemSettings) -> ProblemSettings:
    """Without which fields a person has set, which a command line always says of those it names."""
    return replace(settings, dictated=())


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_words_give_the_settings_back(problem: dict[str, Any]) -> None:
    wanted = replace(ProblemSettings(), **problem)
    assert _settings(problem_words(wanted, ProblemSettings())) == wanted


@pytest.mark.parametrize("problem", [one for one in PROBLEMS if "file" not in str(one)], ids=str)
def test_words_of_what_was_built_build_the_same(problem: dict[str, Any]) -> None:
    """A result keeps sizes that were resolved; from its words the very same problem is built."""
    first = build(replace(ProblemSettings(), **problem))
    again = build(_settings(problem_words(first.settings, ProblemSettings())))
    assert _plain(again.settings) == _plain(first.settings)
    assert all((again.parameters[name] == value).all() for name, value in first.parameters.items())
    assert (again.x == first.x).all()


@pytest.mark.parametrize("name", list(examples()))
def test_words_of_an_example_give_its_problem_back(name: str) -> None:
    case = read_case(examples()[name])
    with JobRunner() as runner:
        wanted = build(replace(settings_for(case), seed=5), runner).settings
    result = replace(result_of(), case=name, settings=wanted.to_json())
    words = case_words(result)
    assert words[0] == name and "--seed" in words
    with JobRunner() as runner:
        assert _plain(build(_settings(words[1:], case), runner).settings) == _plain(wanted)


def test_what_holds_the_result_needs_no_option(tmp_path: Any) -> None:
    saved = tmp_path / "my result.bptt"
    saved.write_bytes(b"")
    assert case_words(result_of(), str(saved)) == [str(saved)]
    assert joined(["figure", str(saved)]) == f"figure '{saved}'"


def test_of_a_recording(tmp_path: Any) -> None:
    path = examples()["question-2014"]
    settings = settings_for(read_case(path))
    assert recorded_words({"path": str(path), "settings": settings.to_json()}) == ["question-2014"]
    gone = recorded_words({"path": str(tmp_path / "gone.py"), "settings": settings.to_json()})
    assert gone[:3] == [str(tmp_path / "gone.py"), "--seed", "1"]
    assert recorded_words({"path": "", "settings": ProblemSettings(seed=3).to_json()}) == ["--seed", "3"]
    assert recorded_words(None) == []
