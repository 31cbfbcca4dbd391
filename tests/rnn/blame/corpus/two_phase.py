"""Two loops back: first what the outputs send to every state, then the deltas, appended to a list and turned round."""

import numpy as np

CASE = dict(
    title="two phases, list of deltas turned round, softmax",
    cell="rnn",
    activation="tanh",
    loss="softmax_cross_entropy",
    x="TBD",
    weights="in,out",
    h0="given",
    settings=dict(steps=6, batch=2, inputs=4, hidden=5, outputs=3, seed=11),
)


def forward(sequence, h, P):
    states, logits = [h], []
    for x in sequence:
        h = np.tanh(x.dot(P["Wx"]) + h.dot(P["Wh"]) + P["b"])
        states.append(h)
        logits.append(h.dot(P["Wy"]) + P["c"])
    return states, logits


def probabilities(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def output_errors(logits, labels):
    errors = []
    for z, label in zip(logits, labels):
        p = probabilities(z)
        p[np.arange(len(label)), label] -= 1.0
        errors.append(p)
    return errors


def backward(sequence, states, errors, P):
    # phase 1: from the outputs down to the hidden layer
    dWy, dc = np.zeros_like(P["Wy"]), np.zeros_like(P["c"])
    dh_out = []
    for h, err in zip(states[1:], errors):
        dWy += h.T.dot(err)
        dc += err.sum(axis=0)
        dh_out.append(err.dot(P["Wy"].T))

    # phase 2: through time, last step first
    deltas = []
    carry = np.zeros_like(states[0])
    for h, local in zip(states[:0:-1], dh_out[::-1]):
        delta = (local + carry) * (1.0 - h ** 2)
        deltas.append(delta)
        carry = delta.dot(P["Wh"].T)
    deltas = deltas[::-1]

    dWx, dWh, db = np.zeros_like(P["Wx"]), np.zeros_like(P["Wh"]), np.zeros_like(P["b"])
    for x, h_before, delta in zip(sequence, states[:-1], deltas):
        dWx += x.T.dot(delta)
        dWh += h_before.T.dot(delta)
        db += delta.sum(axis=0)
    return dict(Wx=dWx, Wh=dWh, b=db, Wy=dWy, c=dc), dh_out, deltas, carry


def run(problem):
    p = problem.params
    P = dict(Wx=p["W_xh"], Wh=p["W_hh"], b=p["b_h"], Wy=p["W_hy"], c=p["b_y"])
    states, logits = forward(problem.x, problem.h0, P)
    errors = output_errors(logits, problem.target)
    G, dh_out, deltas, dh0 = backward(problem.x, states, errors, P)
    return dict(dW_xh=G["Wx"], dW_hh=G["Wh"], db_h=G["b"], dW_hy=G["Wy"], db_y=G["c"], dh0=dh0,
                dh_out=np.array(dh_out), da=np.array(deltas), y=np.array(logits))
