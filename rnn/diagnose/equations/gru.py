"""The backward equations of the GRU.

`new` and `old` are the shares of the candidate and of the old state in h, `change` is what dh is multiplied with for the update
gate, `kept` and `back_r` are what old state and reset gate give to h_{t-1}.
"""

from __future__ import annotations

from ...cells import GRU, AbstractCell
from .base import AFTER, BEFORE, CARRY, Equation


def gru(cell: AbstractCell) -> tuple[Equation, ...]:
    """From h to update gate, candidate and old state; from the candidate to the reset gate; from the gates to h_{t-1}."""
    assert isinstance(cell, GRU)
    keeps = cell.update == "keep"
    if cell.reset == "before":
        inner = (Equation("drh", "da_n[t] @ W_hn.T"), Equation("dr", "drh[t] * h_prev[t]"))
        back_n = "drh[t] * r[t]"
    else:
        inner = (Equation("da_hn", "da_n[t] * r[t]"), Equation("dr", "da_n[t] * a_hn[t]"))
        back_n = "da_hn[t] @ W_hn.T"
    return (
        Equation("h_prev", "h_prev", BEFORE),
        Equation("slope_r", "r * (1 - r)", BEFORE),
        Equation("slope_z", "z * (1 - z)", BEFORE),
        Equation("slope_n", "f1(a_n, n)", BEFORE),
        Equation("new", "1 - z" if keeps else "z", BEFORE),
        Equation("old", "z" if keeps else "1 - z", BEFORE),
        Equation("change", "h_prev - n" if keeps else "n - h_prev", BEFORE),
        Equation("dh_next", "kept[t + 1] + back_r[t + 1] + back_z[t + 1] + back_n[t + 1]", CARRY),
        Equation("dh", "dh_out[t] + dh_next[t]"),
        Equation("dz", "dh[t] * change[t]"),
        Equation("dn", "dh[t] * new[t]"),
        Equation("da_z", "dz[t] * slope_z[t]"),
        Equation("da_n", "dn[t] * slope_n[t]"),
        *inner,
        Equation("da_r", "dr[t] * slope_r[t]"),
        Equation("kept", "dh[t] * old[t]"),
        Equation("back_r", "da_r[t] @ W_hr.T"),
        Equation("back_z", "da_z[t] @ W_hz.T"),
        Equation("back_n", back_n),
        *(Equation(f"into_{g}", f"rows(da_{g}, W_x{g}.T)", AFTER) for g in cell.gates),
        Equation("dx", "into_r + into_z + into_n", AFTER),
    )
