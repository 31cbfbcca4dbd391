"""Recording in a job: it stands however the code ends, and says how that was."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from inspector.assets import example_path
from rnn.build import build
from rnn.cases import Case, RecordedCase, read_case
from rnn.errors import InputError
from rnn.jobs import Cancelled, JobFailure, JobRunner, Limits
from rnn.recorder import Recording, RecordingLimits
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for
from tests.problems import make_problem
from tests.rnn.jobs.test_jobs import GOOD, NETWORK, _case

QUESTION = example_path("question-2014")
LOOP = "n = 0\nfor i in range(6000):\n    n += i\n"


def _record(
    case: Case | None, path: Path, limits: RecordingLimits | None = None, functions: str = "both"
) -> RecordedCase:
    with JobRunner() as runner:
        return runner.record(case, make_problem(NETWORK), path, limits, functions)


def test_a_recorded_case_returns_what_a_run_returns(tmp_path: Path) -> None:
    """The same numbers, output and purity; the recording holds every statement and the values they made."""
    body = "print('hello')\nfor t in range(3):\n    problem.x[t] *= 2\n" + GOOD
    case, problem = _case(tmp_path, body), make_problem(NETWORK)
    with JobRunner() as runner:
        made, plain = runner.record(case, problem, tmp_path / "r.rec"), runner.run(case, problem)
    assert made.result is not None and made.failure is None and made.ended == ""
    assert made.result.values["dW_hh"].tobytes() == plain.values["dW_hh"].tobytes()
    assert (made.result.output, made.result.purity) == (plain.output, plain.purity) == ("hello\n", ("x",))
    recording = Recording(made.path)
    assert made.steps == len(recording) == 10
    last = np.array(problem.x)
    last[:3] *= 2
    assert np.array_equal(recording.value("problem.x", 9), last)
    assert [one.text for one in recording.tables.outputs] == ["hello", "\n"]


def test_files_beside_the_case_are_followed_and_libraries_are_not(tmp_path: Path) -> None:
    (tmp_path / "mine_too.py").write_text("def double(x):\n    y = x * 2\n    return y\n", encoding="utf-8")
    case = _case(
        tmp_path,
        "import json\njson.dumps([1])\nreturn dict(dW_hh=mine_too.double(problem.params['W_hh']))",
        "import mine_too",
    )
    recording = Recording(_record(case, tmp_path / "r.rec").path)
    assert [Path(file.path).name for file in recording.tables.files] == ["mine.py", "mine_too.py"]


def test_what_was_recorded_is_told(tmp_path: Path) -> None:
    """Enough to run it again: file, digest, declaration, sizes, settings."""
    case = read_case(QUESTION)
    with JobRunner() as runner:
        problem = build(settings_for(case), runner)
        recording = Recording(runner.record(case, problem, tmp_path / "r.rec").path)
    facts = recording.tables.extra["case"]
    assert (facts["name"], facts["path"], facts["digest"]) == (case.name, str(case.path), case.digest)
    assert facts["sizes"] == problem.sizes and facts["declaration"]["x"] == "TD"
    assert ProblemSettings.from_json(facts["settings"]) == problem.settings


@pytest.mark.parametrize(
    ("functions", "names"),
    [
        ("both", {"run", "forward", "backward", "cost"}),
        ("forward", {"forward"}),
        ("backward", {"backward"}),
        ("cost", {"cost"}),
        ("cost, back*", {"cost", "backward"}),
        ("nothing", set()),
    ],
)
def test_chosen_functions(tmp_path: Path, functions: str, names: set[str]) -> None:
    case = read_case(QUESTION)
    with JobRunner() as runner:
        made = runner.record(case, build(settings_for(case), runner), tmp_path / "r.rec", None, functions)
    recording = Recording(made.path)
    assert {recording.tables.texts[int(row["name"])] for row in recording.frames} == names
    assert made.result is not None and "dh" in made.result.values
    if functions != "both":
        assert set(made.passed) == {"run", "forward", "backward", "cost"} - names


def test_a_chosen_function_takes_along_what_it_calls(tmp_path: Path) -> None:
    head = "def helper(x):\n    return 2 * x\ndef backward(x):\n    return helper(x)"
    case = _case(tmp_path, "helper(1)\nreturn dict(dW_hh=backward(problem.params['W_hh']))", head)
    recording = Recording(_record(case, tmp_path / "r.rec", None, "backward").path)
    assert [recording.tables.texts[int(row["name"])] for row in recording.frames] == ["backward", "helper"]


@pytest.mark.parametrize("functions", ["both", "backward"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_built_in_bptt_is_a_case_like_any_other(tmp_path: Path, functions: str, dtype: str) -> None:
    """Its lines, its values; what it returns is what it returns without the recorder."""
    from rnn.handwritten import run_by_hand

    problem = build(ProblemSettings(dtype=dtype), None)
    with JobRunner() as runner:
        made = runner.record(None, problem, tmp_path / "r.rec", None, functions)
    assert made.result is not None
    trace, gradients = run_by_hand(problem)
    for name, value in {**gradients.named(), "y": trace.y}.items():
        assert made.result.values[name].tobytes() == value.tobytes(), name
    assert made.result.loss == trace.loss
    recording = Recording(made.path)
    names = {Path(file.path).name for file in recording.tables.files}
    assert "vanilla.py" in names and "arrays.py" not in names
    backward = [
        f
        for f in range(len(recording.frames))
        if recording.tables.texts[recording.frames[f]["name"]] == "VanillaRNN.backward"
    ]
    assert recording.value("da", len(recording) - 1, backward[0]).tobytes() == gradients.steps["da"].tobytes()


def test_code_that_raises_leaves_its_recording(tmp_path: Path) -> None:
    """Failure, file and line are told as without a recorder; the recording ends in the line that raised."""
    made = _record(_case(tmp_path, "n = 1\nraise ValueError('step 7 is odd')"), tmp_path / "r.rec")
    assert isinstance(made.failure, JobFailure) and made.result is None
    assert str(made.failure) == "run() of mine.py raised ValueError: step 7 is odd at mine.py, line 7"
    assert made.failure.line == 7 and "record.py" not in made.failure.details
    recording = Recording(made.path)
    assert (made.ended, recording.ended) == ("the code raised ValueError",) * 2
    assert recording.step(len(recording) - 1).line == 7 and recording.step(len(recording) - 1).raised


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return None", "returned NoneType"),
        ("import sys; sys.exit('enough')", "SystemExit"),
        ("return dict(dWhh=1)", "unknown key 'dWhh'"),
    ],
)
def test_other_failures_leave_their_recording_too(tmp_path: Path, body: str, said: str) -> None:
    made = _record(_case(tmp_path, body), tmp_path / "r.rec")
    assert said in str(made.failure) and "\n" not in str(made.failure)
    assert made.steps == len(Recording(made.path)) >= 2


SWALLOW = "n = 0\nwhile True:\n    try:\n        n += 1\n    except BaseException:\n        pass"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (RecordingLimits(steps=5000), "5,000 steps were recorded"),
        (RecordingLimits(seconds=0.3), "the run took 0.3 s"),
        (RecordingLimits(bytes=100_000), "the recording has"),
    ],
)
def test_a_limit_ends_the_job_and_the_recording_opens_at_its_last_step(
    tmp_path: Path, limits: RecordingLimits, said: str
) -> None:
    """Even where the code catches everything."""
    start = time.perf_counter()
    made = _record(_case(tmp_path, SWALLOW), tmp_path / "r.rec", limits)
    assert time.perf_counter() - start < 15
    assert made.result is None and said in made.ended
    recording = Recording(made.path)
    assert f"the recording holds {len(recording):,} steps and opens at the last, mine.py, line" in str(made.failure)
    assert "the code of mine.py was stopped" in str(made.failure)
    assert recording.step(len(recording) - 1).line in range(7, 12)
    assert recording.value("n", len(recording) - 1) > 100


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and segmentation faults are POSIX's")
@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
        ("os._exit(3)", "exit code 3"),
    ],
)
def test_a_process_that_dies_leaves_what_was_flushed(tmp_path: Path, end: str, said: str) -> None:
    made = _record(_case(tmp_path, LOOP + end), tmp_path / "r.rec")
    assert said in str(made.failure)
    recording = Recording(made.path)
    assert len(recording) == made.steps >= 8192
    assert recording.value("n", len(recording) - 1) > 0
    assert "cut short" in made.ended


@pytest.mark.parametrize("times", [20, 6000])
def test_code_that_is_stuck_in_a_library_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Whatever it had done before can be seen, be it ever so little."""
    monkeypatch.setattr("rnn.jobs.recording.GRACE_S", 0.5)
    body = LOOP.replace("6000", str(times)) + "import time; time.sleep(100)"
    made = _record(_case(tmp_path, body), tmp_path / "r.rec", RecordingLimits(seconds=1.0))
    assert "did not finish within 1.5 s" in str(made.failure)
    recording = Recording(made.path)
    assert len(recording) == made.steps == 2 * times + 3
    assert recording.value("n", made.steps - 1) == sum(range(times))


def test_cancelling_a_recording_leaves_it(tmp_path: Path) -> None:
    path, runner = tmp_path / "r.rec", JobRunner()
    case, caught = _case(tmp_path, "print('on', flush=True)\nn = 0\nwhile True: n += 1"), []

    def work() -> None:
        try:
            runner.record(case, make_problem(NETWORK), path)
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(3000):
        if path.exists() and path.stat().st_size > 100_000:
            break
        time.sleep(0.01)
    growing = Recording(path)
    assert len(growing) > 0 and "still being made" in growing.ended
    runner.cancel()
    thread.join(timeout=30)
    assert not thread.is_alive() and len(caught) == 1
    assert len(Recording(path)) >= len(growing)


def test_the_jobs_limit_on_files_leaves_room_for_the_budget(tmp_path: Path) -> None:
    case = _case(tmp_path, "kept = []\nfor i in range(40):\n    kept.append(np.full(30_000, i))\n" + GOOD)
    with JobRunner(Limits(file_bytes=1 << 20)) as runner:
        made = runner.record(case, make_problem(NETWORK), tmp_path / "r.rec", RecordingLimits(bytes=64 << 20))
    assert made.ended == "" and made.path.stat().st_size > 40 * 240_000


def test_bad_places_and_limits_are_refused_before_anything_runs(tmp_path: Path) -> None:
    case = _case(tmp_path, "open('ran', 'w')\n" + GOOD)
    text = (tmp_path / "mine.py").read_text()
    refused = [
        (tmp_path / "no" / "r.rec", None, "could not be written"),
        (tmp_path, None, "no ordinary file"),
        (tmp_path / "mine.py", None, "is no recording"),
        (tmp_path / "r.rec", RecordingLimits(steps=0), "limit of steps is 0"),
        (tmp_path / "r.rec", RecordingLimits(seconds=float("nan")), "limit of seconds is nan"),
        (tmp_path / "r.rec", RecordingLimits(bytes=-1), "limit of bytes is -1"),
    ]
    for path, limits, said in refused:
        with pytest.raises(InputError, match=said) as caught:
            _record(case, path, limits)
        assert not isinstance(caught.value, JobFailure)
    assert (tmp_path / "mine.py").read_text() == text
    assert sorted(os.listdir(tmp_path)) == ["mine.py"]


def test_a_file_that_can_not_be_loaded_keeps_an_older_recording(tmp_path: Path) -> None:
    path = tmp_path / "r.rec"
    good, bad = _case(tmp_path, GOOD), _case(tmp_path, GOOD, "1 / 0", "bad.py")
    with pytest.raises(JobFailure, match=r"loading bad\.py raised ZeroDivisionError"):
        _record(bad, path)
    assert not path.exists()
    _record(good, path)
    before = path.read_bytes()
    with pytest.raises(JobFailure):
        _record(bad, path)
    assert path.read_bytes() == before
