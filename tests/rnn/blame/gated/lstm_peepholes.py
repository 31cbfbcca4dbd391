"""A class with everything on self: weights, histories and gradients; the gates see the cell."""

import numpy as np

CASE = dict(
    title="LSTM class with peepholes, everything on self",
    cell="lstm", peepholes=True, loss="half_squared_error", x="TBD", weights="in,out", counted="all",
    settings=dict(steps=5, batch=2, inputs=4, hidden=5, outputs=3, seed=35),
)


def logistic(v):
    return 1 / (1 + np.exp(-v))


class PeepholeLSTM:
    def __init__(self, W_x, W_h, b, p, W_y, b_y):
        self.W_x, self.W_h, self.b, self.p = W_x, W_h, b, p
        self.W_y, self.b_y = W_y, b_y

    def pre(self, gate, x, h):
        return x @ self.W_x[gate] + h @ self.W_h[gate] + self.b[gate]

    def forward(self, X, h0, c0):
        self.X = X
        self.h, self.c = [h0], [c0]
        self.i, self.f, self.g, self.o, self.y = [], [], [], [], []
        for x in X:
            h, c = self.h[-1], self.c[-1]
            i = logistic(self.pre("i", x, h) + self.p["i"] * c)
            f = logistic(self.pre("f", x, h) + self.p["f"] * c)
            g = np.tanh(self.pre("g", x, h))
            c = f * c + i * g
            o = logistic(self.pre("o", x, h) + self.p["o"] * c)
            self.i.append(i)
            self.f.append(f)
            self.g.append(g)
            self.o.append(o)
            self.c.append(c)
            self.h.append(o * np.tanh(c))
            self.y.append(self.h[-1] @ self.W_y + self.b_y)

    def backward(self, target):
        self.dW_x = {k: np.zeros_like(w) for k, w in self.W_x.items()}
        self.dW_h = {k: np.zeros_like(w) for k, w in self.W_h.items()}
        self.db = {k: np.zeros_like(w) for k, w in self.b.items()}
        self.dp = {k: np.zeros_like(w) for k, w in self.p.items()}
        self.dW_y, self.db_y = np.zeros_like(self.W_y), np.zeros_like(self.b_y)
        self.dx = np.zeros_like(self.X)
        dh_next, dc_next = np.zeros_like(self.h[0]), np.zeros_like(self.c[0])
        for t in range(len(self.X) - 1, -1, -1):
            i, f, g, o = self.i[t], self.f[t], self.g[t], self.o[t]
            c_prev, c, h_prev, h = self.c[t], self.c[t + 1], self.h[t], self.h[t + 1]
            dy = self.y[t] - target[t]
            self.dW_y += h.T @ dy
            self.db_y += dy.sum(axis=0)
            dh = dy @ self.W_y.T + dh_next
            tc = np.tanh(c)
            da = {"o": dh * tc * o * (1 - o)}
            dc = dh * o * (1 - tc ** 2) + dc_next
            dc += da["o"] * self.p["o"]
            da["i"] = dc * g * i * (1 - i)
            da["f"] = dc * c_prev * f * (1 - f)
            da["g"] = dc * i * (1 - g ** 2)
            dc_next = dc * f
            dc_next += da["i"] * self.p["i"]
            dc_next += da["f"] * self.p["f"]
            self.dp["i"] += (da["i"] * c_prev).sum(axis=0)
            self.dp["f"] += (da["f"] * c_prev).sum(axis=0)
            self.dp["o"] += (da["o"] * c).sum(axis=0)
            dh_next = np.zeros_like(dh)
            for k in "ifgo":
                self.dW_x[k] += self.X[t].T @ da[k]
                self.dW_h[k] += h_prev.T @ da[k]
                self.db[k] += da[k].sum(axis=0)
                self.dx[t] += da[k] @ self.W_x[k].T
                dh_next += da[k] @ self.W_h[k].T
        self.dh0, self.dc0 = dh_next, dc_next


def run(problem):
    p = problem.params
    by_gate = [dict(zip("ifgo", np.split(p[name], 4, axis=-1))) for name in ("W_xh", "W_hh", "b_h")]
    net = PeepholeLSTM(*by_gate, {k: p["p_" + k] for k in "ifo"}, p["W_hy"], p["b_y"])
    net.forward(problem.x, problem.states["h0"], problem.states["c0"])
    net.backward(problem.target)
    dW_xh, dW_hh, db_h = (np.concatenate([d[k] for k in "ifgo"], axis=-1) for d in (net.dW_x, net.dW_h, net.db))
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=net.dW_y, db_y=net.db_y, dp_i=net.dp["i"], dp_f=net.dp["f"],
                dp_o=net.dp["o"], dx=net.dx, dh0=net.dh0, dc0=net.dc0)
