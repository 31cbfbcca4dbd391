"""A character model for one sequence: columns in dictionaries, one function for everything, gradients clipped at the end."""

import numpy as np

CASE = dict(
    title="character LSTM with columns in dictionaries",
    cell="lstm", loss="softmax_cross_entropy", x="TD", weights="out,in", counted="all", clip=("value", 0.2),
    settings=dict(steps=6, inputs=4, hidden=5, outputs=4, seed=34),
)


def sigm(v):
    return 1. / (1. + np.exp(-v))


def lossFun(inputs, targets, hprev, cprev, Wf, Wi, Wc, Wo, Wy, bf, bi, bc, bo, by):
    xs, zs, fs, is_, cbars, cs, os, hs, ys, ps = {}, {}, {}, {}, {}, {}, {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    cs[-1] = np.copy(cprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = inputs[t][:, None]
        zs[t] = np.vstack((hs[t-1], xs[t]))
        fs[t] = sigm(np.dot(Wf, zs[t]) + bf)
        is_[t] = sigm(np.dot(Wi, zs[t]) + bi)
        cbars[t] = np.tanh(np.dot(Wc, zs[t]) + bc)
        cs[t] = fs[t] * cs[t-1] + is_[t] * cbars[t]
        os[t] = sigm(np.dot(Wo, zs[t]) + bo)
        hs[t] = os[t] * np.tanh(cs[t])
        ys[t] = np.dot(Wy, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWf, dWi, dWc = np.zeros_like(Wf), np.zeros_like(Wi), np.zeros_like(Wc)
    dWo, dWy = np.zeros_like(Wo), np.zeros_like(Wy)
    dbf, dbi, dbc = np.zeros_like(bf), np.zeros_like(bi), np.zeros_like(bc)
    dbo, dby = np.zeros_like(bo), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    dcnext = np.zeros_like(cs[0])
    hidden = len(hprev)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Wy.T, dy) + dhnext
        do = dh * np.tanh(cs[t])
        do = do * os[t] * (1 - os[t])
        dWo += np.dot(do, zs[t].T)
        dbo += do
        dc = dh * os[t] * (1 - np.tanh(cs[t]) ** 2) + dcnext
        dcbar = dc * is_[t]
        dcbar = dcbar * (1 - cbars[t] ** 2)
        dWc += np.dot(dcbar, zs[t].T)
        dbc += dcbar
        di = dc * cbars[t]
        di = di * is_[t] * (1 - is_[t])
        dWi += np.dot(di, zs[t].T)
        dbi += di
        df = dc * cs[t-1]
        df = df * fs[t] * (1 - fs[t])
        dWf += np.dot(df, zs[t].T)
        dbf += df
        dz = np.dot(Wf.T, df)
        dz += np.dot(Wi.T, di)
        dz += np.dot(Wc.T, dcbar)
        dz += np.dot(Wo.T, do)
        dhnext = dz[:hidden, :]
        dcnext = fs[t] * dc
    for dparam in [dWf, dWi, dWc, dWo, dWy, dbf, dbi, dbc, dbo, dby]:
        np.clip(dparam, -0.2, 0.2, out=dparam)
    return loss, dWf, dWi, dWc, dWo, dWy, dbf, dbi, dbc, dbo, dby


def run(problem):
    p, H = problem.params, problem.H
    Ui, Uf, Ug, Uo = np.split(p["W_xh"], 4)
    Vi, Vf, Vg, Vo = np.split(p["W_hh"], 4)
    bi, bf, bc, bo = np.split(p["b_h"][:, None], 4)
    Wi, Wf, Wc, Wo = np.hstack([Vi, Ui]), np.hstack([Vf, Uf]), np.hstack([Vg, Ug]), np.hstack([Vo, Uo])
    h0, c0 = problem.states["h0"][:, None], problem.states["c0"][:, None]
    loss, dWf, dWi, dWc, dWo, dWy, dbf, dbi, dbc, dbo, dby = lossFun(
        problem.x, problem.target, h0, c0, Wf, Wi, Wc, Wo, p["W_hy"], bf, bi, bc, bo, p["b_y"][:, None])
    dW = np.vstack([dWi, dWf, dWc, dWo])
    return dict(dW_hh=dW[:, :H], dW_xh=dW[:, H:], db_h=np.vstack([dbi, dbf, dbc, dbo])[:, 0], dW_hy=dWy, db_y=dby[:, 0], loss=loss)
