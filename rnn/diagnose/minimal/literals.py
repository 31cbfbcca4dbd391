"""Arrays as Python text, as short as they can be written without losing a digit."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arrays import AnyArray

WIDTH, SHORT = 110, 80


def _plain(value: AnyArray, kind: str) -> str:
    """An array that is all one number or an identity, by its function; empty for others and for small ones."""
    if value.size < 5:
        return ""
    shape = repr(value.shape) if value.ndim != 1 else str(value.shape[0])
    for number, name in ((0, "zeros"), (1, "ones")):
        if (value == number).all():
            return f"np.{name}({shape}{kind})"
    if value.ndim == 2 and np.array_equal(value, np.eye(*value.shape)):
        return (
            f"np.eye({', '.join(map(str, value.shape if value.shape[0] != value.shape[1] else value.shape[:1]))}{kind})"
        )
    return ""


def array_text(value: Any, indent: int = 0) -> str:
    """An array, a number, or a list of them, such as `np.array([[1.0, 0.5]])`.

    Args: value: what is to be written. indent: the column at which it begins.
    """
    if isinstance(value, list):
        return f"[{', '.join(array_text(part, indent + 1) for part in value)}]"
    if not isinstance(value, np.ndarray):
        return repr(value.item() if isinstance(value, np.generic) else value)
    kind = "" if value.dtype in ("float64", "int64") else f', dtype="{value.dtype}"'
    found = value + 0 if value.dtype.kind == "f" else value  # no -0.0, which would look like a number with a meaning
    if not value.ndim:
        return f"np.array({found.item()!r}{kind})"
    plain = _plain(found, kind)
    if plain:
        return plain
    short = repr(found.tolist())
    if len(short) <= SHORT and found.dtype != "float32":
        return f"np.array({short}{kind})"
    with np.printoptions(threshold=found.size + 1, floatmode="unique", linewidth=WIDTH):
        text = np.array2string(found, separator=", ", prefix=" " * (indent + 9)).replace("\n\n", "\n")
    return f"np.array({text}{kind})"
