import numpy as np

class Model:
    def __init__(self, **w):
        self.__dict__.update(w)
        self.names = sorted(w)

    def fit_step(self, x, t, h):
        hs = [h]
        for k in range(x.shape[1]):
            hs.append(np.tanh(x[:, k] @ self.Wx + hs[-1] @ self.Wh + self.bh))
        out = np.stack([h @ self.Wo + self.bo for h in hs[1:]], axis=1)
        dout = out - t
        g = {n: np.zeros(getattr(self, n).shape) for n in self.names}
        acc = np.zeros_like(h)
        for k in range(x.shape[1])[::-1]:
            g["Wo"] += hs[k + 1].T @ dout[:, k]
            g["bo"] += dout[:, k].sum(axis=0, keepdims=True)
            acc += dout[:, k] @ self.Wo.T
            acc *= 1 - hs[k + 1] ** 2
            g["Wx"] += x[:, k].T @ acc
            g["Wh"] += hs[k].T @ acc
            g["bh"] += acc.sum(axis=0, keepdims=True)
            acc = acc @ self.Wh.T
        return 0.5 * np.square(dout).sum(), [np.minimum(np.maximum(g[n], -0.5), 0.5) for n in self.names]

CASE = dict(title="gradients limited to +-0.5, biases as rows", cell="rnn", x="BTD", bias="row", clip=("value", 0.5),
            loss="half_squared_error", counted="all")
NAMES = dict(Wx="W_xh", Wh="W_hh", Wo="W_hy", bh="b_h", bo="b_y")

def run(problem):
    model = Model(**problem.named(**NAMES))
    loss, found = model.fit_step(problem.x, problem.target, problem.h0)
    return dict({"d" + NAMES[n]: g for n, g in zip(model.names, found)}, loss=loss)
