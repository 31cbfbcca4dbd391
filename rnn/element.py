"""The third opinion on one entry that somebody picked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .arrays import freeze, freeze_all
from .errors import InputError
from .network import Network
from .numerical import MARGIN, element
from .problem import Problem, remade
from .results import Inspection
from .settings import ProblemSettings


@dataclass(frozen=True)
class Element:
    """One entry by hand, by JAX and by central differences, with their estimated error; `side` as in `sides_with`."""

    name: str
    index: tuple[int, ...]
    hand: float
    reference: float
    measured: float
    error: float
    side: str


def problem_of(result: Inspection) -> Problem:
    """The problem that a result belongs to, from the arrays it keeps; raises `InputError` where it has none."""
    if not result.has_problem:
        raise InputError(
            "two files of gradients were compared, so there is no network to ask; compare one of them with JAX on its weights "
            "and data (--weights, --data)"
        )
    names = list(result.arrays.names())
    parameters = {name[8:]: result.arrays.read(name) for name in names if name.startswith("weights/")}
    described = result.problem
    data = {name[5:]: freeze(result.arrays.read(name)) for name in names if name.startswith("data/")}
    settings = ProblemSettings.from_json(dict(result.settings))
    return remade(Network.from_json(described), freeze_all(parameters), data, described["dtype"], settings)


def parse_element(text: str, result: Inspection) -> tuple[str, tuple[int, ...]]:
    """Read `dW_hh[3,4]`; raises `InputError` for a quantity or an index that is not there."""
    found = re.fullmatch(r"\s*([\w.]+)\s*\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]\s*", text)
    if found is None:
        raise InputError(f"{text!r} is no entry of a gradient; expected something like dW_hh[3,4]")
    name, index = found[1], tuple(int(part) for part in found[2].split(","))
    shapes = {report.name: report.shape for report in result.reports() if report.verdict != "shape"}
    if name not in shapes and result.is_forward(name):
        raise InputError(f"{name} is no gradient, so there are no differences to take; pick an entry of a gradient")
    if name not in shapes:
        raise InputError(f"{name} was not compared; compared were {', '.join(shapes)}")
    shape = shapes[name]
    if len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape, strict=True)):
        raise InputError(f"{list(index)} is no index into {name}, which has the shape {shape}")
    return name, index


def third_opinion(result: Inspection, name: str, index: tuple[int, ...]) -> Element:
    """Ask central differences about one entry of one quantity."""
    hand, reference = (result.arrays.read(f"{side}/{name}") for side in ("hand", "reference"))
    measured = element(problem_of(result), name, index, reference.shape)
    values = float(hand[index]), float(reference[index])
    near = [abs(value - measured.value) <= MARGIN * measured.error for value in values]
    sides = {(True, True): "both", (True, False): "hand", (False, True): "reference"}
    return Element(name, index, *values, measured.value, measured.error, sides.get((near[0], near[1]), "neither"))
