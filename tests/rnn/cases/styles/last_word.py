# sentiment: read the whole sequence, answer once at the end (many to one), LSTM
import numpy as np
sig = lambda q: 1 / (1 + np.exp(-q))

def net(x_seq, label, Wx, Wh, bias, Wout, bout, h, c):
    n = Wh.shape[0]
    mem = []
    for x in x_seq:
        q = x @ Wx + h @ Wh + bias
        i, f, g, o = sig(q[:, :n]), sig(q[:, n:2*n]), np.tanh(q[:, 2*n:3*n]), sig(q[:, 3*n:])
        mem.append([x, h, c, i, f, g, o])
        c = f * c + i * g
        h = o * np.tanh(c)
        mem[-1].append(c)
    logits = h @ Wout + bout
    ez = np.exp(logits - logits.max(1)[:, None]); prob = ez / ez.sum(1)[:, None]
    rows = np.arange(len(label))
    loss = -np.log(prob[rows, label]).mean()

    dlogits = prob; dlogits[rows, label] -= 1; dlogits /= len(label)
    dWout, dbout = h.T @ dlogits, dlogits.sum(0)
    dh, dc = dlogits @ Wout.T, 0
    dWx = dWh = dbias = 0
    while mem:
        x, h, cp, i, f, g, o, c = mem.pop()
        dq_o = dh * np.tanh(c) * o * (1 - o)
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        dq_i = dc * g * i * (1 - i)
        dq_f = dc * cp * f * (1 - f)
        dq_g = dc * i * (1 - g * g)
        dq = np.hstack((dq_i, dq_f, dq_g, dq_o))
        dWx = dWx + x.T @ dq
        dWh = dWh + h.T @ dq
        dbias = dbias + dq.sum(0)
        dh = dq @ Wh.T
        dc = dc * f
    return loss, dWx, dWh, dbias, dWout, dbout

CASE = dict(title="one answer after the last word: LSTM classifier", cell="lstm", loss="softmax_cross_entropy_mean",
            counted="last", target="last")

def run(problem):
    p, s = problem.params, problem.states
    out = net(problem.x, problem.target, p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"], p["b_y"], s["h0"], s["c0"])
    return dict(zip(("loss", "dW_xh", "dW_hh", "db_h", "dW_hy", "db_y"), out))
