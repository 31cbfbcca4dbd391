"""Which dense layer of a framework's file is the output layer, and which matrix the embedding."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError
from .base import shown, visible
from .frameworks.base import DENSE, EMBEDDING, Module, keys_of
from .levels import Stack
from .matching import AmbiguousWeights, Question
from .wish import NONE, W_E, W_HY, Wish


def _root(path: str) -> str:
    """The part of a checkpoint that a path lies in: `model` and `ema` hold the same names."""
    return path.partition("/")[0] if "/" in path else ""


def _one(name: str, candidates: Sequence[Module], stack: Stack, wish: Wish, what: str) -> Module | None:
    """The module that is the embedding or the output layer; None where there is none."""
    near = [one for one in candidates if _root(one.path) == _root(stack[0].first.path)] or list(candidates)
    answer = wish.answers.get(name)
    if answer == NONE:
        return None
    if answer is not None:
        given = [one for one in near if answer == one.path or answer in keys_of(one.recipes.values())]
        if not given:
            fits = ", ".join(shown(one.path) for one in near[:8]) or "none"
            raise InputError(f"{name} = {shown(answer)} is no {what} that fits; expected {fits}, or {NONE}")
        return given[0]
    if len(near) > 1:
        options = (*(one.path for one in near[:24]), NONE)
        raise AmbiguousWeights(
            f"the {what} {name} may be {' or '.join(shown(one.path) for one in near[:4])} of the weight file; "
            f"say which with --weights-map {name}={visible(options[0])}, or {name}={NONE}",
            [Question(name, f"Which layer is the {what} {name}?", options)],
        )
    return near[0] if near else None


def outer_layers(modules: Sequence[Module], stack: Stack, wish: Wish) -> tuple[Module | None, Module | None, list[str]]:
    """Embedding and output layer around the stack, and notes about what is left out.

    Raises:
        AmbiguousWeights: more than one fits. InputError: an answer that does not fit.
    """
    first, last = stack[0].first, stack[-1].first
    known = first.order is not None
    embeddings = [
        one
        for one in modules
        if one.kind == EMBEDDING
        and one.outputs == first.inputs
        and not (known and one.order is not None and one.order > (first.order or 0))
    ]
    dense = [
        one
        for one in modules
        if one.kind == DENSE
        and one.inputs == stack[-1].width
        and wish.settings["outputs"] in (None, one.outputs)
        and not (known and one.order is not None and one.order < (last.order or 0))
    ]
    notes = []
    for field, found, what in (("embedding", embeddings, "embedding"), ("output_layer", dense, "output layer")):
        if wish.must(field) is False and found:
            notes.append(f"{what} {shown(found[0].path)} is left out, as the network has none")
            found.clear()
    both = {one.path for one in embeddings} & {one.path for one in dense}
    sure = [one for one in embeddings if one.path not in both]
    if sure and both:  # a matrix without bias that could be either is no second embedding
        embeddings = sure
    embedding = (
        _one(W_E, embeddings, stack, wish, "embedding") if not (both and not sure) else _either(embeddings, wish)
    )
    dense = [one for one in dense if embedding is None or one.path != embedding.path]
    return embedding, _one(W_HY, dense, stack, wish, "output layer"), notes


def _either(embeddings: Sequence[Module], wish: Wish) -> Module | None:
    """A matrix without a bias whose shape fits both as embedding and as output layer."""
    paths = tuple(one.path for one in embeddings)
    answer = wish.answers.get(W_E)
    if answer == NONE or wish.must("embedding") is False:
        return None
    for one in embeddings:
        if answer in (one.path, *keys_of(one.recipes.values())) or (wish.must("embedding") and len(paths) == 1):
            return one
    raise AmbiguousWeights(
        f"{shown(paths[0])} may be the embedding or the output layer without a bias; "
        f"say which with --weights-map {W_E}={visible(paths[0])} or {W_E}={NONE}",
        [Question(W_E, "Which matrix is the embedding W_e (none: it is the output layer)?", (*paths, NONE))],
    )
