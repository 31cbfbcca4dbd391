"""The program's own backward passes against JAX: no cell, option, loss, size or scale makes a false alarm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnn import oracle
from rnn.arrays import AnyArray
from rnn.cells import check_options
from rnn.compare import compare_on
from rnn.handwritten import run_by_hand
from rnn.losses import LOSSES
from rnn.network import Network
from rnn.noise import Noise, measure
from rnn.problem import Problem
from tests.problems import make_problem
from tests.rnn.test_tables import OPTIONS

SCALES = (1e-6, 0.3, 1.0, 3.0, 10.0, 30.0)


def _drawn(rng: np.random.Generator) -> tuple[Network, tuple[int, int, int, int, int]]:
    cell, options = OPTIONS[rng.integers(len(OPTIONS))]
    activation = str(rng.choice(["tanh", "tanh", "sigmoid", "relu", "identity"]))
    network = Network(
        cell,
        activation,
        str(rng.choice(list(LOSSES))),
        bool(rng.random() < 0.7),
        check_options(cell, options),
        int(rng.choice([1, 1, 1, 2])),
        bool(rng.random() < 0.15),
    )
    sizes = (
        int(rng.choice([1, 2, 5, 12, 40])),
        int(rng.choice([1, 2, 4])),
        int(rng.choice([1, 3, 6])),
        int(rng.choice([1, 2, 5, 16])),
        int(rng.choice([1, 2, 5])),
    )
    return network, sizes


@pytest.mark.parametrize("seed", range(24))
def test_no_false_alarm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network, sizes = _drawn(rng)
    for dtype in ("float64", "float32"):
        for scale in SCALES:
            problem = make_problem(
                network,
                sizes,
                dtype=dtype,
                scale=scale,
                seed=int(rng.integers(10**6)),
                zero_h0=bool(rng.random() < 0.3),
                counted=str(rng.choice(["all", "last", "mask"])),
            )
            wide = problem.cast("float64")

            def again(wide: Problem = wide) -> tuple[dict[str, AnyArray], Noise]:
                return run_by_hand(wide)[1].named(), measure(wide)

            with np.errstate(all="ignore"):
                hand, reference = run_by_hand(problem)[1].named(), oracle.reference(problem)[1].named()
                found = compare_on(problem, hand, reference, measure(problem), again)
            wrong = [(report.name, report.verdict) for report in found.parameters + found.intermediates if report.wrong]
            assert wrong == [], (network, sizes, dtype, scale)


def test_a_norm_clip_passes_its_noise_on() -> None:
    """Where one gradient is noisy, so is the norm, and with it every other gradient that is shrunk by it."""
    network = Network("gru", "tanh", "half_squared_error", True)
    whole = make_problem(network, (11, 8, 1, 8, 5), scale=20.0)
    problem = replace(whole, settings=replace(whole.settings, clip=("norm", 1.0)))
    clipped, plain = measure(problem).whole, measure(whole).whole
    reference = oracle.reference(whole)[1].parameters
    norm = float(np.sqrt(sum((value**2).sum() for value in reference.values())))
    noisy = max(plain, key=lambda name: plain[name] if name in reference else 0.0)
    share = plain[noisy] * np.sqrt(reference[noisy].size) / norm
    for name, value in reference.items():
        assert clipped[name] >= 0.99 * share * np.sqrt((value**2).mean()) / norm
