import global_lm

CASE = dict(title="globals of another module, mean cost per character", cell="rnn", x="T,D1", ids=True, weights="out,in",
            bias="column", h0="zero", loss="softmax_cross_entropy_mean", counted="all")
NAMES = dict(U="W_xh", W="W_hh", O="W_hy", bias_h="b_h", bias_o="b_y")

def run(problem):
    problem.put(global_lm, **NAMES)
    cost, grads = global_lm.learn(problem.x, problem.target)
    return dict(problem.take(grads, prefix="", **NAMES), loss=cost)
