"""What a run is given, remembered to the bit, and which of it is another afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from ..arrays import AnyArray

Remembered = Mapping[str, tuple[Any, Any]]
DEEPEST = 4


def flat(inputs: Mapping[str, Any]) -> Iterator[tuple[str, AnyArray]]:
    """Arrays of some inputs, those inside lists, tuples and dicts as well: `x[3]`."""
    for name, value in inputs.items():
        yield from _arrays(name, value, 0)


def _arrays(name: str, value: Any, depth: int) -> Iterator[tuple[str, AnyArray]]:
    if isinstance(value, np.ndarray):
        yield name, value
    elif depth < DEEPEST and isinstance(value, (list, tuple)):
        for k, item in enumerate(value):
            yield from _arrays(f"{name}[{k}]", item, depth + 1)
    elif depth < DEEPEST and isinstance(value, dict):
        for key, item in value.items():
            yield from _arrays(f"{name}[{key!r}]", item, depth + 1)


def _kept(value: Any, depth: int = 0) -> Any:
    """Contents of a value, for comparing later."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    if depth < DEEPEST and isinstance(value, (list, tuple)):
        return [_kept(item, depth + 1) for item in value]
    if depth < DEEPEST and isinstance(value, dict):
        return {key: _kept(item, depth + 1) for key, item in value.items()}
    return repr(value)


def given(inputs: Mapping[str, Any]) -> Remembered:
    """Remember inputs, by name."""
    return {name: (value, _kept(value)) for name, value in inputs.items()}


def changed(remembered: Remembered, allowed: Collection[str] = ()) -> list[str]:
    """Names of inputs that are no longer what they were.

    Args: remembered: by `given`. allowed: names that may change.
    """
    return [name for name, (value, was) in remembered.items() if name not in allowed and _kept(value) != was]
