"""Layout strings: the order of an array's axes as a case declares it, `TBD`, `T,D1`, and arrays to and from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError

LETTERS = "TBD1"
EXAMPLES = "'TBD', 'TD', 'BTD', 'T,BD' (a list over time) or 'T,D1' (a list of columns)"


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def fitted(array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
    """The array in the expected shape where they differ by axes of length 1 only, otherwise as it is."""
    return array.reshape(expected) if _without_ones(array.shape) == _without_ones(expected) else array


def wrong_axes(text: Any, needed: str = "TD") -> str:
    """What is wrong with a layout string, in words; empty where nothing is.

    Args: text: such as `T,BD`. needed: letters that it must have.
    """
    if not isinstance(text, str):
        return f"a layout is a text such as {EXAMPLES}"
    letters = text.replace(",", "", 1)
    strange = [letter for letter in letters if letter not in LETTERS]
    twice = [letter for letter in "TBD" if letters.count(letter) > 1]
    missing = [letter for letter in needed if letter not in letters]
    if strange:
        return f"{strange[0]!r} is no axis; expected T, B, D, 1 and at most one comma, such as {EXAMPLES}"
    if twice:
        return f"the axis {twice[0]} is there twice; expected each of T, B and D at most once"
    if missing:
        return f"the axis {missing[0]} is missing; expected a layout such as {EXAMPLES}"
    if text.startswith(",") or text.endswith(","):
        return f"a comma stands between the axes of a list and those of its arrays; expected such as {EXAMPLES}"
    return ""


@dataclass(frozen=True)
class Axes:
    """One layout.

    Attributes:
        letters: of the axes in order: T, B, D, and 1 for an axis of length 1.
        listed: how many of them, from the first, are lists.
    """

    letters: str
    listed: int = 0

    @staticmethod
    def of(text: str) -> Axes:
        """From a layout string that was checked."""
        head, comma, rest = text.partition(",")
        return Axes(head + rest, len(head) if comma else 0)

    def without(self, dropped: str) -> Axes:
        """Without some of the axes."""
        kept = "".join(letter for letter in self.letters if letter not in dropped)
        return Axes(kept, sum(letter not in dropped for letter in self.letters[: self.listed]))

    def shape(self, own: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape that an array of ours, with axes `own`, has in this layout."""
        sizes = dict(zip(own, shape, strict=True))
        return tuple(sizes.get(letter, 1) for letter in self.letters)

    def arrange(self, name: str, array: AnyArray, own: str) -> AnyArray:
        """One of our arrays in this layout, as one fresh array.

        Args: name: for the message. array: with the axes `own`, such as `TBD`, `BD`, `TB`.

        Raises:
            InputError: the layout lacks an axis that is longer than 1.
        """
        for axis in reversed(range(len(own))):
            if own[axis] not in self.letters:
                if array.shape[axis] != 1:
                    raise InputError(
                        f"{name} has {own[axis]} = {array.shape[axis]}, and its declared layout {self.letters!r} has "
                        f"no axis {own[axis]}; declare one, or set {own[axis]} to 1"
                    )
                array, own = array.take(0, axis), own[:axis] + own[axis + 1 :]
        shape = self.shape(own, array.shape)
        turned = array.transpose([own.index(letter) for letter in self.letters if letter != "1"])
        return np.array(turned.reshape(shape), order="C")

    def handed(self, array: AnyArray) -> Any:
        """An array in this layout as the code wants it: with lists where the layout says so, each array by itself."""
        return _listed(array, self.listed)

    def restore(self, array: AnyArray, own: str, expected: tuple[int, ...]) -> AnyArray:
        """An array in this layout, back with the axes `own`; one that fits nothing is handed on as it is.

        Args: array: what came back. own: the axes wanted, such as `TBD`. expected: their lengths.
        """
        shape = self.shape(own, expected)
        if _without_ones(array.shape) == _without_ones(shape):
            array = array.reshape(shape)
        elif array.ndim != len(own) or sorted(self.letters) != sorted(own):
            return array
        return self._turned(array, own)

    def _turned(self, array: AnyArray, own: str) -> AnyArray:
        letters = [letter for letter in self.letters if letter in own]
        ones = tuple(axis for axis, letter in enumerate(self.letters) if letter not in own)
        array = array.squeeze(ones) if ones else array
        array = array.transpose([letters.index(letter) for letter in own if letter in letters])
        missing = tuple(axis for axis, letter in enumerate(own) if letter not in letters)
        return np.expand_dims(array, missing) if missing else array


def _listed(array: AnyArray, depth: int) -> Any:
    if depth == 0:
        return array
    if array.ndim == 1:
        # Whole numbers are used as indices and keys; others keep their precision.
        return array.tolist() if array.dtype.kind in "iu" else list(array)
    return [_listed(np.array(part), depth - 1) for part in array]
