import numpy as np

class Net:
    def set_weights(self, W1, W2, W3, b1, b2):
        self.W1 = W1; self.W2 = W2; self.W3 = W3
        self.b1 = b1; self.b2 = b2

    def sigmoid(self, x): return 1 / (1 + np.exp(-x))

    def forward(self, X, weight_of_step):
        self.X = X
        self.wt = weight_of_step
        T, N, _ = X.shape
        self.S = np.zeros((T + 1, N, self.W2.shape[0]))       # S[T] is also S[-1]: the zero state
        self.O = np.zeros((T, N, self.W3.shape[1]))
        for t in range(T):
            self.S[t] = self.sigmoid(X[t].dot(self.W1) + self.S[t - 1].dot(self.W2) + self.b1)
            self.O[t] = self.sigmoid(self.S[t].dot(self.W3) + self.b2)
        return self.O

    def backward(self, Y):
        for n in ['W1', 'W2', 'W3', 'b1', 'b2']:
            setattr(self, 'd' + n, np.zeros_like(getattr(self, n)))
        ds_next = np.zeros_like(self.S[0])
        for t in reversed(range(len(self.X))):
            do = (self.O[t] - Y[t]) * self.wt[t][:, None]
            self.dW3 += self.S[t].T.dot(do)
            self.db2 += do.sum(axis=0)
            ds = do.dot(self.W3.T) + ds_next
            dz = ds * self.S[t] * (1 - self.S[t])
            self.dW1 += self.X[t].T.dot(dz)
            self.dW2 += self.S[t - 1].T.dot(dz)
            self.db1 += dz.sum(axis=0)
            ds_next = dz.dot(self.W2.T)

CASE = dict(title="sigmoid net with logistic outputs; gradients stay on the object", cell="rnn", activation="sigmoid",
            loss="logistic", h0="zero")
NAMES = dict(W1="W_xh", W2="W_hh", W3="W_hy", b1="b_h", b2="b_y")

def run(problem):
    net = Net()
    net.set_weights(**problem.named(**NAMES))
    net.forward(problem.x, problem.loss_weights)
    net.backward(problem.target)
    return problem.take(net, **NAMES)
