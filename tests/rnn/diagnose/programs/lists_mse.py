import numpy as np


def tanh_prime(a):
    return 1 - np.tanh(a) ** 2


class Elman:
    """Keeps nets and states in lists; mean squared error."""

    def __init__(self, weights):
        self.w_in, self.w_rec, self.bias, self.w_out, self.out_bias = weights

    def forward(self, sequence, state):
        self.sequence, self.nets, self.states, self.outputs = sequence, [], [state], []
        for item in sequence:
            net = item.dot(self.w_in) + self.states[-1].dot(self.w_rec) + self.bias
            self.nets.append(net)
            self.states.append(np.tanh(net))
            self.outputs.append(self.states[-1].dot(self.w_out) + self.out_bias)
        return self.outputs

    def mse(self, targets):
        return np.mean((np.array(self.outputs) - np.array(targets)) ** 2)

    def output_errors(self, targets):
        count = np.array(targets).size
        return [2 * (out - target) / count for out, target in zip(self.outputs, targets)]

    def backward(self, targets):
        errors = self.output_errors(targets)
        steps = len(errors)
        g_in = np.zeros_like(self.w_in)
        g_rec = np.zeros_like(self.w_rec)
        g_bias = np.zeros_like(self.bias)
        g_out = sum(state.T.dot(error) for state, error in zip(self.states[1:], errors))
        g_out_bias = sum(error.sum(0) for error in errors)
        deltas = [None] * steps
        for t in range(steps - 1, -1, -1):
            incoming = errors[t].dot(self.w_out.T)
            if t < steps - 1:
                incoming = incoming + deltas[t + 1].dot(self.w_rec.T)
            deltas[t] = incoming * tanh_prime(self.nets[t])
        for t in range(steps):
            g_in += self.sequence[t].T.dot(deltas[t])
            g_rec += self.states[t].T.dot(deltas[t])
            g_bias += deltas[t].sum(0)
        return g_in, g_rec, g_bias, g_out, g_out_bias


CASE = dict(cell="rnn", loss="mean_squared_error", x="T,BD", counted="all")

def run(problem):
    p = problem.params
    names = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
    net = Elman([p[n] for n in names])
    y = net.forward(problem.x, problem.h0)
    return dict({"d" + n: g for n, g in zip(names, net.backward(problem.target))}, y=y, loss=net.mse(problem.target))
