import numpy as np


def forward(x, h0, c0, params):
    n_x, m, T = x.shape
    h, c, caches = h0, c0, []
    for t in range(T):
        concat = np.vstack((h, x[:, :, t]))
        ft = 1 / (1 + np.exp(-(params["Wf"] @ concat + params["bf"])))
        it = 1 / (1 + np.exp(-(params["Wi"] @ concat + params["bi"])))
        cct = np.tanh(params["Wc"] @ concat + params["bc"])
        ot = 1 / (1 + np.exp(-(params["Wo"] @ concat + params["bo"])))
        c_prev = c
        c = ft * c_prev + it * cct
        h = ot * np.tanh(c)
        caches.append((concat, ft, it, cct, ot, c, c_prev))
    return h, caches


def backward(da, caches, params):
    grads = {"d" + k: np.zeros_like(v) for k, v in params.items()}
    for concat, ft, it, cct, ot, c, c_prev in reversed(caches):
        grads["dWf"] += (da[:, :, 0] * c_prev) @ concat.T
    return grads
