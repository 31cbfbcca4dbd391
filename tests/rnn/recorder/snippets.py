"""Awkward code: each function is run as it is by the tests of the recorder, which compare every array at every step."""

# mypy: ignore-errors
# ruff: noqa
# fmt: off
from __future__ import annotations

import contextlib
import copy
import functools
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass

import numpy as np

BIG = 3000  # items: more than 16 KiB
GLOBAL = np.zeros(5)
COUNTS = np.arange(6)
TABLE = {"a": np.zeros(3), "b": np.ones(2)}


def views():
    a = np.arange(24.0).reshape(4, 6)
    v, w, column = a[1], a[1:3, ::2], a[:, 3]
    v += 1
    w *= 2
    column[...] = -1
    a[2, 4] = np.nan
    u = v[2:4]
    u[0] = -0.0
    a[0] = a[3]
    r = a[::-1, ::-1]
    r[0, 0] = 9
    return a


def transposes():
    a = np.arange(12.0).reshape(3, 4)
    t = a.T
    t[1] = 5
    a.T[2] += 1
    a.T[0][1] = 8
    b = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    b[1] = 3
    b[:, 2] += 1
    b.T[0] = 7
    c = np.transpose(np.arange(24.0).reshape(2, 3, 4).copy(), (2, 0, 1)).copy(order="K")
    c[1] = 1
    c[:, 1, :] -= 2
    c[..., 2] = c[..., 1]
    return a, b, c


def helper(array, other):
    array[0] += other
    array += 1
    return array


def helpers():
    a, b = np.zeros(4), np.arange(8.0)
    helper(a, 3)
    helper(b[2:6], 1)
    x = helper(helper(a, 1), 2)
    return x


def swaps():
    a, b = np.zeros(3), np.ones(3)
    a, b = b, a
    a += 2
    b[1] = 4
    a, b[0] = b, 9
    i, b[i] = 1, 5
    x = [a, b]
    x[0], x[1] = x[1], x[0]
    x[0] -= 1
    return a, b


def walrus():
    if (n := 3) > 2 and (a := np.zeros(n)).size:
        a[n - 1] = (m := 2.0)
    while (s := float(a.sum())) < 8:
        a += m
    b = [y := i for i in range(3)]
    return a, s, b, y


def comprehensions():
    a = [np.full(2, i) for i in range(4)]
    b = {i: x + 1 for i, x in enumerate(a)}
    c = [row for x in a for row in
         x.reshape(2, 1)]
    for x in a: x += 1
    d = {k: v for k, v in b.items()
         if k}
    [x.fill(3) for x in a]
    list(map(lambda x: x.fill(4), a))
    return a, b, c, d


def numbers(count):
    buffer = np.zeros(3)
    for i in range(count):
        buffer[i % 3] += i
        got = yield buffer
        if got is not None:
            buffer += got
    return buffer


def delegating():
    last = yield from numbers(2)
    yield last


def generators():
    total = np.zeros(3)
    for b in numbers(4):
        total += b
    g = numbers(5)
    next(g)
    x = g.send(2.0)
    y = next(g)
    g.close()
    z = list(delegating())
    both = [next(p) for p in (numbers(2), numbers(2))]
    s = sum(v.sum() for v in both)
    return total, x, y, z, s


def recursion(depth=6, a=None):
    a = np.zeros(depth + 1) if a is None else a
    a[depth] = depth
    local = a[: depth + 1].copy()
    if depth:
        recursion(depth - 1, a)
        local += a[: depth + 1]
    a[depth] += local.sum()
    return a


def caught():
    a = np.zeros(4)
    try:
        a[1] = 1
        a[9] = 2
    except IndexError as error:
        a[2] = len(str(error)) > 0
    else:
        a[0] = 99
    finally:
        a[3] = 3
    with contextlib.suppress(ValueError):
        a += 1
        a += np.zeros(3)
        a += 100
    try:
        np.add.at(a, [0, 1, 9], 5)
    except IndexError:
        a -= 1
    return a


def uncaught_inside(a):
    a *= 2
    try:
        return a.reshape(9)
    finally:
        a -= 1


def uncaught():
    a = np.ones(4)
    b = a.copy()
    with contextlib.suppress(ValueError):
        uncaught_inside(a)
    b += a
    uncaught_inside(b)


def use_globals():
    global GLOBAL, MADE
    GLOBAL[1] += 1
    TABLE["a"] += 2
    GLOBAL = np.ones(3)
    GLOBAL += 1
    MADE = GLOBAL[1:]
    MADE[0] = 7
    TABLE["c"] = MADE
    change_globals()
    x = GLOBAL.copy()
    del TABLE["c"]
    return x


def change_globals():
    global GLOBAL
    GLOBAL[2] = 4
    GLOBAL = GLOBAL * 2
    COUNTS[0] += 1


def closures():
    a, n = np.zeros(3), 0
    b = a

    def step(x):
        nonlocal a, n
        a[n] += x
        n += 1
        if n == 2:
            a = a * 2
        return inner()

    def inner():
        b[0] -= 1
        return n

    step(1)
    step(2)
    a += 1
    step(3)
    return a, b


class Cell:
    shared = np.zeros(2)

    def __init__(self, n):
        self.W = np.eye(n)
        self.b = np.zeros(n)
        self.cache = {}
        self.grads = {"W": np.zeros((n, n)), "b": np.zeros(n)}
        self.history = []
        self._scale = np.ones(1)

    def forward(self, x, t):
        self.cache[t] = (x, self.b.copy())
        self.b = self.b + x
        self.b[0] -= 1
        self.history.append(self.b)
        return self.W @ self.b

    def backward(self, d):
        for t in reversed(sorted(self.cache)):
            x, b = self.cache[t]
            self.grads["W"] += np.outer(d, x)
            self.grads["b"] += d
            self.W[t % len(self.W)] -= 0.1 * d
            self.step = d * b
            d = self.W.T @ d
        self.shared += 1
        return d

    @property
    def scale(self):
        self._scale *= 2
        return self._scale

    @scale.setter
    def scale(self, value):
        self._scale[0] = value


def attributes():
    cell = Cell(3)
    for t in range(3):
        y = cell.forward(np.arange(3.0) + t, t)
    d = cell.backward(y)
    s = cell.scale
    cell.scale = 5
    cell.scale[0] += 1
    setattr(cell, "extra", np.ones(2))
    cell.extra *= 3
    del cell.extra
    other = copy.deepcopy(cell)
    other.W += 1
    return d, s


class Slim:
    __slots__ = ("W", "n")

    def __init__(self):
        self.W = np.zeros(3)
        self.n = 1

    def add(self, x):
        self.W += x
        self.n += 1
        self.W = self.W[::-1]
        return self.W


def slots_classes():
    slim = Slim()
    slim.add(np.arange(3.0))
    slim.add(1)
    slim.W[0] = 9
    del slim.n
    return slim.W


def dict_growth():
    d = {}
    for i in range(5):
        d[i] = np.full(2, i)
        d[i - 1] = d[i] * 2
        d["k", i] = d[i][:1]
    del d[3]
    e = d.pop(0)
    e += 1
    d[1][0] = 7
    d.update({"z": np.zeros(1), 4: e})
    d.setdefault("z", np.ones(3))[0] = 5
    d[2.5] = d[True] = np.ones(1)
    n = defaultdict(lambda: np.zeros(2))
    n["a"] += 1
    n["b"][1] += 2
    o = OrderedDict(x=np.zeros(1))
    o["y"] = o["x"]
    o["y"] -= 1
    o.move_to_end("x")
    d.clear()
    return d, n, o


def list_changes():
    xs = [np.zeros(2)]
    for i in range(4):
        xs.append(np.full(2, i))
        xs[-1] += 1
        xs[i] -= 1
    y = xs.pop()
    y *= 2
    xs.insert(0, y)
    xs[1:3] = [y, y + 1]
    xs.reverse()
    xs.extend([np.ones(1), np.ones(2)])
    del xs[0]
    xs += [np.zeros(3)]
    xs.sort(key=len)
    xs[0][0] = 3
    nested = [[np.zeros(1), [np.ones(1)]], (np.ones(2), {"q": np.zeros(2)})]
    nested[0][1][0] += 4
    nested[1][1]["q"][1] = 5
    a, *rest = xs
    *head, b = rest
    head[0][...] = 8
    return xs, a, b


def long_containers():
    hs = {t: np.full(1, t) for t in range(400)}
    xs = [np.full(1, t) for t in range(400)]
    key = "a"
    for t in range(0, 400, 100):
        hs[t] = hs[t] + 1
        hs[(t * 2) // 2 + 1] += 1
        hs[int(str(t))] = hs[t + 1]
        xs[t - 400] = hs[t]
        xs[int(str(t + 1))] = xs[t]
    xs.sort(key=lambda a: -a[0])
    hs[key] = xs[5]
    xs.append(xs[0])
    del hs[7]
    return hs[0], xs[0]


def dtypes():
    a = np.arange(4)
    b = a
    a = a / 2
    b += 1
    c = a.astype(np.float32)
    c += 0.1
    d = c > 1
    d |= b > 2
    d[0] = True
    e = b.view(np.float64)
    b[1] = 1 << 62
    f = np.array([1 + 2j, 3j])
    f.imag[0] = 7
    f.real += 1
    g = np.array(["ab", "c"])
    g[1] = "zz"
    h = np.float16([1, 2])
    h *= 3
    k = np.arange(3, dtype=">i4")
    k[0] = 77
    m = np.array([1.0, 2], dtype=np.longdouble)
    m += 1
    n = np.array(["2001-01-01"], dtype="M8[D]")
    n += 3
    u = np.uint8([250])
    u += 10
    return a, b, c, d, e, f, g, h, k, m, n, u


def broadcasting():
    a = np.zeros((3, 4))
    a += np.arange(4.0)
    a *= np.arange(3.0)[:, None]
    b = np.broadcast_to(np.arange(3.0), (2, 3))
    c = b + 1
    a[1:] = 6
    a[:, [0, 2]] = -1
    a[a > 5] = 0
    a[np.array([0, 1]), np.array([1, 2])] += 3
    p, q = np.meshgrid(np.arange(2.0), np.arange(3.0))
    p += q
    return a, c


def object_arrays():
    a = np.empty(3, dtype=object)
    a[0] = np.zeros(2)
    inner = a[0]
    inner += 1
    a[0][1] = 5
    s = np.zeros(2, dtype=[("x", float), ("n", int)])
    x = s["x"]
    s["x"] += 2
    x[1] = 7
    s[0] = (1.5, 3)
    return inner, x


def scalars_and_empty():
    z = np.array(1.5)
    z += 1
    z[...] = 4
    z[()] = 5
    n = np.float64(3) * z
    n += 1
    e = np.zeros((0, 4))
    e += 1
    f = np.empty(0, dtype=int)
    f = np.append(f, 3)
    i = COUNTS[2:5].sum()
    g = np.zeros(3)[1:1]
    g += 1
    t = True
    t &= bool(z)
    big = 1 << 80
    big += 1
    return z, n, e, f, i, g


def outs():
    a, b = np.arange(4.0), np.zeros(4)
    np.multiply(a, 2, out=b)
    np.add(a, b, b)
    np.tan(a, a)
    np.clip(b, 1, 3, b)
    a.clip(0, 1, out=a)
    a.dot(np.ones(4))
    np.dot(np.eye(4), b, a)
    np.cumsum(a, out=a)
    c = [np.zeros(2), np.zeros(2)]
    np.divmod(np.array([5.0, 7]), 2, *c)
    np.divmod(np.array([5.0, 7]), 2, out=(c[1], c[0]))
    np.einsum("i,i->i", a, b, out=a)
    np.concatenate([c[0], c[1]], out=a)
    np.sum(np.ones((3, 4)), axis=0, out=b)
    np.matmul(np.eye(4), a, out=b[::-1])
    np.nan_to_num(a, copy=False)
    return a, b


def library_writes():
    a = np.array([3.0, 1, 2, 5])
    b = a[1:]
    np.copyto(b, 7)
    a.sort()
    a.fill(2)
    b.put([0], 9)
    np.put(a, [1], 4)
    np.add.at(a, [0, 0, 2], 1)
    np.subtract.at(b, [1], 2)
    np.fill_diagonal(m := np.zeros((3, 3)), 5)
    np.place(a, a > 3, [0])
    np.putmask(a, a == 0, [8])
    np.put_along_axis(m, np.array([[0], [1], [2]]), 7, axis=1)
    rng = np.random.default_rng(0)
    rng.shuffle(a)
    rng.standard_normal(out=a)
    np.random.default_rng(1).shuffle(a)
    a.partition(2)
    a.itemset if hasattr(a, "itemset") else None
    a.flat = 3
    a.flat = 1
    a.flat[2] = 6
    a.byteswap(inplace=True)
    np.ndarray.fill(a, 4)
    getattr(a, "fill")(5)
    (a if a.size else b).fill(6)
    [a, b][1].fill(7)
    return a, b, m


def one_liners():
    a = np.zeros(3)
    for i in range(3): a[i] += i; a += 1
    while a.sum() < 40: a *= 2
    if a[0] > 1: a[0] = 1
    else: a[0] = 2
    b = a; b += 1; a = a + 1
    for i in range(2):
        for j in range(2): a[i] = j
    for i in range(3): pass
    return a, b


def loops():
    a, n = np.zeros(3), 0
    while True:
        n += 1
        if n % 2:
            continue
        a[0] += n
        if n > 5:
            break
    while n:
        n -= 1
        a[1] += 1
    else:
        a[2] = -1
    for i in range(3):
        if i == 2:
            break
        a += i
    else:
        a -= 100
    for i, (x, y) in enumerate(zip(a, [1, 2, 3])):
        a[i] = x + y
    for row in np.arange(6.0).reshape(3, 2):
        row += 1
    for _ in range(2):
        for _ in range(2):
            a += 0.5
    return a, row


def handlers():
    a = np.zeros(3)
    for i in range(4):
        try:
            if i == 1:
                raise KeyError(i)
            a[i] = 1
        except (KeyError, ValueError):
            a += 1
        except IndexError:
            a += 10
            break
        else:
            a *= 2
        finally:
            a -= 0.5
    return a


class Context:
    def __init__(self, array):
        self.array = array

    def __enter__(self):
        self.array += 1
        return self.array[1:]

    def __exit__(self, *args):
        self.array *= 2
        return True


def contexts():
    a = np.ones(3)
    with Context(a) as part, Context(a):
        part[0] = 9
        raise ValueError
    with (
        Context(a) as other,
    ):
        other += 1
    return a


def long_statements():
    a = np.zeros(
        (2, 3),
    )
    a[
        0
    ] = (
        a[1]
        + 1
    )
    b = (a[0] if a.sum()
         else a[1])
    b += np.array([
        1,
        2, 3,
    ])
    c = helper(
        helper(a[1],
               2),
        1,
    )
    assert (a
            is not None)
    return (
        a,
        c,
    )


class Tagged(np.ndarray):
    def __eq__(self, other):
        raise AssertionError("the recorder compared")

    def __repr__(self):
        raise AssertionError("the recorder asked for a text")

    def __array_finalize__(self, other):
        self.tag = getattr(other, "tag", None)


def subclasses():
    a = np.arange(4.0).view(Tagged)
    a.tag = "x"
    a += 1
    b = a[1:3]
    b[0] = 7
    c = np.asarray(a)
    c[3] = 9
    m = np.matrix([[1.0, 2], [3, 4]])
    m[0] = 5
    m *= m
    k = np.ma.masked_array([1.0, 2, 3], mask=[False, True, False])
    k += 1
    r = np.rec.array([(1.0, 2)], dtype=[("p", float), ("q", int)])
    return c


Pair = namedtuple("Pair", "h c")


@dataclass
class Params:
    W: np.ndarray
    b: np.ndarray


def tuples():
    cache = []
    h, c = np.zeros(2), np.ones(2)
    for t in range(3):
        h, c = h + c, c * 2
        cache.append((h, c, Pair(h[:1], c)))
    for h, c, pair in reversed(cache):
        h -= 1
        pair.c[0] = 3
    p = Params(h, np.zeros(1))
    p.W += 2
    p.b = p.W
    p.b[0] = -3
    q = Params(**{"W": p.W, "b": c})
    return q.W


class Base:
    def __init__(self):
        self.x = np.zeros(2)

    def step(self):
        self.x += 1

    @classmethod
    def make(cls):
        made = cls()
        made.x[0] = 5
        return made

    @staticmethod
    def twice(x):
        x *= 2

    def __iadd__(self, other):
        self.x += other
        return self

    def __setitem__(self, key, value):
        self.x[key] = value

    def __getitem__(self, key):
        return self.x[key]

    def __call__(self, value):
        self.x -= value

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


class Derived(Base):
    def step(self):
        super().step()
        self.twice(self.x)


def methods():
    o = Derived.make()
    y = o.x
    o.step()
    o += 3
    o[0] = 9
    o[1] += 1
    o(2)
    Base.twice(o.x)
    Base.step(o)
    o.__dict__["x"] = np.ones(2)
    o.x += 1
    vars(o)["y"] = y
    return y


def reshaping():
    a = np.arange(6.0)
    b = a
    a.shape = (2, 3)
    a[1] = 4
    a.resize((3, 3), refcheck=False)
    a[2] = 1
    c = b
    c.shape = (9,)
    reshape_inside(c)
    d = c.reshape(3, 3)
    d[0] = 8
    return a, b


def reshape_inside(x):
    x.shape = (3, 3)
    x[0, 0] = 77


def deleting():
    a, b = np.zeros(2), {"k": np.ones(2)}
    c = a
    del a
    c += 1
    a = c[:1]
    del b["k"], c
    d = [a, a]
    del d[0]
    d[0] += 5
    return a


def lambdas():
    a = np.zeros(3)
    add = lambda x, n: np.add(x, n, out=x)
    pure = lambda x: np.tanh(x) + 1
    add(a, 2)
    b = pure(a)
    c = (lambda: a.fill(3))()
    functools.reduce(add, [1, 2], a)
    f = functools.partial(add, a)
    f(4)
    apply(f, 1)
    apply(lambda n: add(a, n), 2)
    sorted([3, 1], key=lambda n: float(f(n).sum()))
    return a, b, c


def apply(function, value):
    before = value
    function(value)
    return before


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        result += 1
        return result

    return wrapper


@traced
def decorated(x, *rest, scale=1, **more):
    x *= scale
    rest[0][0] += 1
    more["y"][0] -= 1
    return x


def decorators():
    a, b, c = np.ones(2), np.zeros(2), np.zeros(1)
    d = decorated(a, b, scale=3, y=c)
    d = e = decorated(b, d, a, y=c)
    args = [a, b]
    decorated(*args, **{"y": c})
    return d, e


def chained():
    a = b = c = np.zeros(3)
    b += 1
    a[0] = c[1] = 7
    d = [0, 0]
    d[0] = d[1] = x = np.ones(2)
    x *= 4
    (p, q), r = (a, b), c
    q -= 1
    a = b = a + b
    return p, r, d


def views_of_attributes():
    cell = Cell(4)
    row, g = cell.W[1], cell.grads["W"][:, 2]
    row += 3
    g -= 1
    cell.grads["W"][0] += row
    cell.W.T[2] *= 2
    cell.b[1:3] += 1
    w = cell.W
    cell.W = w[:2]
    cell.W += 1
    w[0, 0] = 5
    return w


def large_plus():
    a, b = np.zeros((60, 60)), np.zeros(BIG)
    cell = Cell(60)
    grads = {"W": np.zeros((60, 60)), "f": np.zeros((60, 60), np.float32)}
    rows = [np.zeros(BIG), np.zeros(BIG)]
    x, y = np.arange(60.0)[:, None] / 7, np.arange(BIG) / 3
    for t in range(40):
        a += np.dot(x, x.T) * t
        b -= np.tanh(y + t)
        cell.W += x @ x.T
        cell.grads["W"] *= 1.01
        cell.grads["W"] += np.outer(x, x)
        grads["W"] += x * t
        grads["f"] += np.float32(0.3) * x.astype(np.float32)
        rows[t % 2] += y * t
        if t == 20:
            a[3, 4] = 7
            cell.W = cell.W * 2
            y = y[::-1].copy()
            np.negative(b, out=b)
        if t == 30:
            x[5] = 100
            a += a
            a += a.T
            GLOBAL_LARGE[...] = a.reshape(-1)
        x = x * 0.99
    return a, b, cell, grads, rows


GLOBAL_LARGE = np.zeros(3600)


def large_raising():
    a, v = np.zeros(BIG), np.ones(BIG)
    for t in range(24):
        with contextlib.suppress(ValueError, IndexError):
            a += v[: BIG if t % 3 else 5]
        a[t] = 1
    return a


def matched():
    a = np.zeros(3)
    for shape in [(1, 2), {"k": np.ones(1)}, 3, [np.ones(2), a]]:
        match shape:
            case (int(), x):
                a[0] += x
            case {"k": v}:
                v += 1
            case [first, *others]: others[0][2] = first[0]
            case n if n > 2:
                a[1] = n
            case _:
                pass
    return a


def aliases():
    a = np.arange(6.0)
    m = np.asarray(memoryview(a))
    m[1] = 7
    a[2] = 8
    s = np.lib.stride_tricks.sliding_window_view(a, 2)
    a += 1
    w = np.lib.stride_tricks.as_strided(a, (2, 2), (16, 8))
    w[0, 0] = 3
    raw = bytearray(24)
    p, q = np.frombuffer(raw, np.float64), np.frombuffer(raw, np.float64, 2)
    p[1] = 5
    q += 1
    with np.nditer(a, op_flags=["readwrite"]) as it:
        for x in it:
            x[...] = 2 * x
    for x in a.flat:
        a[0] += x
    return a, s, p, q


def nested_functions():
    total = np.zeros(2)

    def outer(n):
        local = np.full(2, float(n))

        def inner():
            nonlocal local
            local = local + 1
            local += total
            return local

        inner()
        total[0] += local[0]
        return inner()

    x = outer(1)
    y = outer(2)

    class Inside:
        size = np.zeros(2)

        def go(self):
            total[1] += 1

    Inside().go()
    return x, y


def state_machine():
    state = {"h": np.zeros(2), "steps": []}
    self_like = type("S", (), {})()
    self_like.state = state
    self_like.h = state["h"]
    for t in range(3):
        self_like.h += t
        self_like.state["h"] = self_like.h * 2
        state["steps"].append(state["h"][:1])
        self_like.h, state["last"] = state["h"], self_like.h
    return state


def executed():
    a = np.zeros(3)
    space = {"a": a}
    exec("a[1] += 5\nb = a * 2", space)
    b = space["b"]
    b += 1
    exec("a[0] = 9")
    made = {}
    exec("def made(x):\n    x += 1\n    x[0] = 4\n    return x", globals(), made)
    made["made"](a)
    eval("a.fill(2)")
    return a, b


def from_the_end():
    """Large arrays, whose `+=` is carried out again: the entry has to be found by its index, whatever it is written like."""
    sums, pair = [np.zeros((80, 80)), np.zeros((80, 80))], Pair(np.zeros((80, 80)), np.zeros((80, 80)))
    step = np.arange(6400.0).reshape(80, 80)
    for t in range(4):
        sums[-1] += step * t
        pair[-1][...] += step
    for i in np.arange(2):
        for t in range(3):
            sums[i] += step
            sums[i - 2] += step
    return sums, pair


SNIPPETS = (
    views, transposes, helpers, swaps, walrus, comprehensions, generators, recursion, caught, uncaught, use_globals, closures,
    attributes, slots_classes, dict_growth, list_changes, long_containers, dtypes, broadcasting, object_arrays,
    scalars_and_empty, outs, library_writes, one_liners, loops, handlers, contexts, long_statements, subclasses, tuples,
    methods, reshaping, deleting, lambdas, decorators, chained, views_of_attributes, large_plus, large_raising, matched,
    aliases, nested_functions, state_machine, executed, from_the_end,
)  # fmt: skip
