# GRU, sums kept in one flat vector; backward walks over slices
import numpy as np

class FlatGRU:
    def __init__(self, D, H):
        self.shapes = [("Wr", (D, H)), ("Wz", (D, H)), ("Wn", (D, H)), ("Ur", (H, H)), ("Uz", (H, H)), ("Un", (H, H)), ("b", (3, H))]
        self.theta = np.zeros(sum(np.prod(s) for _, s in self.shapes))
        self.slope = np.zeros_like(self.theta)

    def view(self, flat):
        out, k = {}, 0
        for name, shape in self.shapes:
            out[name] = flat[k:k + np.prod(shape)].reshape(shape)
            k += np.prod(shape)
        return out

    def forward(self, xs, h):
        w, self.log = self.view(self.theta), []
        for x in xs:
            r = 1 / (1 + np.exp(-(x @ w["Wr"] + h @ w["Ur"] + w["b"][0])))
            z = 1 / (1 + np.exp(-(x @ w["Wz"] + h @ w["Uz"] + w["b"][1])))
            n = np.tanh(x @ w["Wn"] + r * (h @ w["Un"]) + w["b"][2])
            self.log.append((x, h, r, z, n))
            h = h + z * (n - h)
        return h

    def backward(self, dhs):
        w, g = self.view(self.theta), self.view(self.slope)
        self.slope[:] = 0
        dh = np.zeros_like(dhs[0])
        for (x, h, r, z, n), d in zip(self.log[::-1], dhs[::-1]):
            dh += d
            pn = dh * z * (1 - n ** 2)
            pz = dh * (n - h) * z * (1 - z)
            pr = pn * (h @ w["Un"]) * r * (1 - r)
            for k, (name, p) in enumerate((("r", pr), ("z", pz), ("n", pn))):
                g["W" + name] += x.T @ p
                g["b"][k] += p.sum(0)
                q = p * r if name == "n" else p
                g["U" + name] += h.T @ q
            dh = dh * (1 - z) + pr @ w["Ur"].T + pz @ w["Uz"].T + (pn * r) @ w["Un"].T
        return dh

CASE = dict(title="GRU in one flat vector of parameters", cell="gru", reset="after", update="new", gates="separate",
            loss="upstream", output_layer=False, counted="all")
def run(problem):
    net, gates = FlatGRU(problem.D, problem.H), list(enumerate("rzn"))
    flat = [problem.params[n + k] for n in ("W_x", "W_h", "b_") for k in "rzn"]
    net.theta[:] = np.concatenate([w.ravel() for w in flat])
    net.forward(problem.x, problem.h0)
    dh0, g = net.backward(problem.dh), net.view(net.slope)
    return {"dh0": dh0} | {"d" + n + k: g[m + k] for n, m in (("W_x", "W"), ("W_h", "U")) for k in "rzn"} | {"db_" + k: g["b"][i] for i, k in gates}
