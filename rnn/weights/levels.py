"""Levels: which recurrent modules of a file are the layers and directions of one network, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .frameworks.base import Module, natural

DIRECTION = re.compile(
    r"(?:^|(?<=[./]))(forward|fwd|fw|backward|backwards|bwd|bw|reverse)(?=_|[./]|$)_?", re.IGNORECASE
)
"""A word at the beginning of a part of a path that says which way a module walks."""

BESIDE, ABOVE = "|", "+"
"""In an answer: two directions of one layer, and one layer above the other."""


@dataclass(frozen=True, eq=False)
class Level:
    """One layer: a module, or one for either direction.

    Attributes:
        label: what an answer calls it. units: the forward one first.
    """

    label: str
    units: tuple[Module, ...]

    @property
    def first(self) -> Module:
        """The forward module."""
        return self.units[0]

    @property
    def width(self) -> int:
        """What the layer above sees."""
        return len(self.units) * self.first.outputs

    @property
    def kind(self) -> tuple[object, ...]:
        """What all layers of one network have in common."""
        options = tuple(sorted(self.first.options.items()))
        return len(self.units), self.first.cell, self.first.outputs, options, self.first.activation


Stack = tuple[Level, ...]


def _same(one: Module, other: Module) -> bool:
    return one.inputs == other.inputs and Level("", (one,)).kind == Level("", (other,)).kind


def levels_of(modules: Sequence[Module]) -> list[Level]:
    """Levels in the file's order: two modules that differ only in their direction are one."""
    groups: dict[str, list[tuple[bool, Module]]] = {}
    for module in modules:
        word = DIRECTION.search(module.path)
        back = module.reverse or (word is not None and word[1].lower().startswith(("b", "r")))
        groups.setdefault(DIRECTION.sub("", module.path, count=1), []).append((back, module))
    found = []
    for label, members in groups.items():
        ways = [back for back, _ in members]
        if sorted(ways) == [False, True] and _same(members[0][1], members[1][1]):
            found.append(Level(label or "cell", tuple(one for _, one in sorted(members, key=lambda pair: pair[0]))))
        else:
            found += [Level(one.path or "cell", (one,)) for _, one in members]
    return found


def in_order(levels: Sequence[Level]) -> Stack | None:
    """The levels from the input up where the file tells: by its configuration, or by numbers in otherwise equal names."""
    orders = [level.first.order for level in levels]
    if None not in orders and len(set(orders)) > 1:
        return tuple(sorted(levels, key=lambda level: (level.first.order or 0, natural(level.label))))
    if len({re.sub(r"_?\d+", "", level.label) for level in levels}) == 1:
        return tuple(sorted(levels, key=lambda level: natural(level.label)))
    return None


def is_stack(levels: Stack) -> bool:
    """Whether each level fits on the one below."""
    fits = all(above.first.inputs == below.width for below, above in pairwise(levels))
    return fits and len({level.kind for level in levels}) == 1


def paired(levels: Stack) -> Stack | None:
    """The levels two by two as both directions of one layer; None where they can't be."""
    if len(levels) % 2 or any(len(level.units) > 1 for level in levels):
        return None
    pairs = list(zip(levels[::2], levels[1::2], strict=True))
    if not all(_same(one.first, other.first) for one, other in pairs):
        return None
    return tuple(Level(BESIDE.join((one.label, other.label)), one.units + other.units) for one, other in pairs)


def stacks(levels: Sequence[Level]) -> list[Stack]:
    """Every way in which all levels are one network, in the order that the file tells."""
    ordered = in_order(levels)
    if ordered is None:
        return []
    pairs = paired(ordered)
    return [one for one in (ordered, pairs) if one is not None and is_stack(one)]


def _runs(group: Sequence[Level], longest: bool) -> list[Stack]:
    """Levels in a row that are a network, all or only those that are part of no other."""
    ordered = in_order(group) or tuple(group)
    spans = [(i, j) for i in range(len(ordered)) for j in range(i + 1, len(ordered) + 1) if is_stack(ordered[i:j])]
    kept = [
        one for one in spans if not longest or not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in spans)
    ]
    return [ordered[i:j] for i, j in kept]


def parts(levels: Sequence[Level], every: bool = False) -> list[Stack]:
    """Ways in which some of the levels are one network.

    Those of names that differ in numbers only belong together: all of them, or what of them fits each other (`every`: any
    run of them). Where there are several such groups, all levels in the file's order are a way too.
    """
    groups: dict[str, list[Level]] = {}
    for level in levels:
        groups.setdefault(re.sub(r"_?\d+", "", level.label), []).append(level)
    found = [stack for group in groups.values() for stack in stacks(group) or _runs(group, longest=True)]
    found += [tuple(levels)] if len(groups) > 1 and is_stack(tuple(levels)) else []
    found += [run for group in groups.values() for run in _runs(group, longest=False)] if every else []
    return list({name_of(stack): stack for stack in found}.values())


def name_of(stack: Stack) -> str:
    """What an answer calls a stack: `rnn.l0+rnn.l1`, `forward|backward`."""
    return ABOVE.join(level.label for level in stack)


def named(text: str, levels: Sequence[Level]) -> Stack | None:
    """The stack that an answer means; None where there is none."""
    known = {level.label: level for level in levels}
    found = []
    for label in text.split(ABOVE):
        if label in known:
            found.append(known[label])
            continue
        ways = [known[part] for part in label.split(BESIDE) if part in known]
        both = paired(tuple(ways)) if len(ways) == 2 else None
        if both is None:
            return None
        found += both
    return tuple(found) if is_stack(tuple(found)) else None
