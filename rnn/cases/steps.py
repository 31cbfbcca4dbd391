"""Driving code that knows one step only: forward through time, then backward, with the carry handed on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import InputError

BEFORE = ("dh_prev", "dc_prev")
"""What a backward step calls the gradients of the states before it."""


def is_step_object(forward: Callable[..., Any]) -> bool:
    """Whether a forward step takes x alone, so that whatever it belongs to carries the states itself."""
    try:
        inspect.signature(forward).bind(None)
    except TypeError:
        return False
    except ValueError:  # nothing is known of it
        return True
    return True


def drive_object(
    xs: Sequence[Any],
    start: Any,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    upstream: Callable[[int, Any], Any],
) -> dict[str, list[Any]]:
    """Run all steps of an object that carries states and gradients itself; see `UserProblem.step_by_step`.

    Args: xs, forward, backward, upstream: as in `drive`. start: an initial state, for the shape of h.
    """
    made = [forward(x) for x in xs]
    made = [np.array(one) if isinstance(one, np.ndarray) else one for one in made]
    back = [backward(upstream(t, made[t])) for t in reversed(range(len(xs)))][::-1]
    found = {"h": (made, start), "dx": (back, xs[0])}
    return {
        name: list(rows)
        for name, (rows, like) in found.items()
        if all(isinstance(row, np.ndarray) and row.shape == np.shape(like) for row in rows)
    }


def _made_forward(answer: Any, count: int, t: int) -> tuple[list[Any], Any]:
    """The new states and what is kept for the way back, from what a forward step gave."""
    if count == 1 and not isinstance(answer, (tuple, list)):
        return [answer], None
    parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    if len(parts) == count:
        return parts, None
    if len(parts) == count + 1:
        return parts[:count], parts[count]
    states = "h" if count == 1 else "h, c"
    raise InputError(
        f"forward of step {t} gave {len(parts)} values; expected {states}, and perhaps one thing more to hand to backward"
    )


def _made_backward(answer: Any, states: Sequence[str], t: int) -> dict[str, Any]:
    """What a backward step gave, by name: `dh_prev`, `dc_prev` and what else it named."""
    if isinstance(answer, dict):
        missing = [f"d{state}_prev" for state in states if f"d{state}_prev" not in answer]
        if missing:
            raise InputError(
                f"backward of step {t} gave {', '.join(map(str, answer))} and not {missing[0]}, the gradient of the state before"
            )
        return answer
    parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    if len(parts) != len(states) or any(part is None for part in parts):
        wanted = ", ".join(f"d{state}_prev" for state in states)
        raise InputError(
            f"backward of step {t} gave {len(parts)} values; expected {wanted}, or a dict with these names"
        )
    return dict(zip([f"d{state}_prev" for state in states], parts, strict=True))


def drive(
    xs: Sequence[Any],
    starts: dict[str, Any],
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    upstream: Callable[[int, Any], Any],
    is_summed: Callable[[str], bool],
) -> dict[str, Any]:
    """Run all steps; see `UserProblem.step_by_step`.

    Args:
        xs: the input of each step. starts: `h`, and `c` where there is one. forward, backward: the code's.
        upstream: dL/dh of a step, from above. is_summed: whether a name is that of a parameter's gradient.

    Returns:
        Lists over time by name, sums over time of parameters' gradients, and the gradients of the initial states.
    """
    names = list(starts)
    states, kept = list(starts.values()), []
    rows: dict[str, list[Any]] = {name: [] for name in names}
    for t, x in enumerate(xs):
        states, more = _made_forward(forward(x, *states), len(names), t)
        kept.append(more)
        for name, state in zip(names, states, strict=True):
            rows[name].append(np.array(state))
    back: dict[str, list[Any]] = {}
    sums: dict[str, Any] = {}
    carried: list[Any] = [np.zeros_like(start) for start in starts.values()]
    for t in reversed(range(len(xs))):
        out = upstream(t, rows["h"][t])
        steps = {"dh_out": out, "dh_next": carried[0], "dh": out + carried[0]}
        if "c" in names:
            steps["dc_next"] = carried[1]
        above = [steps["dh"], *carried[1:]]
        given = above if kept[t] is None else [*above, kept[t]]
        answer = _made_backward(backward(*given), names, t)
        carried = [np.array(answer[f"d{name}_prev"]) for name in names]
        for name, value in answer.items():
            if is_summed(name):
                sums[name] = np.array(value) if name not in sums else sums[name] + value
            elif name not in BEFORE:
                steps[name] = value
        for name, value in steps.items():
            back.setdefault(name, []).insert(0, np.array(value))
    begun = {f"d{name}0": value for name, value in zip(names, carried, strict=True)}
    return {**rows, **back, **sums, **begun}
