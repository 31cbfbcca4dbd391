"""Calling the user's code: runs in a job only. Builds `problem`, calls `run(problem)`, brings home what comes back."""

from __future__ import annotations

import hashlib
import linecache
import os
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .layout import Layout, is_state


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
    """

    def __init__(self, sentence: str, details: str, file: str, line: int) -> None:
        """Args: as the attributes."""
        super().__init__(sentence)
        self.details, self.file, self.line = details, file, line


class UserProblem:
    """What `run(problem)` is given; all arrays are fresh copies in the declared layout.

    Attributes:
        params: weights by name. x, target, loss_weights: data. states: initial states by name, `h0`, `c0`; h0: the first
            of them. T, B, D, H, K: sizes.
        dtype, activation, loss, cell, seed: as set.
    """

    def __init__(self, header: Mapping[str, Any], arrays: Mapping[str, AnyArray], layout: Layout) -> None:
        """Args: header: sizes and names; arrays: in our layout; layout: the declared one."""
        self.params = {
            name[7:]: layout.to_user(name[7:], value) for name, value in arrays.items() if name.startswith("params/")
        }
        self.x, self.target, self.loss_weights = (
            layout.to_user(name, arrays[name]) for name in ("x", "target", "loss_weights")
        )
        self.states = {name: layout.to_user(name, value) for name, value in arrays.items() if is_state(name)}
        self.h0 = next(iter(self.states.values()))
        for letter, size in header["sizes"].items():
            setattr(self, letter, size)
        self.dtype, self.cell, self.activation = header["dtype"], header["cell"], header["activation"]
        self.loss, self.seed = header["loss"], header["seed"]

    def inputs(self) -> dict[str, AnyArray]:
        """Everything that the code has no business to change, by name."""
        data = {"x": self.x, "target": self.target, **self.states, "loss_weights": self.loss_weights}
        return {**data, **{f"params[{name!r}]": value for name, value in self.params.items()}}


Run = Callable[[UserProblem], Any]

OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INSTALLED = tuple(os.path.join(sysconfig.get_path(kind), "") for kind in ("stdlib", "platstdlib", "purelib", "platlib"))

_loaded: dict[tuple[str, str], ModuleType] = {}
_folders: set[str] = set()
_seen: set[str] = set()
_stamps: dict[str, list[int]] = {}


def is_users(file: str) -> bool:
    """Whether a source file belongs to the user: not to this program, Python, or an installed package."""
    if file.startswith((os.path.join(OURS, ""), "<")):
        return False
    if os.path.dirname(file) in _folders:  # what stands beside the case is the user's, wherever that is
        return True
    return not file.startswith(INSTALLED) and not {"site-packages", "dist-packages"} & set(Path(file).parts)


def _stamp_sources() -> None:
    """Remember the age of every user's file as it was when it was first seen loaded."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or file in _seen:
            continue
        _seen.add(file)
        if is_users(file) and os.path.isfile(file):
            found = os.stat(file)
            _stamps[file] = [found.st_mtime_ns, found.st_size]


def _load(path: Path, digest: str) -> ModuleType:
    """The user's module, loaded once a version; its folder is first on the path while it lives."""
    key, folder = (str(path), digest), str(path.parent)
    os.chdir(folder)
    _folders.add(folder)
    if key not in _loaded:
        sys.argv = [str(path)]
        sys.dont_write_bytecode = True  # no litter beside the user's files, no stale copy of one edited twice a second
        if folder not in sys.path:
            sys.path.insert(0, folder)
        linecache.clearcache()
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise InputError(f"{path} was changed while the program was at it; run it again")
        module = ModuleType(f"_case_{len(_loaded)}")
        module.__file__ = str(path)
        sys.modules[module.__name__] = module
        exec(compile(data, str(path), "exec", dont_inherit=True), module.__dict__)
        _loaded[key] = module
    return _loaded[key]


def _said(error: BaseException) -> str:
    """Type and first line of an exception's text, which may itself be broken."""
    lines = traceback.format_exception_only(error)
    # The text of a SyntaxError comes after its source lines.
    text = [line for line in lines if line.startswith(type(error).__name__)] or lines
    return text[0].splitlines()[0]


def _guarded(work: Any, what: str) -> Any:
    """Call user code; whatever it raises, exits included, becomes a sentence with file and line."""
    try:
        return work()
    except (MemoryError, InputError):
        raise
    except BaseException as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_users(frame.filename)]
        lines = "".join(traceback.format_list(frames)) + "".join(traceback.format_exception_only(error))
        file, line = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
        if isinstance(error, SyntaxError) and error.filename:
            file, line = error.filename, error.lineno or 0
        where = f" at {Path(file).name}, line {line}" if file else ""
        raise UserCodeError(f"{what} raised {_said(error)}{where}", lines, file, line) from None


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
    array: AnyArray = _guarded(lambda: _array(name, value), f"making an array of the returned {name}")
    if array.dtype.kind not in "fiub":
        raise InputError(
            f"run() returned {name} as {type(value).__name__} of {array.dtype}; expected an array of numbers"
        )
    return array if array.dtype.kind == "f" and array.dtype.itemsize in (4, 8) else array.astype("float64")


def _check_names(returned: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:
    if not isinstance(returned, dict):
        raise InputError(
            f"run() returned {type(returned).__name__}; expected a dict such as dict(dW_xh=..., dW_hh=...)"
        )
    gradients = [name for name in shapes if name.startswith("d")]
    known = (*gradients, *(name for name in shapes if name not in gradients), "loss")
    for name in returned:
        if name not in known:
            raise InputError(f"run() returned the unknown key {name!r}; known keys are {', '.join(known)}")
    if not any(name in gradients for name in returned):
        raise InputError(
            f"run() returned {', '.join(returned) or 'an empty dict'} and no gradient; expected any of {', '.join(gradients)}"
        )


def load_case(frame: Request) -> ModuleType:
    """The module of a request's case, loaded if it is not yet.

    Raises:
        UserCodeError: what the user's code raised.
        InputError: the file was changed in between.
    """
    path = Path(frame.header["path"])
    module: ModuleType = _guarded(lambda: _load(path, frame.header["digest"]), f"loading {path.name}")
    return module


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
    path, layout = Path(header["path"]), Layout.of(header["declaration"])
    module = load_case(frame)
    problem = UserProblem(header, frame.arrays, layout)
    given = {name: (value, value.copy()) for name, value in problem.inputs().items()}
    _stamp_sources()
    returned = _guarded(lambda: call(module.run, problem), f"run() of {path.name}")
    _stamp_sources()
    changed = [name for name, (value, before) in given.items() if value.tobytes() != before.tobytes()]
    shapes = {name: tuple(shape) for name, shape in header["shapes"].items()}
    _check_names(returned, shapes)
    arrays, loss = {}, None
    for name, value in returned.items():
        if value is None:
            raise InputError(
                f"run() returned None for {name}; leave the key out, or return an array of {shapes.get(name, ())}"
            )
        if name == "loss":
            loss = _loss(value)
        else:
            arrays[name] = layout.from_user(name, _number(name, value), shapes[name])
    kinds = {name: str(getattr(value, "dtype", type(value).__name__)) for name, value in returned.items()}
    return {"loss": loss, "purity": changed, "dtypes": kinds, "sources": _stamps}, arrays


def _loss(value: Any) -> float | None:
    array = _number("loss", value)
    if array.size != 1:
        raise InputError(f"run() returned a loss of shape {array.shape}; expected one number")
    number = float(array.reshape(()))
    return number if np.isfinite(number) else None


__all__ = ["UserCodeError", "UserProblem", "is_users", "load_case", "run_case"]
