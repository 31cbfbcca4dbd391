"""Code that is not recorded: changes the user's arrays behind the recorder's back, in every way a library can."""

from __future__ import annotations

from typing import Any

import numpy as np

KEPT: list[Any] = []


def keep(value: Any) -> None:
    """Remember something."""
    KEPT[:] = [value]


def spoil() -> None:
    """Change what is kept."""
    KEPT[0][...] = KEPT[0] * 2 + 1


def replace(key: Any) -> None:
    """Put another array into the kept container."""
    KEPT[0][key] = np.full(3, 7.0)


def scale(array: Any, factor: float) -> Any:
    """Write into an argument."""
    array *= factor
    return array


def call_back(function: Any, array: Any) -> None:
    """Change the argument before and after calling back."""
    array += 1
    function(array)
    array += 1


def reused(count: int) -> Any:
    """Give the same buffer again and again."""
    buffer = np.zeros(4)
    for i in range(count):
        buffer += i + 1
        yield buffer


class Store:
    """Holds arrays deep inside, and gives them out through a property."""

    def __init__(self) -> None:
        self._inner = {"deep": {"deeper": [np.zeros(3)]}}

    @property
    def array(self) -> Any:
        """The array, changed whenever it is looked at."""
        self._inner["deep"]["deeper"][0] += 1
        return self._inner["deep"]["deeper"][0]


class Manager:
    """Changes an array when the block ends."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __enter__(self) -> Any:
        self.array[0] = 5
        return self.array

    def __exit__(self, *_: Any) -> None:
        self.array[1] = 6
