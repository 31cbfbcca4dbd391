import numpy as np

rng = np.random.default_rng(1)
T, N, D, H = 12, 5, 3, 7
inputs = rng.normal(size=(T, N, D))
start = np.zeros((N, H))
goal = rng.normal(size=(T, N, H))

Wx = rng.normal(size=(D, 3 * H)) * 0.3     # r | z | n
Wh = rng.normal(size=(H, 3 * H)) * 0.3
b = np.zeros(3 * H)

# ---------------------------------------------------------------- forward
H = Wh.shape[0]
h = start
R, Z, C, HS = [], [], [], [h]
for x in inputs:
    a = x @ Wx + b
    r = 1 / (1 + np.exp(-a[:, :H] - h @ Wh[:, :H]))
    z = 1 / (1 + np.exp(-a[:, H:2 * H] - h @ Wh[:, H:2 * H]))
    c = np.tanh(a[:, 2 * H:] + (r * h) @ Wh[:, 2 * H:])
    h = z * h + (1 - z) * c
    R.append(r); Z.append(z); C.append(c); HS.append(h)

loss = 0.5 * sum(((h - g) ** 2).sum() for h, g in zip(HS[1:], goal))

# ---------------------------------------------------------------- backward
gWx, gWh, gb = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
gh = 0
for t in range(len(inputs) - 1, -1, -1):
    r, z, c, h = R[t], Z[t], C[t], HS[t]
    gh = gh + HS[t + 1] - goal[t]
    gc = gh * (1 - z) * (1 - c ** 2)
    gz = gh * (h - c) * z * (1 - z)
    grh = gc @ Wh[:, 2 * H:].T
    gr = grh * h * r * (1 - r)
    ga = np.hstack([gr, gz, gc])
    gWx += inputs[t].T @ ga
    gb += ga.sum(axis=0)
    gWh[:, :2 * H] += h.T @ ga[:, :2 * H]
    gWh[:, 2 * H:] += (r * h).T @ gc
    gh = gh * z + grh * r + ga[:, :2 * H] @ Wh[:, :2 * H].T

Wx = Wx - 0.01 * gWx
Wh = Wh - 0.01 * gWh
b = b - 0.01 * gb
