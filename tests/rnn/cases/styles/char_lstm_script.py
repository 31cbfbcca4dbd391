import numpy as np

corpus = open("corpus.txt").read()
vocab = {c: i for i, c in enumerate(sorted(set(corpus)))}
n_chars, n_hidden = len(vocab), 20
inputs = [vocab[c] for c in corpus[:-1]]
targets = [vocab[c] for c in corpus[1:]]
epochs = 50
rate = 0.1

rng = np.random.default_rng(5)
Wf = rng.normal(size=(n_hidden, n_hidden + n_chars)) * 0.1
Wi = rng.normal(size=(n_hidden, n_hidden + n_chars)) * 0.1
Wg = rng.normal(size=(n_hidden, n_hidden + n_chars)) * 0.1
Wo = rng.normal(size=(n_hidden, n_hidden + n_chars)) * 0.1
Wy = rng.normal(size=(n_chars, n_hidden)) * 0.1
bf = np.zeros((n_hidden, 1))
bi = np.zeros((n_hidden, 1))
bg = np.zeros((n_hidden, 1))
bo = np.zeros((n_hidden, 1))
by = np.zeros((n_chars, 1))


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


for epoch in range(epochs):
    h, c = np.zeros(bf.shape), np.zeros(bf.shape)
    steps, loss = [], 0
    for char, wanted in zip(inputs, targets):
        x = np.zeros((Wf.shape[1] - len(h), 1))
        x[char] = 1
        hx = np.vstack((h, x))
        f, i, g, o = sigmoid(Wf @ hx + bf), sigmoid(Wi @ hx + bi), np.tanh(Wg @ hx + bg), sigmoid(Wo @ hx + bo)
        c_before = c
        c = f * c_before + i * g
        h = o * np.tanh(c)
        y = Wy @ h + by
        p = np.exp(y - y.max())
        p = p / p.sum()
        loss -= np.log(p[wanted, 0])
        p[wanted] -= 1
        steps.append((hx, f, i, g, o, c_before, c, h, p))

    dWf, dWi, dWg, dWo, dWy = (np.zeros_like(w) for w in (Wf, Wi, Wg, Wo, Wy))
    dbf, dbi, dbg, dbo, dby = (np.zeros_like(w) for w in (bf, bi, bg, bo, by))
    dh_next, dc_next = np.zeros_like(h), np.zeros_like(c)
    for hx, f, i, g, o, c_before, c, h, dy in reversed(steps):
        dWy += dy @ h.T
        dby += dy
        dh = Wy.T @ dy + dh_next
        do = dh * np.tanh(c) * o * (1 - o)
        dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
        df = dc * c_before * f * (1 - f)
        di = dc * g * i * (1 - i)
        dg = dc * i * (1 - g ** 2)
        dWf += df @ hx.T; dbf += df
        dWi += di @ hx.T; dbi += di
        dWg += dg @ hx.T; dbg += dg
        dWo += do @ hx.T; dbo += do
        dhx = Wf.T @ df + Wi.T @ di + Wg.T @ dg + Wo.T @ do
        dh_next = dhx[:len(h)]
        dc_next = f * dc

    for w, d in ((Wf, dWf), (Wi, dWi), (Wg, dWg), (Wo, dWo), (Wy, dWy), (bf, dbf), (bi, dbi), (bg, dbg), (bo, dbo), (by, dby)):
        w -= rate * d
    if epoch % 10 == 0:
        print(epoch, loss)
