"""The backward equations of the vanilla and the leaky cell.

`f1(a, h)` is the activation's slope; `carried[t]` is the delta of the step after, the one thing that flows back in time.
"""

from __future__ import annotations

from ...cells import AbstractCell
from .base import AFTER, BEFORE, CARRY, Equation


def vanilla(cell: AbstractCell) -> tuple[Equation, ...]:
    """da_t = (dh_out_t + da_{t+1} W_hh^T) f'(a_t)."""
    return (
        Equation("h_prev", "h_prev", BEFORE),
        Equation("slope", "f1(a, h)", BEFORE),
        Equation("carried", "da[t + 1]", CARRY),
        Equation("dh_next", "carried[t] @ W_hh.T", CARRY),
        Equation("dh", "dh_out[t] + dh_next[t]"),
        Equation("da", "dh[t] * slope[t]"),
        Equation("dx", "rows(da, W_xh.T)", AFTER),
    )


def leaky(cell: AbstractCell) -> tuple[Equation, ...]:
    """dn_t = leak dh_t, and (1 - leak) dh_t goes to the step before as it is."""
    return (
        Equation("h_prev", "h_prev", BEFORE),
        Equation("slope", "f1(a, n)", BEFORE),
        Equation("carried", "da[t + 1]", CARRY),
        Equation("kept", "(1 - leak) * dh[t + 1]", CARRY),
        Equation("dh_next", "kept[t] + carried[t] @ W_hh.T", CARRY),
        Equation("dh", "dh_out[t] + dh_next[t]"),
        Equation("dn", "leak * dh[t]"),
        Equation("da", "dn[t] * slope[t]"),
        Equation("dx", "rows(da, W_xh.T)", AFTER),
    )
