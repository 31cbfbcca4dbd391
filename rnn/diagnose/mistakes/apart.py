"""Mistakes in the loop alone, of code that makes the gradients of the initial states by lines of their own, which are right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ...network import Network
from ..equations import CARRY, EQUATIONS
from .base import Mistake

RAREST = 1
"""Rank up to which mistakes are also made so."""

SENT = ("dc_prev", "kept", "back_")
"""What is made in the loop and goes to the state of the step before."""


def apart(made: Iterable[Mistake], network: Network, slots: Mapping[str, str]) -> Iterator[Mistake]:
    """Each mistake in what is carried, with the initial states' gradients made rightly of what the loop leaves."""
    equations = EQUATIONS[network.cell](network.cell_object)
    carry = {each.name + unit.suffix for each in equations for unit in network.units if each.stage == CARRY}
    own = {each.name + unit.suffix for each in equations for unit in network.units}
    for one in made:
        sent = {slot for slot, _ in one.edits if slot in own and slot not in carry and slot.startswith(SENT)}
        if one.rank > RAREST or not all(slot in carry or slot in sent for slot, _ in one.edits):
            continue
        edits = tuple(
            (slot, f"({text}) if t {'>' if slot in sent else '>='} 0 else ({slots[slot]})") for slot, text in one.edits
        )
        place = f"{one.place}, not in the initial state" if one.place else "not in the initial state"
        said = f"{one.sentence}, though not for the initial state"
        yield replace(one, place=place, sentence=said, edits=edits, rank=one.rank + 2)
