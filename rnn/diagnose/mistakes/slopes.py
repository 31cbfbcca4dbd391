"""Mistakes in the slope of a nonlinearity: of the state of an RNN, and of each gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import UNIT, Entry

NAMED = {
    "tanh": (
        ("of-pre-activation-formula", "applies a derivative that is meant for a to the value", "1 - tanh(h)^2", "1 - np.tanh({v}) ** 2"),
        ("output-formula-on-a", "applies the formula for the value to the pre-activation", "1 - a^2", "1 - {a} ** 2"),
        ("value-squared-twice", "squares the value twice", "1 - h^4", "1 - {v} ** 4"),
        ("square-missing", "forgets the square", "1 - h", "1 - {v}"),
        ("sign-of-square", "adds the square where it is subtracted", "1 + h^2", "1 + {v} ** 2"),
        ("square-of-difference", "squares the difference, not the value", "(1 - h)^2", "(1 - {v}) ** 2"),
        ("sigmoid-formula", "uses the sigmoid's formula", "h (1 - h)", "{v} * (1 - {v})"),
        ("sigmoid-of-a", "uses the sigmoid's derivative", "s(a) (1 - s(a))", "np.exp(-{a}) / (1 + np.exp(-{a})) ** 2"),
        ("square-alone", "takes the square alone", "h^2", "{v} ** 2"),
        ("negative", "has the other sign", "h^2 - 1", "{v} ** 2 - 1"),
    ),
    "sigmoid": (
        ("of-pre-activation-formula", "applies a derivative that is meant for a to the value", "s'(s(a))",
         "np.exp(-{v}) / (1 + np.exp(-{v})) ** 2"),
        ("output-formula-on-a", "applies the formula for the value to the pre-activation", "a (1 - a)", "{a} * (1 - {a})"),
        ("tanh-formula", "uses the formula of tanh", "1 - h^2", "1 - {v} ** 2"),
        ("one-minus-missing", "forgets the factor one minus the value", "h", "{v}"),
        ("value-missing", "forgets the value itself", "1 - h", "1 - {v}"),
        ("sign-inside", "adds where it must subtract", "h (1 + h)", "{v} * (1 + {v})"),
        ("square-of-difference", "squares one minus the value", "(1 - h)^2", "(1 - {v}) ** 2"),
        ("square-alone", "takes the square of the value", "h^2", "{v} ** 2"),
        ("negative", "has the other sign", "h (h - 1)", "{v} * ({v} - 1)"),
    ),
    "relu": (
        ("value-for-slope", "takes the value where its slope is needed", "h", "{v}"),
        ("tanh-formula", "uses the formula of tanh", "1 - h^2", "1 - {v} ** 2"),
        ("negative-side", "lets the negative side through", "a < 0", "1.0 * ({a} < 0)"),
        ("sigmoid-formula", "uses the sigmoid's formula", "h (1 - h)", "{v} * (1 - {v})"),
    ),
    "identity": (
        ("tanh-formula", "uses the formula of tanh", "1 - h^2", "1 - {v} ** 2"),
        ("value-for-slope", "multiplies with the value", "h", "{v}"),
    ),
}  # fmt: skip
"""By the right function: (name, words, formula, text) of what stands in place of its slope; `{v}` is the value, `{a}` its argument."""

COMMON = (
    ("missing", "leaves out the slope", "1", "1 + 0 * {v}", 0),
    ("squared", "multiplies with the slope twice", "f'^2", "({right}) ** 2", 1),
    ("value", "takes the value where its slope is needed", "f", "{v}", 1),
    ("of-step-before", "takes the slope of the step before", "f'_{t-1}", "shift({right}, -1)", 2),
    ("of-step-after", "takes the slope of the step after", "f'_{t+1}", "shift({right}, 1)", 2),
    ("of-step-before-wraps", "takes the slope of the step before, and at the first step that of the last", "f'_{t-1}",
     "np.roll({right}, 1, 0)", 2),
    ("of-first-unit", "uses the slope of the first unit for all units", "f'(a)[0]", "0 * {v} + ({right})[..., :1]", 2),
    ("of-first-sample", "uses the slope of the first sample for all samples", "f'(a) of sample 0", "0 * {v} + ({right})[:, :1]", 3),
    ("of-last-step", "uses the slope of the last step at every step", "f'_{T-1}", "0 * {v} + ({right})[-1]", 2),
    ("reversed", "takes the slopes in the reverse order of the steps", "f'_{T-1-t}", "({right})[::-1]", 3),
)  # fmt: skip
"""The same for every function, with ranks."""

OF_STATE_BEFORE: Mapping[str, str] = {"tanh": "1 - h_prev ** 2", "sigmoid": "h_prev * (1 - h_prev)", "relu": "1.0 * (h_prev > 0)"}
"""Slopes taken of the state before, of h0 at the first step: an index off by one in an array that begins with h0."""


def _entries(
    slot: str, what: str, function: str, v: str, a: str, cells: tuple[str, ...], by_activation: bool
) -> Iterator[Entry]:
    """Everything that can stand in place of one slope."""
    activations = (function,) if by_activation else ()

    def one(name: str, words: str, formula: str, text: str, rank: int, key: str) -> Entry:
        written = text.replace("{v}", v).replace("{a}", a)
        return Entry(
            f"slope-{name}{key}", f"{words} in the derivative of {what}", f"f' = {formula}", {f"{slot}{{u}}": written},
            over=UNIT, cells=cells, activations=activations, rank=rank,
        )  # fmt: skip

    key = f"-{slot.removeprefix('slope_')}" if slot != "slope" else ""
    for name, words, formula, text, rank in COMMON:
        yield one(name, words, formula, text, rank, key)
    for name, words, formula, text in NAMED[function]:
        yield one(name, words, formula, text, 1, key)


def _of_state_before() -> Iterator[Entry]:
    """What an index off by one gives, of a vanilla RNN, whose state is the activation's value."""
    for function, text in OF_STATE_BEFORE.items():
        yield Entry(
            "slope-of-state-before", "takes the slope of the state before, h_{t-1}, where that of h_t is needed",
            "f' = f'(h_{t-1})", {"slope{u}": text}, over=UNIT, cells=("rnn",), activations=(function,), rank=1,
        )  # fmt: skip
    for name, text in (("before", "h * (1 - h_prev)"), ("of-both", "h_prev * (1 - h)")):
        yield Entry(
            f"slope-mixes-steps-{name}", "takes one factor of the slope from h_t and the other from h_{t-1}",
            f"f' = {text}", {"slope{u}": text}, over=UNIT, cells=("rnn",), activations=("sigmoid",), rank=3,
        )  # fmt: skip


def _all() -> Iterator[Entry]:
    yield from _of_state_before()
    for function in NAMED:
        yield from _entries("slope", "the state", function, "h", "a", ("rnn",), True)
        yield from _entries("slope", "the new value", function, "n", "a", ("leaky",), True)
        yield from _entries("slope_g", "the candidate g", function, "g", "a_g", ("lstm",), True)
        yield from _entries("slope_c", "the cell", function, "s", "c", ("lstm",), True)
        yield from _entries("slope_n", "the candidate n", function, "n", "a_n", ("gru",), True)
    for gate in "ifo":
        yield from _entries(f"slope_{gate}", f"the gate {gate}", "sigmoid", gate, f"a_{gate}", ("lstm",), False)
    for gate in "rz":
        yield from _entries(f"slope_{gate}", f"the gate {gate}", "sigmoid", gate, f"a_{gate}", ("gru",), False)


SLOPES: tuple[Entry, ...] = tuple(_all())
"""Of all nonlinearities."""
