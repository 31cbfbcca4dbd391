"""ReLU recurrence for the adding problem, mean squared error, (batch, time, feature)."""
import numpy as np


def relu(z):
    return np.maximum(z, 0)


def drelu(z):
    return (z > 0).astype(z.dtype)


class IRNN:
    def __init__(self, Wi, Wr, b, Wo, c):
        self.Wi, self.Wr, self.b, self.Wo, self.c = Wi, Wr, b, Wo, c

    def loss(self, X, Y):
        n, T, _ = X.shape
        H = np.zeros((n, T + 1, len(self.b)))
        Z = np.zeros((n, T, len(self.b)))
        for t in range(T):
            Z[:, t] = X[:, t] @ self.Wi + H[:, t] @ self.Wr + self.b
            H[:, t + 1] = relu(Z[:, t])
        P = H[:, 1:] @ self.Wo + self.c
        diff = P - Y
        loss = np.mean(diff ** 2)

        dP = 2 * diff / diff.size
        dWo = np.tensordot(H[:, 1:], dP, axes=([0, 1], [0, 1]))
        dc = dP.sum((0, 1))
        dH = dP @ self.Wo.T
        dWi, dWr, db = np.zeros_like(self.Wi), np.zeros_like(self.Wr), np.zeros_like(self.b)
        back = np.zeros((n, len(self.b)))
        for t in reversed(range(T)):
            dZ = (dH[:, t] + back) * drelu(Z[:, t])
            dWi += X[:, t].T @ dZ
            dWr += H[:, t].T @ dZ
            db += dZ.sum(0)
            back = dZ @ self.Wr.T
        return loss, dict(Wi=dWi, Wr=dWr, b=db, Wo=dWo, c=dc)


CASE = dict(cell="rnn", activation="relu", loss="mean_squared_error", x="BTD", counted="all", h0="zero")

def run(problem):
    p = problem.params
    net = IRNN(p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"], p["b_y"])
    loss, g = net.loss(problem.x, problem.target)
    return dict(dW_xh=g["Wi"], dW_hh=g["Wr"], db_h=g["b"], dW_hy=g["Wo"], db_y=g["c"], loss=loss)
