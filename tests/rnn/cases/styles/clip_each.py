"""Elman network; every gradient is scaled down by itself when its norm is above 2."""
import numpy as np
import numpy.linalg as la


def clip_by_norm(grad, limit=2.0):
    size = la.norm(grad)
    return grad * (limit / size) if size > limit else grad


def elman_forward(signal, W_in, W_rec, W_out):
    T = signal.shape[1]
    activity = np.zeros((W_rec.shape[0], T + 1))          # column t + 1 belongs to signal[:, t]
    for t in range(T):
        activity[:, t + 1] = np.tanh(W_in @ signal[:, t] + W_rec @ activity[:, t])
    return activity, W_out @ activity[:, 1:]


def elman_gradients(signal, desired, activity, output, W_in, W_rec, W_out):
    T = signal.shape[1]
    error = 2.0 * (output - desired) / output.size
    delta = np.zeros((W_rec.shape[0], T))
    back = np.zeros(W_rec.shape[0])
    for t in range(T - 1, -1, -1):
        delta[:, t] = (W_out.T @ error[:, t] + back) * (1 - activity[:, t + 1] ** 2)
        back = W_rec.T @ delta[:, t]
    return [clip_by_norm(g) for g in (delta @ signal.T, delta @ activity[:, :-1].T, error @ activity[:, 1:].T)]


CASE = dict(title="columns are time steps; each gradient is clipped by its own norm", cell="rnn", loss="mean_squared_error",
            counted="all", x="DT", weights="out,in", biases=False, h0="zero", clip=("norm_each", 2.0))

def run(problem):
    W = [problem.params[n] for n in ("W_xh", "W_hh", "W_hy")]
    activity, output = elman_forward(problem.x, *W)
    g = elman_gradients(problem.x, problem.target, activity, output, *W)
    return dict(dW_xh=g[0], dW_hh=g[1], dW_hy=g[2], y=output)
