"""Style: dictionaries of parameters and gradients, time as the last axis. Cell: LSTM, gradient from above given.

x is (n_x, m, T) for m samples. Every gate has a matrix of its own on the stacked [a_prev; x_t] and a bias (n_a, 1). The
caches of all steps are a list of tuples; `lstm_backward` takes da (n_a, m, T) and returns a dictionary.
"""

import numpy as np


def sigmoid(z):
    """Logistic function."""
    return 1 / (1 + np.exp(-z))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    """One step: a_next (n_a, m), c_next (n_a, m) and the cache."""
    concat = np.concatenate([a_prev, xt], axis=0)
    ft = sigmoid(parameters["Wf"] @ concat + parameters["bf"])
    it = sigmoid(parameters["Wi"] @ concat + parameters["bi"])
    cct = np.tanh(parameters["Wc"] @ concat + parameters["bc"])
    ot = sigmoid(parameters["Wo"] @ concat + parameters["bo"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt)


def lstm_cell_backward(da_next, dc_next, cache, parameters):
    """Gradients of one step, from those of its a_next and c_next."""
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt = cache
    n_a = a_next.shape[0]
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dcct = dc * it * (1 - cct**2)
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    concat = np.concatenate([a_prev, xt], axis=0)
    gates = dict(f=dft, i=dit, c=dcct, o=dot)
    gradients = {"dW" + name: dgate @ concat.T for name, dgate in gates.items()}
    gradients.update({"db" + name: dgate.sum(axis=1, keepdims=True) for name, dgate in gates.items()})
    dconcat = sum(parameters["W" + name].T @ dgate for name, dgate in gates.items())
    gradients.update(da_prev=dconcat[:n_a], dxt=dconcat[n_a:], dc_prev=dc * ft)
    return gradients


def lstm_forward(x, a0, parameters):
    """All hidden states a (n_a, m, T) and the caches."""
    n_x, m, T_x = x.shape
    a = np.zeros((a0.shape[0], m, T_x))
    a_next, c_next, caches = a0, np.zeros_like(a0), []
    for t in range(T_x):
        a_next, c_next, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t] = a_next
        caches.append(cache)
    return a, caches


def lstm_backward(da, caches, parameters):
    """Gradients of a loss with the given da (n_a, m, T)."""
    n_a, m, T_x = da.shape
    dx = np.zeros((caches[0][-1].shape[0], m, T_x))
    sums = {"d" + name: np.zeros_like(value) for name, value in parameters.items()}
    da_prev, dc_prev = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = lstm_cell_backward(da[:, :, t] + da_prev, dc_prev, caches[t], parameters)
        da_prev, dc_prev = gradients["da_prev"], gradients["dc_prev"]
        dx[:, :, t] = gradients["dxt"]
        for name in sums:
            sums[name] += gradients[name]
    return dict(sums, dx=dx, da0=da_prev)


# The rest plugs the program above into bptt-inspector.
CASE = dict(title="dictionaries, time last: LSTM, a matrix a gate on [a; x]", cell="lstm", loss="upstream",
            output_layer=False, counted="all", x="DBT", gates="separate", stacked="hx", weights="out,in", bias="column",
            c0="zero", settings=dict(steps=6, batch=3, inputs=4, hidden=5))
NAMES = dict(Wf="W_f", bf="b_f", Wi="W_i", bi="b_i", Wc="W_g", bc="b_g", Wo="W_o", bo="b_o")


def run(problem):
    a, caches = lstm_forward(problem.x, problem.h0, problem.named(**NAMES))
    g = lstm_backward(problem.dh, caches, problem.named(**NAMES))
    return dict(problem.take(g, **NAMES), h=a, dx=g["dx"], dh0=g["da0"])
