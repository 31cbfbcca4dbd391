"""Translation of a framework's file into our parameters: first the plan, from names and shapes alone, then the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..errors import InputError
from .assembling import Assembly, assemble
from .base import Listing, shown, visible
from .frameworks import FRAMEWORKS, RECURRENT, Module, Piece, Recipe
from .frameworks.base import keys_of
from .matching import Match, usable_numbers
from .wish import LAYERS, NONE, W_E, W_HY, Wish

ASKED = (LAYERS, W_E, W_HY)
SHARED = 1e-4
"""Two biases that are added up have the same gradient; a larger relative difference is no rounding."""


@dataclass(frozen=True, eq=False)
class Plan:
    """How a framework's file becomes the parameters of a network.

    Attributes:
        framework: title. fields: of `ProblemSettings`, as the file tells them.
        recipes: by our names. gradients: the same for a file of gradients. notes: for the user. unused: arrays of the file.
    """

    framework: str
    fields: Mapping[str, Any]
    recipes: Mapping[str, Recipe]
    gradients: Mapping[str, Recipe]
    notes: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The arrays of the file that are needed."""
        return tuple(keys_of(self.recipes.values()))

    def taken_as(self) -> dict[str, str]:
        """By array of the file, which of our parameters it is, or is part of."""
        found: dict[str, list[str]] = {}
        for name, recipe in self.recipes.items():
            for key in keys_of([recipe]):
                found.setdefault(key, []).append(name + _how(recipe, key))
        return {key: ", ".join(names) for key, names in found.items()}


def _how(recipe: Recipe, key: str) -> str:
    """What is done to an array, in a few words; empty where nothing is."""
    pieces = [piece for term in recipe for piece in term if piece.key == key]
    words = ["transposed"] if pieces[0].turned else []
    words += [f"row {pieces[0].row}"] if pieces[0].row is not None else []
    words += ["gates reordered"] if any(piece.columns for piece in pieces) else []
    words += ["one gate"] if any(len(term) > len(pieces) for term in recipe if pieces[0] in term) else []
    words += ["added up"] if len(recipe) > 1 else []
    return f" ({', '.join(words)})" if words else ""


def _modules(shapes: Mapping[str, tuple[int, ...]], origin: Mapping[str, str]) -> tuple[str, list[Module]]:
    """The framework whose names the file has, and its modules; the file's own word about where it is from goes first."""
    said = origin.get("framework", "")
    order = sorted(FRAMEWORKS, key=lambda name: name != said)
    for name in order:
        found = FRAMEWORKS[name].modules(shapes, origin)
        if any(module.kind == RECURRENT for module in found):
            return name, found
    return "", []


def _answers_are_ours(wish: Wish, modules: list[Module]) -> bool:
    """Whether every answer is about a module; one about a single array goes by names and shapes alone."""
    known = {NONE} | {module.path for module in modules}
    known |= {key for module in modules if module.kind != RECURRENT for key in keys_of(module.recipes.values())}
    return all(name == LAYERS or (name in ASKED and answer in known) for name, answer in wish.answers.items())


def plan_for(listing: Listing, wish: Wish, orientation: str = "") -> Plan | None:
    """How a file's arrays become parameters; None where its names are of no known framework.

    Args:
        listing: of the file. wish: what is set and answered. orientation: as set; another one than the framework's says that
            the names mislead, so that names and shapes are matched without it.

    Raises:
        AmbiguousWeights: the file has several layers of a kind, and only the user can say which.
        InputError: the file's network contradicts what is dictated.
    """
    shapes = {name: entry.shape for name, entry in listing.entries.items() if 0 not in entry.shape}
    if wish.must("cell") == "own":
        return None
    name, modules = _modules(shapes, listing.origin)
    if not name or orientation not in ("", FRAMEWORKS[name].orientation) or not _answers_are_ours(wish, modules):
        return None
    made = assemble(modules, wish)
    title = FRAMEWORKS[name].title
    used = set(keys_of(made.recipes.values()))
    unused = tuple(key for key in listing.entries if key not in used)
    notes = [f"read as {title}'s: {made.notes[0]}", *made.notes[1:]]
    if unused:
        more = f" and {len(unused) - 6} more" if len(unused) > 6 else ""
        notes.append(f"not used from the weight file: {', '.join(map(shown, unused[:6]))}{more}")
    notes.append("weights: " + _origins(made))
    return Plan(title, made.fields, made.recipes, made.gradients, tuple(map(visible, notes)), unused)


def _origins(made: Assembly) -> str:
    """Which arrays each parameter is made of, the first few."""
    said = [f"{name} from {' + '.join(map(_term, recipe))}" for name, recipe in made.recipes.items()]
    return ", ".join(said[:5]) + (f" and {len(said) - 5} more" if len(said) > 5 else "")


def _term(term: tuple[Piece, ...]) -> str:
    keys = keys_of([(term,)])
    name = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]" if keys else "0"
    return f"{name}.T" if term[0].turned else name


def _piece(piece: Piece, arrays: Mapping[str, FloatArray]) -> FloatArray:
    if not piece.key:
        first, last = piece.columns or (0, 0)
        return np.zeros(last - first)
    value = arrays[piece.key]
    value = value.T if piece.turned else value
    value = value if piece.row is None else value[piece.row]
    return value if piece.columns is None else value[..., piece.columns[0] : piece.columns[1]]


def _join(term: tuple[Piece, ...], arrays: Mapping[str, FloatArray]) -> FloatArray:
    if len(term) == 1:
        return np.ascontiguousarray(_piece(term[0], arrays))
    made = [_piece(piece, arrays) for piece in term]
    kept = [part.dtype for part, piece in zip(made, term, strict=True) if piece.key]
    return np.concatenate([part.astype(kept[0], copy=False) for part in made], axis=-1)


def _made(recipe: Recipe, arrays: Mapping[str, FloatArray]) -> FloatArray:
    total = _join(recipe[0], arrays)
    for term in recipe[1:]:
        # Two float32 biases are added up exactly: rounded once more they would be another network's in float64.
        total = total.astype("float64") + _join(term, arrays)
    return total


def translated(plan: Plan, arrays: dict[str, AnyArray]) -> Match:
    """The parameters that a plan makes of a file's arrays.

    Args: plan: of the file. arrays: those that it names, or more; what was used is taken out, so that not all is held twice.

    Raises:
        InputError: a weight is not finite, or is no number.
    """
    usable, notes = _floats(plan, arrays)
    last = {key: name for name, recipe in plan.recipes.items() for key in keys_of([recipe])}
    parameters: dict[str, FloatArray] = {}
    for name, recipe in plan.recipes.items():
        parameters[name] = _made(recipe, usable)
        for key in keys_of([recipe]):
            if last[key] == name:
                del usable[key]
                arrays.pop(key, None)
    taken = {name: " + ".join(map(_term, recipe)) for name, recipe in plan.recipes.items()}
    return Match(parameters, taken, plan.unused, (*notes, *plan.notes))


def _floats(plan: Plan, arrays: Mapping[str, AnyArray]) -> tuple[dict[str, FloatArray], list[str]]:
    usable, notes = usable_numbers({key: arrays[key] for key in plan.keys if key in arrays})
    for key in plan.keys:
        if key not in usable:
            raise InputError(f"{shown(key)} of the weight file holds no real numbers; save the weights again")
    return usable, notes


def translated_gradients(plan: Plan, arrays: Mapping[str, AnyArray]) -> tuple[dict[str, FloatArray], list[str]]:
    """Gradients by our parameters' names, and notes; where parameters are added up, each one's gradient is that of the sum.

    Raises:
        InputError: a gradient is not finite, or is no number.
    """
    usable, notes = _floats(plan, arrays)
    found = {}
    for name, recipe in plan.gradients.items():
        first, *others = (_join(term, usable) for term in recipe)
        keys = keys_of([recipe])
        if any(np.abs(other - first).max(initial=0.0) > SHARED * np.abs(first).max(initial=0.0) for other in others):
            notes.append(
                f"{' and '.join(map(shown, keys[:2]))} differ, though their parameters are added up to {name}: the first is "
                "compared; set two_biases=yes to judge them apart"
            )
        elif others:
            notes.append(f"d{name} is {' and '.join(map(shown, keys[:2]))} alike, which are one parameter here")
        found[name] = first
    return found, notes
