"""Which usual variant of the declared network a forward pass computes that is not the declared one.

Every variant is the declared network with one thing changed, run in NumPy on the same numbers; a variant is named only
where everything that the code returned of its forward pass agrees with it. Pairs are tried on the first steps alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from .arrays import AnyArray, FloatArray
from .forward import LIMIT, LOSS, forward_values
from .losses import IDS, LOSSES, ROWS
from .network import Network
from .problem import Problem
from .units import rms
from .usual import Change, changes

FIRST_STEPS, FIRST_SAMPLES = 4, 2
MOST_PAIRS = 3000
MOST_ENTRIES = 1 << 22
"""T B H up to which variants are run over all steps."""

FEW_ENTRIES = 1 << 15
"""T B H up to which that is done many times, where the first steps alone say nothing."""

ALONE = 1e-9
"""Relative difference up to which a loss alone speaks for a variant."""

OUTPUTS = {
    "softmax": ("after a softmax", "return y as it is before the softmax"),
    "sigmoid": ("after a sigmoid", "return y as it is before the sigmoid"),
    "tanh": ("after a tanh", "return y as it is before the tanh, and see whether the loss expects that"),
    "relu": ("after a relu", "return y as it is before the relu, and see whether the loss expects that"),
}


@dataclass(frozen=True, eq=False)
class Explained:
    """A variant that the numbers agree with.

    Attributes:
        words: after "those of": `a GRU with the reset gate after the product`. advice: what to do, as in `set reset='after'`.
        changes: keys of CASE and their values; empty where none says it.
        names: what agrees with it.
    """

    words: str
    advice: str
    changes: Mapping[str, Any]
    names: tuple[str, ...]

    def sentence(self) -> str:
        """One sentence."""
        whose = "is that" if len(self.names) == 1 else "are those"
        return f"the code's {_listed(self.names)} {whose} of {self.words}: {self.advice}"


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is to be explained: forward values and loss of the code, the problem, the order of packed gates."""

    values: Mapping[str, AnyArray]
    loss: float | None
    problem: Problem
    gates: str


def explain(
    values: Mapping[str, AnyArray], loss: float | None, problem: Problem, declaration: Mapping[str, Any] | None = None
) -> Explained | None:
    """The variant of the declared network that a forward pass computes; None where none of the usual ones fits.

    Args:
        values: what the code returned, by name. loss: its loss, None where it returned none. problem: that it ran on.
        declaration: the CASE dictionary, for the order of packed gates.
    """
    shapes = {name: value.shape for name, value in _run(problem, (), None).items()}
    known = {name: np.asarray(value) for name, value in values.items() if shapes.get(name) == np.shape(value)}
    asked = _Asked(known, loss, problem, str((declaration or {}).get("gates", "")))
    if _entries(problem) > MOST_ENTRIES or (not known and loss is None):
        return None
    with np.errstate(all="ignore"):
        return _explain_values(asked) if known else _explain_loss_alone(asked)


def _entries(problem: Problem) -> int:
    return problem.sizes["T"] * problem.sizes["B"] * problem.sizes["H"] * len(problem.network.units)


def _explain_values(asked: _Asked) -> Explained | None:
    """The first single change, else the first pair, that explains all values; then what the loss is."""
    every = list(changes(asked.problem, asked.gates))
    outputs = (None, *OUTPUTS) if "y" in asked.values else (None,)
    with_pairs = not asked.problem.network.bidirectional or _entries(asked.problem) <= FEW_ENTRIES
    for chosen, output in _candidates(every, outputs, with_pairs):
        if _fits(asked, chosen, output, quick=True) and _fits(asked, chosen, output, quick=False):
            return _told(asked, chosen, output)
    return None


def _candidates(
    every: list[Change], outputs: tuple[str | None, ...], with_pairs: bool
) -> Iterator[tuple[tuple[Change, ...], str | None]]:
    yield (), None
    yield from (((one,), None) for one in every)
    yield from (((), output) for output in outputs if output)
    if not with_pairs:
        return
    yield from (((one,), output) for one in every for output in outputs if output)
    pairs = (pair for pair in combinations(every, 2) if pair[0].group != pair[1].group)
    yield from ((pair, None) for _, pair in zip(range(MOST_PAIRS), pairs, strict=False))


def _changed(problem: Problem, chosen: tuple[Change, ...]) -> Problem | None:
    """A problem with all changes made; None where they can't be."""
    for one in chosen:
        made = one.make(problem)
        if made is None:
            return None
        problem = made
    return problem


def _cropped(problem: Problem) -> Problem:
    """Its first steps and samples, which nothing later changes where the network has one direction."""
    if problem.network.bidirectional:
        return problem
    steps, samples = slice(FIRST_STEPS), slice(FIRST_SAMPLES)
    return replace(
        problem,
        x=problem.x[steps, samples],
        target=problem.target[steps, samples],
        loss_weights=problem.loss_weights[steps, samples],
        starts={name: value[samples] for name, value in problem.starts.items()},
    )


def _run(problem: Problem, chosen: tuple[Change, ...], output: str | None, quick: bool = False) -> dict[str, AnyArray]:
    """Forward values of a variant, and its loss as an array of one number; empty where it can't be run."""
    made = _changed(problem, chosen)
    if made is None:
        return {}
    made = _cropped(made) if quick else made
    trace = made.network.forward(made.parameters, made.x, made.starts, made.target, made.loss_weights)
    found = forward_values(trace)
    return {**found, "y": through(output, found["y"]), LOSS: np.array(trace.loss)}


def through(output: str | None, y: FloatArray) -> FloatArray:
    """The output after a nonlinearity."""
    if output == "softmax":
        shifted = np.exp(y - y.max(-1, keepdims=True))
        made: FloatArray = shifted / shifted.sum(-1, keepdims=True)
        return made
    if output == "sigmoid":
        return np.asarray(1 / (1 + np.exp(-y)))
    return y if output is None else np.asarray(np.tanh(y) if output == "tanh" else np.maximum(y, 0))


def _compared(asked: _Asked, chosen: tuple[Change, ...]) -> list[str]:
    """Names that a variant has to explain; the gates' own go by other names where their order is another."""
    turned = any(one.group == "gates" for one in chosen)
    return [name for name in asked.values if not turned or name.partition(".")[0] in ("h", "c", "s", "y")]


def _fits(asked: _Asked, chosen: tuple[Change, ...], output: str | None, quick: bool) -> bool:
    found = _run(asked.problem, chosen, output, quick)
    names = _compared(asked, chosen)
    if not found or not names:
        return False
    limit = LIMIT[asked.problem.dtype]
    for name in names:
        if name not in found:
            continue
        made = found[name]
        hand = asked.values[name][: made.shape[0], : made.shape[1]]
        if not float(rms(np.asarray(hand, "float64") - made)) <= limit * max(float(rms(made)), limit):
            return False
    return True


def _told(asked: _Asked, chosen: tuple[Change, ...], output: str | None) -> Explained | None:
    """The variant in words, with what its loss is where that differs as well; None where nothing was changed at all."""
    network = asked.problem.network
    words = [one.words for one in chosen] + ([f"with y {OUTPUTS[output][0]}"] if output else [])
    advice = [one.advice for one in chosen] + ([OUTPUTS[output][1]] if output else [])
    keys = {key: value for one in chosen for key, value in one.keys}
    names = [name for name in asked.values if name in _compared(asked, chosen) and (chosen or name == "y")]
    if asked.loss is not None:
        plain = float(_run(asked.problem, chosen, None)[LOSS])
        if _near(asked.loss, plain, LIMIT[asked.problem.dtype]):
            names.append(LOSS)
        elif (rule := _loss_rule(asked, chosen)) is not None:
            words, advice, keys = [*words, rule[0]], [*advice, rule[1]], {**keys, **rule[2]}
            names = [LOSS] if not chosen and not output else [*names, LOSS]
    if not words:
        return None
    return Explained(f"{_a_cell(network)} {' and '.join(words)}", " and ".join(advice), keys, tuple(names))


def _a_cell(network: Network) -> str:
    titles = {"rnn": "an RNN", "lstm": "an LSTM", "gru": "a GRU", "leaky": "a leaky RNN"}
    return titles.get(network.cell, f"the cell {network.cell}")


def _near(a: float, b: float, limit: float) -> bool:
    return abs(a - b) <= limit * max(abs(b), limit)


def _losses(asked: _Asked, chosen: tuple[Change, ...]) -> Iterator[tuple[str, str, dict[str, Any], float]]:
    """Usual losses of a variant: words, advice, keys of CASE, value."""
    problem = _changed(asked.problem, chosen) or asked.problem
    trace = problem.network.forward(problem.parameters, problem.x, problem.starts, problem.target, problem.loss_weights)
    last = np.zeros_like(problem.loss_weights)
    last[-1] = 1
    counted: dict[str, FloatArray] = {"": problem.loss_weights, "last": last, "all": np.ones_like(problem.loss_weights)}
    for kind, weights in counted.items():
        if kind and np.array_equal(weights, problem.loss_weights):
            continue
        steps = {"": "", "last": " of the last step alone", "all": " of all steps"}[kind]
        for name, loss in LOSSES.items():
            rows = problem.target.ndim == 3
            if name == "upstream" or (loss.targets == ROWS and not rows) or (loss.targets == IDS and rows):
                continue
            value = float(loss.value(trace.y, problem.target, weights, np))
            keys = ({} if name == problem.loss else {"loss": name}) | ({"counted": kind} if kind else {})
            said = " and ".join(f"{key}={word!r}" for key, word in keys.items())
            title = f"with the {loss.title} as loss{steps}" if name != problem.loss else f"with the loss{steps}"
            if keys:
                yield title, f"set {said}", keys, value
            also = f"set {said}, and " if keys else "no key of CASE says that; "
            for factor, (text, back) in _factors(problem).items():
                advice = f"{also}multiply loss and gradients by {back} in run()"
                yield f"{title} times {text}", advice, {}, value * factor


def _factors(problem: Problem) -> dict[float, tuple[str, str]]:
    """Factors that losses often have, with their words and those of what takes them back."""
    found: dict[float, tuple[str, str]] = {0.5: ("1/2", "2"), 2.0: ("2", "1/2")}
    sizes = problem.sizes
    for name, size in (("T", sizes["T"]), ("B", sizes["B"]), ("K", sizes["K"]), ("(T B)", sizes["T"] * sizes["B"])):
        if size > 2:
            found.setdefault(1 / size, (f"1/{name}", name))
            found.setdefault(float(size), (name, f"1/{name}"))
    return found


def _loss_rule(asked: _Asked, chosen: tuple[Change, ...]) -> tuple[str, str, dict[str, Any]] | None:
    assert asked.loss is not None
    for words, advice, keys, value in _losses(asked, chosen):
        if _near(asked.loss, value, LIMIT[asked.problem.dtype]):
            return words, advice, keys
    return None


def _explain_loss_alone(asked: _Asked) -> Explained | None:
    """A variant by the loss alone: only where exactly one fits, and to many digits."""
    assert asked.loss is not None
    if asked.problem.dtype != "float64":
        return None
    title = _a_cell(asked.problem.network)
    found = [
        Explained(f"{title} {words}", advice, keys, (LOSS,))
        for words, advice, keys, value in _losses(asked, ())
        if _near(asked.loss, value, ALONE)
    ]
    for one in changes(asked.problem, asked.gates) if _entries(asked.problem) <= FEW_ENTRIES else ():
        made = _run(asked.problem, (one,), None)
        if made and _near(asked.loss, float(made[LOSS]), ALONE):
            found.append(Explained(f"{title} {one.words}", one.advice, dict(one.keys), (LOSS,)))
    plain = [one for one in found if one.changes]
    return found[0] if len(found) == 1 else plain[0] if len(plain) == 1 else None
