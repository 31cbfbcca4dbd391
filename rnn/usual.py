"""The usual ways in which a network is another than the one declared: CHANGES of a problem, each with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from .arrays import AnyArray
from .cells import ACTIVATIONS, check_options
from .network import Network
from .problem import Problem

LEAKS = (0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.75, 0.8, 0.9)

Make = Callable[[Problem], Problem | None]


@dataclass(frozen=True, eq=False)
class Change:
    """One thing that is another.

    Attributes:
        group: two of one group exclude each other. words: `with the reset gate after the product`.
        advice: what to do about it. keys: of CASE, with the values that say it. make: the problem with it.
    """

    group: str
    words: str
    advice: str
    keys: tuple[tuple[str, Any], ...]
    make: Make


def _key(group: str, words: str, key: str, value: Any, make: Make) -> Change:
    return Change(group, words, f"set {key}={value!r}", ((key, value),), make)


def _network(**fields: Any) -> Make:
    return lambda problem: replace(problem, network=replace(problem.network, **fields))


def _option(name: str, value: Any) -> Make:
    def make(problem: Problem) -> Problem:
        network = problem.network
        options = check_options(network.cell, {**dict(network.options), name: value})
        return replace(problem, network=replace(network, options=options))

    return make


def _weights(change: Callable[[str, AnyArray], AnyArray], *starts: str) -> Make:
    """Parameters whose names begin so, changed; None where that changes none."""

    def make(problem: Problem) -> Problem | None:
        names = [name for name in problem.parameters if name.startswith(starts)]
        changed = {name: change(name, problem.parameters[name]) for name in names}
        same = all(np.array_equal(value, problem.parameters[name]) for name, value in changed.items())
        fits = all(value.shape == problem.parameters[name].shape for name, value in changed.items())
        return replace(problem, parameters={**problem.parameters, **changed}) if fits and not same else None

    return make


def _of_cell(network: Network) -> Iterator[Change]:
    """Options of the declared cell with other values."""
    options, cell = dict(network.options), network.cell
    if cell == "gru":
        after = options.get("reset", "before") == "before"
        words = "after" if after else "before"
        yield _key("reset", f"with the reset gate {words} the product", "reset", words, _option("reset", words))
        new = "new" if options.get("update", "keep") == "keep" else "keep"
        said = "the candidate" if new == "new" else "the old state"
        yield _key("update", f"with z as the share of {said}", "update", new, _option("update", new))
    if cell == "lstm":
        plain = not options.get("cell_tanh", True)
        words = "with" if plain else "without"
        yield _key("cell_tanh", f"{words} the activation on the cell", "cell_tanh", plain, _option("cell_tanh", plain))
        for bias in (0.0, 1.0):
            if options.get("forget_bias", 0.0) != bias:
                words = f"with {bias:g} added to the forget gate" if bias else "with nothing added to the forget gate"
                yield _key("forget", words, "forget_bias", bias, _option("forget_bias", bias))
        if options.get("peepholes"):
            yield _key("peepholes", "without peepholes", "peepholes", False, _option("peepholes", False))
    if cell == "rnn" and not options:
        for leak in LEAKS:
            make = _network(cell="leaky", options=check_options("leaky", {"leak": leak}))
            keys = (("cell", "leaky"), ("leak", leak))
            yield Change("leak", f"that leaks ({leak:g})", f"set cell='leaky' and leak={leak:g}", keys, make)
    if cell == "leaky":
        yield _key("leak", "that does not leak", "leak", 1.0, _option("leak", 1.0))
        leak = round(1 - float(options.get("leak", 0.3)), 12)
        yield _key("leak", "with the leak as the share of the old state", "leak", leak, _option("leak", leak))


def _blocks(problem: Problem, order: str, declared: str) -> Problem:
    """The code takes its k-th packed block for gate `order[k]`, and what stands there is gate `declared[k]`."""
    gates = problem.network.cell_object.gates
    takes = [gates.index(declared[order.index(gate)]) for gate in gates]

    def turned(name: str, value: AnyArray) -> AnyArray:
        parts = np.split(value, len(gates), axis=-1)
        return np.concatenate([parts[k] for k in takes], axis=-1)

    made = _weights(turned, "W_xh", "W_hh", "b_h", "b_xh")(problem)
    return problem if made is None else made


def _gates(network: Network, declared: str) -> Iterator[Change]:
    own = "".join(network.cell_object.gates)
    before = declared if sorted(declared) == sorted(own) else own
    if len(own) < 2 or declared == "separate":
        return
    for letters in permutations(before):
        order = "".join(letters)
        if order != before:

            def make(problem: Problem, order: str = order) -> Problem:
                return _blocks(problem, order, before)

            yield _key("gates", f"with its gates packed in the order {' '.join(order)}", "gates", order, make)


def _states(network: Network) -> Iterator[Change]:
    def zero(*letters: str) -> Make:
        def make(problem: Problem) -> Problem | None:
            some = {name: np.zeros_like(value) for name, value in problem.starts.items() if name.startswith(letters)}
            same = not any(np.any(problem.starts[name]) for name in some)
            return None if same else replace(problem, starts={**problem.starts, **some})

        return make

    whole = " and c0" if "c" in network.cell_object.carried else ""
    yield _key("start", f"that begins at zero and ignores h0{whole}", "h0", "zero", zero("h", "c"))
    if whole:
        advice = "begin at problem.{} too"
        for letter, other in (("h", "c"), ("c", "h")):
            said = f"that begins at zero in {letter} and ignores {letter}0, not {other}0"
            yield Change("start", said, advice.format(f"{letter}0"), (), zero(letter))


def _biases(network: Network) -> Iterator[Change]:
    zero, twice = (lambda _, value: 0 * value), (lambda _, value: 2 * value)
    yield _key("bias", "without biases", "biases", False, _weights(zero, "b_"))
    mend = "see where the code adds"
    yield Change("bias", "without b_h", f"{mend} b_h", (), _weights(zero, "b_h", "b_x"))
    yield Change("bias", "with b_h added twice", f"{mend} b_h", (), _weights(twice, "b_h"))
    if network.output_layer:
        yield Change("bias", "without b_y", f"{mend} b_y", (), _weights(zero, "b_y"))


def _turned(network: Network) -> Iterator[Change]:
    def flip(_: str, value: AnyArray) -> AnyArray:
        return value.T

    if len(network.cell_object.gates) > 1:
        return
    for names in (("W_hh",), ("W_xh",), ("W_hh", "W_xh"), ("W_hy",)):
        said = " and ".join(names)
        advice = f"multiply with {said} as it is declared, or see whether weights='out,in' is meant"
        yield Change("turned", f"with {said} transposed", advice, (), _weights(flip, *names))


def changes(problem: Problem, gates: str = "") -> Iterator[Change]:
    """All usual changes of a problem, the likeliest first.

    Args: problem: as declared. gates: the order of packed gates that the case declares; empty for the cell's own.
    """
    network = problem.network
    yield from _of_cell(network)
    for name in ACTIVATIONS:
        if name != network.activation:
            yield _key("activation", f"with {name} as activation", "activation", name, _network(activation=name))
    yield from _states(network)
    yield from _biases(network)
    yield from _turned(network)
    reverse = "give the steps in their order, or reverse x in run()"
    yield Change("x", "that reads x backwards", reverse, (), lambda one: replace(one, x=one.x[::-1]))
    yield from _gates(network, gates)
