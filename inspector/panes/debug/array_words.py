"""What the table and the detail of arrays say in words and digits. No widgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.debugger.inlines import shape_text
from inspector.panes.debug.common import BETWEEN, RIGHT, WRONG
from inspector.picture.colours import finite_peak
from inspector.picture.difference import signed
from inspector.picture.ticks import short

if TYPE_CHECKING:
    from inspector.debugger.records import ArrayRow, Detail

OPENED, CLOSED = "\u25be", "\u25b8"

FAR = 1e-3
"""Share of the largest right entry from which a difference is no rounding, in float32 neither."""

EMPTY = "This array has no items"
NO_ARRAY = "Select an array above, and it is shown here."

ROLES = {RIGHT: "good", WRONG: "bad", BETWEEN: "faint"}
"""By the sign in the column of JAX: the colour's role in the theme."""


def digits(value: Any) -> str:
    """A number with all its digits, in its own precision."""
    if isinstance(value, (np.float32, np.float16, np.complex64)):
        return str(value)
    return repr(value.item() if isinstance(value, np.generic) else value)


def count_text(number: int | None) -> str:
    """Items that changed; `?` where they can't be counted, nothing where the step did not touch the array."""
    if number is None:
        return ""
    return "?" if number < 0 else f"{number:,}"


def element_text(index: tuple[int, ...]) -> str:
    """`[3, 2]`; nothing for an array without axes."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def norm_text(row: ArrayRow) -> str:
    """The norm of an array, or a number."""
    if row.kind == "number":
        return row.text
    return "" if row.norm is None else short(float(row.norm)).replace("nan", "NaN").replace("inf", "Inf")


def kind_text(row: ArrayRow) -> str:
    """What stands behind a name that is no array: `dict of 1,000`, or why it can't be read."""
    if row.kind == "container":
        return f"{row.dtype} of {row.entries:,}"
    return row.text if row.kind == "unreadable" else ""


def container_words(row: ArrayRow) -> str:
    """What to do with a container."""
    way = "select one of its entries" if row.expanded else "open it with Enter and select an entry"
    return f"{row.path} is a {kind_text(row)}; {way}"


def jax_sign(row: ArrayRow) -> str:
    """Right, wrong, between two lines; nothing where JAX says nothing."""
    if row.judged is None:
        return ""
    if row.judged.partial:
        return BETWEEN
    return WRONG if row.judged.wrong else RIGHT


def match_text(row: ArrayRow) -> str:
    """`da 97%`; only the name where the user says so."""
    match = row.match
    if match is None:
        return ""
    return match.quantity if match.said else f"{match.quantity} {round(100 * match.certainty)}%"


def jax_text(row: ArrayRow) -> str:
    """`\u2717 1.2e-3  da 97%`."""
    sign = jax_sign(row)
    if sign == WRONG and row.judged is not None:
        sign = f"{WRONG} {short(row.judged.relative)}"
    return "  ".join(filter(None, (sign, match_text(row))))


def cells_of(row: ArrayRow) -> tuple[str, ...]:
    """Texts of a row's columns: name, shape, dtype, norm, changed, largest change, JAX."""
    is_array = row.kind == "array" or bool(row.shape)
    return (
        row.label,
        shape_text(row.shape) if is_array else "",
        row.dtype if is_array else "",
        norm_text(row),
        count_text(row.changed),
        "" if row.changed is None or math.isnan(row.largest) else short(float(row.largest)),
        jax_text(row),
    )


def judged_words(row: ArrayRow) -> str:
    """What JAX says of a row, as a sentence; empty where it says nothing."""
    name, match = row.path, row.match
    if match is None:
        return ""
    what = match.quantity if match.said else f"{match.quantity}, {round(100 * match.certainty)} % sure"
    stands = f"stands for {what}"
    if row.judged is None:
        return f"{name} {stands}"
    if row.judged.partial:
        return f"{name} {stands}; between two lines of its iteration it is not judged"
    if row.judged.wrong:
        return f"{name} {stands} and is wrong: relative error {short(row.judged.relative)}"
    return f"{name} {stands} and is right"


def row_words(row: ArrayRow) -> str:
    """A row in words, for tooltips and screen readers."""
    parts = [row.path]
    if row.kind == "array":
        finite = "" if row.finite else ", holds a NaN or an infinity"
        parts.append(f"{shape_text(row.shape)} {row.dtype}, norm {norm_text(row) or '-'}{finite}")
    elif row.kind == "container":
        way = "closes" if row.expanded else "opens"
        parts.append(f"{kind_text(row)}; Enter {way} it")
    else:
        parts.append(row.text)
    if row.changed is not None and row.kind == "array":
        parts.append(
            f"this step wrote it: {count_text(row.changed)} changed, largest change {short(float(row.largest))}"
        )
    return "\n".join(filter(None, (*parts, judged_words(row))))


def _is_far(detail: Detail) -> bool:
    """Whether a right array is not yet what it will be, as `dh` that is still without its carry."""
    assert detail.reference is not None
    wanted, value = np.asarray(detail.reference.value, "float64"), detail.value
    if value is None or np.shape(value) != wanted.shape or not wanted.size:
        return False
    with np.errstate(all="ignore"):
        return bool(np.abs(value - wanted).max() > FAR * np.abs(wanted).max())


def compared_words(detail: Detail) -> str:
    """How an array compares with what it should be, or why there is nothing to compare it with."""
    found = detail.judged
    if detail.reference is None:
        return detail.note
    label = detail.reference.label
    if found is None:
        return f"beside {label}"
    if found.partial:
        return f"will be {label}; between two lines of its iteration it is not judged"
    if not found.wrong and _is_far(detail):
        return f"{RIGHT} right so far, and on the way to {label}"
    if not found.wrong:
        return f"{RIGHT} equals {label}"
    worst = f", worst at {element_text(detail.worst)}" if detail.worst else ""
    return f"{WRONG} differs from {label} by up to {short(found.error)} (relative {short(found.relative)}){worst}"


def _added_words(detail: Detail) -> str:
    """How what a step added to a sum compares with what it should have added."""
    assert detail.increment is not None
    label, added, wanted = detail.increment
    if np.shape(added) != np.shape(wanted):
        return f"this step added {shape_text(np.shape(added))}, beside {label}"
    error = finite_peak(signed(np.asarray(added), np.asarray(wanted)))
    return f"what this step added, beside {label}: largest difference {short(error)}"


def detail_words(detail: Detail, this_step: bool) -> str:
    """The line over the picture: what the array is, after which step, and what JAX says."""
    if detail.value is None:
        return detail.path
    value = np.asarray(detail.value)
    head = f"{detail.path} ({shape_text(value.shape)}) {value.dtype}, step {detail.step:,}"
    rest = _added_words(detail) if this_step and detail.increment is not None else compared_words(detail)
    return f"{head}: {rest}" if rest else head


def detail_role(detail: Detail, this_step: bool) -> str:
    """The colour's role of that line."""
    found = detail.judged
    if this_step or detail.reference is None or found is None or found.partial:
        return "text"
    return "bad" if found.wrong else "good"
