CASE = dict(title="a flat script: sigmoid net, logistic loss, no biases", cell="rnn", activation="sigmoid", loss="logistic",
            counted="all", biases=False, h0="zero", x="TD")

def run(problem):
    p = problem.params
    end = problem.script("adding_script.py", X=problem.x, Y=problem.target, synapse_0=p["W_xh"], synapse_h=p["W_hh"], synapse_1=p["W_hy"])
    return dict(problem.take(end, prefix="", synapse_0_update="W_xh", synapse_h_update="W_hh", synapse_1_update="W_hy"), loss=end["error"])
