"""Messages between window and engine: frozen, numbered, and read back with checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Submit:
    """Window -> engine: do something.

    Attributes:
        number: of the request, growing. kind: a name in `inspector.engine.work.HANDLERS`.
        case_path: empty for the built-in BPTT. settings: `ProblemSettings` as JSON.
        extra: `path` of the file to make, `result` to make it from, and what else the kind needs;
            `job_limits` of user code are `seconds` and `gib`, where they are not the program's own.
    """

    number: int
    kind: str
    case_path: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cancel:
    """Window -> engine: stop working on a request; answered by `Stopped`, unless it has been answered already."""

    number: int


@dataclass(frozen=True)
class Ready:
    """Engine -> window: everything is loaded."""

    number: int = 0


@dataclass(frozen=True)
class Progress:
    """Engine -> window: what is being done, how far (0 to 1, None where nobody knows), and what is already known."""

    number: int
    text: str
    fraction: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """Engine -> window: the request is fulfilled; `path` is the file that was made, `extra` an answer in numbers."""

    number: int
    path: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stopped:
    """Engine -> window: the request was cancelled and nothing works on it any more."""

    number: int


@dataclass(frozen=True)
class WeightQuestion:
    """One open question about a weight file: which array `parameter` is; options are `key` or `key.T`."""

    parameter: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Failed:
    """Engine -> window: the request can't be fulfilled.

    Attributes:
        sentence: for the user. details: traceback lines or output.
        file, line: where it failed, when that is known.
        questions: what the user has to decide before another try. is_bug: whether the fault is ours.
        limit: `time` or `memory` where user code was stopped by it. extra: what else is known, as of `Done`.
    """

    number: int
    sentence: str
    details: str = ""
    file: str = ""
    line: int | None = None
    questions: tuple[WeightQuestion, ...] = ()
    is_bug: bool = False
    limit: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


Message = Submit | Cancel | Ready | Progress | Done | Stopped | Failed

MESSAGES: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Submit, Cancel, Ready, Progress, Done, Stopped, Failed)
}


def to_header(message: Message) -> dict[str, Any]:
    """The message as the header of a frame."""
    values = {name: dict(value) if isinstance(value, Mapping) else value for name, value in vars(message).items()}
    if isinstance(message, Failed):
        values["questions"] = [asdict(question) for question in message.questions]
    return {"message": type(message).__name__.lower(), **values}


def from_header(header: Mapping[str, Any]) -> Message:
    """Read a message back; raises `ValueError` where it is none."""
    values = dict(header)
    kind = MESSAGES.get(values.pop("message", ""))
    if kind is None or not isinstance(values.get("number"), int):
        raise ValueError(f"no message: {header!r}"[:200])
    if set(values) - {each.name for each in fields(kind)}:
        raise ValueError(f"a message has unknown parts: {sorted(values)}")
    if kind is Failed:
        values["questions"] = tuple(
            WeightQuestion(str(q["parameter"]), str(q["text"]), tuple(map(str, q["options"])))
            for q in values.get("questions", ())
        )
    try:
        message: Message = kind(**values)
    except TypeError as error:
        raise ValueError(f"a message lacks a part: {error}") from error
    return message
