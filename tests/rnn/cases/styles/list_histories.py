import numpy as np

def relu(v): return np.maximum(v, 0)

def softmax(v):
    v = np.exp(v - max(v))
    return v / v.sum()


def fwd(xs, weights, h):
    U, W, V, b, c = weights
    H, P = [h], []                     # H has one entry more than P
    for x in xs:
        H.append(relu(x @ U + H[-1] @ W + b))
        P.append(softmax(H[-1] @ V + c))
    return H, P


def nll(P, labels):
    return sum(-np.log(p[k]) for p, k in zip(P, labels)) / len(P)


def bwd(xs, labels, H, P, weights):
    U, W, V, b, c = weights
    gU, gW, gV, gb, gc = [0 * w for w in weights]
    gH = [None] * len(H)
    gH[-1] = np.zeros_like(b)
    for t in range(len(xs))[::-1]:
        gp = P[t].copy()
        gp[labels[t]] -= 1
        gp /= len(xs)
        gV += np.outer(H[t + 1], gp)
        gc += gp
        total = gH[t + 1] + V @ gp
        ga = np.where(H[t + 1] > 0, total, 0)
        gU += np.outer(xs[t], ga)
        gW += np.outer(H[t], ga)
        gb += ga
        gH[t] = W @ ga
    return (gU, gW, gV, gb, gc), gH[0]

CASE = dict(
    title="lists of T + 1 states, ReLU, mean of the log loss",
    cell="rnn", activation="relu", loss="softmax_cross_entropy_mean", counted="all", x="T,D",
)
def run(problem):
    w = [problem.params[n] for n in ("W_xh", "W_hh", "W_hy", "b_h", "b_y")]
    H, P = fwd(problem.x, w, problem.h0)
    g, g0 = bwd(problem.x, problem.target, H, P, w)
    return dict(dW_xh=g[0], dW_hh=g[1], dW_hy=g[2], db_h=g[3], db_y=g[4], dh0=g0, loss=nll(P, problem.target))
