"""The vanilla (Elman) recurrent cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import FloatArray, Gradients, Parameters, Trace, outer_sum, rows_times
from .activations import ACTIVATIONS
from .base import AbstractCell, Product, Tap, pre_activation


@dataclass(frozen=True)
class VanillaRNN(AbstractCell):
    """h_t = f(a_t) with a_t = x_t W_xh + h_{t-1} W_hh + b_h.

    Parameters `W_xh (D, H)`, `W_hh (H, H)` and, optionally, `b_h (H,)` or `b_xh`, `b_hh (H,)`.
    Source: Elman 1990, *Finding structure in time*; backward pass: Werbos 1990, *Backpropagation through time*.
    """

    @property
    def quantities(self) -> tuple[str, ...]:
        """Only one pre-activation."""
        return ("da",)

    @property
    def saturates(self) -> bool:
        """As its activation does."""
        return ACTIVATIONS[self.activation].saturates

    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step: `own (B, H)` from the input, state `h (B, H)`; records `a` and `h`."""
        a = tap("a", pre_activation(params, own, state["h"]))
        h = ACTIVATIONS[self.activation].function(a, xp)
        return {"h": h}, {"a": a, "h": h}

    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        """dh_t = dh_out_t + dh_next_t; da_t = dh_t * f'(a_t); dh_next_{t-1} = da_t W_hh^T."""
        W_xh, W_hh, h0 = params["W_xh"], params["W_hh"], starts["h"]
        a, h = trace.steps["a"], trace.steps["h"]
        slope = ACTIVATIONS[self.activation].slope
        dh, da = np.empty_like(dh_out), np.empty_like(dh_out)
        carried = np.empty((len(h) + 1, *h0.shape), dh_out.dtype)  # carried[t] leaves step t for h_{t-1}
        carried[-1] = 0
        for t in reversed(range(len(h))):
            dh[t] = dh_out[t] + carried[t + 1]
            da[t] = dh[t] * slope(a[t], h[t])
            carried[t] = da[t] @ W_hh.T
        dh_next, dh0 = carried[1:], carried[0]
        parameters = {"dW_xh": outer_sum(x, da), "dW_hh": h0.T @ da[0] + outer_sum(h[:-1], da[1:])}
        for name in self.bias_names:
            if name in params:
                parameters[f"d{name}"] = da.sum(axis=(0, 1))
        steps = {"dh_out": dh_out, "dh_next": dh_next, "dh": dh, "da": da, "dx": rows_times(da, W_xh.T)}
        return Gradients(parameters, steps, {"dh0": dh0})

    def products(self) -> dict[str, tuple[Product, ...]]:
        """W_xh from x, W_hh from the previous h, biases from 1; all with da."""
        weights = {"W_xh": (Product("x", "da"),), "W_hh": (Product("h", "da", before=True),)}
        return weights | self.bias_products(("da",))
