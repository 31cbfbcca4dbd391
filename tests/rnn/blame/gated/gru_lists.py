"""One function with lists: the reset gate before the product, z keeps the old state, a matrix for every gate."""

import numpy as np

CASE = dict(
    title="GRU in one function with lists",
    cell="gru", loss="softmax_cross_entropy_mean", x="TBD", weights="in,out", counted="all",
    settings=dict(steps=5, batch=2, inputs=4, hidden=5, outputs=3, seed=41),
)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_loss(xs, targets, h0, Wr, Wz, Wn, Ur, Uz, Un, br, bz, bn, V, c):
    T, B, _ = xs.shape
    hs, rs, zs, ns, ps = [h0], [], [], [], []
    for t in range(T):
        h = hs[-1]
        r = sigmoid(xs[t] @ Wr + h @ Ur + br)
        z = sigmoid(xs[t] @ Wz + h @ Uz + bz)
        n = np.tanh(xs[t] @ Wn + (r * h) @ Un + bn)
        hs.append((1 - z) * n + z * h)
        rs.append(r); zs.append(z); ns.append(n)
        y = hs[-1] @ V + c
        e = np.exp(y - y.max(axis=1, keepdims=True))
        ps.append(e / e.sum(axis=1, keepdims=True))
    dWr, dWz, dWn = np.zeros_like(Wr), np.zeros_like(Wz), np.zeros_like(Wn)
    dUr, dUz, dUn = np.zeros_like(Ur), np.zeros_like(Uz), np.zeros_like(Un)
    dbr, dbz, dbn = np.zeros_like(br), np.zeros_like(bz), np.zeros_like(bn)
    dV, dc = np.zeros_like(V), np.zeros_like(c)
    dxs = np.zeros_like(xs)
    dh_next = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        h_prev, h, r, z, n = hs[t], hs[t + 1], rs[t], zs[t], ns[t]
        dy = ps[t].copy()
        dy[np.arange(B), targets[t]] -= 1
        dy /= T * B
        dV += h.T @ dy
        dc += dy.sum(0)
        dh = dy @ V.T + dh_next
        dn = dh * (1 - z)
        dz = dh * (h_prev - n)
        dn_in = dn * (1 - n ** 2)
        drh = dn_in @ Un.T
        dr = drh * h_prev
        dr_in = dr * r * (1 - r)
        dz_in = dz * z * (1 - z)
        dWn += xs[t].T @ dn_in
        dUn += (r * h_prev).T @ dn_in
        dbn += dn_in.sum(0)
        dWr += xs[t].T @ dr_in
        dUr += h_prev.T @ dr_in
        dbr += dr_in.sum(0)
        dWz += xs[t].T @ dz_in
        dUz += h_prev.T @ dz_in
        dbz += dz_in.sum(0)
        dxs[t] = dn_in @ Wn.T + dr_in @ Wr.T + dz_in @ Wz.T
        dh_next = dh * z + drh * r + dr_in @ Ur.T + dz_in @ Uz.T
    return dxs, dh_next, (dWr, dWz, dWn), (dUr, dUz, dUn), (dbr, dbz, dbn), dV, dc


def run(problem):
    p = problem.params
    split = [part for name in ("W_xh", "W_hh", "b_h") for part in np.split(p[name], 3, axis=-1)]
    dx, dh0, dW, dU, db, dV, dc = gru_loss(problem.x, problem.target, problem.h0, *split, p["W_hy"], p["b_y"])
    return dict(dW_xh=np.hstack(dW), dW_hh=np.hstack(dU), db_h=np.concatenate(db), dW_hy=dV, db_y=dc, dx=dx, dh0=dh0)
