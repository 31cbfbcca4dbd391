"""Mistakes in the LSTM: what the cell carries, the output gate, the gates' own gradients, peepholes."""

from __future__ import annotations

from ...cells import LSTM
from ...problem import Problem
from .base import PEEPHOLE, UNIT, Entry


def _plain_output(problem: Problem) -> bool:
    cell = problem.network.cell_object
    return isinstance(cell, LSTM) and not cell.cell_tanh


def _nonlinear_output(problem: Problem) -> bool:
    return not _plain_output(problem) and problem.network.activation == "tanh"


def _peepholes(problem: Problem) -> bool:
    cell = problem.network.cell_object
    return isinstance(cell, LSTM) and cell.peepholes


def _of(id: str, sentence: str, formula: str, rank: int = 2, needs: object = None, **edits: str) -> Entry:
    found = {f"{slot}{{u}}": text for slot, text in edits.items()}
    return Entry(id, sentence, formula, found, over=UNIT, cells=("lstm",), rank=rank, needs=needs)  # type: ignore[arg-type]


CELL: tuple[Entry, ...] = (
    _of("cell-carry-missing", "the cell gets nothing from the next step: dc_next is left out of dc", "dc_t = ds_t s'_t", 0,
        dc="({right}) - dc_next[t]"),
    _of("cell-carry-none", "the cell carries nothing back: dc_next stays zero", "dc_next = 0", 0, dc_next="0 * dh[t]"),
    _of("cell-carry-alone", "dc is only what the next step gives: the share of its own step is lost", "dc_t = dc_next_t", 1,
        dc="({right}) - dc_own[t]"),
    _of("cell-carry-without-f", "the cell's carry leaves out the forget gate", "dc_{t-1} += dc_t", 0, dc_prev="dc[t]"),
    _of("cell-carry-with-i", "the cell's carry is multiplied with the input gate where the forget gate is needed",
        "dc_{t-1} += dc_t i_t", 0, dc_prev="dc[t] * i[t]"),
    _of("cell-carry-with-o", "the cell's carry is multiplied with the output gate where the forget gate is needed",
        "dc_{t-1} += dc_t o_t", 1, dc_prev="dc[t] * o[t]"),
    _of("cell-carry-with-g", "the cell's carry is multiplied with the candidate where the forget gate is needed",
        "dc_{t-1} += dc_t g_t", 1, dc_prev="dc[t] * g[t]"),
    _of("cell-carry-one-minus-f", "the cell's carry is multiplied with 1 - f where f is needed", "dc_{t-1} += dc_t (1 - f_t)", 1,
        dc_prev="dc[t] * (1 - f[t])"),
    _of("cell-carry-slope-of-f", "the cell's carry is multiplied with the slope of the forget gate where its value is needed",
        "dc_{t-1} += dc_t f_t (1 - f_t)", 1, dc_prev="dc[t] * slope_f[t]"),
    _of("cell-carry-a_f", "the cell's carry is multiplied with the forget gate's pre-activation", "dc_{t-1} += dc_t a_f", 2,
        dc_prev="dc[t] * a_f[t]"),
    _of("cell-carry-with-da_f", "the cell's carry is multiplied with the forget gate's gradient where its value is needed",
        "dc_{t-1} += dc_t da_f", 2, dc_prev="dc[t] * da_f[t]"),
    _of("cell-carry-with-c", "the cell's carry is multiplied with c_{t-1} where the forget gate is needed",
        "dc_{t-1} += dc_t c_{t-1}", 2, dc_prev="dc[t] * c_prev[t]"),
    _of("cell-carry-f-of-step-before", "the cell's carry takes the forget gate of the step that it goes to, not of the one it comes from",
        "dc_{t-1} += dc_t f_{t-1}", 0, dc_prev="dc[t] * f[t - 1]"),
    _of("cell-carry-f-of-step-after", "the cell's carry takes the forget gate of the step after", "dc_{t-1} += dc_t f_{t+1}", 1,
        dc_prev="dc[t] * after(f, t)"),
    _of("cell-carry-f-twice", "the cell's carry is multiplied with the forget gate twice", "dc_{t-1} += dc_t f_t^2", 1,
        dc_prev="dc[t] * f[t] ** 2"),
    _of("cell-carry-f-of-both-steps", "what the cell gets is multiplied with the forget gate once more at its own step",
        "dc_t += dc_{t+1} f_{t+1} f_t", 2, dc_next="({right}) * f[max(t, 0)]"),
    _of("cell-carry-own-share-only", "the cell hands on only what its own step made, so that nothing comes from further on",
        "dc_{t-1} += ds_t s'_t f_t", 1, dc_prev="dc_own[t] * f[t]"),
    _of("cell-carry-from-ds", "the cell hands on ds, without slope and without what it got itself", "dc_{t-1} += ds_t f_t", 1,
        dc_prev="ds[t] * f[t]"),
    _of("cell-carry-from-dh", "what the cell hands on is made of dh, not of dc", "dc_{t-1} += dh_t f_t", 1, dc_prev="dh[t] * f[t]"),
    _of("cell-carry-from-df", "what the cell hands on is made of the forget gate's gradient df", "dc_{t-1} += df_t f_t", 2,
        dc_prev="df[t] * f[t]"),
    _of("cell-own-share-late", "adds the cell's own share only after the forget gate and what is handed on have read dc",
        "df_t = dc_next_t c_{t-1}, dc_{t-1} += dc_next_t f_t", 0, df="dc_next[t] * c_prev[t]", dc_prev="dc_next[t] * f[t]"),
    _of("cell-own-share-late-for-all", "adds the cell's own share only after f, i, g and what is handed on have read dc",
        "df, di, dg and dc_{t-1} from dc_next_t", 1, df="dc_next[t] * c_prev[t]", di="dc_next[t] * g[t]", dg="dc_next[t] * i[t]",
        dc_prev="dc_next[t] * f[t]"),
    _of("cell-own-share-late-for-carry", "hands on dc before the cell's own share is added, so that nothing is ever carried",
        "dc_{t-1} += dc_next_t f_t", 1, dc_prev="dc_next[t] * f[t]"),
    _of("cell-carry-is-dh_next", "takes what h carries for what the cell carries", "dc_t += dh_next_t", 1, dc_next="dh_next[t]"),
    _of("cell-carry-accumulates", "adds to what later steps gave the cell, where it must be replaced",
        "dc_{t-1} += dc_t f_t + dc_{t+1} f_{t+1} + ...", 2, dc_prev="dc[t] * f[t] + dc_prev[t + 1]"),
    _of("cell-carry-two-steps", "the cell gets what comes from two steps on", "dc_t += dc_{t+2} f_{t+2}", 1, dc_next="dc_prev[t + 2]"),
    _of("cell-carry-subtracted", "subtracts what the cell gets from the next step", "dc_t = ds_t s'_t - dc_next_t",
        dc="({right}) - 2 * dc_next[t]"),
    _of("cell-carry-doubled", "adds what the cell gets from the next step twice", "dc_t = ds_t s'_t + 2 dc_next_t",
        dc="({right}) + dc_next[t]"),
    _of("cell-own-share-doubled", "adds the cell's own share twice", "dc_t = 2 ds_t s'_t + dc_next_t", dc="({right}) + dc_own[t]"),
    _of("cell-carry-through-slope", "puts what comes from the next step through the slope of the cell's nonlinearity too",
        "dc_t = (ds_t + dc_next_t) s'_t", 0, dc="({right}) - dc_next[t] + dc_next[t] * slope_c[t]"),
    _of("cell-carry-through-output-gate", "puts what comes from the next step through the output gate and the slope too",
        "dc_t = (dh_t + dc_next_t) o_t s'_t", 1, dc="({right}) - dc_next[t] + dc_next[t] * o[t] * slope_c[t]"),
    _of("cell-carry-at-last-step-only", "the cell hands back only from the last step", "dc_next_t = 0 for t < T - 2", 2,
        dc_next="({right}) if t == T - 2 else 0 * dh[t]"),
    _of("nothing-carried", "carries neither h nor the cell back in time", "dh_next = 0, dc_next = 0", 0,
        dh_next="0 * dh_out[t]", dc_next="0 * dh_out[t]"),
    _of("nothing-added", "leaves dh_next and dc_next out of dh and dc", "dh_t = dh_out_t, dc_t = ds_t s'_t", 0,
        dh="dh_out[t]", dc="({right}) - dc_next[t]"),
)  # fmt: skip
"""Of the cell and what it carries."""

OUTPUT_GATE: tuple[Entry, ...] = (
    _of("o-without-s", "the output gate's gradient leaves out tanh(c)", "do_t = dh_t", 0, do="dh[t]"),
    _of("o-with-c", "the output gate's gradient is made with c where tanh(c) is needed", "do_t = dh_t c_t", 0, needs=_nonlinear_output,
        do="dh[t] * c[t]"),
    _of("o-with-tanh-of-s", "the output gate's gradient takes tanh of c twice", "do_t = dh_t tanh(tanh(c_t))", 1,
        needs=_nonlinear_output, do="dh[t] * np.tanh(s[t])"),
    _of("o-with-tanh", "the output gate's gradient takes tanh(c) where the forward pass takes c itself", "do_t = dh_t tanh(c_t)", 1,
        needs=_plain_output, do="dh[t] * np.tanh(c[t])"),
    _of("o-with-slope", "the output gate's gradient takes the slope of tanh(c) where its value is needed", "do_t = dh_t (1 - s_t^2)", 1,
        needs=_nonlinear_output, do="dh[t] * slope_c[t]"),
    _of("o-with-h", "the output gate's gradient is made with h where tanh(c) is needed", "do_t = dh_t h_t", 1, do="dh[t] * h[t]"),
    _of("o-with-tanh-of-h", "the output gate's gradient takes tanh of h where tanh of c is needed", "do_t = dh_t tanh(h_t)", 2,
        do="dh[t] * np.tanh(h[t])"),
    _of("o-with-cell-before", "the output gate's gradient is made with c_{t-1}", "do_t = dh_t c_{t-1}", 1, do="dh[t] * c_prev[t]"),
    _of("o-with-s-before", "the output gate's gradient is made with tanh(c) of the step before", "do_t = dh_t tanh(c_{t-1})", 1,
        needs=_nonlinear_output, do="dh[t] * np.tanh(c_prev[t])"),
    _of("o-with-g", "the output gate's gradient is made with the candidate where tanh(c) is needed", "do_t = dh_t g_t", 2,
        do="dh[t] * g[t]"),
    _of("o-from-dc", "the output gate's gradient is made of dc where dh is needed", "do_t = dc_t s_t", 0,
        do="(dc_next[t] + dh[t] * o[t] * slope_c[t]) * s[t]"),
    _of("o-from-dc_next", "the output gate's gradient is made of what the cell carries", "do_t = dc_next_t s_t", 2,
        do="dc_next[t] * s[t]"),
    _of("o-from-ds", "the output gate's gradient is made of ds where dh is needed", "do_t = dh_t o_t s_t", 1, do="dh[t] * o[t] * s[t]"),
    _of("o-own-output-only", "the output gate gets only its own step's output, without what is carried", "do_t = dh_out_t s_t", 1,
        do="dh_out[t] * s[t]"),
    _of("o-carry-only", "the output gate gets only what is carried, without its own step's output", "do_t = dh_next_t s_t", 2,
        do="dh_next[t] * s[t]"),
    _of("s-without-o", "what goes from h to the cell leaves out the output gate", "dc_t += dh_t s'_t", 0, ds="dh[t]"),
    *(_of(f"s-with-{g}", f"what goes from h to the cell is multiplied with {g} where the output gate is needed",
          f"dc_t += dh_t {g}_t s'_t", 1, ds=f"dh[t] * {g}[t]") for g in "ifgs"),
    _of("s-with-slope-of-o", "what goes from h to the cell is multiplied with the output gate's slope where its value is needed",
        "dc_t += dh_t o_t (1 - o_t) s'_t", 1, ds="dh[t] * slope_o[t]"),
    _of("s-with-a_o", "what goes from h to the cell is multiplied with the output gate's pre-activation", "dc_t += dh_t a_o s'_t", 2,
        ds="dh[t] * a_o[t]"),
    _of("s-with-do", "what goes from h to the cell is multiplied with the gradient of the output gate, not with its value",
        "dc_t += dh_t do_t s'_t", 2, ds="dh[t] * do[t]"),
    _of("s-from-do", "what goes from h to the cell is made of do where dh is needed", "dc_t += do_t o_t s'_t", 1, ds="do[t] * o[t]"),
    _of("s-from-da_o", "what goes from h to the cell is made of the output gate's gradient where dh is needed",
        "dc_t += da_o o_t s'_t", 2, ds="da_o[t] * o[t]"),
    _of("s-o-twice", "what goes from h to the cell is multiplied with the output gate twice", "dc_t += dh_t o_t^2 s'_t", 2,
        ds="dh[t] * o[t] ** 2"),
    _of("s-o-of-step-before", "what goes from h to the cell takes the output gate of the step before", "dc_t += dh_t o_{t-1} s'_t", 2,
        ds="dh[t] * o[t - 1]"),
    _of("s-own-output-only", "the cell gets only its own step's output from h, without what h carries", "dc_t += dh_out_t o_t s'_t", 1,
        ds="dh_out[t] * o[t]"),
    _of("s-carry-only", "the cell gets from h only what is carried", "dc_t += dh_next_t o_t s'_t", 2, ds="dh_next[t] * o[t]"),
    _of("s-none", "the cell gets nothing from h", "dc_t = dc_next_t", 2, ds="0 * dh[t]"),
    _of("cell-slope-with-s", "the cell's slope is taken with the value s where 1 - s^2 is needed, and o is left out",
        "dc_t += dh_t s_t", 3, ds="dh[t]", slope_c="1 * s"),
    _of("cell-slope-not-there", "takes the slope of tanh(c) where the forward pass takes c itself", "dc_t += ds_t (1 - tanh(c_t)^2)", 0,
        needs=_plain_output, slope_c="1 - np.tanh(c) ** 2"),
    _of("cell-tanh-backward-only", "goes back through a tanh on the cell that the forward pass does not have",
        "do = dh tanh(c), dc += ds (1 - tanh(c)^2)", 0, needs=_plain_output, slope_c="1 - np.tanh(c) ** 2", do="dh[t] * np.tanh(c[t])"),
    _of("cell-tanh-forward-only", "goes back as if the cell had no tanh before the output gate", "do = dh c, dc += ds", 0,
        needs=_nonlinear_output, slope_c="1 + 0 * c", do="dh[t] * c[t]"),
)  # fmt: skip
"""Of the output gate and of the way from h to the cell."""


def _gate(gate: str, right: str, slot: str) -> tuple[Entry, ...]:
    """What stands in place of the gate's partner in c = f c_{t-1} + i g, or in place of dc."""
    others = [one for one in ("i", "f", "g", "o", "s", "h", "c", "c_prev", "h_prev", "dc") if one != right]
    called = {"c_prev": "c_{t-1}", "h_prev": "h_{t-1}", "c": "c_t", "h": "h_t"}
    name = called.get(right, right)
    found = [
        _of(f"{gate}-with-{one}", f"the gradient of {gate} is made with {called.get(one, one)} where {name} is needed",
            f"{slot}_t = dc_t {called.get(one, one)}", _rank(gate, one), **{slot: f"dc[t] * {one}[t]"})
        for one in others
    ]  # fmt: skip
    parts = (("dc_own", "only its own step's share of dc, without what the cell carries", 0), ("ds", "ds where dc is needed", 1),
             ("dc_next", "only what the cell carries", 2), ("dh", "dh where dc is needed", 1),
             ("dc_prev", "dc already multiplied with the forget gate", 1))  # fmt: skip
    for part, words, rank in parts:
        text = "dc[t] * f[t]" if part == "dc_prev" else f"{part}[t]"
        found.append(_of(f"{gate}-from-{part}", f"the gradient of {gate} is made of {words}", f"{slot}_t from {part}_t", rank,
                         **{slot: f"{text} * {right}[t]"}))  # fmt: skip
    found += [
        _of(f"{gate}-alone", f"the gradient of {gate} leaves out {name}", f"{slot}_t = dc_t", 0, **{slot: "dc[t]"}),
        _of(f"{gate}-none", f"the gradient of {gate} stays zero", f"{slot}_t = 0", 1, **{slot: "0 * dc[t]"}),
        _of(f"{gate}-negative", f"the gradient of {gate} has the other sign", f"{slot}_t = -dc_t {name}", 2,
            **{slot: f"-dc[t] * {right}[t]"}),
        _of(f"{gate}-partner-before", f"the gradient of {gate} is made with {right} of the step before", f"{slot}_t = dc_t {right}_(t-1)",
            2, **{slot: f"dc[t] * {right}[t - 1]"}),
    ]  # fmt: skip
    return tuple(found)


def _rank(gate: str, one: str) -> int:
    return 0 if one == gate or (gate, one) == ("f", "c") else 1 if one in "ifgo" else 2


GATE_GRADIENTS: tuple[Entry, ...] = (
    *_gate("f", "c_prev", "df"), *_gate("i", "g", "di"), *_gate("g", "i", "dg"),
    _of("i-and-g-exchanged", "takes the input gate and the candidate for each other in their gradients", "di = dc i, dg = dc g", 0,
        di="dc[t] * i[t]", dg="dc[t] * g[t]"),
    *(_of(f"{one}-and-{other}-partners-exchanged", f"takes the gradients of {one} and {other} for each other before their slopes",
          f"d{one} = dc {theirs}, d{other} = dc {ours}", 1, **{f"d{one}": f"dc[t] * {theirs}[t]", f"d{other}": f"dc[t] * {ours}[t]"})
      for one, ours, other, theirs in (("i", "g", "f", "c_prev"), ("f", "c_prev", "g", "i"))),
    _of("f-cell-wraps-round", "the forget gate takes c[t - 1] at t = 0 from the end, which is the last cell, not the initial one",
        "df_0 = dc_0 c_{T-1}", 0, df="dc[t] * c[t - 1]"),
    _of("f-initial-cell-left-out", "the forget gate leaves out the initial cell at the first step", "df_0 = 0", 0,
        df="dc[t] * c_prev[t] if t else 0 * dc[t]"),
    _of("f-cell-two-back", "the forget gate takes the cell of two steps before", "df_t = dc_t c_{t-2}", 1,
        df="dc[t] * c_prev[t - 1] if t else 0 * dc[t]"),
    _of("f-cell-two-back-wraps", "the forget gate takes c[t - 2], which wraps round at the first steps", "df_t = dc_t c[t-2]", 2,
        df="dc[t] * c[t - 2]"),
    _of("f-cell-two-back-or-last", "the forget gate takes the cell of two steps before, and at t = 0 the last one",
        "df_t = dc_t c_{t-2}, df_0 = dc_0 c_{T-1}", 1, df="dc[t] * (c_prev[t - 1] if t else c[T - 1])"),
    _of("f-cell-after", "the forget gate takes the cell of the next step", "df_t = dc_t c_{t+1}", 2, df="dc[t] * after(c, t)"),
    _of("f-tanh-of-cell", "the forget gate takes tanh(c_{t-1}) where c_{t-1} is needed", "df_t = dc_t tanh(c_{t-1})", 1,
        df="dc[t] * np.tanh(c_prev[t])"),
    _of("i-with-a_g", "the input gate takes the candidate before its nonlinearity", "di_t = dc_t a_g", 1, di="dc[t] * a_g[t]"),
    _of("g-with-a_i", "the candidate takes the input gate before its nonlinearity", "dg_t = dc_t a_i", 1, dg="dc[t] * a_i[t]"),
    _of("g-with-one-minus-f", "the candidate takes 1 - f where the input gate is needed", "dg_t = dc_t (1 - f_t)", 2,
        dg="dc[t] * (1 - f[t])"),
    *(_of(f"gates-from-{part}", f"f, i and g are made of {words}", f"df, di, dg from {part}", rank,
          **{f"d{gate}": f"{part}[t] * {right}[t]" for gate, right in (("f", "c_prev"), ("i", "g"), ("g", "i"))})
      for part, words, rank in (("dc_own", "only their own step's share of dc, without what the cell carries", 0),
                                ("ds", "ds where dc is needed", 1), ("dh", "dh where dc is needed", 1),
                                ("dc_next", "only what the cell carries", 2))),
    _of("gates-and-carry-from-ds", "dc is overwritten by ds wherever it is read", "dc_t = ds_t", 2, dc="ds[t]"),
    _of("dc-is-dh", "takes dh for dc", "dc_t = dh_t", 2, dc="dh[t]"),
    _of("dc-is-dh-and-carry", "adds dh to the cell without output gate and slope", "dc_t = dc_next_t + dh_t", 1,
        dc="({right}) - dc_own[t] + dh[t]"),
)  # fmt: skip
"""Of the other three gates."""


def _peep(id: str, sentence: str, formula: str, kind: str, text: str, rank: int = 2) -> Entry:
    return Entry(id, sentence, formula, {f"{kind}.{{P}}": text}, over=PEEPHOLE, rank=rank)


PEEPHOLES: tuple[Entry, ...] = (
    *(_of(f"peephole-{g}-dropped", f"the cell gets nothing back through the peephole of {g}", f"no da_{g} p_{g}", 0,
          **{f"peep_{g}": "0 * dh[t]"}) for g in "ifo"),
    _of("peepholes-i-f-dropped", "the cell gets nothing back through the peepholes of i and f", "no da_i p_i + da_f p_f", 0,
        peep_i="0 * dh[t]", peep_f="0 * dh[t]"),
    _of("peepholes-dropped", "the cell gets nothing back through the peepholes", "no da p", 0,
        peep_i="0 * dh[t]", peep_f="0 * dh[t]", peep_o="0 * dh[t]"),
    *(_of(f"peephole-{g}-with-{k}", f"takes the peephole of {k} where that of {g} is needed", f"da_{g} p_{k}", 1,
          **{f"peep_{g}": f"da_{g}[t] * p_{k}"}) for g in "ifo" for k in "ifo" if g != k),
    *(_of(f"peephole-{g}-without-slope", f"the peephole of {g} passes on d{g} where da_{g} is needed", f"d{g} p_{g}", 1,
          **{f"peep_{g}": f"d{g}[t] * p_{g}"}) for g in "ifo"),
    *(_of(f"peephole-{g}-without-weights", f"the peephole of {g} passes on its gradient without the weights", f"da_{g}", 2,
          **{f"peep_{g}": f"da_{g}[t]"}) for g in "ifo"),
    _of("peephole-o-to-cell-before", "hands what comes through the peephole of o to c_{t-1}, not to c_t", "dc_{t-1} += da_o p_o", 1,
        needs=_peepholes, dc="dc_next[t] + dc_own[t]", dc_prev="dc[t] * f[t] + peep_o[t]"),
    *(_of(f"cell-carry-only-peephole-{g}", f"what the cell carries is overwritten by what comes through the peephole of {g}",
          f"dc_next = da_{g} p_{g}", 1, needs=_peepholes, dc_next=f"peep_{g}[t + 1]") for g in "if"),
    _of("peepholes-i-f-times-f", "puts what comes through the peepholes of i and f through the forget gate too", "(da p) f_t", 2,
        peep_i="da_i[t] * p_i * f[t]", peep_f="da_f[t] * p_f * f[t]"),
    *(_peep(f"peephole-cell-{name}", f"{{shown}} is summed with {words}", f"d{{P}} = sum {formula} da", "left", text, rank)
      for name, words, formula, text, rank in (
          ("of-own-step", "c of the same step where c of the step before is needed", "c_t", "c", 0),
          ("of-step-before", "c of the step before where that of the same step is needed", "c_{t-1}", "c_prev", 0),
          ("wraps-round", "c[t - 1], at t = 0 with the last cell", "c[t-1]", "np.roll(c, 1, 0)", 0),
          ("initial-left-out", "c of the step before, the initial cell left out", "c_{t-1}", "shift(c, -1)", 1),
          ("tanh", "tanh(c) where c is needed", "tanh(c)", "np.tanh({right})", 1),
          ("is-state", "h where the cell is needed", "h_t", "h", 1), ("is-state-before", "h of the step before", "h_{t-1}", "h_prev",
              1))),
    *(_peep(f"peephole-fed-{name}", f"{{shown}} is fed {words}", f"d{{P}} = sum c {name}", "delta", text, 1)
      for name, words, text in (("dc", "dc where the gate's gradient is needed", "dc"),
                                ("dh", "dh where the gate's gradient is needed", "dh"),
                                *((f"da_{g}", f"the gradient of the gate {g}", f"da_{g}") for g in "ifgo"),
                                *((f"d{g}", f"d{g}, without the gate's slope,", f"d{g}") for g in "ifo"))),
)  # fmt: skip
"""Of the peepholes: what they give back, and their own gradients."""

LSTM_ENTRIES: tuple[Entry, ...] = (*CELL, *OUTPUT_GATE, *GATE_GRADIENTS, *PEEPHOLES)
"""Of the LSTM."""
