"""BasicLSTM: kernel on [inputs, h], columns i, j, f, o, one is added to the forget gate before its sigmoid."""
import numpy as np

FORGET_BIAS = 1.0


def _sigmoid(x):
    return 0.5 + 0.5 * np.tanh(x / 2)


def basic_lstm(kernel, bias, inputs, state):
    c, h = state
    caches = []
    for inp in inputs:
        args = np.concatenate([inp, h], axis=1)
        i, j, f, o = np.split(args @ kernel + bias, 4, axis=1)
        i, j, f, o = _sigmoid(i), np.tanh(j), _sigmoid(f + FORGET_BIAS), _sigmoid(o)
        new_c = c * f + i * j
        new_h = np.tanh(new_c) * o
        caches.append((args, c, i, j, f, o, new_c))
        c, h = new_c, new_h
        yield h, caches


def basic_lstm_grad(kernel, caches, d_outputs, num_inputs):
    d_kernel = np.zeros_like(kernel)
    d_bias = np.zeros(kernel.shape[1], kernel.dtype)
    d_h = d_c = 0.0
    d_inputs = []
    for (args, c, i, j, f, o, new_c), d_out in zip(caches[::-1], d_outputs[::-1]):
        d_h = d_h + d_out
        d_c = d_c + d_h * o * (1 - np.tanh(new_c) ** 2)
        d_z = np.concatenate(
            [d_c * j * i * (1 - i), d_c * i * (1 - j ** 2), d_c * c * f * (1 - f), d_h * np.tanh(new_c) * o * (1 - o)], axis=1
        )
        d_kernel += args.T @ d_z
        d_bias += d_z.sum(axis=0)
        d_args = d_z @ kernel.T
        d_inputs.append(d_args[:, :num_inputs])
        d_h = d_args[:, num_inputs:]
        d_c = d_c * f
    return d_kernel, d_bias, np.array(d_inputs[::-1]), d_h, d_c


CASE = dict(title="LSTM with gates i j f o on [x; h] and a forget bias in the code", cell="lstm", forget_bias=1.0,
            gates="igfo", stacked="xh", loss="upstream", output_layer=False, counted="all")

def run(problem):
    steps = list(basic_lstm(problem.params["W"], problem.params["b_h"], problem.x, (problem.states["c0"], problem.states["h0"])))
    dW, db, dx, dh0, dc0 = basic_lstm_grad(problem.params["W"], steps[-1][1], problem.dh, problem.D)
    return dict(dW=dW, db_h=db, dx=dx, dh0=dh0, dc0=dc0, h=[h for h, _ in steps])
