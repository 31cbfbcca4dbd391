"""Each step returns its value and a function that takes gradients back; sums go into a shared dict."""
import numpy as np


def linear(x, name, params, grads):
    def back(d):
        grads[name] = grads.get(name, 0) + np.tensordot(x, d, axes=(0, 0))
        return d @ params[name].T
    return x @ params[name], back


def squash(a, kind):
    out = np.tanh(a) if kind == "tanh" else 1 / (1 + np.exp(-a))
    return out, (lambda d: d * (1 - out ** 2)) if kind == "tanh" else (lambda d: d * out * (1 - out))


def gru_step(x, h, params, grads):
    def gate(which, state, kind):
        ax, bx = linear(x, "W" + which, params, grads)
        ah, bh = linear(state, "U" + which, params, grads)
        out, slope = squash(ax + ah + params["b" + which], kind)

        def back(d):
            d = slope(d)
            grads["b" + which] = grads.get("b" + which, 0) + d.sum(0)
            return bx(d), bh(d)
        return out, back

    r, r_back = gate("r", h, "sigmoid")
    z, z_back = gate("z", h, "sigmoid")
    n, n_back = gate("n", r * h, "tanh")

    def back(dh):
        dx_n, d_rh = n_back(dh * (1 - z))
        dx_z, dh_z = z_back(dh * (h - n))
        dx_r, dh_r = r_back(d_rh * h)
        return dx_n + dx_z + dx_r, dh * z + dh_z + dh_r + d_rh * r
    return (1 - z) * n + z * h, back


def chain(xs, h, dhs, params):
    grads, backs = {}, []
    for x in xs:
        h, back = gru_step(x, h, params, grads)
        backs.append(back)
    d, dxs = 0, []
    for back, extra in zip(backs[::-1], dhs[::-1]):
        dx, d = back(d + extra)
        dxs.append(dx)
    return grads, dxs[::-1], d


CASE = dict(title="GRU made of closures", cell="gru", gates="separate", loss="upstream", output_layer=False, counted="all")
NAMES = {a + k: b + k for k in "rzn" for a, b in (("W", "W_x"), ("U", "W_h"), ("b", "b_"))}

def run(problem):
    grads, dx, dh0 = chain(problem.x, problem.h0, problem.dy, problem.named(**NAMES))
    return dict(problem.take(grads, prefix="", **NAMES), dx=dx, dh0=dh0)
