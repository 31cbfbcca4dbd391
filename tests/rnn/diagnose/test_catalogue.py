"""What people get wrong in a backward pass, one line each: the entries that stand for it, or why it has none.

The list was read off published hand-written code and the questions that people asked about it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from rnn import ProblemSettings
from rnn.build import build
from rnn.diagnose.mistakes import MISTAKES, Mistake, mistakes_of
from rnn.diagnose.reference import Reference
from rnn.diagnose.subject import relative_residual

HIDDEN = ("W_xh", "W_hh", "b_h")
CARRY_ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "A1": ("reads da of its own step, still zero", ("carry-own-step",)),
    "A2": ("the same, where da holds its local part already", ("carry-own-local",)),
    "A3": ("what is carried never reaches the step before", ("carry-none", "carry-not-added", "nothing-added")),
    "A4": ("the output's gradient is forgotten", ("upstream-forgotten", "upstream-at-end-only")),
    "A5": ("W_hh not transposed", ("recurrent-not-transposed", "not-transposed-all-to-state")),
    "A6": ("carried without W_hh and slope", ("carry-without-weights-and-slope", "recurrent-left-out")),
    "A9": ("output's gradient shifted by one", ("upstream-next-step", "upstream-previous-step", "target-next-step")),
    "A10": ("last step's output gradient added at every step", ("upstream-at-every-step",)),
    "A11": ("only the last step is visited", ("loop-last-step-only",)),
    "A12": ("dh fixed before the loop", ("dh-of-last-step",)),
    "A13": ("last step left out", ("without-last-step", "loop-without-last", "loss-last-step-left-out")),
    "A14": ("first step left out", ("without-first-step", "loop-without-first", "first-step-left-out")),
    "A15": ("skips two steps", ("carry-two-steps", "carries-all-two-steps", "cell-carry-two-steps")),
    "A16": ("steps combined in forward order", ("forward-with-carry", "loop-forward", "cache-reversed-and-output")),
    "A17": ("list of steps never turned round", ("input-reversed", "deltas-not-turned-round", "delta-reversed")),
    "A18": ("a loop's variable used behind it", ("delta-of-first-step", "delta-of-last-step", "state-of-loss-step")),
    "A19": ("earlier steps' share made and dropped", ("local-part-only", "loss-of-last-step-only", "truncation-sliding-1")),
    "A20": ("input's gradient of its own step only", ("input-own-step-only",)),
    "A21": ("input's gradient is a made-up product", ("input-times-carry",)),
    "A22": ("a truncated sum given as the gradient", ("truncation-sliding-2", "truncation-sliding-4")),
    "A23": ("truncation one step too short or too long", ("truncation-sliding-3", "truncation-missing")),
    "A24": ("truncation that starts at the last step only", ("loop-last-2-only", "loop-last-3-only")),
    "A25": ("carry dropped between windows", ("truncation-chunked-2", "carry-cut-every-2-from-end")),
    "A27": ("immediate derivative for the total one", ("local-part-only", "carry-none")),
    "A28": ("a direction not added or not turned", ("input-zero", "upstream-order-reversed")),
}  # fmt: skip
SUM_ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "B1": ("h of the same step in dW_hh", ("state-of-own-step",)),
    "B2": ("h[-1] is the last state", ("state-wraps-round",)),
    "B3": ("c[-1] is the last cell", ("f-cell-wraps-round",)),
    "B5": ("dW_hh transposed", ("transposed",)),
    "B6": ("input weights from the last step only", ("last-step-only",)),
    "B8": ("a neighbour's x, or reversed", ("input-of-next-step", "input-of-step-before", "input-reversed")),
    "B9": ("the output for its gradient", ("output-for-delta", "output-for-output-bias", "output-for-its-gradient")),
    "B10": ("dW_hy overwritten", ("overwritten",)),
    "B11": ("previous h, or a, in dW_hy", ("output-state-before", "output-pre-activation")),
    "B12": ("dh for da in the sums", ("dh-for-da", "slope-only-in-carry", "slope-missing-all-in-sums")),
    "B13": ("a forward value for its gradient", ("state-for-delta-recurrent", "embedding-forward-value")),
    "B14": ("repeated tokens lost", ("embedding-counted-once", "embedding-counted-once-a-step", "tokens-last-of-first-step")),
    "C1": ("slope missing", ("slope-missing", "slope-missing-gates")),
    "C2": ("a derivative that is meant for a", ("slope-of-pre-activation-formula",)),
    "C3": ("the formula for the value, given a", ("slope-output-formula-on-a",)),
    "C4": ("square of the square", ("slope-value-squared-twice",)),
    "C5": ("the value for the slope", ("slope-value",)),
    "C6": ("slope written into the cache, or of another step", ("cache-overwritten-by-slope", "slope-of-state-before")),
    "C7": ("slope taken of the gradient", ("slope-of-gradient-sigmoid", "slope-of-gradient-tanh")),
    "C8": ("another function's formula", ("slope-sigmoid-formula", "slope-tanh-formula", "slope-square-missing", "slope-squared")),
    "C9": ("one unit's slope for all", ("slope-of-first-unit",)),
    "C13": ("output's nonlinearity left out", ("output-nonlinearity-left-out", "probability-slope-missing")),
    "D1": ("a bias that adds itself", ("zero",)),
    "D2": ("bias a mean over samples", ("mean-over-samples",)),
    "D3": ("bias without the first step", ("without-first-step",)),
    "D4": ("bias a mean over units", ("bias-mean-over-units",)),
    "D8": ("pre-activation made again with another bias", ("slope-without-bias", "slope-bias-twice")),
    "D10": ("bias of the last step, or of dh", ("last-step-only", "dh-for-da")),
    "E1": ("= where paths join", ("cell-carry-alone", "f-alone-in-carry", "overwritten")),
    "E7": ("the carry does not reach the sums", ("zero", "local-part-only")),
    "E10": ("arrays of whole numbers", ("cut-to-integers",)),
    "F1": ("mean loss, summed gradient", ("scale-times-T", "scale-times-B", "scale-times-TB")),
    "F2": ("mean squared error without 2/K", ("scale-half-K", "scale-half-TK", "scale-half-TBK")),
    "F3": ("averaged over the classes", ("scale-times-K",)),
    "F4": ("sign", ("scale-sign",)),
    "F5": ("one half too much or missing", ("scale-doubled", "scale-halved")),
    "F6": ("factors that differ", ("factor-over-T", "factor-over-T-1")),
    "F12": ("an optimiser's step", ("step-sign", "adaptive-step")),
}  # fmt: skip
GATE_ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "G1": ("the cell's carry missing", ("cell-carry-missing", "cell-carry-none")),
    "G2": ("the cell's carry without f, or with i", ("cell-carry-without-f", "cell-carry-with-i")),
    "G3": ("dc assigned, not added", ("cell-carry-missing", "cell-carry-alone")),
    "G4": ("a gate's derivative missing", ("slope-missing-f", "slope-value-f")),
    "G5": ("a gate's derivative twice", ("slope-squared-f", "slope-of-pre-activation-formula-f")),
    "G6": ("slope of tanh(c)", ("slope-of-pre-activation-formula-c", "slope-missing-c", "slope-output-formula-on-a-c")),
    "G7": ("a gate's value for its gradient", ("value-for-gradient-all-to-state", "value-for-gradient-f-to-input")),
    "G8": ("a gate left out of dh", ("f-left-out-of-carry", "o-left-out-of-carry")),
    "G9": ("another step's c", ("f-with-c", "f-cell-two-back", "f-cell-wraps-round", "f-initial-cell-left-out")),
    "G10": ("order of the gates", ("order-figo", "order-ifog-sent-back", "values-of-i-and-f-exchanged")),
    "G11": ("output gate from another gradient", ("o-from-dc", "o-from-ds", "o-without-s", "o-with-c")),
    "G13": ("peepholes dropped or wrong", ("peephole-o-dropped", "peephole-cell-of-own-step", "peephole-i-with-f")),
    "H1": ("reset gate on one side only", ("reset-forgotten", "reset-forgotten-everywhere", "reset-left-out-of-way-back")),
    "H2": ("reset before the product, or after it", ("reset-after-for-before", "reset-before-for-after")),
    "H3": ("dz with h_t for the candidate", ("update-with-h_prev-h",)),
    "H4": ("dh overwritten by the candidate's gradient", ("dh-overwritten-by-candidate",)),
    "H5": ("1 - d where it is -d", ("update-one-minus-delta",)),
    "H8": ("one unit's r for all", ("reset-way-back-with-r[t,:,:1]", "reset-inner-with-r[t,:,:1]")),
    "H9": ("another state in the interpolation", ("previous-state-own-step", "kept-z-of-step-before")),
    "H10": ("z and 1 - z exchanged", ("shares-exchanged", "candidate-with-old-share", "kept-with-new-share", "update-sign")),
}  # fmt: skip
ROWS = CARRY_ROWS | SUM_ROWS | GATE_ROWS

WITHOUT = {
    "A26": "no loss here sees the last cell or state by itself, so none can be forgotten",
    "C11": "dropout is not part of the networks; a mask in the user's own code shows in the comparison of forward passes",
    "C12": "a sign in the forward sigmoid: the forward passes are compared first",
    "D6": "whether the forward pass adds a bias at a step is compared with the forward pass",
    "D7": "a bias that the forward pass never uses: the forward passes are compared first",
    "D9": "a gradient that is not returned is said to be missing",
    "E2": "an upstream array that is changed in place is found by the checks of purity",
    "E3": "an argument that is changed is found by the checks of purity",
    "E4": "cell and hidden state in one array: the forward passes are compared first",
    "E5": "a cache that is changed behind the forward pass is found by the checks of purity",
    "E6": "a buffer that is used again is found by running twice",
    "E8": "sums that are not reset are found by running twice",
    "E9": "weights changed inside the loop are found by the checks of purity; the error depends on the learning rate",
    "E11": "a state kept from the last call is found by running twice",
    "E12": "a buffer of another size raises, and the error is shown",
    "E13": "padded steps that move the state: the forward passes are compared first",
    "F7": "a regulariser's share is read off the gradients: any number may stand before the parameter",
    "F9": "an epsilon in the loss is smaller than what is told apart",
    "F10": "a limit of entries is read off the gradients: any number may be one",
    "F11": "a limit of the norm is read off the gradients: any number may be one",
    "G12": "a cell without tanh is another network, declared as such; going back through the other one has entries",
    "G14": "a misprint in a formula is one of the other mistakes",
    "H6": "h overwritten in the forward pass: the forward passes are compared first",
    "H7": "a value mixed with itself in the forward pass: the forward passes are compared first",
    "H11": "a backward pass that never runs gives nothing to compare",
}
"""Those without an entry, and what finds them instead."""

IDS = (
    *(f"A{n}" for n in range(1, 29) if n not in (7, 8)), *(f"B{n}" for n in range(1, 15) if n not in (4, 7)),
    *(f"C{n}" for n in range(1, 14) if n != 10), *(f"D{n}" for n in range(1, 11) if n != 5), *(f"E{n}" for n in range(1, 14)),
    *(f"F{n}" for n in range(1, 13) if n != 8), *(f"G{n}" for n in range(1, 15)), *(f"H{n}" for n in range(1, 12)),
)  # fmt: skip
"""Numbers that are left out were taken together with others."""

POOL: tuple[dict[str, Any], ...] = (
    {}, {"activation": "sigmoid", "loss": "softmax_cross_entropy"}, {"truncation": ("sliding", 2)},
    {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"}, {"layers": 2, "bidirectional": True},
    {"cell": "lstm"}, {"cell": "lstm", "cell_options": (("peepholes", True),)},
    {"cell": "gru"}, {"cell": "gru", "cell_options": (("reset", "after"), ("two_biases", True), ("update", "new"))},
)  # fmt: skip
"""Problems on which, between them, every entry of the list can be made."""

WRONG = {
    "carry-own-step": HIDDEN, "carry-own-local": HIDDEN, "carry-none": HIDDEN, "recurrent-not-transposed": HIDDEN,
    "carry-without-weights-and-slope": HIDDEN, "upstream-next-step": HIDDEN, "dh-of-last-step": HIDDEN,
    "carry-two-steps": HIDDEN, "slope-missing": HIDDEN, "slope-of-pre-activation-formula": HIDDEN, "slope-value": HIDDEN,
    "slope-of-first-unit": HIDDEN, "upstream-forgotten": HIDDEN, "slope-without-bias": HIDDEN, "slope-only-in-carry": HIDDEN,
    "state-of-own-step:W_hh": ("W_hh",), "state-wraps-round:W_hh": ("W_hh",), "transposed:W_hh": ("W_hh",),
    "input-of-next-step:W_xh": ("W_xh",), "last-step-only:W_xh": ("W_xh",), "output-for-delta:W_hy": ("W_hy",),
    "overwritten:W_hy": ("W_hy",), "output-state-before:W_hy": ("W_hy",), "zero:b_h": ("b_h",), "dh-for-da:b_h": ("b_h",),
    "bias-mean-over-units:b_h": ("b_h",), "input-own-step-only": (), "input-reversed": (), "input-times-carry": (),
    "scale-sign": (*HIDDEN, "W_hy", "b_y"), "scale-times-T": (*HIDDEN, "W_hy", "b_y"),
    "output-for-its-gradient": (*HIDDEN, "W_hy", "b_y"),
}  # fmt: skip
"""What people saw of a mistake in a plain RNN: the parameters whose gradients were wrong by it."""


@cache
def _made(number: int) -> tuple[Reference, dict[str, Any], tuple[Mistake, ...]]:
    problem = build(ProblemSettings(**POOL[number]))
    reference = Reference(problem)
    return reference, reference.gradients(), mistakes_of(problem)


def _changes(reference: Reference, right: dict[str, Any], mistake: Mistake) -> set[str]:
    found = reference.gradients(dict(mistake.edits))
    return {name for name, value in right.items() if relative_residual(found[name], value) > 1e-9}


def test_everything_that_is_known_has_an_entry_or_a_reason() -> None:
    assert set(ROWS) | set(WITHOUT) == set(IDS)
    assert not set(ROWS) & set(WITHOUT)


def test_the_entries_are_in_the_table() -> None:
    named = {id for _, ids in ROWS.values() for id in ids}
    assert named - {entry.id for entry in MISTAKES} == set()


@pytest.mark.parametrize("id", sorted({id for _, ids in ROWS.values() for id in ids}))
def test_an_entry_changes_a_gradient(id: str) -> None:
    """Somewhere in the pool, with arrays that fit."""
    for number in range(len(POOL)):
        reference, right, mistakes = _made(number)
        for mistake in (one for one in mistakes if one.id == id):
            try:
                if _changes(reference, right, mistake):
                    return
            except ValueError:
                continue  # a product of other shapes
    raise AssertionError(f"{id} changes nothing anywhere")


@pytest.mark.parametrize(("key", "wrong"), WRONG.items())
def test_it_makes_wrong_what_people_saw(key: str, wrong: tuple[str, ...]) -> None:
    reference, right, mistakes = _made(0)
    mistake = next(one for one in mistakes if one.key == key)
    changed = _changes(reference, right, mistake)
    assert {name for name in changed if name[1:] in reference.problem.parameters} == {f"d{name}" for name in wrong}
    assert changed
