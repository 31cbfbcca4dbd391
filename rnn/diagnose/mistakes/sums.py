"""Mistakes in the sums of the parameters' gradients, the same for every cell: what is multiplied, which steps, what is returned."""

from __future__ import annotations

from ...problem import Problem
from .base import (
    ANY,
    BIAS,
    EMBEDDING,
    HIDDEN_BIAS,
    INPUT,
    OUTPUT,
    OUTPUT_BIAS,
    PEEPHOLE,
    RECURRENT,
    WEIGHT,
    Entry,
    several,
)


def _ids(problem: Problem) -> bool:
    return problem.settings.ids or problem.settings.data == "one_hot"


def _left(
    id: str, sentence: str, formula: str, over: str, text: str, rank: int = 2, cells: tuple[str, ...] = ()
) -> Entry:
    return Entry(id, sentence, formula, {"left.{P}{tag}": text}, over=over, rank=rank, by_gate=True, cells=cells)


def _sum(id: str, sentence: str, formula: str, over: str, text: str, rank: int = 2, needs: object = None) -> Entry:
    return Entry(id, sentence, formula, {"sum.{P}{tag}": text}, over=over, rank=rank, by_gate=True, needs=needs)  # type: ignore[arg-type]


def _delta(
    id: str, sentence: str, formula: str, over: str, text: str, rank: int = 2, cells: tuple[str, ...] = ()
) -> Entry:
    return Entry(id, sentence, formula, {"delta.{P}{tag}": text}, over=over, rank=rank, by_gate=True, cells=cells)


def _returned(id: str, sentence: str, formula: str, text: str, rank: int = 2, over: str = ANY) -> Entry:
    return Entry(id, sentence, formula, {"returned.{P}": text}, over=over, rank=rank)


LEFTS: tuple[Entry, ...] = (
    _left("state-of-own-step", "{shown} is summed with h of the same step where h of the step before is needed",
          "d{P} = sum h_t^T da_t", RECURRENT, "h", 0),
    _left("state-wraps-round", "{shown} takes h[t - 1] at t = 0 from the end, which is the last state, not the initial one",
          "d{P} = sum h[t-1]^T da_t with h[-1] = h_{T-1}", RECURRENT, "np.roll(h, 1, 0)", 0),
    _left("initial-state-left-out", "{shown} leaves out the first step's term with the initial state",
          "d{P} = sum over t >= 1 of h_{t-1}^T da_t", RECURRENT, "shift(h, -1)", 1),
    _left("state-two-steps-back", "{shown} is summed with h of two steps before", "d{P} = sum h_{t-2}^T da_t", RECURRENT,
          "shift(h_prev, -1)", 2),
    _left("state-two-steps-back-wraps", "{shown} is summed with h of two steps before, at t = 0 with the last state",
          "d{P} = sum h[t-2]^T da_t", RECURRENT, "np.concatenate([h[-1:], h_prev[:-1]])", 2),
    _left("state-before-wraps", "{shown} is summed with h of two steps before, at t = 0 with that of the step before the last",
          "d{P} = sum h[t-2]^T da_t", RECURRENT, "np.roll(h_prev, 1, 0)", 2),
    _left("state-of-own-step-but-first", "{shown} is summed with h of the same step where h of the step before is needed, but at t = 0",
          "d{P} = h0^T da_0 + sum over t >= 1 of h_t^T da_t", RECURRENT, "np.concatenate([h_prev[:1], h[1:]])", 2),
    _left("state-of-other-neighbour", "{shown} is summed with h of the next step, at the last step with the initial state",
          "d{P} = sum h_{t+1}^T da_t", RECURRENT, "np.concatenate([h[1:], h_prev[:1]])", 1),
    _left("state-reversed", "{shown} is summed with the states in reverse order", "d{P} = sum h_{T-1-t}^T da_t", RECURRENT,
          "h[::-1]", 2),
    _left("state-before-reversed", "{shown} is summed with the states before in reverse order",
          "d{P} = sum h_{T-2-t}^T da_t", RECURRENT, "h_prev[::-1]", 3),
    _left("state-of-first-step", "{shown} is summed with the initial state at every step", "d{P} = sum h0^T da_t", RECURRENT,
          "0 * h + h_prev[0]", 3),
    _left("state-of-last-step", "{shown} is summed with the last state at every step", "d{P} = sum h_{T-1}^T da_t", RECURRENT,
          "0 * h + h[-1]", 2),
    _left("state-before-last", "{shown} is summed with the last step's previous state at every step",
          "d{P} = sum h_{T-2}^T da_t", RECURRENT, "0 * h + h_prev[-1]", 3),
    _left("input-for-state", "{shown} is summed with the input where the state is needed", "d{P} = sum x_t^T da_t", RECURRENT,
          "x", 3),
    _left("gradient-for-state", "{shown} is summed with the gradient of h where h itself is needed",
          "d{P} = sum dh_t^T da_t", RECURRENT, "dh", 2),
    _left("input-of-next-step", "{shown} is summed with the input of the next step", "d{P} = sum x_{t+1}^T da_t", INPUT,
          "shift(x, 1)", 1),
    _left("input-of-next-step-wraps", "{shown} is summed with the input of the next step, at the last step with the first",
          "d{P} = sum x_{t+1}^T da_t", INPUT, "np.roll(x, -1, 0)", 2),
    _left("input-of-step-before", "{shown} is summed with the input of the step before", "d{P} = sum x_{t-1}^T da_t", INPUT,
          "shift(x, -1)", 1),
    _left("input-of-step-before-wraps", "{shown} is summed with the input of the step before, at the first step with the last",
          "d{P} = sum x_{t-1}^T da_t", INPUT, "np.roll(x, 1, 0)", 1),
    _left("input-reversed", "{shown} is summed with the inputs in reverse order", "d{P} = sum x_{T-1-t}^T da_t", INPUT,
          "x[::-1]", 1),
    _left("input-counted-from-end", "{shown} is summed with x[-t] where x[t] is needed", "d{P} = sum x[-t]^T da_t", INPUT,
          "np.roll(x[::-1], 1, 0)", 3),
    Entry("ids-overwritten", "{shown} is overwritten where an input comes again: only the share of its first step is left",
          "d{P}[id] = da_t", {"left.{P}": "last_only(x, 2, True)"}, over=INPUT, rank=1, needs=_ids),
    Entry("ids-counted-once", "{shown} counts an input that comes again once: only the share of its last step is left",
          "d{P}[ids] += da", {"left.{P}": "last_only(x)"}, over=INPUT, rank=1, needs=_ids),
    *(Entry(f"embedding-{name}", f"{{shown}} counts a token that comes again {words}", "d{P}[ids] += de", {"left.{P}": text},
            over=EMBEDDING, rank=1)
      for name, words, text in (
          ("counted-once-a-step", "in several samples of a step once: only the share of the last one is left", "last_only(x, 1)"),
          ("counted-once", "once: only the share of its last step is left", "last_only(x)"),
          ("counted-once-batch-first", "once: only the share of its last step in the last sample that has it is left",
           "last_only(x.swapaxes(0, 1)).swapaxes(0, 1)"),
          ("overwritten", "once: only the share of its first step is left", "last_only(x, 2, True)"))),
    Entry("ids-counted-once-a-step", "{shown} counts an input that several samples have at a step once: of the last sample only",
          "d{P}[ids_t] += da_t", {"left.{P}": "last_only(x, 1)"}, over=INPUT, rank=1, needs=_ids),
    _left("input-of-last-step", "{shown} is summed with the last input at every step", "d{P} = sum x_{T-1}^T da_t", INPUT,
          "0 * x + x[-1]", 1),
    _left("input-of-first-step", "{shown} is summed with the first input at every step", "d{P} = sum x_0^T da_t", INPUT,
          "0 * x + x[0]", 2),
    _left("state-for-input", "{shown} is summed with the state where the input is needed", "d{P} = sum h_{t-1}^T da_t", INPUT,
          "h_prev", 3),
    _left("output-pre-activation", "{shown} is summed with the pre-activation where h is needed", "d{P} = sum a_t^T dy_t", OUTPUT, "a", 1,
          ("rnn",)),
    _left("output-state-first", "{shown} is summed with the first state at every step", "d{P} = sum h_0^T dy_t", OUTPUT, "0 * h + h[0]", 2),
    _left("output-slope-for-state", "{shown} is summed with the slope of tanh where h is needed", "d{P} = sum (1 - h^2)^T dy_t", OUTPUT,
          "1 - h ** 2", 3),
    _left("output-state-before", "{shown} is summed with h of the step before where that of the same step is needed",
          "d{P} = sum h_{t-1}^T dy_t", OUTPUT, "h_prev", 0),
    _left("output-state-after", "{shown} is summed with h of the next step", "d{P} = sum h_{t+1}^T dy_t", OUTPUT, "shift(h, 1)"),
    _left("output-state-wraps", "{shown} is summed with h[t - 1], at t = 0 with the last state", "d{P} = sum h[t-1]^T dy_t",
          OUTPUT, "np.roll(h, 1, 0)", 1),
    _left("output-state-last", "{shown} is summed with the last state at every step", "d{P} = sum h_{T-1}^T dy_t", OUTPUT,
          "0 * h + h[-1]", 1),
    _left("output-state-reversed", "{shown} is summed with the states in reverse order", "d{P} = sum h_{T-1-t}^T dy_t", OUTPUT,
          "h[::-1]"),
)  # fmt: skip


def _turned(over: str) -> tuple[Entry, ...]:
    """Deltas in an order that a sum over all steps would not show."""
    if over == HIDDEN_BIAS:
        return ()
    return (
        _delta("delta-of-step-before-wraps", "{shown} is fed the delta of the step before, at the first step that of the last",
               "d{P} from da[t-1]", over, "np.roll({right}, 1, 0)", 3),
        _delta("delta-reversed", "{shown} is fed the deltas in reverse order", "d{P} from da_{T-1-t}", over, "({right})[::-1]", 1),
    )  # fmt: skip


DELTAS: tuple[Entry, ...] = (
    _delta("dh-for-da", "{shown} is fed dh where da, dh times the slope, is needed", "d{P} from dh_t", RECURRENT, "dh", 0, ("rnn",)),
    _delta("dh-for-da", "{shown} is fed dh where da, dh times the slope, is needed", "d{P} from dh_t", INPUT, "dh", 0, ("rnn",)),
    _delta("dh-for-da", "{shown} is fed dh where da, dh times the slope, is needed", "d{P} from dh_t", HIDDEN_BIAS, "dh", 0, ("rnn",)),
    *(
        entry
        for over in (RECURRENT, INPUT, HIDDEN_BIAS)
        for entry in (
            _delta("local-part-only", "{shown} is fed only what each step's own output made, without what is carried",
                   "d{P} from dh_out_t f'_t", over, "dh_out * slope", 1, ("rnn",)),
            _delta("carried-part-only", "{shown} is fed only what is carried, without each step's own output",
                   "d{P} from dh_next_t f'_t", over, "dh_next * slope", 2, ("rnn",)),
            _delta("carry-for-da", "{shown} is fed what is carried where da is needed", "d{P} from dh_next_t", over,
                   "dh_next", 3, ("rnn",)),
            _delta("upstream-for-da", "{shown} is fed the output's part of dh where da is needed", "d{P} from dh_out_t", over,
                   "dh_out", 2, ("rnn",)),
            _delta("delta-of-next-step", "{shown} is fed the delta of the next step", "d{P} from da_{t+1}", over,
                   "shift({right}, 1)", 1),
            _delta("delta-of-step-before", "{shown} is fed the delta of the step before", "d{P} from da_{t-1}", over,
                   "shift({right}, -1)", 2),
            *_turned(over),
            _delta("delta-of-last-step", "{shown} is fed the last step's delta at every step", "d{P} from da_{T-1}", over,
                   "0 * ({right}) + ({right})[-1]", 2),
            _delta("delta-of-first-step", "{shown} is fed the first step's delta at every step", "d{P} from da_0", over,
                   "0 * ({right}) + ({right})[0]", 2),
        )
    ),
    *(_delta(f"state-for-delta-{name}", "{shown} is fed the state where da is needed", "d{P} from h_t", over, "h", 2, ("rnn", "leaky"))
      for name, over in (("recurrent", RECURRENT), ("input", INPUT), ("bias", HIDDEN_BIAS))),
    *(_delta(f"{name}-for-output-bias", f"{{shown}} is fed {words} where the output's gradient is needed", f"d{{P}} from {name}",
             OUTPUT_BIAS, text, 1)
      for name, words, text in (("output", "the output", "y"), ("probability", "the output's probabilities", "out"),
                                ("target", "the target", "target"))),
    _delta("output-for-delta", "{shown} is fed the output where its gradient is needed", "d{P} from y_t", OUTPUT, "y", 1),
    _delta("probability-for-delta", "{shown} is fed the output's probabilities where its gradient is needed", "d{P} from p_t",
           OUTPUT, "out", 1),
    _delta("target-for-delta", "{shown} is fed the target where the output's gradient is needed", "d{P} from target_t", OUTPUT,
           "target", 2),
    _delta("loss-gradient-for-delta", "{shown} is fed the loss's gradient without what is done to it for h",
           "d{P} from dL/dy_t", OUTPUT, "dloss", 3),
    _delta("output-delta-of-next-step", "{shown} is fed dy of the next step", "d{P} from dy_{t+1}", OUTPUT, "shift(dy, 1)", 2),
    _delta("output-delta-of-step-before", "{shown} is fed dy of the step before", "d{P} from dy_{t-1}", OUTPUT, "shift(dy, -1)", 2),
    _delta("output-delta-reversed", "{shown} is fed dy in reverse order", "d{P} from dy_{T-1-t}", OUTPUT, "dy[::-1]", 2),
)  # fmt: skip

STEPS = (
    ("overwritten", "{shown} is overwritten at every step where it must be added up: only the share of step 0 is left",
     "d{P} = the term of t = 0", ("left[:1]", "delta[:1]"), 0),
    ("last-step-only", "{shown} has the share of the last step alone", "d{P} = the term of t = T - 1", ("left[-1:]", "delta[-1:]"), 0),
    ("without-last-step", "{shown} leaves out the last step", "d{P} = sum over t <= T - 2", ("left[:-1]", "delta[:-1]"), 1),
    ("without-first-step", "{shown} leaves out the first step", "d{P} = sum over t >= 1", ("left[1:]", "delta[1:]"), 1),
    ("without-both-ends", "{shown} leaves out the first and the last step", "d{P} = sum over 1 <= t <= T - 2",
     ("left[1:-1]", "delta[1:-1]"), 3),
    ("first-sample-only", "{shown} has the share of the first sample alone", "d{P} of sample 0", ("left[:, :1]", "delta[:, :1]"), 2),
    ("last-sample-only", "{shown} has the share of the last sample alone", "d{P} of the last sample", ("left[:, -1:]", "delta[:, -1:]"), 2),
    ("last-step-twice", "{shown} counts the last step twice", "d{P} = sum + the term of t = T - 1",
     ("left[[*range(T), T - 1]]", "delta[[*range(T), T - 1]]"), 3),
    ("first-step-twice", "{shown} counts the first step twice", "d{P} = sum + the term of t = 0",
     ("left[[0, *range(T)]]", "delta[[0, *range(T)]]"), 3),
    ("shifted-pairs", "{shown} pairs what stands left with the delta of the step before", "d{P} = sum left_{t+1}^T delta_t",
     ("left[1:]", "delta[:-1]"), 2),
)  # fmt: skip
"""(name, words, formula, (left, delta) that are summed, rank)."""


def _of_steps() -> tuple[Entry, ...]:
    found = []
    for name, words, formula, (left, delta), rank in STEPS:
        needs = several if "sample" in name else None
        ways = (WEIGHT, f"outer({left}, {delta})"), (BIAS, f"total({delta})"), (PEEPHOLE, f"total({left} * {delta})")
        for over, how in ways:
            if over == BIAS and name == "shifted-pairs":
                continue
            found.append(_sum(name, words, formula, over, how, rank, needs))
    return tuple(found)


WHOLE: tuple[Entry, ...] = (
    _sum("mean-over-samples", "{shown} is a mean over the samples where a sum is needed", "d{P} / B", ANY,
         "({right}) / n_samples", 1, several),
    _sum("mean-over-steps", "{shown} is a mean over the steps where a sum is needed", "d{P} / T", ANY, "({right}) / n_steps", 1),
    _sum("mean-over-all", "{shown} is a mean over steps and samples where a sum is needed", "d{P} / (T B)", ANY,
         "({right}) / (n_steps * n_samples)", 1, several),
    _sum("sums-before-product", "{shown} multiplies the sums over the samples, not every sample by itself",
         "(sum_b left)^T (sum_b delta)", WEIGHT, "np.einsum('ti,tj->ij', left.sum(1), delta.sum(1))", 2, several),
    _sum("sums-over-steps-before-product", "{shown} multiplies the sums over the steps, not every step by itself",
         "(sum_t left)^T (sum_t delta)", WEIGHT, "np.einsum('bi,bj->ij', left.sum(0), delta.sum(0))", 2),
    _sum("running-sum-of-delta", "{shown} is fed a running sum of the deltas", "delta_t = sum over s >= t", WEIGHT,
         "outer(left, np.cumsum(delta[::-1], 0)[::-1])", 2),
    _sum("running-sum-of-delta", "{shown} is fed a running sum of the deltas", "delta_t = sum over s >= t", BIAS,
         "total(np.cumsum(delta[::-1], 0)[::-1])", 2),
    _sum("bias-mean-over-units", "{shown} is one number, the mean over the units, for all units", "mean over the units", BIAS,
         "0 * total(delta) + total(delta).mean()", 1),
    _sum("bias-sum-over-units", "{shown} is one number, the sum over the units, for all units", "sum over the units", BIAS,
         "0 * total(delta) + total(delta).sum()", 1),
    _sum("bias-mean-of-all", "{shown} is the mean over steps, samples and units", "mean of all", BIAS,
         "0 * total(delta) + delta.mean()", 2),
    _sum("bias-absolute", "{shown} adds absolute values", "sum |delta|", BIAS, "np.abs(delta).sum((0, 1))", 3),
    _returned("transposed", "{shown} is returned transposed", "d{P}^T", "made.T", 0, WEIGHT),
    _returned("zero", "{shown} stays zero: nothing is ever added to it", "d{P} = 0", "0 * made", 0),
    _returned("weights-returned", "{shown} is the parameter itself, not its gradient", "d{P} = {P}", "W", 2),
    _returned("cut-to-integers", "{shown} stands in an array of whole numbers, which cuts off what is behind the point",
              "int(d{P})", "np.trunc(made)", 2),
    _returned("adaptive-step", "{shown} is divided by its own size, as a step of an adaptive optimiser",
              "d{P} / sqrt(d{P}^2 + 1e-8)", "made / np.sqrt(made ** 2 + 1e-8)", 3),
    _returned("parameter-after-step", "{shown} is the parameter after a step, not the gradient", "{P} - d{P}", "W - made", 1),
    _returned("step-sign", "{shown} is only the sign of the gradient, as a step of some optimisers", "sign(d{P})", "np.sign(made)", 3),
    _returned("absolute", "{shown} has lost its signs", "|d{P}|", "np.abs(made)", 3),
    _returned("squared", "{shown} is squared", "d{P}^2", "made ** 2", 3),
    _returned("reversed-rows", "the rows of {shown} are in reverse order", "d{P}[::-1]", "made[::-1]", 2),
    _returned("reversed-columns", "the columns of {shown} are in reverse order", "d{P}[:, ::-1]", "made[..., ::-1]", 3),
    _returned("reshaped-transpose", "{shown} is read in the other order of memory: reshaped where it must be transposed",
              "d{P}^T reshaped", "made.T.reshape(made.shape)", 1, WEIGHT),
)  # fmt: skip

SUM_ENTRIES: tuple[Entry, ...] = (*LEFTS, *DELTAS, *_of_steps(), *WHOLE)
"""Of all sums."""
