"""Parameter objects and one node per time step that keeps its own state and gradients; one sequence."""

import numpy as np

CASE = dict(
    title="LSTM of node objects, one sequence",
    cell="lstm", loss="upstream", output_layer=False, x="TD", weights="out,in", counted="all",
    settings=dict(steps=5, inputs=4, hidden=5, seed=36),
)


def sigmoid(x):
    return 1. / (1 + np.exp(-x))


def sigmoid_derivative(values):
    return values * (1 - values)


def tanh_derivative(values):
    return 1. - values ** 2


class LstmParam:
    def __init__(self, wg, wi, wf, wo, bg, bi, bf, bo):
        self.wg, self.wi, self.wf, self.wo = wg, wi, wf, wo
        self.bg, self.bi, self.bf, self.bo = bg, bi, bf, bo
        for name in ("wg", "wi", "wf", "wo", "bg", "bi", "bf", "bo"):
            setattr(self, name + "_diff", np.zeros_like(getattr(self, name)))


class LstmState:
    def __init__(self, n):
        self.g, self.i, self.f, self.o = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
        self.s, self.h = np.zeros(n), np.zeros(n)
        self.bottom_diff_h, self.bottom_diff_s = np.zeros(n), np.zeros(n)


class LstmNode:
    def __init__(self, param, state):
        self.state, self.param = state, param
        self.xc = None

    def bottom_data_is(self, x, s_prev, h_prev):
        self.s_prev = s_prev
        self.h_prev = h_prev
        xc = np.hstack((x, h_prev))
        self.state.g = np.tanh(np.dot(self.param.wg, xc) + self.param.bg)
        self.state.i = sigmoid(np.dot(self.param.wi, xc) + self.param.bi)
        self.state.f = sigmoid(np.dot(self.param.wf, xc) + self.param.bf)
        self.state.o = sigmoid(np.dot(self.param.wo, xc) + self.param.bo)
        self.state.s = self.state.g * self.state.i + s_prev * self.state.f
        self.state.h = np.tanh(self.state.s) * self.state.o
        self.xc = xc

    def top_diff_is(self, top_diff_h, top_diff_s):
        ds = self.state.o * tanh_derivative(np.tanh(self.state.s)) * top_diff_h + top_diff_s
        do = np.tanh(self.state.s) * top_diff_h
        di = self.state.g * ds
        dg = self.state.i * ds
        df = self.s_prev * ds
        di_input = sigmoid_derivative(self.state.i) * di
        df_input = sigmoid_derivative(self.state.f) * df
        do_input = sigmoid_derivative(self.state.o) * do
        dg_input = tanh_derivative(self.state.g) * dg
        self.param.wi_diff += np.outer(di_input, self.xc)
        self.param.wf_diff += np.outer(df_input, self.xc)
        self.param.wo_diff += np.outer(do_input, self.xc)
        self.param.wg_diff += np.outer(dg_input, self.xc)
        self.param.bi_diff += di_input
        self.param.bf_diff += df_input
        self.param.bo_diff += do_input
        self.param.bg_diff += dg_input
        dxc = np.zeros_like(self.xc)
        dxc += np.dot(self.param.wi.T, di_input)
        dxc += np.dot(self.param.wf.T, df_input)
        dxc += np.dot(self.param.wo.T, do_input)
        dxc += np.dot(self.param.wg.T, dg_input)
        self.state.bottom_diff_s = ds * self.state.f
        self.state.bottom_diff_h = dxc[len(self.xc) - len(ds):]
        self.state.bottom_diff_x = dxc[:len(self.xc) - len(ds)]


def run(problem):
    p, D = problem.params, problem.D
    W = np.hstack([p["W_xh"], p["W_hh"]])
    wi, wf, wg, wo = np.split(W, 4)
    bi, bf, bg, bo = np.split(p["b_h"], 4)
    param = LstmParam(wg, wi, wf, wo, bg, bi, bf, bo)
    nodes, s, h = [], problem.states["c0"], problem.states["h0"]
    for x in problem.x:
        node = LstmNode(param, LstmState(problem.H))
        node.bottom_data_is(x, s, h)
        s, h = node.state.s, node.state.h
        nodes.append(node)
    diff_h, diff_s = np.zeros(problem.H), np.zeros(problem.H)
    for t in range(len(nodes) - 1, -1, -1):
        nodes[t].top_diff_is(problem.target[t] + diff_h, diff_s)
        diff_h, diff_s = nodes[t].state.bottom_diff_h, nodes[t].state.bottom_diff_s
    dW = np.vstack([param.wi_diff, param.wf_diff, param.wg_diff, param.wo_diff])
    db = np.concatenate([param.bi_diff, param.bf_diff, param.bg_diff, param.bo_diff])
    return dict(dW_xh=dW[:, :D], dW_hh=dW[:, D:], db_h=db, dh0=diff_h, dc0=diff_s,
                dx=np.array([node.state.bottom_diff_x for node in nodes]))
