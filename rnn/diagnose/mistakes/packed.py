"""Mistakes with a packed matrix on [x, h] or [h, x]: other rows than those of h, or of x, are taken of what it gives back."""

from __future__ import annotations

from collections.abc import Iterator

from .base import UNIT, Entry
from .gates import GATES
from .slopes import one_bias

X_H, H_X = "np.concatenate([{x}, {h}])", "np.concatenate([{h}, {x}])"

TO_STATE = (
    ("one-row-early", "rows that begin one too early", X_H, "[D - 1 : D - 1 + H]"),
    ("one-row-late", "rows that begin one too late", H_X, "[1 : H + 1]"),
)  # fmt: skip
"""(name, words, how the matrix is packed, the rows that are taken for those of h)."""

TO_INPUT = (
    ("first-rows", "the first rows, which are h's", H_X, "[:D]"), ("last-rows", "the last rows, which are h's", X_H, "[-D:]"),
    ("one-row-late", "rows that begin one too late", X_H, "[1 : D + 1]"),
    ("one-row-early", "rows that begin one too early", H_X, "[H - 1 : H - 1 + D]"),
)  # fmt: skip


def _rows(pattern: str, gate: str, rows: str) -> str:
    return pattern.replace("{x}", f"W_x{gate}").replace("{h}", f"W_h{gate}") + rows


def _plain(pattern: str, rows: str) -> str:
    return pattern.replace("{x}", "W_xh").replace("{h}", "W_hh") + rows


def _all() -> Iterator[Entry]:
    for name, words, pattern, rows in TO_STATE:
        said, formula = (
            f"takes of what the packed matrix gives back {words}, for h_{{t-1}}",
            f"(da W^T){rows} for h_{{t-1}}",
        )
        yield Entry(f"packed-state-{name}", said, formula, {"dh_next{u}": f"carried[t] @ {_plain(pattern, rows)}.T"}, over=UNIT,
                    cells=("rnn",))  # fmt: skip
    for name, words, pattern, rows in TO_INPUT:
        said, formula = f"takes of what the packed matrix gives back {words}, for x_t", f"(da W^T){rows} for x_t"
        yield Entry(f"packed-input-{name}", said, formula, {"dx{u}": f"rows(da, {_plain(pattern, rows)}.T)"}, over=UNIT,
                    cells=("rnn", "leaky"))  # fmt: skip
        if name in ("first-rows", "last-rows"):  # of an LSTM these are its gates' own
            continue
        sent = {f"into_{g}{{u}}": f"rows(da_{g}, {_rows(pattern, g, rows)}.T)" for g in GATES["lstm"]}
        yield Entry(f"packed-input-{name}", said, formula, sent, over=UNIT, cells=("lstm",))
    yield Entry("packed-input-with-bias-row", "takes of what the packed matrix gives back the bias's row for the first of x's",
                "(da [b, W]^T)[:D] for x_t", {"dx{u}": "rows(da, np.concatenate([b_h[None], W_xh])[:D].T)"},
                over=UNIT, cells=("rnn",), needs=one_bias)  # fmt: skip


PACKED: tuple[Entry, ...] = tuple(_all())
"""Of packed matrices."""
