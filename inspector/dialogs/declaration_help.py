"""What the keys of CASE mean, for the form; a key that is not listed is explained by the guide alone."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "cell": ("The network's cell", ""),
    "activation": ("The function f in h = f(a)", ""),
    "loss": ("The loss your backward pass starts from", ""),
    "x": ("Layout of everything per step: T time, B batch, D features, 1 an axis of one; a comma makes lists", '"TBD"'),
    "weights": ("Orientation of your matrices: x W (in,out), or W x (out,in)", ""),
    "h0": ("Whether your code takes an initial state, or starts from zero", ""),
    "c0": ("Whether an LSTM of yours takes an initial c, or starts from zero; with h0 zero it does", ""),
    "biases": ("Whether your code has biases; not given: as the problem has it", ""),
    "output_layer": ("Whether your code has y = h W_hy + b_y; not given: as the problem has it", ""),
    "dtype": ("The precision, if your code can do only one", ""),
    "built_in": ("No code of yours: the program's own backward pass is checked", ""),
    "title": ("One line for lists and the window's title", '"My network"'),
    "sizes": ("Sizes that your code fixes", "dict(H=4)"),
    "settings": ("What to start with", "dict(steps=20, seed=3)"),
    "matches": ("Which quantity an array of yours stands for", 'dict(dhraw="da")'),
    "declared": ("Sentences shown with the result: conventions that are no mistakes", '["the loss is summed"]'),
    "layouts": ("Layouts of single arrays that differ from x", 'dict(target="TD", h0="BD")'),
    "ids": ("Whether x comes as whole-number ids instead of rows", ""),
    "embedding": ("Whether ids look up rows of a matrix W_e", ""),
    "target": ("How targets come: as ids, as rows, or of the last step alone", ""),
    "gates": ("Order of the gates in your matrices, or separate matrices", '"ifog"'),
    "stacked": ("Whether one matrix acts on [x; h] (xh) or [h; x] (hx)", ""),
    "bias": ("Shape of your biases, or their place in a stacked matrix", ""),
    "reset": ("Where the GRU's reset gate acts: before or after the product with W_hn", ""),
    "update": ("What the GRU's update gate keeps: the old state (keep) or the new one (new)", ""),
    "cell_tanh": ("Whether the LSTM's h is o act(c), or o c", ""),
    "peepholes": ("Whether the LSTM's gates see c", ""),
    "forget_bias": ("A number added to the LSTM's forget gate", "1.0"),
    "two_biases": ("Whether there are two biases, b_xh and b_hh", ""),
    "leak": ("How much of the new state a leaky cell takes at each step", "0.3"),
    "layers": ("Number of layers", "2"),
    "bidirectional": ("Whether a second pass reads the sequence backward", ""),
    "truth": ("Whether JAX is the truth, or central differences of the loss that run returns", ""),
    "step": ("The function of the file that is the JAX step of a cell of your own", "step"),
    "parameters": ("Shapes of the parameters of a cell of your own", "{'W_f': ('D', 'H'), 'b_f': ('H',)}"),
    "states": ("States that a cell of your own carries from step to step", "('h', 'c')"),
    "taps": ("Intermediates of a JAX step whose gradients are compared", "('a_f',)"),
    "counted": ("Which steps count in your loss; given: those that loss_weights say", ""),
    "truncation": ("Where your backward pass is cut in time", '("chunked", 20)'),
    "clip": ("How your gradients are clipped", '("norm", 5.0)'),
}
"""A sentence, and an example of what can be typed where there is nothing to choose from."""

UNKNOWN = ("See the guide, page \u201cYour own case\u201d", "")


def help_of(name: str) -> tuple[str, str]:
    """The sentence and the example of a key."""
    return HELP.get(name, UNKNOWN)
