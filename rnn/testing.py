"""assert_gradients_agree: a case as a test, under pytest, unittest or anything that understands an AssertionError.

from rnn.testing import assert_gradients_agree

def test_my_gradients():
    assert_gradients_agree("my_network_case.py", steps=20)

Every call is worked on in a process of its own: JAX is set to float64 there, and not in the process of the tests, whose other
tests may want it otherwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from .errors import InputError
from .results import Inspection
from .settings import ProblemSettings

_ROOT = str(Path(__file__).resolve().parents[1])
_CHILD = "from rnn.testing_child import main; main()"

LONGEST_S = 3600.0


def assert_gradients_agree(
    case: str | Path, *, problems: int = 1, why_seconds: float = 20.0, time_limit: float | None = None, **settings: Any
) -> Inspection:
    """Check a case as `bptt-inspector check` does, and raise `AssertionError` unless every gradient agrees.

    The message of the error is what was found: which gradients are wrong and from which step on, the first wrong line, the
    mistake, and the edit that makes them right, where one was found in time.

    Args:
        case: the case file. problems: so many random problems of different sizes are checked, the one that is set first.
        why_seconds: how long each search for the cause may take; 0 looks for none, only for the first wrong line.
        time_limit: seconds that the code may run (60). settings: fields of `ProblemSettings` that are not the case's own:
            `steps=50`, `dtype="float32"`, `seed=3`.

    Returns:
        The result of the first problem, with its arrays in memory.

    Raises:
        AssertionError: a gradient differs or cannot be judged, or the code raises or does not end.
        InputError: a file, a setting or a declaration that can't be used.
    """
    __tracebackhide__ = True  # pytest shows the line of the test, and nothing of ours
    _check(problems, why_seconds, settings)
    path = Path(case).resolve()
    if not path.is_file():
        raise InputError(f"{case} is no file; name the file of a case, which may stand beside the test")
    asked = {"case": str(path), "problems": problems, "why_seconds": why_seconds, "settings": settings}
    answer, result = _asked({**asked, "time_limit": time_limit})
    if answer["state"] == "input":
        raise InputError(answer["message"])
    if answer["state"] == "failed" or result is None:
        raise AssertionError(answer["message"])
    return result


def _check(problems: int, why_seconds: float, settings: Mapping[str, Any]) -> None:
    known = [field.name for field in fields(ProblemSettings)]
    unknown = sorted(set(settings) - set(known))
    if unknown:
        raise InputError(f"unknown setting {unknown[0]!r}; known are {', '.join(known)}")
    if problems < 1:
        raise InputError(f"problems is {problems}; at least 1 is needed")
    if not 0 <= why_seconds <= LONGEST_S:
        raise InputError(f"why_seconds is {why_seconds:g}; expected 0 to {LONGEST_S:g}")


def _command(folder: str) -> list[str]:
    """The child's command line; the current folder stays off its path, as a `rnn.py` there is none of ours."""
    start = f"import sys; sys.path.insert(0, {_ROOT!r}); {_CHILD}"
    return [sys.executable, "-P", "-X", "utf8", "-c", start, folder]


def _environment() -> dict[str, str]:
    """Ours, without what a measuring of coverage or another plugin starts in every child of a test."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COV_CORE", "COVERAGE_PROCESS"))}


def _asked(request: Mapping[str, Any]) -> tuple[dict[str, Any], Inspection | None]:
    """What the child answers; it is gone afterwards, whatever happens."""
    from .saving import load_whole

    with tempfile.TemporaryDirectory(prefix="bptt-inspector-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / "request.json").write_text(json.dumps(request, default=_plain), encoding="utf-8")
        with (place / "errors").open("wb") as errors:
            child = subprocess.Popen(
                _command(folder), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, env=_environment()
            )
            try:
                child.wait()
            finally:
                child.kill()  # nothing where it has ended; its jobs end with it
                child.wait()
                if child.stdin is not None:
                    child.stdin.close()
        if not (place / "answer.json").is_file():
            said = (place / "errors").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"the process that checks gradients ended with {child.returncode}:\n{said}")
        answer: dict[str, Any] = json.loads((place / "answer.json").read_text(encoding="utf-8"))
        return answer, load_whole(place / "result.bptt") if (place / "result.bptt").is_file() else None


def _plain(value: Any) -> Any:
    """NumPy's numbers and paths as JSON."""
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"a setting is {value!r}, expected a number, a text or a list of such")


__all__: Sequence[str] = ["assert_gradients_agree"]
