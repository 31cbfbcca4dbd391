"""Wrong twins of the right programs: one textual change each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """One change that makes a right program wrong.

    Attributes:
        id: kind of mistake.
        case, program: the case file, and the file that is changed (often the same), without `.py`.
        old, new: text that stands there once, and what it becomes.
        wrong: the gradients of parameters that are wrong by it, by our names.
    """

    id: str
    case: str
    program: str
    old: str
    new: str
    wrong: tuple[str, ...]

    def plant(self, source: Path, folder: Path) -> Path:
        """Write the changed program and its case into a folder; returns the case's path."""
        for name in {self.case, self.program}:
            text = (source / f"{name}.py").read_text(encoding="utf-8")
            if name == self.program:
                assert text.count(self.old) == 1, f"{self.id}: {text.count(self.old)} times {self.old!r}"
                text = text.replace(self.old, self.new)
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return folder / f"{self.case}.py"


CELL = ("dW_xh", "dW_hh", "db_h")
ALL = (*CELL, "dW_hy", "db_y")
HOLES = ("dp_i", "dp_f", "dp_o")

_TABLE: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "the state after the step, not before it",
        "mixed_vectors",
        "delta.dot(states[k - 1].T)",
        "delta.dot(states[k].T)",
        ("dW_hh",),
    ),
    ("the loss is a mean, its gradient a sum", "list_histories", "        gp /= len(xs)\n", "", ALL),
    ("dc carried without the forget gate", "tuple_caches", "dc = dc * fg", "dc = dc", CELL),
    (
        "a word's rows overwrite each other",
        "embedding_lookup",
        'np.add.at(grads["emb"], words, d_E)',
        'grads["emb"][words] += d_E',
        ("dW_e",),
    ),
    ("tanh's slope taken of c itself", "last_word", "(1 - np.tanh(c) ** 2)", "(1 - c ** 2)", CELL),
    (
        "reset gate left out of the hidden side",
        "two_bias_gru",
        "grad_n * r)",
        "grad_n)",
        ("dW_xh", "dW_hh", "db_xh", "db_hh"),
    ),
    ("slope of the gates half missing", "bias_in_the_matrix", "(y * (1.0 - y)) *", "(1.0 - y) *", CELL),
    ("= for += on the bias", "grads_on_self", "self.db1 += dz", "self.db1 = dz", ("db_h",)),
    (
        "sent back through weights that are updated already",
        "optimiser_inside",
        "return below",
        "return grad @ self.W.T",
        CELL,
    ),
    (
        "matrix not transposed on the way back",
        "adding_script",
        ".dot(synapse_h.T)",
        ".dot(synapse_h)",
        ("dW_xh", "dW_hh"),
    ),
    ("no carry at all", "stateful", "(dhs[:, t, :] + dh)", "(dhs[:, t, :])", CELL),
    ("carry taken before the slope", "sliding_window", "dh = dz @ u.T", "dh = dh @ u.T", CELL),
    ("= for += on dc", "chunks", "dc = dc + dh * o", "dc = dh * o", CELL),
    ("reset gate left out of the carry", "clip_norm_gru", "dh*z + dhr*r +", "dh*z + dhr +", ALL),
    ("padding counts", "padded_batch", 'parts.append(p * step["m"])', "parts.append(p)", ALL),
    ("the output gate's look at c left out", "peepholes", "(1 - t * t) + co", "(1 - t * t)", (*CELL, *HOLES)),
    (
        "a tanh that the forward pass has not",
        "plain_cell_output",
        "dc = dc + dh * o",
        "dc = dc + dh * o * (1 - np.tanh(cn) ** 2)",
        CELL,
    ),
    (
        "the cell after the step, not before it",
        "forget_bias",
        "d_c * c * f * (1 - f)",
        "d_c * new_c * f * (1 - f)",
        CELL,
    ),
    ("reset gate left out, in columns", "gru_reset_after", '"n": da["n"] * s.r}', '"n": da["n"]}', CELL),
    ("no carry through the leak", "leaky_units", "lam = (1 - self.a) * lam + phi @ self.J", "lam = phi @ self.J", CELL),
    (
        "the lower layer gets the loss's gradient",
        "two_layers",
        "layer_bwd(g_upper[0],",
        "layer_bwd(e @ V.T,",
        ("dW_xh.0", "dW_hh.0", "db_h.0"),
    ),
    (
        "the wrong neighbour when read in reverse",
        "both_ways",
        "self.H[order[n - 1]] if n > 0 else self.first",
        "self.H.get(t - 1, self.first)",
        ("dW_hh.0.reverse",),
    ),
    (
        "a layer's own dc forgotten",
        "lstm_tower",
        "cell = dc[k] + total",
        "cell = total",
        tuple(n + k for n in CELL for k in (".0", ".1")),
    ),
    ("the update gate's sign", "closures_gru", "z_back(dh * (h - n))", "z_back(dh * (n - h))", CELL),
    ("histories off by one", "single_precision", "flat(hs[:-1]).T", "flat(hs[1:]).T", ("dW_hh",)),
    ("the new state in a recursion", "recursion", "dU + h.T @ d_pre", "dU + new.T @ d_pre", ("dW_hh",)),
    ("transposed in an einsum", "einsum_lstm", '"gbh,gkh->bk"', '"gbk,gkh->bh"', CELL),
    (
        "the step from h0 left out",
        "sequence_list",
        "np.vstack([h[-1], h[: T - 1]])",
        "np.vstack([0 * h[-1], h[: T - 1]])",
        ("dW_hh",),
    ),
    ("half of a gate's slope", "gru_trainer", "drhx[:H] * h * r * (1 - r)", "drhx[:H] * h * (1 - r)", CELL),
    (
        "brackets around the wrong sum",
        "global_lm",
        "(O.T @ dout + dh_next) * (1 - h * h)",
        "O.T @ dout * (1 - h * h) + dh_next",
        CELL,
    ),
    (
        "divided by one number too few",
        "row_arrays",
        "scale = 2.0 / (T * K)",
        "scale = 2.0 / T",
        ("dW_xh", "dW_hh", "dW_hy"),
    ),
    ("dh written over by the candidate's", "gru_script", "gh = gh * z + grh * r", "gh = grh * z + grh * r", CELL),
    (
        "the output layer's error twice",
        "coroutine_leaky",
        "deltas.append(p.v.T @ error)",
        "deltas.append(2 * p.v.T @ error)",
        CELL,
    ),
    (
        "only one direction reaches the layer below",
        "deep_both_ways",
        "d = found[0][0] + found[1][0]",
        "d = found[0][0]",
        tuple(n + k for n in ("dW_xh", "dW_hh", "db_xh", "db_hh") for k in (".0", ".0.reverse")),
    ),
    ("reset gate left out of one sum", "running_sums", 'q = p * r if name == "n" else p', "q = p", ("dW_hh",)),
    ("dc carried without the forget gate, in a script", "char_lstm_script", "dc_next = f * dc", "dc_next = dc", CELL),
    ("ReLU's slope of the step before", "given_above", "np.sign(self.hs[t + 1])", "np.sign(self.hs[t])", CELL),
    ("the whole state where the reset one was used", "centred_axis", "dn @ (r * h).T", "dn @ h.T", ("dW_hh",)),
    (
        "brackets around the wrong product",
        "global_sgd",
        "dh = (dh + d @ Wout.T) * (1",
        "dh = dh + d @ Wout.T * (1",
        CELL,
    ),
)
"""What is wrong, in which program, the text and what it becomes, which gradients are wrong by it."""

BESIDE = {
    "adding_script": "adding_script_case",
    "global_lm": "global_lm_case",
    "gru_script": "gru_script_case",
    "char_lstm_script": "char_lstm_script_case",
}
"""Case files that stand beside their program."""

MUTATED = tuple(
    Mutation(what, BESIDE.get(program, program), program, old, new, wrong) for what, program, old, new, wrong in _TABLE
)
