# no matrix products, I wanted to see every sum
import math
import numpy as np

def make(n): return [0.0 for _ in range(n)]
def make2(n, m): return [make(m) for _ in range(n)]

def learn(x, target, h_init, U, W, V, b, c):
    T = len(x); D = len(x[0]); H = len(h_init); K = len(c)
    h = [list(h_init)]
    y = []
    for t in range(T):
        row = make(H)
        for j in range(H):
            s = b[j]
            for d in range(D): s += x[t][d] * U[d][j]
            for k in range(H): s += h[t][k] * W[k][j]
            row[j] = math.tanh(s)
        h.append(row)
        y.append([c[k] + sum(row[j] * V[j][k] for j in range(H)) for k in range(K)])
    gU, gW, gV, gb, gc = make2(D, H), make2(H, H), make2(H, K), make(H), make(K)
    later = make(H)
    for t in range(T - 1, -1, -1):
        err = [y[t][k] - target[t][k] for k in range(K)]
        delta = make(H)
        for j in range(H):
            s = later[j]
            for k in range(K):
                s += err[k] * V[j][k]
                gV[j][k] += h[t + 1][j] * err[k]
            delta[j] = s * (1 - h[t + 1][j] ** 2)
            gb[j] += delta[j]
            for d in range(D): gU[d][j] += x[t][d] * delta[j]
        for k in range(K): gc[k] += err[k]
        later = make(H)
        for i in range(H):
            for j in range(H):
                gW[i][j] += h[t][i] * delta[j]
                later[i] += W[i][j] * delta[j]
    return y, gU, gW, gV, gb, gc, later

CASE = dict(title="loops over single numbers, lists of lists", cell="rnn", loss="half_squared_error", counted="all", x="TD")

def run(problem):
    weights = [problem.params[n].tolist() for n in ("W_xh", "W_hh", "W_hy", "b_h", "b_y")]
    out = learn(problem.x.tolist(), problem.target.tolist(), problem.h0.tolist(), *weights)
    return dict(zip(("y", "dW_xh", "dW_hh", "dW_hy", "db_h", "db_y", "dh0"), out))
