"""The backward equations of the LSTM.

`W_hf` and `W_xf` are the blocks of gate f, `back_f` is what it gives to h_{t-1}, and `dc_prev` what c gives to c_{t-1}.
"""

from __future__ import annotations

from ...cells import LSTM, AbstractCell
from .base import AFTER, BEFORE, CARRY, Equation


def lstm(cell: AbstractCell) -> tuple[Equation, ...]:
    """From h to the output gate and s, from s to c, from c to the other gates and to c_{t-1}."""
    assert isinstance(cell, LSTM)
    gates, peeps = cell.gates, "if" if cell.peepholes else ""
    peep_next = "".join(f" + peep_{g}[t + 1]" for g in peeps)
    return (
        *(Equation(f"{state}_prev", f"{state}_prev", BEFORE) for state in "hc"),
        *(Equation(f"slope_{g}", f"{g} * (1 - {g})", BEFORE) for g in "ifo"),
        Equation("slope_g", "f1(a_g, g)", BEFORE),
        Equation("slope_c", "f1(c, s)" if cell.cell_tanh else "np.ones_like(c)", BEFORE),
        Equation("dh_next", " + ".join(f"back_{g}[t + 1]" for g in gates), CARRY),
        Equation("dc_next", f"dc_prev[t + 1]{peep_next}", CARRY),
        Equation("dh", "dh_out[t] + dh_next[t]"),
        Equation("do", "dh[t] * s[t]"),
        Equation("da_o", "do[t] * slope_o[t]"),
        Equation("ds", "dh[t] * o[t]"),
        *([Equation("peep_o", "da_o[t] * p_o")] if peeps else []),
        Equation("dc_own", "ds[t] * slope_c[t]"),
        Equation("dc", "dc_next[t] + dc_own[t]" + (" + peep_o[t]" if peeps else "")),
        Equation("df", "dc[t] * c_prev[t]"),
        Equation("di", "dc[t] * g[t]"),
        Equation("dg", "dc[t] * i[t]"),
        *(Equation(f"da_{g}", f"d{g}[t] * slope_{g}[t]") for g in "fig"),
        Equation("dc_prev", "dc[t] * f[t]"),
        *(Equation(f"peep_{g}", f"da_{g}[t] * p_{g}") for g in peeps),
        *(Equation(f"back_{g}", f"da_{g}[t] @ W_h{g}.T") for g in gates),
        *(Equation(f"into_{g}", f"rows(da_{g}, W_x{g}.T)", AFTER) for g in gates),
        Equation("dx", " + ".join(f"into_{g}" for g in gates), AFTER),
    )
