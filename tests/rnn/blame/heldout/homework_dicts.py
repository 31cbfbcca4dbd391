"""Course homework: parameters dict, gradients dict that goes through every cell, columns, softmax over ids."""

import numpy as np

CASE = dict(
    title="homework: parameters, caches and gradients in dicts",
    cell="rnn", activation="tanh", loss="softmax_cross_entropy", x="TBD", weights="out,in", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=3, seed=32),
)


def softmax(z):
    e = np.exp(z - np.max(z, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


def rnn_cell_forward(xt, a_prev, parameters):
    Waa, Wax, Wya = parameters['Waa'], parameters['Wax'], parameters['Wya']
    b, by = parameters['b'], parameters['by']
    a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + b)
    zt = np.dot(Wya, a_next) + by
    yt_pred = softmax(zt)
    cache = {'xt': xt, 'a_prev': a_prev, 'a_next': a_next, 'yt_pred': yt_pred}
    return a_next, yt_pred, cache


def rnn_forward(X, a0, parameters):
    caches = {}
    a = a0
    for t in range(1, len(X) + 1):
        a, yt_pred, caches[t] = rnn_cell_forward(X[t - 1], a, parameters)
    return caches


def initialize_gradients(parameters, m):
    gradients = {'d' + key: np.zeros_like(value) for key, value in parameters.items()}
    gradients['da_next'] = np.zeros((parameters['Waa'].shape[0], m))
    return gradients


def rnn_cell_backward(dy, gradients, parameters, cache):
    xt, a_prev, a_next = cache['xt'], cache['a_prev'], cache['a_next']

    gradients['dWya'] += np.dot(dy, a_next.T)
    gradients['dby'] += np.sum(dy, axis=1, keepdims=True)
    da = np.dot(parameters['Wya'].T, dy) + gradients['da_next'] # backprop into a
    daraw = (1 - a_next * a_next) * da # backprop through tanh nonlinearity
    gradients['db'] += np.sum(daraw, axis=1, keepdims=True)
    gradients['dWax'] += np.dot(daraw, xt.T)
    gradients['dWaa'] += np.dot(daraw, a_prev.T)
    gradients['da_next'] = np.dot(parameters['Waa'].T, daraw)

    return gradients


def rnn_backward(Y, parameters, caches):
    T_x, m = Y.shape
    gradients = initialize_gradients(parameters, m)
    # Backpropagate through time
    for t in range(T_x, 0, -1):
        dy = np.copy(caches[t]['yt_pred'])
        dy[Y[t - 1], np.arange(m)] -= 1
        gradients = rnn_cell_backward(dy, gradients, parameters, caches[t])
    return gradients


def run(problem):
    p = problem.params
    parameters = {'Wax': p["W_xh"], 'Waa': p["W_hh"], 'Wya': p["W_hy"],
                  'b': p["b_h"].reshape(-1, 1), 'by': p["b_y"].reshape(-1, 1)}
    X = [xt.T for xt in problem.x]
    caches = rnn_forward(X, problem.h0.T, parameters)
    g = rnn_backward(problem.target, parameters, caches)
    return dict(dW_xh=g['dWax'], dW_hh=g['dWaa'], dW_hy=g['dWya'], db_h=g['db'][:, 0], db_y=g['dby'][:, 0],
                dh0=g['da_next'].T, h=np.array([caches[t]['a_next'].T for t in range(1, problem.T + 1)]))
