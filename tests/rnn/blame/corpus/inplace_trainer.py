"""A trainer with plain lists of row vectors that subtracts its gradients from the weights and returns nothing."""

import numpy as np

CASE = dict(
    title="in-place trainer, mean squared error",
    cell="rnn", activation="tanh", loss="mean_squared_error", x="TD", weights="in,out", h0="given",
    settings=dict(steps=7, inputs=4, hidden=5, outputs=3, seed=6),
)


class RNN:
    def __init__(self, i_weight, h_weight, h_bias, o_weight, o_bias):
        self.i_weight = i_weight.copy()
        self.h_weight = h_weight.copy()
        self.h_bias = h_bias.copy()
        self.o_weight = o_weight.copy()
        self.o_bias = o_bias.copy()

    def forward(self, x, start):
        hiddens = [start]
        outputs = []
        for i in range(len(x)):
            xi = x[[i], :] @ self.i_weight
            xh = xi + hiddens[-1] @ self.h_weight + self.h_bias
            hiddens.append(np.tanh(xh))
            outputs.append(hiddens[-1] @ self.o_weight + self.o_bias)
        return hiddens, outputs

    def backward(self, x, hiddens, outputs, actual, lr):
        n = len(x)
        next_hidden = None
        o_weight_grad, o_bias_grad, h_weight_grad, h_bias_grad, i_weight_grad = [0] * 5
        for j in range(n - 1, -1, -1):
            l_grad = 2 * (outputs[j] - actual[[j], :]) / actual.size
            o_weight_grad += hiddens[j + 1].T @ l_grad
            o_bias_grad += l_grad
            h_grad = l_grad @ self.o_weight.T
            if j < n - 1:
                hh_grad = next_hidden @ self.h_weight.T
                h_grad = h_grad + hh_grad
            tanh_deriv = 1 - hiddens[j + 1] ** 2
            h_grad = np.multiply(h_grad, tanh_deriv)
            next_hidden = h_grad
            h_weight_grad += hiddens[j].T @ h_grad
            h_bias_grad += h_grad
            i_weight_grad += x[[j], :].T @ h_grad
        self.i_weight -= lr * i_weight_grad
        self.h_weight -= lr * h_weight_grad
        self.h_bias -= lr * h_bias_grad[0]
        self.o_weight -= lr * o_weight_grad
        self.o_bias -= lr * o_bias_grad[0]


def run(problem):
    p = problem.params
    net = RNN(p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"], p["b_y"])
    hiddens, outputs = net.forward(problem.x, problem.h0.reshape(1, -1))
    lr = 1.0
    net.backward(problem.x, hiddens, outputs, problem.target, lr)
    return {
        "dW_xh": (p["W_xh"] - net.i_weight) / lr,
        "dW_hh": (p["W_hh"] - net.h_weight) / lr,
        "db_h": (p["b_h"] - net.h_bias) / lr,
        "dW_hy": (p["W_hy"] - net.o_weight) / lr,
        "db_y": (p["b_y"] - net.o_bias) / lr,
        "y": np.vstack(outputs),
    }
