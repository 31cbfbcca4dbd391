"""All gates and all inputs in one matrix whose first row is the bias; whole arrays over time, gates in 4d columns."""

import numpy as np

CASE = dict(
    title="LSTM with one matrix on [1, x, h]",
    cell="lstm", loss="half_squared_error", x="TBD", weights="in,out", counted="all",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2, seed=32),
)


class LSTM:

    @staticmethod
    def forward(X, WLSTM, c0, h0):
        n, b, input_size = X.shape
        d = WLSTM.shape[1] // 4
        xphpb = WLSTM.shape[0]
        Hin = np.zeros((n, b, xphpb))
        Hout = np.zeros((n, b, d))
        IFOG = np.zeros((n, b, d * 4))
        IFOGf = np.zeros((n, b, d * 4))
        C = np.zeros((n, b, d))
        Ct = np.zeros((n, b, d))
        for t in range(n):
            prevh = Hout[t-1] if t > 0 else h0
            Hin[t, :, 0] = 1
            Hin[t, :, 1:input_size+1] = X[t]
            Hin[t, :, input_size+1:] = prevh
            IFOG[t] = Hin[t].dot(WLSTM)
            IFOGf[t, :, :3*d] = 1.0 / (1.0 + np.exp(-IFOG[t, :, :3*d]))
            IFOGf[t, :, 3*d:] = np.tanh(IFOG[t, :, 3*d:])
            prevc = C[t-1] if t > 0 else c0
            C[t] = IFOGf[t, :, :d] * IFOGf[t, :, 3*d:] + IFOGf[t, :, d:2*d] * prevc
            Ct[t] = np.tanh(C[t])
            Hout[t] = IFOGf[t, :, 2*d:3*d] * Ct[t]
        cache = dict(WLSTM=WLSTM, Hout=Hout, IFOGf=IFOGf, IFOG=IFOG, C=C, Ct=Ct, Hin=Hin, c0=c0, h0=h0)
        return C, Hout, cache

    @staticmethod
    def backward(dHout_in, cache):
        WLSTM, Hout, IFOGf, IFOG = cache['WLSTM'], cache['Hout'], cache['IFOGf'], cache['IFOG']
        C, Ct, Hin, c0 = cache['C'], cache['Ct'], cache['Hin'], cache['c0']
        n, b, d = Hout.shape
        input_size = WLSTM.shape[0] - d - 1
        dIFOG = np.zeros(IFOG.shape)
        dIFOGf = np.zeros(IFOGf.shape)
        dWLSTM = np.zeros(WLSTM.shape)
        dHin = np.zeros(Hin.shape)
        dC = np.zeros(C.shape)
        dX = np.zeros((n, b, input_size))
        dh0 = np.zeros((b, d))
        dc0 = np.zeros((b, d))
        dHout = dHout_in.copy()
        for t in reversed(range(n)):
            tanhCt = Ct[t]
            dIFOGf[t, :, 2*d:3*d] = tanhCt * dHout[t]
            dC[t] += (1 - tanhCt**2) * (IFOGf[t, :, 2*d:3*d] * dHout[t])
            if t > 0:
                dIFOGf[t, :, d:2*d] = C[t-1] * dC[t]
                dC[t-1] += IFOGf[t, :, d:2*d] * dC[t]
            else:
                dIFOGf[t, :, d:2*d] = c0 * dC[t]
                dc0 = IFOGf[t, :, d:2*d] * dC[t]
            dIFOGf[t, :, :d] = IFOGf[t, :, 3*d:] * dC[t]
            dIFOGf[t, :, 3*d:] = IFOGf[t, :, :d] * dC[t]
            # through the nonlinearities
            dIFOG[t, :, 3*d:] = (1 - IFOGf[t, :, 3*d:] ** 2) * dIFOGf[t, :, 3*d:]
            y = IFOGf[t, :, :3*d]
            dIFOG[t, :, :3*d] = (y * (1.0 - y)) * dIFOGf[t, :, :3*d]
            # through the product
            dWLSTM += np.dot(Hin[t].transpose(), dIFOG[t])
            dHin[t] = dIFOG[t].dot(WLSTM.transpose())
            dX[t] = dHin[t, :, 1:input_size+1]
            if t > 0:
                dHout[t-1, :] += dHin[t, :, input_size+1:]
            else:
                dh0 += dHin[t, :, input_size+1:]
        return dX, dWLSTM, dc0, dh0


def run(problem):
    p, D = problem.params, problem.D
    ours = np.vstack([p["b_h"][None], p["W_xh"], p["W_hh"]])
    i, f, g, o = np.split(ours, 4, axis=1)
    C, Hout, cache = LSTM.forward(problem.x, np.hstack([i, f, o, g]), problem.states["c0"], problem.states["h0"])
    dy = Hout.dot(p["W_hy"]) + p["b_y"] - problem.target
    dX, dW, dc0, dh0 = LSTM.backward(dy.dot(p["W_hy"].T), cache)
    i, f, o, g = np.split(dW, 4, axis=1)
    dW = np.hstack([i, f, g, o])
    return dict(db_h=dW[0], dW_xh=dW[1:D+1], dW_hh=dW[D+1:], dW_hy=np.einsum("tbh,tbk->hk", Hout, dy),
                db_y=dy.sum((0, 1)), dx=dX, dc0=dc0, dh0=dh0)
