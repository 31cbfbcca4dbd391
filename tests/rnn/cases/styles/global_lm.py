"""Character model in module globals; run as a script it would train on its own source."""
import numpy as np

H, V = 10, 7
U = np.random.randn(H, V) * .01
W = np.random.randn(H, H) * .01
O = np.random.randn(V, H) * .01
bias_h, bias_o = np.zeros((H, 1)), np.zeros((V, 1))


def onehot(i):
    v = np.zeros((U.shape[1], 1))
    v[i] = 1.
    return v


def step_back(grads, dout, x, h_prev, h, dh_next):
    grads['O'] += dout @ h.T
    grads['bias_o'] += dout
    dz = (O.T @ dout + dh_next) * (1 - h * h)
    grads['U'] += dz @ x.T
    grads['W'] += dz @ h_prev.T
    grads['bias_h'] += dz
    return W.T @ dz


def learn(ids, next_ids):
    h = {-1: np.zeros((len(W), 1))}
    p = {}
    cost = 0.
    for t, i in enumerate(ids):
        h[t] = np.tanh(U @ onehot(i) + W @ h[t - 1] + bias_h)
        e = np.exp(O @ h[t] + bias_o)
        p[t] = e / e.sum()
        cost -= np.log(p[t][next_ids[t]]).item()
    grads = {name: np.zeros_like(globals()[name]) for name in ('U', 'W', 'O', 'bias_h', 'bias_o')}
    dh_next = np.zeros_like(h[0])
    for t in sorted(p, reverse=True):
        dout = p[t] - onehot_target(next_ids[t])
        dh_next = step_back(grads, dout, onehot(ids[t]), h[t - 1], h[t], dh_next)
    return cost / len(ids), {name: g / len(ids) for name, g in grads.items()}


def onehot_target(i):
    v = np.zeros((O.shape[0], 1))
    v[i] = 1.
    return v
