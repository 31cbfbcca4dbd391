"""Readings: every way in which the arrays of a file can be the parameters, so that all sizes fit each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..arrays import FloatArray
from .names import AXES, CONVENTION, IN_OUT, OUT_IN, plain_name


@dataclass(frozen=True)
class Reading:
    """One reading of the file: by parameter, the key and whether it is transposed."""

    keys: tuple[tuple[str, str, bool], ...]
    sizes: tuple[tuple[str, int], ...]


def _sizes(parameter: str, array: FloatArray, transposed: bool) -> dict[str, int] | None:
    """Sizes that this reading of an array implies; None where it contradicts itself."""
    axes = AXES[parameter]
    if len(axes) == 1:
        flat = array.ndim == 1 or 1 in array.shape
        return {axes[0]: array.size} if flat else None
    if array.ndim != 2:
        return None
    shape = array.shape[::-1] if transposed else array.shape
    if axes[0] == axes[1]:
        return {axes[0]: shape[0]} if shape[0] == shape[1] else None
    return dict(zip(axes, shape, strict=True))


def _orientations(
    parameter: str, key: str, orientation: str, fixed: Mapping[str, tuple[str, bool]]
) -> tuple[bool, ...]:
    if parameter in fixed and (fixed[parameter][1] or not orientation):
        answered = fixed[parameter][1]
        # `W_hh=key` for a matrix is an answer too: as it lies.
        return (answered,)
    if len(AXES[parameter]) == 1:
        return (False,)
    if orientation:
        return (orientation == OUT_IN,)
    convention = CONVENTION.get(plain_name(key))
    return (False, True) if convention is None else (convention == OUT_IN,)


def readings(
    arrays: Mapping[str, FloatArray],
    candidates: Mapping[str, list[str]],
    known: Mapping[str, int | None],
    orientation: str,
    fixed: Mapping[str, tuple[str, bool]],
) -> list[Reading]:
    """Every reading in which all sizes fit each other, the most complete ones only."""
    found: list[Reading] = []

    def extend(left: list[str], keys: tuple[tuple[str, str, bool], ...], sizes: dict[str, int]) -> None:
        if not left:
            found.append(Reading(keys, tuple(sorted(sizes.items()))))
            return
        parameter, rest = left[0], left[1:]
        taken = {key for _, key, _ in keys}
        for key in candidates[parameter]:
            for transposed in _orientations(parameter, key, orientation, fixed):
                implied = None if key in taken else _sizes(parameter, arrays[key], transposed)
                if implied is None or any(sizes.get(letter, size) != size for letter, size in implied.items()):
                    continue
                extend(rest, (*keys, (parameter, key, transposed)), {**sizes, **implied})
        if parameter not in ("W_xh", "W_hh") and parameter not in fixed:
            extend(rest, keys, sizes)

    extend(
        [name for name in AXES if name in candidates],
        (),
        {k: v for k, v in known.items() if v is not None and k in "DHK"},
    )
    # b_y belongs to an output layer.
    found = [one for one in found if _has(one, "W_hy") or not _has(one, "b_y")]
    most = max((len(one.keys) for one in found), default=0)
    return [one for one in found if len(one.keys) == most]


def _has(choice: Reading, parameter: str) -> bool:
    return any(name == parameter for name, _, _ in choice.keys)


def follow_siblings(choices: list[Reading], arrays: Mapping[str, FloatArray], notes: list[str]) -> list[Reading]:
    """Where a file proves one orientation with its non-square matrices, its square ones have it too."""

    def ways(choice: Reading) -> dict[str, bool]:
        return {name: turned for name, _, turned in choice.keys if len(AXES[name]) == 2}

    proved: set[bool] = set()
    for name in {name for choice in choices for name in ways(choice)}:
        options = {ways(choice)[name] for choice in choices if name in ways(choice)}
        keys = {key for choice in choices for other, key, _ in choice.keys if other == name}
        square = all(arrays[key].shape[0] == arrays[key].shape[-1] for key in keys)
        if len(options) == 1 and (not square or any(plain_name(key) in CONVENTION for key in keys)):
            proved |= options
    if len(proved) != 1:
        return choices
    way = next(iter(proved))
    kept = [choice for choice in choices if set(ways(choice).values()) <= {way}]
    if kept and len(kept) < len(choices):
        notes.append(f"square matrices are read as ({OUT_IN if way else IN_OUT}), like the others in the file")
    return kept or choices
