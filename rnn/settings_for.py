"""What a case's declaration means for the settings of a problem, and random problems to try it on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from .arranged import LAYOUT_KEYS
from .cases import Case
from .cases.keys import cell_options
from .cases.layout import Layout
from .cells import check_options
from .errors import InputError
from .problem_files import LETTERS
from .settings import NETWORK, ProblemSettings

SIZE_FIELDS = {"T": "steps", "B": "batch", "D": "inputs", "H": "hidden", "K": "outputs"}
FIXED_SIZES = {letter: field for field, letter in LETTERS.items()}
"""Sizes that a case may fix; of these the size of a vocabulary is never drawn."""

FILE_FIELDS = ("weights_file", "data_file", "target_file")
"""Paths in a case's preset are seen from the case's folder."""

DECLARED_FIELDS = (
    *("cell", "activation", "loss", "output_layer", "dtype", "layers", "bidirectional", "ids", "embedding"),
)


def fixed_settings(case: Case) -> dict[str, Any]:
    """Settings that the case's code itself dictates, by field: no problem may have others."""
    declaration: Mapping[str, Any] = case.declaration
    fixed = {name: declaration[name] for name in DECLARED_FIELDS if name in declaration}
    if "biases" in declaration:
        fixed["biases"] = bool(declaration["biases"])
    if declaration.get("bias") in ("first", "last"):
        fixed["biases"] = True
    if "cell" in declaration or cell_options(declaration):
        fixed["cell_options"] = check_options(declaration.get("cell", "rnn"), cell_options(declaration))
    if declaration.get("embedding"):
        fixed["ids"] = True
    for name in ("truncation", "clip"):
        if declaration.get(name) is not None:
            fixed[name] = tuple(declaration[name])
    counted = "last" if declaration.get("target") == "last" else declaration.get("counted", "given")
    if counted != "given":
        fixed["counted"] = counted
    layout = {name: declaration[name] for name in LAYOUT_KEYS if name in declaration}
    if layout:
        fixed["weights_layout"] = tuple(sorted(layout.items()))
    for name in ("h0", "c0"):
        if declaration.get(name) == "zero":
            fixed[name] = "zero"
    if Layout.of(declaration).single:
        fixed["batch"] = 1
    sizes = declaration.get("sizes", {})
    fixed |= {FIXED_SIZES[letter]: size for letter, size in sizes.items() if not isinstance(size, str)}
    tied = [(FIXED_SIZES[one], FIXED_SIZES[other]) for one, other in sizes.items() if isinstance(other, str)]
    if tied:
        fixed["tied"] = tuple(tied)
    return fixed


def declared(case: Case, base: ProblemSettings) -> ProblemSettings:
    """`base` with what a case's code dictates: what own code does not declare it does not compute."""
    fixed = fixed_settings(case)
    dictated = (name for name in NETWORK if name in fixed or name in base.dictated or not case.built_in)
    return replace(base, **fixed, dictated=tuple(dictated))


def settings_for(case: Case, base: ProblemSettings | None = None) -> ProblemSettings:
    """Settings for a case: what it dictates, over `base` (by default the case's own preset).

    Raises:
        InputError: when `base` asks for something that the case's code can't do.
    """
    fixed = fixed_settings(case)
    if base is None:
        preset = dict(case.declaration.get("settings", {}))
        for name in FILE_FIELDS:
            if preset.get(name):
                preset[name] = str(case.path.parent / preset[name])
        return declared(case, ProblemSettings.from_json(preset))
    default = ProblemSettings()
    for field, value in fixed.items():
        asked = getattr(base, field)
        if asked not in (value, getattr(default, field)):
            raise InputError(f"{case.name} is declared with {field} = {value!r}, and {asked!r} was asked for")
    return declared(case, base)


def changed_fields(settings: ProblemSettings) -> dict[str, Any]:
    """The fields in which settings differ from the defaults."""
    default = ProblemSettings()
    names = [field.name for field in fields(ProblemSettings)]
    return {name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(default, name)}


def free_sizes(settings: ProblemSettings, wanted: Collection[str]) -> list[str]:
    """Which of the wanted size fields can be drawn: not what weights or data dictate."""
    follows = [first for first, _ in settings.tied] + ([] if settings.output_layer else ["outputs"])
    free = [name for name in SIZE_FIELDS.values() if name in wanted and name not in follows]
    if settings.weights == "file":
        free = [name for name in free if name in ("steps", "batch")]
    if settings.data == "one_hot":
        # The probe has T = D: both are drawn as one, or neither.
        free = free if {"steps", "inputs"} <= set(free) else [name for name in free if name not in ("steps", "inputs")]
    elif settings.data != "random":
        free = [name for name in free if name == "hidden"]
    return free


def random_problems(
    settings: ProblemSettings, count: int, vary: Collection[str] | None = None
) -> list[ProblemSettings]:
    """Settings of `count` problems: the given one first, then others of random sizes and seeds.

    T is drawn from 1 to 16, the other sizes from 1 to 9; what weights, data or files dictate stays.

    Args:
        settings: of the first problem. count: how many in all.
        vary: size fields that are drawn, whatever is set; None draws only those that are not set.
    """
    rng = np.random.default_rng(settings.seed)
    made = [settings]
    wanted = [name for name in SIZE_FIELDS.values() if getattr(settings, name) is None] if vary is None else vary
    free = free_sizes(settings, wanted)
    while len(made) < count:
        sizes: dict[str, Any] = {name: int(rng.integers(1, 17 if name == "steps" else 10)) for name in free}
        if settings.data == "one_hot" and "steps" in sizes:
            sizes["steps"] = sizes["inputs"]
        sizes |= {first: None for first, second in settings.tied if second in sizes}
        if "hidden" in sizes and not settings.output_layer:
            sizes["outputs"] = None
        made.append(replace(settings, seed=settings.seed + len(made), edits=(), **sizes))
    return made
