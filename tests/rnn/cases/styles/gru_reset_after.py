import numpy as np
from collections import namedtuple

Step = namedtuple("Step", "x h r z cand inner")


class GRU:
    """z is the share of the new state; the reset gate multiplies U_n h. Columns; one sequence."""

    def __init__(self, Wr, Wz, Wn, Ur, Uz, Un, br, bz, bn):
        self.W = dict(r=Wr, z=Wz, n=Wn)
        self.U = dict(r=Ur, z=Uz, n=Un)
        self.b = dict(r=br, z=bz, n=bn)

    def lin(self, k, x, h):
        return self.W[k] @ x + self.U[k] @ h + self.b[k]

    def forward(self, xs, h):
        tape = []
        for x in xs:
            r = 1 / (1 + np.exp(-self.lin("r", x, h)))
            z = 1 / (1 + np.exp(-self.lin("z", x, h)))
            inner = self.U["n"] @ h
            cand = np.tanh(self.W["n"] @ x + self.b["n"] + r * inner)
            tape.append(Step(x, h, r, z, cand, inner))
            h = (1 - z) * h + z * cand
        return tape, h

    def backward(self, tape, dhs):
        dW, dU, db = ({k: np.zeros_like(v) for k, v in d.items()} for d in (self.W, self.U, self.b))
        dh = np.zeros_like(tape[0].h)
        for s, extra in zip(reversed(tape), reversed(dhs)):
            dh = dh + extra
            da = {"n": dh * s.z * (1 - s.cand ** 2), "z": dh * (s.cand - s.h) * s.z * (1 - s.z)}
            da["r"] = da["n"] * s.inner * s.r * (1 - s.r)
            into_h = {"r": da["r"], "z": da["z"], "n": da["n"] * s.r}
            dh = dh * (1 - s.z)
            for k in "rzn":
                dW[k] += da[k] @ s.x.T
                db[k] += da[k]
                dU[k] += into_h[k] @ s.h.T
                dh = dh + self.U[k].T @ into_h[k]
        return dW, dU, db, dh


CASE = dict(title="GRU in columns, reset after the product, z takes the new state", cell="gru", reset="after", update="new",
            gates="separate", weights="out,in", bias="column", x="T,D1", loss="upstream", output_layer=False, counted="all")

def run(problem):
    net = GRU(*(problem.params[kind + gate] for kind in ("W_x", "W_h", "b_") for gate in "rzn"))
    tape, _ = net.forward(problem.x, problem.h0)
    *grads, dh0 = net.backward(tape, problem.dh)
    found = {"d" + kind + k: g[k] for kind, g in zip(("W_x", "W_h", "b_"), grads) for k in "rzn"}
    return dict(found, dh0=dh0)
