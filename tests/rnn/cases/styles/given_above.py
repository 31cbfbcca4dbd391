"""Recurrent layer and linear layer as modules of a small framework; the loss lies elsewhere and hands dy down."""
import numpy as np


class Module:
    def backward(self, grad):
        raise NotImplementedError


class Affine(Module):
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def __call__(self, x):
        self.x = x
        return np.einsum("dbt,kd->kbt", x, self.weight) + self.bias[:, :, None]

    def backward(self, grad):
        self.weight_grad = np.einsum("kbt,dbt->kd", grad, self.x)
        self.bias_grad = grad.sum(axis=(1, 2))[:, None]
        return np.einsum("kbt,kd->dbt", grad, self.weight)


class ReLURecurrent(Module):
    def __init__(self, w, u, b):
        self.w, self.u, self.b = w, u, b

    def __call__(self, x, h):
        self.x, self.hs = x, [h]
        for t in range(x.shape[-1]):
            self.hs.append((self.w @ x[..., t] + self.u @ self.hs[-1] + self.b).clip(min=0))
        return np.stack(self.hs[1:], axis=-1)

    def backward(self, grad):
        self.w_grad, self.u_grad, self.b_grad = np.zeros_like(self.w), np.zeros_like(self.u), np.zeros_like(self.b)
        carry, into_x = 0, np.empty_like(self.x)
        for t in reversed(range(self.x.shape[-1])):
            d = (grad[..., t] + carry) * np.sign(self.hs[t + 1])
            self.w_grad += d @ self.x[..., t].T
            self.u_grad += d @ self.hs[t].T
            self.b_grad += d.sum(axis=1, keepdims=True)
            into_x[..., t] = self.w.T @ d
            carry = self.u.T @ d
        self.h_grad = carry
        return into_x


CASE = dict(title="modules that are handed dy, features first, time last", cell="rnn", activation="relu", x="DBT",
            weights="out,in", bias="column", loss="upstream", counted="all")

def run(problem):
    p = problem.params
    rec, out = ReLURecurrent(p["W_xh"], p["W_hh"], p["b_h"]), Affine(p["W_hy"], p["b_y"])
    y = out(rec(problem.x, problem.h0))
    dx = rec.backward(out.backward(problem.dy))
    return dict(y=y, dx=dx, dh0=rec.h_grad, dW_xh=rec.w_grad, dW_hh=rec.u_grad, db_h=rec.b_grad, dW_hy=out.weight_grad, db_y=out.bias_grad)
