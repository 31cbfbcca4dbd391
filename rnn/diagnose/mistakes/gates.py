"""Mistakes with gates that LSTM and GRU have in common: a gate left out, another gate's, their order, values for gradients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, permutations

from .base import GATED, UNIT, Entry

GATES = {"lstm": "ifgo", "gru": "rzn"}
SENT = {"lstm": "ifgo", "gru": "rz"}
"""Gates whose delta goes through their own weights to h_{t-1}; the GRU's candidate has a way of its own."""

BIASES = ("b_h", "b_xh", "b_hh")
CANDIDATES = {"lstm": "g", "gru": "n"}

Edits = dict[str, str]


def back(gate: str, delta: str, weights: str = "") -> Edits:
    """What a gate sends to h_{t-1}, from another delta or through other weights."""
    return {f"back_{gate}{{u}}": f"{delta}[t] @ {weights or f'W_h{gate}.T'}"}


def into(gate: str, delta: str, weights: str = "") -> Edits:
    """What a gate sends to the input, from another delta or through other weights."""
    return {f"into_{gate}{{u}}": f"rows({delta}, {weights or f'W_x{gate}.T'})"}


def deltas(gate: str, text: str, biases: Iterable[str] = BIASES) -> Edits:
    """What all parameters of a gate are summed with."""
    weights = {f"delta.{name}{{u}}[{gate}]": text for name in ("W_xh", "W_hh")}
    return weights | {f"?delta.{name}{{u}}[{gate}]": text for name in biases}


def _unit(id: str, sentence: str, formula: str, edits: Edits, rank: int, cell: str) -> Entry:
    return Entry(id, sentence, formula, edits, over=UNIT, cells=(cell,), rank=rank)


def _ways(
    cell: str, id: str, sentence: str, formula: str, gates: str, delta: str, weights: str, rank: int
) -> Iterator[Entry]:
    """One mistake on the way to h_{t-1}, on that to the input, and on both; `{k}` is the gate, `{w}` h or x."""
    to_h: Edits = {}
    to_x: Edits = {}
    for gate in gates:
        text, through = delta.replace("{k}", gate), weights.replace("{k}", gate)
        if gate in SENT[cell]:
            to_h |= back(gate, text, through.replace("{w}", "h"))
        to_x |= into(gate, text, through.replace("{w}", "x"))
    if to_h:
        yield _unit(f"{id}-to-state", f"{sentence} on the way to h_{{t-1}}", formula, to_h, rank, cell)
        yield _unit(
            f"{id}-to-both", f"{sentence} on the way to h_{{t-1}} and to the input", formula, to_h | to_x, rank, cell
        )
    yield _unit(f"{id}-to-input", f"{sentence} on the way to the input", formula, to_x, rank + (not to_h), cell)


def _left_out(cell: str) -> Iterator[Entry]:
    """Gates that are not there in what h_{t-1} or the input gets, or are there alone."""
    for g in GATES[cell]:
        none, no_input = {f"back_{g}{{u}}": "0 * dh[t]"}, {f"into_{g}{{u}}": "0 * ({right})"}
        said, formula = f"leaves the gate {g} out of", f"no da_{g} W_h{g}^T"
        yield _unit(f"{g}-left-out-of-carry", f"{said} what h_{{t-1}} gets", formula, none, 0, cell)
        yield _unit(f"{g}-left-out-of-input", f"{said} the input's gradient", f"no da_{g} W_x{g}^T", no_input, 1, cell)
        yield _unit(
            f"{g}-left-out-of-both", f"{said} what h_{{t-1}} and the input get", formula, none | no_input, 1, cell
        )
        alone, alone_input = {"dh_next{u}": f"back_{g}[t + 1]"}, {"dx{u}": f"into_{g}"}
        said = f"passes only what the gate {g} gives: the others are overwritten, not added"
        yield _unit(f"{g}-alone-in-carry", f"{said}, to h_{{t-1}}", f"dh_next = da_{g} W_h{g}^T", alone, 1, cell)
        yield _unit(f"{g}-alone-in-input", f"{said}, to the input", f"dx = da_{g} W_x{g}^T", alone_input, 1, cell)
        yield _unit(
            f"{g}-alone-in-both", f"{said}, to h_{{t-1}} and the input", f"da_{g} W_{g}^T", alone | alone_input, 2, cell
        )
    for g, k in combinations(GATES[cell], 2):
        none = {f"back_{one}{{u}}": "0 * dh[t]" for one in (g, k)}
        yield _unit(f"{g}{k}-left-out-of-carry", f"leaves the gates {g} and {k} out of what h_{{t-1}} gets",
                    f"no da_{g} W_h{g}^T, no da_{k} W_h{k}^T", none, 2, cell)  # fmt: skip


VALUES = (
    ("value-for-gradient", "takes the value of {gate} where its gradient da is needed", "{k} W^T for da_{k} W^T", "{k}", 0),
    ("slope-missing", "takes the gradient of {gate} without the slope, d for da,", "d{k} W^T for da_{k} W^T", "d{k}", 1),
    ("pre-activation-for-gradient", "takes the pre-activation of {gate} where its gradient is needed", "a_{k} W^T", "a_{k}", 3),
    ("dh-for-gradient", "takes dh where the gradient of {gate} is needed", "dh W^T for da_{k} W^T", "dh", 2),
)  # fmt: skip
"""(name, words, formula, what stands in place of da, rank)."""


def _values(cell: str) -> Iterator[Entry]:
    """Something else in place of a gate's delta, in the ways back and in the sums."""
    every = GATES[cell]
    for name, words, formula, text, rank in VALUES:
        for g in (every,) if text == "dh" else (every, *every):  # dh for one gate's gradient stands among the slips
            one = g if len(g) == 1 else ""
            said = words.replace("{gate}", f"the gate {one}" if one else "every gate")
            id, put = f"{name}-{one or 'all'}", formula.replace("{k}", one or "k")
            yield from _ways(cell, id, said, put, g, text, "", rank + bool(one))
            summed: Edits = {}
            for k in g:
                summed |= deltas(k, text.replace("{k}", k))
            yield _unit(f"{id}-in-sums", f"{said} in the sums of all parameters", put, summed, rank + 1, cell)
            alone = {f"delta.{{P}}[{k}]": text.replace("{k}", k) for k in g}
            yield Entry(f"{id}-in-one-sum", f"{said} in {{shown}}", put, alone, over=GATED, cells=(cell,),
                        rank=rank + 1 + bool(one))  # fmt: skip


BEFORE_GATES = {"lstm": {"i": "dc", "f": "dc", "g": "dc", "o": "dh"}, "gru": {"r": "dh", "z": "dh", "n": "dh"}}
"""What a gate's gradient is made of."""


def _whole_gradient(cell: str) -> Iterator[Entry]:
    """What a gate's gradient is made of in its place."""
    for g, whole in BEFORE_GATES[cell].items():
        id, said = f"{whole}-for-{g}", f"takes {whole} where the gradient of the gate {g} is needed"
        yield from _ways(cell, id, said, f"{whole} W_{g}^T for da_{g} W_{g}^T", g, whole, "", 2)
        yield _unit(
            f"{id}-in-sums", f"{said} in the sums of all parameters", f"{whole} for da_{g}", deltas(g, whole), 2, cell
        )
        yield Entry(f"{id}-in-one-sum", f"{said} in {{shown}}", f"{whole} for da_{g}", {f"delta.{{P}}[{g}]": whole},
                    over=GATED, cells=(cell,), rank=2)  # fmt: skip


def _others(cell: str) -> Iterator[Entry]:
    """What belongs to another gate."""
    for g, k in permutations(GATES[cell], 2):
        said = f"multiplies the gradient of the gate {g} with the weights of {k}"
        yield from _ways(cell, f"{g}-through-weights-of-{k}", said, f"da_{g} W_{k}^T", g, "da_{k}", f"W_{{w}}{k}.T", 2)
        said = f"takes the gradient of the gate {k} where that of {g} is needed"
        yield from _ways(cell, f"{k}-for-{g}", said, f"da_{k} W_{g}^T", g, f"da_{k}", "", 2)
        summed = {f"delta.{{P}}[{g}]": f"da_{k}"}
        yield Entry(f"{k}-for-{g}-in-sum", f"{{shown}} has in the block of {g} what belongs to {k}", f"da_{k} for da_{g}",
                    summed, over=GATED, cells=(cell,), rank=2)  # fmt: skip
        yield _unit(f"{k}-for-{g}-in-sums", f"all parameters have in the block of {g} what belongs to {k}",
                    f"da_{k} for da_{g}", deltas(g, f"da_{k}"), 2, cell)  # fmt: skip
        yield _unit(f"{g}-slope-of-{k}", f"takes the slope of the gate {g} at the value of {k}", f"f' at {k}",
                    {f"slope_{g}{{u}}": _slope(cell, g, k)}, 2, cell)  # fmt: skip


def _slope(cell: str, gate: str, at: str) -> str:
    return f"f1(a_{at}, {at})" if gate == CANDIDATES[cell] else f"{at} * (1 - {at})"


def _not_transposed(cell: str) -> Iterator[Entry]:
    every = GATES[cell]
    for g in (every, *every):
        one = g if len(g) == 1 else ""
        said = f"multiplies the gradient of {f'the gate {one}' if one else 'every gate'} with W where its transpose is needed"
        yield from _ways(
            cell, f"not-transposed-{one or 'all'}", said, "da W for da W^T", g, "da_{k}", "W_{w}{k}", 1 + bool(one)
        )


def _half_orders(cell: str, letters: str, order: tuple[int, ...], text: str, rank: int) -> Iterator[Entry]:
    """Another order in what goes with the input alone, or with the state alone."""
    gates = GATES[cell]
    formula = f"blocks in the order {' '.join(letters)} where {' '.join(gates)} is needed"
    to_x: Edits = {}
    to_h: Edits = {}
    for gate, k in zip(gates, order, strict=True):
        to_x |= into(gate, f"da_{gates[k]}")
        to_h |= back(gate, f"da_{gates[k]}") if gate in SENT[cell] else {}
    of_x = {"returned.W_xh{u}": text, "?returned.b_xh{u}": text}
    of_h = {"returned.W_hh{u}": text, "?returned.b_hh{u}": text}
    said = "the gates' gradients are packed in another order for"
    yield _unit(f"order-{letters}-with-input", f"{said} W_xh", formula, to_x | of_x, rank + 1, cell)
    yield _unit(f"order-{letters}-with-state", f"{said} W_hh", formula, to_h | of_h, rank + 1, cell)


def _order(cell: str) -> Iterator[Entry]:
    """Blocks of the packed matrices in another order of the gates: in one gradient, in all, and in what is sent back too."""
    gates = GATES[cell]
    for order in permutations(range(len(gates))):
        letters = "".join(gates[k] for k in order)
        if letters == gates:
            continue
        moved = sum(k != n for n, k in enumerate(order))
        text, rank = f"blocks(made, {', '.join(map(str, order))})", 0 if moved == 2 else 1
        formula = f"blocks in the order {' '.join(letters)} where {' '.join(gates)} is needed"
        all_of = {f"returned.{name}{{u}}": text for name in ("W_xh", "W_hh")}
        all_of |= {f"?returned.{name}{{u}}": text for name in BIASES}
        sent: Edits = {}
        for gate, k in zip(gates, order, strict=True):
            sent |= back(gate, f"da_{gates[k]}") if gate in SENT[cell] else {}
            sent |= into(gate, f"da_{gates[k]}")
        yield Entry(f"order-{letters}-in-one", "{shown} has the gates' blocks in another order", formula,
                    {"returned.{P}": text}, over=GATED, cells=(cell,), rank=rank + 1)  # fmt: skip
        yield _unit(f"order-{letters}", "all gradients have the gates' blocks in another order than the weights", formula,
                    all_of, rank, cell)  # fmt: skip
        yield _unit(f"order-{letters}-sent-back", "the gates' gradients are packed in another order than the weights", formula,
                    sent | all_of, rank, cell)  # fmt: skip
        if moved == 2:
            yield from _half_orders(cell, letters, order, text, rank)
        yield _unit(f"order-{letters}-only-sent-back",
                    "multiplies the gates' gradients with the weights' blocks in another order", formula, sent, rank + 1,
                        cell)  # fmt: skip


FORMULAS = {
    "slope_i": "i * (1 - i)", "slope_f": "f * (1 - f)", "slope_o": "o * (1 - o)", "slope_g": "f1(a_g, g)",
    "ds": "dh[t] * o[t]", "di": "dc[t] * g[t]", "dg": "dc[t] * i[t]", "dc_prev": "dc[t] * f[t]",
}  # fmt: skip
"""Where the values of the LSTM's gates stand, the same for all its options."""


def exchanged(text: str, first: str, second: str) -> str:
    """An expression with the values, and the pre-activations, of two gates exchanged."""
    other = {first: second, second: first, f"a_{first}": f"a_{second}", f"a_{second}": f"a_{first}"}
    return re.sub(r"\b\w+\b", lambda word: other.get(word[0], word[0]), text)


def _unpacked() -> Iterator[Entry]:
    """The forward pass's values taken out of the cache in another order."""
    for first, second in combinations(GATES["lstm"], 2):
        edits = {f"{slot}{{u}}": exchanged(text, first, second) for slot, text in FORMULAS.items()}
        yield _unit(f"values-of-{first}-and-{second}-exchanged",
                    f"takes the values of the gates {first} and {second} for each other",
                    f"{first} is {second}, {second} is {first}", edits, 1, "lstm")  # fmt: skip


def _of(cell: str) -> Iterator[Entry]:
    for family in (_left_out, _values, _whole_gradient, _others, _not_transposed, _order):
        yield from family(cell)


GATE_ENTRIES: tuple[Entry, ...] = tuple(entry for cell in GATES for entry in _of(cell)) + tuple(_unpacked())
"""Of all gates."""
