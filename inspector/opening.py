"""What a file holds, told by its first bytes and its name; nothing of it is run or unpacked."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.records import Failure, Offer
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.state import State

CASE, WEIGHTS, DATA, TEXT, RESULT, RECORDING = "case", "weights", "data", "text", "result", "recording"
SESSION = "session"

SUFFIXES = {
    ".py": CASE,
    ".csv": DATA,
    ".txt": TEXT,
    ".md": TEXT,
}
"""Of files that are text; all others tell by their first bytes what they are."""

EXPECTED = (
    "expected a case (.py), weights (.npz, .safetensors, .pt, .h5, .keras, .msgpack, .mat, a folder of .csv), "
    "data (.npy, .csv), a text (.txt), a recording, a session or a saved result"
)


def _start(path: str) -> bytes:
    from rnn.weights.base import START_BYTES

    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):  # opening a pipe would wait for its writer
            raise InputError(f"{path} is not an ordinary file; open a case, weights, data, a text or a saved result")
        with open(path, "rb") as stream:
            return stream.read(START_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} can't be read ({reason}); choose another file") from error


def kind_of(path: str) -> str:
    """`case`, `weights`, `data`, `text`, `result`, `recording` or `session`.

    Raises:
        InputError: the file can't be read, or is of no kind that can be opened.
    """
    if Path(path).is_dir():
        return WEIGHTS  # its reader says what is wrong with it
    start = _start(path)
    if start.startswith(_result_magic()):
        from rnn.recorder.journal import is_recording
        from rnn.sessions.document import LABEL

        if start[8:].startswith(LABEL):
            return SESSION
        return RECORDING if is_recording(start) else RESULT
    from rnn.weights.base import Start
    from rnn.weights.files import format_of
    from rnn.weights.foreign import foreign

    found = format_of(Start(start))
    if found is not None:
        return WEIGHTS if found.many else DATA
    suffix = Path(path).suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if (b"\0" in start or not _is_text(start)) and foreign(start):
        raise InputError(f"{path} is {foreign(start)}")
    if start and b"\0" not in start:
        return TEXT
    raise InputError(f"{path} is of no kind that can be opened; {EXPECTED}")


def _is_text(start: bytes) -> bool:
    """Whether bytes begin a text in UTF-8, but for a character that is cut at their end."""
    from rnn.weights.base import START_BYTES

    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 3 and len(start) == START_BYTES
    return True


def _result_magic() -> bytes:
    from rnn.container import MAGIC

    return bytes(MAGIC)


def kept_weights(path: str) -> dict[str, str]:
    """Settings that take weights from a file of our own: its orientation is known, whatever its shapes could mean."""
    return {"weights": "file", "weights_file": path, "orientation": "in,out"}


def use_weights(state: State, path: str, answers: tuple[tuple[str, str], ...] = ()) -> None:
    """Take weights from a file from the next run on; `answers` to what the file leaves open, by parameter."""
    _use(state, path, weights="file", weights_file=path, weights_map=answers)


def _use(state: State, path: str, **changes: Any) -> None:
    """Take something from a file from the next run on, and say so."""
    state.change_settings(**changes)
    state.note(f"{Path(path).name} is used from the next run on (Ctrl+R)")
    state.remember_file(path)


def open_files(state: State, paths: Iterable[str]) -> None:
    """Open files by what they hold; one that can't be opened is reported, and the others are opened all the same."""
    opened = []
    for path in map(str, paths):
        try:
            kind = kind_of(path)
            _open(state, kind, path)
            opened.append((kind, path))
        except InputError as error:
            state.report(Failure(str(error), file=path))
    if [kind for kind, _ in opened] == [WEIGHTS, WEIGHTS]:
        _offer_comparison(state, opened[0][1], opened[1][1])


def _offer_comparison(state: State, first: str, second: str) -> None:
    """Of two weight files only one can be used; two files of gradients are there to be compared."""
    names = Path(first).name, Path(second).name
    tip = f"Compare {names[0]} with {names[1]}, array by array; no code is run"
    offer = Offer(
        "Compare as gradients", tip, lambda: state.asking.compare_gradients(first, second, state.settings.to_json())
    )
    state.note(f"{names[1]} is used from the next run on (Ctrl+R); {names[0]}, opened before it, is not", "", offer)


def _open(state: State, kind: str, path: str) -> None:
    if kind == CASE:
        state.choose_case(path)  # which remembers the file once it could be read
    elif kind == SESSION:
        state.session.open(path)
    elif kind == WEIGHTS:
        use_weights(state, path)
    elif kind in (DATA, TEXT):
        _use(state, path, data="file" if kind == DATA else "text", data_file=path)
    else:
        if kind == RECORDING:
            state.requests.open(path)
        else:
            state.show_result(path)
        state.remember_file(path)
