"""The declared forward pass as a few lines of jax.numpy, on arrays as the user's code keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from ...arrays import base_of
from ...cases.layout import Layout
from ...cases.packing import BIASES, STEMS
from ...errors import InputError
from ...losses import LOSSES
from ...network import Network
from ...problem import Problem

ACTIVATION = {"tanh": "jnp.tanh(", "relu": "jax.nn.relu(", "sigmoid": "sigmoid(", "identity": "("}

SIGMOID = """def sigmoid(a):
    return 1 / (1 + jnp.exp(-a))
"""

STEPS = {
    "rnn": """def step(w, state, x):
    (h,) = state
    a = x @ w["x"] + h @ w["h"] + w["b"]
    return (ACT(a),)
""",
    "leaky": """def step(w, state, x):
    (h,) = state
    a = x @ w["x"] + h @ w["h"] + w["b"]
    return ((1 - LEAK) * h + LEAK * ACT(a),)
""",
    "lstm": """def step(w, state, x):
    h, c = state
    a = {k: x @ w["x" + k] + h @ w["h" + k] + w["b" + k] for k in "ifgo"}
EXTRA    c = sigmoid(a["f"]) * c + sigmoid(a["i"]) * ACT(a["g"])
    o = sigmoid(a["o"]PEEP)
    return o * ACTC(c), c
""",
    "gru": """def step(w, state, x):
    (h,) = state
    r, z = (sigmoid(x @ w["x" + k] + h @ w["h" + k] + w["b" + k]) for k in "rz")
    n = ACT(x @ w["xn"] + w["bn"] + INNER)
    return (MIX,)
""",
}
"""One step of each cell: weights w, states before, input (B, n) -> states after, h first."""


def step_text(network: Network) -> str:
    """The function `step` of the declared cell."""
    options, text = dict(network.options), STEPS[network.cell]
    if network.cell == "lstm":
        extra = f'    a["f"] = a["f"] + {options["forget_bias"]}\n' if options.get("forget_bias") else ""
        if options.get("peepholes"):
            extra += '    a["i"], a["f"] = a["i"] + c * w["pi"], a["f"] + c * w["pf"]\n'
        text = text.replace("EXTRA", extra).replace("PEEP", ' + c * w["po"]' if options.get("peepholes") else "")
        on_cell = options.get("cell_tanh", True)
        text = text.replace("ACTC(c)", f"{ACTIVATION[network.activation]}c)" if on_cell else "c")
    if network.cell == "gru":
        after = options.get("reset", "before") == "after"
        second = ' + w["cn"]' if options.get("two_biases") else ""
        inner = f'r * (h @ w["hn"]{second})' if after else f'(r * h) @ w["hn"]{second}'
        mix = "z * n + (1 - z) * h" if options.get("update") == "new" else "(1 - z) * n + z * h"
        text = text.replace("INNER", inner).replace("MIX", mix)
    if options.get("two_biases"):
        text = text.replace('+ w["b"]', '+ w["b"] + w["c"]').replace('+ w["b" + k]', '+ w["b" + k] + w["c" + k]')
    text = text.replace("LEAK", str(options.get("leak", 0.3)))
    text = text.replace("ACT(", ACTIVATION[network.activation])
    return f"{SIGMOID}\n\n{text}" if "sigmoid(" in text else text


def _matrix(layout: Layout, names: Sequence[str], key: str) -> str:
    """The expression of a matrix (in, out); `names`: of all units' arrays that the key stands for."""
    turned = {layout.is_transposed(name) for name in names}
    if len(turned) > 1:
        raise InputError(
            "the matrices of the layers or gates lie differently in memory, which a minimal case can't write down"
        )
    return f"p[{key}].T" if turned.pop() else f"p[{key}]"


def weights_text(problem: Problem, layout: Layout) -> str:
    """The function `weights`: matrices (in, out) and biases of one layer, gate by gate, from the arrays of the code."""
    packing, network = layout.packing, problem.network
    gates = network.cell_object.gates
    suffixes = [unit.suffix for unit in network.units]
    present = [name for name in problem.parameters if base_of(name)[1] == suffixes[0]]
    biases = [bias for bias in BIASES if bias + suffixes[0] in present]
    separate, end = packing.separate, " + end" if suffixes[0] else ""
    lines: list[str] = []

    def key(stem: str) -> tuple[str, list[str]]:
        """The text of a key, and all names that it stands for."""
        whole, head = STEMS[stem]
        letters = gates if separate else ("",)
        names = [(head + letter if separate else whole) + suffix for letter in letters for suffix in suffixes]
        return (f'"{head}" + k{end}' if separate else f'"{whole}"{end}'), names

    if packing.stacked:
        text, names = key("W")
        lines.append(f"W = {_matrix(layout, names, text)}")
        if packing.bias in ("first", "last") and biases:
            lines.append("W, b = W[1:], W[0]" if packing.bias == "first" else "W, b = W[:-1], W[-1]")
            biases = []
        lines.append("W_x, W_h = W[:-H], W[-H:]" if packing.stacked == "xh" else "W_x, W_h = W[H:], W[:H]")
        has_bias = "b_h" + suffixes[0] in present
    else:
        for short, stem in (("W_x", "W_xh"), ("W_h", "W_hh")):
            text, names = key(stem)
            lines.append(f"{short} = {_matrix(layout, names, text)}")
        has_bias = bool(biases)
    for bias in biases:
        text, _ = key(bias)
        lines.append(f"{'c' if bias == 'b_hh' else 'b'} = p[{text}].reshape(-1)")
    if not has_bias:
        lines.append("b = 0.0")
    found = ["W_x", "W_h", "b", *(["c"] if "b_hh" in biases else [])]
    return _gathered(
        network, lines, found, "".join(packing.order if packing.blocks else gates), separate, has_bias, end
    )


def _gathered(
    network: Network, lines: list[str], found: list[str], order: str, separate: bool, has_bias: bool, end: str
) -> str:
    """The text of `weights` from the lines that take one set of arrays apart, and the names that they give."""
    head = f"def weights(p{', end' if end else ''}):\n"
    head += '    """Matrices (in, out) and biases by gate, from the arrays as the code keeps them."""\n    w = {}\n'
    short = {"W_x": "x", "W_h": "h", "b": "b", "c": "c"}
    gates = "".join(network.cell_object.gates)
    if not gates:
        body = [*lines, *(f'w["{short[name]}"] = {name}' for name in found)]
    elif separate:
        body = [f'for k in "{gates}":', *(f"    {line}" for line in lines)]
        body += [f'    w["{short[name]}" + k] = {name}' for name in found]
    else:
        body = [*lines, f'for n, k in enumerate("{order}"):', "    block = slice(n * H, (n + 1) * H)"]
        for name in found:
            piece = f"{name}[:, block]" if name.startswith("W") else f"{name}[block]" if has_bias else name
            body.append(f'    w["{short[name]}" + k] = {piece}')
    if dict(network.options).get("peepholes"):
        body += ['for k in "ifo":', f'    w["p" + k] = p["p_" + k{end}].reshape(-1)']
    return head + "".join(f"    {line}\n" for line in body) + "    return w\n"


LOSS = {
    "half_squared_error": "0.5 * ((y - target) ** 2).sum(-1)",
    "mean_squared_error": "((y - target) ** 2).mean(-1)",
    "softmax_cross_entropy": "-(target * jax.nn.log_softmax(y)).sum(-1)",
    "logistic": "(jnp.logaddexp(y, 0) - target * y).sum(-1)",
    "upstream": "(y * target).sum(-1)",
}
"""The loss of every step and sample (T, B)."""


def loss_line(problem: Problem) -> str:
    """The expression of the whole loss."""
    each = LOSS[problem.loss.removesuffix("_mean") if problem.loss not in LOSS else problem.loss]
    plain = bool((problem.loss_weights == 1).all())
    if LOSSES[problem.loss].mean:
        return f"({each}).mean()" if plain else f"(counts * {each}).sum() / counts.sum()"
    return f"({each}).sum()" if plain else f"(counts * {each}).sum()"
