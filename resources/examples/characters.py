"""A character model: a short text, softmax, and the program's own backward pass."""

CASE = dict(
    title="next character of a short text, softmax cross-entropy, built-in BPTT",
    built_in=True,
    cell="rnn",
    activation="tanh",
    loss="softmax_cross_entropy",
    settings=dict(data="text", data_file="characters.txt", steps=24, batch=2, hidden=16),
)
