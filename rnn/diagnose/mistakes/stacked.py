"""Mistakes in cutting the gradient of [h; x] or [x; h] into its two parts, as code with one packed matrix does."""

from __future__ import annotations

from .base import UNIT, Entry

GATES = "ifgo"
INTO_X = " + ".join(f"da_{g}[t + 1] @ W_x{g}.T" for g in GATES)
INTO_H = " + ".join(f"back_{g}[t + 1]" for g in GATES)
ALL_X = " + ".join(f"into_{g}" for g in GATES)
ALL_H = " + ".join(f"back_{g}" for g in GATES)
WIDTH = "W_xi.shape[0]"


def _cut(first: str, second: str, start: str, count: str) -> str:
    """Some columns of two arrays side by side."""
    return f"np.concatenate([{first}, {second}], -1)[..., {start} : {start} + {count}]"


PLACES = (
    # name, words, first array, second, from where h_{t-1} and the input are cut
    ("hx-turned", "cuts [h; x] as if it were [x; h]", True, WIDTH, "0"),
    ("xh-turned", "cuts [x; h] as if it were [h; x]", False, "0", "H"),
    ("hx-late", "cuts [h; x] one column too late", True, "1", ""),
    ("xh-early", "cuts [x; h] one column too early", False, f"{WIDTH} - 1", ""),
)


def _all() -> tuple[Entry, ...]:
    found = []
    for name, words, state_first, h_start, x_start in PLACES:
        h_of, x_of = (INTO_H, INTO_X) if state_first else (INTO_X, INTO_H), (ALL_H, ALL_X) if state_first else (ALL_X, ALL_H)
        to_h = {"dh_next{u}": _cut(*h_of, h_start, "H")}
        to_x = {"dx{u}": _cut(*x_of, x_start, WIDTH)} if x_start else {}
        rows = ((to_h, "state", "for h_{t-1}"), (to_x, "input", "for the input"), (to_h | to_x, "both", "for h_{t-1} and the input"))
        for edits, label, where in rows:
            if edits and (label != "both" or to_x):
                found.append(Entry(f"cut-{name}-{label}", f"{words}, {where}", "a part of da W^T that is another's",
                                   edits, over=UNIT, cells=("lstm",), rank=2))  # fmt: skip
    return tuple(found)


STACKED_ENTRIES: tuple[Entry, ...] = _all()
"""Of packed matrices."""
