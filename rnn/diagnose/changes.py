"""Changes: what of a problem may hide mistakes, and problems that differ from it in that one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..arrays import freeze
from ..build import build
from ..errors import InputError
from ..problem import Problem
from ..problem_files import LETTERS, FileReader
from ..settings import ProblemSettings

STEPS, SAMPLES = 12, 4
"""Of a longer problem so many steps, or more where a truncation is longer, and so many samples are looked at."""

SMALL = {"steps": STEPS, "batch": SAMPLES, "inputs": 7, "hidden": 6, "outputs": 5}
"""Sizes at which a large random problem is looked at: what it hides does not depend on how large it is."""

LARGE = 16
"""Size of D, H or K from which a problem is large."""

TELLING = {"steps": 6, "batch": 3, "inputs": 4, "hidden": 5, "outputs": 3}
"""Sizes at which nothing hides: no size is 1, K is not 2. Truncations of so many steps or more are not looked for: there is
always a longer one."""

PLAIN_WEIGHTS: Mapping[str, Any] = {
    "weights": "normal", "weights_file": "", "weights_map": (), "orientation": "", "weight_scale": None,
    "spectral_radius": None, "edits": (),
}  # fmt: skip
PLAIN_DATA: Mapping[str, Any] = {"data": "random", "data_file": "", "target_file": "", "text_start": 0}


@dataclass(frozen=True)
class Change:
    """One thing in which another problem differs: what hides mistakes, in words, and the settings that show them."""

    reason: str
    settings: Mapping[str, Any]


def changes(problem: Problem) -> Iterator[Change]:
    """What of a problem may hide mistakes, one at a time, the plainest first."""
    settings, sizes = problem.settings, problem.sizes
    if not settings.edits:
        yield Change(f"the numbers that seed {settings.seed} happens to draw", {"seed": settings.seed + 1})
    yield from _starts(problem)
    if sizes["B"] == 1:
        yield Change("B = 1", {"batch": TELLING["batch"]})
    for field, letter in (("inputs", "D"), ("hidden", "H"), ("outputs", "K")):
        if sizes[letter] <= (2 if letter == "K" else 1) and (field != "outputs" or settings.output_layer):
            more = PLAIN_WEIGHTS if settings.weights == "file" else {}
            yield Change(f"{letter} = {sizes[letter]}", {field: TELLING[field], **more})
    if settings.counted != "all":
        words = "a loss of the last step alone" if settings.counted == "last" else "a loss that leaves out steps"
        yield Change(words, {"counted": "all"})
    if settings.data != "random":
        once = settings.data == "one_hot" and sizes["T"] <= sizes.get("V", sizes["D"])
        yield Change("data in which no input comes twice" if once else f"data of the kind {settings.data}", PLAIN_DATA)
    words = _of_weights(problem)
    if words:
        yield Change(words, PLAIN_WEIGHTS)
    if sizes["T"] < TELLING["steps"]:
        yield Change(f"T = {sizes['T']}", {"steps": TELLING["steps"]})
    if settings.counted != "padding":
        batch = {"batch": TELLING["batch"]} if sizes["B"] == 1 else {}
        yield Change("a loss that leaves out no padding", {"counted": "padding", **batch})


def _starts(problem: Problem) -> Iterator[Change]:
    zero = {name[0] for name, value in problem.starts.items() if not value.any()}
    if "h" in zero:
        yield Change("h0 = 0" if "c" not in zero else "h0 = 0 and c0 = 0", {"h0": "random"})
    if "c" in zero and problem.settings.c0 == "zero":
        yield Change("c0 = 0", {"h0": "random", "c0": "random"})


def _of_weights(problem: Problem) -> str:
    """What is special about a problem's weights, in words; empty where nothing is."""
    parameters, special = problem.parameters, []
    zero = [name for name, value in parameters.items() if not value.any()]
    if zero:
        special.append(f"{', '.join(zero)} = 0")
    special += [
        f"a symmetric {name}"
        for name, value in parameters.items()
        if name not in zero
        and value.ndim == 2
        and len(value) > 1
        and value.shape == value.T.shape
        and (value == value.T).all()
    ]
    if not special and problem.settings.weights not in ("normal", "file"):
        special.append(f"weights of the kind {problem.settings.weights}")
    return " and ".join(special)


def everything(settings: ProblemSettings, fixed: Mapping[str, Any]) -> Change:
    """All changes at once that a case allows."""
    made: dict[str, Any] = {**TELLING, **PLAIN_WEIGHTS, **PLAIN_DATA, "h0": "random", "c0": "random", "counted": "all"}
    if not settings.output_layer:
        made["outputs"] = None
    made |= {name: fixed[name] for name in made if name in fixed}
    return Change("the problem as it is", made | {first: None for first, _ in settings.tied})


def built(settings: ProblemSettings, change: Change, reader: FileReader | None) -> Iterator[Problem]:
    """The problem with one change; none where there is none such."""
    wanted = dict(change.settings)
    if wanted.get("data") == "random" and settings.data == "one_hot":
        # The probe's T and D are one number; drawn at random they are free.
        wanted = {"steps": settings.steps or TELLING["steps"], "inputs": settings.inputs or TELLING["inputs"], **wanted}
    if settings.data == "one_hot" and "data" not in wanted and {"steps", "inputs"} & set(wanted):
        wanted |= dict.fromkeys(("steps", "inputs"), wanted.get("steps", wanted.get("inputs")))
    for first, second in settings.tied:
        if first in wanted or second in wanted:
            wanted |= {first: None, second: wanted.get(second) or wanted.get(first)}
    try:
        yield _cut(build(replace(settings, **wanted), reader))
    except InputError:
        return


def is_no_matter(change: Change, fixed: Mapping[str, Any]) -> bool:
    """Whether the case declares that there is no such thing: code of one sequence has no batch, a declared loss no other mask."""
    return any(name in fixed and fixed[name] != change.settings.get(name, fixed[name]) for name in ("batch", "counted"))


def own_of(problem: Problem, reader: FileReader | None) -> Problem:
    """The user's own problem, or a smaller one of the same kind."""
    settings = problem.settings
    large = any(problem.sizes[letter] >= LARGE for letter in "DHK")
    if large and settings.weights != "file" and settings.data in ("random", "one_hot") and not settings.edits:
        sizes: dict[str, Any] = {name: min(size, problem.sizes[LETTERS[name]]) for name, size in SMALL.items()}
        if settings.data == "one_hot":
            sizes["steps"] = sizes["inputs"]
        if not settings.output_layer:
            sizes["outputs"] = None
        sizes |= {first: None for first, _ in settings.tied}
        try:
            return build(replace(settings, **sizes), reader)
        except InputError:
            pass  # what is tied or packed otherwise: the problem itself can be had
    return _cut(problem)


def _cut(problem: Problem) -> Problem:
    """The first steps and samples of a long problem, or the last steps where the loss is only there."""
    steps, batch = problem.sizes["T"], problem.sizes["B"]
    truncation = problem.settings.truncation
    length = max(STEPS, truncation[1] + 2 if truncation is not None else 0)
    if steps <= length and batch <= SAMPLES:
        return problem
    weights = problem.loss_weights
    samples = np.argsort(-(weights != 0).sum(axis=0), kind="stable")[:SAMPLES]
    part = slice(0, length) if weights[:length, samples].any() else slice(-length, None)

    def cut(array: Any) -> Any:
        return freeze(array[part][:, samples])

    starts = {name: freeze(value[samples]) for name, value in problem.starts.items()}
    return replace(
        problem, x=cut(problem.x), target=cut(problem.target), loss_weights=cut(problem.loss_weights), starts=starts
    )
