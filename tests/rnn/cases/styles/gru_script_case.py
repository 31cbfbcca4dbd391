"""The script sets Wx, Wh, b again at its end; only the first of them is a setting."""

CASE = dict(title="a flat GRU script that updates its weights at the end", cell="gru", loss="half_squared_error",
            output_layer=False, counted="all")

def run(problem):
    pinned = dict(problem.named(Wx="W_xh", Wh="W_hh", b="b_h"), inputs=problem.x, start=problem.h0, goal=problem.target)
    end = problem.script("gru_script.py", **pinned)
    return dict(problem.take(end, prefix="g", Wx="W_xh", Wh="W_hh", b="b_h"), dh0=end["gh"], loss=end["loss"])
