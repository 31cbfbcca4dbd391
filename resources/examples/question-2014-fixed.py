"""A question of 2014: a NumPy RNN whose outputs equal Theano's and whose gradients do not.

The network: tanh hidden layer, linear output, half the squared error summed over time; one sequence, h0 = 0.
`backward` is written as it was asked about, with its mistake mended: the carry reads dcdHin[t + 1]. Two things differ from the original: its return
statement also named a `dcdOout` that does not exist, so `dcdHout` and `dcdHin` are returned instead; and what were
module globals are arguments here. `dcdWhh` leaves out the step from h0, which is right only because h0 is 0.
"""

import numpy as np

CASE = dict(
    title="the same with its one mistake mended",
    cell="rnn",
    activation="tanh",
    loss="half_squared_error",
    x="TD",
    weights="in,out",
    h0="zero",
    settings=dict(steps=5, inputs=5, outputs=5, hidden=4, data="one_hot", seed=1),
    declared=["dcdWhh leaves out the step from h0: right only because h0 is 0, and this problem could not show it"],
)


def forward(X, Wxh, Whh, Who, bhh, bho):
    """Hidden states and outputs of all steps; row t is step t."""
    T = X.shape[0]
    XdotW = np.dot(X, Wxh)
    Hin = np.zeros((T, Whh.shape[0]))
    Hout = np.zeros_like(Hin)
    previous = np.zeros(Whh.shape[0])
    for t in range(T):
        Hin[t] = XdotW[t] + np.dot(previous, Whh) + bhh
        Hout[t] = np.tanh(Hin[t])
        previous = Hout[t]
    Oin = np.dot(Hout, Who) + bho
    Oout = Oin
    return dict(Xin=X, Xout=X, XdotW=XdotW, Hin=Hin, Hout=Hout, Oin=Oin, Oout=Oout)


def cost(cache, target):
    """Half the squared error, summed over steps and outputs."""
    return 0.5 * np.sum((cache["Oout"] - target) ** 2)


def backward(cache, target, Wxh, Whh, Who):
    """Gradients of the cost with respect to weights and biases."""
    Hout, T = cache["Hout"], cache["Hout"].shape[0]
    dcdOin = cache["Oout"] - target
    dcdHout = np.dot(dcdOin, Who.T)
    dcdHin = np.zeros_like(dcdHout)
    slope = 1 - Hout ** 2
    dcdHin[T - 1] = dcdHout[T - 1] * slope[T - 1]
    for t in reversed(range(T - 1)):
        dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)
        dcdHin[t] = dcdHout[t] * slope[t]
    dcdWho = np.dot(Hout.T, dcdOin)
    dcdWhh = np.dot(Hout[:-1].T, dcdHin[1:])
    dcdWxh = np.dot(cache["Xout"].T, dcdHin)
    dcdbho = dcdOin.sum(axis=0)
    dcdbhh = dcdHin.sum(axis=0)
    return dict(
        dcdWxh=dcdWxh, dcdWhh=dcdWhh, dcdWho=dcdWho, dcdbhh=dcdbhh, dcdbho=dcdbho,
        dcdOin=dcdOin, dcdHout=dcdHout, dcdHin=dcdHin,
    )


def run(problem):
    """Called by the inspector with weights and data; returns what there is to compare."""
    p = problem.params
    cache = forward(problem.x, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    g = backward(cache, problem.target, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(
        dW_xh=g["dcdWxh"], dW_hh=g["dcdWhh"], dW_hy=g["dcdWho"], db_h=g["dcdbhh"], db_y=g["dcdbho"],
        dy=g["dcdOin"], dh=g["dcdHout"], da=g["dcdHin"],
        y=cache["Oout"], h=cache["Hout"], loss=cost(cache, problem.target),
    )
