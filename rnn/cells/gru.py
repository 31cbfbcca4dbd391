"""The GRU: reset and update gate, and a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from ..arrays import FloatArray, Gradients, Parameters, Trace, outer_sum, rows_times
from .activations import ACTIVATIONS, sigmoid
from .base import AbstractCell, Product, Tap


@dataclass(frozen=True)
class GRU(AbstractCell):
    """h_t = (1 - z_t) n_t + z_t h_{t-1}, or with z and 1 - z exchanged; r, z = sigmoid(a_*), n = act(a_n).

    The reset gate comes before the product, a_n = x W_xn + (r h_{t-1}) W_hn + b_n, or after it,
    a_n = x W_xn + b_n + r (h_{t-1} W_hn + b_hn), where b_hn is there only with two biases.
    Parameters `W_xh (D, 3H)`, `W_hh (H, 3H)`, `b_h (3H,)` with the gates in the order r z n along the last axis.
    Source: Cho et al. 2014, *Learning phrase representations using RNN encoder-decoder* (reset before, z keeps);
    reset after the product: as cuDNN computes it.

    Attributes:
        reset: `before` or `after` the product. update: `keep`, z is the share of the old state, or `new`, of the candidate.
    """

    reset: str = "before"
    update: str = "keep"

    gates: ClassVar[tuple[str, ...]] = ("r", "z", "n")

    @property
    def quantities(self) -> tuple[str, ...]:
        """The candidate and what it is made of, then the gates."""
        return ("dz", "dn", "da_z", "da_n", "drh" if self.reset == "before" else "da_hn", "dr", "da_r")

    @property
    def saturates(self) -> bool:
        """Its gates do."""
        return True

    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step: `own (B, n H)` from the input, state `h (B, H)`; records pre-activations, gates, `n`, `h`, and `rh` or `a_hn`."""
        before, W_hh = state["h"], params["W_hh"]
        m = before.shape[-1]
        gates = own[..., : 2 * m] + before @ W_hh[:, : 2 * m]
        if "b_hh" in params:
            gates = gates + params["b_hh"][: 2 * m]
        a_r, a_z = tap("a_r", gates[..., :m]), tap("a_z", gates[..., m:])
        r, z = tap("r", sigmoid(a_r, xp)), tap("z", sigmoid(a_z, xp))
        if self.reset == "before":
            extra = {"rh": tap("rh", r * before)}
            inner = extra["rh"] @ W_hh[:, 2 * m :]
            inner = inner + params["b_hh"][2 * m :] if "b_hh" in params else inner
        else:
            product = before @ W_hh[:, 2 * m :]
            extra = {"a_hn": tap("a_hn", product + params["b_hh"][2 * m :] if "b_hh" in params else product)}
            inner = r * extra["a_hn"]
        a_n = tap("a_n", own[..., 2 * m :] + inner)
        n = tap("n", ACTIVATIONS[self.activation].function(a_n, xp))
        h = (1 - z) * n + z * before if self.update == "keep" else z * n + (1 - z) * before
        return {"h": h}, {"a_r": a_r, "a_z": a_z, "a_n": a_n, "r": r, "z": z, "n": n, **extra, "h": h}

    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        """From h to update gate, candidate and old state; from the candidate to the reset gate; from the gates to h_{t-1}."""
        kept, slope = trace.steps, ACTIVATIONS[self.activation].slope
        r, z, n, h = (kept[name] for name in "rznh")
        steps, m = len(h), h.shape[-1]
        slope_r, slope_z, slope_n = r * (1 - r), z * (1 - z), slope(kept["a_n"], n)
        W_hg, W_hn = params["W_hh"][:, : 2 * m], params["W_hh"][:, 2 * m :]
        resets_before, z_keeps = self.reset == "before", self.update == "keep"
        name = "drh" if resets_before else "da_hn"
        found = {key: np.empty_like(dh_out) for key in ("dh", "dz", "dn", name, "dr")}
        dh, dz, dn, inner, dr = found.values()
        da = np.empty((*dh_out.shape[:2], 3 * m), dh_out.dtype)
        da_r, da_z, da_n = (da[..., k * m : (k + 1) * m] for k in range(3))
        carry = np.zeros((steps + 1, *dh_out.shape[1:]), dh_out.dtype)
        for t in reversed(range(steps)):
            before = h[t - 1] if t else starts["h"]
            new, old = (1 - z[t], z[t]) if z_keeps else (z[t], 1 - z[t])
            dh[t] = dh_out[t] + carry[t + 1]
            dz[t] = dh[t] * ((before - n[t]) if z_keeps else (n[t] - before))
            dn[t] = dh[t] * new
            da_z[t], da_n[t] = dz[t] * slope_z[t], dn[t] * slope_n[t]
            carry[t] = dh[t] * old
            if resets_before:
                inner[t] = da_n[t] @ W_hn.T
                dr[t] = inner[t] * before
                carry[t] += inner[t] * r[t]
            else:
                inner[t] = da_n[t] * r[t]
                dr[t] = da_n[t] * kept["a_hn"][t]
                carry[t] += inner[t] @ W_hn.T
            da_r[t] = dr[t] * slope_r[t]
            carry[t] += da[t, :, : 2 * m] @ W_hg.T
        per_step = {"dh_out": dh_out, "dh_next": carry[1:], **found, "da_r": da_r, "da_z": da_z, "da_n": da_n}
        per_step["dx"] = rows_times(da, params["W_xh"].T)
        return Gradients(self._sums(params, trace, x, starts, da, inner), per_step, {"dh0": carry[0]})

    def _sums(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, da: FloatArray, inner: FloatArray
    ) -> dict[str, FloatArray]:
        """Gradients of the parameters from the deltas (T, B, 3H) and, with reset after, from da_hn (T, B, H)."""
        m = da.shape[-1] // 3
        before = np.concatenate([starts["h"][None], trace.steps["h"][:-1]])
        if self.reset == "before":
            left, recurrent = trace.steps["rh"], da[..., 2 * m :]
        else:
            left, recurrent = before, inner
        blocks = outer_sum(before, da[..., : 2 * m]), outer_sum(left, recurrent)
        sums = {"dW_xh": outer_sum(x, da), "dW_hh": np.concatenate(blocks, axis=1)}
        whole = da.sum(axis=(0, 1))
        for name in self.bias_names:
            if name in params:
                sums[f"d{name}"] = whole
        if "b_hh" in params:
            sums["db_hh"] = np.concatenate([whole[: 2 * m], recurrent.sum(axis=(0, 1))])
        return sums

    def products(self) -> dict[str, tuple[Product, ...]]:
        """Three blocks of each weight matrix; the candidate's recurrent block has a left or a right side of its own."""
        deltas = ("da_r", "da_z", "da_n")
        after = self.reset == "after"
        candidate = Product("h", "da_hn", before=True, block=2) if after else Product("rh", "da_n", block=2)
        gates = tuple(Product("h", delta, before=True, block=k) for k, delta in enumerate(deltas[:2]))
        return {
            "W_xh": tuple(Product("x", delta, block=k) for k, delta in enumerate(deltas)),
            "W_hh": (*gates, candidate),
            **self.bias_products(deltas, ("da_r", "da_z", "da_hn") if after else ()),
        }
