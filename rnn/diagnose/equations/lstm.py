"""The backward equations of the LSTM. `W_hf` and `W_xf` are the blocks of gate f, `back_f` what it gives to h_{t-1}."""

from __future__ import annotations

from ...cells import LSTM, AbstractCell
from .base import AFTER, BEFORE, Equation


def lstm(cell: AbstractCell) -> tuple[Equation, ...]:
    """From h to the output gate and s, from s to c, from c to the other gates and to c_{t-1}."""
    assert isinstance(cell, LSTM)
    peep_c = " + da_o[t] * p_o" if cell.peepholes else ""
    peep_next = " + da_i[t + 1] * p_i + da_f[t + 1] * p_f" if cell.peepholes else ""
    gates = cell.gates
    return (
        *(Equation(f"slope_{g}", f"{g} * (1 - {g})", BEFORE) for g in "ifo"),
        Equation("slope_g", "f1(a_g, g)", BEFORE),
        Equation("slope_c", "f1(c, s)" if cell.cell_tanh else "np.ones_like(c)", BEFORE),
        *(Equation(f"back_{g}", f"da_{g}[t + 1] @ W_h{g}.T") for g in gates),
        Equation("dh_next", "back_i[t] + back_f[t] + back_g[t] + back_o[t]"),
        Equation("dh", "dh_out[t] + dh_next[t]"),
        Equation("do", "dh[t] * s[t]"),
        Equation("da_o", "do[t] * slope_o[t]"),
        Equation("ds", "dh[t] * o[t]"),
        Equation("dc_next", f"dc[t + 1] * after(f, t){peep_next}"),
        Equation("dc", f"dc_next[t] + ds[t] * slope_c[t]{peep_c}"),
        Equation("df", "dc[t] * c_prev[t]"),
        Equation("di", "dc[t] * g[t]"),
        Equation("dg", "dc[t] * i[t]"),
        *(Equation(f"da_{g}", f"d{g}[t] * slope_{g}[t]") for g in "fig"),
        *(Equation(f"into_{g}", f"rows(da_{g}, W_x{g}.T)", AFTER) for g in gates),
        Equation("dx", "into_i + into_f + into_g + into_o", AFTER),
    )
