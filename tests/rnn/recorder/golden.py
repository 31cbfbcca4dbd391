"""Prints the list of steps of some awkward functions as JSON; run by every interpreter at hand, and compared."""

# mypy: ignore-errors
# ruff: noqa
# fmt: off
from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from pathlib import Path


def plain(n=3):
    total = 0
    for i in range(n):
        total += i
    else:
        total -= 1
    return total


def nested():
    found = []
    for i in range(2):
        for j in range(2):
            if i == j:
                continue
            found.append((i, j))
        else:
            found.append(i)
    return found


def whiles():
    n = 0
    while n < 3:
        n += 1
    while True:
        n += 1
        if n > 6:
            break
    while True:
        if step(n):
            break
        n += 1
    items = iter([1, 1, 0])
    while next(items):
        pass
    items = iter([1, 1, 0])
    while next(items): n += 1
    while 1:
        n -= 1
        if n: continue
        return n


def step(n):
    return n > 8


def comprehensions():
    a = [i * 2 for i in range(3)]
    b = [i * j
         for i in a
         for j in range(2)
         if j]
    c = {i: [k for k in range(i)] for i in range(2)}
    d = {x for x in a}
    e = sum(x for x in b)
    if any([x > 1 for x in a]) and all(x for x in d):
        e += 1
    for x in [y for y in a if y]:
        e += x
    while [y for y in a if y > e]:
        e += 1
    return a, b, c, d, e


def one_line():
    a = 0
    for i in range(3): a += 1
    while a < 5: a += 1
    if a: a = 2
    b = 1; c = 2; a = b + c
    for i in range(2): a += i; b += a
    x = 1 if a else 2
    return a if x else b


def multi_line():
    a = (1 +
         2)
    b = [
        a,
        plain(
            2
        ),
    ]
    c = plain(
        n=a
        if a
        else b
    ) + (
        1
    )
    d = f"{a}" \
        "x"
    assert (
        c
    ), "no"
    e = (a
         if c
         else b)
    return (
        a,
        d, e
    )


def exceptions():
    n = 0
    for i in range(4):
        try:
            n += 1
            if i == 0:
                raise KeyError(i)
            elif i == 1:
                int("x")
            n += 10
        except KeyError:
            n += 100
        except (ValueError, TypeError):
            pass
        else:
            n += 1000
        finally:
            n -= 1
    try:
        inner()
    except ZeroDivisionError:
        n = -n
    try:
        return n
    finally:
        n += 1


def inner():
    try:
        return 1 / 0
    finally:
        len([])


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return args[0] is ValueError


def withs():
    with Manager() as m:
        n = 1
    with Manager(), Manager() as m:
        raise ValueError
    with (
        Manager() as m,
        contextlib.suppress(KeyError),
    ):
        {}["x"]
    with Manager():
        for i in range(2):
            with Manager():
                if i:
                    break
    with Manager():
        return n


def generator(n):
    got = 0
    try:
        for i in range(n):
            got = yield i
            if got:
                yield got * 2
    finally:
        got = -1
    return got


def delegating():
    value = yield from generator(2)
    yield value


def generators():
    a = list(generator(2))
    g = generator(3)
    next(g)
    b = g.send(5)
    g.close()
    c = [x for x in delegating()]
    d = next(generator(1))
    e = next(iter([]), 4)
    try:
        next(iter([]))
    except StopIteration:
        e += 1
    return a, b, c, d, e


def recursion(n=3):
    if n <= 0:
        return 0
    return 1 + recursion(n - 1)


def decorated():
    def twice(function):
        def wrapper(*args):
            function(*args)
            return function(*args)
        return wrapper

    @twice
    @twice
    def target(x):
        return x

    class Inside:
        size = 3

        def go(self):
            return self.size

    double = lambda x: x * 2
    return target(1), Inside().go(), double(2), list(map(double, [1, 2]))


def matching():
    found = []
    for value in (1, (2, 3), [4], {"k": 5}, "s"):
        match value:
            case 1:
                found.append(1)
            case (a, b):
                found.append(a)
            case [x]: found.append(x)
            case {"k": v} if v > 4:
                found.append(v)
            case _:
                pass
    return found


def assigned():
    a = b = 0
    (a, b), *c = (1, 2), 3, 4
    if (n := len(c)) > 1: a = n
    x: int = 3
    y: int
    del b
    global MADE
    MADE = x
    import os.path as p
    pass
    return a, p is not None


def asynchronous():
    async def two(n):
        return n * 2

    async def run():
        total = 0
        for i in range(2):
            total += await two(i)
        async with Async() as one:
            total += one
        async for x in Async():
            total += x
        return total + sum([x async for x in Async()])

    coroutine = run()
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value


class Async:
    def __init__(self):
        self.left = 2

    async def __aenter__(self):
        return 1

    async def __aexit__(self, *args):
        return False

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.left -= 1
        if self.left < 0:
            raise StopAsyncIteration
        return self.left


FUNCTIONS = (
    plain, nested, whiles, comprehensions, one_line, multi_line, exceptions, withs, generators, recursion, decorated, matching,
    assigned, asynchronous,
)


def steps(function) -> list:
    """(line in the function's file, iteration, t, depth, flags) of every step."""
    from rnn.recorder import record

    with tempfile.TemporaryDirectory() as folder:
        recorded = record(function, path=Path(folder) / "run.rec")
        recording = recorded.recording
        found = []
        for number in range(len(recording)):
            one = recording.step(number)
            found.append([one.line, one.iteration, one.t, one.depth, one.flags])
        recording.close()
        return [repr(recorded.value), found]


if __name__ == "__main__":
    json.dump({function.__name__: steps(function) for function in FUNCTIONS}, sys.stdout)
