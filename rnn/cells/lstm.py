"""The LSTM: input, forget and output gate, candidate, and a cell state beside h."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from ..arrays import FloatArray, Gradients, Parameters, Trace, outer_sum, rows_times
from .activations import ACTIVATIONS, sigmoid
from .base import AbstractCell, Product, Tap, pre_activation

DELTAS = ("da_i", "da_f", "da_g", "da_o")


@dataclass(frozen=True)
class LSTM(AbstractCell):
    """c_t = f_t c_{t-1} + i_t g_t and h_t = o_t s_t with s_t = act(c_t); i, f, o = sigmoid(a_*), g = act(a_g).

    Parameters `W_xh (D, 4H)`, `W_hh (H, 4H)`, `b_h (4H,)` with the gates in the order i f g o along the last axis;
    with peepholes `p_i`, `p_f`, `p_o (H,)`: i and f see c_{t-1}, o sees c_t.
    Source: Hochreiter and Schmidhuber 1997, *Long short-term memory*; Gers and Schmidhuber 2000, *Recurrent nets that
    time and count* (peepholes).

    Attributes:
        cell_tanh: whether the activation is applied to c before the output gate (else s = c).
        peepholes: whether the gates see the cell. forget_bias: a number added to a_f in the forward pass.
    """

    cell_tanh: bool = True
    peepholes: bool = False
    forget_bias: float = 0.0

    gates: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")

    @property
    def carried(self) -> tuple[str, ...]:
        """h and the cell."""
        return ("h", "c")

    @property
    def quantities(self) -> tuple[str, ...]:
        """From the output gate down to the other three."""
        return ("do", "da_o", "ds", "dc_next", "dc", "df", "di", "dg", "da_f", "da_i", "da_g")

    @property
    def saturates(self) -> bool:
        """Its gates do."""
        return True

    def parameter_shapes(self, inputs: int, hidden: int, biases: bool) -> dict[str, tuple[int, ...]]:
        """As every cell, and the peepholes (H,)."""
        shapes = super().parameter_shapes(inputs, hidden, biases)
        return shapes | ({f"p_{gate}": (hidden,) for gate in "ifo"} if self.peepholes else {})

    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step: `own (B, n H)` from the input, state `h`, `c (B, H)`; records pre-activations, gates, `c`, `s` and `h`."""
        act, before = ACTIVATIONS[self.activation].function, state["c"]
        n = before.shape[-1]
        a = pre_activation(params, own, state["h"])
        a_i, a_f, a_g, a_o = (a[..., k * n : (k + 1) * n] for k in range(4))
        if self.forget_bias:
            a_f = a_f + self.forget_bias
        if self.peepholes:
            a_i, a_f = a_i + before * params["p_i"], a_f + before * params["p_f"]
        a_i, a_f, a_g = tap("a_i", a_i), tap("a_f", a_f), tap("a_g", a_g)
        i, f, g = tap("i", sigmoid(a_i, xp)), tap("f", sigmoid(a_f, xp)), tap("g", act(a_g, xp))
        c = tap("c", f * before + i * g)
        a_o = tap("a_o", a_o + c * params["p_o"] if self.peepholes else a_o)
        o = tap("o", sigmoid(a_o, xp))
        s = tap("s", act(c, xp) if self.cell_tanh else c)
        h = o * s
        record = {"a_i": a_i, "a_f": a_f, "a_g": a_g, "a_o": a_o, "i": i, "f": f, "g": g, "o": o, "c": c, "s": s}
        return {"h": h, "c": tap("c_next", c)}, {**record, "h": h}

    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        """From h to the output gate and s, from s to c, from c to the other gates and to c_{t-1}."""
        kept, W_hh = trace.steps, params["W_hh"]
        i, f, g, o, c, s = (kept[name] for name in "ifgocs")
        slope = ACTIVATIONS[self.activation].slope
        slope_i, slope_f, slope_o = (gate * (1 - gate) for gate in (i, f, o))
        slope_g, slope_c = slope(kept["a_g"], g), slope(c, s) if self.cell_tanh else np.ones_like(c)
        steps, n = len(c), c.shape[-1]
        found = {name: np.empty_like(dh_out) for name in ("dh", "do", "ds", "dc", "df", "di", "dg")}
        dh, do, ds, dc, df, di, dg = found.values()
        da = np.empty((*dh_out.shape[:2], 4 * n), dh_out.dtype)
        da_i, da_f, da_g, da_o = (da[..., k * n : (k + 1) * n] for k in range(4))
        dh_carry, dc_carry = (np.zeros((steps + 1, *dh_out.shape[1:]), dh_out.dtype) for _ in range(2))
        for t in reversed(range(steps)):
            c_before = c[t - 1] if t else starts["c"]
            dh[t] = dh_out[t] + dh_carry[t + 1]
            do[t] = dh[t] * s[t]
            da_o[t] = do[t] * slope_o[t]
            ds[t] = dh[t] * o[t]
            dc[t] = dc_carry[t + 1] + ds[t] * slope_c[t]
            if self.peepholes:
                dc[t] += da_o[t] * params["p_o"]
            df[t], di[t], dg[t] = dc[t] * c_before, dc[t] * g[t], dc[t] * i[t]
            da_f[t], da_i[t], da_g[t] = df[t] * slope_f[t], di[t] * slope_i[t], dg[t] * slope_g[t]
            dc_carry[t] = dc[t] * f[t]
            if self.peepholes:
                dc_carry[t] += da_i[t] * params["p_i"] + da_f[t] * params["p_f"]
            dh_carry[t] = da[t] @ W_hh.T
        carries = {"dh_next": dh_carry[1:], "dc_next": dc_carry[1:]}
        deltas = {"da_i": da_i, "da_f": da_f, "da_g": da_g, "da_o": da_o}
        per_step = {"dh_out": dh_out, **carries, **found, **deltas, "dx": rows_times(da, params["W_xh"].T)}
        return Gradients(self._sums(params, trace, x, starts, da), per_step, {"dh0": dh_carry[0], "dc0": dc_carry[0]})

    def _sums(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, da: FloatArray
    ) -> dict[str, FloatArray]:
        """Gradients of the parameters from the deltas of all gates, (T, B, 4H)."""
        h, c, n = trace.steps["h"], trace.steps["c"], da.shape[-1] // 4
        sums = {"dW_xh": outer_sum(x, da), "dW_hh": starts["h"].T @ da[0] + outer_sum(h[:-1], da[1:])}
        for name in self.bias_names:
            if name in params:
                sums[f"d{name}"] = da.sum(axis=(0, 1))
        if self.peepholes:
            before = np.concatenate([starts["c"][None], c[:-1]])
            for gate, k, seen in (("i", 0, before), ("f", 1, before), ("o", 3, c)):
                sums[f"dp_{gate}"] = (seen * da[..., k * n : (k + 1) * n]).sum(axis=(0, 1))
        return sums

    def products(self) -> dict[str, tuple[Product, ...]]:
        """Four blocks of each weight matrix, one a gate."""
        found = {
            "W_xh": tuple(Product("x", delta, block=k) for k, delta in enumerate(DELTAS)),
            "W_hh": tuple(Product("h", delta, before=True, block=k) for k, delta in enumerate(DELTAS)),
            **self.bias_products(DELTAS),
        }
        if self.peepholes:
            found |= {f"p_{k}": (Product("c", f"da_{k}", before=k != "o", elementwise=True),) for k in "ifo"}
        return found
