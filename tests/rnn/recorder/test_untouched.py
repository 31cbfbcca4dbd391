"""The recorder runs no code of the user's objects, and changes nothing that the code computes."""

# mypy: ignore-errors
# ruff: noqa: B007, F841
from __future__ import annotations

import gc
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest

from rnn.recorder import record
from tests.rnn.recorder import snippets, workload

CALLED: list[str] = []
ASKED = (
    "__repr__ __str__ __eq__ __ne__ __lt__ __hash__ __len__ __bool__ __iter__ __contains__ __getitem__ __get__ __dir__ "
    "__getattr__ __format__ __sizeof__ __array__ __array_interface__ __index__ __int__ __float__ __copy__ __reduce__ __call__ "
    "__missing__ __instancecheck__ __subclasscheck__ __length_hint__ __array_finalize__ __array_ufunc__ __del__ __class_getitem__"
).split()


def _telling(name):
    def method(self, *arguments, **words):
        CALLED.append(name)
        raise RuntimeError(name)

    return method


def _getattribute(self, name):
    CALLED.append(f"getattribute {name}")
    return object.__getattribute__(self, name)


class _Meta(type):
    """A class that tells when anything is asked of it."""

    def __getattribute__(cls, name):
        CALLED.append(f"class {name}")
        return type.__getattribute__(cls, name)

    def __eq__(cls, other):
        CALLED.append("class ==")
        return False

    def __hash__(cls):
        CALLED.append("class hash")
        return 1

    def __instancecheck__(cls, other):
        CALLED.append("isinstance")
        return False


SHY = {name: _telling(name) for name in ASKED if name not in ("__del__", "__class_getitem__", "__get__")}
Shy = _Meta("Shy", (), {**SHY, "__getattribute__": _getattribute, "value": property(_telling("value"))})
ShyDict = _Meta("ShyDict", (dict,), {**SHY, "__getattribute__": _getattribute})
ShyList = _Meta("ShyList", (list,), {**SHY, "__getattribute__": _getattribute})
ShyTuple = _Meta("ShyTuple", (tuple,), {**SHY, "__getattribute__": _getattribute})
ShyInt = _Meta("ShyInt", (int,), {**SHY, "__getattribute__": _getattribute})
ShyArray = _Meta(
    "ShyArray",
    (np.ndarray,),
    {n: m for n, m in SHY.items() if not n.startswith("__array")} | {"__getattribute__": _getattribute},
)
ShySlots = _Meta("ShySlots", (), {**SHY, "__slots__": ("W",), "__getattribute__": _getattribute})


class Key:
    """A key with the hash of a text, which would be compared with it."""

    def __hash__(self):
        return hash("W")

    def __eq__(self, other):
        CALLED.append("key ==")
        return False


def shy_code(shy, mapping, items, fixed, number, array, slots, strange):
    """Code that asks nothing of its objects."""
    a = np.zeros(3)
    object.__setattr__(shy, "W", a)
    kept = [shy, mapping, items, number]
    for thing in kept:
        a += 1
    dict.__setitem__(mapping, "k", a)
    list.append(items, a)
    x = y = shy
    del x
    b, *rest = a, shy, fixed, array
    held = {"shy": y, "array": array, "slots": slots}
    held["more"] = shy
    type(slots).W if False else None
    strange["other"] = a
    return b


def _things():
    slots = object.__new__(ShySlots)
    type.__dict__["__dict__"].__get__(ShySlots)["W"].__set__(slots, np.zeros(2))
    array = np.ndarray.view(np.zeros(3), ShyArray)
    strange = {Key(): np.zeros(1)}
    return (
        object.__new__(Shy), ShyDict(), ShyList(), tuple.__new__(ShyTuple, (1,)), int.__new__(ShyInt, 3), array, slots, strange
    )  # fmt: skip


def test_no_code_of_the_users_objects_is_run(tmp_path: Path) -> None:
    """What recorded and plain runs ask of the objects is the same: what the code itself asks."""
    things = _things()
    CALLED.clear()
    shy_code(*things)
    plain = list(CALLED)
    things = _things()
    CALLED.clear()
    recorded = record(shy_code, *things, path=tmp_path / "run.rec")
    assert plain == CALLED, CALLED[:3]
    assert recorded.error is None
    recording = recorded.recording
    assert recording.ended == ""
    assert float(recording.value("a", len(recording) - 1)[0]) == 4.0
    recording.close()


def test_a_strange_key_is_not_compared(tmp_path: Path) -> None:
    """Looking for an entry would ask a key of the same hash whether it is equal."""
    things = {Key(): np.zeros(1)}

    def code(d):
        d["V"] = np.ones(1)
        d["V"] += 1

    CALLED.clear()
    record(code, things, path=tmp_path / "run.rec")
    assert CALLED == []


def _same(one, other) -> bool:
    if isinstance(one, np.ndarray):
        if one.dtype.hasobject:
            return one.shape == other.shape
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return [str(k) for k in one] == [str(k) for k in other] and all(map(_same, one.values(), other.values()))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    if hasattr(one, "__dict__"):
        return _same(vars(one), vars(other))
    return one == other or (one != one and other != other)


@pytest.mark.parametrize("function", snippets.SNIPPETS, ids=lambda one: one.__name__)
def test_results_are_the_same_with_and_without(function, own_globals, tmp_path: Path) -> None:
    """Bit for bit, exceptions too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recorded = record(function, path=tmp_path / "run.rec")
        own_globals()
        try:
            plain, error = function(), None
        except Exception as raised:
            plain, error = None, raised
    assert type(error) is type(recorded.error)
    assert _same(plain, recorded.value)


def test_the_workload_gives_the_same_bits(tmp_path: Path) -> None:
    """The measured workload."""
    arguments = workload.make(30, 64)
    plain = workload.backward(*arguments)
    recorded = record(workload.backward, *arguments, path=tmp_path / "run.rec")
    assert _same(plain, recorded.value)


class Thing:
    """An object."""

    def __init__(self, W):
        self.W = W


def makes_garbage(kept):
    """Arrays, containers and objects that are given up one after another."""
    for i in range(50):
        a = np.zeros(100)
        cache = {"a": a, "list": [a[1:], np.ones(3)]}
        thing = Thing(a)
        helper_with_locals(a)
        kept.append((weakref.ref(a), weakref.ref(thing)))
        b = cache["list"]
    return b


def helper_with_locals(a):
    """A call whose names go."""
    local = a + 1
    return local.sum()


def test_the_recorder_keeps_nothing_alive(tmp_path: Path) -> None:
    """Arrays, containers and objects go when the code lets go of them, while it is still running."""
    kept: list = []
    alive: list[int] = []

    def code():
        makes_garbage(kept)
        for _ in range(40):
            pass
        alive.append(sum(one() is not None for pair in kept for one in pair))

    gc.collect()
    record(code, path=tmp_path / "run.rec", files=lambda file: file == __file__)
    assert alive[0] <= 20  # of 100: the last few wait for the next audit


def _overflowing():
    with np.errstate(all="raise"):
        large = np.full(9000, 1e200)
        large[:10] = 2e200
        small = large[:3] - 1e199
        return large, small


def test_numbers_whose_squares_overflow_are_recorded_in_silence(tmp_path: Path) -> None:
    """The recorder's arithmetic is not the user's, whatever their `np.seterr`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = record(_overflowing, path=tmp_path / "run.rec", files=lambda file: file == __file__)
    assert made.error is None
    assert made.ended == ""
    assert made.value[0][0] == 2e200
