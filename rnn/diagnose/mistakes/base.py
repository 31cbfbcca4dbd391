"""Entry and Mistake: a line of the table, and what it becomes in one network.

An entry is written once for all cells, layers, parameters and gates that it fits. In its texts `{P}` is a parameter, `{tag}`
the gate's part of it (`[f]`), `{g}` a gate and `{u}` the suffix of a layer or direction; a slot that ends in `*` stands for that
slot, or for those of all gates, one that begins with `?` is left alone where it is not there, and `{right}` is what is right
in a slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ...arrays import base_of
from ...problem import Problem

NETWORK, UNIT, GATE = "network", "unit", "gate"
RECURRENT, INPUT, OUTPUT, WEIGHT, BIAS, HIDDEN_BIAS, OUTPUT_BIAS, GATED, PEEPHOLE, EMBEDDING, ANY = (
    "recurrent", "input", "output", "weight", "bias", "hidden_bias", "output_bias", "gated", "peephole", "embedding", "any",
)  # fmt: skip

PARAMETERS: Mapping[str, Callable[[str], bool]] = {
    RECURRENT: lambda name: name == "W_hh",
    INPUT: lambda name: name == "W_xh",
    OUTPUT: lambda name: name == "W_hy",
    WEIGHT: lambda name: name.startswith("W_"),
    BIAS: lambda name: name.startswith("b_"),
    HIDDEN_BIAS: lambda name: name.startswith("b_") and name != "b_y",
    OUTPUT_BIAS: lambda name: name == "b_y",
    GATED: lambda name: name in ("W_xh", "W_hh", "b_h", "b_xh", "b_hh"),
    PEEPHOLE: lambda name: name.startswith("p_"),
    EMBEDDING: lambda name: name == "W_e",
    ANY: lambda name: True,
}
"""Which parameters an entry is about, by their name without suffix."""


def several(problem: Problem) -> bool:
    """Whether there is more than one sample."""
    return problem.sizes["B"] > 1


@dataclass(frozen=True)
class Entry:
    """One mistake that people make.

    Attributes:
        id: a short name of its own. sentence: what the code does, and what is needed. formula: what it computes.
        edits: slots of the reference with what stands in them instead.
        over: what it is written for once each: `network`, `unit`, `gate`, or a key of `PARAMETERS`.
        cells: names of the cells it fits, empty for all. activations: likewise. rank: the smaller, the commoner.
        by_gate: whether it is also made in one gate alone. needs: whether it fits a problem at all.
    """

    id: str
    sentence: str
    formula: str
    edits: Mapping[str, str]
    over: str = UNIT
    cells: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    rank: int = 2
    by_gate: bool = False
    needs: Callable[[Problem], bool] | None = None


@dataclass(frozen=True)
class Mistake:
    """An entry in one network, at one place.

    Attributes:
        id: of the entry. place: `W_hh[f]`, `.1`, or empty. sentence, formula: with the place filled in.
        edits: slots with their texts. rank: see `Entry`. quantity: the gradient it is first seen in, empty where not one alone.
    """

    id: str
    place: str
    sentence: str
    formula: str
    edits: tuple[tuple[str, str], ...]
    rank: int
    quantity: str = ""

    @property
    def key(self) -> str:
        """A name that no other mistake of the network has."""
        return f"{self.id}:{self.place}" if self.place else self.id


def _filled(edits: Mapping[str, str], slots: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str] | None:
    """Edits with their places filled in; None where a slot is not there, or all hold these texts already."""
    made: dict[str, str] = {}
    for pattern, text in edits.items():
        slot, written = _put(pattern.removeprefix("?"), names), _put(text, names)
        found = [one for one in slots if one.partition("[")[0] == slot[:-1]] if slot.endswith("*") else [slot]
        if not found or any(one not in slots for one in found):
            if pattern.startswith("?"):
                continue
            return None
        made |= {one: written.replace("{right}", f"({slots[one]})") for one in found}
    return None if all(slots[slot] == text for slot, text in made.items()) else made


def _put(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _places(entry: Entry, problem: Problem) -> Iterator[dict[str, str]]:
    """Every set of names that an entry is written for."""
    network = problem.network
    if entry.over == NETWORK:
        yield {"u": "", "place": ""}
    elif entry.over in (UNIT, GATE):
        for unit in network.units:
            if entry.over == UNIT:
                yield {"u": unit.suffix, "place": unit.suffix.removeprefix(".")}
                continue
            for gate in network.cell_object.gates:
                yield {"u": unit.suffix, "g": gate, "place": f"{gate}{unit.suffix}"}
    else:
        for name in problem.parameters:
            base, suffix = base_of(name)
            if not PARAMETERS[entry.over](base):
                continue
            yield {"P": name, "tag": "*", "u": suffix, "place": name, "quantity": f"d{name}", "shown": f"d{name}"}
            if entry.by_gate and base not in ("W_hy", "b_y", "W_e"):
                for gate in network.cell_object.gates:
                    shown = f"the {gate} part of d{name}"
                    place = f"{name}[{gate}]"
                    yield {"P": name, "tag": f"[{gate}]", "u": suffix, "g": gate, "place": place,
                           "quantity": f"d{name}", "shown": shown}  # fmt: skip


def instances(entry: Entry, problem: Problem, slots: Mapping[str, str]) -> Iterator[Mistake]:
    """What an entry becomes in a problem's network; nothing where it does not fit."""
    network = problem.network
    if entry.cells and network.cell not in entry.cells:
        return
    if entry.activations and network.activation not in entry.activations:
        return
    if entry.needs is not None and not entry.needs(problem):
        return
    for names in _places(entry, problem):
        edits = _filled(entry.edits, slots, names)
        if edits is not None:
            said, formula = _put(entry.sentence, names), _put(entry.formula, names)
            place = names["place"]
            rank = entry.rank + (1 if "[" in place else 0)
            yield Mistake(entry.id, place, said, formula, tuple(edits.items()), rank, names.get("quantity", ""))
