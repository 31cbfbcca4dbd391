"""The leaky integrator: a vanilla cell that keeps a share of its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import FloatArray, Gradients, Parameters, Trace, outer_sum, rows_times
from .activations import ACTIVATIONS
from .base import Tap, pre_activation
from .vanilla import VanillaRNN


@dataclass(frozen=True)
class LeakyRNN(VanillaRNN):
    """h_t = (1 - leak) h_{t-1} + leak f(a_t) with a_t = x_t W_xh + h_{t-1} W_hh + b_h.

    Parameters as of the vanilla cell; `leak` is a number from 0 to 1, not trained.
    Source: Jaeger et al. 2007, *Optimization and applications of echo state networks with leaky-integrator neurons*.
    """

    leak: float = 0.3

    @property
    def quantities(self) -> tuple[str, ...]:
        """The gradient of n = f(a), and of a."""
        return ("dn", "da")

    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step: `own (B, H)` from the input, state `h (B, H)`; records `a`, `n` = f(a) and `h`."""
        a = tap("a", pre_activation(params, own, state["h"]))
        n = tap("n", ACTIVATIONS[self.activation].function(a, xp))
        h = (1 - self.leak) * state["h"] + self.leak * n
        return {"h": h}, {"a": a, "n": n, "h": h}

    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        """dn_t = leak dh_t; da_t = dn_t * f'(a_t); dh_next_{t-1} = (1 - leak) dh_t + da_t W_hh^T."""
        W_xh, W_hh, h0 = params["W_xh"], params["W_hh"], starts["h"]
        a, n, h = (trace.steps[name] for name in ("a", "n", "h"))
        slope = ACTIVATIONS[self.activation].slope
        dh, dn, da = (np.empty_like(dh_out) for _ in range(3))
        carried = np.empty((len(h) + 1, *h0.shape), dh_out.dtype)  # carried[t] leaves step t for h_{t-1}
        carried[-1] = 0
        for t in reversed(range(len(h))):
            dh[t] = dh_out[t] + carried[t + 1]
            dn[t] = self.leak * dh[t]
            da[t] = dn[t] * slope(a[t], n[t])
            carried[t] = (1 - self.leak) * dh[t] + da[t] @ W_hh.T
        parameters = {"dW_xh": outer_sum(x, da), "dW_hh": h0.T @ da[0] + outer_sum(h[:-1], da[1:])}
        for name in self.bias_names:
            if name in params:
                parameters[f"d{name}"] = da.sum(axis=(0, 1))
        steps = {"dh_out": dh_out, "dh_next": carried[1:], "dh": dh, "dn": dn, "da": da}
        return Gradients(parameters, {**steps, "dx": rows_times(da, W_xh.T)}, {"dh0": carried[0]})
