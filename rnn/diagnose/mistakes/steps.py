"""Mistakes with steps that touch several equations at once: another step's cache, loops, states under a wrong index, loops in loops."""

from __future__ import annotations

from ...problem import Problem
from .base import INPUT, RECURRENT, UNIT, Entry
from .gru import before

Edits = dict[str, str]

CARRIED = {
    "rnn": {"dh": "da[{n}] @ W_hh.T"},
    "leaky": {"dh": "(1 - leak) * dh[{n}] + da[{n}] @ W_hh.T"},
    "lstm": {"dh": "back_i[{n}] + back_f[{n}] + back_g[{n}] + back_o[{n}]", "dc": "dc_prev[{n}]"},
    "gru": {"dh": "kept[{n}] + back_r[{n}] + back_z[{n}] + back_n[{n}]"},
}
"""What step n gives to the step before it; without peepholes."""

CACHES = (
    ("of-step-before", "reads the cache of the step before, at the first step that of the last", "cache[t - 1]", "np.arange(T) - 1", 0),
    ("of-step-before-or-first", "reads the cache of the step before, at the first step its own", "cache[max(t - 1, 0)]",
     "np.maximum(np.arange(T) - 1, 0)", 1),
    ("of-step-after", "reads the cache of the step after, at the last step its own", "cache[min(t + 1, T - 1)]",
     "np.minimum(np.arange(T) + 1, T - 1)", 1),
    ("of-step-after-wraps", "reads the cache of the step after, at the last step that of the first", "cache[(t + 1) % T]",
     "(np.arange(T) + 1) % T", 2),
    ("reversed", "reads the cache in the forward order of the steps while it goes backward", "cache[T - 1 - t]", "np.arange(T)[::-1]", 0),
    ("of-last-step", "reads the cache of the last step at every step: it was overwritten on the way forward", "cache[T - 1]",
     "np.arange(T) * 0 + T - 1", 0),
    ("of-first-step", "reads the cache of the first step at every step", "cache[0]", "np.arange(T) * 0", 2),
)  # fmt: skip
"""(name, words, formula, which step's cache each step reads, rank)."""

IN_CACHES = ("of-step-before", "reversed", "of-last-step", "of-first-step")
"""Those that `caches` makes; here only with what the output weights take."""

STATES = (
    ("own-step", "{s} of the same step", "{s}", 1),
    ("own-step-but-first", "{s} of the same step, at the first step the initial one", "np.concatenate([{s}_prev[:1], {s}[1:]])", 1),
    ("wraps-round", "{s}[t - 1], at t = 0 the last one", "np.roll({s}, 1, 0)", 0),
    ("no-initial", "zero for the initial one", "shift({s}, -1)", 0),
    ("two-back", "{s} of two steps before", "shift({s}_prev, -1)", 2),
)  # fmt: skip
"""(name, words, what is read for the state {s} of the step before, rank)."""


def _layered(problem: Problem) -> bool:
    return problem.network.layers > 1


def _one_unit(problem: Problem) -> bool:
    return len(problem.network.units) == 1


def _no_peepholes(problem: Problem) -> bool:
    return not any(name.startswith("p_") for name in problem.parameters)


def _of(id: str, sentence: str, formula: str, edits: Edits, rank: int = 2, *cells: str) -> Entry:
    return Entry(id, sentence, formula, edits, over=UNIT, cells=cells, rank=rank)


def _orders(cell: str) -> list[Entry]:
    """Loops that begin late, end early or run forward, with what their last step leaves for the initial state."""
    carried = CARRIED[cell]

    def left(step: str) -> Edits:
        return {f"start.{name}0{{u}}": text.replace("{n}", step) for name, text in carried.items()}

    def carry(step: str) -> Edits:
        return {f"{name}_next{{u}}": text.replace("{n}", step) for name, text in carried.items()}

    first = {"loop{u}": "range(T - 1, 0, -1)"}
    rows = (
        ("first-step-left-out", "leaves out the first step altogether, its output too", "t = T - 1 ... 1",
         {**first, "dy": "without(dloss, 0)"}, 0),
        ("first-step-left-out-with-start", "leaves out the first step altogether; the initial state gets what was meant for it",
         "t = T - 1 ... 1", {**first, "dy": "without(dloss, 0)", **left("1")}, 0),
        ("loop-without-first-with-start", "does not visit the first step; the initial state gets what was meant for it",
         "t = T - 1 ... 1", {**first, **left("1")}, 1),
        ("forward-with-carry", "walks through the steps forward, and carries from each step to the one after", "dh_t from da_{t-1}",
         {"loop{u}": "range(T)", **carry("t - 1"), **left("T - 1")}, 0),
        ("forward-with-carry-but-start", "walks through the steps forward, and carries from each step to the one after",
         "dh_t from da_{t-1}", {"loop{u}": "range(T)", **carry("t - 1"), **left("0")}, 1),
        ("carries-all-two-steps", "takes what is carried from two steps on", "dh_t from da_{t+2}", {**carry("t + 2"), **left("0")}, 2),
    )  # fmt: skip
    return [
        Entry(id, said, formula, edits, over=UNIT, cells=(cell,), rank=rank, needs=_no_peepholes)
        for id, said, formula, edits, rank in rows
        if (id, cell) != ("forward-with-carry", "rnn")  # `loop-forward-carries` says the same
    ]


def _carries(cell: str) -> list[Entry]:
    """What is carried is lost at one place, begins with something, or is put together wrongly."""
    names = [f"{name}_next{{u}}" for name in CARRIED[cell]]

    def lost(where: str) -> Edits:
        return dict.fromkeys(names, f"0 * dh_out[0] if {where} else ({{right}})")

    def next_is(text: str) -> Edits:
        return {"dh_next{u}": text}

    rows = (
        ("carry-lost-at-first-step", "what is carried does not reach the first step", "dh_next_0 = 0", lost("t == 0"), 1),
        ("carry-lost-at-first-step-and-start", "what is carried reaches neither the first step nor the initial state",
         "dh_next_0 = 0, dh0 = 0", lost("t <= 0"), 1),
        ("carry-starts-at-last-state", "what is carried begins with the last state, not with zero", "dh_next_{T-1} = h_{T-1}",
         next_is("h[T - 1] if t == T - 1 else ({right})"), 2),
        ("carry-starts-at-last-upstream", "counts the last step's gradient twice: what is carried begins with it",
         "dh_next_{T-1} = dh_out_{T-1}", next_is("dh_out[T - 1] if t == T - 1 else ({right})"), 1),
        ("carry-starts-at-one", "what is carried begins with ones, not with zero", "dh_next_{T-1} = 1",
         next_is("1 + 0 * dh_out[0] if t == T - 1 else ({right})"), 2),
        ("carry-halved", "adds half of what comes from the next step", "dh_next_t / 2", next_is("({right}) / 2"), 2),
    )  # fmt: skip
    below = Entry("loss-for-layer-above", "gets the gradient of the loss, as the top layer does, not what the layer above sends down",
                  "dh_t gets dy_t W_hy^T", {"dh{u}": "top[t] + dh_next[t]"}, over=UNIT, cells=(cell,), rank=1,
                      needs=_layered)  # fmt: skip
    return [*(_of(id, said, formula, edits, rank, cell) for id, said, formula, edits, rank in rows), below]


def _states() -> list[Entry]:
    """The state of the step before wrong wherever it is read."""
    found = []
    for name, words, text, rank in STATES:
        for state, cell in (("h", "gru"), ("c", "lstm")):
            put = text.replace("{s}", state)
            said = f"reads {words.replace('{s}', state)} where {state}_{{t-1}} is needed, wherever it is read"
            kind = "state" if state == "h" else "cell"
            if state == "c" and name != "own-step-but-first":  # the forget gate alone reads c_{t-1}: those are its own entries
                continue
            found.append(
                _of(
                    f"previous-{kind}-{name}",
                    said,
                    f"{state}_{{t-1}} is {put}",
                    {f"{state}_prev{{u}}": put},
                    rank,
                    cell,
                )
            )
            if state == "h":
                found.append(Entry(f"previous-state-{name}-with-reset", said, f"h_{{t-1}} is {put}",
                                   {"h_prev{u}": put, "left.W_hh{u}[n]": "r * h_prev"}, over=UNIT, cells=(cell,), rank=rank,
                                   needs=before))  # fmt: skip
    return found


def _rows(left_x: str, left_h: str) -> Edits:
    return {"left.W_xh{u}*": left_x, "left.W_hh{u}*": left_h}


def _overwritten() -> list[Entry]:
    """The slope written into the cache of h, where later readers still need h."""
    found = []
    for name, text in (("tanh", "1 - h ** 2"), ("sigmoid", "h * (1 - h)"), ("relu", "1.0 * (h > 0)")):
        sums = {"left.W_hh{u}": "shift(slope, -1) + only(h_prev, 0)"}
        for end, more in (("", {}), ("-and-output", {"left.W_hy": text})):
            found.append(Entry(f"cache-overwritten-by-slope{end}",
                "writes the slope into the cache of h, where later readers still need h",
                               "h_t is f'_t", {**sums, **more}, over=UNIT, cells=("rnn",), activations=(name,), rank=1))  # fmt: skip
    return found


SHARED: tuple[Entry, ...] = (
    _of("rows-of-step-before", "the sums take the row [x, h] of the step before, at the first step that of the last", "[x, h]_{t-1}",
        _rows("np.roll(x, 1, 0)", "np.roll(h_prev, 1, 0)"), 1, "rnn", "leaky", "lstm"),
    _of("rows-of-step-after", "the sums take the row [x, h] of the step after", "[x, h]_{t+1}", _rows("shift(x, 1)", "shift(h_prev, 1)"),
        1, "rnn", "leaky", "lstm"),
    _of("rows-reversed", "the sums take the rows [x, h] in reverse order", "[x, h]_{T-1-t}", _rows("x[::-1]", "h_prev[::-1]"),
        0, "rnn", "leaky", "lstm"),
    _of("deltas-not-turned-round", "the deltas stay in the order of the loop, so that sums and the input's gradient pair them wrongly",
        "da_{T-1-t}", {**_rows("x[::-1]", "h_prev[::-1]"), "dx{u}": "({right})[::-1]"}, 0, "rnn", "leaky", "lstm"),
    _of("sent-without-slope", "sends dh back to h_{t-1} and to the input where da, dh times the slope, is needed",
        "dh_t W_hh^T, dh_t W_xh^T", {"carried{u}": "dh[t + 1]", "dx{u}": "rows(dh, W_xh.T)"}, 0, "rnn"),
    _of("slope-only-in-carry", "keeps dh where da, dh times the slope, is needed, for all sums and the input", "sums and dx from dh_t",
        {"delta.W_xh{u}*": "dh", "delta.W_hh{u}*": "dh", "?delta.b_h{u}": "dh", "dx{u}": "rows(dh, W_xh.T)"}, 0, "rnn"),
    _of("states-exchanged", "takes h_{t-1} for h_t and h_t for h_{t-1}", "h_t and h_{t-1} exchanged",
        {"slope{u}": "f1(h_prev, h_prev)", "left.W_hh{u}": "h"}, 1, "rnn"),
    _of("state-before-everywhere", "takes h of the step before for h of the step, in the slope and for the output weights",
        "h_{t-1} for h_t",
        {"slope{u}": "f1(h_prev, h_prev)", "left.W_hy": "h_prev"}, 1, "rnn"),
    *_overwritten(),
)  # fmt: skip
"""Of packed rows, lists, and a state read for another."""


def _loops() -> list[Entry]:
    """Of code that goes back from every loss by a loop of its own."""
    found = []
    for over, id, words in (
        (INPUT, "input", "with the input of the step"),
        (RECURRENT, "state", "with the state before the step"),
    ):
        rows = (
            (f"{id}-of-loss-step", f"{{shown}} is summed {words} whose loss it goes back from, not of the one it has reached",
             "d{P} = sum over t, s <= t of da_s of loss t", {"delta.{P}{tag}": "by_loss.sum(1)"}),
            *((f"loss-of-{name}-step-only", f"{{shown}} has the share of the {name} step's loss alone: each overwrites the one before",
               f"d{{P}} of the {name} loss", {"delta.{P}{tag}": f"by_loss[{k}]"}) for name, k in (("first", 0), ("last", -1))),
            *((f"last-term-of-{name}-loss", "{shown} has one term alone, the one that the loops over losses and steps come to last",
               f"d{{P}} of the {name} loss at step 0", {"sum.{P}{tag}": f"outer(left[:1], by_loss[{k}][:1])"})
              for name, k in (("first", 0), ("last", -1))),
        )  # fmt: skip
        found += [Entry(name, said, formula, edits, over=over, cells=("rnn",)) for name, said, formula, edits in rows]
    return found


STEP_ENTRIES: tuple[Entry, ...] = (
    *(_of(f"cache-{name}", words, formula, {"cache{u}": text}, rank) for name, words, formula, text, rank in CACHES
      if name not in IN_CACHES),
    *(Entry(f"cache-{name}-and-output", f"{words}, for the output weights too", formula, {"cache{u}": text, "left.W_hy": f"h[{text}]"},
            over=UNIT, rank=rank + 1, needs=_one_unit) for name, words, formula, text, rank in CACHES if rank == 0),
    *(entry for cell in CARRIED for entry in (*_orders(cell), *_carries(cell))), *_states(), *SHARED, *_loops(),
)  # fmt: skip
"""Of steps."""
