"""GRU layer with input and hidden biases; the reset gate is applied after the matrix product."""
import numpy as np


class GRULayer:
    def __init__(self, weight_ih, weight_hh, bias_ih, bias_hh):
        self.weight_ih, self.weight_hh = weight_ih, weight_hh      # (3H, D), (3H, H): r, z, n
        self.bias_ih, self.bias_hh = bias_ih, bias_hh

    @staticmethod
    def _sigmoid(x):
        return np.exp(-np.logaddexp(0, -x))

    def forward(self, inputs, hx):
        self.saved = []
        outputs = []
        for x in inputs:
            gi = x @ self.weight_ih.T + self.bias_ih
            gh = hx @ self.weight_hh.T + self.bias_hh
            i_r, i_z, i_n = np.split(gi, 3, axis=1)
            h_r, h_z, h_n = np.split(gh, 3, axis=1)
            resetgate = self._sigmoid(i_r + h_r)
            updategate = self._sigmoid(i_z + h_z)
            newgate = np.tanh(i_n + resetgate * h_n)
            hy = newgate + updategate * (hx - newgate)
            self.saved.append((x, hx, resetgate, updategate, newgate, h_n))
            outputs.append(hy)
            hx = hy
        return np.stack(outputs), hx

    def backward(self, grad_output):
        self.grad = {name: np.zeros_like(getattr(self, name)) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        grad_input = []
        grad_hx = np.zeros_like(self.saved[0][1])
        for grad_y, (x, hx, r, z, n, h_n) in zip(grad_output[::-1], self.saved[::-1]):
            grad_hy = grad_y + grad_hx
            grad_n = grad_hy * (1 - z) * (1 - n ** 2)
            grad_z = grad_hy * (hx - n) * z * (1 - z)
            grad_r = grad_n * h_n * r * (1 - r)
            grad_gi = np.concatenate((grad_r, grad_z, grad_n), axis=1)
            grad_gh = np.concatenate((grad_r, grad_z, grad_n * r), axis=1)
            self.grad["weight_ih"] += grad_gi.T @ x
            self.grad["weight_hh"] += grad_gh.T @ hx
            self.grad["bias_ih"] += grad_gi.sum(0)
            self.grad["bias_hh"] += grad_gh.sum(0)
            grad_input.insert(0, grad_gi @ self.weight_ih)
            grad_hx = grad_hy * z + grad_gh @ self.weight_hh
        return np.stack(grad_input), grad_hx


CASE = dict(title="GRU with two biases, reset after the product", cell="gru", reset="after", biases="two",
            weights="out,in", loss="upstream", output_layer=False, counted="all", gates="rzn")
NAMES = dict(weight_ih="W_xh", weight_hh="W_hh", bias_ih="b_xh", bias_hh="b_hh")

def run(problem):
    layer = GRULayer(**problem.named(**NAMES))
    h, last = layer.forward(problem.x, problem.h0)
    dx, dh0 = layer.backward(problem.dy)
    return dict(problem.take(layer.grad, prefix="", **NAMES), dx=dx, dh0=dh0, h=h)
