"""Calling the user's code: runs in a job only. Builds `problem`, calls `run(problem)`, brings home what comes back."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .crash import where_raised
from .given import changed, given
from .layout import PER_STEP, Layout
from .loading import OURS, is_users, load, open_script, stamp_sources, stamps
from .python2 import hint, is_python_2, syntax_sentence
from .returned import Home
from .user_problem import UserProblem


class Request(Protocol):
    """What this module needs of a frame."""

    @property
    def header(self) -> Mapping[str, Any]:
        """What is asked."""

    @property
    def arrays(self) -> Mapping[str, AnyArray]:
        """Weights and data."""


class UserCodeError(InputError):
    """The user's code raised.

    Attributes:
        details: traceback lines from the user's own files.
        file, line: the innermost of them.
        step: `, in step 7 of 20 (t = 6)`, or empty. moment: values of the variables there, a line each.
    """

    def __init__(
        self, sentence: str, details: str, file: str, line: int, step: str = "", moment: Sequence[str] = ()
    ) -> None:
        """Args: as the attributes."""
        super().__init__(sentence)
        self.details, self.file, self.line = details, file, line
        self.step, self.moment = step, tuple(moment)


Run = Callable[[UserProblem], Any]


def said_error(error: BaseException) -> str:
    """Type and first line of an exception's text, which may itself be broken."""
    lines = traceback.format_exception_only(error)
    # The text of a SyntaxError comes after its source lines.
    text = [line for line in lines if line.startswith(type(error).__name__)] or lines
    return text[0].splitlines()[0]


def guarded(work: Any, what: str, steps: int | None = None) -> Any:
    """Call user code; whatever it raises, exits included, becomes a sentence with file, line and, of a loop over T, step."""
    try:
        return work()
    except MemoryError:
        raise
    except BaseException as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_users(frame.filename)]
        if isinstance(error, InputError) and not frames:
            raise
        lines = "".join(traceback.format_list(frames)) + "".join(traceback.format_exception_only(error))
        file, line = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
        if isinstance(error, SyntaxError) and error.filename:
            file, line = error.filename, error.lineno or 0
            if is_python_2(error.msg, error.text or ""):
                said = syntax_sentence(error, Path(file).name, "")
                raise UserCodeError(f"{what} came to {said}", lines, file, line) from None
        step, moment = where_raised(error, is_users, steps)
        where = f" at {Path(file).name}, line {line}{step}" if file else ""
        if isinstance(error, InputError):
            said = f"{error}{where.replace(' at ', ', at ', 1)}"
            raise UserCodeError(said, lines, file, line, step, moment) from None
        more = hint(error, (frames[-1].line or "") if frames else "", Path(file).name)
        raise UserCodeError(
            f"{what} raised {said_error(error)}{where}{more}", lines, file, line, step, moment
        ) from None


def _array(name: str, value: Any) -> AnyArray:
    try:
        return np.array(value)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise InputError(
            f"run() returned {name} as a ragged {type(value).__name__}; expected one array of numbers"
        ) from error


def _number(name: str, value: Any) -> AnyArray:
    """The value as an array of numbers, copied."""
    # A tensor of another library may refuse to become an array, with a reason worth reading.
    array: AnyArray = guarded(lambda: _array(name, value), f"making an array of the returned {name}")
    if array.dtype.kind not in "fiub":
        raise InputError(
            f"run() returned {name} as {type(value).__name__} of {array.dtype}; expected an array of numbers"
        )
    return array if array.dtype.kind == "f" and array.dtype.itemsize in (4, 8) else array.astype("float64")


def load_case(frame: Request) -> ModuleType:
    """The module of a request's case, loaded if it is not yet.

    Raises:
        UserCodeError: what the user's code raised.
        InputError: the file was changed in between.
    """
    path = Path(frame.header["path"])
    module: ModuleType = guarded(lambda: load(path, frame.header["digest"]), f"loading {path.name}")
    return module


def home_of(frame: Request, layout: Layout) -> Home:
    """Reads what a case returns that is run as a request says."""
    return Home(layout, frame.header["shapes"], frame.arrays, _number)


def brought_home(returned: Any, home: Home) -> tuple[dict[str, AnyArray], float | None]:
    """What a case returned, in our layout by our names, and its loss, None where there is none or it is not finite.

    Raises:
        InputError: what came back can't be used.
    """
    home.check_names(returned)
    for name, value in returned.items():
        if value is None:
            shape = home.shapes.get(name, "numbers")
            raise InputError(f"run() returned None for {name}; leave the key out, or return an array of {shape}")
    return home.bring(returned), _loss(returned["loss"]) if "loss" in returned else None


def _plainly(run: Run, problem: UserProblem) -> Any:
    return run(problem)


def run_case(
    frame: Request, call: Callable[[Run, UserProblem], Any] = _plainly
) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Carry out one request to run a case.

    Args:
        frame: the request.
        call: calls the user's `run(problem)`.

    Raises:
        UserCodeError: what the user's code raised.
        InputError: what came back can't be used.
    """
    header = frame.header
    path, layout = Path(header["path"]), Layout.of(header["declaration"], header["cell"])
    module = load_case(frame)
    problem = UserProblem(header, frame.arrays, layout, open_script)
    before = given(problem.inputs())
    stamp_sources()
    returned = guarded(lambda: call(module.run, problem), f"run() of {path.name}", header["sizes"]["T"])
    stamp_sources()
    purity = changed(before, problem.allowed)
    home = home_of(frame, layout)
    arrays, loss = brought_home(returned, home)
    answer = {"loss": loss, "purity": purity, "dtypes": _dtypes(returned, home), "sources": stamps()}
    return {**answer, "rounding": _by_owner(problem.rounding, home)}, arrays


def _dtypes(returned: Mapping[str, Any], home: Home) -> dict[str, str]:
    """Types of what was returned, by our names of what is in it."""
    kinds = {name: str(getattr(value, "dtype", type(value).__name__)) for name, value in returned.items()}
    return {one: kind for name, kind in kinds.items() for one in home.owners(name)}


def _by_owner(rounding: Mapping[str, float], home: Home) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, size in rounding.items():
        for name in home.owners(key):
            found[name] = max(size, found.get(name, 0.0))
    return found


def _loss(value: Any) -> float | None:
    array = _number("loss", value)
    if array.size != 1:
        raise InputError(f"run() returned a loss of shape {array.shape}; expected one number")
    number = float(array.reshape(()))
    return number if np.isfinite(number) else None


__all__ = ["OURS", "PER_STEP", "UserCodeError", "UserProblem", "is_users", "load_case", "run_case"]
