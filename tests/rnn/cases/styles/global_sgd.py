"""Module globals that a function changes in place; float32 throughout."""
import numpy as np

Win = np.zeros((3, 8), dtype='float32')
Wrec = np.zeros((8, 8), dtype='float32')
Wout = np.zeros((8, 2), dtype='float32')
brec = np.zeros(8, dtype='float32')
bout = np.zeros(2, dtype='float32')


def sgd(batch_x, batch_y, state, lr):
    global Win, Wrec, Wout, brec, bout
    n = np.float32(batch_y.size)
    hs = [state]
    preds = []
    for x in batch_x:
        hs.append(np.tanh(x @ Win + hs[-1] @ Wrec + brec))
        preds.append(hs[-1] @ Wout + bout)
    dWin, dWrec, dWout, dbrec, dbout = map(np.zeros_like, (Win, Wrec, Wout, brec, bout))
    dh = np.zeros_like(state)
    for t in range(len(preds), 0, -1):
        d = 2 * (preds[t - 1] - batch_y[t - 1]) / n
        dWout += hs[t].T @ d
        dbout += d.sum(0)
        dh = (dh + d @ Wout.T) * (1 - hs[t] * hs[t])
        dWin += batch_x[t - 1].T @ dh
        dWrec += hs[t - 1].T @ dh
        dbrec += dh.sum(0)
        dh = dh @ Wrec.T
    Win -= lr * dWin
    Wrec -= lr * dWrec
    Wout -= lr * dWout
    brec -= lr * dbrec
    bout -= lr * dbout


CASE = dict(title="globals changed in place, float32", cell="rnn", loss="mean_squared_error", counted="all", dtype="float32")
NAMES = dict(Win="W_xh", Wrec="W_hh", Wout="W_hy", brec="b_h", bout="b_y")

def run(problem):
    problem.put(globals(), **NAMES)
    with problem.updates(globals(), 1.0, **NAMES) as found:
        sgd(problem.x, problem.target, problem.h0, 1.0)
    return found
