# sum of two digits, one place after another; the weights are changed at the end of every example
import numpy as np


def squash(v):
    return 1 / (1 + np.exp(-v))


def learn(places, answer, w_in, w_out, w_back, speed=0.1):
    n = len(places)
    memory, errors, cost = [np.zeros(len(w_back))], [], 0.0
    for k in range(n):
        now = squash(places[k] @ w_in + memory[-1] @ w_back)
        guess = squash(now @ w_out)
        errors.append(answer[k] - guess)
        cost -= np.sum(answer[k] * np.log(guess) + (1 - answer[k]) * np.log(1 - guess))
        memory.append(now)

    up_in, up_out, up_back = np.zeros_like(w_in), np.zeros_like(w_out), np.zeros_like(w_back)
    later = np.zeros(len(w_back))
    for k in range(n):
        now, past, error = memory[-k - 1], memory[-k - 2], errors[-k - 1]
        delta = (w_back @ later + w_out @ error) * now * (1 - now)
        up_out += np.outer(now, error)
        up_back += np.outer(past, delta)
        up_in += np.outer(places[n - k - 1], delta)
        later = delta
    w_in += speed * up_in
    w_out += speed * up_out
    w_back += speed * up_back
    return cost


CASE = dict(cell="rnn", activation="sigmoid", loss="logistic", x="TD", biases=False, counted="all", h0="zero")

def run(problem):
    class Net: a = b = c = None
    problem.put(Net, a="W_xh", b="W_hy", c="W_hh")
    with problem.updates(Net, 0.1, a="W_xh", b="W_hy", c="W_hh") as found:
        loss = learn(problem.x, problem.target, Net.a, Net.b, Net.c, 0.1)
    return dict(found, loss=loss)
