"""Dictionaries of parameters and gradients, time as the last axis, the gradient of every state given from above."""

import numpy as np

CASE = dict(
    title="dicts, arrays (n, m, T), upstream gradient given",
    cell="rnn", activation="tanh", loss="upstream", output_layer=False,
    x="TBD", weights="out,in", h0="given",
    settings=dict(steps=7, batch=3, inputs=4, hidden=5, output_layer=False, seed=4),
)


def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)
    return a_next, (a_next, a_prev, xt, parameters)


def rnn_forward(x, a0, parameters):
    caches = []
    n_x, m, T_x = x.shape
    n_a = a0.shape[0]
    a = np.zeros((n_a, m, T_x))
    a_next = a0
    for t in range(T_x):
        a_next, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t] = a_next
        caches.append(cache)
    return a, (caches, x)


def rnn_cell_backward(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    Wax = parameters["Wax"]
    Waa = parameters["Waa"]
    # gradient of tanh with respect to its argument
    dtanh = (1 - np.square(a_next)) * da_next
    dxt = np.dot(Wax.T, dtanh)
    dWax = np.dot(dtanh, xt.T)
    da_prev = np.dot(Waa.T, dtanh)
    dWaa = np.dot(dtanh, a_prev.T)
    dba = np.sum(dtanh, axis=1, keepdims=True)
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def rnn_backward(da, caches):
    (caches, x) = caches
    n_a, m, T_x = da.shape
    n_x, m = x[:, :, 0].shape
    dx = np.zeros((n_x, m, T_x))
    dWax = np.zeros((n_a, n_x))
    dWaa = np.zeros((n_a, n_a))
    dba = np.zeros((n_a, 1))
    da_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])
        da_prevt = gradients["da_prev"]
        dx[:, :, t] = gradients["dxt"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]
    da0 = da_prevt
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def run(problem):
    p = problem.params
    parameters = {"Wax": p["W_xh"], "Waa": p["W_hh"], "ba": p["b_h"].reshape(-1, 1)}
    x = problem.x.transpose(2, 1, 0)
    a, caches = rnn_forward(x, problem.h0.T, parameters)
    da = problem.target.transpose(2, 1, 0)
    grads = rnn_backward(da, caches)
    return dict(dW_xh=grads["dWax"], dW_hh=grads["dWaa"], db_h=grads["dba"], dh0=grads["da0"].T,
                dx=grads["dx"].transpose(2, 1, 0), h=a.transpose(2, 1, 0))
