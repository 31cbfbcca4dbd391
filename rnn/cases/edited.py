"""Edits of the user's source, kept apart from the files: nothing on the disk is ever changed."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError


@dataclass(frozen=True)
class SourceEdit:
    """One edit of one file.

    Attributes:
        file: its path, as `sources` of a search has it.
        start, end: characters of the file's text, see `decoded`, that are replaced. now: what stands there instead.
    """

    file: str
    start: int
    end: int
    now: str


Candidate = tuple[SourceEdit, ...]
"""Edits that are made together; those of one file don't overlap."""


def decoded(data: bytes) -> str:
    """The text of a Python file as its characters are counted: line ends stay as they are, a byte order mark is left out.

    Raises:
        InputError: no text in the encoding that the file names.
    """
    try:
        return data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
    except (UnicodeDecodeError, SyntaxError) as error:
        raise InputError(f"a source file is no text in the encoding that it names: {error}") from error


def edited_text(text: str, edits: Iterable[SourceEdit]) -> str:
    """A file's text with edits made in it; `edits` are all of that file.

    Raises:
        InputError: edits that overlap or lie outside of the text.
    """
    pieces, position = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if not position <= edit.start <= edit.end <= len(text):
            raise InputError(
                f"an edit replaces characters {edit.start} to {edit.end} of {Path(edit.file).name}; expected "
                f"some from {position} to {len(text)}"
            )
        pieces += [text[position : edit.start], edit.now]
        position = edit.end
    return "".join([*pieces, text[position:]])


def edited_texts(candidate: Candidate, texts: Mapping[str, str]) -> dict[str, str]:
    """The edited text of every file that a candidate edits, by path.

    Raises:
        InputError: as `edited_text`, or a file that is none of the user's.
    """
    files = dict.fromkeys(edit.file for edit in candidate)
    for file in files:
        if file not in texts:
            raise InputError(f"{file} is none of the files that the code loads; these are {', '.join(texts)}")
    return {file: edited_text(texts[file], [edit for edit in candidate if edit.file == file]) for file in files}


def to_json(candidate: Candidate) -> list[list[Any]]:
    """A candidate as JSON values."""
    return [list(astuple(edit)) for edit in candidate]


def from_json(found: Sequence[Sequence[Any]]) -> Candidate:
    """A candidate from JSON values."""
    return tuple(SourceEdit(str(file), int(start), int(end), str(now)) for file, start, end, now in found)
