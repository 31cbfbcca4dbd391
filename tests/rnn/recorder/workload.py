"""The measured workload: backward passes of a character RNN as blogs write them, in three styles."""

from __future__ import annotations

from typing import Any

import numpy as np


def make(T: int, H: int, D: int = 64, seed: int = 0) -> tuple[Any, ...]:
    """Arguments of `backward`: dicts of column vectors; xs one-hot (D, 1), hs[-1] = 0, W_hh ~ N(0, 1/H)."""
    random = np.random.default_rng(seed)
    Wxh, Why = random.normal(size=(H, D)) * 0.1, random.normal(size=(D, H)) * 0.1
    Whh = random.normal(size=(H, H)) / np.sqrt(H)
    bh, by = np.zeros((H, 1)), np.zeros((D, 1))
    xs: dict[int, Any] = {}
    hs: dict[int, Any] = {-1: np.zeros((H, 1))}
    ps: dict[int, Any] = {}
    targets = [int(one) for one in random.integers(0, D, T)]
    for t in range(T):
        xs[t] = np.zeros((D, 1))
        xs[t][random.integers(D)] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        exponents = np.exp(Why @ hs[t] + by)
        ps[t] = exponents / exponents.sum()
    return T, xs, hs, ps, targets, Wxh, Whh, Why, bh, by


def stacked(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same with (T, ...) histories instead of dicts; hs has h[-1] as its last row."""
    T, xs, hs, ps, *rest = arguments
    histories = [np.stack([one[t] for t in range(T)]) for one in (xs, hs, ps)]
    histories[1] = np.concatenate([histories[1], hs[-1][None]])
    return (T, *histories, *rest)


def backward(T, xs, hs, ps, targets, Wxh, Whh, Why, bh, by):  # type: ignore[no-untyped-def]
    """The backward pass of a character RNN as most blogs write it."""
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(T)):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(dparam, -5, 5, out=dparam)
    return dWxh, dWhh, dWhy, dbh, dby


def backward_rows(T, xs, hs, ps, targets, Wxh, Whh, Why, bh, by):  # type: ignore[no-untyped-def]
    """The same mathematics with (T, H) histories that are written one row an iteration."""
    H, D = Whh.shape[0], Why.shape[0]
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dhs, das, dys = np.empty((T, H)), np.empty((T, H)), np.empty((T, D))
    dhnext = np.zeros(H)
    for t in range(T - 1, -1, -1):
        dys[t] = ps[t][:, 0]
        dys[t, targets[t]] -= 1
        dWhy += np.outer(dys[t], hs[t])
        dhs[t] = Why.T @ dys[t] + dhnext
        das[t] = (1 - hs[t][:, 0] ** 2) * dhs[t]
        dWxh += np.outer(das[t], xs[t])
        dWhh += np.outer(das[t], hs[t - 1])
        dhnext = Whh.T @ das[t]
    dbh, dby = das.sum(axis=0), dys.sum(axis=0)
    return dWxh, dWhh, dWhy, dbh[:, None], dby[:, None]


class Network:
    """The same as methods of a class that keeps everything in attributes."""

    def __init__(self, T, xs, hs, ps, targets, Wxh, Whh, Why, bh, by):  # type: ignore[no-untyped-def]
        """Args: as of `backward`."""
        self.T, self.xs, self.hs, self.ps, self.targets = T, xs, hs, ps, targets
        self.Wxh, self.Whh, self.Why, self.bh, self.by = Wxh, Whh, Why, bh, by

    def backward(self):  # type: ignore[no-untyped-def]
        """All gradients."""
        self.dWxh, self.dWhh = np.zeros_like(self.Wxh), np.zeros_like(self.Whh)
        self.dWhy = np.zeros_like(self.Why)
        self.grads = {"bh": np.zeros_like(self.bh), "by": np.zeros_like(self.by)}
        self.dhnext = np.zeros_like(self.hs[0])
        for t in reversed(range(self.T)):
            dy = np.copy(self.ps[t])
            dy[self.targets[t]] -= 1
            self.dWhy += np.dot(dy, self.hs[t].T)
            self.grads["by"] += dy
            self.dh = np.dot(self.Why.T, dy) + self.dhnext
            self.dhraw = (1 - self.hs[t] * self.hs[t]) * self.dh
            self.grads["bh"] += self.dhraw
            self.dWxh += np.dot(self.dhraw, self.xs[t].T)
            self.dWhh += np.dot(self.dhraw, self.hs[t - 1].T)
            self.dhnext = np.dot(self.Whh.T, self.dhraw)
        for dparam in [self.dWxh, self.dWhh, self.dWhy, *self.grads.values()]:
            np.clip(dparam, -5, 5, out=dparam)
        return self.dWxh, self.dWhh, self.dWhy, self.grads["bh"], self.grads["by"]
