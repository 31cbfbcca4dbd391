"""A linear recurrent model (no squashing): a Kalman-like predictor. All vectors are (1, n) rows in (T, 1, n) arrays."""
import numpy as np


class LinearModel:
    def __init__(self, F, G, C):
        self.F, self.G, self.C = F, G, C          # state, input, readout

    def rollout(self, u, s):
        states = [s]
        for u_t in u:
            states.append(states[-1] @ self.F + u_t @ self.G)
        return np.stack(states)

    def gradients(self, u, s, z):
        states = self.rollout(u, s)
        residual = states[1:] @ self.C - z
        T, _, K = residual.shape
        scale = 2.0 / (T * K)
        costate = np.zeros_like(s)
        gF, gG = np.zeros_like(self.F), np.zeros_like(self.G)
        for t in reversed(range(T)):
            costate = costate @ self.F.T + scale * residual[t] @ self.C.T
            gF += states[t].T @ costate
            gG += u[t].T @ costate
        gC = scale * np.swapaxes(states[1:], 1, 2) @ residual
        return gF, gG, gC.sum(axis=0), costate @ self.F.T, (residual ** 2).mean()


CASE = dict(title="linear state-space model, rows", cell="rnn", activation="identity", biases=False, x="T1D",
            loss="mean_squared_error", counted="all")

def run(problem):
    model = LinearModel(**problem.named(F="W_hh", G="W_xh", C="W_hy"))
    gF, gG, gC, ds, loss = model.gradients(problem.x, problem.h0, problem.target)
    return dict(dW_hh=gF, dW_xh=gG, dW_hy=gC, dh0=ds, loss=loss)
