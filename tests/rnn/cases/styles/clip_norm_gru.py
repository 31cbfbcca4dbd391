import numpy as np

def s(x): return 1/(1+np.exp(-x))

def gru_loss(theta, X, h, targets, max_norm=1.0):
    '''X: T x N x D.  returns loss and clipped gradients. all three gates in one matrix, z first.'''
    Wx, Wh, b, Wy, by = [theta[k] for k in ['Wx','Wh','b','Wy','by']]
    T, N = X.shape[:2]; H = len(Wh)
    cache = []; loss = 0
    for t in range(T):
        ax = X[t]@Wx + b
        zr = s(ax[:, :2*H] + h@Wh[:, :2*H])
        z, r = zr[:, :H], zr[:, H:]
        hh = np.tanh(ax[:, 2*H:] + (h*r)@Wh[:, 2*H:])
        h1 = z*h + (1-z)*hh
        y = h1@Wy + by
        y = y - y.max(1, keepdims=True)
        p = np.exp(y)/np.exp(y).sum(1, keepdims=True)
        loss += -np.log(p[range(N), targets[t]]).sum()
        cache += [(h, z, r, hh, h1, p)]
        h = h1
    g = {k: np.zeros_like(v) for k, v in theta.items()}
    dh = np.zeros((N, H))
    for t in range(T-1, -1, -1):
        h, z, r, hh, h1, p = cache[t]
        dy = p.copy(); dy[range(N), targets[t]] -= 1
        g['Wy'] += h1.T@dy; g['by'] += dy.sum(0)
        dh = dh + dy@Wy.T
        dhh = dh*(1-z)*(1-hh**2)
        dhr = dhh@Wh[:, 2*H:].T
        dz = dh*(h-hh)*z*(1-z)
        dr = dhr*h*r*(1-r)
        dzr = np.hstack([dz, dr])
        g['Wx'] += X[t].T@np.hstack([dzr, dhh])
        g['Wh'][:, :2*H] += h.T@dzr
        g['Wh'][:, 2*H:] += (h*r).T@dhh
        g['b'] += np.hstack([dzr, dhh]).sum(0)
        dh = dh*z + dhr*r + dzr@Wh[:, :2*H].T
    norm = np.sqrt(sum((v**2).sum() for v in g.values()))
    if norm > max_norm:
        for k in g: g[k] *= max_norm/norm
    return loss, g

CASE = dict(title="GRU with gates z r h, gradients clipped by their common norm", cell="gru", gates="zrn",
            loss="softmax_cross_entropy", counted="all", clip=("norm", 1.0))
NAMES = dict(Wx="W_xh", Wh="W_hh", b="b_h", Wy="W_hy", by="b_y")

def run(problem):
    loss, g = gru_loss(problem.named(**NAMES), problem.x, problem.h0, problem.target)
    return dict(problem.take(g, prefix="", **NAMES), loss=loss)
