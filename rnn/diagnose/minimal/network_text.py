"""The declared network as jax.numpy text: inputs and initial states from the code's arrays, all layers, the loss, its gradient."""

from __future__ import annotations

from ...arrays import base_of
from ...cases.axes import Axes
from ...cases.layout import Layout
from ...errors import InputError
from ...problem import Problem
from .equations import loss_line, step_text, weights_text

SINGLE = '''def forward(p):
    """y (T, B, K) of all steps."""
    rows, w, state, hs = INPUTS, weights(p), STARTS, []
    for t in range(T):
        state = step(w, state, rows[t])
        hs.append(state[0])
    return OUTPUT
'''

LAYERED = '''def layer(p, end, rows, state):
    """h (T, B, H) of one layer and direction."""
    w, hs = weights(p, end), [None] * T
    for t in reversed(range(T)) if end.endswith("reverse") else range(T):
        state = step(w, state, rows[t])
        hs[t] = state[0]
    return jnp.stack(hs)


def forward(p):
    """y (T, B, K) of all steps."""
    below, starts = INPUTS, STARTS
    for ends in LAYERS:
        below = jnp.concatenate([layer(p, end, below, starts[end]) for end in ends], axis=-1)
    return OUTPUT
'''

STEPWISE = '''def steps(p, states, first, last):
    """The top layer's h of some steps, from the states before them, and the states after them."""
    rows, hs = INPUTS, []
    for t in range(first, last):
        below = rows[t]
        for end in states:
            states = {**states, end: step(weights(p, end), states[end], below)}
            below = states[end][0]
        hs.append(below)
    return hs, states


'''

CHUNKED = (
    STEPWISE
    + '''def forward(p):
    """y (T, B, K) of all steps; nothing is carried back over every LENGTH-th step."""
    hs, states = [], STARTS
    for first in range(0, T, LENGTH):
        some, states = steps(p, states, first, min(first + LENGTH, T))
        hs, states = hs + some, jax.lax.stop_gradient(states)
    return OUTPUT
'''
)

SLIDING = (
    STEPWISE
    + '''def forward(p):
    """y (T, B, K) of all steps; each reaches back LENGTH steps, its own counted."""
    starts = STARTS
    before = [starts]  # the states before every step
    for t in range(T):
        before.append(steps(p, before[t], t, t + 1)[1])
    hs = []
    for t in range(T):
        first = max(0, t - LENGTH + 1)
        states = jax.lax.stop_gradient(before[first]) if first else starts
        hs.append(steps(p, states, first, t + 1)[0][-1])
    return OUTPUT
'''
)


def to_ours(text: str, axes: Axes, own: str, width: str) -> str:
    """The expression of an array with our axes, from one with the code's.

    Args: text: the expression. axes: of the code's array, lists stacked. own: our axes. width: the name of the size of D.
    """
    letters = axes.letters.replace("1", "")
    if letters != axes.letters:
        names = [width if letter == "D" else letter for letter in letters]
        text = f"{text}.reshape({', '.join(names)})" if names else f"{text}.reshape(())"
    order = tuple(letters.index(letter) for letter in own if letter in letters)
    if order != tuple(range(len(order))):
        text = f"{text}.transpose{order}"
    if len(order) < len(own):
        text += f"[{', '.join(':' if letter in letters else 'None' for letter in own)}]"
    return text


def _inputs(problem: Problem, layout: Layout) -> str:
    tokens = problem.settings.ids or problem.network.embedding
    axes, own = layout.axes_of("x", rows=not layout.ids)
    if not layout.ids:
        if tokens and problem.network.embedding:
            raise InputError("an embedding of rows that are no token ids is not written as a minimal case")
        return to_ours('p["x"]', axes, own, "D")
    ids = to_ours("jnp.asarray(x)", axes, own, "D")
    if not problem.network.embedding:
        return f"jax.nn.one_hot({ids}, D)"
    if layout.is_transposed("W_e"):
        raise InputError("an embedding that is kept (width, tokens) is not written as a minimal case")
    return f'p["W_e"][{ids}]'


def _state(problem: Problem, layout: Layout, suffix: str) -> str:
    """The initial state of one layer and direction, a tuple."""
    parts = []
    for name in problem.starts:
        if base_of(name)[1] == suffix:
            axes, own = layout.axes_of(name)
            parts.append(to_ours(f'p["{name}"]', axes, own, "H"))
    return f"({', '.join(parts)},)" if len(parts) == 1 else f"({', '.join(parts)})"


def _output(problem: Problem, layout: Layout, rows: str) -> str:
    if not problem.network.output_layer:
        return rows
    matrix = 'p["W_hy"].T' if layout.is_transposed("W_hy") else 'p["W_hy"]'
    bias = ' + p["b_y"].reshape(-1)' if "b_y" in problem.parameters else ""
    return f"{rows} @ {matrix}{bias}"


def _forward(problem: Problem, layout: Layout) -> str:
    network, truncation = problem.network, problem.settings.truncation
    if truncation and truncation[1] >= problem.sizes["T"]:
        truncation = None
    suffixes = [unit.suffix for unit in network.units]
    plain = len(suffixes) == 1 and truncation is None
    text = {None: SINGLE if plain else LAYERED, "chunked": CHUNKED, "sliding": SLIDING}[truncation and truncation[0]]
    if plain:
        starts = _state(problem, layout, "")
    else:
        starts = "{" + ", ".join(f'"{suffix}": {_state(problem, layout, suffix)}' for suffix in suffixes) + "}"
    if suffixes == [""]:
        text = text.replace("weights(p, end)", "weights(p)")
    rows = "below" if "LAYERS" in text else "jnp.stack(hs)"
    count = network.directions
    layers = [suffixes[k : k + count] for k in range(0, len(suffixes), count)]
    parts = {
        "INPUTS": _inputs(problem, layout),
        "STARTS": starts,
        "OUTPUT": _output(problem, layout, rows),
        "LAYERS": repr(layers).replace("'", '"'),
        "LENGTH": str(truncation[1]) if truncation else "",
    }
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text


def _target(problem: Problem, layout: Layout) -> str:
    """The expression of the target (T, B, K); of the last step alone it is (1, B, K), which is as good where one step counts."""
    ids = problem.target.ndim == 2 and layout.target != "rows"
    axes, own = layout.axes_of("target", rows=not ids)
    if layout.target == "last":
        axes = axes.without("T")
        text = to_ours("jnp.asarray(target)", axes, own.replace("T", ""), "K") + "[None]"
    else:
        text = to_ours("jnp.asarray(target)", axes, own, "K")
    return f"jax.nn.one_hot({text}, K)" if ids else text


def _clip(problem: Problem, layout: Layout) -> str:
    """Lines that clip the gradients of the parameters as declared."""
    if problem.settings.clip is None:
        return ""
    kind, limit = problem.settings.clip
    if kind == "value":
        return f"    found |= {{name: jnp.clip(found[name], -{limit}, {limit}) for name in params}}\n"
    if kind == "norm_each":
        if any(len(part.rows) > 1 for part in layout.parts(problem.parameters)) or layout.packing.separate:
            raise InputError(
                "gradients that are clipped each by its own norm, of matrices that are kept otherwise, are not written"
            )
        return (
            f"    shrink = {{name: jnp.minimum(1, {limit} / jnp.linalg.norm(found[name].reshape(-1))) for name in params}}\n"
            "    found |= {name: found[name] * shrink[name] for name in params}\n"
        )
    return (
        f"    norm = jnp.sqrt(sum((found[name] ** 2).sum() for name in params))\n"
        f"    found |= {{name: found[name] * jnp.minimum(1, {limit} / norm) for name in params}}\n"
    )


def network_text(problem: Problem, layout: Layout) -> str:
    """Everything between the code's arrays and the right gradients in their form.

    Raises:
        InputError: a layout that is not written down.
    """
    line = loss_line(problem)
    counts = "    counts = jnp.asarray(COUNTS)\n" if "counts" in line else ""
    loss = (
        'def loss(p):\n    """The declared loss, from the arrays as the code keeps them."""\n'
        f"    y, target_rows = forward(p), {_target(problem, layout)}\n{counts}"
        f"    return {line.replace('target', 'target_rows')}\n"
    )
    right = (
        'def right_gradients():\n    """What JAX makes of it, in float64, by the names that the code returns."""\n'
        "    found = jax.grad(loss)(ARRAYS)\n"
        + _clip(problem, layout)
        + '    return {f"d{name}": np.asarray(found[name]) for name in ARRAYS}\n'
    )
    return "\n\n".join(
        (step_text(problem.network), weights_text(problem, layout), _forward(problem, layout), loss, right)
    )
