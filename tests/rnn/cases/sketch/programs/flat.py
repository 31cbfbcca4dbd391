import numpy as np

T, n_in, n_hidden = 5, 3, 4
x = np.random.randn(T, n_in)
y = np.random.randn(T, 2)
U = np.random.randn(n_in, n_hidden)
W = np.random.randn(n_hidden, n_hidden)
V = np.random.randn(n_hidden, 2)
h = np.zeros((T + 1, n_hidden))
for t in range(T):
    h[t] = np.tanh(x[t] @ U + h[t-1] @ W)
dy = h[:T] @ V - y
dU, dW, dV = np.zeros_like(U), np.zeros_like(W), h[:T].T @ dy
carry = np.zeros(n_hidden)
for t in reversed(range(T)):
    da = (dy[t] @ V.T + carry) * (1 - h[t] ** 2)
    dU += np.outer(x[t], da)
    dW += np.outer(h[t-1], da)
    carry = da @ W.T
