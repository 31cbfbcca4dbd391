"""OwnCell: a cell that a case declares. Its equations are a function of the user's, which only a job ever loads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from ..arrays import FloatArray, Gradients, Parameters, Trace
from ..errors import InputError
from .base import AbstractCell, Product, Tap

Step = Callable[..., Any]
SIZE = re.compile(r"(\d*)([DH]?)")

_bound: list[Step] = []


def bind_step(step: Step) -> None:
    """Make a function the equations of the own cell of this process: `step(params, state, x, xp, tap)`."""
    _bound[:] = [step]


def size_of(text: str | int, inputs: int, hidden: int) -> int:
    """A size from what stands for it: a number, `D`, `H`, or a multiple such as `4H`."""
    found = SIZE.fullmatch(str(text))
    if found is None or not found[0]:
        raise InputError(f"the size {text!r} can't be read; expected D, H, a number, or a multiple such as '4H'")
    return int(found[1] or 1) * {"D": inputs, "H": hidden, "": 1}[found[2]]


@dataclass(frozen=True)
class OwnCell(AbstractCell):
    """A cell of the user's own.

    Attributes:
        own: what the case declares, as JSON: `parameters` (shapes by name), `states`, `taps`, `step` (whether there is one).
    """

    own: str = "{}"

    @cached_property
    def declared(self) -> dict[str, Any]:
        """The declaration."""
        found: dict[str, Any] = json.loads(self.own)
        return found

    @property
    def carried(self) -> tuple[str, ...]:
        """The declared states; `h` goes to the output."""
        return tuple(self.declared.get("states", ("h",)))

    @property
    def has_step(self) -> bool:
        """Whether JAX can differentiate it."""
        return bool(self.declared.get("step"))

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is declared as tapped, and both gradients of every state but h; nothing without equations."""
        if not self.has_step:
            return ()
        others = [state for state in self.carried if state != "h"]
        return (*(f"d{name}{end}" for name in others for end in ("_next", "")), *(f"d{tap}" for tap in self.taps))

    @property
    def taps(self) -> tuple[str, ...]:
        """Names of the intermediates, (T, B, H) each."""
        return tuple(self.declared.get("taps", ()))

    @property
    def saturates(self) -> bool:
        """Nothing is known about it, so the larger noise is taken."""
        return True

    def parameter_shapes(self, inputs: int, hidden: int, biases: bool) -> dict[str, tuple[int, ...]]:
        """As declared."""
        shapes: Mapping[str, Any] = self.declared.get("parameters", {})
        return {name: tuple(size_of(n, inputs, hidden) for n in shape) for name, shape in shapes.items()}

    def project(self, params: Mapping[str, Any], x: Any) -> Any:
        """The input itself: what becomes of it, only the user's function knows."""
        return x

    def step(
        self, params: Mapping[str, Any], state: Mapping[str, Any], own: Any, xp: ModuleType, tap: Tap
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One step by the user's function; its states are tapped where it leaves them."""
        if not _bound:
            raise InputError(
                "this can't be asked about a cell of your own, whose equations only the process that checks the case knows; "
                "check, figure and record can do without"
            )
        seen: dict[str, Any] = {}

        def marked(name: str, value: Any) -> Any:
            if name not in self.taps:
                raise InputError(f"the step taps {name!r}; taps in CASE are {', '.join(self.taps) or 'none'}")
            seen[name] = tap(name, value)
            return seen[name]

        made = _bound[0](dict(params), dict(state), own, xp, marked)
        made = made[0] if isinstance(made, tuple) and len(made) == 2 else made
        if not isinstance(made, dict) or set(made) != set(self.carried):
            got = f"the states {', '.join(map(str, made))}" if isinstance(made, dict) else type(made).__name__
            raise InputError(f"the step returned {got}; expected a dict of the states {', '.join(self.carried)}")
        missing = [name for name in self.taps if name not in seen]
        if missing:
            raise InputError(f"the step never calls tap({missing[0]!r}, ...); do so, or leave {missing[0]} out of taps")
        for name, value in {**made, **seen}.items():
            kind = getattr(value, "dtype", type(value).__name__)
            if kind != state["h"].dtype:
                raise InputError(f"the step makes {name} of type {kind}; expected an array of {state['h'].dtype}")
            if value.shape != state["h"].shape:
                raise InputError(f"the step makes {name} of shape {value.shape}; expected (B, H) = {state['h'].shape}")
        others = {name: tap(name, value) for name, value in made.items() if name != "h"}
        carried = {name: tap(f"{name}_next", value) for name, value in others.items()}
        return {"h": made["h"], **carried}, {**seen, **others, "h": made["h"]}

    def backward(
        self, params: Parameters, trace: Trace, x: FloatArray, starts: Parameters, dh_out: FloatArray
    ) -> Gradients:
        """There is none but the user's."""
        raise InputError("the program has no backward pass of its own for an own cell; run the case")

    def products(self) -> dict[str, tuple[Product, ...]]:
        """Nothing is known of its sums."""
        return {}
