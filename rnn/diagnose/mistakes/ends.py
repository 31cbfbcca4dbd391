"""Mistakes at both ends of a backward pass: the input's gradient, the initial states', truncation."""

from __future__ import annotations

from collections.abc import Iterator

from ...cells import LSTM
from ...problem import Problem
from .base import NETWORK, UNIT, Entry

LONGEST_CUT = 8
"""Truncations up to so many steps are looked for."""


def _dx(id: str, sentence: str, formula: str, text: str, rank: int = 2, cells: tuple[str, ...] = ()) -> Entry:
    return Entry(id, sentence, formula, {"dx{u}": text}, over=UNIT, cells=cells, rank=rank)


def _start(id: str, sentence: str, formula: str, state: str, text: str, rank: int = 2) -> Entry:
    cells = ("lstm",) if state == "c" else ()
    return Entry(id, sentence, formula, {f"start.d{state}0{{u}}": text}, over=UNIT, cells=cells, rank=rank)


def _no_peepholes(problem: Problem) -> bool:
    cell = problem.network.cell_object
    return not (isinstance(cell, LSTM) and cell.peepholes)


STATE_BEFORE = {
    ("rnn",): "da[0] @ W_hh.T",
    ("leaky",): "(1 - leak) * dh[0] + da[0] @ W_hh.T",
    ("lstm",): " + ".join(f"da_{g}[0] @ W_h{g}.T" for g in "ifgo"),
    ("gru",): "dh[0] * old[0] + da_r[0] @ W_hr.T + da_z[0] @ W_hz.T + back_n[0]",
}
"""What the first step gives to the initial state, by cell."""


def _right_starts() -> Iterator[Entry]:
    """The initial state's gradient made apart, as it must be, though what is carried between the steps is wrong."""
    for cells, text in STATE_BEFORE.items():
        yield Entry("start-by-itself", "the initial state's gradient is made apart, rightly",
                    "dh0 = what step 0 gives to h_{-1}", {"start.dh0{u}": text}, cells=cells, rank=3)  # fmt: skip
    yield Entry("cell-start-by-itself", "the initial cell's gradient is made apart, rightly", "dc0 = dc_0 f_0",
                {"start.dc0{u}": "dc[0] * f[0]"}, cells=("lstm",), rank=3, needs=_no_peepholes)  # fmt: skip


def _cuts() -> tuple[Entry, ...]:
    found = []
    for kept in range(1, LONGEST_CUT + 1):
        steps = f"{kept} step{'s' if kept > 1 else ''}"
        found.append(Entry(f"truncation-sliding-{kept}", f"each step's loss reaches back {steps} only, its own counted",
                           f"sum over t - s < {kept}", {"truncation": f"sliding {kept}"}, over=NETWORK, rank=1))  # fmt: skip
        if kept > 1:
            found.append(Entry(f"truncation-chunked-{kept}", f"what is carried is dropped every {steps}",
                               f"dh_next_t = 0 at every multiple of {kept}", {"truncation": f"chunked {kept}"},
                               over=NETWORK, rank=2))  # fmt: skip
    for kept in (2, 3):
        text = f"({{right}}) if (T - 1 - t) % {kept} else 0 * dh_out[0]"
        found.append(Entry(f"carry-cut-every-{kept}-from-end", f"what is carried is dropped every {kept} steps, counted from the end",
                           f"dh_next_t = 0 where T - 1 - t is a multiple of {kept}", {"dh_next{u}": text, "?dc_next{u}": text},
                           over=UNIT, rank=3))  # fmt: skip
    found.append(
        Entry(
            "clip-missing", "does not clip, where a clip is declared", "d as it is", {"clip": ""}, over=NETWORK, rank=0
        )
    )
    found.append(Entry("truncation-missing", "goes back through all steps where a truncation is declared",
                       "sum over all s >= t", {"truncation": ""}, over=NETWORK, rank=0))  # fmt: skip
    return tuple(found)


ENDS: tuple[Entry, ...] = (
    _dx("input-own-step-only", "the input's gradient holds only what its own step's output gives",
        "dx_t = (dh_out_t f'_t) W_xh^T", "rows(dh_out * slope, W_xh.T)", 0, ("rnn",)),
    _dx("input-from-dh", "the input's gradient is made of dh where da is needed", "dx_t = dh_t W_xh^T",
        "rows(dh, W_xh.T)", 1, ("rnn",)),
    _dx("input-from-carry", "the input's gradient is made of what is carried", "dx_t = dh_next_t W_xh^T",
        "rows(dh_next, W_xh.T)", 2, ("rnn",)),
    _dx("input-times-carry", "the input's gradient is da times what is carried", "dx_t = da_t * dh_next_t", "da * dh_next", 3, ("rnn",)),
    _dx("input-recurrent-weights", "the input's gradient goes through the recurrent weights", "dx_t = da_t W_hh^T",
        "rows(da, W_hh.T)", 3, ("rnn", "leaky")),
    _dx("input-weights-not-transposed", "the input's gradient goes through W_xh where its transpose is needed",
        "dx_t = da_t W_xh", "rows(da, W_xh)", 1, ("rnn", "leaky")),
    _dx("input-reversed", "the input's gradient is in the reverse order of the steps", "dx_{T-1-t}", "({right})[::-1]", 0),
    _dx("input-counted-from-end", "the input's gradient is written to dx[-t] where dx[t] is needed", "dx_{-t}",
        "np.roll(({right})[::-1], 1, 0)", 3),
    _dx("input-of-last-step-only", "the input's gradient is there at the last step only", "dx_t = 0 for t < T - 1", "only({right}, T - 1)"),
    _dx("input-of-first-step-only", "the input's gradient is overwritten, so that only the first step's is left",
        "dx_t = 0 for t > 0", "only({right}, 0)"),
    _dx("input-first-step-left-out", "the input's gradient is missing at the first step", "dx_0 = 0", "without({right}, 0)"),
    _dx("input-last-step-left-out", "the input's gradient is missing at the last step", "dx_{T-1} = 0", "without({right}, T - 1)"),
    _dx("input-next-step", "the input's gradient is that of the next step", "dx_t is dx_{t+1}", "shift({right}, 1)"),
    _dx("input-step-before", "the input's gradient is that of the step before", "dx_t is dx_{t-1}", "shift({right}, -1)"),
    _dx("input-next-step-wraps", "the input's gradient is that of the next step, at the last step that of the first",
        "dx_t is dx_{t+1}", "np.roll({right}, -1, 0)", 1),
    _dx("input-step-before-wraps", "the input's gradient is that of the step before, at the first step that of the last",
        "dx_t is dx_{t-1}", "np.roll({right}, 1, 0)", 1),
    _dx("input-running-sum", "the input's gradient is added up over the steps", "dx_t = sum over s >= t",
        "np.cumsum(({right})[::-1], 0)[::-1]"),
    _dx("input-sum-over-steps", "the input's gradient is one sum over all steps", "dx_t = sum over all s",
        "0 * ({right}) + ({right}).sum(0)"),
    _dx("input-of-state", "the input's gradient is made of h where da is needed", "dx_t = h_t W_xh^T", "rows(h, W_xh.T)", 2, ("rnn",)),
    _dx("input-upstream-only", "the input's gradient is made of the output's part of dh, without slope", "dx_t = dh_out_t W_xh^T",
        "rows(dh_out, W_xh.T)", 2, ("rnn",)),
    *(_dx(f"input-{name}", f"the input's gradient {words}", formula, f"({{right}}) * ({factor})")
      for name, words, formula, factor in (
          ("sign", "has the other sign", "-dx", "-1"), ("doubled", "is twice the right size", "2 dx", "2"),
          ("halved", "is half of the right size", "dx / 2", "0.5"),
          ("over-T", "is divided by the number of steps", "dx / T", "1 / n_steps"),
          ("over-B", "is divided by the number of samples", "dx / B", "1 / n_samples"),
          ("times-B", "is B times too large", "B dx", "n_samples"))),
    _dx("input-zero", "the input's gradient stays zero", "dx = 0", "0 * ({right})"),
    _start("start-zero", "the initial state's gradient stays zero", "dh0 = 0", "h", "0 * dh_next[-1]", 0),
    _start("start-is-first-dh", "the initial state's gradient is dh of the first step, not what is carried out of it",
           "dh0 = dh_0", "h", "dh[0]", 0),
    _start("start-one-step-early", "the initial state's gradient is what is carried into the first step, not out of it",
           "dh0 = dh_next_0", "h", "dh_next[0]", 1),
    _start("start-is-upstream", "the initial state's gradient is the output's part of dh of the first step", "dh0 = dh_out_0", "h",
        "dh_out[0]"),
    _start("start-sign", "the initial state's gradient has the other sign", "-dh0", "h", "-dh_next[-1]"),
    _start("start-of-last-step", "the initial state's gradient is dh of the last step", "dh0 = dh_{T-1}", "h", "dh[T - 1]"),
    _start("start-sum-of-steps", "the initial state's gradient is the sum over all steps of what is carried", "dh0 = sum of dh_next", "h",
           "dh_next[:T].sum(0) + dh_next[-1]"),
    _start("start-over-B", "the initial state's gradient is divided by the number of samples", "dh0 / B", "h", "dh_next[-1] / n_samples"),
    _start("start-mean-of-samples", "the initial state's gradient is the mean over the samples", "mean over b of dh0", "h",
           "0 * dh_next[-1] + dh_next[-1].mean(0)"),
    _start("start-with-first-dh", "the initial state's gradient has dh of the first step added", "dh0 + dh_0", "h",
        "dh_next[-1] + dh[0]"),
    Entry("start-from-dh", "the initial state's gradient is made of dh of the first step, without the slope", "dh0 = dh_0 W_hh^T",
          {"start.dh0{u}": "dh[0] @ W_hh.T"}, cells=("rnn",), rank=1),
    Entry("start-slope-of-initial-state", "the initial state's gradient takes the slope at the initial state",
          "dh0 = (dh_0 f'(h0)) W_hh^T", {"start.dh0{u}": "(dh[0] * f1(h_prev[0], h_prev[0])) @ W_hh.T"}, cells=("rnn",)),
    *(Entry(f"start-without-{g}", f"the initial state's gradient leaves out the gate {g}", f"dh0 without da_{g} W_h{g}^T",
            {"start.dh0{u}": f"dh_next[-1] - back_{g}[0]"}, cells=(cell,))
      for cell, gates in (("lstm", "ifgo"), ("gru", "rzn")) for g in gates),
    *(Entry("start-without-kept", "the initial state's gradient leaves out the share that is kept", "dh0 without what is kept",
            {"start.dh0{u}": f"dh_next[-1] - {text}"}, cells=(cell,), rank=1)
      for cell, text in (("gru", "kept[0]"), ("leaky", "(1 - leak) * dh[0]"))),
    Entry("cell-start-is-state-start", "gives h0's gradient for c0's", "dc0 = dh0", {"start.dc0{u}": "dh_next[-1]"}, cells=("lstm",),
        rank=1),
    Entry("state-start-is-cell-start", "gives c0's gradient for h0's", "dh0 = dc0", {"start.dh0{u}": "dc_next[-1]"}, cells=("lstm",),
        rank=1),
    Entry("starts-exchanged", "returns the gradients of h0 and c0 for each other", "dh0 and dc0 exchanged",
          {"start.dh0{u}": "dc_next[-1]", "start.dc0{u}": "dh_next[-1]"}, cells=("lstm",), rank=1),
    Entry("start-is-first-da", "the initial state's gradient is da of the first step, without the recurrent weights",
          "dh0 = da_0", {"start.dh0{u}": "da[0]"}, cells=("rnn", "leaky"), rank=1),
    Entry("start-weights-not-transposed", "the initial state's gradient goes through W_hh where its transpose is needed",
          "dh0 = da_0 W_hh", {"start.dh0{u}": "da[0] @ W_hh"}, cells=("rnn",), rank=1),
    _start("cell-start-zero", "the initial cell's gradient stays zero", "dc0 = 0", "c", "0 * dc_next[-1]", 0),
    _start("cell-start-is-first-dc", "the initial cell's gradient is dc of the first step, not what is carried out of it",
           "dc0 = dc_0", "c", "dc[0]", 0),
    _start("cell-start-one-step-early", "the initial cell's gradient is what is carried into the first step, not out of it",
           "dc0 = dc_next_0", "c", "dc_next[0]", 1),
    *_right_starts(),
    *_cuts(),
)  # fmt: skip
"""Of input, initial states and truncation."""
