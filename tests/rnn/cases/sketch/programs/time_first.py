import numpy as np


def rnn_forward(x, a0, parameters):
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    T_x, m, n_x = x.shape
    a = np.zeros((T_x, m, Waa.shape[1]))
    a_next, caches = a0, []
    for t in range(T_x):
        a_prev = a_next
        a_next = np.tanh(np.dot(x[t], Wax) + np.dot(a_prev, Waa) + ba)
        a[t] = a_next
        caches.append((a_next, a_prev, x[t], parameters))
    return a, (caches, x)


def rnn_backward(da, caches):
    caches, x = caches
    parameters = caches[0][3]
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    dx, dWax, dWaa, dba = np.zeros_like(x), np.zeros_like(Wax), np.zeros_like(Waa), np.zeros_like(parameters["ba"])
    da_prevt = np.zeros_like(da[0])
    for t in reversed(range(len(x))):
        a_next, a_prev, xt, _ = caches[t]
        dz = (1 - a_next ** 2) * (da[t] + da_prevt)
        dx[t] = dz @ Wax.T
        dWax += xt.T @ dz
        dWaa += a_prev.T @ dz
        dba += dz.sum(0)
        da_prevt = dz @ Waa.T
    da0 = da_prevt
    gradients = {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    return gradients
