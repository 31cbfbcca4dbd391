"""Blame: the statements that make a recorded case's gradients wrong, the first one first.

    flow, truth = Flow(recording), Truth(problem, *oracle.reference(problem))
    blames = blame(flow, library_for(flow, truth), truth, layout)
    blames[0].line, blames[0].t, blames[0].sentence

An entry is judged at its last write; a statement whose inputs agree and whose output doesn't is guilty; reading an entry that
no line has written makes the reader guilty; wrong inputs lead upstream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..cases.layout import Layout
from ..recorder.expressions import Unreadable
from ..recorder.format import OWNER
from ..recorder.recording import Held
from .flow import Flow
from .guilty import Guilty
from .library import Library
from .packing import Packing, packing_of
from .quantities import Truth, make_library, natural_factors
from .search import Search
from .words import place, sentence


@dataclass(frozen=True)
class Blame:
    """One statement to blame.

    Attributes:
        file, line, text: where it stands and what it says. function: it stands in.
        step: of the recording. t: the loop's variable there, None outside of loops over whole numbers. iteration: of the loop.
        why: see `search.Guilty`. sentence: what is wrong, in words.
        reads: the expression that is wrong in it, where it is one. needed, found: what should be there, where that stands.
        inputs: (expression, name of the right value that it is, or empty) of all that the statement reads.
        output: what it should give. error: largest difference of what it gives, in the quantity's own unit.
        certain: whether putting right values in was shown to give right results.
        quantities: wrong gradients that lead here.
        chain: steps between the gradient and here.
    """

    file: str
    line: int
    text: str
    function: str
    step: int
    t: int | None
    iteration: int
    why: str
    sentence: str
    reads: str
    needed: str
    found: str
    inputs: tuple[tuple[str, str], ...]
    output: str
    error: float
    certain: bool
    quantities: tuple[str, ...]
    chain: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """As a finding of a result."""
        values = {**asdict(self), "kind": "blame", "quantities": list(self.quantities)}
        return {**values, "inputs": [list(pair) for pair in self.inputs], "chain": list(self.chain)}


def library_for(flow: Flow, truth: Truth, packing: Packing | None = None) -> Library:
    """The right values that a recorded run can hold; `packing`: how its code packs, where that is known already."""
    sizes, weight = truth.problem.sizes, float(truth.problem.loss_weights.sum())
    packing = packing_of(flow, truth.problem) if packing is None else packing
    network = truth.problem.network
    parts = max(1, len(network.cell_object.gates)) * len(network.units)
    return make_library(truth, tuple(natural_factors(sizes, weight)), flow.adds_in_pairs(sizes["T"], parts), packing)


@dataclass(frozen=True, eq=False)
class Returned:
    """A gradient that the case returned.

    Attributes:
        name: `dW_hh`, ... storage, items: where it stands, in its shape. wanted: what it should be, in that shape.
    """

    name: str
    storage: int
    items: Any
    wanted: Any


def _returned(flow: Flow) -> Held | None:
    """What `run(problem)` returned; None where that is no container."""
    try:
        root = flow.recording.returned(0)
    except Unreadable:
        return None
    return root if isinstance(root, Held) else None


def returned_gradients(flow: Flow, truth: Truth, layout: Layout) -> Iterator[Returned]:
    """What `run(problem)` returned, beside what JAX says in the case's own layout."""
    recording, last = flow.recording, len(flow.recording) - 1
    root = _returned(flow)
    if root is None:
        return
    named = layout.returned_as(truth.gradients.named())
    for key in root.keys():
        name = key[2:-2]
        if name not in named:
            continue
        wanted = np.asarray(named[name])
        row = recording.binding(root.owner, key, last + 1)
        found = flow.place(row)
        if found is not None and found[1].size == wanted.size:
            yield Returned(name, *found, np.reshape(wanted, found[1].shape))
        elif row["kind"] == OWNER:
            entries = list(flow.entries(Held(recording, int(row["payload"]), last), name, last))
            if len(entries) == len(wanted):
                for entry, part in zip(entries, wanted, strict=True):
                    if np.size(part) == np.size(entry.items):
                        yield Returned(name, entry.storage, entry.items, np.reshape(part, np.shape(entry.items)))


def not_followed(flow: Flow, truth: Truth, layout: Layout) -> tuple[str, ...]:
    """Gradients that the case returned in a form that can't be followed back, such as a list of Python's floats."""
    root = _returned(flow)
    if root is None:
        return ()
    followed = {one.name for one in returned_gradients(flow, truth, layout)}
    returned = {key[2:-2] for key in root.keys()} & set(layout.returned_as(truth.gradients.named()))
    return tuple(sorted(returned - followed))


def blame(flow: Flow, library: Library, truth: Truth, layout: Layout) -> tuple[Blame, ...]:
    """The statements to blame, the first one first; empty where every returned gradient is right.

    Args:
        flow: of a recording of a case's `run(problem)`, finished. library: see `library_for`.
        truth: the problem it was run on, and the oracle's trace and gradients.
        layout: that the case declares.
    """
    search = Search(flow, library, truth.problem.dtype)
    last = len(flow.recording) - 1
    found: list[tuple[str, Guilty]] = []
    for one in returned_gradients(flow, truth, layout):
        try:
            value = flow.data(one.storage, last)[one.items]
        except Unreadable:
            continue
        if search.judge.same(value, one.wanted):
            continue
        guilty = search.start(last, one.name, one.storage, one.items, one.wanted)
        if guilty is not None:
            found.append((one.name, guilty))
    return tuple(_told(search, found))


def _told(search: Search, found: list[tuple[str, Guilty]]) -> Iterator[Blame]:
    """One blame a statement, in the order in which they went wrong; doubtful ones behind."""
    flow = search.flow
    groups: dict[int, list[tuple[str, Guilty]]] = {}
    for name, guilty in found:
        groups.setdefault(int(flow.recording.steps[guilty.step]["statement"]), []).append((name, guilty))
    firsts = []
    for group in groups.values():
        first = min((guilty for _, guilty in group), key=lambda one: (not one.certain, search.began(one.step)))
        firsts.append((first, tuple(dict.fromkeys(name for name, _ in group))))
    firsts.sort(key=lambda pair: (not pair[0].certain, search.began(pair[0].step)))
    for guilty, names in firsts:
        yield _blame(flow, guilty, names)


def _blame(flow: Flow, guilty: Guilty, names: tuple[str, ...]) -> Blame:
    step = flow.recording.step(guilty.step)
    return Blame(
        file=step.file.path,
        line=step.line,
        text=step.statement.text,
        function=step.statement.function,
        step=guilty.step,
        t=step.t,
        iteration=step.iteration,
        why=guilty.why,
        sentence=sentence(guilty),
        reads="" if guilty.read is None else guilty.read.text,
        needed=guilty.needed,
        found=guilty.found,
        inputs=guilty.inputs,
        output=guilty.output,
        error=guilty.error,
        certain=guilty.certain,
        quantities=names,
        chain=guilty.chain,
    )


def place_of(one: Blame) -> str:
    """`question-2014.py, line 53, t = 3`."""
    return place(one.file, one.line, one.t)


__all__ = ["Blame", "Returned", "blame", "library_for", "not_followed", "place_of", "returned_gradients"]
