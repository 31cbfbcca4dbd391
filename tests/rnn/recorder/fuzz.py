"""Random programs of awkward statements, the same for the same seed."""

from __future__ import annotations

import random

HEAD = """
import contextlib
import numpy as np
from tests.rnn.recorder import library

G = np.arange(4.0)

class Box:
    def __init__(self):
        self.W = np.ones(4)
        self.d = {"k": np.zeros(4)}
        self.n = 0
    def add(self, x):
        self.W += x
        self.n += 1
        return self.W
    def swap(self, x):
        self.W, old = x, self.W
        return old
    def __iadd__(self, x):
        self.W = self.W + x
        return self
    @property
    def part(self):
        return self.W[1:3]

def write(x, y):
    x[0] += y[1]
    x *= 0.5
    return x[::-1]

def renew(d, k, x):
    d[k] = x * 2
    d[k][0] = 3
    return d[k]

def gen(x):
    for i in range(2):
        x += i
        yield x

def program():
    a, b, c = np.arange(4.0), np.ones(4), np.arange(16.0).reshape(4, 4)
    D = {"k": np.zeros(4), 0: np.ones(4)}
    L = [np.zeros(4), np.ones(4)]
    o, i, k, n = Box(), 1, "k", 0
    big, step = np.zeros((50, 50)), np.ones(50)
    def inner(x):
        nonlocal a, i
        a = a + x
        b[i % 4] += 1
        i = (i + 1) % 4
        return a
"""

VECTORS = (
    "a",
    "b",
    "c[1]",
    "c[:, 2]",
    "D['k']",
    "D[0]",
    "L[0]",
    "L[1]",
    "L[-1]",
    "o.W",
    "o.d['k']",
    "a[::-1]",
    "G",
    "c.T[3]",
    "D[k]",
)
STATEMENTS = (
    "{v} += {w}", "{v} *= 0.5", "{v}[i] = {n}", "{v}[:2] -= {n}", "{n1} = {v}", "{n1} = {v} + {w}", "{n1} = {v}[:].copy()",
    "{v}[...] = {w}", "np.add({v}, {w}, out={v})", "np.copyto({v}, {w})", "{v}.fill({n})", "write({v}, {w})",
    "{n1} = write({v}, {w})", "{n1} = inner({v})", "D['k'] = {v}", "D[i] = {w}", "D[i + 1] = D.get(i, {v})", "L[i % 2] = {v}",
    "L.append({v}); L.pop(0)", "L.reverse()", "L[0], L[1] = L[1], L[0]", "o.W = {v}", "o.W = {v}.copy()", "o.add({w})",
    "{n1} = o.add({w})", "{n1} = o.swap({v})", "o += {w}", "o.part[0] = {n}", "o.d['k'] = {w}", "renew(D, 'k', {v})",
    "{n1} = renew(o.d, k, {w})", "a, b = b, a", "i = (i + 1) % 4", "c = c * 1", "c = np.asfortranarray(c)", "c[i] = {v}",
    "c[:, i] = {w}", "c[c > 5] = {n}", "c.T[i] += {w}", "del L[0]; L.append({v})", "D.pop(i, None)", "D.update(k={v})",
    "for x in L: x += 1", "for x in gen({v}): {w}[0] += 1", "[x.fill({n}) for x in L]", "np.add.at({v}, [0, 0], {n})",
    "{v}.sort()", "np.random.default_rng(i).shuffle({v})", "(lambda x: x.fill(2))({v})", "{v}, {n1} = {w}, {v}",
    "big += np.outer(step, step)", "big += big[0] * 0.5", "big -= step", "big[i] = {n}", "big *= 0.5", "step = step * 0.9",
    "np.negative(big, out=big)", "big = big.copy()", "library.scale({v}, 2.0)", "{n1} = library.scale({v}, 0.5)",
    "setattr(o, 'W', {v})", "o.__dict__['W'] = {w}.copy()", "exec('x = 1')", "i, D[i] = (i + 1) % 4, {v}",
    "library.keep({v})", "library.spoil()", "D[k] += {w}", "o.d[k] -= inner({v})", "D['k'][i] += inner({v})[0]",
    "with library.Manager({v}) as m: m[2] = {n}", "{v}.flat[i] = {n}", "{v}.real[i] = {n}", "m = {v}; m += {w}; m = 0",
    "with contextlib.suppress(IndexError): {v}[i] = 1; {w}[9] = 1", "assert {v} is not None", "x = [{v}, {w}]; x[0][1] = {n}",
    "library.call_back(lambda x: x.fill({n}), {v})", "library.call_back(o.add, {v})", "np.multiply(c, 2, c)",
)  # fmt: skip
COMPOUND = (
    "for j in range(3):",
    "while i < 3 and n < 9:\n{s}    n += 1; i += 1",
    "if i % 2:",
    "try:",
    "for j, y in enumerate(L):",
)


def program(seed: int, length: int = 40) -> str:
    """The text of a file whose `program()` is to be recorded."""
    rng = random.Random(seed)
    lines, indent = [HEAD.strip("\n")], "    "

    def statement() -> str:
        chosen = {"v": rng.choice(VECTORS), "w": rng.choice(VECTORS), "n": rng.randint(-3, 3), "n1": rng.choice("abm")}
        return rng.choice(STATEMENTS).format(**chosen)

    for _ in range(length):
        if rng.random() < 0.25:
            kind = rng.choice(COMPOUND)
            lines.append(indent + kind.format(s=indent))
            lines += [indent * 2 + statement() for _ in range(rng.randint(1, 3))]
            if kind == "try:":
                lines.append(indent + rng.choice(["finally:", "except ValueError:"]))
                lines.append(indent * 2 + statement())
        else:
            lines.append(indent + statement())
    lines.append("    return a, b, c, D, L, o")
    return "\n".join(lines) + "\n"
