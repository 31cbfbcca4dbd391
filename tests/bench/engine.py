"""The engine against bare loops."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import numpy as np

from rnn import oracle
from rnn.handwritten import run_by_hand
from rnn.network import Network
from rnn.problem import Problem
from tests.bench.measure import Claim, compare, seconds
from tests.problems import make_problem

NETWORK = Network("rnn", "tanh", "half_squared_error", True)


def _bare_numpy(problem: Problem) -> tuple[np.ndarray, ...]:
    """The same recurrences as anybody would write them."""
    p, x, target = problem.parameters, problem.x, problem.target
    W_xh, W_hh, b_h, W_hy, b_y = p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"], p["b_y"]
    steps, batch, _ = x.shape
    h = np.empty((steps + 1, batch, len(W_hh)))
    h[0] = problem.h0
    for t in range(steps):
        h[t + 1] = np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h)
    dy = h[1:] @ W_hy + b_y - target
    dh_out = dy @ W_hy.T
    da, carry = np.empty_like(dh_out), np.zeros((batch, len(W_hh)))
    for t in reversed(range(steps)):
        dh = dh_out[t] + carry
        da[t] = dh * (1 - h[t + 1] * h[t + 1])
        carry = da[t] @ W_hh.T
    flat = da.reshape(-1, da.shape[-1])
    return (
        x.reshape(len(flat), -1).T @ flat,
        h[:-1].reshape(len(flat), -1).T @ flat,
        flat.sum(0),
        h[1:].reshape(len(flat), -1).T @ dy.reshape(len(flat), -1),
        dy.sum((0, 1)),
        da @ W_xh.T,
        carry,
    )


def _plain_jax(problem: Problem) -> object:
    """A jitted value_and_grad over scan for the parameters alone, compiled."""
    from rnn.oracle.programs import inputs_of
    from rnn.oracle.setup import jax

    jnp = jax.numpy
    inputs = inputs_of(problem)

    def loss(params: dict[str, object]) -> object:
        def body(h: object, x: object) -> object:
            h = jnp.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
            return h, h

        _, h = jax.lax.scan(body, inputs["h0"], inputs["x"])
        return 0.5 * ((h @ params["W_hy"] + params["b_y"] - inputs["target"]) ** 2).sum()

    program = jax.jit(jax.value_and_grad(loss))
    return lambda: jax.device_get(program(inputs["params"]))


FIRST_CALL = """
import sys, time
from rnn.network import Network
from rnn import oracle
import rnn.oracle.setup
from tests.problems import make_problem
problem = make_problem(Network("rnn", "tanh", "half_squared_error", True), (50, 2, 7, 64, 7))
start = time.perf_counter(); oracle.reference(problem); print(time.perf_counter() - start)
"""


def _first_call(folder: str) -> float:
    environment = {**os.environ, "XDG_CACHE_HOME": folder, "LOCALAPPDATA": folder, "HOME": folder}
    run = subprocess.run(
        [sys.executable, "-c", FIRST_CALL], capture_output=True, text=True, check=True, env=environment
    )
    return float(run.stdout)


def _slope() -> Claim:
    """Log-log slope of the hand-written pass and the oracle together over T."""
    lengths, times = [100, 1_000, 10_000, 100_000], []
    for steps in lengths:
        problem = make_problem(NETWORK, (steps, 1, 8, 32, 8), scale=0.1)
        oracle.reference(problem)
        times.append(min(seconds(lambda p=problem: (run_by_hand(p), oracle.reference(p))) for _ in range(3)))
    slope = float(np.polyfit(np.log(lengths), np.log(times), 1)[0])
    return Claim(
        "cost against T from 100 to 100,000: log-log slope",
        slope,
        1.1,
        f"{times[0] * 1e3:.1f} to {times[-1] * 1e3:.0f} ms",
    )


def claims() -> Iterator[Claim]:
    """The engine's claims."""
    problem = make_problem(NETWORK, (1000, 1, 64, 256, 64), scale=0.05)
    yield compare(
        "hand BPTT T=1000 H=256 B=1 / bare NumPy loop", 1.2, lambda: run_by_hand(problem), lambda: _bare_numpy(problem)
    )
    plain = _plain_jax(problem)
    yield compare(
        "oracle with all intermediates / plain jitted gradient", 2.0, lambda: oracle.reference(problem), plain
    )
    with tempfile.TemporaryDirectory() as folder:
        first, second = _first_call(folder), min(_first_call(folder) for _ in range(3))
        yield Claim(
            "first oracle call: second start / uncached",
            second / first,
            1 / 3,
            f"{second * 1e3:.0f} against {first * 1e3:.0f} ms",
        )
    yield _slope()
