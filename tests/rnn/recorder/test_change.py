"""Other values in one array at one step: seen by every name from then on, written down as ours, refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.recorder import Recording, record
from rnn.recorder.change import WHAT_IF, Change
from tests.rnn.recorder.lines import loaded

SOURCE = """\
import numpy as np
class Holder:
    pass
def inner(d):
    d['h'][0] += 1
    return d
def f(n):
    a = np.zeros((n, 3))
    holder = Holder()
    holder.total = np.zeros((64, 64))
    d, words = {'h': a, 'list': [a[1], a.T]}, 'words'
    fixed = np.arange(3.0)
    fixed.flags.writeable = False
    objects = np.array([None, 1])
    for t in range(n):
        a[t] = t
        holder.total += np.outer(np.arange(64.0) * a[t, 0], np.arange(64.0))
        inner(d)
    b = a.sum()
    return a, b, holder.total
"""
N = 6

Function = Callable[[int], Any]


@pytest.fixture
def f(tmp_path: Path) -> Function:
    """The function of `SOURCE`, from a file."""
    made: Function = loaded(tmp_path / "changing.py", SOURCE)["f"]
    return made


def _line(text: str) -> int:
    return SOURCE.split("\n").index(next(line for line in SOURCE.split("\n") if line.strip() == text)) + 1


def _step(f: Function, folder: Path, text: str, which: int = 0) -> int:
    recording = record(f, N, path=folder / "plain.rec").recording
    return int(recording.statement_steps(_line(text))[which])


def _changed(f: Function, folder: Path, change: Change) -> Any:
    return record(f, N, path=folder / "changed.rec", change=change)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("a", (N, 3)),
        ("d['h']", (N, 3)),
        ("d['list'][1]", (3, N)),
        ("a[2]", (3,)),
        ("d['h'].T[:, t]", (3,)),
        ("a[-1:]", (1, 3)),
    ],
)
@pytest.mark.parametrize("which", [0, 2, N - 1])
def test_what_follows_sees_the_new_values_and_the_recording_stays_exact(
    f: Function, tmp_path: Path, path: str, shape: tuple[int, ...], which: int
) -> None:
    step = _step(f, tmp_path, "a[t] = t", which)
    value = np.arange(np.prod(shape), dtype=float).reshape(shape) + 0.5
    change = Change(step, path, value)
    done = _changed(f, tmp_path, change)
    assert change.made and not change.refused and done.error is None
    recording = done.recording
    assert np.array_equal(recording.value(path, step), value)
    a, b, total = done.value
    last = int(np.flatnonzero(recording.steps["depth"] == 0)[-1])
    for name, wanted in (("a", a), ("holder.total", total), ("d['list'][0]", a[1])):
        assert recording.value(name, last).tobytes() == np.ascontiguousarray(wanted).tobytes(), name
    assert recording.value("b", last) == b
    plain = Recording(tmp_path / "plain.rec")
    assert np.array_equal(plain.steps["statement"][: step + 1], recording.steps["statement"][: step + 1])
    assert np.array_equal(recording.value("a", step - 1), plain.value("a", step - 1))


def test_arrays_that_are_carried_out_again_can_be_changed(f: Function, tmp_path: Path) -> None:
    """Large accumulators are kept as statements; the change comes between two of them."""
    step = _step(f, tmp_path, "a[t] = t", 4)
    done = _changed(f, tmp_path, Change(step, "holder.total", np.full((64, 64), 0.25)))
    recording = done.recording
    last = int(np.flatnonzero(recording.steps["depth"] == 0)[-1])
    for number in range(step, last + 1):
        if recording.steps["depth"][number] == 0:
            value = recording.value("holder.total", number)
            assert value[0, 0] == 0.25
    assert recording.value("holder.total", last).tobytes() == done.value[2].tobytes()


def test_the_change_is_flagged_and_told(f: Function, tmp_path: Path) -> None:
    step = _step(f, tmp_path, "a[t] = t", 1)
    recording = _changed(f, tmp_path, Change(step, "a", np.ones((N, 3)))).recording
    ours = recording.replay.rows[recording.replay.rows["flags"] & WHAT_IF != 0]
    assert ours["step"].tolist() == [step]
    assert recording.tables.extra["change"] == {"step": step, "path": "a"}
    assert any("what if" in remark and f"step {step}" in remark for remark in recording.tables.remarks)


def test_names_are_those_of_the_call_that_executes_the_step(f: Function, tmp_path: Path) -> None:
    step = _step(f, tmp_path, "d['h'][0] += 1", 1)
    change = Change(step, "d['h']", np.full((N, 3), 9.0))
    done = _changed(f, tmp_path, change)
    assert (
        change.made and done.value[0][N - 2].tolist() == [N - 2] * 3 and done.value[0][0].tolist() == [9.0 + N - 2] * 3
    )
    assert _changed(f, tmp_path, refused := Change(step, "holder.total", np.ones((64, 64)))).error is None
    assert "no array" in refused.refused


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("zzz", np.ones(3), "zzz means no array"),
        ("d['x']", np.ones(3), "means no array"),
        ("d", np.ones(3), "d is dict"),
        ("words", np.ones(3), "words is str"),
        ("t", np.ones(()), "t is int"),
        ("a[0, 0]", np.ones(()), "is float64"),
        ("a + 1", np.ones((N, 3)), "means no array"),
        ("a[99]", np.ones(3), "means no array"),
        ("a", np.ones((N, 4)), r"has the shape \(6, 3\) and the values have \(6, 4\)"),
        ("a", np.ones((N, 3), "float32"), "is float64 and the values are float32"),
        ("fixed", np.ones(3), "read-only"),
        ("objects", np.array([1, 2]), "array of object"),
        ("a[", np.ones(3), "no path"),
    ],
)
def test_what_can_not_be_replaced_is_refused_with_a_sentence(
    f: Function, tmp_path: Path, path: str, value: Any, said: str
) -> None:
    """The code goes on as it would have; the recording ends there and says why."""
    step = _step(f, tmp_path, "a[t] = t", 2)
    change = Change(step, path, value)
    done = _changed(f, tmp_path, change)
    assert not change.made
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(change.refused)
    assert "\n" not in change.refused
    assert np.array_equal(done.value[0], f(N)[0])
    assert change.refused in done.recording.ended and len(done.recording) == step + 1


def test_a_step_that_is_never_reached(f: Function, tmp_path: Path) -> None:
    change = Change(10_000, "a", np.ones((N, 3)))
    assert _changed(f, tmp_path, change).error is None
    assert not change.made and not change.refused


def test_values_are_checked_against_an_array() -> None:
    Change(1, "a", np.ones(3)).check(np.zeros(3))
    with pytest.raises(InputError, match="shape"):
        Change(1, "a", np.ones(3)).check(np.zeros(4))
