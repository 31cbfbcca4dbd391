import numpy as np


def rnn_forward(x, a0, parameters):
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    n_x, m, T_x = x.shape
    a = np.zeros((Waa.shape[0], m, T_x))
    a_next, caches = a0, []
    for t in range(T_x):
        a_prev = a_next
        a_next = np.tanh(np.dot(Wax, x[:, :, t]) + np.dot(Waa, a_prev) + ba)
        a[:, :, t] = a_next
        caches.append((a_next, a_prev, x[:, :, t], parameters))
    return a, (caches, x)


def rnn_backward(da, caches):
    caches, x = caches
    parameters = caches[0][3]
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    dx, dWax, dWaa, dba = np.zeros_like(x), np.zeros_like(Wax), np.zeros_like(Waa), np.zeros_like(parameters["ba"])
    da_prevt = np.zeros_like(da[:, :, 0])
    for t in reversed(range(x.shape[2])):
        a_next, a_prev, xt, _ = caches[t]
        dz = (1 - a_next ** 2) * (da[:, :, t] + da_prevt)
        dx[:, :, t] = Wax.T @ dz
        dWax += dz @ xt.T
        dWaa += dz @ a_prev.T
        dba += dz.sum(1, keepdims=True)
        da_prevt = Waa.T @ dz
    da0 = da_prevt
    gradients = {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    return gradients
