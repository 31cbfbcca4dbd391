"""A job serves many requests: what one leaves behind must not reach the next, nor keep the parent waiting."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from rnn.cases import Case
from rnn.errors import InputError
from rnn.jobs import Cancelled, JobFailure, JobRunner, Limits
from rnn.jobs.frames import write_frame
from rnn.jobs.job import BOOT, Job
from tests.problems import make_problem
from tests.rnn.jobs.test_jobs import GOOD, NETWORK, _case, _run

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="fork and sessions are POSIX's")


def test_an_edited_module_of_the_user_is_loaded_again(tmp_path: Path) -> None:
    """The case file stays as it is; what it imports changes, as it does when somebody mends their network."""
    network = tmp_path / "my_network.py"
    case = _case(tmp_path, "return dict(dW_hh=problem.params['W_hh'], loss=my_network.LOSS)", head="import my_network")
    found = []
    with JobRunner() as runner:
        for source in ("LOSS = 1\n", "LOSS = 22\n", "raise ValueError('half edited')\n", "LOSS = 4444\n"):
            network.write_text(source, encoding="utf-8")
            try:
                found.append(runner.run(case, make_problem(NETWORK)).loss)
            except JobFailure as error:
                found.append((Path(error.file).name, error.line))
    assert found == [1.0, 22.0, ("my_network.py", 1), 4444.0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "my_network.py"]


def test_an_unchanged_case_keeps_its_job(tmp_path: Path) -> None:
    case = _case(tmp_path, "print(os.getpid())\n" + GOOD)
    with JobRunner() as runner:
        assert runner.run(case, make_problem(NETWORK)).output == runner.run(case, make_problem(NETWORK)).output


def test_a_case_that_changed_after_it_was_read_is_not_run(tmp_path: Path) -> None:
    case = _case(tmp_path, GOOD)
    _case(tmp_path, "open('ran', 'w')\n" + GOOD)
    with JobRunner() as runner, pytest.raises(InputError, match="changed"):
        runner.run(case, make_problem(NETWORK))
    assert not (tmp_path / "ran").exists()


def test_another_folder_is_forgotten(tmp_path: Path) -> None:
    case = _case(tmp_path, "print(os.getcwd())\nos.chdir(os.path.dirname(os.getcwd()))\n" + GOOD)
    with JobRunner() as runner:
        folders = [runner.run(case, make_problem(NETWORK)).output for _ in range(2)]
    assert folders[0] == folders[1]


@POSIX
def test_processor_time_is_counted_anew_for_each_request(tmp_path: Path) -> None:
    body = "import time\nstart = time.process_time()\nwhile time.process_time() < start + 0.8: pass\n" + GOOD
    case = _case(tmp_path, body)
    with JobRunner(Limits(cpu_s=1)) as runner:
        assert all("dW_hh" in runner.run(case, make_problem(NETWORK)).values for _ in range(4))


@POSIX
def test_processor_time_is_limited(tmp_path: Path) -> None:
    with pytest.raises(JobFailure, match="processor time used up"):
        _run(_case(tmp_path, "while True: pass"), Limits(cpu_s=1))


@pytest.mark.parametrize(
    "body",
    [
        "sys.stdout.close()",
        "sys.stdout = sys.stderr = None",
        "os.close(2)",
        "import threading\nthreading.Thread(target=threading.Event().wait).start()",
        pytest.param("os.fork()", marks=POSIX),
    ],
)
def test_closed_streams_threads_and_forks_cost_nothing(tmp_path: Path, body: str) -> None:
    case = _case(tmp_path, f"{body}\n{GOOD}")
    with JobRunner(Limits(wall_s=20.0)) as runner:
        assert "dW_hh" in runner.run(case, make_problem(NETWORK)).values


ESCAPE = (
    "import subprocess\n"
    "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
    "print('pid', other.pid, file=open('pid', 'w'))\n"
)
FORK = (
    "pid = os.fork()\n"
    "if not pid:\n    os.setsid()\n    print('pid', os.getpid(), file=open('pid', 'w'))\n    import time; time.sleep(60)\n"
    "while not os.path.exists('pid') or not open('pid').read().strip(): pass\n"
)


@POSIX
@pytest.mark.parametrize("start", [ESCAPE, FORK])
@pytest.mark.parametrize("end", [GOOD, "os._exit(3)"])
def test_a_process_that_left_the_group_keeps_nobody_waiting(tmp_path: Path, start: str, end: str) -> None:
    """It holds the output's other end open, for a minute, and nothing waits for that."""
    case = _case(tmp_path, start + end)
    runner = JobRunner()
    try:
        if end == GOOD:
            assert "dW_hh" in runner.run(case, make_problem(NETWORK)).values
        else:
            with pytest.raises(JobFailure, match="exit code 3"):
                runner.run(case, make_problem(NETWORK))
        runner.close()
        other = int((tmp_path / "pid").read_text().split()[1])
        os.kill(other, 0)  # still there: the runner did not wait for its end
    finally:
        os.kill(int((tmp_path / "pid").read_text().split()[1]), 9)


def _request(case: Case) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """A request to run a case, as the child sees it."""
    problem = make_problem(NETWORK)
    header: dict[str, object] = dict.fromkeys(("dtype", "cell", "activation", "loss", "seed"), "")
    header |= {"operation": "run_case", "path": str(case.path), "digest": case.digest, "declaration": {}, "shapes": {}}
    arrays = {"x": problem.x, "h0": problem.h0, "target": problem.target, "loss_weights": problem.loss_weights}
    return {**header, "sizes": problem.sizes}, arrays


@pytest.mark.parametrize(
    ("bytes_to_send", "said"),
    [
        ("b'garbage' * 20", "not the start of a frame"),
        ("b''.join(sys.modules['_bptt_inspector_engine.jobs.frames'].encode_frame({}))", "nothing that was asked"),
    ],
)
def test_what_is_written_into_the_private_channel_is_no_answer(tmp_path: Path, bytes_to_send: str, said: str) -> None:
    """The code looks for the channel among its descriptors; the output it made is told without the mark."""
    body = f"print('hello')\nfor n in range(3, 12):\n    try: os.write(n, {bytes_to_send})\n    except OSError: pass\n"
    with pytest.raises(JobFailure, match=said) as caught:
        _run(_case(tmp_path, body + GOOD), Limits(wall_s=20.0))
    assert caught.value.details.startswith("hello\n")


def test_a_busy_job_ends_when_its_request_pipe_closes(tmp_path: Path) -> None:
    """Where nothing else tells a job that its parent died, this does."""
    case = _case(tmp_path, "print('busy', flush=True)\nwhile True: pass")
    command = [sys.executable, "-P", str(BOOT), json.dumps(asdict(Limits()))]
    pipe = subprocess.PIPE
    header, arrays = _request(case)
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        assert child.stdin is not None and child.stderr is not None
        try:
            write_frame(child.stdin, {**header, "mark": "00"}, arrays)
            assert child.stderr.readline().strip() == b"busy"
            child.stdin.close()
            assert child.wait(timeout=30) == 0
        finally:
            child.kill()


def test_the_place_of_a_failure_is_the_users(tmp_path: Path) -> None:
    """Neither the library that raised nor this program's files; a broken message breaks nothing."""
    with pytest.raises(JobFailure) as caught:
        _run(_case(tmp_path, "import json\njson.loads('{')"))
    assert (Path(caught.value.file).name, caught.value.line) == ("mine.py", 7)
    assert "decoder.py" not in caught.value.details
    broken = "class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad()"
    with pytest.raises(JobFailure, match=r"raised .*Bad.* at mine\.py, line 8"):
        _run(_case(tmp_path, broken))


def test_an_object_that_will_not_be_an_array_says_why(tmp_path: Path) -> None:
    body = "class Tensor:\n    def __array__(self, *a, **k): raise RuntimeError('use detach()')\nreturn dict(dW_hh=Tensor())"
    with pytest.raises(JobFailure, match=r"dW_hh raised RuntimeError: use detach\(\)"):
        _run(_case(tmp_path, body))


def test_the_users_arguments_are_not_the_programs(tmp_path: Path) -> None:
    """Code that reads its command line at import finds an empty one."""
    case = _case(tmp_path, GOOD, head="import argparse\nargparse.ArgumentParser().parse_args()")
    assert "dW_hh" in _run(case).values


def test_a_cancelled_job_is_over_for_good() -> None:
    with Job(Limits()) as job:
        job.cancel()
        with pytest.raises(Cancelled):
            job.request({"operation": "read_text", "path": "", "budget": 1})
    assert not job.alive


def test_a_file_that_takes_too_long_is_not_called_a_loop(tmp_path: Path) -> None:
    """The advice fits what was asked."""
    header, arrays = _request(_case(tmp_path, "while True: pass"))
    with Job(Limits(wall_s=1.0)) as job, pytest.raises(JobFailure) as caught:
        job.request(header, arrays, "reading w.npz", "the file may be damaged")
    assert str(caught.value) == "reading w.npz did not finish within 1 s and was stopped; the file may be damaged"


def test_returned_arrays_are_copies(tmp_path: Path) -> None:
    """What the code does to its arrays in a later call does not reach an earlier result."""
    head = "KEPT = np.zeros((6, 6))"
    case = _case(tmp_path, "KEPT[:] += 1\nreturn dict(dW_hh=KEPT)", head=head)
    with JobRunner() as runner:
        first = runner.run(case, make_problem(NETWORK)).values["dW_hh"]
        second = runner.run(case, make_problem(NETWORK)).values["dW_hh"]
    assert np.all(first == 1) and np.all(second == 2)
