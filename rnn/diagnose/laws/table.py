"""LAWS: what holds of every correct backward pass, whatever its equations, and what breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from . import memory, samples, steps, units, upstream, weights
from .ground import Check


@dataclass(frozen=True)
class Law:
    """One law.

    Attributes:
        name: in the findings. title: what the code does that keeps it, `is linear in ...`. broken: what it does otherwise,
            after the quantities' names. points_to: mistakes that break it. check: the sums that are 0 by it.
        rests_on: laws without which it can't be tried.
    """

    name: str
    title: str
    broken: str
    points_to: tuple[str, ...]
    check: Check
    rests_on: tuple[str, ...] = ()


LAWS: tuple[Law, ...] = (
    Law(
        "zero",
        "gradients are 0 where the gradient of the loss is 0",
        "not 0 although dL/dy is 0 at every step",
        (
            "the output or the target itself taken for its gradient",
            "weight decay or noise added to the gradient",
            "a gradient left over from an earlier call",
        ),
        upstream.zero,
    ),
    Law(
        "linear",
        "gradients are linear in the gradient of the loss",
        "not linear in dL/dy: two targets and two others with the same sum give gradients with another sum",
        (
            "a clip or a normalisation that is not declared",
            "a slope taken of the gradient instead of the forward value (g (1 - g))",
            "weights updated inside the loop over time",
            "dL/dy written over while it is still needed",
        ),
        upstream.linear,
    ),
    Law(
        "weights",
        "the loss of some steps and that of the others add up, and so do the gradients",
        "not the sum of what the early and what the late steps' losses give",
        (
            "loss_weights left out, or used twice, on the way to some gradients",
            "a mean where a sum is declared, or divided by another number",
            "a regulariser that is added whatever counts",
        ),
        upstream.weighted,
    ),
    Law(
        "samples",
        "samples are kept apart, and parameters get the sum over them",
        "not what the samples give one by one",
        (
            "a mean over the samples where a sum is declared, or the other way round",
            "samples added up too early, or along the wrong axis",
            "state or buffers shared between samples",
        ),
        samples.apart,
    ),
    Law(
        "order",
        "the order of the samples means nothing",
        "another when the samples come in another order",
        ("the first or last sample used for all", "samples and hidden units mixed up in a reshape"),
        samples.order,
    ),
    Law(
        "back",
        "gradients look only back in time",
        "changed at later steps, or by inputs of later steps, through the loss of earlier ones",
        (
            "an index that reads the step on the wrong side",
            "h[t - 1] at t = 0, which reads the last state",
            "a neighbouring or reversed x in the weight sums",
            "a list in reversed order that was never turned round",
        ),
        steps.back,
        ("linear",),
    ),
    Law(
        "reach",
        "where the state is carried on, the last loss reaches the first step",
        "untouched at the first step by the loss of the last one, although the state is carried from one to the other",
        (
            "the carry from step t + 1 never added, or read where it is still 0",
            "dL/dy of the last step left out",
            "truncation that is not declared",
        ),
        memory.reach,
    ),
    Law(
        "closed",
        "where the state is not carried on, the last loss reaches no step but its own",
        "changed at earlier steps by the loss of the last one, although W_hh is 0 and the gate of the old state is shut",
        (
            "the carry without W_hh",
            "dc carried without the forget gate, or with another gate",
            "z and 1 - z exchanged on the way back",
            "dL/dy of the last step used at every step",
        ),
        memory.closed,
    ),
    Law(
        "tail",
        "steps after the last loss change nothing",
        "another when the sequence ends after the steps whose losses are looked at",
        (
            "the last step left out of the sums, or treated by itself",
            "dL/dh set once before the loop and used at every step",
            "dL/dy shifted by one step",
            "truncation counted from the end of the sequence",
            "a division by T where a sum is declared",
        ),
        steps.tail,
        ("linear",),
    ),
    Law(
        "cut",
        "a sequence in two pieces, with h handed on and dh handed back, gives the same",
        "not what the sequence in two pieces gives, with h handed on and dh0 handed back",
        (
            "the carry from step t + 1 lost, or taken from the wrong step",
            "the first step left out, where h0 stands for the state before",
            "truncation that is not declared",
            "dh0 that is not the gradient of h0",
        ),
        steps.cut,
    ),
    Law(
        "units",
        "the numbers of the hidden units mean nothing",
        "another when the hidden units get other numbers",
        (
            "one unit's gate or slope used for all (a diagonal or a row taken of a (1, H) array)",
            "gates' blocks cut at the wrong place",
        ),
        units.renamed,
    ),
    Law(
        "sign",
        "with an odd activation the sign of a hidden unit means nothing",
        "another in size when a hidden unit and its weights change their sign, although the activation is odd",
        (
            "the slope of the activation as an odd function of h: h itself, 1 - h, h (1 - h)",
            "a gate's value where its gradient is needed",
            "one gate's block, or W_hh for its transpose, where another is needed",
        ),
        units.turned,
    ),
    Law(
        "bias",
        "a bias is the weight of an input that is always 1",
        "not the row of dW_xh that belongs to an input of 1",
        (
            "a step or a sample left out of one of the two sums, or counted twice",
            "dh taken for da in one of them",
            "a mean in one of them and a sum in the other",
        ),
        weights.bias,
    ),
    Law(
        "state",
        "W_hh is the weight of an input that is the state before",
        "not the row of dW_xh that belongs to an input that is the state of the step before",
        (
            "h_t where h_{t-1} belongs into the sum, or the step from h0 left out",
            "dW_hh transposed",
            "another range of steps than in dW_xh",
        ),
        weights.state,
    ),
    Law(
        "product",
        "x dx and W_xh dW_xh add up to the same",
        "not in keeping with dW_xh: summed over steps and samples, x dx and W_xh dW_xh differ",
        (
            "dx of its own step alone, without the carry",
            "dx in reversed time",
            "da multiplied by another matrix than W_xh",
        ),
        weights.product,
    ),
)
