"""Lists that are read from their end by position, layers by number, updates added up; sigmoid units and no biases."""

import numpy as np

CASE = dict(
    title="lists read from the end, numbered layers, no biases",
    cell="rnn", activation="sigmoid", loss="half_squared_error", x="TBD", weights="in,out", h0="zero", biases=False,
    settings=dict(steps=8, batch=2, inputs=4, hidden=6, outputs=3, biases=False, h0="zero", seed=18),
)


# compute sigmoid nonlinearity
def sigmoid(x):
    output = 1/(1+np.exp(-x))
    return output

# convert output of sigmoid function to its derivative
def sigmoid_output_to_derivative(output):
    return output*(1-output)


def train_once(inputs, targets, synapse_0, synapse_1, synapse_h):
    synapse_0_update = np.zeros_like(synapse_0)
    synapse_1_update = np.zeros_like(synapse_1)
    synapse_h_update = np.zeros_like(synapse_h)
    steps, batch = inputs.shape[:2]

    layer_2_deltas = list()
    layer_2_values = list()
    layer_1_values = list()
    layer_1_values.append(np.zeros((batch, synapse_h.shape[0])))

    overallError = 0
    # moving along the positions
    for position in range(steps):
        X = inputs[position]
        # hidden layer (input ~+ prev_hidden)
        layer_1 = sigmoid(np.dot(X, synapse_0) + np.dot(layer_1_values[-1], synapse_h))
        # output layer
        layer_2 = np.dot(layer_1, synapse_1)
        layer_2_error = layer_2 - targets[position]
        layer_2_deltas.append(layer_2_error)
        layer_2_values.append(layer_2)
        overallError += 0.5 * np.sum(layer_2_error ** 2)
        # store hidden layer so we can use it in the next timestep
        layer_1_values.append(layer_1.copy())

    future_layer_1_delta = np.zeros((batch, synapse_h.shape[0]))
    for position in range(steps):
        X = inputs[-position-1]
        layer_1 = layer_1_values[-position-1]
        prev_layer_1 = layer_1_values[-position-2]
        # error at output layer
        layer_2_delta = layer_2_deltas[-position-1]
        # error at hidden layer
        layer_1_error = (future_layer_1_delta.dot(synapse_h.T)
                         + layer_2_delta.dot(synapse_1.T))
        layer_1_delta = layer_1_error * sigmoid_output_to_derivative(layer_1)
        # let's update all our weights so we can try again
        synapse_1_update += layer_1.T.dot(layer_2_delta)
        synapse_h_update += prev_layer_1.T.dot(layer_1_delta)
        synapse_0_update += X.T.dot(layer_1_delta)
        future_layer_1_delta = layer_1_delta
    return synapse_0_update, synapse_1_update, synapse_h_update, overallError, layer_2_values


def run(problem):
    p = problem.params
    u0, u1, uh, loss, outs = train_once(problem.x, problem.target, p["W_xh"], p["W_hy"], p["W_hh"])
    return dict(dW_xh=u0, dW_hy=u1, dW_hh=uh, loss=loss, y=np.array(outs))
