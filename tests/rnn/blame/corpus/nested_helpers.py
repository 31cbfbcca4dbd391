"""Helpers three levels deep: the whole sequence, one step, the slope of the activation chosen by name."""

import numpy as np

CASE = dict(
    title="helpers three levels deep, sigmoid",
    cell="rnn", activation="sigmoid", loss="half_squared_error", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2, seed=12),
)


def logistic(z):
    return 1 / (1 + np.exp(-z))


def logistic_prime(value):
    """Derivative from the value of the function, not from its argument."""
    return value * (1 - value)


def tanh_prime(value):
    return 1 - value * value


FUNCTIONS = {"sigmoid": (logistic, logistic_prime), "tanh": (np.tanh, tanh_prime)}


def through_activation(name, grad, value):
    _, prime = FUNCTIONS[name]
    return grad * prime(value)


def linear_grads(inp, grad, weight):
    """Gradients of inp @ weight: of the weight and of the input."""
    return inp.T @ grad, grad @ weight.T


def step_forward(theta, x, h, name):
    function, _ = FUNCTIONS[name]
    return function(x @ theta["Wxh"] + h @ theta["Whh"] + theta["bh"])


def step_backward(theta, grads, x, h_old, h_new, g, name):
    dz = through_activation(name, g, h_new)
    d_in, g_x = linear_grads(x, dz, theta["Wxh"])
    d_rec, g_old = linear_grads(h_old, dz, theta["Whh"])
    grads["Wxh"] += d_in
    grads["Whh"] += d_rec
    grads["bh"] += dz.sum(axis=0)
    return g_old, g_x


def output_backward(theta, grads, h, residual):
    d_out, g_h = linear_grads(h, residual, theta["Why"])
    grads["Why"] += d_out
    grads["by"] += residual.sum(axis=0)
    return g_h


def backprop(theta, xs, hs, residuals, name):
    grads = {key: np.zeros_like(value) for key, value in theta.items()}
    g_later = np.zeros_like(hs[0])
    g_xs = [None] * len(xs)
    for t in reversed(range(len(xs))):
        g_now = output_backward(theta, grads, hs[t + 1], residuals[t])
        g_later, g_xs[t] = step_backward(theta, grads, xs[t], hs[t], hs[t + 1], g_now + g_later, name)
    return grads, g_xs, g_later


def run(problem):
    p = problem.params
    theta = dict(Wxh=p["W_xh"], Whh=p["W_hh"], bh=p["b_h"], Why=p["W_hy"], by=p["b_y"])
    hs = [problem.h0]
    for x in problem.x:
        hs.append(step_forward(theta, x, hs[-1], problem.activation))
    ys = [h @ theta["Why"] + theta["by"] for h in hs[1:]]
    residuals = [y - wanted for y, wanted in zip(ys, problem.target)]
    grads, g_xs, g_h0 = backprop(theta, problem.x, hs, residuals, problem.activation)
    return dict(dW_xh=grads["Wxh"], dW_hh=grads["Whh"], db_h=grads["bh"], dW_hy=grads["Why"], db_y=grads["by"],
                dx=np.array(g_xs), dh0=g_h0, y=np.array(ys))
