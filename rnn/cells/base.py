"""AbstractCell: what the network, the oracle and the recorder ask of a recurrent cell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ..arrays import FloatArray, Gradients, Parameters, Trace

Tap = Callable[[str, Any], Any]
"""`tap(name, value)` marks an intermediate: NumPy passes it through, the oracle adds a zero probe to it."""


class AbstractCell(ABC):
    """A recurrent cell: its forward equations once, its backward loop by hand.

    Row vectors, time first. `step` is run by NumPy for the trace and differentiated by JAX, so that a
    disagreement is always about a backward pass and never about two spellings of the forward pass.
    """

    activation: str

    @property
    @abstractmethod
    def quantities(self) -> tuple[str, ...]:
        """Names of the tapped pre-activations' gradients (`da`), in the order in which `backward` makes them."""

    @property
    @abstractmethod
    def saturates(self) -> bool:
        """Whether the cell's nonlinearities are bounded (see `Activation.saturates`)."""

    @abstractmethod
    def parameter_shapes(self, inputs: int, hidden: int, biases: bool) -> dict[str, tuple[int, ...]]:
        """Shapes by parameter name, for D inputs and H hidden units."""

    @abstractmethod
    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], x: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step of the forward pass.

        Args:
            params: arrays by name.
            state: `h (B, H)` and whatever else the cell carries.
            x: input of this step (B, D).
            xp: numpy or jax.numpy.
            tap: marks intermediates.

        Returns:
            The new state, and the record of this step (what `Trace.steps` keeps).
        """

    @abstractmethod
    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, h0: FloatArray, dh_out: FloatArray
    ) -> Gradients:
        """Backpropagation through time, by hand, for the gradient (T, B, H) that arrives at h from above."""

    @abstractmethod
    def products(self, trace: Trace, x: FloatArray, h0: FloatArray) -> dict[str, tuple[FloatArray | None, str]]:
        """How each parameter's gradient is summed: `dW = sum over t, b of left[t, b] (outer) delta[t, b]`.

        Returns:
            By parameter name: `left (T, B, n)`, or None for a bias (left = 1), and the name of the delta.
        """
