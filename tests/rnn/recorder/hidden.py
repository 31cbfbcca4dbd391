"""Code whose arrays are changed by what is not recorded: the recorder has to be exact or to say where it is not."""

# mypy: ignore-errors
# ruff: noqa
# fmt: off
from __future__ import annotations

import ctypes
import functools
import operator
import threading
import weakref

import numpy as np

from tests.rnn.recorder import library


def kept_by_a_library():
    a = np.zeros(4)
    library.keep(a)
    for i in range(4):
        library.spoil()
        a += 1
        if i == 2:
            a[1] = 9
    library.spoil()
    b = a.copy()
    library.keep(b[1:])
    library.spoil()
    a = a + b
    return a


def reused_buffers():
    total, seen = np.zeros(4), []
    for buffer in library.reused(4):
        total += buffer
        seen.append(buffer)
    for i, buffer in enumerate(library.reused(3)):
        buffer[0] = i
    return total, seen


def properties():
    store = library.Store()
    x = store.array
    x += 1
    y = store.array + x
    store.array[1] = 5
    return x, y


def managers():
    a = np.zeros(4)
    with library.Manager(a) as b:
        b[2] = 3
        a += 1
    with library.Manager(a[1:]):
        pass
    return a


def call_backs():
    a, calls = np.zeros(3), []

    def watch(x):
        calls.append(x.sum())
        x *= 2

    library.call_back(watch, a)
    library.call_back(lambda x: watch(x), a)
    library.call_back(np.negative, a)
    return a


def replaced_entries():
    d = {"a": np.zeros(3), "b": {"c": np.zeros(3)}}
    library.keep(d)
    library.replace("a")
    d["a"] += 1
    library.keep(d["b"])
    library.replace("c")
    library.replace("n")
    d["b"]["c"][0] = 1
    x = d["b"]["n"]
    return x


def from_c():
    a = np.zeros(4)
    ctypes.memset(a.ctypes.data, 1, 8)
    a += 1
    other = np.ctypeslib.as_array((ctypes.c_double * 2).from_address(a.ctypes.data + 8))
    other[0] = 7
    a[2] = 3
    operator.iadd(a, 1)
    a.__iadd__(2)
    a.__setitem__(0, 5)
    operator.setitem(a, 1, 6)
    np.ndarray.__imul__(a, 2)
    return a, other


class Bomb:
    pass


def destructors():
    a, bomb = np.zeros(3), Bomb()
    weakref.finalize(bomb, a.fill, 4)
    del bomb
    a += 1
    return a


def invisible():
    a = np.zeros(3)
    silent = type("Silent", (), {"__del__": functools.partial(np.copyto, a, 9.0)})()
    for i in range(5):
        if i == 2:
            silent = None
    b = a + 1
    return b, silent


def threads():
    a, go, done = np.zeros(3), threading.Event(), threading.Event()

    def work():
        for _ in range(3):
            go.wait()
            go.clear()
            np.add(a, 1, out=a)
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    for i in range(3):
        go.set()
        done.wait()
        done.clear()
        a[0] -= i
        b = a * 2
    thread.join()
    return b


def large():
    a, x, y = np.zeros((60, 60)), np.ones((60, 1)), np.ones(3600)
    library.keep(x)
    for t in range(40):
        a += x @ x.T
        if t % 9 == 4:
            library.spoil()
        if t == 20:
            library.keep(a)
        y += a.reshape(-1) * 0.5
    library.spoil()
    return a, y


def crowd():
    many = {i: np.full(2, i) for i in range(600)}
    for t in range(15):
        library.keep(many[t * 30])
        library.spoil()
        many[t * 30] += 1
        many[t] = many[t] * 2
        x = many[t * 30 + 1]
        x -= 1
    return many[0]


def stale_for_long():
    many = [np.full(2, i) for i in range(600)]
    for t in range(25):
        library.keep(many[t])
        library.spoil()
        y = many[t] + 1
        many[t] = y
    return y


HIDDEN = (
    kept_by_a_library, reused_buffers, properties, managers, call_backs, replaced_entries, from_c, destructors, invisible,
    threads, large, crowd, stale_for_long,
)  # fmt: skip
