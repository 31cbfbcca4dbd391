# binary-addition toy, everything at top level
import numpy as np
np.random.seed(0)

n_in, n_hid, n_out = 2, 8, 1
alpha = 0.1

# data: one sequence
X = np.random.randint(0, 2, (8, n_in)).astype(float)
Y = np.random.randint(0, 2, (8, n_out)).astype(float)

synapse_0 = 2 * np.random.random((n_in, n_hid)) - 1
synapse_1 = 2 * np.random.random((n_hid, n_out)) - 1
synapse_h = 2 * np.random.random((n_hid, n_hid)) - 1

synapse_0_update = np.zeros_like(synapse_0)
synapse_1_update = np.zeros_like(synapse_1)
synapse_h_update = np.zeros_like(synapse_h)


def nonlin(x):
    return 1 / (1 + np.exp(-x))


layer_1_values = [np.zeros((1, synapse_h.shape[0]))]
layer_2_deltas = []
error = 0
for position in range(len(X)):
    x = X[position:position + 1]
    layer_1 = nonlin(np.dot(x, synapse_0) + np.dot(layer_1_values[-1], synapse_h))
    layer_2 = nonlin(np.dot(layer_1, synapse_1))
    layer_2_deltas.append(layer_2 - Y[position:position + 1])
    error -= np.sum(Y[position] * np.log(layer_2) + (1 - Y[position]) * np.log(1 - layer_2))
    layer_1_values.append(layer_1)

future_layer_1_delta = np.zeros((1, synapse_h.shape[0]))
for position in range(len(X)):
    x = X[len(X) - position - 1][None]
    layer_1 = layer_1_values[-position - 1]
    prev_layer_1 = layer_1_values[-position - 2]
    layer_2_delta = layer_2_deltas[-position - 1]
    layer_1_delta = (future_layer_1_delta.dot(synapse_h.T) + layer_2_delta.dot(synapse_1.T)) * layer_1 * (1 - layer_1)
    synapse_1_update += layer_1.T.dot(layer_2_delta)
    synapse_h_update += prev_layer_1.T.dot(layer_1_delta)
    synapse_0_update += x.T.dot(layer_1_delta)
    future_layer_1_delta = layer_1_delta

if __name__ == "__main__":
    print("error", error)
