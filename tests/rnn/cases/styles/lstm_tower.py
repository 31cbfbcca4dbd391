"""A tower of LSTMs in one loop over time: every step goes up through all layers, and down through all in reverse."""
import numpy as np


def act(z, n):
    s = 1 / (1 + np.exp(-z[:, : 3 * n]))
    return s[:, :n], s[:, n : 2 * n], s[:, 2 * n :], np.tanh(z[:, 3 * n :])


class Tower:
    def __init__(self, layers, V, b):
        self.layers, self.V, self.b = layers, V, b

    def forward(self, x, h, c):
        h, c = list(h), list(c)
        self.trace, out = [], []
        for x_t in x:
            row, inp = [], x_t
            for k, L in enumerate(self.layers):
                i, f, o, g = act(np.hstack([h[k], inp]) @ L["W"] + L["b"], h[k].shape[1])
                new_c = f * c[k] + i * g
                row.append((np.hstack([h[k], inp]), c[k], i, f, o, g, new_c))
                h[k], c[k] = o * np.tanh(new_c), new_c
                inp = h[k]
            self.trace.append((row, inp))
            out.append(inp @ self.V + self.b)
        return np.array(out)

    def backward(self, dout):
        G = [{n: np.zeros_like(v) for n, v in L.items()} for L in self.layers]
        dV, db = np.zeros_like(self.V), np.zeros_like(self.b)
        n = [len(L["b"]) // 4 for L in self.layers]
        dh = [0.0] * len(self.layers)
        dc = [0.0] * len(self.layers)
        for (row, top), d in zip(self.trace[::-1], dout[::-1]):
            dV += top.T @ d
            db += d.sum(0)
            down = d @ self.V.T
            for k in reversed(range(len(self.layers))):
                stacked, c_old, i, f, o, g, c_new = row[k]
                total = dh[k] + down
                th = np.tanh(c_new)
                cell = dc[k] + total * o * (1 - th ** 2)
                dz = np.hstack([cell * g * i * (1 - i), cell * c_old * f * (1 - f), total * th * o * (1 - o), cell * i * (1 - g ** 2)])
                G[k]["W"] += stacked.T @ dz
                G[k]["b"] += dz.sum(0)
                back = dz @ self.layers[k]["W"].T
                dh[k], down, dc[k] = back[:, : n[k]], back[:, n[k] :], cell * f
        return G, dV, db


CASE = dict(title="two LSTM layers in one loop, [h; x], gates i f o g", cell="lstm", layers=2, gates="ifog", stacked="hx",
            loss="mean_squared_error", counted="all")

def run(problem):
    p, s = problem.params, problem.states
    net = Tower([problem.named(W="W.0", b="b_h.0"), problem.named(W="W.1", b="b_h.1")], p["W_hy"], p["b_y"])
    y = net.forward(problem.x, [s["h0.0"], s["h0.1"]], [s["c0.0"], s["c0.1"]])
    G, dV, db = net.backward(2 * (y - problem.target) / y.size)
    return {"dW.0": G[0]["W"], "db_h.0": G[0]["b"], "dW.1": G[1]["W"], "db_h.1": G[1]["b"], "dW_hy": dV, "db_y": db, "y": y}
