# elman net, regression.  hidden state = column, biases = flat, output = flat row
import numpy as np


def run_net(seq, h_start, Wi, Wr, Wo, bi, bo):
    states = [h_start]
    outs = []
    for col in seq:
        pre = Wi.dot(col) + Wr.dot(states[-1]) + bi.reshape(-1, 1)
        states.append(np.tanh(pre))
        outs.append((Wo.dot(states[-1])).ravel() + bo)
    return states, outs


def back_through(seq, states, outs, wanted, Wi, Wr, Wo):
    grads = [np.zeros(Wi.shape), np.zeros(Wr.shape), np.zeros(Wo.shape), np.zeros(Wi.shape[0]), np.zeros(Wo.shape[0])]
    from_later = np.zeros(states[0].shape)
    k = len(seq)
    while k > 0:
        e = outs[k - 1] - wanted[k - 1]
        grads[2] += np.outer(e, states[k])
        grads[4] += e
        delta = Wo.T.dot(e.reshape(-1, 1)) + from_later
        delta = delta * (1.0 - states[k] * states[k])
        grads[0] += delta.dot(seq[k - 1].T)
        grads[1] += delta.dot(states[k - 1].T)
        grads[3] += delta[:, 0]
        from_later = Wr.T.dot(delta)
        k -= 1
    return grads, from_later


CASE = dict(title="column states, flat biases, flat outputs", cell="rnn", loss="half_squared_error", counted="all",
            x="T,D1", layouts=dict(target="TD", y="TD"), weights="out,in")

def run(problem):
    p = problem.params
    S, O = run_net(problem.x, problem.h0, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    g, dh0 = back_through(problem.x, S, O, problem.target, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(zip(["dW_xh", "dW_hh", "dW_hy", "db_h", "db_y"], g), dh0=dh0, y=O)
