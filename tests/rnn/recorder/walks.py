"""Small programs of every shape that steps can have, for whoever walks through recordings."""

# mypy: ignore-errors
# ruff: noqa
# fmt: off
from __future__ import annotations

import numpy as np


def inner_most(x):
    y = x * 2
    return y


def middle(x):
    a = inner_most(x)
    b = inner_most(a) + inner_most(x)
    return a + b


def three_levels():
    h = np.zeros(2)
    for t in range(3):
        h = middle(h) + 1
        h = h * 0.5
    total = h.sum()
    return total


def nested_loops():
    total = 0
    for i in range(3):
        total += 1
        for j in range(i):
            total += middle(j)
        total -= 1
    for k in []:
        total = 0
    return total


def forward(n):
    hs = []
    for t in range(n):
        hs.append(inner_most(t))
    return hs


def backward(hs):
    d = 0
    for t in reversed(range(len(hs))):
        d += middle(hs[t])
    return d


def both_passes():
    hs = forward(4)
    d = backward(
        hs
    )
    e = backward(forward(2))
    return d + e


def endless():
    n = 0
    while True:
        n += 1
        middle(n)
        if n > 2:
            break
    return n


def endless_around_a_loop():
    n = 0
    while True:
        for i in range(2):
            n += 1
        if n > 5:
            return n


def endless_with_try():
    n = 0
    while True:
        try:
            n += inner_most(1)
            if n > 5:
                return n
        finally:
            n += 1


def early(n):
    for i in range(9):
        if i == n:
            return i
    return -1


def early_returns():
    a = early(2)
    b = early(99)
    for n in range(2):
        a += early(n)
    return a, b


def fails(x):
    y = x + 1
    raise ValueError(y)


def hands_on(x):
    for i in range(2):
        fails(i)
    return x


def exception_caught():
    total = 0
    for t in range(2):
        try:
            hands_on(t)
        except ValueError:
            total += 1
    return total


def exception_out():
    total = 0
    total += hands_on(1)
    return total


def numbers(n):
    for i in range(n):
        yield i
    last = n
    yield last


def generators():
    total = 0
    for x in numbers(2):
        total += inner_most(x)
    g, h = numbers(3), numbers(2)
    total += next(g)
    total += next(h)
    total += next(g) + next(h)
    total += advance(g)
    return total


def advance(g):
    x = next(g)
    return x


def chained(n):
    yield from numbers(n)


def generators_in_generators():
    total = 0
    for x in chained(3):
        total += x
    total += sum(chained(2))
    return total


def factorial(n):
    if n < 2:
        return 1
    less = factorial(n - 1)
    return n * less


def recursion():
    a = factorial(5)
    for t in range(2):
        a += factorial(t + 2)
    return a


def comprehension():
    a = [inner_most(x) for x in range(3)]
    b = {x: middle(x) for x in range(2)}
    return a, b


def one_line():
    total = 0
    for x in range(3): total += inner_most(x)
    while total > 2: total -= 3
    return total


def checks(n):
    for i in range(2):
        n += i
    return n < 6


def calls_in_headers():
    n = 0
    while checks(n):
        n += 2
    for x in forward(2):
        n += x
    for x in forward(0):
        n += x
    return n


def only_an_empty_loop():
    for x in forward(0):
        pass


def consecutive():
    n = 0
    for i in range(2):
        n += i
    for i in range(2):
        n -= i
    for a in range(2):
        for b in range(2):
            for c in range(2):
                n += 1
    return n


def multi_line():
    a = [
        1,
        2,
    ]
    for t in range(2):
        a = inner_most(
            a
        )
    return a


class Cell:
    def __init__(self, n):
        self.n = n

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        self.n += 1


def managed():
    for t in range(2):
        with Cell(t) as cell:
            cell.n += 1
    f = lambda x: inner_most(x) + 1
    return f(2) + f(3)


def defined_in_a_loop():
    total = 0
    for t in range(2):
        def helper(x):
            y = inner_most(x)
            for i in range(x):
                y += i
            return y
        total += helper(t + 1)
    total += helper(2)
    return total


PROGRAMS = (
    three_levels, nested_loops, both_passes, endless, endless_around_a_loop, endless_with_try, early_returns,
    exception_caught, exception_out, generators, generators_in_generators, recursion, comprehension, one_line,
    calls_in_headers, only_an_empty_loop, consecutive, multi_line, managed,
    defined_in_a_loop,
)  # fmt: skip
