"""Columns in dictionaries for one sequence; z takes the new state; the candidate acts on [r h, x]."""

import numpy as np

CASE = dict(
    title="GRU with columns and stacked inputs, z takes the new state",
    cell="gru", update="new", loss="half_squared_error", x="TD", weights="out,in", counted="all",
    settings=dict(steps=6, inputs=4, hidden=5, outputs=3, seed=42),
)


def sigma(a):
    return 1.0 / (1.0 + np.exp(-a))


def forward(inputs, h0, Wz, Wr, Wh, bz, br, bh, Wy, by):
    x, hx, rhx, z, r, hh, y = {}, {}, {}, {}, {}, {}, {}
    h = {-1: h0}
    for t in range(len(inputs)):
        x[t] = inputs[t].reshape(-1, 1)
        hx[t] = np.vstack((h[t - 1], x[t]))
        z[t] = sigma(np.dot(Wz, hx[t]) + bz)
        r[t] = sigma(np.dot(Wr, hx[t]) + br)
        rhx[t] = np.vstack((r[t] * h[t - 1], x[t]))
        hh[t] = np.tanh(np.dot(Wh, rhx[t]) + bh)
        h[t] = (1 - z[t]) * h[t - 1] + z[t] * hh[t]
        y[t] = np.dot(Wy, h[t]) + by
    return hx, rhx, z, r, hh, h, y


def backward(inputs, targets, tape, Wz, Wr, Wh, Wy):
    hx, rhx, z, r, hh, h, y = tape
    H = len(h[0])
    grads = {name: 0 for name in ("Wz", "Wr", "Wh", "Wy", "bz", "br", "bh", "by")}
    dx = np.zeros_like(inputs)
    dhnext = np.zeros_like(h[0])
    for t in reversed(range(len(inputs))):
        dy = y[t] - targets[t].reshape(-1, 1)
        grads["Wy"] = grads["Wy"] + np.dot(dy, h[t].T)
        grads["by"] = grads["by"] + dy
        dh = np.dot(Wy.T, dy) + dhnext
        dhh = dh * z[t]
        dhh_raw = dhh * (1 - hh[t] * hh[t])
        drhx = np.dot(Wh.T, dhh_raw)
        dr = drhx[:H] * h[t - 1]
        dr_raw = dr * r[t] * (1 - r[t])
        dz = dh * (hh[t] - h[t - 1])
        dz_raw = dz * z[t] * (1 - z[t])
        dhx = np.dot(Wz.T, dz_raw) + np.dot(Wr.T, dr_raw)
        grads["Wh"] = grads["Wh"] + np.dot(dhh_raw, rhx[t].T)
        grads["Wr"] = grads["Wr"] + np.dot(dr_raw, hx[t].T)
        grads["Wz"] = grads["Wz"] + np.dot(dz_raw, hx[t].T)
        grads["bh"] = grads["bh"] + dhh_raw
        grads["br"] = grads["br"] + dr_raw
        grads["bz"] = grads["bz"] + dz_raw
        dhnext = dh * (1 - z[t])
        dhnext = dhnext + drhx[:H] * r[t]
        dhnext = dhnext + dhx[:H]
        dx[t] = (dhx[H:] + drhx[H:])[:, 0]
    return grads, dx, dhnext


def run(problem):
    p, H = problem.params, problem.H
    W = np.hstack([p["W_hh"], p["W_xh"]])
    Wr, Wz, Wh = np.split(W, 3)
    br, bz, bh = np.split(p["b_h"][:, None], 3)
    Wy, by = p["W_hy"], p["b_y"][:, None]
    tape = forward(problem.x, problem.h0[:, None], Wz, Wr, Wh, bz, br, bh, Wy, by)
    g, dx, dh0 = backward(problem.x, problem.target, tape, Wz, Wr, Wh, Wy)
    dW = np.vstack([g["Wr"], g["Wz"], g["Wh"]])
    db = np.vstack([g["br"], g["bz"], g["bh"]])
    return dict(dW_hh=dW[:, :H], dW_xh=dW[:, H:], db_h=db[:, 0], dW_hy=g["Wy"], db_y=g["by"][:, 0], dx=dx, dh0=dh0[:, 0])
