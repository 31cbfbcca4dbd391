"""The whole pipeline: the question of 2014, plugged-in code, float32, saved results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.assets import example_path
from rnn import InputError, ProblemSettings, inspect_gradients, load_inspection, save_inspection
from rnn.cases import read_case
from rnn.container import ContainerReader
from rnn.element import parse_element, third_opinion
from rnn.jobs import JobRunner
from rnn.results import Inspection
from rnn.settings_for import random_problems, settings_for


@pytest.fixture(scope="module")
def question() -> Inspection:
    return inspect_gradients(case=example_path("question-2014"))


def test_the_question_is_answered(question: Inspection) -> None:
    """dW_hy right; dW_hh, dW_xh, db_h wrong; the last row of dW_xh right; first divergence dh at T - 2."""
    verdicts = {report.name: report.wrong for report in question.parameters}
    assert verdicts == {"dW_xh": True, "dW_hh": True, "db_h": True, "dW_hy": False, "db_y": False}
    assert question.first_divergence is not None
    assert (question.first_divergence.quantity, question.first_divergence.t) == ("dh", question.problem["T"] - 2)
    assert question.report("dW_xh").rows_right.startswith("row 4 is right")
    assert question.verdict == "differ"
    assert all(report.sides_with == "reference" for report in question.reports() if report.wrong)


def test_a_signed_sum_that_hides_is_flagged(question: Inspection) -> None:
    """At least one wrong gradient's signed sum cancels, as it did for the asker."""
    assert any(report.cancels for report in question.parameters)


def test_the_mended_code_agrees_on_many_problems() -> None:
    case = read_case(example_path("question-2014-fixed"))
    with JobRunner() as runner:
        for settings in random_problems(
            replace(settings_for(case), steps=None, inputs=None, outputs=None, hidden=None, data="random"), 6
        ):
            result = inspect_gradients(settings, case, runner)
            assert result.verdict == "agree", result.headline


def test_characters_is_the_built_in_pass_on_a_text() -> None:
    case = read_case(example_path("characters"))
    result = inspect_gradients(case=case)
    assert result.verdict == "agree"
    assert result.problem["K"] == len(result.problem["vocabulary"])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("output_layer", [True, False])
def test_built_in_agrees(dtype: str, output_layer: bool) -> None:
    for counted in ("all", "last", "padding"):
        result = inspect_gradients(ProblemSettings(dtype=dtype, output_layer=output_layer, counted=counted))
        assert result.verdict == "agree", result.headline
        assert {report.name for report in result.intermediates} >= {"dh_out", "dh_next", "dh", "da", "dx", "dh0"}


def _case(folder: Path, body: str) -> Path:
    path = folder / "mine.py"
    path.write_text(f"import numpy as np\nCASE = dict(biases=False)\n{body}", encoding="utf-8")
    return path


PASS = """
def run(problem):
    p, x, target = problem.params, problem.x, problem.target
    h = [problem.h0]
    for t in range(problem.T):
        h.append(np.tanh(x[t] @ p['W_xh'] + h[-1] @ p['W_hh']))
    dW_hh, carry = np.zeros_like(p['W_hh']), 0
    for t in reversed(range(problem.T)):
        dh = (h[t + 1] @ p['W_hy'] - target[t]) @ p['W_hy'].T + carry
        da = dh * (1 - h[t + 1] ** 2)
        dW_hh += h[t].T @ da
        carry = da @ p['W_hh'].T
    return dict(dW_hh=dW_hh FACTOR, y=np.stack(h[1:]) @ p['W_hy'])
"""


def test_float32_rounding_is_not_called_wrong(tmp_path: Path) -> None:
    case = read_case(_case(tmp_path, PASS.replace("FACTOR", "")))
    for seed in range(4):
        settings = replace(settings_for(case), dtype="float32", seed=seed, steps=40, weight_scale=1.5)
        assert inspect_gradients(settings, case).verdict != "differ"


def test_a_small_factor_in_float32_is_convicted_in_float64(tmp_path: Path) -> None:
    case = read_case(_case(tmp_path, PASS.replace("FACTOR", "* 1.001")))
    result = inspect_gradients(replace(settings_for(case), dtype="float32"), case)
    assert result.report("dW_hh").verdict == "factor"


def test_another_forward_pass_is_said_first(tmp_path: Path) -> None:
    case = read_case(_case(tmp_path, PASS.replace("FACTOR", "").replace("np.tanh", "np.sin")))
    result = inspect_gradients(settings_for(case), case)
    assert result.headline.startswith("The forward pass is another function: y is off by ")


def test_a_saved_result_is_the_same(question: Inspection, tmp_path: Path) -> None:
    path = tmp_path / "r.bptt"
    save_inspection(question, path)
    back = load_inspection(path)
    assert (back.verdict, back.headline, back.parameters, back.first_divergence, back.notes) == (
        question.verdict,
        question.headline,
        question.parameters,
        question.first_divergence,
        question.notes,
    )
    for name in question.arrays.names():
        assert np.array_equal(back.arrays.read(name), question.arrays.read(name))
    assert isinstance(back.arrays, ContainerReader)
    back.arrays.close()


def test_one_entry_by_central_differences(question: Inspection) -> None:
    name, index = parse_element(" dW_hh[0, 1] ", question)
    found = third_opinion(question, name, index)
    assert found.side == "reference"
    assert found.measured == pytest.approx(found.reference, rel=1e-6)
    for text in ("dW_hh", "dW_hh[9,0]", "dQ[0]", "dW_hh[0]", "dW_hh[-1,0]"):
        with pytest.raises(InputError):
            parse_element(text, question)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": 0}, "T is 0"),
        ({"hidden": -3}, "H is -3"),
        ({"loss": "l2"}, "unknown loss 'l2'"),
        ({"activation": "gelu"}, "unknown activation"),
        ({"dtype": "float16"}, "unknown dtype"),
        ({"seed": -1}, "seed is -1"),
        ({"weights": "file"}, "no file is named"),
        ({"weights": "file", "weights_file": "none.npz"}, "none.npz"),
        ({"data": "text", "data_file": "none.txt"}, "none.txt"),
        ({"steps": 10**9, "hidden": 10**5}, "GiB"),
        ({"counted": "some"}, "unknown counted"),
    ],
)
def test_bad_settings_get_a_sentence(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        inspect_gradients(replace(ProblemSettings(), **changes))  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_settings_travel_as_json() -> None:
    settings = ProblemSettings(hidden=3, weights_map=(("W_hh", "k.T"),))
    assert ProblemSettings.from_json(settings.to_json()) == settings


def test_exploding_values_are_said_and_not_called_wrong() -> None:
    result = inspect_gradients(ProblemSettings(activation="identity", weight_scale=1e3, steps=300))
    assert result.verdict == "undecided"
    assert "overflows float64" in result.headline
    assert any("h is not finite from step t = " in note for note in result.notes)


def test_without_an_output_layer_k_is_h() -> None:
    result = inspect_gradients(ProblemSettings(output_layer=False, outputs=9))
    assert (result.problem["H"], result.problem["K"]) == (9, 9)
    with pytest.raises(InputError, match="K = H"):
        inspect_gradients(ProblemSettings(output_layer=False, outputs=9, hidden=3))
