"""RNN layer that remembers its last state between calls, as one uses it for long texts."""
import numpy as np


class TimeRNN:
    def __init__(self, Wx, Wh, b, stateful=True):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.stateful = stateful
        self.h, self.dh = None, None

    def set_state(self, h):
        self.h = h

    def reset_state(self):
        self.h = None

    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        H = Wh.shape[0]
        if not self.stateful or self.h is None:
            self.h = np.zeros((N, H))
        self.layers = []
        hs = np.empty((N, T, H))
        for t in range(T):
            h_prev = self.h
            self.h = np.tanh(np.dot(xs[:, t, :], Wx) + np.dot(h_prev, Wh) + b)
            hs[:, t, :] = self.h
            self.layers.append((xs[:, t, :], h_prev, self.h))
        return hs

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        dxs = np.empty((N, T, Wx.shape[0]))
        dh = 0
        grads = [0, 0, 0]
        for t in reversed(range(T)):
            x, h_prev, h_next = self.layers[t]
            dt = (dhs[:, t, :] + dh) * (1 - h_next ** 2)
            dh = np.dot(dt, Wh.T)
            dxs[:, t, :] = np.dot(dt, Wx.T)
            for i, grad in enumerate((np.dot(x.T, dt), np.dot(h_prev.T, dt), np.sum(dt, axis=0))):
                grads[i] += grad
        for i, grad in enumerate(grads):
            self.grads[i][...] = grad
        self.dh = dh
        return dxs


LAYER = TimeRNN(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1))

CASE = dict(title="a layer that keeps its state between calls", cell="rnn", loss="upstream", output_layer=False,
            counted="all", x="BTD", h0="zero")

def run(problem):
    LAYER.params = [problem.params[n] for n in ("W_xh", "W_hh", "b_h")]
    LAYER.grads = [np.zeros_like(w) for w in LAYER.params]
    LAYER.reset_state()
    h = LAYER.forward(problem.x)
    dx = LAYER.backward(problem.dh)
    return dict(dW_xh=LAYER.grads[0], dW_hh=LAYER.grads[1], db_h=LAYER.grads[2], dx=dx, dh0=LAYER.dh, h=h)
