"""Names and shapes as nobody would save them: a plan, none, or one sentence; never anything else."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.problem_files import plan_of
from rnn.settings import NETWORK, ProblemSettings
from rnn.weights import Entry, Listing, translated, translated_gradients

LEAVES = (
    *("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse", "weight_ih",),
    *("weight_hh", "bias_ih", "bias_hh", "weight_hr_l0", "weight_ih_l1", "weight_hh_l1", "weight", "bias", "kernel"),
    *("recurrent_kernel", "embeddings", "embedding", "vars/0", "vars/1", "vars/2", "kernel:0", "recurrent_kernel:0"),
    *(f"{side}{gate}/{leaf}" for side in "ih" for gate in ("i", "f", "g", "o", "r", "z", "n", "") for leaf in ("kernel", "bias")),
    *("dense_i/kernel", "dense_h/kernel", "dense_i/bias", "dense_h/bias"),
)  # fmt: skip
PATHS = (
    *("", "rnn.", "a.b.", "lstm1.", "lstm2.", "forward.", "layers/lstm/cell/", "layers/gru_1/cell/", "layers/dense/"),
    *(
        "model/",
        "ema/",
        "layers/bidirectional/forward_layer/cell/",
        "layers/bidirectional/backward_layer/cell/",
        "x//",
        "./.",
    ),
)
SHAPES = (
    (),
    (3,),
    (9,),
    (12,),
    (2, 9),
    (1, 9),
    (9, 3),
    (3, 9),
    (12, 3),
    (3, 12),
    (3, 3),
    (4, 12),
    (4, 3),
    (0, 3),
    (2, 3, 4),
)
CLASSES = (
    "LSTM",
    "GRU",
    "Bidirectional",
    "RNN",
    "Dense",
    "Sequential",
    "",
    None,
    3,
    [],
    "Embedding",
    "StackedRNNCells",
)
VALUES: tuple[Any, ...] = (None, "tanh", "relu", "sigmoid", {"class_name": "f"}, 7, [], "concat", True, "sum")


def _config(rng: random.Random, depth: int = 0) -> Any:
    keys = ("activation", "recurrent_activation", "reset_after", "merge_mode", "name", "go_backwards", "units")
    config: Any = {key: rng.choice(VALUES) for key in keys if rng.random() < 0.6}
    for key in ("layer", "cell"):
        if rng.random() < 0.4 and depth < 3:
            config[key] = rng.choice([_config(rng, depth + 1), None, 3])
    if rng.random() < (0.9 if depth == 0 else 0.2) and depth < 4:
        config["layers"] = [_config(rng, depth + 1) for _ in range(rng.randrange(4))]
    made: Any = {"class_name": rng.choice(CLASSES), "config": config}
    return rng.choice([made, made, made, None, "text"])


def _listing(rng: random.Random) -> Listing:
    paths, first = rng.sample(PATHS, 3), rng.choice(LEAVES)
    names = {rng.choice(paths) + rng.choice(LEAVES) for _ in range(rng.randrange(1, 30))} | {paths[0] + first}
    if rng.random() < 0.6:  # parts that belong together, most of them of a fitting shape
        groups = (
            "weight_ih_l0 weight_hh_l0",
            "kernel recurrent_kernel bias",
            "vars/0 vars/1 vars/2",
            "dense_i/kernel dense_h/kernel",
        )
        names |= {paths[0] + leaf for leaf in rng.choice(groups).split()}
    origin = {"framework": rng.choice(["torch", "keras", "flax", "matlab"])}
    if rng.random() < 0.5:
        origin["config"] = json.dumps(_config(rng))
    size = rng.choice(SHAPES)
    shapes = {name: size if rng.random() < 0.3 else rng.choice(SHAPES) for name in sorted(names)}
    return Listing("", {name: Entry(name, shape, "float64", 8) for name, shape in shapes.items()}, origin)


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_or_none_or_a_sentence(seed: int) -> None:
    """And a plan can be carried out, on any settings."""
    rng, made = random.Random(seed), 0
    for _ in range(100):
        listing = _listing(rng)
        settings = ProblemSettings(
            cell=rng.choice(["rnn", "lstm", "gru", "leaky"]), layers=rng.randrange(1, 3), bidirectional=rng.random() < 0.3,
            dictated=tuple(rng.sample(NETWORK, rng.randrange(4))), weights_map=rng.choice([(), (), (("layers", "rnn.l0"),)]),
        )  # fmt: skip
        arrays = {name: np.ones(entry.shape) for name, entry in listing.entries.items()}
        try:
            plan = plan_of(settings, listing)
            if plan is not None:
                translated(plan, dict(arrays))
                translated_gradients(plan, arrays)
                plan.taken_as()
                made += 1
        except InputError as error:
            assert 20 < len(str(error)) < 2000
    assert seed or made  # some of them are plans
