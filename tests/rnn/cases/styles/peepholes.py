"""LSTM whose gates look at the cell (peephole connections)."""
import numpy as np


class Gate:
    def __init__(self, Wx, Wh, b, peep=None):
        self.Wx, self.Wh, self.b, self.peep = Wx, Wh, b, peep
        self.dWx, self.dWh, self.db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
        self.dpeep = None if peep is None else np.zeros_like(peep)

    def __call__(self, x, h, c=None):
        a = x @ self.Wx + h @ self.Wh + self.b
        if self.peep is None:
            return np.tanh(a)
        return 1 / (1 + np.exp(-(a + self.peep * c)))

    def back(self, da, x, h, c=None):
        self.dWx += x.T @ da
        self.dWh += h.T @ da
        self.db += da.sum(axis=0)
        if self.peep is not None:
            self.dpeep += (da * c).sum(axis=0)
            return da @ self.Wx.T, da @ self.Wh.T, da * self.peep
        return da @ self.Wx.T, da @ self.Wh.T, 0


class PeepholeLSTM:
    def __init__(self, i, f, g, o):
        self.i, self.f, self.g, self.o = i, f, g, o

    def forward(self, xs, h, c):
        self.memory, out = [], []
        for x in xs:
            i, f, g = self.i(x, h, c), self.f(x, h, c), self.g(x, h)
            new_c = f * c + i * g
            o = self.o(x, h, new_c)
            self.memory.append((x, h, c, i, f, g, o, new_c))
            h, c = o * np.tanh(new_c), new_c
            out.append(h)
        return out

    def backward(self, dhs):
        dh, dc, dxs = 0, 0, []
        for dh_out, (x, h, c, i, f, g, o, new_c) in zip(reversed(dhs), reversed(self.memory)):
            dh = dh_out + dh
            t = np.tanh(new_c)
            xo, ho, co = self.o.back(dh * t * o * (1 - o), x, h, new_c)
            dc = dc + dh * o * (1 - t * t) + co
            xi, hi, ci = self.i.back(dc * g * i * (1 - i), x, h, c)
            xf, hf, cf = self.f.back(dc * c * f * (1 - f), x, h, c)
            xg, hg, _ = self.g.back(dc * i * (1 - g * g), x, h)
            dh = ho + hi + hf + hg
            dc = dc * f + ci + cf
            dxs.append(xo + xi + xf + xg)
        return dxs[::-1], dh, dc


CASE = dict(title="LSTM with peepholes, an object for every gate", cell="lstm", peepholes=True, gates="separate",
            loss="upstream", output_layer=False, counted="all", x="T,BD")

def run(problem):
    net = PeepholeLSTM(*(Gate(*(problem.params.get(n + k) for n in ("W_x", "W_h", "b_", "p_"))) for k in "ifgo"))
    net.forward(problem.x, problem.states["h0"], problem.states["c0"])
    dx, dh0, dc0 = net.backward(problem.dh)
    found = [problem.take(getattr(net, k), Wx="W_x" + k, Wh="W_h" + k, b="b_" + k) for k in "ifgo"]
    return dict(found[0] | found[1] | found[2] | found[3], dp_i=net.i.dpeep, dp_f=net.f.dpeep, dp_o=net.o.dpeep, dx=dx, dh0=dh0, dc0=dc0)
