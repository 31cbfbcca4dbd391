"""Truncated back-propagation whose window is the whole sequence: layers as dicts, an inner loop back over the window."""

import numpy as np

CASE = dict(
    title="truncation with a window as long as the sequence, sigmoid, no biases",
    cell="rnn", activation="sigmoid", loss="half_squared_error", x="TD", weights="out,in", h0="zero", biases=False,
    settings=dict(steps=7, inputs=3, hidden=5, outputs=2, biases=False, h0="zero", seed=42),
)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(x, U, V, W):
    layers = []
    prev_s = np.zeros((W.shape[0], 1))
    for t in range(len(x)):
        mulu = np.dot(U, x[t])
        mulw = np.dot(W, prev_s)
        add = mulw + mulu
        s = sigmoid(add)
        mulv = np.dot(V, s)
        layers.append({'s': s, 'prev_s': prev_s, 'mulv': mulv})
        prev_s = s
    return layers


def backprop(x, y, layers, U, V, W, bptt_truncate):
    dU = np.zeros(U.shape)
    dV = np.zeros(V.shape)
    dW = np.zeros(W.shape)

    for t in range(len(x)):
        # derivative of the prediction
        dmulv = layers[t]['mulv'] - y[t]
        dV_t = np.dot(dmulv, np.transpose(layers[t]['s']))
        dU_t = np.zeros(U.shape)
        dW_t = np.zeros(W.shape)
        ds = np.dot(np.transpose(V), dmulv)

        for i in range(t, max(-1, t - bptt_truncate - 1), -1):
            s = layers[i]['s']
            dadd = s * (1 - s) * ds
            dU_i = np.dot(dadd, np.transpose(x[i]))
            dW_i = np.dot(dadd, np.transpose(layers[i]['prev_s']))
            dU_t += dU_i
            dW_t += dW_i
            ds = np.dot(np.transpose(W), dadd)

        dV += dV_t
        dU += dU_t
        dW += dW_t
    return dU, dV, dW


def run(problem):
    p = problem.params
    U, V, W = p["W_xh"], p["W_hy"], p["W_hh"]
    x = problem.x[:, :, None]
    y = problem.target[:, :, None]
    layers = forward(x, U, V, W)
    dU, dV, dW = backprop(x, y, layers, U, V, W, bptt_truncate=len(x))
    return dict(dW_xh=dU, dW_hy=dV, dW_hh=dW, y=np.array([layer['mulv'][:, 0] for layer in layers]))
