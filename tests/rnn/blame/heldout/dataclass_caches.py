"""Dataclasses for parameters, for the cache of a step and for gradients; batch first; sigmoid units."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

CASE = dict(
    title="dataclasses and a named tuple, batch first, sigmoid",
    cell="rnn", activation="sigmoid", loss="half_squared_error", x="BTD", weights="in,out", h0="given",
    settings=dict(steps=7, batch=3, inputs=4, hidden=5, outputs=2, seed=37),
)


@dataclass
class Params:
    w_x: np.ndarray
    w_h: np.ndarray
    w_y: np.ndarray
    b_h: np.ndarray
    b_y: np.ndarray


@dataclass
class Grads:
    w_x: np.ndarray
    w_h: np.ndarray
    w_y: np.ndarray
    b_h: np.ndarray
    b_y: np.ndarray

    @classmethod
    def zeros(cls, params: Params) -> "Grads":
        return cls(**{name: np.zeros_like(value) for name, value in vars(params).items()})


class StepCache(NamedTuple):
    x: np.ndarray
    h_prev: np.ndarray
    h: np.ndarray
    y: np.ndarray


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-a))


def forward(params: Params, x: np.ndarray, h: np.ndarray) -> list[StepCache]:
    caches = []
    for t in range(x.shape[1]):
        h_prev = h
        h = sigmoid(x[:, t] @ params.w_x + h_prev @ params.w_h + params.b_h)
        y = h @ params.w_y + params.b_y
        caches.append(StepCache(x[:, t], h_prev, h, y))
    return caches


def output_layer_backward(params: Params, grads: Grads, cache: StepCache, dy: np.ndarray) -> np.ndarray:
    grads.w_y += cache.h.T @ dy
    grads.b_y += dy.sum(axis=0)
    return dy @ params.w_y.T


def recurrent_layer_backward(params: Params, grads: Grads, cache: StepCache, dh: np.ndarray) -> tuple:
    da = dh * cache.h * (1.0 - cache.h)
    grads.w_x += cache.x.T @ da
    grads.w_h += cache.h_prev.T @ da
    grads.b_h += da.sum(axis=0)
    return da @ params.w_h.T, da @ params.w_x.T


def backward(params: Params, caches: list[StepCache], target: np.ndarray) -> tuple:
    grads = Grads.zeros(params)
    dx = np.zeros((target.shape[0], target.shape[1], params.w_x.shape[0]))
    dh_next = np.zeros_like(caches[-1].h)
    for t, cache in reversed(list(enumerate(caches))):
        dy = cache.y - target[:, t]
        dh = output_layer_backward(params, grads, cache, dy) + dh_next
        dh_next, dx[:, t] = recurrent_layer_backward(params, grads, cache, dh)
    return grads, dx, dh_next


def run(problem):
    p = problem.params
    params = Params(p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    caches = forward(params, problem.x, problem.h0)
    grads, dx, dh0 = backward(params, caches, problem.target)
    return dict(dW_xh=grads.w_x, dW_hh=grads.w_h, dW_hy=grads.w_y, db_h=grads.b_h, db_y=grads.b_y, dx=dx, dh0=dh0,
                y=np.stack([cache.y for cache in caches], axis=1))
