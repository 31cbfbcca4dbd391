"""AbstractCell: what the network, the oracle and the recorder ask of a recurrent cell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from ..arrays import FloatArray, Gradients, Parameters, Trace, rows_times

Tap = Callable[[str, Any], Any]
"""`tap(name, value)` marks an intermediate: NumPy passes it through, the oracle adds a zero probe to it."""


@dataclass(frozen=True)
class Product:
    """How a gate's block of a parameter's gradient is summed: dW[:, block] = sum over t, b of left (outer) delta.

    Attributes:
        left: what stands on the left: `x` (the cell's input), a record's name, or empty for a bias (left = 1).
        delta: the per-step gradient on the right.
        before: whether `left` is the state of the step before, which at the first step is the initial state.
        block: which block of H columns it makes. elementwise: left and delta are multiplied entry by entry (peepholes).
    """

    left: str
    delta: str
    before: bool = False
    block: int = 0
    elementwise: bool = False


@dataclass(frozen=True)
class AbstractCell(ABC):
    """A recurrent cell: its forward equations once, its backward loop by hand.

    Row vectors, time first. `step` is run by NumPy for the trace and differentiated by JAX, so that a
    disagreement is always about a backward pass and never about two spellings of the forward pass.

    Attributes:
        activation: name in `ACTIVATIONS`. two_biases: whether b_xh and b_hh stand for b_h.
        gates: letters of the gates in the order of their blocks; empty for a cell without gates.
    """

    activation: str = "tanh"
    two_biases: bool = False

    gates: ClassVar[tuple[str, ...]] = ()
    @property
    def carried(self) -> tuple[str, ...]:
        """The states that are carried from step to step."""
        return ("h",)

    @property
    @abstractmethod
    def quantities(self) -> tuple[str, ...]:
        """Names of the tapped quantities' gradients (`da`), in the order in which `backward` makes them."""

    @property
    @abstractmethod
    def saturates(self) -> bool:
        """Whether the cell's nonlinearities are bounded (see `Activation.saturates`)."""

    def parameter_shapes(self, inputs: int, hidden: int, biases: bool) -> dict[str, tuple[int, ...]]:
        """Shapes by parameter name, for D inputs and H hidden units: gates in blocks along the last axis."""
        width = max(1, len(self.gates)) * hidden
        shapes: dict[str, tuple[int, ...]] = {"W_xh": (inputs, width), "W_hh": (hidden, width)}
        return shapes | (dict.fromkeys(self.bias_names, (width,)) if biases else {})

    @property
    def bias_names(self) -> tuple[str, ...]:
        """`b_h`, or the two that stand for it."""
        return ("b_xh", "b_hh") if self.two_biases else ("b_h",)

    def project(self, params: Mapping[str, Any], x: Any) -> Any:
        """What the inputs give to the pre-activations of all steps (T, B, n H), as one product: x W_xh + b."""
        own = rows_times(x, params["W_xh"])
        for name in ("b_h", "b_xh"):
            own = own + params[name] if name in params else own
        return own

    @abstractmethod
    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step of the forward pass.

        Args:
            params: arrays by name.
            state: `h (B, H)` and whatever else the cell carries.
            own: what `project` makes of this step's input (B, n H).
            xp: numpy or jax.numpy.
            tap: marks intermediates.

        Returns:
            The new state, and the record of this step (what `Trace.steps` keeps).
        """

    @abstractmethod
    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        """Backpropagation through time, by hand, for the gradient (T, B, H) that arrives at h from above.

        Args:
            params, trace: of the forward pass. x: the cell's input (T, B, D).
            starts: initial states by the state's name, `h (B, H)`. dh_out: see above.

        Returns:
            Gradients of the parameters, of all quantities and of `x`; `starts` by `dh0`, `dc0`.
        """

    @abstractmethod
    def products(self) -> dict[str, tuple[Product, ...]]:
        """How each parameter's gradient is summed, for all parameters that the cell may have."""

    def bias_products(self, deltas: tuple[str, ...], recurrent: tuple[str, ...] = ()) -> dict[str, tuple[Product, ...]]:
        """Products of the biases from the deltas of the gates' blocks; `recurrent`: of b_hh where they differ."""
        rows = dict.fromkeys(self.bias_names, deltas)
        if recurrent and "b_hh" in rows:
            rows["b_hh"] = recurrent
        return {name: tuple(Product("", delta, block=k) for k, delta in enumerate(row)) for name, row in rows.items()}


def pre_activation(params: Mapping[str, Any], own: Any, h: Any) -> Any:
    """x W_xh + h W_hh + the biases there are."""
    a = own + h @ params["W_hh"]
    return a + params["b_hh"] if "b_hh" in params else a
