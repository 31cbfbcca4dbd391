"""Mistakes in the slope of a nonlinearity: of the state of an RNN, and of each gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...arrays import base_of
from ...problem import Problem
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
        ("value-missing", "forgets the value itself", "1 - h", "1 - {v}"),
        ("sign-inside", "adds where it must subtract", "h (1 + h)", "{v} * (1 + {v})"),
        ("square-of-difference", "squares one minus the value", "(1 - h)^2", "(1 - {v}) ** 2"),
        ("square-alone", "takes the square of the value", "h^2", "{v} ** 2"),
        ("square-in-factor", "squares the value in one factor", "h (1 - h^2)", "{v} * (1 - {v} ** 2)"),
        ("one-factor-on-a", "takes one factor at the pre-activation", "h (1 - a)", "{v} * (1 - {a})"),
        ("negative", "has the other sign", "h (h - 1)", "{v} * ({v} - 1)"),
    ),
    "relu": (
        ("tanh-formula", "uses the formula of tanh", "1 - h^2", "1 - {v} ** 2"),
        ("negative-side", "lets the negative side through", "a < 0", "1.0 * ({a} < 0)"),
        ("sigmoid-formula", "uses the sigmoid's formula", "h (1 - h)", "{v} * (1 - {v})"),
    ),
    "identity": (
        ("tanh-formula", "uses the formula of tanh", "1 - h^2", "1 - {v} ** 2"),
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

OF_ONE = (
    ("of-step-after-or-own", "takes the slope of the step after, and at the last step its own", "f'_{t+1}",
     "({right})[[*range(1, T), T - 1]]", 2),
    ("of-step-before-or-own", "takes the slope of the step before, and at the first step its own", "f'_{t-1}",
     "({right})[[0, *range(T - 1)]]", 2),
    ("missing-at-last-step", "leaves out the slope at the last step", "1 at t = T - 1",
     "np.concatenate([({right})[:-1], 1 + 0 * ({right})[-1:]])", 2),
    ("missing-at-first-step", "leaves out the slope at the first step", "1 at t = 0",
     "np.concatenate([1 + 0 * ({right})[:1], ({right})[1:]])", 2),
    ("inverse", "divides by the slope", "1 / f'", "1 / ({right})", 2),
)  # fmt: skip
"""The same, for cells without gates."""

OF_STATE_BEFORE: Mapping[str, str] = {"tanh": "1 - h_prev ** 2", "sigmoid": "h_prev * (1 - h_prev)", "relu": "1.0 * (h_prev > 0)"}
"""Slopes taken of the state before, of h0 at the first step: an index off by one in an array that begins with h0."""


def one_bias(problem: Problem) -> bool:
    """Whether each cell has one bias."""
    return any(base_of(name)[0] == "b_h" for name in problem.parameters)


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
    for name, words, formula, text, rank in COMMON if key else (*COMMON, *OF_ONE):
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


SIGMOIDS = {"lstm": "ifo", "gru": "rz"}
CANDIDATES = {"lstm": "g", "gru": "n"}
OF_ALL = ("missing", "squared", "value", "of-step-after", "of-step-before-wraps")
"""Those of `COMMON` that people make in every gate at once."""


def _families() -> Iterator[Entry]:
    """The same in all sigmoid gates at once, and in the candidate too."""
    rows = [(*row[:4], 0 if row[0] == "missing" else 1, True) for row in COMMON if row[0] in OF_ALL]
    rows += [(*row, 1, False) for row in NAMED["sigmoid"]]
    for cell, gates in SIGMOIDS.items():
        for name, words, formula, text, rank, common in rows:
            edits = {f"slope_{g}{{u}}": text.replace("{v}", g).replace("{a}", f"a_{g}") for g in gates}
            yield Entry(f"slope-{name}-gates", f"{words} in the derivatives of all sigmoid gates", f"f' = {formula}", edits,
                        cells=(cell,), rank=rank)  # fmt: skip
            if common:
                g = CANDIDATES[cell]
                edits = {**edits, f"slope_{g}{{u}}": text.replace("{v}", g).replace("{a}", f"a_{g}")}
                yield Entry(f"slope-{name}-all", f"{words} in the derivatives of all gates and the candidate", f"f' = {formula}", edits,
                            cells=(cell,), rank=rank)  # fmt: skip


def _at(id: str, sentence: str, formula: str, cell: str, text: str, rank: int = 1, **more: Any) -> Entry:
    slot = more.pop("slot", "slope")
    return Entry(f"slope-{id}", sentence, formula, {f"{slot}{{u}}": text}, over=UNIT, cells=(cell,), rank=rank, **more)


ELSEWHERE: tuple[Entry, ...] = (
    _at("of-state-before", "takes the slope at h_{t-1} where that at the new value is needed", "f' at h_{t-1}", "leaky",
        "f1(h_prev, h_prev)"),
    _at("of-leaky-state", "takes the slope at h where that at the new value is needed", "f' at h_t", "leaky", "f1(h, h)", 0),
    _at("of-state-n", "takes the slope at h where that at the candidate is needed", "f' at h_t", "gru", "f1(h, h)", 0, slot="slope_n"),
    _at("of-state-before-n", "takes the slope at h_{t-1} where that at the candidate is needed", "f' at h_{t-1}", "gru",
        "f1(h_prev, h_prev)", slot="slope_n"),
    _at("of-state-c", "takes the slope at h where that at the cell is needed", "f' at h_t", "lstm", "f1(h, h)", slot="slope_c"),
    _at("of-cell-before-c", "takes the slope at c_{t-1} where that at c_t is needed", "f' at c_{t-1}", "lstm",
        "f1(c_prev, np.tanh(c_prev))", slot="slope_c", activations=("tanh",)),
    _at("without-bias", "takes the slope at a pre-activation without the bias", "f' at a - b", "rnn", "1 - np.tanh(a - b_h) ** 2", 2,
        activations=("tanh",), needs=one_bias),
    _at("bias-twice", "takes the slope at a pre-activation with the bias added twice", "f' at a + b", "rnn",
        "1 - np.tanh(a + b_h) ** 2", 2, activations=("tanh",), needs=one_bias),
    _at("without-recurrent", "takes the slope at a pre-activation without the recurrent part", "f' at a - h_{t-1} W_hh", "rnn",
        "1 - np.tanh(a - rows(h_prev, W_hh)) ** 2", 2, activations=("tanh",)),
    *(_at(f"{g}-one-minus-{k}", f"mixes the gates {g} and {k} in the derivative of {g}", f"{g} (1 - {k})", cell, f"{g} * (1 - {k})", 2,
          slot=f"slope_{g}")
      for cell, gates in (("lstm", "ifgo"), ("gru", "rzn")) for g in SIGMOIDS[cell] for k in gates if g != k),
)  # fmt: skip
"""Slopes that are right in form and taken somewhere else."""


def _in_carry() -> Iterator[Entry]:
    """Another slope in what is carried alone, as code has it that makes the step's Jacobian apart."""
    for function, rows in NAMED.items():
        for name, words, formula, text in rows:
            if name == "negative":  # `carry-sign`
                continue
            written = text.replace("{v}", "h").replace("{a}", "a")
            yield Entry(f"carry-slope-{name}", f"{words} in the slope of what is carried, not in that of the output's part",
                        f"dh_t += (dh_{{t+1}} f'_{{t+1}}) W_hh^T with f' = {formula}", {"carried{u}": f"dh[t + 1] * after({written}, t)"},
                        over=UNIT, cells=("rnn",), activations=(function,))  # fmt: skip


SLOPES: tuple[Entry, ...] = (*_all(), *_families(), *_in_carry(), *ELSEWHERE)
"""Of all nonlinearities."""
