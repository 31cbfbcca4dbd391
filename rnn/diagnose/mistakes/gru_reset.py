"""Mistakes in the GRU's reset gate, before or after the product, and in the sums of its candidate."""

from __future__ import annotations

from ...problem import Problem
from .base import UNIT, Entry
from .gru import after, before, entry


def _after_with_bias(problem: Problem) -> bool:
    return after(problem) and any(name.startswith("b_hh") for name in problem.parameters)


def _with(entry_edits: dict[str, str], id: str, sentence: str, formula: str, rank: int, needs: object = None) -> Entry:
    """An entry whose slots are no names: sums of one gate's block."""
    return Entry(id, sentence, formula, entry_edits, over=UNIT, cells=("gru",), rank=rank, needs=needs)  # type: ignore[arg-type]


def _candidate_sums(name: str, left: str = "", delta: str = "", biases: bool = True) -> dict[str, str]:
    edits = {"left.W_hh{u}[n]": left} if left else {}
    edits |= {"delta.W_hh{u}[n]": delta} if delta else {}
    return edits | ({"?delta.b_hh{u}[n]": delta} if delta and biases else {})


BEFORE_AS_AFTER = {"dr{u}": "da_n[t] * (h_prev[t] @ W_hn)", "back_n{u}": "(da_n[t] * r[t]) @ W_hn.T"}
AFTER_AS_BEFORE = {"dr{u}": "(da_n[t] @ W_hn.T) * h_prev[t]", "back_n{u}": "(da_n[t] @ W_hn.T) * r[t]"}

RESET: tuple[Entry, ...] = (
    entry("reset-left-out-of-way-back", "the reset gate is left out of the candidate's way to h_{t-1}", "dh_{t-1} += da_n W_hn^T", 0,
        needs=before, back_n="drh[t]"),
    entry("reset-left-out-of-way-back", "the reset gate is left out of the candidate's way to h_{t-1}", "dh_{t-1} += da_n W_hn^T", 0,
        needs=after, back_n="da_n[t] @ W_hn.T"),
    entry("reset-left-out", "the reset gate is left out in front of the candidate's recurrent part", "da_hn = da_n", 0,
        needs=after, da_hn="da_n[t]"),
    entry("reset-gate-none", "the reset gate gets no gradient", "dr_t = 0", 0, dr="0 * dh[t]"),
    entry("reset-forgotten", "goes back as if there were no reset gate", "dr = 0, dh_{t-1} += da_n W_hn^T", 1, needs=before,
        dr="0 * dh[t]", back_n="drh[t]"),
    entry("reset-forgotten-after", "goes back as if there were no reset gate", "dr = 0, da_hn = da_n", 1, needs=after,
        dr="0 * dh[t]", da_hn="da_n[t]"),
    _with({"dr{u}": "0 * dh[t]", "back_n{u}": "drh[t]", "left.W_hh{u}[n]": "h_prev"}, "reset-forgotten-everywhere",
          "goes back as if there were no reset gate, in W_hn too", "dr = 0, dh_{t-1} += da_n W_hn^T, dW_hn = h_{t-1}^T da_n", 0, before),
    *(entry(f"reset-way-back-with-{text.replace(' ', '')}",
            f"the candidate's way to h_{{t-1}} is multiplied with {words} where the reset gate is needed",
          f"dh_{{t-1}} += {words} * (da_n W_hn^T)", rank, needs=before, back_n=f"drh[t] * {text}")
      for text, words, rank in (("z[t]", "the update gate", 0), ("(1 - r[t])", "1 - r", 1), ("slope_r[t]", "the reset gate's slope", 1),
                                ("h_prev[t]", "h_{t-1}", 1), ("dr[t]", "the reset gate's gradient", 1), ("n[t]", "the candidate", 2),
                                ("r[t] ** 2", "the reset gate twice", 2), ("a_r[t]", "the reset gate's pre-activation", 2),
                                ("r[t - 1]", "the reset gate of the step before", 1), ("r[t, :, :1]", "the first unit's reset gate", 1),
                                ("r[t].mean(-1, keepdims=True)", "the mean of the reset gate", 2))),
    *(entry(f"reset-inner-with-{text.replace(' ', '')}",
            f"the candidate's recurrent part is multiplied with {words} where the reset gate is needed",
          f"da_hn = da_n * {words}", rank, needs=after, da_hn=f"da_n[t] * {text}")
      for text, words, rank in (("z[t]", "the update gate", 0), ("(1 - r[t])", "1 - r", 1), ("slope_r[t]", "the reset gate's slope", 1),
                                ("h_prev[t]", "h_{t-1}", 1), ("a_hn[t]", "its own value", 1), ("n[t]", "the candidate", 2),
                                ("r[t] ** 2", "the reset gate twice", 2), ("a_r[t]", "the reset gate's pre-activation", 2),
                                ("r[t - 1]", "the reset gate of the step before", 1), ("r[t, :, :1]", "the first unit's reset gate", 1),
                                ("r[t].mean(-1, keepdims=True)", "the mean of the reset gate", 2))),
    *(entry(f"reset-gate-with-{text.replace(' ', '')}", f"the reset gate's gradient is made with {words} where h_{{t-1}} is needed",
          f"dr_t = (da_n W_hn^T) * {words}", rank, needs=before, dr=f"drh[t] * {text}")
      for text, words, rank in (("h[t]", "h_t", 0), ("n[t]", "the candidate", 1), ("r[t]", "the reset gate itself", 1),
                                ("rh[t]", "r h_{t-1}", 0), ("1", "nothing", 0), ("h[t - 1]", "h[t - 1], at t = 0 the last state,", 0),
                                ("h_prev[t - 1]", "the state of two steps before", 2), ("z[t]", "the update gate", 2),
                                ("(h_prev[t] if t else 0 * h[t])", "no initial state at the first step", 1),
                                ("(h_prev[t] - n[t])", "h_{t-1} - n", 2))),
    *(entry(f"reset-gate-by-{text.replace(' ', '')}", f"the reset gate's gradient is made with {words} where h_{{t-1}} W_hn is needed",
          f"dr_t = da_n * {words}", rank, needs=after, dr=f"da_n[t] * {text}")
      for text, words, rank in (("h_prev[t]", "h_{t-1}", 0), ("h[t]", "h_t", 1), ("n[t]", "the candidate", 1), ("1", "nothing", 0),
                                ("a_n[t]", "the candidate's whole pre-activation", 0), ("r[t]", "the reset gate itself", 1),
                                ("r[t] * a_hn[t]", "the product that r is already in", 0), ("(h[t] @ W_hn)", "h_t W_hn", 1),
                                ("(h[t - 1] @ W_hn)", "h[t - 1] W_hn, at t = 0 with the last state,", 0),
                                ("a_hn[t - 1]", "the product of the step before", 2))),
    entry("reset-gate-without-bias", "the reset gate's gradient leaves out the bias b_hn that stands beside h_{t-1} W_hn",
        "dr_t = da_n * (h_{t-1} W_hn)", 0, needs=_after_with_bias, dr="da_n[t] * (h_prev[t] @ W_hn)"),
    entry("reset-gate-from-dn", "the reset gate's gradient is made of dn, without the candidate's slope", "dr_t from dn_t", 0,
        needs=before,
        dr="(dn[t] @ W_hn.T) * h_prev[t]"),
    entry("reset-gate-from-dn", "the reset gate's gradient is made of dn, without the candidate's slope", "dr_t from dn_t", 0, needs=after,
        dr="dn[t] * a_hn[t]"),
    entry("reset-gate-without-weights", "the reset gate's gradient leaves out the candidate's recurrent weights", "dr_t = da_n * h_{t-1}",
        0,
        needs=before, dr="da_n[t] * h_prev[t]"),
    entry("reset-gate-weights-not-transposed", "the reset gate's gradient goes through W_hn where its transpose is needed",
        "dr_t = (da_n W_hn) * h_{t-1}", 1, needs=before, dr="(da_n[t] @ W_hn) * h_prev[t]"),
    entry("reset-gate-from-dh", "the reset gate's gradient is made of dh", "dr_t = dh_t * h_{t-1}", 2, dr="dh[t] * h_prev[t]"),
    *(entry(f"candidate-through-{weights.replace('.T', '').replace(' ', '')}",
        f"the candidate's gradient goes through {words} where W_hn^T is needed",
          f"drh = da_n {words}", rank, needs=needs, **{slot: f"{delta} @ {weights}"})
      for weights, words, rank in (("W_hn", "W_hn", 0), ("W_hr.T", "the reset gate's W_hr^T", 1), ("W_hz.T", "the update gate's W_hz^T",
          1))
      for slot, delta, needs in (("drh", "da_n[t]", before), ("back_n", "da_hn[t]", after))),
    *(entry(f"candidate-sent-as-{name}", f"sends {words} through W_hn where the candidate's gradient is needed", f"drh = {name} W_hn^T",
        rank,
          needs=before, drh=f"{text} @ W_hn.T")
      for name, words, text, rank in (("n", "the candidate itself", "n[t]", 0), ("dn", "dn, without the candidate's slope,", "dn[t]", 0),
                                      ("dh", "dh", "dh[t]", 1), ("a_n", "the candidate's pre-activation", "a_n[t]", 2),
                                      ("da_z", "the update gate's gradient", "da_z[t]", 2))),
    *(entry(f"candidate-sent-as-{name}", f"sends {words} through W_hn where the candidate's gradient is needed", f"{name} W_hn^T", rank,
          needs=after, back_n=f"{text} @ W_hn.T")
      for name, words, text, rank in (("n", "the candidate itself", "n[t]", 0), ("dn", "dn, without slope and reset gate,", "dn[t]", 1),
                                      ("dn-r", "dn, without the candidate's slope,", "(dn[t] * r[t])", 0),
                                      ("dh", "dh", "dh[t]", 1), ("a_hn", "the product h_{t-1} W_hn", "a_hn[t]", 1))),
)  # fmt: skip
"""Of the reset gate and the candidate's way back."""

CANDIDATE_SUMS: tuple[Entry, ...] = (
    _with({"left.W_hh{u}[n]": "h_prev"}, "candidate-sum-without-reset", "dW_hn is summed with h_{t-1} where r h_{t-1} is needed",
          "dW_hn = sum h_{t-1}^T da_n", 0, before),
    *(_with({"left.W_hh{u}[n]": text}, f"candidate-sum-{name}", f"dW_hn is summed with {words} where r h_{{t-1}} is needed",
            f"dW_hn = sum ({words})^T da_n", rank, before)
      for name, words, text, rank in (("own-step", "r h_t", "r * h", 1), ("wraps-round", "r h[t - 1], at t = 0 with the last state,",
                                      "r * np.roll(h, 1, 0)", 1), ("reset-alone", "r", "1 * r", 2), ("with-z", "z h_{t-1}",
                                          "z * h_prev", 1),
                                      ("reset-twice", "r^2 h_{t-1}", "r * rh", 2), ("first-unit", "the first unit's r times h_{t-1}",
                                      "r[..., :1] * h_prev", 1), ("initial-left-out", "no initial state", "r * shift(h, -1)", 1))),
    *(_with({"left.W_hh{u}[r]": text, "left.W_hh{u}[z]": text, "left.W_hh{u}[n]": f"r * {text}"}, f"recurrent-sums-{name}",
            f"dW_hh is summed with {words}", f"dW_hh = sum {formula}^T da_t", 0, before)
      for name, words, formula, text in (
          ("own-step", "h of the same step where h of the step before is needed", "h_t", "h"),
          ("wraps-round", "h[t - 1], at t = 0 with the last state", "h[t-1]", "np.roll(h, 1, 0)"),
          ("initial-left-out", "h of the step before, the initial state left out", "h_{t-1}", "shift(h, -1)"),
          ("two-back", "h of two steps before", "h_{t-2}", "shift(h_prev, -1)"), ("reset-everywhere", "r h_{t-1} for all gates",
              "r h_{t-1}", "r * h_prev"))),
    _with({"left.W_hh{u}[r]": "rh", "left.W_hh{u}[z]": "rh"}, "gate-sums-with-reset",
          "dW_hr and dW_hz are summed with r h_{t-1} where h_{t-1} is needed", "dW_hr = sum (r h_{t-1})^T da_r", 1, before),
    _with(_candidate_sums("", delta="da_n"), "candidate-delta-without-reset", "dW_hn and db_hn are fed da_n where r da_n is needed",
          "dW_hn = sum h_{t-1}^T da_n", 0, after),
    _with({"delta.W_hh{u}[n]": "da_n"}, "candidate-weight-delta-without-reset", "dW_hn is fed da_n where r da_n is needed",
          "dW_hn = sum h_{t-1}^T da_n", 0, after),
    _with({"delta.b_hh{u}[n]": "da_n"}, "candidate-bias-delta-without-reset", "db_hn is fed da_n where r da_n is needed",
          "db_hn = sum da_n", 0, after),
    _with({"delta.b_hh{u}[n]": "da_n * r"}, "candidate-bias-delta-with-reset", "db_hn is fed r da_n, though r does not stand before it",
          "db_hn = sum r da_n", 1, before),
    _with({"?delta.b_h{u}[n]": "da_hn", "?delta.b_xh{u}[n]": "da_hn"}, "candidate-input-bias-with-reset",
          "the candidate's bias is fed r da_n, though r does not stand before it", "db_n = sum r da_n", 1, after),
    _with({"delta.W_xh{u}[n]": "da_hn"}, "candidate-input-with-reset", "dW_xn is fed r da_n, though r does not stand before x W_xn",
          "dW_xn = sum x^T (r da_n)", 1, after),
    _with({"into_n{u}": "rows(da_hn, W_xn.T)"}, "candidate-dx-with-reset", "the input gets r da_n, though r does not stand before x W_xn",
          "dx = (r da_n) W_xn^T", 1, after),
    *(_with({f"delta.{name}{{u}}[n]": "dn * r"}, f"candidate-{label}-without-slope",
            f"d{name} of the candidate is fed r dn, without the candidate's slope", f"d{name}[n] from r dn", 1, after)
      for name, label in (("W_hh", "weight"), ("b_hh", "bias"))),
    _with(BEFORE_AS_AFTER | _candidate_sums("", "h_prev", "da_n * r"), "reset-after-for-before",
          "goes back as if the reset gate came after the product", "da_hn = r da_n, dr = da_n * (h_{t-1} W_hn)", 0, before),
    _with(BEFORE_AS_AFTER, "reset-after-for-before-in-loop", "carries back as if the reset gate came after the product, in the loop only",
          "dh_{t-1} += (r da_n) W_hn^T, dr = da_n * (h_{t-1} W_hn)", 1, before),
    _with(_candidate_sums("", "h_prev", "da_n * r"), "reset-after-for-before-in-sum",
        "sums dW_hn as if the reset gate came after the product",
          "dW_hn = sum h_{t-1}^T (r da_n)", 0, before),
    *(_with({slot: text}, f"reset-after-for-before-{slot[:-3]}", f"{words} is made as if the reset gate came after the product",
        formula, 1, before)
      for (slot, text), words, formula in zip(BEFORE_AS_AFTER.items(), ("the reset gate's gradient", "the way to h_{t-1}"),
                                              ("dr = da_n * (h_{t-1} W_hn)", "(r da_n) W_hn^T"), strict=True)),
    _with(AFTER_AS_BEFORE | _candidate_sums("", "r * h_prev", "da_n"), "reset-before-for-after",
          "goes back as if the reset gate came before the product", "drh = da_n W_hn^T, dr = drh * h_{t-1}", 0, after),
    _with(AFTER_AS_BEFORE, "reset-before-for-after-in-loop",
         "carries back as if the reset gate came before the product, in the loop only",
          "dh_{t-1} += (da_n W_hn^T) * r, dr = (da_n W_hn^T) * h_{t-1}", 1, after),
    *(_with({slot: text}, f"reset-before-for-after-{slot[:-3]}", f"{words} is made as if the reset gate came before the product",
        formula, 1, after)
      for (slot, text), words, formula in zip(AFTER_AS_BEFORE.items(), ("the reset gate's gradient", "the way to h_{t-1}"),
                                              ("dr = (da_n W_hn^T) * h_{t-1}", "(da_n W_hn^T) r"), strict=True)),
    _with({"left.W_hh{u}[n]": "r * h_prev"}, "candidate-sum-with-reset-twice", "dW_hn has the reset gate in both factors",
          "dW_hn = sum (r h_{t-1})^T (r da_n)", 1, after),
    _with({"left.W_hh{u}[n]": "r * h_prev", "delta.W_hh{u}[n]": "da_n"}, "candidate-sum-as-before",
          "sums dW_hn as if the reset gate came before the product", "dW_hn = sum (r h_{t-1})^T da_n", 0, after),
)  # fmt: skip
"""Of the sums of the candidate's block."""

RESET_ENTRIES: tuple[Entry, ...] = (*RESET, *CANDIDATE_SUMS)
"""Of the reset gate and the candidate."""
