"""Functions to record: two loops, something that is not finite, and output."""

# mypy: ignore-errors
from __future__ import annotations

import sys

import numpy as np


def forward(T):
    h, hs = np.ones(2), []
    for t in range(T):
        h = h * 0.5
        if t == 3:
            h = h * np.nan
        hs.append(h)
    return hs


def backward(hs):
    total = np.zeros(2)
    for t in reversed(range(len(hs))):
        total = total + hs[t]
    return total


def both():
    hs = forward(6)
    return backward(hs)


def long():
    return forward(4000)


def talking():
    print("first", 1)
    for t in range(3):
        print(t, end=" ")
    print("done")
    print("no\ngood", file=sys.stderr)
    return t
