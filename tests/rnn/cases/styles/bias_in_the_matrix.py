"""Batched LSTM with one big matrix WLSTM on [1; x_t; h_(t-1)]; gate order in the columns: i f o g."""
import numpy as np


def forward(X, WLSTM, c0, h0):
    n, b, input_size = X.shape
    d = WLSTM.shape[1] // 4
    xphpb = WLSTM.shape[0]
    Hin = np.zeros((n, b, xphpb))
    Hout, IFOG, IFOGf = np.zeros((n, b, d)), np.zeros((n, b, d * 4)), np.zeros((n, b, d * 4))
    C, Ct = np.zeros((n, b, d)), np.zeros((n, b, d))
    for t in range(n):
        prevh = Hout[t - 1] if t > 0 else h0
        Hin[t, :, 0] = 1
        Hin[t, :, 1:input_size + 1] = X[t]
        Hin[t, :, input_size + 1:] = prevh
        IFOG[t] = Hin[t].dot(WLSTM)
        IFOGf[t, :, :3 * d] = 1.0 / (1.0 + np.exp(-IFOG[t, :, :3 * d]))
        IFOGf[t, :, 3 * d:] = np.tanh(IFOG[t, :, 3 * d:])
        prevc = C[t - 1] if t > 0 else c0
        C[t] = IFOGf[t, :, :d] * IFOGf[t, :, 3 * d:] + IFOGf[t, :, d:2 * d] * prevc
        Ct[t] = np.tanh(C[t])
        Hout[t] = IFOGf[t, :, 2 * d:3 * d] * Ct[t]
    return Hout, dict(WLSTM=WLSTM, Hout=Hout, IFOGf=IFOGf, C=C, Ct=Ct, Hin=Hin, c0=c0, input_size=input_size)


def backward(dHout_in, cache):
    WLSTM, IFOGf, C, Ct, Hin, c0 = (cache[k] for k in ("WLSTM", "IFOGf", "C", "Ct", "Hin", "c0"))
    n, b, d = dHout_in.shape
    input_size = cache["input_size"]
    dIFOG, dIFOGf, dC = np.zeros(IFOGf.shape), np.zeros(IFOGf.shape), np.zeros(C.shape)
    dWLSTM, dHin, dX = np.zeros(WLSTM.shape), np.zeros(Hin.shape), np.zeros((n, b, input_size))
    dHout = dHout_in.copy()
    dc0 = dh0 = None
    for t in reversed(range(n)):
        dIFOGf[t, :, 2 * d:3 * d] = Ct[t] * dHout[t]
        dC[t] += (1 - Ct[t] ** 2) * (IFOGf[t, :, 2 * d:3 * d] * dHout[t])
        if t > 0:
            dIFOGf[t, :, d:2 * d] = C[t - 1] * dC[t]
            dC[t - 1] += IFOGf[t, :, d:2 * d] * dC[t]
        else:
            dIFOGf[t, :, d:2 * d] = c0 * dC[t]
            dc0 = IFOGf[t, :, d:2 * d] * dC[t]
        dIFOGf[t, :, :d] = IFOGf[t, :, 3 * d:] * dC[t]
        dIFOGf[t, :, 3 * d:] = IFOGf[t, :, :d] * dC[t]
        dIFOG[t, :, 3 * d:] = (1 - IFOGf[t, :, 3 * d:] ** 2) * dIFOGf[t, :, 3 * d:]
        y = IFOGf[t, :, :3 * d]
        dIFOG[t, :, :3 * d] = (y * (1.0 - y)) * dIFOGf[t, :, :3 * d]
        dWLSTM += Hin[t].T.dot(dIFOG[t])
        dHin[t] = dIFOG[t].dot(WLSTM.T)
        dX[t] = dHin[t, :, 1:input_size + 1]
        if t > 0:
            dHout[t - 1] += dHin[t, :, input_size + 1:]
        else:
            dh0 = dHin[t, :, input_size + 1:]
    return dX, dWLSTM, dc0, dh0


CASE = dict(title="LSTM with the bias as the first row of one matrix", cell="lstm", loss="upstream", output_layer=False,
            counted="all", stacked="xh", bias="first", gates="ifog")

def run(problem):
    Hout, cache = forward(problem.x, problem.params["W"], problem.states["c0"], problem.states["h0"])
    dX, dW, dc0, dh0 = backward(problem.dh, cache)
    return dict(dW=dW, dx=dX, dc0=dc0, dh0=dh0, h=Hout)
