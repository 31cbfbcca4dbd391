"""User code that hangs, dies, floods or misbehaves costs that run and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rnn.cases import Case, CaseResult, read_case
from rnn.errors import InputError
from rnn.jobs import Cancelled, JobFailure, JobRunner, Limits
from rnn.network import Network
from tests.problems import make_problem

NETWORK = Network("rnn", "tanh", "half_squared_error", True)
GOOD = "return dict(dW_hh=problem.params['W_hh'] * 2)"
ROOT = Path(__file__).parents[3]


def _case(folder: Path, body: str, head: str = "", name: str = "mine.py", case: str = "dict()") -> Case:
    path = folder / name
    lines = "\n    ".join(body.splitlines())
    path.write_text(
        f"import os, sys\nimport numpy as np\n{head}\nCASE = {case}\ndef run(problem):\n    {lines}\n", encoding="utf-8"
    )
    return read_case(path)


def _run(case: Case, limits: Limits | None = None) -> CaseResult:
    with JobRunner(limits) as runner:
        return runner.run(case, make_problem(NETWORK))


def _gone(pid: int) -> bool:
    """Whether a killed process is gone or a zombie; the kernel may take a moment."""
    for _ in range(200_000):
        try:
            os.kill(pid, 0)
            stat = Path(f"/proc/{pid}/stat")
            if stat.exists() and stat.read_text().split(") ")[1][0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
    return False


def test_returns_what_the_code_returns(tmp_path: Path) -> None:
    problem = make_problem(NETWORK)
    result = _run(_case(tmp_path, GOOD))
    assert np.array_equal(result.values["dW_hh"], problem.parameters["W_hh"] * 2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while True: pass", "did not finish within 1 s"),
        ("os._exit(0)", "exit code 0"),
        ("os._exit(3)", "exit code 3"),
        ("sys.exit('enough')", "SystemExit"),
        ("import ctypes\nctypes.string_at(0)", "did not return"),
        ("raise ValueError('step 7 is odd')", "ValueError: step 7 is odd at mine.py, line 6"),
        (
            "import threading\nthreading.Thread(target=lambda: None).start()\nraise KeyboardInterrupt",
            "KeyboardInterrupt",
        ),
        ("return input()", "EOFError"),
        ("return None", "returned NoneType"),
        ("return [1, 2]", "returned list"),
        ("return dict(dW_hh=None)", "returned None for dW_hh"),
        ("return dict(dW_hh='text')", "returned dW_hh as str"),
        ("return dict(dW_hh=[[1, 2], [3]])", "ragged"),
        ("return dict(dWhh=1)", "unknown key 'dWhh'"),
        ("return dict(loss=1.0)", "no gradient"),
        ("return dict(dW_hh=problem.params['W_hh'], loss=[1, 2])", "expected one number"),
    ],
)
def test_failures_become_sentences(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(JobFailure) as caught:
        _run(_case(tmp_path, body), Limits(wall_s=1.0))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the address-space limit")
def test_a_huge_allocation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JobFailure, match="memory"):
        _run(_case(tmp_path, "return dict(dW_hh=np.ones((1 << 36,)))"), Limits(memory_bytes=4 << 30))


def test_a_flood_of_output_is_kept_to_its_end(tmp_path: Path) -> None:
    body = "for i in range(200000): print('line', i)\n" + GOOD
    result = _run(_case(tmp_path, body), Limits(output_bytes=2000))
    assert "bytes dropped" in result.output
    assert "line 199999" in result.output
    assert len(result.output) < 2100


def test_garbage_on_standard_output_is_only_output(tmp_path: Path) -> None:
    """Descriptor 1 is not the channel that carries results."""
    result = _run(_case(tmp_path, f"os.write(1, b'BPTF' * 100)\n{GOOD}"))
    assert "dW_hh" in result.values


def test_the_folder_of_the_code_wins_over_our_names(tmp_path: Path) -> None:
    """Files called like our packages, in a folder with spaces and accents."""
    folder = tmp_path / "mes réseaux à moi"
    folder.mkdir()
    for name in ("rnn", "inspector", "numpy_utils", "resources"):
        (folder / f"{name}.py").write_text(f"WHO = 'the user, {name}'\n", encoding="utf-8")
    body = "import rnn, inspector, numpy_utils, resources\nprint(rnn.WHO, inspector.WHO, os.getcwd())\n" + GOOD
    result = _run(_case(folder, body, name="rnn_case.py"))
    assert "the user, rnn the user, inspector" in result.output
    assert "mes réseaux" in result.output


def test_the_next_run_works_after_a_crash(tmp_path: Path) -> None:
    crash, good = _case(tmp_path, "os._exit(1)", name="a.py"), _case(tmp_path, GOOD, name="b.py")
    with JobRunner() as runner:
        with pytest.raises(JobFailure):
            runner.run(crash, make_problem(NETWORK))
        assert "dW_hh" in runner.run(good, make_problem(NETWORK)).values
        with pytest.raises(JobFailure):
            runner.run(crash, make_problem(NETWORK))


def test_an_edited_file_is_loaded_again(tmp_path: Path) -> None:
    with JobRunner() as runner:
        first = runner.run(_case(tmp_path, "return dict(loss=1, dW_hh=problem.params['W_hh'])"), make_problem(NETWORK))
        second = runner.run(_case(tmp_path, "return dict(loss=2, dW_hh=problem.params['W_hh'])"), make_problem(NETWORK))
    assert (first.loss, second.loss) == (1.0, 2.0)


def test_cancel_from_another_thread(tmp_path: Path) -> None:
    case = _case(tmp_path, "while True: pass")
    with JobRunner() as runner:
        threading.Timer(0.5, runner.cancel).start()
        with pytest.raises(Cancelled):
            runner.run(case, make_problem(NETWORK))
        assert "dW_hh" in runner.run(_case(tmp_path, GOOD), make_problem(NETWORK)).values


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX process groups")
def test_grandchildren_end_with_the_job(tmp_path: Path) -> None:
    body = (
        "import subprocess\nc = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\nprint('pid', c.pid)\n"
        + GOOD
    )
    result = _run(_case(tmp_path, body))
    assert _gone(int(result.output.split("pid ")[1].split()[0]))


@pytest.mark.skipif(sys.platform != "linux", reason="death with the parent is Linux's")
def test_a_job_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    case, problem = _case(tmp_path, "return dict(db_h=np.full(problem.H, os.getpid()))"), make_problem(NETWORK)
    with JobRunner() as runner, ThreadPoolExecutor(1) as pool:
        first = pool.submit(runner.run, case, problem).result()
        pool.shutdown()  # its thread has ended
        again = runner.run(case, problem)
    assert first.values["db_h"][0] == again.values["db_h"][0]


def test_a_job_ends_with_its_parent(tmp_path: Path) -> None:
    """Also when the parent is killed and the job is busy."""
    _case(tmp_path, "print('pid', os.getpid(), file=open('pid', 'w'))\nwhile True: pass")
    script = (
        "from pathlib import Path\nfrom rnn.cases import read_case\nfrom rnn.jobs import JobRunner\n"
        "from tests.problems import make_problem\nfrom tests.rnn.jobs.test_jobs import NETWORK\n"
        f"with JobRunner() as r: r.run(read_case(Path({str(tmp_path / 'mine.py')!r})), make_problem(NETWORK))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    mark = tmp_path / "pid"
    while not (mark.exists() and mark.read_text().strip()):
        assert parent.poll() is None
    pid = int(mark.read_text().split()[1])
    parent.kill()
    parent.wait()
    assert _gone(pid), "the job outlived its parent"


def test_changed_inputs_are_reported(tmp_path: Path) -> None:
    body = "problem.x[0] = 0\nproblem.params['W_hy'] += 1\n" + GOOD
    assert set(_run(_case(tmp_path, body)).purity) == {"x", "params['W_hy']"}


def test_a_missing_weight_file_is_bad_input(tmp_path: Path) -> None:
    with JobRunner() as runner, pytest.raises(InputError) as caught:
        runner.read_weights(tmp_path / "none.npz")
    assert not isinstance(caught.value, JobFailure)


@pytest.mark.parametrize("layout", ["TBD", "BTD", "TD"])
@pytest.mark.parametrize("weights", ["in,out", "out,in"])
def test_layouts_come_home(tmp_path: Path, layout: str, weights: str) -> None:
    """What is handed out in the declared layout and returned as it is comes home as it was."""
    sizes = (7, 1 if layout == "TD" else 3, 4, 6, 5)
    problem = make_problem(NETWORK, sizes)
    body = (
        "p = problem.params\nreturn dict(dW_xh=p['W_xh'], dW_hh=p['W_hh'], dx=problem.x, dh0=problem.h0, "
        "db_h=p['b_h'].reshape(-1, 1), dy=problem.target)"
    )
    with JobRunner() as runner:
        result = runner.run(_case(tmp_path, body, case=f"dict(x={layout!r}, weights={weights!r})"), problem)
    wanted = {
        "dW_xh": problem.parameters["W_xh"],
        "dW_hh": problem.parameters["W_hh"],
        "db_h": problem.parameters["b_h"],
        "dx": problem.x,
        "dh0": problem.h0,
        "dy": problem.target,
    }
    for name, value in wanted.items():
        assert np.array_equal(result.values[name], value), name
