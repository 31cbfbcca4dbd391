"""What names and shapes of a framework's file tell, what is asked, and what contradicts."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.problem_files import plan_of
from rnn.settings import ProblemSettings
from rnn.weights import AmbiguousWeights, Entry, Listing, Plan, translated, translated_gradients

Shapes = Mapping[str, tuple[int, ...]]
D, H, K, V = 5, 3, 2, 7


def _plan(shapes: Shapes, origin: Mapping[str, str] | None = None, **settings: Any) -> Plan:
    entries = {name: Entry(name, shape, "float64", 8) for name, shape in shapes.items()}
    plan = plan_of(ProblemSettings(weights="file", **settings), Listing("", entries, origin or {}))
    assert plan is not None
    return plan


def _torch(path: str = "rnn.", gates: int = 1, inputs: int = D, layer: str = "_l0", biases: bool = True) -> Shapes:
    found = {f"{path}weight_ih{layer}": (gates * H, inputs), f"{path}weight_hh{layer}": (gates * H, H)}
    return found | ({f"{path}bias_{side}{layer}": (gates * H,) for side in ("ih", "hh")} if biases else {})


LINEAR = {"fc.weight": (K, H), "fc.bias": (K,)}


@pytest.mark.parametrize(
    "prefix", ["", "model.rnn.", "module.encoder.lstm.", "state_dict/net.", "_orig_mod.module.", "0."]
)
@pytest.mark.parametrize("gates", [1, 3, 4])
def test_prefixes_don_t_matter(prefix: str, gates: int) -> None:
    """Whatever stands before the name of an array, it is the same array."""
    plan = _plan(_torch(prefix, gates))
    assert plan.fields["cell"] == {1: "rnn", 3: "gru", 4: "lstm"}[gates]
    assert plan.keys[0] == f"{prefix}weight_ih_l0"


def test_facts_of_the_file_are_the_network() -> None:
    """Embedding, output layer, layers and options; and each says where it is from."""
    shapes = {"words.weight": (V, D), **_torch(gates=3), **_torch(gates=3, inputs=H, layer="_l1"), **LINEAR}
    plan = _plan(shapes)
    expected = {"cell": "gru", "layers": 2, "bidirectional": False, "embedding": True, "output_layer": True}
    assert {name: plan.fields[name] for name in expected} == expected
    assert dict(plan.fields["cell_options"]) == {"reset": "after", "two_biases": True}
    assert plan.unused == ()
    assert plan.taken_as()["rnn.weight_hh_l1"] == "W_hh.1 (transposed)"


@pytest.mark.parametrize(
    ("settings", "dictated", "said"),
    [
        ({"cell": "lstm"}, ("cell",), "cell = 'lstm'"),
        ({}, ("layers",), "several recurrent networks"),
        ({"layers": 3}, ("layers",), "layers = 3"),
        ({"bidirectional": True}, ("bidirectional",), "bidirectional = True"),
        ({"hidden": 9}, (), "hidden = 9"),
        ({}, ("cell_options",), "reset = 'after', and 'before' is dictated"),
    ],
)
def test_what_a_case_dictates_is_not_changed(settings: Any, dictated: tuple[str, ...], said: str) -> None:
    """A file that contradicts is refused; with one layer of two dictated it is asked which."""
    shapes = {**_torch(gates=3), **_torch(gates=3, inputs=H, layer="_l1")}
    with pytest.raises(InputError, match=said):
        _plan(shapes, dictated=dictated, **settings)


def test_what_is_only_set_follows_the_file() -> None:
    """Nobody dictates it, so the window's own choice of a cell is no contradiction."""
    assert _plan(_torch(gates=4), cell="gru", cell_options=(("reset", "after"),)).fields["cell"] == "lstm"


def test_several_networks_are_asked_for() -> None:
    """Encoder and decoder fit above each other and are not taken so; every option of the question is an answer."""
    shapes = {**_torch("encoder.", inputs=H), **_torch("decoder.", inputs=H)}
    with pytest.raises(AmbiguousWeights, match="--weights-map layers=") as caught:
        _plan(shapes)
    [question] = caught.value.questions
    assert set(question.options) == {"encoder.l0", "decoder.l0", "encoder.l0+decoder.l0"}
    for option in question.options:
        plan = _plan(shapes, weights_map=(("layers", option),))
        assert plan.fields["layers"] == 1 + option.count("+")
        assert ("left out" in " ".join(plan.notes)) == ("+" not in option)
    with pytest.raises(InputError, match="no network of the weight file"):
        _plan(shapes, weights_map=(("layers", "middle.l0"),))


def test_numbered_modules_are_layers() -> None:
    """`cells.0`, `cells.1`, ... `cells.10` by their numbers, whatever the order in the file."""
    order = [10, 0, 2, 1, *range(3, 10)]
    shapes: dict[str, tuple[int, ...]] = {}
    for k in order:
        shapes |= _torch(f"cells.{k}.", 4, D if k == 0 else H, "")
    plan = _plan(shapes)
    assert plan.fields["layers"] == 11
    assert plan.recipes["W_xh.10"][0][0].key == "cells.10.weight_ih"


def test_layers_that_don_t_fit_each_other_are_asked_for() -> None:
    """Two LSTMs of other sizes are no stack here."""
    other = {"lstm2.weight_ih_l0": (20, 3), "lstm2.weight_hh_l0": (20, 5)}
    with pytest.raises(AmbiguousWeights):
        _plan({**_torch("lstm1.", 4), **other})


def test_directions_of_linen_s_own_names() -> None:
    """`GRUCell_0` and `GRUCell_1` may be two layers or both directions: the Dense layer tells, or it is asked."""

    def cell(k: int, inputs: int) -> Shapes:
        names = {f"{side}{gate}": side for side in "ih" for gate in "rzn"}
        return {f"params/GRUCell_{k}/{name}/kernel": (inputs if side == "i" else H, H) for name, side in names.items()}

    both, stacked = {"params/Dense_0/kernel": (2 * H, K)}, {"params/Dense_0/kernel": (H, K)}
    shapes = {**cell(0, H), **cell(1, H)}
    assert _plan({**shapes, **both}).fields["bidirectional"]
    assert _plan({**shapes, **stacked}).fields["layers"] == 2
    with pytest.raises(AmbiguousWeights) as caught:
        _plan(shapes)
    options = caught.value.questions[0].options
    assert len(options) == 2
    assert [_plan(shapes, weights_map=(("layers", option),)).fields["layers"] for option in options] == [2, 1]


def test_two_output_layers_are_asked_for() -> None:
    """And `none` is an answer."""
    shapes = {**_torch(), "policy.weight": (K, H), "policy.bias": (K,), "value.weight": (1, H), "value.bias": (1,)}
    with pytest.raises(AmbiguousWeights, match="W_hy may be 'policy' or 'value'"):
        _plan(shapes)
    assert "W_hy" not in _plan(shapes, weights_map=(("W_hy", "none"),)).recipes
    assert _plan(shapes, weights_map=(("W_hy", "value"),)).recipes["W_hy"][0][0].key == "value.weight"
    assert _plan(shapes, outputs=K).recipes["b_y"][0][0].key == "policy.bias"


def test_a_matrix_without_bias_may_be_the_embedding() -> None:
    """Its name or its shape tells; otherwise it is asked."""
    same = _torch(inputs=H)
    assert _plan({**same, "embed.weight": (V, H)}).fields["embedding"]
    assert not _plan({**_torch(), "out.weight": (K, H)}).fields["embedding"]
    assert _plan({**_torch(), "words.weight": (V, D)}).fields["embedding"]
    with pytest.raises(AmbiguousWeights, match="embedding or the output layer"):
        _plan({**same, "x.weight": (V, H)})
    assert _plan({**same, "x.weight": (V, H)}, weights_map=(("W_e", "none"),)).fields["output_layer"]
    assert _plan({**same, "x.weight": (V, H)}, weights_map=(("W_e", "x"),)).fields["embedding"]


def test_a_case_without_an_embedding_leaves_it_out() -> None:
    """x then stands for its rows, and the notes say it."""
    plan = _plan({"emb.weight": (V, D), **_torch(), **LINEAR}, dictated=("embedding",))
    assert "W_e" not in plan.recipes
    assert "left out" in " ".join(plan.notes)


def test_checkpoints_hold_the_same_names_twice() -> None:
    """The output layer is taken from the part that the layers are from."""
    shapes = {f"{part}/{name}": shape for part in ("ema", "model") for name, shape in {**_torch(), **LINEAR}.items()}
    plan = _plan(shapes, weights_map=(("layers", "model/rnn.l0"),))
    assert {key.partition("/")[0] for key in plan.keys} == {"model"}


def test_projections_and_minimal_units_are_refused() -> None:
    """They are no cells here, and it is said."""
    with pytest.raises(InputError, match="proj_size"):
        _plan({**_torch(gates=4), "rnn.weight_hr_l0": (2, H)})
    names = [f"params/MGUCell_0/{name}/kernel" for name in ("if", "in", "hf", "hn")]
    with pytest.raises(InputError, match="MGUCell"):
        _plan(dict.fromkeys(names, (H, H)))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"recurrent_activation": "hard_sigmoid", "activation": "tanh"}', "gates with hard_sigmoid"),
        ('{"recurrent_activation": "sigmoid", "activation": "gelu"}', "activation gelu"),
    ],
)
def test_what_keras_says_of_its_layers_is_heard(config: str, said: str) -> None:
    """Another activation than ours is refused: the outputs would be others."""
    text = f'{{"config": {{"layers": [{{"class_name": "LSTM", "config": {config}}}]}}}}'
    shapes = {"layers/lstm/cell/vars/0": (D, 4 * H), "layers/lstm/cell/vars/1": (H, 4 * H)}
    with pytest.raises(InputError, match=said):
        _plan(shapes, {"framework": "keras", "config": text})
    assert _plan(shapes, {"framework": "keras", "config": "{[" + "[" * 9000}).fields["cell"] == "lstm"


def test_the_other_orientation_says_that_the_names_mislead() -> None:
    """Then names and shapes are matched without the framework's word."""
    entries = {name: Entry(name, shape, "float64", 8) for name, shape in _torch().items()}
    settings = ProblemSettings(weights="file", orientation="in,out")
    assert plan_of(settings, Listing("", entries)) is None
    assert plan_of(ProblemSettings(weights="file", weights_map=(("W_hh", "x.T"),)), Listing("", entries)) is None


def _random(shapes: Shapes) -> dict[str, AnyArray]:
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def test_gradients_of_added_biases_must_be_the_same() -> None:
    """They are not added up; where they differ something else is meant."""
    shapes = _torch()
    arrays = _random(shapes)
    plan = _plan(shapes)
    assert np.array_equal(
        translated(plan, dict(arrays)).parameters["b_h"], arrays["rnn.bias_ih_l0"] + arrays["rnn.bias_hh_l0"]
    )
    found, notes = translated_gradients(plan, arrays)
    assert np.array_equal(found["b_h"], arrays["rnn.bias_ih_l0"]) and "two_biases" in " ".join(notes)
    arrays["rnn.bias_hh_l0"] = arrays["rnn.bias_ih_l0"]
    found, notes = translated_gradients(plan, arrays)
    assert np.array_equal(found["b_h"], arrays["rnn.bias_ih_l0"]) and "two_biases" not in " ".join(notes)


def test_bad_numbers_are_said_with_the_file_s_name() -> None:
    """NaN in a framework's file, too."""
    arrays = _random(_torch())
    arrays["rnn.weight_hh_l0"][1, 2] = np.nan
    with pytest.raises(InputError, match=r"weight_hh_l0.*not finite.*\[1, 2\]"):
        translated(_plan(_torch()), arrays)


def test_many_layers_take_no_long_time() -> None:
    """A hostile file with thousands of modules is answered with a sentence."""
    shapes: dict[str, tuple[int, ...]] = {}
    for k in range(3000):
        shapes |= _torch(f"m{k}.", inputs=H, biases=False)
    with pytest.raises(InputError, match="3000 recurrent layers"):
        _plan(shapes)


def test_translating_holds_no_array_twice() -> None:
    """What was used is let go, so that a large file takes hardly more than its own size."""
    shapes: dict[str, tuple[int, ...]] = {}
    for k in range(12):
        shapes |= {f"rnn.weight_ih_l{k}": (512, 128), f"rnn.weight_hh_l{k}": (512, 128)}
    plan = _plan(shapes)
    tracemalloc.start()
    try:
        arrays: dict[str, AnyArray] = {name: np.ones(shape, "float32") for name, shape in shapes.items()}
        size = sum(array.nbytes for array in arrays.values())
        assert len(translated(plan, arrays).parameters) == 24 and not arrays
        assert tracemalloc.get_traced_memory()[1] < 1.2 * size
    finally:
        tracemalloc.stop()
