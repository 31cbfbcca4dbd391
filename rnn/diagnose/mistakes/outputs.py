"""Mistakes at the output: the gradient of the loss, and what it gives to the top layer's state."""

from __future__ import annotations

from ...problem import Problem
from .base import NETWORK, Entry, several


def _cross_entropy(problem: Problem) -> bool:
    return problem.network.loss.startswith(("softmax", "logistic"))


def _has_target(problem: Problem) -> bool:
    return problem.network.loss != "upstream"


def _masked(problem: Problem) -> bool:
    return bool((problem.loss_weights != problem.loss_weights.flat[0]).any())


def _masked_entropy(problem: Problem) -> bool:
    return _masked(problem) and _cross_entropy(problem)


def _output_layer(problem: Problem) -> bool:
    return problem.network.output_layer


def _probabilities(problem: Problem) -> bool:
    return _cross_entropy(problem) and _output_layer(problem)


def _entry(id: str, sentence: str, formula: str, slot: str, text: str, **more: object) -> Entry:
    return Entry(id, sentence, formula, {slot: text}, over=NETWORK, **more)  # type: ignore[arg-type]


def _softmax(problem: Problem) -> bool:
    return problem.network.loss.startswith("softmax")


def _softmax_batch(problem: Problem) -> bool:
    return _softmax(problem) and several(problem)


def _many_classes(problem: Problem) -> bool:
    return _softmax_batch(problem) and problem.target.ndim == 2


def _squared(problem: Problem) -> bool:
    return _has_target(problem) and not _cross_entropy(problem)


TARGETS: tuple[Entry, ...] = (
    _entry("target-added", "adds the target where it must be subtracted", "dy_t = y_t + target_t", "dy",
           "(out + target) * unit * share", rank=1, needs=_has_target),
    _entry("target-next-class", "takes the class beside the right one for the target", "dy_t = p_t - onehot(id_t + 1)", "dy",
           "(out - np.roll(target, 1, -1)) * share", rank=3, needs=_softmax),
    _entry("target-class-before", "takes the class before the right one for the target", "dy_t = p_t - onehot(id_t - 1)", "dy",
           "(out - np.roll(target, -1, -1)) * share", rank=3, needs=_softmax),
    _entry("target-every-class", "subtracts 1 from every class, not from the right one alone", "dy_t = p_t - 1", "dy",
           "(out - 1) * share", rank=1, needs=_softmax),
    _entry("target-only-right-class", "keeps only the entry of the right class", "dy_t = (p_t - 1) at the target, else 0", "dy",
           "(out - 1) * target * share", rank=1, needs=_softmax),
    _entry("softmax-over-samples", "takes the softmax over the samples, not over the classes", "exp(y) / sum over b of exp(y)",
           "dy", "(np.exp(y) / np.exp(y).sum(1, keepdims=True) - target) * share", needs=_softmax_batch),
    _entry("softmax-over-steps", "takes the softmax over the steps, not over the classes", "exp(y) / sum over t of exp(y)", "dy",
           "(np.exp(y) / np.exp(y).sum(0, keepdims=True) - target) * share", needs=_softmax),
    *(_entry(f"softmax-of-shifted-over-{name}", f"takes the softmax over the {name}, of logits less their largest over the classes",
             f"exp(y - max y) / sum over the {name}", "dy",
             f"(np.exp(y - y.max(-1, keepdims=True)) / np.exp(y - y.max(-1, keepdims=True)).sum({axis}, keepdims=True) - target) * share",
             needs=needs)
      for name, axis, needs in (("samples", 1, _softmax_batch), ("steps", 0, _softmax))),
    _entry("softmax-over-all", "takes the softmax over all entries together", "exp(y) / sum of all exp(y)", "dy",
           "(np.exp(y) / np.exp(y).sum() - target) * share", needs=_softmax),
    _entry("softmax-not-divided", "forgets to divide by the sum of the exponentials", "dy_t = exp(y_t) - target_t", "dy",
           "(np.exp(y) - target) * share", needs=_softmax),
    _entry("output-tanh-slope", "multiplies with the slope of a tanh that the output does not have", "dy_t (1 - y_t^2)", "dy",
           "dloss * (1 - out ** 2)", needs=_squared),
    _entry("output-sigmoid-slope", "multiplies with the slope of a sigmoid that the output does not have", "dy_t y_t (1 - y_t)",
           "dy", "dloss * out * (1 - out)", needs=_squared),
    _entry("error-sign-only", "takes the error's sign alone, as of an absolute error", "dy_t = sign(y_t - target_t)", "dy",
           "np.sign(dloss) * share", needs=_has_target),
    _entry("error-without-sign", "takes the error's absolute value", "dy_t = |y_t - target_t|", "dy", "np.abs(dloss)"),
    _entry("error-squared", "squares the error: the loss itself where its slope is needed", "dy_t = (y_t - target_t)^2", "dy",
           "slope_of_loss ** 2 * share", needs=_has_target),
    _entry("error-half-squared", "takes half of the squared error where the error is needed", "dy_t = (y_t - target_t)^2 / 2",
           "dy", "slope_of_loss ** 2 / 2 * share", needs=_has_target),
    _entry("error-summed-over-outputs", "takes the sum over the outputs for every output", "dy_tk = sum over k", "dy",
           "0 * dloss + dloss.sum(-1, keepdims=True)"),
    _entry("error-mean-over-samples", "takes the mean over the samples for every sample", "dy_tb = mean over b", "dy",
           "0 * dloss + dloss.mean(1, keepdims=True)", needs=several),
)  # fmt: skip
"""Of the target, the softmax and the error."""

OUTPUTS: tuple[Entry, ...] = (
    _entry("output-for-its-gradient", "takes the output itself where its difference from the target is needed",
           "dy_t = y_t", "dy", "out * unit * share", needs=_has_target),
    _entry("target-alone", "takes the target alone where the output minus the target is needed",
           "dy_t = -target_t", "dy", "-target * unit * share", needs=_has_target),
    _entry("output-nonlinearity-left-out", "subtracts the target from the logits, before the output's nonlinearity",
           "dy_t = y_t - target_t", "dy", "(y - target) * share", needs=_cross_entropy),
    _entry("output-slope-twice", "multiplies with the slope of the output's nonlinearity, which the cross-entropy's gradient already holds",
           "dy_t = (p_t - target_t) p_t (1 - p_t)", "dy", "dloss * out * (1 - out)", rank=1, needs=_cross_entropy),
    _entry("probability-slope-missing", "takes the gradient of the probabilities, without the slope of the softmax or sigmoid",
           "dy_t = -target_t / p_t", "dy", "-target / out * share", needs=_cross_entropy),
    _entry("probability-of-padding", "takes the probabilities of padded steps too and leaves out their targets only",
           "dy_t = p_t - m_t target_t", "dy", "out * max_share - target * share", rank=1, needs=_masked_entropy),
    _entry("loss-mask-forgotten", "counts the steps that the loss leaves out",
           "dy_t without the weights of the loss", "dy", "slope_of_loss * max_share", rank=1, needs=_masked),
    _entry("loss-last-step", "takes the loss of the last step alone",
           "dy_t = 0 for t < T - 1", "dy", "only(dloss, T - 1)", rank=1, needs=_has_target),
    _entry("loss-first-step-left-out", "leaves out the loss of the first step", "dy_0 = 0", "dy", "without(dloss, 0)"),
    _entry("loss-last-step-left-out", "leaves out the loss of the last step",
           "dy_{T-1} = 0", "dy", "without(dloss, T - 1)"),
    _entry("target-next-step", "compares the output with the target of the next step",
           "dy_t = y_t - target_{t+1}", "dy", "(out - target[[*range(1, T), T - 1]]) * unit * share", needs=_has_target),
    _entry("target-previous-step", "compares the output with the target of the step before",
           "dy_t = y_t - target_{t-1}", "dy", "(out - np.roll(target, 1, 0)) * unit * share", needs=_has_target),
    _entry("target-next-step-wraps", "compares the output with the target of the next step, at the last step with the first",
           "dy_t = y_t - target_{t+1}", "dy", "(out - np.roll(target, -1, 0)) * unit * share", needs=_has_target),
    _entry("target-of-first-step", "compares every output with the target of the first step",
           "dy_t = y_t - target_0", "dy", "(out - target[0]) * unit * share", needs=_has_target),
    _entry("target-of-last-step", "compares every output with the target of the last step",
           "dy_t = y_t - target_{T-1}", "dy", "(out - target[-1]) * unit * share", needs=_has_target),
    _entry("output-of-last-step", "compares the last output with every target",
           "dy_t = y_{T-1} - target_t", "dy", "(out[-1] - target) * unit * share", needs=_has_target),
    _entry("targets-reversed", "compares the outputs with the targets in the reverse order of the steps",
           "dy_t = y_t - target_{T-1-t}", "dy", "(out - target[::-1]) * unit * share", rank=1, needs=_has_target),
    _entry("targets-of-all-samples", "subtracts the targets of all samples from every sample: an index of columns alone",
           "dy[:, ids] -= 1", "dy", "(out - target.max(1, keepdims=True)) * share", rank=1, needs=_many_classes),
    _entry("outputs-reversed", "takes the outputs' gradients in the reverse order of the steps",
           "dy_{T-1-t}", "dy", "dloss[::-1]"),
    _entry("loss-gradient-of-step-before", "takes the loss's gradient of the step before, and none at the first step",
           "dy_t is dL/dy_{t-1}", "dy", "shift(dloss, -1)"),
    _entry("loss-gradient-of-step-before-wraps", "takes the loss's gradient of the step before, at the first step that of the last",
           "dy_t is dL/dy_{t-1}", "dy", "np.roll(dloss, 1, 0)"),
    _entry("loss-gradient-of-next-step", "takes the loss's gradient of the next step, and none at the last step",
           "dy_t is dL/dy_{t+1}", "dy", "shift(dloss, 1)"),
    _entry("loss-gradient-of-next-step-wraps", "takes the loss's gradient of the next step, at the last step that of the first",
           "dy_t is dL/dy_{t+1}", "dy", "np.roll(dloss, -1, 0)", rank=3),
    _entry("upstream-order-reversed", "gives h the outputs' gradients in the reverse order of the steps",
           "dh_t gets dy_{T-1-t}", "dh_out", "({right})[::-1]", rank=1),
    _entry("upstream-last-output-only", "gives h the gradient of the last output unit alone: overwritten where it must be added up",
           "dh_t gets dy_{t,K-1} W_hy^T", "dh_out", "rows(dy[..., -1:], W_hy[:, -1:].T)", rank=3, needs=_output_layer),
    *TARGETS,
    _entry("upstream-first-output-only", "gives h what the first output gives and no other", "dh_t gets dy_{t,0} W_hy^T", "dh_out",
           "rows(dy[..., :1], W_hy[:, :1].T)", needs=_output_layer),
    _entry("upstream-without-weights", "gives h the sum of the outputs' gradients, without the output weights",
           "dh_t gets sum over k of dy_tk", "dh_out", "0 * ({right}) + dy.sum(-1, keepdims=True)", needs=_output_layer),
    _entry("upstream-running-sum", "gives h what all outputs from its step on give", "dh_t gets sum over s >= t of dy_s", "dh_out",
           "np.cumsum(({right})[::-1], 0)[::-1]", rank=1),
    _entry("upstream-next-step", "gives h the output's gradient of the next step, and at the last step its own again",
           "dh_t gets dy_{t+1}", "dh_out", "({right})[[*range(1, T), T - 1]]", rank=1),
    _entry("upstream-next-step-or-none", "gives h the output's gradient of the next step, and at the last step none",
           "dh_t gets dy_{t+1}", "dh_out", "shift({right}, 1)"),
    _entry("upstream-previous-step", "gives h the output's gradient of the step before",
           "dh_t gets dy_{t-1}", "dh_out", "shift({right}, -1)"),
    _entry("upstream-previous-wraps", "gives h the output's gradient of the step before, and at the first step that of the last",
           "dh_t gets dy_{t-1}", "dh_out", "np.roll({right}, 1, 0)"),
    _entry("upstream-at-every-step", "adds the last step's output gradient at every step",
           "dh_t gets dy_{T-1} for all t", "dh_out", "0 * ({right}) + ({right})[-1]", rank=1),
    _entry("upstream-last-step-only", "gives h the output's gradient at the last step only",
           "dh_t gets dy_t for t = T - 1 only", "dh_out", "only({right}, T - 1)", rank=1),
    _entry("upstream-first-step-left-out", "gives h no gradient of the output at the first step",
           "dh_0 gets no dy_0", "dh_out", "without({right}, 0)"),
    _entry("upstream-last-step-left-out", "gives h no gradient of the output at the last step",
           "dh_{T-1} gets no dy_{T-1}", "dh_out", "without({right}, T - 1)"),
    _entry("upstream-summed", "gives every step the output's gradients of all steps together",
           "dh_t gets the sum of dy", "dh_out", "0 * ({right}) + ({right}).sum(0)"),
    _entry("upstream-mean", "gives every step the mean of the output's gradients",
           "dh_t gets the mean of dy", "dh_out", "0 * ({right}) + ({right}).mean(0)"),
    _entry("upstream-of-output", "takes the output itself, not its gradient, back to h",
           "dh_t = y_t W_hy^T", "dh_out", "rows(y, W_hy.T)", needs=_output_layer),
    _entry("upstream-of-probabilities", "takes the output's probabilities, not their difference from the target, back to h",
           "dh_t = p_t W_hy^T", "dh_out", "rows(out, W_hy.T)", needs=_probabilities),
    _entry("upstream-sign", "gives h the output's gradient with the other sign",
           "dh_t gets -dy_t W_hy^T", "dh_out", "-({right})"),
    _entry("upstream-twice", "gives h the output's gradient twice", "dh_t gets 2 dy_t W_hy^T", "dh_out", "2 * ({right})"),
    _entry("upstream-half", "gives h half of the output's gradient", "dh_t gets dy_t W_hy^T / 2", "dh_out", "({right}) / 2"),
    _entry("upstream-mean-steps", "divides by the number of steps on the way from the output to h",
           "dh_t gets dy_t W_hy^T / T", "dh_out", "({right}) / n_steps"),
    _entry("upstream-mean-samples", "divides by the number of samples on the way from the output to h",
           "dh_t gets dy_t W_hy^T / B", "dh_out", "({right}) / n_samples"),
    _entry("upstream-of-loss", "takes the loss's gradient back to h without what was done to it for the output weights",
           "dh_t = (dL/dy) W_hy^T", "dh_out", "rows(dloss, W_hy.T)", needs=_output_layer, rank=3),
    _entry("output-weights-not-transposed", "multiplies with W_hy where its transpose is needed",
           "dh_t = dy_t W_hy", "dh_out", "rows(dy, W_hy)", needs=_output_layer),
)  # fmt: skip
"""Of the loss and the output layer."""
