"""Declaring: changing CASE in the user's file, checked before it is written, and taking that back."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.records import Failure, Offer
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.state import State
    from inspector.watching import Watching


@dataclass(frozen=True)
class Key:
    """One key of CASE as the user sees it.

    Attributes:
        name: of the key. text: its value as it is written in Python, empty where it is not given.
        choices: all values it may have, likewise, the default first; empty where it may have any of a kind.
        is_text: whether it may have any text, which nobody wants to put into quotes.
    """

    name: str
    text: str
    choices: tuple[str, ...]
    is_text: bool = False


def tables() -> tuple[Mapping[str, tuple[Any, ...]], tuple[str, ...], frozenset[str]]:
    """The values of every key of CASE that has a choice, the default first; all keys, choices first; keys with a text."""
    from rnn.cases.keys import CHOICES, FREE, KNOWN
    from rnn.cells import OPTIONS

    choices: dict[str, tuple[Any, ...]] = dict(CHOICES)
    choices |= {name: option.values for name, option in OPTIONS.items() if option.values}
    texts = frozenset(name for name, kind in FREE.items() if kind == (str,))
    return choices, tuple(dict.fromkeys((*choices, *KNOWN))), texts


def keys_of(declaration: Mapping[str, Any]) -> tuple[Key, ...]:
    """All keys that CASE may have, with what a declaration says."""
    from rnn.cases.rewriting import value_text

    choices, known, texts = tables()
    names = dict.fromkeys((*known, *declaration))
    return tuple(
        Key(
            name,
            value_text(declaration[name]) if name in declaration else "",
            tuple(map(value_text, choices.get(name, ()))),
            name in texts and isinstance(declaration.get(name, ""), str),
        )
        for name in names
    )


def write_safely(path: Path, data: bytes, check: Any = None) -> None:
    """Put other bytes into a file, all of them or none.

    Args:
        path: of the file. data: what it shall hold. check: called with a file of the new content before it counts.

    Raises:
        InputError: the file can't be written, or what `check` raises, with the file's own name.
    """
    place = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=place.suffix, dir=place.parent)
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror or error}") from error
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if check is not None:
            check(made)
        shutil.copymode(place, made)
        os.replace(made, place)
    except InputError as error:
        raise InputError(str(error).replace(name, str(path)).replace(made.name, path.name)) from error
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        made.unlink(missing_ok=True)


def rewritten(data: bytes, changes: Mapping[str, Any]) -> bytes:
    """The bytes of a case file with other entries in CASE, in the file's own encoding; raises `InputError`."""
    from rnn.cases.rewriting import rewrite

    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        return rewrite(data.decode(encoding), changes).encode(encoding)
    except (UnicodeError, SyntaxError) as error:
        raise InputError("the file's encoding can't hold the new text; change CASE in the file itself") from error


class Declaring:
    """Changes the declaration of the present case, and can take back the last change."""

    def __init__(self, state: State, watching: Watching, notices: Notices) -> None:
        """Joined by `OwnCode`."""
        self._state, self._watching, self._notices = state, watching, notices
        self._undo: tuple[Path, bytes, bytes] | None = None

    def keys(self) -> tuple[Key, ...]:
        """Keys of the present case as its file says now; raises `InputError` where it can't be read."""
        from rnn.cases import read_case

        return keys_of(read_case(Path(self._state.case_path)).declaration)

    def apply(self, texts: Mapping[str, Any]) -> None:
        """Write other entries of CASE into the file, and run it.

        Args:
            texts: values as a person writes them, by key; those of `rewrite` in other types are taken as they are.

        Raises:
            InputError: a value that is none, or a declaration that can't be used; the file is as it was.
        """
        from rnn.cases import read_case
        from rnn.cases.rewriting import read_value

        path = Path(self._state.case_path)
        changes = {name: read_value(text) if isinstance(text, str) else text for name, text in texts.items()}
        try:
            before = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} could not be read: {error.strerror or error}") from error
        after = rewritten(before, changes)
        if after == before:
            return
        write_safely(path, after, read_case)
        self._undo = path, before, after
        self._written(path)
        offer = Offer("Undo", f"Put {path.name} back as it was before, and run it", self.undo)
        self._notices.note(f"{', '.join(changes)} changed in CASE of {path.name}", "", offer)

    def undo(self) -> None:
        """Put the file back as it was before the last change, unless somebody has changed it since."""
        if self._undo is None:
            return
        path, before, after = self._undo
        try:
            if path.read_bytes() != after:
                raise InputError(f"{path.name} was changed since; take the change back in the file itself")
            write_safely(path, before)
        except OSError as error:
            self._notices.report(Failure(f"{path} could not be read: {error.strerror or error}", file=str(path)))
        except InputError as error:
            self._notices.report(Failure(str(error), file=str(path)))
        else:
            self._undo = None
            self._written(path)
            self._state.say(f"{path.name} is as it was")

    def _written(self, path: Path) -> None:
        """Run what we have written ourselves, once."""
        self._watching.take_as_known([str(path), str(path.resolve())])
        self._state.run()
