"""Declared clipping of parameters' gradients, which the reference then does as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import FloatArray, Gradients
from .errors import InputError

VALUE, NORM, NORM_EACH = "value", "norm", "norm_each"
KINDS = {
    VALUE: "every entry to -c .. c",
    NORM: "all gradients together to the norm c",
    NORM_EACH: "every gradient by itself to the norm c",
}


def check_clip(kind: Any, limit: Any) -> None:
    """Raise `InputError` for a clip that is none."""
    number = isinstance(limit, (int, float)) and not isinstance(limit, bool)
    if kind not in KINDS or not number or not limit > 0:
        shown = ", ".join(f"({name!r}, c)" for name in KINDS)
        raise InputError(f"clip is {(kind, limit)!r}; expected one of {shown} with c above 0")


def _shrink(norm: float, limit: float) -> float:
    return limit / norm if norm > limit else 1.0


def factors(parameters: Mapping[str, FloatArray], clip: tuple[str, float]) -> dict[str, float]:
    """By how much a norm clip shrinks each gradient; 1 for all where entries are clipped."""
    kind, limit = clip
    if kind == VALUE:
        return dict.fromkeys(parameters, 1.0)
    norms = {name: float(np.linalg.norm(np.asarray(value, "float64"))) for name, value in parameters.items()}
    if kind == NORM:
        return dict.fromkeys(parameters, _shrink(float(np.linalg.norm(list(norms.values()))), limit))
    return {name: _shrink(norm, limit) for name, norm in norms.items()}


def clipped(gradients: Gradients, clip: tuple[str, float] | None) -> Gradients:
    """The gradients with those of the parameters clipped."""
    if clip is None:
        return gradients
    kind, limit = clip
    if kind == VALUE:
        found = {name: np.clip(value, -limit, limit) for name, value in gradients.parameters.items()}
    else:
        shrink = factors(gradients.parameters, clip)
        found = {name: value * value.dtype.type(shrink[name]) for name, value in gradients.parameters.items()}
    return replace(gradients, parameters=found)
