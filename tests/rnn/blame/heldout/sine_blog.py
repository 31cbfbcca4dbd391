"""Blog post: predict the next value of a sine wave. Lists of row vectors, one input, one output."""

import numpy as np

CASE = dict(
    title="sine wave blog post, lists of row vectors, mean squared error",
    cell="rnn", activation="tanh", loss="mean_squared_error", x="TD", weights="in,out", h0="zero",
    settings=dict(steps=9, inputs=1, hidden=5, outputs=1, h0="zero", seed=31),
)


def forward_pass(x_seq, Wx, Wh, Wy, bh, by):
    hidden_states = []
    predictions = []
    h = np.zeros((1, Wh.shape[0]))
    for x in x_seq:
        h = np.tanh(np.dot(x, Wx) + np.dot(h, Wh) + bh)
        y_hat = np.dot(h, Wy) + by
        hidden_states.append(h)
        predictions.append(y_hat)
    return hidden_states, predictions


def backward_pass(x_seq, y_seq, hidden_states, predictions, Wx, Wh, Wy):
    # Start with empty gradients
    dWx, dWh, dWy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy)
    dbh = np.zeros((1, Wh.shape[0]))
    dby = np.zeros((1, Wy.shape[1]))
    seq_len = len(x_seq)

    # nothing comes from the future at the last time step
    dh_next = np.zeros((1, Wh.shape[0]))

    for t in range(seq_len - 1, -1, -1):
        # d(loss)/d(prediction) of MSE
        error = predictions[t] - y_seq[t]
        dy = 2 * error / seq_len

        dWy += np.dot(hidden_states[t].T, dy)
        dby += dy

        # total gradient on the hidden state
        dh = np.dot(dy, Wy.T) + dh_next

        # through tanh
        dtanh = 1 - hidden_states[t] ** 2
        dh_raw = dtanh * dh

        if t > 0:
            h_prev = hidden_states[t - 1]
        else:
            h_prev = np.zeros_like(hidden_states[0])

        dWx += np.dot(x_seq[t].T, dh_raw)
        dWh += np.dot(h_prev.T, dh_raw)
        dbh += dh_raw

        # hand over to the previous time step
        dh_next = np.dot(dh_raw, Wh.T)

    return dWx, dWh, dWy, dbh, dby


def run(problem):
    p = problem.params
    x_seq = [row.reshape(1, -1) for row in problem.x]
    y_seq = [row.reshape(1, -1) for row in problem.target]
    hs, preds = forward_pass(x_seq, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    dWx, dWh, dWy, dbh, dby = backward_pass(x_seq, y_seq, hs, preds, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(dW_xh=dWx, dW_hh=dWh, dW_hy=dWy, db_h=dbh[0], db_y=dby[0], y=np.vstack(preds))
