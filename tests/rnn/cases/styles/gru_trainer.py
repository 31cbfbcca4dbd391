"""GRU regression; train_step changes the weights and gives back only the error."""
import numpy as np


class GruTrainer:
    def __init__(self, size_in, size_hid, size_out, eta):
        r = np.random.RandomState(3)
        self.eta = eta
        self.Wz, self.Wr, self.Wc = [r.randn(size_hid, size_in + size_hid) * 0.1 for _ in range(3)]
        self.bz, self.br, self.bc = [np.zeros((size_hid, 1)) for _ in range(3)]
        self.Wo, self.bo = r.randn(size_out, size_hid) * 0.1, np.zeros((size_out, 1))

    def train_step(self, columns, wanted):
        sig = lambda v: 1 / (1 + np.exp(-v))
        h = np.zeros((len(self.bz), 1))
        past, error = [], 0.0
        for x, w in zip(columns, wanted):
            hx = np.vstack((h, x))
            z, r = sig(self.Wz @ hx + self.bz), sig(self.Wr @ hx + self.br)
            rhx = np.vstack((r * h, x))
            c = np.tanh(self.Wc @ rhx + self.bc)
            nh = (1 - z) * h + z * c
            y = self.Wo @ nh + self.bo
            past.append((h, hx, z, r, rhx, c, nh, y - w))
            error += 0.5 * float(((y - w) ** 2).sum())
            h = nh
        step = {n: np.zeros_like(getattr(self, n)) for n in ("Wz", "Wr", "Wc", "bz", "br", "bc", "Wo", "bo")}
        dh = np.zeros_like(h)
        H = len(h)
        while past:
            h, hx, z, r, rhx, c, nh, e = past.pop()
            step["Wo"] += e @ nh.T
            step["bo"] += e
            dh = dh + self.Wo.T @ e
            dc = dh * z * (1 - c * c)
            dz = dh * (c - h) * z * (1 - z)
            drhx = self.Wc.T @ dc
            dr = drhx[:H] * h * r * (1 - r)
            step["Wc"] += dc @ rhx.T
            step["Wz"] += dz @ hx.T
            step["Wr"] += dr @ hx.T
            step["bc"] += dc
            step["bz"] += dz
            step["br"] += dr
            dh = dh * (1 - z) + drhx[:H] * r + (self.Wz.T @ dz + self.Wr.T @ dr)[:H]
        for n, v in step.items():
            setattr(self, n, getattr(self, n) - self.eta * v)
        return error


CASE = dict(title="GRU trainer with columns, [h; x], error is all it returns", cell="gru", update="new", x="T,D1", h0="zero",
            gates="separate", stacked="hx", weights="out,in", bias="column", loss="half_squared_error", counted="all")
NAMES = dict(Wz="W_z", bz="b_z", Wr="W_r", br="b_r", Wc="W_n", bc="b_n", Wo="W_hy", bo="b_y")

def run(problem):
    trainer = GruTrainer(problem.D, problem.H, problem.K, eta=1.0)
    problem.put(trainer, **NAMES)
    with problem.updates(trainer, 1.0, **NAMES) as found:
        error = trainer.train_step(problem.x, problem.target)
    return dict(found, loss=error)
