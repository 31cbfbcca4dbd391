"""Each step's writes, reads and changes, the origin of elements, and names that share memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.recorder.expressions import Unreadable
from rnn.recorder.places import before
from rnn.recorder.questions import (
    changed_items,
    changes,
    executions,
    last_write,
    shared_names,
    values_over,
    writes,
)
from rnn.recorder.recording import Recording
from rnn.recorder.regions import read_regions, written_regions
from tests.rnn.recorder.lines import Recorder, line_of, steps_of


def only(recording: Recording, text: str) -> int:
    """The one step whose statement begins with a text."""
    (step,) = steps_of(recording, text)
    return step


def written(recording: Recording, text: str) -> dict[str, list[int]]:
    return {one.text: one.items.tolist() for one in written_regions(recording, only(recording, text))}


def backward(T: int, H: int, seed: int = 0) -> dict[str, Any]:
    """The loop of min-char-rnn's backward pass."""
    random = np.random.default_rng(seed)
    Whh, hs = random.normal(0, H**-0.5, (H, H)), random.normal(size=(T + 1, H, 1))
    dWhh, dbh = np.zeros_like(Whh), np.zeros((H, 1))
    dhnext = np.zeros((H, 1))
    for t in reversed(range(T)):
        dh = np.ones((H, 1)) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    for dparam in [dWhh, dbh]:
        np.clip(dparam, -5, 5, out=dparam)
    return {"dWhh": dWhh, "dbh": dbh}


def kinds_of_writes() -> Any:
    a, i = np.arange(12.0).reshape(3, 4), 1
    a[i] = 5.0
    a[:, 2] += 1.0
    a[a > 6] = 6.0
    a[[0, 2], [1, 3]] = 0.0
    a.T[3] = 9.0
    a.reshape(-1)[7] = 8.0
    a += 0.0
    np.multiply(a, 1.0, out=a)
    np.add(a, 1.0, a)
    np.add.at(a, (0, 1), 2.0)
    np.copyto(a, 3.0)
    a[1].fill(4.0)
    b = a
    b = a * 2
    return a, b


@pytest.mark.parametrize(
    ("text", "path", "items"),
    [
        ("a, i", "a", range(12)),
        ("a[i] = 5.0", "a[i]", [4, 5, 6, 7]),
        ("a[:, 2]", "a[:, 2]", [2, 6, 10]),
        ("a[a > 6]", "a[a > 6]", [8, 9, 10, 11]),
        ("a[[0, 2]", "a[[0, 2], [1, 3]]", [1, 11]),
        ("a.T[3]", "a.T[3]", [3, 7, 11]),
        ("a.reshape", "a.reshape(-1)[7]", [7]),
        ("a += 0.0", "a", range(12)),
        ("np.multiply", "a", range(12)),
        ("np.add(a", "a", range(12)),
        ("np.add.at", "a[0, 1]", [1]),
        ("np.copyto", "a", range(12)),
        ("a[1].fill", "a[1]", [4, 5, 6, 7]),
        ("b = a * 2", "b", range(12)),
    ],
)
def test_written_regions_are_what_the_source_says(recorded: Recorder, text: str, path: str, items: Any) -> None:
    """Every kind of target gives its items, also where the bits stay the same; a mask means what it meant before."""
    assert {path: list(items)} == written(recorded(kinds_of_writes), text)


def test_a_second_name_writes_nothing(recorded: Recorder) -> None:
    """`b = a` binds a name and touches no memory."""
    recording = recorded(kinds_of_writes)
    (step,) = [n for n in steps_of(recording, "b = a") if recording.step(n).statement.text == "b = a"]
    assert [] == written_regions(recording, step)


class Cell:
    def __init__(self, H: int) -> None:
        self.W = np.zeros((H, H))
        self.cache: dict[Any, Any] = {}

    def forward(self, t: int, h: Any) -> Any:
        self.W += h
        self.W[t] = 1.0
        self.cache[t] = {"h": h * 2}
        self.cache[t]["h"] += 1.0
        return self.cache[t]["h"][1:]


def with_attributes() -> Any:
    cell = Cell(3)
    for t in range(2):
        out = cell.forward(t, np.full(3, float(t)))
    return out


def test_attributes_and_entries_are_written_and_read(recorded: Recorder) -> None:
    """`self.W += h` writes all, `self.W[t]` a row, `self.cache[t]['h']` its own array; reads keep their regions."""
    recording = recorded(with_attributes)
    first, second = steps_of(recording, "self.W[t] = 1.0")
    assert [[0, 1, 2], [3, 4, 5]] == [written_regions(recording, n)[0].items.tolist() for n in (first, second)]
    whole = steps_of(recording, "self.W += h")[1]
    assert list(range(9)) == written_regions(recording, whole)[0].items.tolist()
    assert ["self.W", "h"] == [read.text for read in read_regions(recording, whole)]
    entry = steps_of(recording, "self.cache[t]['h'] += 1.0") or steps_of(recording, 'self.cache[t]["h"] += 1.0')
    assert ["self.cache[t]['h']"] == [region.text for region in written_regions(recording, entry[1])]
    returned = steps_of(recording, "return self.cache")[1]
    (read,) = read_regions(recording, returned)
    assert ("self.cache[t]['h'][1:]", [1, 2], [3.0, 3.0]) == (read.text, read.items.tolist(), read.value.tolist())


def reading() -> Any:
    dcdHin, hs, t = np.zeros((4, 2)), [np.full(2, float(k)) for k in range(4)], 2
    total = dcdHin[t].T + hs[t - 1] * hs[t].sum() + dcdHin.shape[0]
    parts = [dcdHin[k] for k in range(4)]
    total += hs[-1][0]
    dcdHin[t] = total
    return parts


def test_reads_are_the_longest_accesses_that_are_arrays(recorded: Recorder) -> None:
    """`.T` is stripped, a method's receiver counts, a shape does not; an unknown index in a comprehension reads all."""
    recording = recorded(reading)

    def reads(text: str) -> dict[str, list[int]]:
        return {one.text: one.items.tolist() for one in read_regions(recording, only(recording, text))}

    assert {"dcdHin[t]": [4, 5], "hs[t - 1]": [0, 1], "hs[t]": [0, 1]} == reads("total = ")
    assert {"dcdHin": list(range(8))} == reads("parts = ")
    assert {"total": [0, 1], "hs[-1][0]": [0]} == reads("total += ")
    assert {"total": [0, 1]} == reads("dcdHin[t] = ")


def test_reads_are_values_from_before_the_statement(recorded: Recorder) -> None:
    """The target of `+=` is read with its old value; values can't be written to."""
    recording = recorded(kinds_of_writes)
    (read,) = [one for one in read_regions(recording, only(recording, "a[:, 2] += 1.0")) if one.text == "a[:, 2]"]
    assert [2.0, 5.0, 10.0] == read.value.tolist()
    assert not read.value.flags.writeable


def helper(out: Any) -> None:
    out[0] = 7.0
    out[1] = 7.0


def calling() -> Any:
    a = np.zeros(3)
    b = np.array([helper(a), a[0]][1:])
    return a, b


def test_before_a_statement_is_before_the_calls_made_in_it(recorded: Recorder) -> None:
    """The state that a statement found is not that of the helper's last line."""
    recording = recorded(calling)
    assert only(recording, "a = np.zeros") == before(recording, only(recording, "b = "))


def views() -> Any:
    A = np.zeros((4, 3))
    v, w = A[1], A[:, 2]
    B = A
    v[2] = 5.0
    w[1] = 5.0
    B[1, 2] = np.nan
    A[1, 2] = np.nan
    A[1, 2] = -0.0
    A[1, 2] = 0.0
    return v, w, B


def test_a_change_is_told_by_the_name_that_the_source_uses_and_the_others(recorded: Recorder) -> None:
    """Written through a view: the view first, then every other path that shows it; a view that does not is left out."""
    recording = recorded(views)
    (change,) = changes(recording, only(recording, "v[2] = 5.0"))
    assert ("v", "written", 1, 5.0) == (change.path, change.what, change.changed, change.largest)
    assert {"A", "B", "w"} == set(change.also)
    assert [] == changes(recording, only(recording, "w[1] = 5.0"))


def test_bits_decide(recorded: Recorder) -> None:
    """NaN over NaN is no change; -0.0 to 0.0 is one, of size 0."""
    recording = recorded(views)
    assert [] == changes(recording, only(recording, "A[1, 2] = np.nan"))
    (change,) = changes(recording, only(recording, "A[1, 2] = 0.0"))
    assert ("A", 1, 0.0) == (change.path, change.changed, change.largest)
    items = changed_items(recording, "A", only(recording, "A[1, 2] = 0.0"))
    assert [[1, 2]] == np.argwhere(items.mask).tolist()
    assert np.signbit(items.before[1, 2]) and not np.signbit(items.after[1, 2])
    assert not changed_items(recording, "A", only(recording, "A[1, 2] = np.nan")).mask.any()


def test_changes_by_other_names_of_one_cell_have_one_origin(recorded: Recorder) -> None:
    """All writes of an element are found whichever name they went by, with their bits and in order."""
    recording = recorded(views)
    found = writes(recording, "A", (1, 2))
    texts = ["A = np.zeros((4, 3))", "v[2] = 5.0", "w[1] = 5.0", "B[1, 2] = np.nan", "A[1, 2] = np.nan"]
    assert [*texts, "A[1, 2] = -0.0", "A[1, 2] = 0.0"] == [write.text for write in found]
    assert [False, False, True, False, True, False, False] == [write.same for write in found]
    assert all(write.exact for write in found)
    assert [write.step for write in found] == [write.step for write in writes(recording, "v", 2)]


def test_last_write_repeated_gives_all_writes(recorded: Recorder) -> None:
    """Asked again with the step before, it walks back through all of them, to nothing."""
    recording = recorded(views)
    step, walked = len(recording) - 1, []
    while (write := last_write(recording, "A", (1, 2), step)) is not None:
        walked.append(write.step)
        step = write.step - 1
    assert [write.step for write in writes(recording, "A", (1, 2))] == walked[::-1]


@pytest.mark.parametrize("H", [4, 64])
def test_origins_in_a_backward_pass(recorded: Recorder, H: int) -> None:
    """Accumulators are written once an iteration and by the clip, whether their values are kept or carried out again."""
    T = 6
    recording = recorded(backward, T, H)
    found = writes(recording, "dWhh", (1, 2))
    assert ["made", *["written"] * (T + 1)] == [write.how for write in found]
    assert list(reversed(range(T))) == [write.t for write in found[1:-1]]
    assert "np.clip(dparam, -5, 5, out=dparam)" == found[-1].text
    assert all(left.new == right.old for left, right in pairwise(found))
    assert backward(T, H)["dWhh"][1, 2] == found[-1].new
    last = last_write(recording, "dWhh", (1, 2), found[-1].step - 1)
    assert last is not None and (0, found[-2].step) == (last.t, last.step)


def test_rebinding_is_the_write_of_a_new_array(recorded: Recorder) -> None:
    """`dh = ...` in every iteration: the birth of each array wrote the element, and the walk goes on to earlier arrays."""
    recording = recorded(backward, 5, 3)
    found = writes(recording, "dh", (2, 0))
    assert steps_of(recording, "dh = ") == [write.step for write in found]
    assert {"made"} == {write.how for write in found}
    last = last_write(recording, "dh", (2, 0), found[-1].step - 1)
    assert last is not None and found[-2].step == last.step


def given(W: Any, n: int) -> Any:
    for _ in range(n):
        W[0] = W[0]
    return W


def test_an_argument_was_given(recorded: Recorder) -> None:
    """Nobody in the recording made it; writing the same bits counts as writing."""
    recording = recorded(given, np.ones(3), 2)
    assert [("given", False), ("written", True), ("written", True)] == [
        (write.how, write.same) for write in writes(recording, "W", 0)
    ]
    write = last_write(recording, "W", 1, len(recording) - 1)
    assert write is not None and ("given", 0) == (write.how, write.step)


def swapping() -> Any:
    a, b = np.zeros(2), np.ones(2)
    for _ in range(2):
        a, b = b, a
        a[0] += 10.0
    return a, b


def test_a_swap_moves_names_and_writes_nothing(recorded: Recorder) -> None:
    """After `a, b = b, a` the origin of a's element is where b's was written."""
    recording = recorded(swapping)
    first, second = steps_of(recording, "a, b = b, a")
    assert ["a", "b"] == [change.path for change in changes(recording, first)]
    assert {("rebound", 2, 1.0)} == {(one.what, one.changed, one.largest) for one in changes(recording, first)}
    assert [] == written_regions(recording, first)
    write = last_write(recording, "b", 0, second)
    assert write is not None and (steps_of(recording, "a[0] += 10.0")[0], 11.0) == (write.step, write.new)


def deep(n: int, store: dict[str, Any]) -> Any:
    local = np.full(2, float(n))
    if n:
        deep(n - 1, store)
    store["sum"] += local
    del local
    return n


def with_recursion() -> Any:
    store = {"sum": np.zeros(2)}
    deep(3, store)
    return store


def test_recursion_keeps_calls_apart(recorded: Recorder) -> None:
    """A name is that of its call; what helpers wrote is found from the caller's path."""
    recording = recorded(with_recursion)
    made = steps_of(recording, "local = ")
    frames = [recording.step(step).frame for step in made]
    assert 4 == len(set(frames))
    assert [[step] for step in made] == [[one.step for one in writes(recording, "local", 0, frame)] for frame in frames]
    found = writes(recording, "store['sum']", 0)
    assert [0.0, 0.0, 1.0, 3.0, 6.0] == [write.new for write in found]
    step = steps_of(recording, "store[")[-1]
    (change,) = changes(recording, step)
    assert ("store['sum']", "written") == (change.path, change.what)
    (gone,) = changes(recording, steps_of(recording, "del local")[0])
    assert ("local", "gone") == (gone.path, gone.what)


def numbers(n: int) -> Iterator[int]:
    state = np.zeros(1)
    for i in range(n):
        state += 1
        yield i


def with_generator() -> int:
    total = 0
    for value in numbers(3):
        total += value
    return total


def test_a_yield_is_executed_once(recorded: Recorder) -> None:
    """A generator's line counts once a value, though it rests in between."""
    recording = recorded(with_generator)
    line = line_of(numbers, "yield")
    assert 3 == len(executions(recording, line))
    assert 3 == len(executions(recording, line - 1)) == len(executions(recording, line - 1, "test_questions.py"))
    assert 0 == len(executions(recording, line, "other.py"))
    assert [0, 1.0, 2.0, 3.0] == [write.new for write in writes(recording, "state", 0)]


def growing() -> Any:
    x = np.zeros(2)
    x = np.zeros(3)
    x = x.astype(np.float32)
    n = 4
    n = n + 1
    return x, n


def test_changed_items_of_other_shapes_and_types(recorded: Recorder) -> None:
    """Another shape has no before; another type is another array in every item; numbers are arrays of no dimension."""
    recording = recorded(growing)
    items = changed_items(recording, "x", only(recording, "x = np.zeros(3)"))
    assert (None, [True] * 3) == (items.before, items.mask.tolist())
    items = changed_items(recording, "x", only(recording, "x = x.astype"))
    assert items.before is not None and items.mask.all()
    items = changed_items(recording, "n", only(recording, "n = n + 1"))
    assert (4, 5, True) == (items.before, items.after, items.mask)
    with pytest.raises(Unreadable, match="missing"):
        changed_items(recording, "missing", len(recording) - 1)


def test_values_over_steps(recorded: Recorder) -> None:
    """Numbers as they are, arrays by their norm, NaN where there is nothing; as reading them one by one."""
    recording = recorded(backward, 5, 40)
    steps = np.array(steps_of(recording, "dhnext = np.dot"))
    assert [4, 3, 2, 1, 0] == values_over(recording, "t", steps).tolist()
    for path in ("dWhh", "dh", "dWhh[2]", "hs[t]"):
        expected = [np.linalg.norm(recording.value(path, int(step))) for step in steps]
        assert np.allclose(values_over(recording, path, steps), expected, rtol=1e-12)
    assert np.isnan(values_over(recording, "dh", [0, 1])).all()


HIDDEN = compile("def hidden(a):\n    a[1] = 3.0\n", "somewhere.py", "exec")


def behind_the_back(change: Callable[[Any], None]) -> Any:
    a, held = np.zeros(3), [0]
    held.append(change)  # type: ignore[arg-type]
    for call in [held[1].__call__] * 2:  # type: ignore[attr-defined]
        other = map(call, [a])
        tuple(other)
        a[0] = a[0]
    return a


def test_a_change_nobody_saw_is_not_blamed_on_a_line(recorded: Recorder) -> None:
    """Found by an audit or beside the source: the write is not exact, and says since when."""
    space: dict[str, Any] = {}
    exec(HIDDEN, space)
    recording = recorded(behind_the_back, space["hidden"])
    found = [write for write in writes(recording, "a", 1) if write.how != "made"]
    assert [(3.0, False, "found")] == [(write.new, write.exact, write.how) for write in found]
    assert found[0].since < found[0].step
    told = [change for step in range(len(recording)) for change in changes(recording, step) if change.path == "a"]
    assert {"rebound"} < {change.what for change in told}


def sharing() -> Any:
    dh, alone = np.zeros((4, 2)), np.zeros(2)
    dhnext = dh[2]
    head, tail = alone[:1], alone[1:]
    same = {"dh": dh}
    return dhnext, head, tail, same


def test_names_that_share_memory(recorded: Recorder) -> None:
    """Overlap decides: two halves share nothing with each other, but each with the whole."""
    recording = recorded(sharing)
    found = shared_names(recording, only(recording, "dhnext = "))
    assert [("dh", "dhnext")] == [one.paths for one in found]
    assert ["dhnext and dh[2] share memory"] == [one.text for one in found]
    last = {frozenset(one.paths) for one in shared_names(recording, only(recording, "same = "))}
    assert {frozenset({"dh", "dhnext", "same['dh']"}), frozenset({"alone", "head", "tail"})} == last


def failing() -> Any:
    a = np.zeros(2)
    a[0] = 1.0
    a[5] = 2.0
    return a


def test_a_statement_that_raised_wrote_nothing(recorded: Recorder) -> None:
    """No region is claimed for it; earlier origins stand."""
    recording = recorded(failing)
    assert [] == written_regions(recording, only(recording, "a[5] = "))
    assert [0.0, 1.0] == [write.new for write in writes(recording, "a", 0)]


@pytest.mark.parametrize("index", [(9, 9), 7, (0,), slice(None), "x"])
def test_an_index_that_means_no_element_is_refused(recorded: Recorder, index: Any) -> None:
    """The sentence names the shape."""
    recording = recorded(views)
    with pytest.raises(InputError, match=r"A has the shape \(4, 3\)"):
        last_write(recording, "A", index, len(recording) - 1)


def test_questions_about_what_is_not_there(recorded: Recorder) -> None:
    """No array, no origin; no step, a sentence."""
    recording = recorded(growing)
    assert last_write(recording, "x", 0, 0) is None
    assert last_write(recording, "missing", 0, 3) is None
    assert [] == writes(recording, "missing", 0)
    with pytest.raises(InputError, match="there is no step 99"):
        changes(recording, 99)
    with pytest.raises(Unreadable, match="is no path"):
        writes(recording, "1 + 1", 0)


def two_bytes() -> Any:
    z = np.zeros(3, complex)
    z[1] = 1 + 2j
    z.real[2] = 5.0
    half = np.zeros(4, np.float16)
    half[::-1][0] = 3.0
    flags = np.zeros(5, bool)
    flags[3] = True
    count = np.zeros((2, 2), np.int32, order="F")
    count[0, 1] = 7
    empty = np.zeros((0, 3))
    empty += 1
    zero = np.array(1.0)
    zero += 1.0
    return z, half, flags, count, empty, zero


@pytest.mark.parametrize(
    ("path", "index", "values"),
    [
        ("z", 1, [0, 1 + 2j]), ("z", 2, [0, 5]), ("half", 3, [0, 3]), ("flags", 3, [False, True]),
        ("count", (0, 1), [0, 7]), ("zero", (), [1, 2]),
    ],
)  # fmt: skip
def test_origins_for_every_type_and_order(recorded: Recorder, path: str, index: Any, values: list[Any]) -> None:
    """Complex, half, truth, whole numbers, column order, no dimension."""
    assert values == [write.new for write in writes(recorded(two_bytes), path, index)]


def test_every_step_of_awkward_code_can_be_asked(recorded: Recorder) -> None:
    """No question fails on any step of any of the functions above."""
    for function in (views, two_bytes, swapping, with_recursion, with_generator, with_attributes, sharing, failing):
        recording = recorded(function)
        for step in range(len(recording)):
            assert len(recording) > step >= before(recording, step)
            for region in written_regions(recording, step):
                assert len(region.items)
            for read in read_regions(recording, step):
                assert read.value.size == len(read.items)
            for change in changes(recording, step):
                assert change.changed or change.what == "rebound"
            shared_names(recording, step)


def test_regions_hold_every_changed_item(recorded: Recorder) -> None:
    """Where no call hides anything, what changed bit by bit lies inside of the regions."""
    recording = recorded(backward, 4, 5)
    for step in range(len(recording)):
        regions = {one.storage: one.items for one in written_regions(recording, step)}
        for change in changes(recording, step):
            if change.what == "written":
                mask = changed_items(recording, change.path, step).mask
                assert len(regions) == 1 and mask.sum() <= max(map(len, regions.values()))


class Pair(NamedTuple):
    first: Any
    second: Any


def with_a_named_tuple() -> Any:
    pair = Pair(np.zeros(2), np.ones(2))
    return pair


def test_a_named_tuple_is_read_from_its_end(recorded: Recorder) -> None:
    """Its names are no entries more."""
    recording = recorded(with_a_named_tuple)
    last = len(recording) - 1
    for path, value in (("pair[-1]", 1.0), ("pair[-2]", 0.0), ("pair.second", 1.0)):
        np.testing.assert_array_equal(recording.value(path, last), np.full(2, value))
    with pytest.raises(Unreadable):
        recording.value("pair[-3]", last)


def given_back() -> Any:
    dW = np.arange(6.0).reshape(2, 3)
    return {"dW": dW, "loss": 2.5}


def test_what_was_returned_has_a_path_that_is_read(recorded: Recorder) -> None:
    recording = recorded(given_back)
    last = only(recording, "return")
    np.testing.assert_array_equal(recording.value("return['dW']", last), np.arange(6.0).reshape(2, 3))
    assert recording.value("return['dW'][1, 2]", last) == 5.0
    assert recording.value("return['loss']", last) == 2.5
    with pytest.raises(Unreadable, match="no expression"):
        recording.value("return dW", last)
