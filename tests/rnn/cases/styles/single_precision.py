import numpy as np

f32 = np.float32

class RNN32:
    def __init__(self, Wx, Wh, bh, Wy, by):
        self.p = [np.asarray(a, dtype=f32) for a in (Wx, Wh, bh, Wy, by)]

    def __call__(self, x, target, h0):
        Wx, Wh, bh, Wy, by = self.p
        x, h = x.astype(f32), h0.astype(f32)
        T, B, _ = x.shape
        hs = np.zeros((T + 1, B, Wh.shape[0]), f32)
        hs[0] = h
        for t in range(T):
            hs[t + 1] = np.tanh(x[t] @ Wx + hs[t] @ Wh + bh)
        y = hs[1:] @ Wy + by
        dy = (y - target.astype(f32))
        dhs = dy @ Wy.T
        da = np.zeros((T, B, Wh.shape[0]), f32)
        carry = np.zeros((B, Wh.shape[0]), f32)
        for t in range(T)[::-1]:
            da[t] = (dhs[t] + carry) * (f32(1) - hs[t + 1] ** 2)
            carry = da[t] @ Wh.T
        flat = lambda a: a.reshape(T * B, -1)
        return y, flat(x).T @ flat(da), flat(hs[:-1]).T @ flat(da), flat(da).sum(0), flat(hs[1:]).T @ flat(dy), flat(dy).sum(0), da

CASE = dict(title="everything in float32", cell="rnn", loss="half_squared_error", counted="all", dtype="float32")

def run(problem):
    p = problem.params
    out = RNN32(p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"], p["b_y"])(problem.x, problem.target, problem.h0)
    return dict(zip(("y", "dW_xh", "dW_hh", "db_h", "dW_hy", "db_y", "da"), out))
