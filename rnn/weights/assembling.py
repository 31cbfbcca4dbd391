"""From the modules of a framework's file to a network: layers and directions, embedding, output layer. Never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cells import check_options
from ..cells.options import option_names
from ..errors import InputError
from .base import shown, visible
from .frameworks.base import DENSE, RECURRENT, Module, Recipe, zeros
from .levels import Level, Stack, levels_of, name_of, named, parts, stacks
from .matching import AmbiguousWeights, Question
from .outer import outer_layers
from .wish import LAYERS, Wish

MOST_LEVELS = 64
"""Recurrent layers among which the right ones are sought."""


@dataclass(frozen=True, eq=False)
class Assembly:
    """A network in a file.

    Attributes:
        fields: of `ProblemSettings`, as the file tells them.
        recipes: by our names. gradients: those that differ where the file holds gradients.
        notes: what was decided, for the user.
    """

    fields: Mapping[str, Any]
    recipes: Mapping[str, Recipe]
    gradients: Mapping[str, Recipe]
    notes: tuple[str, ...]


def _words(stack: Stack) -> str:
    unit = stack[0].first
    count = f"{len(stack)} layers" if len(stack) > 1 else "1 layer"
    return f"{unit.cell.upper()} of {count}{', bidirectional' if len(stack[0].units) > 1 else ''}"


def _cell_fits(cell: str, wanted: str | None) -> bool:
    return wanted is None or cell == wanted or (wanted == "leaky" and cell == "rnn")


def _allowed(options: Sequence[Stack], wish: Wish) -> list[Stack]:
    """The stacks that what is dictated and the sizes that are set leave."""

    def fits(stack: Stack) -> bool:
        first = stack[0].first
        sizes = ((wish.settings["inputs"], first.inputs), (wish.settings["hidden"], first.outputs))
        return (
            _cell_fits(first.cell, wish.must("cell"))
            and wish.must("layers") in (None, len(stack))
            and wish.must("bidirectional") in (None, len(stack[0].units) > 1)
            and all(size in (None, found) for size, found in sizes)
        )

    return [stack for stack in options if fits(stack)]


def _fed(options: Sequence[Stack], modules: Sequence[Module]) -> list[Stack]:
    """Of several stacks those whose output some dense layer takes, where there are such."""
    taken = {module.inputs for module in modules if module.kind == DENSE}
    kept = [stack for stack in options if stack[-1].width in taken]
    return kept or list(options)


def _stack(modules: Sequence[Module], wish: Wish) -> tuple[Stack, list[str]]:
    levels = levels_of([module for module in modules if module.kind == RECURRENT])
    if LAYERS in wish.answers:
        answered = named(wish.answers[LAYERS], levels)
        if answered is None:
            labels = ", ".join(shown(level.label) for level in levels[:12])
            raise InputError(
                f"layers = {shown(wish.answers[LAYERS])} is no network of the weight file; expected layers of it that fit "
                f"each other, joined by + (directions by |): {labels}"
            )
        if not _allowed([answered], wish):
            raise _contradiction(answered, wish)
        return answered, _left_out(levels, answered)
    if len(levels) > MOST_LEVELS:
        raise InputError(
            f"the weight file has {len(levels)} recurrent layers; say which with --weights-map layers={shown(levels[0].label)}"
        )
    whole = _allowed(stacks(levels), wish)
    found = _fed(whole, modules) if whole else _allowed(parts(levels, wish.must("layers") is not None), wish)
    if not found:
        raise _contradiction(levels, wish)
    if len(found) > 1:
        raise _ask_layers(found)
    return found[0], _left_out(levels, found[0])


def _left_out(levels: Sequence[Level], taken: Stack) -> list[str]:
    units = {unit for level in taken for unit in level.units}
    rest = [level.label for level in levels if not units & set(level.units)]
    return [f"recurrent layers of the weight file that are left out: {', '.join(map(shown, rest[:6]))}"] if rest else []


def _contradiction(levels: Sequence[Level], wish: Wish) -> InputError:
    possible = stacks(levels) or parts(levels) or [(level,) for level in levels]
    first = possible[0]
    wanted = [
        f"{name} = {wish.settings[name]!r}" for name in ("cell", "layers", "bidirectional") if name in wish.dictated
    ]
    wanted += [f"{name} = {wish.settings[name]}" for name in ("inputs", "hidden") if wish.settings[name] is not None]
    unit = first[0].first
    return InputError(
        f"the weight file holds {'an' if unit.cell in ('rnn', 'lstm') else 'a'} {_words(first)} ({visible(name_of(first))[:120]}) with "
        f"D = {unit.inputs}, H = {unit.outputs}, and {', '.join(wanted) or 'its layers do not fit each other'}"
        f"{' is set' if wanted else ''}; choose another file, or leave these settings out"
    )


def _ask_layers(found: Sequence[Stack]) -> AmbiguousWeights:
    options = tuple(name_of(stack) for stack in found[:24])
    return AmbiguousWeights(
        f"the weight file holds several recurrent networks: {', '.join(map(visible, options[:6]))}; "
        f"say which with --weights-map layers={visible(options[0])}",
        [
            Question(
                LAYERS, "Which recurrent layers are the network (+ one above the other, | both directions)?", options
            )
        ],
    )


def _options(stack: Stack, cell: str, wish: Wish) -> dict[str, Any]:
    """Options of the cell: those that are set, overruled by the file's; raises `InputError` where they are dictated."""
    own = {name: value for name, value in dict(wish.settings["cell_options"]).items() if name in option_names(cell)}
    told = dict(stack[0].first.options)
    if "cell_options" in wish.dictated:
        wanted = {"reset": "before", "update": "keep", "two_biases": False, **own}
        for name, value in told.items():
            if wanted[name] != value:
                raise InputError(
                    f"the weight file's {cell.upper()} has {name} = {value!r}, and {wanted[name]!r} is dictated; "
                    "choose weights of such a cell, or change that in CASE"
                )
    return own | told


def _biases(unit: Module, two: bool, gradients: bool) -> dict[str, Recipe]:
    """Recipes of the biases that the network has: one, or two."""
    found = {**unit.recipes, **(unit.gradients if gradients else {})}
    if not two:
        return {"b_h": found["b_h"]} if "b_h" in found else {}
    if "b_xh" in found:
        return {name: found[name] for name in ("b_xh", "b_hh")}
    if "b_h" not in found:
        return {}
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[unit.cell]
    nothing: Recipe = ((zeros(blocks * unit.outputs),),)
    return {"b_xh": found["b_h"], "b_hh": found["b_h"] if gradients else nothing}


def _suffix(stack: Stack, layer: int, back: int) -> str:
    if len(stack) == 1 and len(stack[0].units) == 1:
        return ""
    return f".{layer}{'.reverse' if back else ''}"


def _recipes(stack: Stack, two: bool, biases: bool, gradients: bool) -> dict[str, Recipe]:
    found: dict[str, Recipe] = {}
    for layer, level in enumerate(stack):
        for back, unit in enumerate(level.units):
            own = {name: unit.recipes[name] for name in ("W_xh", "W_hh")}
            own |= _biases(unit, two, gradients) if biases else {}
            found |= {name + _suffix(stack, layer, back): recipe for name, recipe in own.items()}
    return found


def assemble(modules: Sequence[Module], wish: Wish) -> Assembly:
    """The network that the modules of a file are.

    Raises:
        AmbiguousWeights: more than one fits. InputError: none fits what is set.
    """
    stack, notes = _stack(modules, wish)
    unit = stack[0].first
    cell = "leaky" if wish.settings["cell"] == "leaky" and unit.cell == "rnn" else unit.cell
    options = _options(stack, cell, wish)
    embedding, dense, left = outer_layers(modules, stack, wish)
    activation = wish.settings["activation"]
    if unit.activation and wish.must("activation") not in (None, unit.activation):
        raise InputError(
            f"the weight file's layers have the activation {unit.activation}, and {activation} is dictated; choose other weights"
        )
    if cell == "rnn" and not unit.activation:
        notes.append(f"the weight file does not tell the activation; {activation} is taken, as it is set")
    biases = wish.must("biases") is not False
    if not biases and any("b_h" in unit.recipes or "b_xh" in unit.recipes for level in stack for unit in level.units):
        notes.append("biases of the weight file are left out, as the network has none")
    two = bool(options.get("two_biases"))
    recipes, gradients = (_recipes(stack, two, biases, kind) for kind in (False, True))
    outer = {} if embedding is None else dict(embedding.recipes)
    head = {} if dense is None else {name: one for name, one in dense.recipes.items() if biases or name != "b_y"}
    fields = {
        "cell": cell,
        "cell_options": check_options(cell, options),
        "layers": len(stack),
        "bidirectional": len(stack[0].units) > 1,
        "embedding": embedding is not None,
        "output_layer": dense is not None,
        "activation": unit.activation or activation,
    }
    used = [unit for level in stack for unit in level.units] + [one for one in (embedding, dense) if one is not None]
    said = [
        f"{_words(stack)} from {name_of(stack)[:200]}",
        *notes,
        *left,
        *(note for one in used for note in one.notes),
    ]
    return Assembly(fields, outer | recipes | head, outer | gradients | head, tuple(dict.fromkeys(said)))
