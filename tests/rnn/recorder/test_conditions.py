"""Conditions for stops: what each kind hits, in both directions, its counts, and the language they are typed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.recorder.completions import completions, problem
from rnn.recorder.conditions import CONDITIONS, Condition, hits, next_hit, previous_hit
from rnn.recorder.expressions import Evaluator, Unreadable, parse_expression
from rnn.recorder.recording import Recording
from tests.rnn.recorder.lines import Recorder, line_of, steps_of


def found(recording: Recording, text: str) -> list[int]:
    steps: list[int] = hits(recording, Condition.parse(text)).tolist()
    return steps


def texts(recording: Recording, text: str) -> list[str]:
    """First words of the statements at which a condition stops."""
    return [recording.step(step).statement.text for step in found(recording, text)]


def backward(T: int, H: int = 3) -> Any:
    random = np.random.default_rng(0)
    Whh, hs = random.normal(size=(H, H)) * 0.3, random.normal(size=(T, H, 1))
    dWhh = np.zeros_like(Whh)
    dhnext = np.zeros((H, 1))
    for t in reversed(range(T)):
        dh = np.ones((H, 1)) + dhnext
        dWhh += np.dot(dh, hs[t].T)
        dhnext = np.dot(Whh.T, dh)
    return dWhh


def test_a_line_is_hit_whenever_it_runs(recorded: Recorder) -> None:
    """Every execution, in order; with a condition those at which it holds; with a filter those that count."""
    recording, line = recorded(backward, 12), line_of(backward, "dWhh += ")
    steps = steps_of(recording, "dWhh += ")
    assert steps == found(recording, f"line {line}")
    assert steps == found(recording, f"line {line} in test_conditions.py")
    assert [] == found(recording, f"line {line} in other.py")
    assert [steps[12 - 1 - 3]] == found(recording, f"line {line} if t == 3")
    assert steps[-4:] == found(recording, f"line {line} if t < 4")
    assert steps[4::5] == found(recording, f"line {line} hits %5")
    assert steps[9:] == found(recording, f"line {line} hits >=10")
    assert [steps[2]] == found(recording, f"line {line} hits ==3") == found(recording, f"line {line} hits 3")
    assert [steps[2]] == found(recording, f"line {line} if t % 2 == 1 hits ==2")
    assert steps[:1] == found(recording, f"line {line} hits <2")


def test_both_directions(recorded: Recorder) -> None:
    """The next and the previous hit leave the present step out; beyond the ends there is none."""
    recording = recorded(backward, 5)
    condition = Condition("line", line=line_of(backward, "dWhh += "))
    steps = hits(recording, condition).tolist()
    assert 5 == len(steps)
    forward, step = [], -1
    while (step := next_hit(recording, condition, step) or 10**9) < 10**9:
        forward.append(step)
    assert steps == forward
    assert steps[3] == previous_hit(recording, condition, steps[4])
    assert steps[3] == next_hit(recording, condition, steps[3] - 1)
    assert previous_hit(recording, condition, steps[0]) is None
    assert next_hit(recording, condition, steps[-1]) is None


def test_hits_can_not_be_changed_and_are_kept(recorded: Recorder) -> None:
    """Asked twice, the same array."""
    recording, condition = recorded(backward, 3), Condition.parse("changed dWhh")
    assert hits(recording, condition) is hits(recording, Condition.parse("changed dWhh"))
    assert not hits(recording, condition).flags.writeable


def test_an_expression_stops_where_it_begins_to_hold(recorded: Recorder) -> None:
    """`t == 3` once, at the loop's header; what stays true does not stop again."""
    recording = recorded(backward, 6)
    header = steps_of(recording, "for t in")
    assert [header[2]] == found(recording, "t == 3")
    assert [header[4]] == found(recording, "t < 2")
    assert [header[0]] == found(recording, "t >= 0")
    assert [] == found(recording, "missing == 3")
    assert [header[0]] == found(recording, "t == 5 or missing == 3")


EXPRESSIONS = [
    "t == 2", "t != 2", "1 <= t < 4", "not t", "t % 2 == 0", "t // 2 == 1", "t / 2 == 0.5", "-t < -3", "t + T == 7", "10 % t == 1",
    "t > 1 and missing > 1", "t > 1 or missing > 1", "missing > 1 or t > 1", "t == 2 and dh[0, 0] > 0", "dWhh[0, 0] > 0",
    "np.abs(dWhh).max() > 1", "dh.sum() > 3.5", "hs[t].max() > 0", "dWhh > 0.5", "dhnext.shape[0] == 3", "t is None", "True",
    "t == 1.0", "loss > 1.5", "scale == 0.5",
]  # fmt: skip


def losing(T: int) -> Any:
    loss, scale, dWhh = 0.0, np.float32(1.0), np.zeros((3, 3))
    for t in range(T):
        loss = loss + 0.5 * t
        scale = scale / 2
        dWhh = inner(dWhh, t)
    return loss


def inner(dWhh: Any, t: int) -> Any:
    if t > 2:
        dWhh[0, 0] = -1.0
    else:
        dWhh += 0.4
    return dWhh


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("function", [backward, losing])
def test_expressions_hold_where_evaluating_every_step_says_so(
    recorded: Recorder, function: Callable[..., Any], expression: str
) -> None:
    """Columns and skipping unchanged steps are only faster: every step evaluated alone gives the same."""
    recording, before, expected = recorded(function, 6), {}, []
    for number in range(len(recording)):
        try:
            value = Evaluator(recording.scope(number)).evaluate(parse_expression(expression))
            now = bool(np.any(value)) if isinstance(value, np.ndarray) else bool(value)
        except Unreadable:
            now = False
        frame = recording.step(number).frame
        if now and not before.get(frame, False):
            expected.append(number)
        before[frame] = now
    assert expected == found(recording, expression)


def _evaluated(recorded: Recorder, expression: str) -> Any:
    recording = recorded(backward, 6)
    return Evaluator(recording.scope(len(recording) - 1)).evaluate(parse_expression(expression))


@pytest.mark.parametrize("expression", ["np.eye(4)[[2, 0]]", "np.identity(3)", "np.arange(2, 9, 3)"])
def test_arrays_made_of_whole_numbers(recorded: Recorder, expression: str) -> None:
    """One-hot rows and index arrays are read as they are written."""
    np.testing.assert_array_equal(_evaluated(recorded, expression), eval(expression))


@pytest.mark.filterwarnings("error")
def test_arithmetic_warns_nobody(recorded: Recorder) -> None:
    """A division by zero in the user's code is seen in its values; NumPy's warning would stand among the results."""
    assert np.isinf(_evaluated(recorded, "np.eye(2) / 0")).any()


@pytest.mark.parametrize(
    "expression",
    ["np.eye(10**9)", "np.identity(10**5)", "np.arange(10**12)", "np.arange(0, 9, 1e-12)", "np.eye(float('inf'))"],
)
def test_arrays_that_could_not_be_held(recorded: Recorder, expression: str) -> None:
    """They are refused before they are made."""
    with pytest.raises(Unreadable):
        _evaluated(recorded, expression)


def test_written_and_changed(recorded: Recorder) -> None:
    """The same bits written again are written, not changed; through a view and in a helper too; binding counts as both."""
    recording = recorded(writing)
    written = [
        "a = np.zeros(4)",
        "v[0] = 0.0",
        "a[1] = 2.0",
        "v[0] = np.nan",
        "v[0] = np.nan",
        "out[3] = 1.0",
        "a = a + 0",
    ]
    assert written == texts(recording, "written a")
    assert ["a = np.zeros(4)", "a[1] = 2.0", "v[0] = np.nan", "out[3] = 1.0"] == texts(recording, "changed a")
    assert ["out[3] = 1.0"] == texts(recording, "changed out")
    assert ["a = np.zeros(4)", "out[3] = 1.0"] == texts(recording, "changed a[3]")
    assert ["a = np.zeros(4)", "a[1] = 2.0", "out[3] = 1.0"] == texts(recording, "changed a[np.array([1, 3])]")[:3]
    assert ["a = np.zeros(4)", "a[1] = 2.0", "a = a + 0"] == texts(recording, "written a[1]")


def helper(out: Any) -> None:
    out[3] = 1.0


def writing() -> Any:
    a = np.zeros(4)
    v = a[2:]
    v[0] = 0.0
    a[1] = 2.0
    v[0] = np.nan
    v[0] = np.nan
    helper(a)
    a = a + 0
    return a, v


def test_changed_numbers_and_swaps(recorded: Recorder) -> None:
    """Numbers change with their value; after a swap of equal arrays nothing has changed, though it was bound anew."""
    recording = recorded(swapping)
    assert ["a, b, n = np.ones(2), np.ones(2), 0", "n = 1", "n = n + 1"] == texts(recording, "changed n")
    assert ["a, b, n = np.ones(2), np.ones(2), 0", "a[0] = 3.0", "a, b = b, a"] == texts(recording, "changed a")
    assert 4 == len(found(recording, "written a"))


def swapping() -> Any:
    a, b, n = np.ones(2), np.ones(2), 0
    a, b = b, a
    n = 1
    n = n + 0
    n = n + 1
    a[0] = 3.0
    a, b = b, a
    return a, b, n


class Cell:
    def __init__(self) -> None:
        self.W = np.zeros(2)
        self.cache: dict[Any, Any] = {}

    def step(self, t: int) -> None:
        self.W += t
        self.cache[t] = {"h": self.W * 2.0}
        self.cache[t]["h"][1] = 9.0


def with_cell() -> Any:
    cell = Cell()
    for t in range(3):
        cell.step(t)
    return cell


def test_paths_through_attributes_and_entries(recorded: Recorder) -> None:
    """Watched from the caller and from the method alike."""
    recording = recorded(with_cell)
    writes = steps_of(recording, "self.W += t")
    # At t = 0 zero is added: written, not changed.
    (made,) = steps_of(recording, "cell = Cell()")
    assert [made, *writes[1:]] == found(recording, "changed cell.W")
    assert [made, *writes] == found(recording, "written cell.W")
    assert writes[1:] == [step for step in found(recording, "changed self.W") if step in writes]
    made, set_one = steps_of(recording, "self.cache[t] = ")[1], steps_of(recording, "self.cache[t][")[1]
    assert [made, set_one] == found(recording, "changed cell.cache[1]['h']")
    assert [set_one] == found(recording, "written cell.cache[1]['h'][1] if t == 1")[-1:]


def overflowing(kind: Any) -> Any:
    x = np.full(2, 100.0, dtype=kind)
    y = np.zeros(4, dtype=kind)
    with np.errstate(all="ignore"):
        for t in range(4):
            y[t] = x[0] / (2 - t)
            y[0] = y[0] + 1
        loss = float(y.sum()) if y.dtype.kind == "f" else 0.0
        y = np.ones(4)
    return loss, y


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, complex])
def test_not_finite_stops_where_it_appears(recorded: Recorder, kind: Any) -> None:
    """Once, when the infinity is written in the middle of the run, not at every later write of the array."""
    recording = recorded(overflowing, kind)
    appeared = steps_of(recording, "y[t] = ")[2]
    assert appeared == found(recording, "nan")[0]
    assert [appeared] == found(recording, "nan y")
    assert [] == found(recording, "nan y[:2]")
    assert [appeared] == found(recording, "nan y[2]")
    if kind is np.float64:
        assert steps_of(recording, "loss = ") == found(recording, "nan loss") == found(recording, "nan")[1:]


def creeping() -> Any:
    h, other = np.zeros(3), np.zeros(2)
    for t in range(4):
        other = other + 1
        h = h.astype(np.float32) if t == 2 else h + 1
    h = np.zeros((3, 1), h.dtype)
    scalar = np.float64(1)
    scalar = np.float32(scalar)
    return h, other, scalar


def test_type_and_shape_changed(recorded: Recorder) -> None:
    """float32 creeping in at t = 2; another shape after the loop; with and without a path."""
    recording = recorded(creeping)
    third = steps_of(recording, "h = h.astype")[2]
    assert [third] == found(recording, "dtype h") == found(recording, "dtype")
    assert ["h = np.zeros((3, 1), h.dtype)"] == texts(recording, "shape h") == texts(recording, "shape")
    assert [] == found(recording, "dtype other") == found(recording, "shape other")
    assert ["scalar = np.float32(scalar)"] == texts(recording, "dtype scalar")


def exploding(factor: float) -> Any:
    dh, history = np.zeros(4), np.zeros((6, 4))
    for t in range(6):
        dh = np.full(4, 0.5 * factor**t)
        history[t] = dh
    return dh, history


def test_exploding_and_vanishing(recorded: Recorder) -> None:
    """The norm 1, 10, 100, ... crosses a limit once; relative to the first; zeros at the start are no decay."""
    recording = recorded(exploding, 10.0)
    steps = steps_of(recording, "dh = ")
    assert [steps[3]] == found(recording, "exploding dh 150") == found(recording, "exploding dh 150x")
    assert [steps[3] + 1] == found(recording, "exploding history 150")
    assert [] == found(recording, "exploding dh 1e9") == found(recording, "vanishing dh 0.1")
    recording = recorded(exploding, 0.01)
    assert [steps[3]] == found(recording, "vanishing dh 1e-5") == found(recording, "vanishing dh 1e-5x")
    assert [steps[5] + 1] == found(recording, "vanishing history[5] 1e-5")


def raising() -> int:
    total = 0
    for t in range(3):
        try:
            total += failing(t)
        except ZeroDivisionError:
            total = 0
    return total


def failing(t: int) -> int:
    return 1 // (t - 1)


def test_raised_and_marked(recorded: Recorder) -> None:
    """Every statement an exception went through; marks are steps that exist, once each, in order."""
    recording = recorded(raising)
    assert ["return 1 // (t - 1)", "total += failing(t)"] == texts(recording, "raised")
    assert [] == found(recording, "found")
    marked = Condition.parse("marked divergence").with_marks([7, 3, 3, -1, 10**6])
    assert [3, 7] == hits(recording, marked).tolist()
    assert (7, 3) == (next_hit(recording, marked, 3), previous_hit(recording, marked, 7))
    assert [] == hits(recording, Condition.parse("marked divergence")).tolist()


def deep(n: int) -> int:
    k = n * 2
    if n:
        deep(n - 1)
    k = k + 1
    return k


def numbers(n: int) -> Iterator[int]:
    for i in range(n):
        yield i + 0


def with_generators() -> int:
    return sum(a * b for a, b in zip(numbers(4), numbers(4), strict=True))


def test_calls_are_kept_apart(recorded: Recorder) -> None:
    """In recursion an expression begins to hold in each call; a generator that rests goes on where it was."""
    recording = recorded(deep, 3)
    assert 3 == len(found(recording, "k >= 2 and n > 0"))
    assert ["k = k + 1"] * 4 == texts(recording, "k % 2 == 1")
    recording = recorded(with_generators)
    assert 2 == len(found(recording, "i == 2"))
    assert 8 == len(found(recording, f"line {line_of(numbers, 'yield')}"))


def test_a_growing_recording_is_searched_again(recorded: Recorder) -> None:
    """Hits are kept for one length; a longer recording has its own."""
    recording, condition = recorded(backward, 8), Condition.parse("t % 2 == 0")
    steps, rows = hits(recording, condition).tolist(), recording.steps
    half = steps[2] + 1
    recording.steps = rows[:half]
    assert steps[:3] == hits(recording, condition).tolist()
    recording.steps = rows
    assert steps == hits(recording, condition).tolist()


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("line 24", Condition("line", 24)),
        ("line 24 in model.py if t == 3 hits %10", Condition("line", 24, "model.py", "t == 3", hits="%10")),
        ("t == 412", Condition("expression", expression="t == 412")),
        ("np.abs(dh).max() > 10 and t < 5 hits ==3", Condition("expression", expression="np.abs(dh).max() > 10 and t < 5", hits="==3")),
        ("changed dWhh[3, 4]", Condition("changed", path="dWhh[3, 4]")),
        ("written self.W if t < 3", Condition("written", path="self.W", expression="t < 3")),
        ("nan", Condition("nan")),
        ("nan if t < 3", Condition("nan", expression="t < 3")),
        ("nan dh hits >=5", Condition("nan", path="dh", hits=">=5")),
        ("shape dh", Condition("shape", path="dh")),
        ("dtype", Condition("dtype")),
        ("exploding cache[t]['h'] 1000", Condition("exploding", path="cache[t]['h']", limit=1000.0)),
        ("exploding dh 1234567.5x", Condition("exploding", path="dh", limit=1234567.5, relative=True)),
        ("vanishing dh 1e-06", Condition("vanishing", path="dh", limit=1e-6)),
        ("raised", Condition("raised")),
        ("found hits ==1", Condition("found", hits="==1")),
        ("marked divergence", Condition("marked", name="divergence")),
        ("line == 3", Condition("expression", expression="line == 3")),
        ("found > 3", Condition("expression", expression="found > 3")),
        ("shape[0] == 3", Condition("expression", expression="shape[0] == 3")),
        ("a if b else c", Condition("expression", expression="a if b else c")),
    ],
)  # fmt: skip
def test_what_is_typed_is_what_is_meant(text: str, condition: Condition) -> None:
    """Read as expected, and written back the same."""
    assert condition == Condition.parse(text)
    assert text == str(condition)
    assert condition == Condition.parse(f"  {text}  ")


@pytest.mark.parametrize("kind", CONDITIONS)
def test_examples_are_of_their_kind(recorded: Recorder, kind: str) -> None:
    """Every row's example reads as its kind and can be searched for."""
    condition = Condition.parse(CONDITIONS[kind].example)
    assert kind == condition.kind
    steps = hits(recorded(backward, 2), condition)
    assert steps.dtype == np.int64 and (np.diff(steps) > 0).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing was typed"),
        ("line", "nothing was found after 'line'"),
        ("line x", "'x' was found after 'line'"),
        ("line 3 hits", "nothing was found after 'hits'"),
        ("line 3 hits 0x", "'0x' was found after 'hits'"),
        ("line 3 hits %0", "'%0' was found after 'hits'"),
        ("line 3 if", "nothing was found after 'if'"),
        ("line 3 if t ==", "'t ==' is no expression"),
        ("changed", "nothing was found after 'changed'"),
        ("changed 3 + 4", "is no path"),
        ("changed a[lambda: 3]", "can't be evaluated"),
        ("exploding dh", "was found as the limit"),
        ("exploding dh big", "'big' was found as the limit"),
        ("vanishing dh nan", "'nan' was found as the limit"),
        ("raised dh", "'dh' was found after 'raised'"),
        ("marked", "nothing was found after 'marked'"),
        ("t = 3", "is no expression"),
        ("t in (1, 2)", "'in' can't be evaluated"),
        ("t << 2", "the operator"),
        ("[i for i in x]", "can't be evaluated"),
        ("f'{t}'", "can't be evaluated"),
        ("f(3)(4)", "can't be called"),
        ("(" * 500, "expression"),
        ("t == '\0'", "expression"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(text: str, words: str) -> None:
    """What was found, what was expected, what to do."""
    with pytest.raises(InputError) as error:
        Condition.parse(text)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_conditions_made_by_hand_are_checked_too(recorded: Recorder) -> None:
    """An unknown kind, a missing limit, a filter or path that is none."""
    recording = recorded(backward, 2)
    for condition in (
        Condition("sometimes"), Condition("exploding", path="dh"), Condition("raised", hits="often"),
        Condition("changed", path="1 +"), Condition("expression", expression="t =="),
    ):  # fmt: skip
        with pytest.raises(InputError):
            hits(recording, condition)


def test_user_code_is_never_run(recorded: Recorder) -> None:
    """Calls of what is not NumPy's are refused, or false everywhere."""
    recording = recorded(backward, 2)
    for text in ("print(t)", "os.system('true')", "().__class__", "dh.tofile('x')", "np.save('x', dh)", "t.__class__"):
        assert [] == found(recording, text)
    for text in ("open('x').read()", "__import__('os').system('true')"):
        with pytest.raises(InputError, match="can't be called"):
            Condition.parse(text)


def test_completions(recorded: Recorder) -> None:
    """Kinds and names first, then what may follow: lines that ran, paths, names after `if`, filters after `hits`."""
    recording = recorded(backward, 2)
    assert {"line", "changed", "nan"} < set(completions(recording, ""))
    assert "dWhh" in completions(recording, "") and "expression" not in completions(recording, "")
    assert ["changed"] == completions(recording, "cha")
    assert f"line {line_of(backward, 'dWhh += ')}" in completions(recording, "line ")
    assert ["changed dWhh"] == completions(recording, "changed dW")
    assert ["changed dWhh if dhnext"] == completions(recording, "changed dWhh if dhn")
    assert ["t == 3 hits %10", "t == 3 hits >=5", "t == 3 hits ==3"] == completions(recording, "t == 3 hits ")
    assert ["np.abs(dhnext"] == completions(recording, "np.abs(dhn")
    assert [] == completions(recording, "exploding dh ") == completions(recording, "raised ")
    assert "exploding dh" in completions(recording, "exploding d")
    assert "changed cell.W" in completions(recorded(with_cell), "changed cell.")


def test_what_can_have_no_hit_is_said(recorded: Recorder) -> None:
    """A line that did not run, a name nobody has; nothing where all is well."""
    recording = recorded(backward, 2)
    assert "line 1 was not executed" in problem(recording, Condition.parse("line 1"))
    assert "no call has a name 'dHH'" in problem(recording, Condition.parse("changed dHH"))
    assert "" == problem(recording, Condition.parse("changed dWhh"))


def test_a_recording_cut_anywhere_can_be_searched(recorded: Recorder, tmp_path: Path) -> None:
    """What stands before the cut is answered; rows without their steps or arrays make no question fail."""
    data, whole = recorded(backward, 4).path.read_bytes(), tmp_path / "cut.rec"
    searched = 0
    for end in range(100, len(data), len(data) // 40):
        whole.write_bytes(data[:end])
        try:
            recording = Recording(whole)
        except InputError:
            continue
        for kind in CONDITIONS.values():
            try:
                searched += len(hits(recording, Condition.parse(kind.example))) >= 0
            except InputError as error:
                assert "cut short" in str(error)
        recording.close()
    assert searched > len(CONDITIONS)


SCALE = 2


def with_global(n: int) -> int:
    hidden = 0
    for t in range(n):
        hidden = t * SCALE
    del hidden
    return n


hidden = 4


def test_globals_are_seen_unless_a_local_name_hides_them(recorded: Recorder) -> None:
    """A local name that was deleted has no value; it does not become the global one."""
    recording = recorded(with_global, 3)
    assert [steps_of(recording, "hidden = t")[2]] == found(recording, "hidden == 4")
    assert [0] == found(recording, "SCALE == 2")
    assert 3 == len(found(recording, f"line {line_of(with_global, 'hidden = t')} if SCALE == 2"))
