CASE = dict(title="a flat LSTM script that trains for many epochs", cell="lstm", x="T,D1", ids=True, gates="separate", stacked="hx",
            weights="out,in", bias="column", h0="zero", loss="softmax_cross_entropy", counted="all", settings=dict(outputs=5))
NAMES = dict(Wf="W_f", Wi="W_i", Wg="W_g", Wo="W_o", Wy="W_hy", bf="b_f", bi="b_i", bg="b_g", bo="b_o", by="b_y")

def run(problem):
    end = problem.script("char_lstm_script.py", corpus="", inputs=problem.x, targets=problem.target, epochs=1, **problem.named(**NAMES))
    return dict(problem.take(end, **NAMES), loss=end["loss"])
