"""A text as characters: x is one-hot, the target is the next character."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..weights.regular_file import check_budget, opened, size_of
from .base import Data, DataRequest

MOST_STEPS = 25
"""Steps when none are set."""


def read_text(path: Path, budget_bytes: int) -> str:
    """A text file's characters, UTF-8, line ends as newlines.

    Raises:
        InputError: not there, not a regular file, too large, not UTF-8 (with the position of the first bad byte).
    """
    with opened(path) as stream:
        check_budget(size_of(stream), budget_bytes)
        stream.seek(0, os.SEEK_SET)
        data = stream.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is no text in UTF-8: byte {error.start} is {data[error.start]:#04x}; convert it first"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text(request: DataRequest) -> Data:
    """Characters `text_start + b T` onwards for sample b; the vocabulary is every character of the whole text, sorted.

    Raises:
        InputError: fewer than two different characters, or a text that is too short; with the numbers.
    """
    characters = request.text or ""
    vocabulary = tuple(sorted(set(characters)))
    if len(vocabulary) < 2:
        raise InputError(
            f"the text has {len(characters)} characters and {len(vocabulary)} different ones; at least 2 different ones are needed"
        )
    batch, start = request.batch or 1, request.text_start
    if start < 0:
        raise InputError(f"text_start is {start}; expected a position from 0 to {len(characters) - 2}")
    steps = request.steps if request.steps is not None else min(MOST_STEPS, (len(characters) - 1 - start) // batch)
    needed = start + steps * batch + 1
    if steps < 1 or needed > len(characters):
        raise InputError(
            f"the text has {len(characters)} characters; {batch} samples of {max(steps, 1)} steps from character {start} on "
            f"need {start + max(steps, 1) * batch + 1}, as the target is the next character"
        )
    number = {character: i for i, character in enumerate(vocabulary)}
    ids = np.array([number[character] for character in characters[start:needed]])
    x = np.eye(len(vocabulary), dtype=request.dtype)[ids[:-1].reshape(batch, steps).T]
    following = ids[1:].reshape(batch, steps).T
    target = following if request.wants_ids else np.eye(len(vocabulary), dtype=request.dtype)[following]
    return Data(x, target, vocabulary, (f"text: {len(characters)} characters, {len(vocabulary)} different",))
