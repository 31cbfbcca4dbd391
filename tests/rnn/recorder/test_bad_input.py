"""Code that never ends, is too large, or gets in the recorder's way: it says which, and shows what there is."""

# mypy: ignore-errors
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.recorder import Recording, RecordingLimits, record
from rnn.recorder import journal as journal_module
from rnn.recorder.expressions import Unreadable
from rnn.recorder.keeping import WORDS
from rnn.recorder.targets import Targets
from tests.rnn.recorder import workload
from tests.rnn.recorder.lines import loaded
from tests.rnn.recorder.reference import Witness, compare, witnessed

ROOT = Path(__file__).parents[3]
STOPPED: list[str] = []


def endless():
    """Runs until the recorder has stopped."""
    n, a = 0, np.zeros(3)
    while not STOPPED:
        n += 1
        a += n
    return n


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (RecordingLimits(steps=5000), "5,000 steps were recorded; an endless loop, or raise the limit of steps"),
        (RecordingLimits(seconds=0.1), "the run took 0.1 s; an endless loop, or raise the limit of seconds"),
        (RecordingLimits(bytes=300_000), "the recording has 0 MiB; use a smaller problem, or raise the limit of bytes"),
    ],
)
def test_an_endless_loop_ends_at_a_limit(limits: RecordingLimits, words: str, tmp_path: Path) -> None:
    """The limit is named; the recording opens at its last step."""
    STOPPED.clear()
    recorded = record(endless, path=tmp_path / "run.rec", limits=limits, stop=STOPPED.append)
    assert [words] == STOPPED
    assert recorded.ended == words
    recording = recorded.recording
    assert recording.ended == words
    last = len(recording) - 1
    assert limits.steps != 5000 or last == 4999
    assert recording.value("n", last) > 100
    recording.close()


def deep(n, a):
    """Recursion without an end."""
    a[0] += 1
    return deep(n + 1, a) + 1


def test_deep_recursion_is_not_disturbed(tmp_path: Path) -> None:
    """The code meets its own RecursionError, about as deep as without the recorder; the depth of the recording is told."""
    plain, a = np.zeros(1), np.zeros(1)
    with pytest.raises(RecursionError):
        deep(0, plain)
    recorded = record(deep, 0, a, path=tmp_path / "run.rec")
    assert isinstance(recorded.error, RecursionError)
    assert abs(a[0] - plain[0]) < 20
    recording = recorded.recording
    assert recording.ended == "the code raised RecursionError"
    assert any("nested too deeply" in one for one in recording.tables.remarks)
    assert any("nested as deeply as Python allows" in one for one in recording.tables.remarks)
    last = len(recording) - 1
    assert recording.value("a[0]", last) == recording.value("n", last) + 1 > 800
    recording.close()


def counting(n):
    """Many steps."""
    total = 0
    for i in range(n):
        total += i
    return total


def test_many_steps_open_at_once(tmp_path: Path) -> None:
    """Half a million steps; ten million were recorded and opened by hand."""
    recorded = record(counting, 250_000, path=tmp_path / "run.rec")
    recording = recorded.recording
    assert len(recording) > 500_000
    assert recording.value("i", 300_001) == recording.step(300_001).t == 149_999
    recording.close()


def enormous():
    """One array of 4 GiB that is never touched as a whole."""
    a = np.zeros(1 << 29)
    a[5] = 1
    b = a[:3]
    b += 2
    c = np.zeros(2)
    return float(a[5]), c


def test_an_enormous_array_is_not_copied(tmp_path: Path) -> None:
    """Neither read nor copied; the recording says that its values are not there."""
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    recorded = record(enormous, path=tmp_path / "run.rec")
    assert recorded.value[0] == 1.0
    assert time.perf_counter() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    assert (tmp_path / "run.rec").stat().st_size < 100_000
    recording = recorded.recording
    assert (
        "an array of shape (536870912,) has 4,294,967,296 bytes: its values are not kept"
        in recording.tables.weaker[0][1]
    )
    with pytest.raises(Unreadable):
        recording.value("a", 3)
    assert recording.value("c", len(recording) - 1).shape == (2,)
    recording.close()


def greedy(n):
    """Writes more than the budget."""
    rng, a, b = np.random.default_rng(0), np.zeros((64, 64)), np.zeros((64, 64))
    small = np.zeros(4)
    for t in range(n):
        a[...] = rng.normal(size=(64, 64))
        b += a
        small += t
    return a, b, small


@pytest.mark.parametrize("budget", [1 << 20, 4 << 20, 16 << 20])
def test_a_full_budget_keeps_less_and_says_so(budget: int, tmp_path: Path) -> None:
    """Step by step, announced; never a wrong value; never more than a chunk over a quarter more."""
    witness = Witness()
    with witnessed(witness):
        recorded = record(greedy, 300, path=tmp_path / "run.rec", limits=RecordingLimits(bytes=budget))
    size = (tmp_path / "run.rec").stat().st_size
    assert size < 1.25 * budget + journal_module.DATA_BYTES + 300_000
    recording = recorded.recording
    told = [words for _, words in recording.tables.weaker]
    assert told[: len(WORDS)] == [one for one in WORDS if one in told]
    assert WORDS[0] in told
    outcome = compare(recording, witness)
    assert outcome.wrong == []
    assert len(outcome.refused) < outcome.compared
    assert all("not kept" in one or "other bits" in one for one in outcome.refused)
    recording.close()


class _FullDisk:
    """A file on a disk with room for some writes only."""

    def __init__(self, file, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data) -> int:
        self._room -= 1
        if self._room < 0:
            self._file.write(bytes(data)[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name: str):
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [2, 3, 5, 8, 13, 21, 34])
def test_a_full_disk_ends_the_recording(room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code goes on; the recording can be read up to there."""
    make = journal_module.Journal.__init__

    def limited(self, path) -> None:
        make(self, path)
        self._file = _FullDisk(self._file, room)

    monkeypatch.setattr(journal_module.Journal, "__init__", limited)
    monkeypatch.setattr("rnn.recorder.scribe.FLUSH_S", 0.0)
    witness = Witness()
    with witnessed(witness):
        recorded = record(greedy, 200, path=tmp_path / "run.rec")
    assert recorded.error is None
    assert recorded.value[2][0] == sum(range(200))
    assert recorded.ended == ("the recording could not be written: No space left on device; make room and record again")
    try:
        recording = recorded.recording
    except InputError as error:
        assert "holds no recording" in str(error)
        return
    assert recording.ended != ""
    witness.copies = {step: copies for step, copies in witness.copies.items() if step < len(recording)}
    outcome = compare(recording, witness)
    assert outcome.wrong == []
    assert outcome.refused == []
    recording.close()


def sets_its_own():
    """Has a trace function of its own."""
    a = np.zeros(2)
    sys.settrace(None)
    a += 1
    return a


def test_a_trace_function_of_the_code(tmp_path: Path) -> None:
    """It is told, and what was recorded before is there."""
    recorded = record(sets_its_own, path=tmp_path / "run.rec")
    assert recorded.value.tolist() == [1.0, 1.0]
    recording = recorded.recording
    assert any(
        "the code called sys.settrace, which switched the recorder off" in one for one in recording.tables.remarks
    )
    assert recording.value("a", len(recording) - 1).tolist() == [0.0, 0.0]
    recording.close()


def starts_a_thread():
    """Leaves a thread behind."""
    gone = threading.Event()
    thread = threading.Thread(target=gone.wait, daemon=True)
    thread.start()
    return gone


def test_threads_are_told(tmp_path: Path) -> None:
    """Their steps are not recorded."""
    recorded = record(starts_a_thread, path=tmp_path / "run.rec")
    recorded.value.set()
    recording = recorded.recording
    assert any("threads" in one for one in recording.tables.remarks)
    recording.close()


def test_functions_made_by_exec_are_recorded_by_line(tmp_path: Path) -> None:
    """Their lines have no text; their values are there."""
    names = {"np": np}
    exec("def made(x):\n    y = x * 2\n    y[0] = 7\n    return y\n", names)
    recording = record(names["made"], np.ones(2), path=tmp_path / "run.rec").recording
    assert any("was made by exec and has no source" in one for one in recording.tables.remarks)
    assert [recording.step(step).line for step in range(len(recording))] == [2, 3, 4]
    assert recording.value("y", 1).tolist() == [7.0, 2.0]
    recording.close()


def test_source_that_is_not_found(tmp_path: Path) -> None:
    """The same for a file that is gone."""
    names = {"np": np}
    exec(compile("def gone(x):\n    x += 1\n    return x\n", str(tmp_path / "gone.py"), "exec"), names)
    recording = record(names["gone"], np.ones(2), path=tmp_path / "run.rec").recording
    assert any("source was not found" in one for one in recording.tables.remarks)
    assert recording.value("x", 0).tolist() == [2.0, 2.0]
    recording.close()


def test_source_that_is_not_what_was_loaded(tmp_path: Path) -> None:
    """Text that can't be read as Python is no reason to fail."""
    source = tmp_path / "odd.py"
    names = loaded(source, "def odd(x):\n    x += 1\n    return x\n")
    source.write_text("def def odd\n\n\n")
    recording = record(names["odd"], np.ones(2), path=tmp_path / "run.rec").recording
    assert recording.value("x", 0).tolist() == [2.0, 2.0]
    recording.close()


def test_what_can_not_be_recorded(tmp_path: Path) -> None:
    """One sentence each."""
    with pytest.raises(InputError, match="is no Python function; record a function with source of its own"):
        record(np.dot, 1, 2, path=tmp_path / "run.rec")
    with pytest.raises(InputError, match=r"could not be written: .*; choose another place"):
        record(counting, 1, path=tmp_path / "no" / "run.rec")
    recording = record(counting, 3, path=tmp_path / "run.rec", files=lambda file: False).recording
    assert any("no statement of the recorded files was executed" in one for one in recording.tables.remarks)
    recording.close()


def test_it_can_be_read_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every refresh shows more; what is there is right."""
    monkeypatch.setattr("rnn.recorder.scribe.FLUSH_S", 0.0)
    path, seen = tmp_path / "run.rec", []

    def growing():
        a = np.zeros(2)
        for i in range(3000):
            a += 1
            if i % 700 == 699:
                look(i)
        return a

    def look(i: int) -> None:
        recording = readers[0] if readers else Recording(path)
        readers[:] = [recording]
        recording.refresh()
        last = len(recording) - 1
        seen.append(last)
        assert "still being made" in recording.ended
        assert recording.value("a[0]", last) == recording.value("i", last) + (recording.step(last).line != line)

    readers: list[Recording] = []
    line = growing.__code__.co_firstlineno + 2
    record(growing, path=path, files=lambda file: file == __file__)
    assert seen == sorted(set(seen)) and len(seen) == 4 and seen[0] > 500
    readers[0].refresh()
    assert readers[0].ended == ""
    assert readers[0].value("a[0]", len(readers[0]) - 1) == 3000.0
    readers[0].close()


KILLED = """
import sys
import numpy as np
from rnn.recorder import record
def forever():
    a = np.zeros(4)
    i = 0
    while True:
        a += 1
        i += 1
        if i == 20000:
            print("now", flush=True)
record(forever, path=sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_killed_run_opens_at_its_last_step(tmp_path: Path) -> None:
    """Up to what was flushed a quarter of a second before at most."""
    path, script = tmp_path / "run.rec", tmp_path / "killed.py"
    script.write_text(KILLED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, str(script), str(path)], stdout=subprocess.PIPE, env=environment, cwd=ROOT
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"now"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    recording = Recording(path)
    last = len(recording) - 1
    assert last > 20_000
    assert "cut short" in recording.ended
    assert recording.value("a[0]", last) in (recording.value("i", last), recording.value("i", last) + 1)
    recording.close()


def test_a_mistake_of_the_recorder_ends_the_recording_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code goes on unharmed; what was recorded before can be read."""
    made = []

    def failing(self, *arguments):
        made.append(1)
        if len(made) > 50:
            raise LookupError("a mistake")
        return original(self, *arguments)

    original = Targets.written
    monkeypatch.setattr(Targets, "written", failing)
    recorded = record(counting, 100, path=tmp_path / "run.rec")
    assert recorded.value == sum(range(100))
    assert "the recorder failed after step" in recorded.ended and "please report it" in recorded.ended
    recording = recorded.recording
    assert recording.ended == recorded.ended
    assert recording.value("total", len(recording) - 1) > 100
    recording.close()


def test_the_last_word_of_a_raising_run(tmp_path: Path) -> None:
    """The exception, its step, and the arrays of then."""

    def fails():
        a = np.arange(3.0)
        a[1] = np.nan
        return a.reshape(7)

    recording = record(fails, path=tmp_path / "run.rec").recording
    raised = recording.tables.exceptions[0]
    assert (raised.type, raised.step) == ("ValueError", len(recording) - 1)
    assert recording.step(len(recording) - 1).raised
    assert np.isnan(recording.value("a[1]", len(recording) - 1))
    recording.close()


def test_the_workload_is_within_its_budget(tmp_path: Path) -> None:
    """A recording of default limits says nothing of being weaker."""
    recording = record(workload.backward, *workload.make(50, 64), path=tmp_path / "run.rec").recording
    assert recording.tables.weaker == []
    recording.close()
