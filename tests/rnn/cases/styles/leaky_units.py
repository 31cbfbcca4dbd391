"""Rate network with leaky units: x <- (1 - a) x + a tanh(J x + B u + c)."""
import numpy as np


class RateNetwork:
    def __init__(self, J, B, c, readout, offset, a=0.2):
        self.J, self.B, self.c, self.readout, self.offset, self.a = J, B, c, readout, offset, a

    def simulate(self, u, x0):
        x = np.empty((len(u) + 1,) + x0.shape)
        rates = np.empty((len(u),) + x0.shape)
        x[0] = x0
        for n in range(len(u)):
            rates[n] = np.tanh(x[n] @ self.J.T + u[n] @ self.B.T + self.c)
            x[n + 1] = (1 - self.a) * x[n] + self.a * rates[n]
        return x, rates, x[1:] @ self.readout.T + self.offset

    def adjoint(self, u, x, rates, residual):
        lam = np.zeros_like(x[0])
        grads = dict(J=0, B=0, c=0)
        for n in range(len(u))[::-1]:
            lam = lam + residual[n] @ self.readout
            phi = self.a * lam * (1 - rates[n] ** 2)
            grads["J"] = grads["J"] + phi.T @ x[n]
            grads["B"] = grads["B"] + phi.T @ u[n]
            grads["c"] = grads["c"] + phi.sum(0)
            lam = (1 - self.a) * lam + phi @ self.J
        grads["readout"] = np.einsum("tbk,tbh->kh", residual, x[1:])
        grads["offset"] = residual.sum((0, 1))
        return grads, lam


CASE = dict(title="leaky rate units, adjoint equations", cell="leaky", leak=0.2, loss="half_squared_error", weights="out,in")
NAMES = dict(J="W_hh", B="W_xh", c="b_h", readout="W_hy", offset="b_y")

def run(problem):
    net = RateNetwork(**problem.named(**NAMES))
    x, rates, out = net.simulate(problem.x, problem.h0)
    grads, dh0 = net.adjoint(problem.x, x, rates, (out - problem.target) * problem.loss_weights[:, :, None])
    return dict(problem.take(grads, prefix="", **NAMES), dh0=dh0, h=x[1:], y=out)
