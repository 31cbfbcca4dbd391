"""Places in the user's objects: `Wxh`, `cell.Wxh`, `layers.0.W`, in attributes, module globals, dictionaries and lists."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError

MOST_NAMED = 24
"""Names that a message lists at most."""

NEAR = 0.7
"""How like a name must be to be meant: `Wxh` is not meant by `Why`."""


def said(where: Any) -> str:
    """What a message calls an object."""
    if isinstance(where, ModuleType):
        return f"the module {where.__name__}"
    return f"the {type(where).__name__}"


def names_in(where: Any) -> list[str]:
    """What can be named in an object: keys, places of a list, attributes that are no methods."""
    if isinstance(where, Mapping):
        return [str(key) for key in where]
    if isinstance(where, (list, tuple)):
        return [str(k) for k in range(len(where))]
    own = list(getattr(where, "__dict__", {})) or [name for name in dir(where) if not callable(getattr(where, name, 0))]
    return [name for name in own if not name.startswith("__")]


def near(name: str, known: Iterable[str]) -> str:
    """`did you mean ...? ` for a name that is close to a known one."""
    found = difflib.get_close_matches(name, list(known), 1, NEAR)
    return f"did you mean {found[0]!r}? " if found else ""


def _missing(where: Any, piece: str, path: str) -> InputError:
    there = names_in(where)
    listed = ", ".join(there[:MOST_NAMED]) + (", ..." if len(there) > MOST_NAMED else "") or "nothing"
    what = f"{piece!r} (of {path!r})" if piece != path else f"{piece!r}"
    return InputError(f"{said(where)} has no {what}; {near(piece, there)}it has {listed}")


def _inside(where: Any, piece: str, path: str) -> Any:
    """One step into an object; raises `InputError` naming what is there."""
    try:
        if isinstance(where, Mapping):
            return where[piece] if piece in where else where[int(piece)]
        if isinstance(where, Sequence) and not isinstance(where, str):
            return where[int(piece)]
        return getattr(where, piece)
    except (KeyError, ValueError, IndexError, AttributeError):
        raise _missing(where, piece, path) from None


def _holder(where: Any, path: str) -> tuple[Any, str]:
    """The object that holds the last piece of a path, and that piece."""
    *before, last = path.split(".")
    for piece in before:
        where = _inside(where, piece, path)
    return where, last


def read(where: Any, path: str) -> Any:
    """What is at a path; raises `InputError` naming what is there instead."""
    holder, last = _holder(where, path)
    return _inside(holder, last, path)


def write(where: Any, path: str, value: Any) -> None:
    """Put a value at a path that is there already; an empty dictionary takes any.

    Raises:
        InputError: nothing of that name is there, it can't be replaced, or it has the same axes in another order or form.
    """
    holder, last = _holder(where, path)
    if not (isinstance(holder, MutableMapping) and not holder):
        _check_shape(path, _inside(holder, last, path), value)
    try:
        if isinstance(holder, MutableMapping):
            holder[last if last in holder or not last.isdigit() else int(last)] = value
        elif isinstance(holder, MutableSequence):
            holder[int(last)] = value
        else:
            setattr(holder, last, value)
    except (AttributeError, TypeError) as error:
        raise InputError(f"{path} of {said(where)} can't be replaced ({error}); hand the array over yourself") from None


def _check_shape(path: str, there: Any, value: Any) -> None:
    """Raise `InputError` where an array would be replaced by one with the same axes in another order or form."""
    if not isinstance(there, np.ndarray) or not isinstance(value, np.ndarray) or there.shape == value.shape:
        return
    axes = (sorted(n for n in shape if n != 1) for shape in (there.shape, value.shape))
    if len({tuple(one) for one in axes}) == 1:
        raise InputError(
            f"{path} has the shape {there.shape} in your code and {value.shape} as the case declares it; "
            f"say in CASE how your code keeps it: weights (in,out or out,in), bias (vector, column or row), stacked"
        )


def numbers(path: str, value: Any) -> AnyArray:
    """A copy of what is at a path, as an array of numbers; raises `InputError` where it is none."""
    try:
        found = np.array(value)
    except ValueError:
        found = np.array(None)
    if found.dtype.kind not in "fiub":
        raise InputError(f"{path} is {type(value).__name__}; expected an array of numbers")
    return found
