"""Style: an object that is called once a step. Cell: GRU, gradient from above given.

`forward(x_t)` remembers what the step needs later; `backward(dh_t)` is called for the same steps in reverse order, adds
to the gradients in a dictionary and carries its own dh; `reset` starts a new sequence. The update gate z says how much
of the new state is taken.
"""

import numpy as np


def sigmoid(a):
    """Logistic function."""
    return 1 / (1 + np.exp(-a))


class GRUCell:
    """A gated recurrent unit with a matrix for every gate; rows are samples."""

    def __init__(self, inputs, hidden, seed=0):
        rng = np.random.default_rng(seed)
        self.params = {}
        for gate in "rzn":
            self.params["W" + gate] = rng.normal(0, inputs**-0.5, (inputs, hidden))
            self.params["U" + gate] = rng.normal(0, hidden**-0.5, (hidden, hidden))
            self.params["b" + gate] = np.zeros(hidden)

    def reset(self, h0):
        """Forget the sequence and its gradients; h0 is (batch, hidden)."""
        self.h, self.dh, self.tape = h0, np.zeros_like(h0), []
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def forward(self, x):
        """The next hidden state, from x (batch, inputs)."""
        p, h = self.params, self.h
        r = sigmoid(x @ p["Wr"] + h @ p["Ur"] + p["br"])
        z = sigmoid(x @ p["Wz"] + h @ p["Uz"] + p["bz"])
        n = np.tanh(x @ p["Wn"] + (r * h) @ p["Un"] + p["bn"])
        self.tape.append((x, h, r, z, n))
        self.h = (1 - z) * h + z * n
        return self.h

    def backward(self, dh_out):
        """The gradient of x; dh_out comes from above, the rest from the step after this one."""
        p = self.params
        x, h, r, z, n = self.tape.pop()
        dh = dh_out + self.dh
        dan = dh * z * (1 - n**2)
        daz = dh * (n - h) * z * (1 - z)
        drh = dan @ p["Un"].T
        dar = drh * h * r * (1 - r)
        self.dh = dh * (1 - z) + drh * r + daz @ p["Uz"].T + dar @ p["Ur"].T
        for gate, da, state in (("r", dar, h), ("z", daz, h), ("n", dan, r * h)):
            self.grads["W" + gate] += x.T @ da
            self.grads["U" + gate] += state.T @ da
            self.grads["b" + gate] += da.sum(axis=0)
        return dar @ p["Wr"].T + daz @ p["Wz"].T + dan @ p["Wn"].T


# The rest plugs the program above into bptt-inspector.
CASE = dict(title="step objects: GRU, gradients in a dictionary", cell="gru", update="new",
            loss="upstream", output_layer=False, counted="all", gates="separate",
            settings=dict(steps=6, batch=3, inputs=4, hidden=5))
NAMES = dict(Wr="W_xr", Ur="W_hr", br="b_r", Wz="W_xz", Uz="W_hz", bz="b_z", Wn="W_xn", Un="W_hn", bn="b_n")


def run(problem):
    cell = GRUCell(problem.D, problem.H)
    cell.params = problem.named(**NAMES)
    cell.reset(problem.h0)
    problem.step_by_step(cell.forward, cell.backward)
    return dict(problem.take(cell.grads, prefix="", **NAMES), dh0=cell.dh)
